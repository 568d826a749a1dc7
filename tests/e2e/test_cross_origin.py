"""A page of somebody else's, in a browser that reaches the server, opens and reads nothing.

The pure rules have their own tests (tests/web/test_handshake.py, tests/web/api/test_app.py); here a
real browser obeys what it is told, and the page has stolen a good key, so that it is the origin
alone that keeps it out. A request that a page may send to anybody (a form, `no-cors`) must change
nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.e2e.browser import Visit, needs_chromium, serving, visiting

pytestmark = needs_chromium

KEY = "a-key-that-the-page-has-stolen"

OPENS = """([url, key]) => new Promise((tell) => {
  const socket = new WebSocket(url);
  socket.onopen = () => socket.send(JSON.stringify({ type: "auth", api_key: key }));
  socket.onmessage = () => tell("heard");
  socket.onclose = (event) => tell(`closed ${event.code}`);
})"""
READS = """([url, options]) => fetch(url, options).then(
  async (answer) => `${answer.type} ${await answer.text()}`, (error) => error.name)"""
FRAMES = """(url) => {
  const frame = document.createElement("iframe");
  frame.src = url;
  document.body.append(frame);
}"""


@contextmanager
def another_page() -> Iterator[str]:
    """A server of somebody else's with an empty page; give its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><link rel=icon href=data:,><body></body>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def robi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("data"), API_KEY=KEY) as url:
        yield url.rstrip("/")


@pytest.fixture(scope="module")
def elsewhere(robi: str) -> Iterator[Visit]:
    """A browser before a page of somebody else's."""
    with another_page() as address, visiting() as visit:
        visit.page.goto(address)
        yield visit


def users(robi: str) -> int:
    answer = httpx.get(f"{robi}/api/users", headers={"X-API-Key": KEY}, trust_env=False)
    return int(answer.json()["total"])


def test_page_of_another_origin_opens_no_link_even_with_a_good_key(
    robi: str, elsewhere: Visit
) -> None:
    url = robi.replace("http://", "ws://") + "/ws/interact"
    assert elsewhere.page.evaluate(OPENS, [url, KEY]) == "closed 1006"


@pytest.mark.parametrize("path", ["/api/users", "/api/health", "/api/key", "/metrics", "/"])
@pytest.mark.parametrize("headers", [{}, {"X-API-Key": KEY}], ids=["without a key", "with a key"])
def test_page_of_another_origin_reads_nothing(
    robi: str, elsewhere: Visit, path: str, headers: dict[str, str]
) -> None:
    read = elsewhere.page.evaluate(READS, [robi + path, {"headers": headers}])
    assert read == "TypeError"


def test_page_of_another_origin_that_sends_blindly_reads_and_changes_nothing(
    robi: str, elsewhere: Visit
) -> None:
    form = {"method": "POST", "mode": "no-cors", "body": "{}", "credentials": "include"}
    assert elsewhere.page.evaluate(READS, [f"{robi}/api/face/register", form]) == "opaque "
    assert users(robi) == 0


def test_page_of_another_origin_may_not_frame_ours(robi: str, elsewhere: Visit) -> None:
    with elsewhere.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        elsewhere.page.evaluate(FRAMES, f"{robi}/")


def test_page_of_ours_opens_a_link_and_reads(robi: str, elsewhere: Visit) -> None:
    page = elsewhere.page.context.new_page()
    page.goto(f"{robi}/")
    url = robi.replace("http://", "ws://") + "/ws/interact"
    assert page.evaluate(OPENS, [url, KEY]) == "heard"
    read = page.evaluate(READS, ["/api/users", {"headers": {"X-API-Key": KEY}}])
    assert read.startswith("basic {")
    page.close()
