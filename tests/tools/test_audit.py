"""Whether packages with known vulnerabilities are found, and what is said when nobody can tell."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest

from tools import audit

Told = dict[str, object]

LOCK = """
[[package]]
name = "robi"
version = "0.1.0"
source = { editable = "." }

[[package]]
name = "leaky"
version = "1.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "sound"
version = "2.0"
source = { registry = "https://pypi.org/simple" }
"""
MENDED: Told = {"id": "PYSEC-2026-1", "fixed_in": ["1.1"], "withdrawn": None}
UNMENDED: Told = {"id": "PYSEC-2026-2", "fixed_in": [], "withdrawn": None}
WITHDRAWN: Told = {"id": "PYSEC-2026-3", "fixed_in": ["3"], "withdrawn": "2026-02-02T00:00:00Z"}


@contextmanager
def index(**of: list[Told]) -> Iterator[tuple[str, list[str]]]:
    """An index that knows the releases `of`; give its URL, and the paths that are asked."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            name = self.path.split("/")[2]
            body = orjson.dumps({"info": {}, "vulnerabilities": of.get(name)})
            self.send_response(200 if name in of else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Index(ThreadingHTTPServer):
        daemon_threads = False  # leaving waits for the answers under way, which nobody may want

    with Index(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "uv.lock"
    path.write_text(LOCK)
    return path


def audited(lock: Path, url: str) -> int:
    kept = lock.with_name("audit.json")
    return audit.main(["--lock", str(lock), "--kept", str(kept), "--index", url])


def test_releases_without_vulnerabilities_are_in_order(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with index(leaky=[WITHDRAWN], sound=[]) as (url, asked):
        assert audited(lock, url) == 0
    assert sorted(asked) == ["/pypi/leaky/1.0/json", "/pypi/sound/2.0/json"]
    assert capsys.readouterr().out == ""


def test_vulnerability_that_a_release_mends_fails_and_says_how(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with index(leaky=[MENDED], sound=[]) as (url, _):
        assert audited(lock, url) == 1
    said = "leaky 1.0: PYSEC-2026-1, mended in 1.1: uv lock -P leaky\n"
    assert capsys.readouterr().out == said


def test_vulnerability_that_nothing_mends_is_told_and_does_not_fail(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with index(leaky=[UNMENDED], sound=[]) as (url, _):
        assert audited(lock, url) == 0
    assert "PYSEC-2026-2, which no release mends yet" in capsys.readouterr().out


def test_index_is_asked_once_a_day_for_the_same_lock(lock: Path) -> None:
    with index(leaky=[MENDED], sound=[]) as (url, asked):
        assert [audited(lock, url), audited(lock, url)] == [1, 1]
        assert len(asked) == len(("leaky", "sound"))
        lock.write_text(LOCK + "\n")
        audited(lock, url)
        assert len(asked) == 2 * len(("leaky", "sound"))


def test_without_network_nobody_is_asked_and_nothing_fails(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with index() as (url, _):
        pass
    assert audited(lock, url) == 0
    assert capsys.readouterr().out == "not asked: no network\n"


def test_mirror_without_json_is_as_good_as_none(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with index() as (url, _):
        assert audited(lock, url) == 0
    assert capsys.readouterr().out == f"not asked: {url} has no such JSON (404)\n"
    assert not lock.with_name("audit.json").exists()
