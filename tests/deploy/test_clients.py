"""REST and a conversation over TLS through Debian's Caddy, by address: with everybody's clients.

Python's always; those of Node, of Java as on Android (`libokhttp-java`) and Chromium's with
ROBI_LONG=1. That a person gets through in Chromium shows `tests/e2e/test_console_caddy.py`.
"""

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
from playwright.sync_api import sync_playwright
from trio_websocket import open_websocket_url
from websockets.sync.client import connect

from robi.upkeep import certs
from tests.deploy.caddy import Front, in_front_of, needs_caddy
from tests.e2e.browser import CHROMIUM, serving
from tools.console.node import node

pytestmark = needs_caddy
long = pytest.mark.skipif(os.environ.get("ROBI_LONG") != "1", reason="takes seconds: ROBI_LONG=1")

HERE = Path(__file__).parent
JARS = [Path("/usr/share/java") / f"{name}.jar" for name in ("okhttp", "okio")]
JAVAC = shutil.which("javac") or ""
JAVA = shutil.which("java") or ""
KEY = "a-key-of-some-length-0123456789"
AUTH = {"type": "auth", "api_key": KEY}
QUESTION = "Hola"
ASK = {"type": "text", "request_id": "r1", "content": QUESTION}


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """Caddy, and behind it a server that rehearses."""
    (tmp_path / "robi").mkdir()
    with (
        serving(tmp_path / "robi", API_KEY=KEY) as url,
        in_front_of(httpx.URL(url).netloc.decode(), tmp_path / "caddy") as front,
    ):
        yield front


@pytest.fixture
def trusting(front: Front) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=front.anchor)


def link_of(front: Front) -> str:
    return f"wss://127.0.0.1:{front.port}/ws/interact"


def answer_in(messages: list[dict[str, Any]]) -> str:
    return next(str(m["response_text"]) for m in messages if "response_text" in m)


def test_httpx_and_websockets_get_through(front: Front, trusting: ssl.SSLContext) -> None:
    got = httpx.get(f"{front.url}/api/health", verify=trusting, trust_env=False)
    assert got.json()["status"] == "ok"
    with connect(link_of(front), ssl=trusting, proxy=None) as link:
        link.send(json.dumps(AUTH))
        link.send(json.dumps(ASK))
        heard = [json.loads(link.recv(30))]
        while heard[-1]["type"] != "stream_end":
            heard.append(json.loads(link.recv(30)))
    assert answer_in(heard)


async def test_trio_websocket_gets_through(front: Front, trusting: ssl.SSLContext) -> None:
    with trio.fail_after(30):
        async with open_websocket_url(link_of(front), ssl_context=trusting) as link:
            await link.send_message(json.dumps(AUTH))
            await link.send_message(json.dumps(ASK))
            heard = [json.loads(await link.get_message())]
            while heard[-1]["type"] != "stream_end":
                heard.append(json.loads(await link.get_message()))
    assert answer_in(heard)


@long
def test_node_gets_through(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", os.fspath(front.anchor))
    status, answer = node(os.fspath(HERE / "talk.mjs"), front.url, KEY, QUESTION).splitlines()
    assert status == "200"
    assert answer


@long
@pytest.mark.skipif(
    not (JAVAC and all(jar.exists() for jar in JARS)), reason="needs a JDK and libokhttp-java"
)
def test_okhttp_with_a_pin_gets_through(front: Front, tmp_path: Path) -> None:
    path = os.pathsep.join(map(str, [*JARS, tmp_path]))
    build = [JAVAC, "-cp", path, "-d", os.fspath(tmp_path), os.fspath(HERE / "Talk.java")]
    subprocess.run(build, check=True)
    pin = certs.read_file(front.anchor).public_key.pin
    talk = [JAVA, "-cp", path, "Talk", front.url, os.fspath(front.anchor), pin, KEY, QUESTION]
    said = subprocess.run(talk, capture_output=True, text=True, check=True).stdout
    status, answer = said.splitlines()
    assert status == "200"
    assert answer


TALK = """async ([url, auth, ask]) => {
    const status = (await fetch("/api/health")).status;
    const link = new WebSocket(url);
    link.onopen = () => { link.send(auth); link.send(ask); };
    const answer = await new Promise((resolve, reject) => {
        link.onerror = () => reject(new Error("no link"));
        link.onmessage = ({data}) => {
            const message = JSON.parse(data);
            if (message.response_text) resolve(message.response_text);
        };
    });
    link.close();
    return [status, answer];
}"""


@long
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_chromium_gets_through(front: Front, tmp_path: Path) -> None:
    known = certs.read_file(front.anchor).public_key.base64
    flags = [f"--ignore-certificate-errors-spki-list={known}", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            chromium_sandbox=os.geteuid() != 0,
            args=flags,
        )
        page = browser.new_page()
        page.goto(front.url)
        given = [link_of(front), json.dumps(AUTH), json.dumps(ASK)]
        status, answer = page.evaluate(TALK, given)
        browser.close()
    assert status == 200
    assert answer
