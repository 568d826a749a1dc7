"""A house as `tests.upkeep` has it, and servers that answer as a test wants."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import orjson
import pytest
from attrs import define, field

from robi.config import folder
from robi.upkeep.findings import Finding
from tests.upkeep.conftest import House, empty_house, house

__all__ = ["House", "empty_house", "house"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find no `.env` of this machine, and no proxy."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@define
class Answer:
    """What a server says to everything; `upgrade` is the status of its answer to a robot."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(factory=dict)
    upgrade: int = 101
    seen: list[str] = field(factory=list)


class Server(HTTPServer):
    answer: Answer


class Answers(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = self.server.answer
        answer.seen.append(self.path)
        upgrade = "Upgrade" in self.headers
        self.send_response_only(answer.upgrade if upgrade else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server with that answer, and that certificate if it has one; give its port."""
    with ExitStack() as stack:

        def start(answer: Answer, certs: Path | None = None) -> int:
            server = stack.enter_context(Server(("127.0.0.1", 0), Answers))
            server.answer = answer
            if certs is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certs / "robi.pem", certs / "robi.key")
                server.socket = context.wrap_socket(server.socket, server_side=True)
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return server.server_port

        yield start


def health(house: House, status: str = "ok") -> bytes:
    """Return what the server of this folder answers: to be asked for while it is locked."""
    told = {
        "status": status,
        "server": "robi/0.1",
        "instance": folder.instance(house.settings.data_dir),
    }
    return orjson.dumps(told)


def states(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return what each is about, and how it is."""
    return [(finding.about, finding.state) for finding in findings]
