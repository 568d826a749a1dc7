"""A textbook on the web and a server that answers its readers, for tests of the widget alone.

Owns two small servers, each an origin of its own: one has the pages of the book, as anybody's site
would have them; the other gives `chat.js` and answers `POST /chat` by what a test has written down,
cut where the test says. It knows what docs/rest.md says of `/chat` and nothing of Robi, so that the
page can be tried against any order of things. What the real server does: widget/test_served.py.
"""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from attrs import define, field, frozen

WIDGET = Path(__file__).parents[2] / "robi" / "web" / "widget" / "chat.js"
KEY = "robi_reader-key-of-the-book"
SESSION = "chat_0123456789abcdef"

Event = tuple[str, dict[str, Any]]

QUOTE = "la luna siempre nos muestra la misma cara"
BOOK = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>El cielo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/book.css"></head><body>
<nav><a href="/">El cielo</a> <a href="/next">Los planetas</a></nav>
<main>
<h1 id="el-cielo">El cielo</h1>
<p id="first">La Tierra da una vuelta sobre sí misma en un día, y por eso salen y se ponen
las estrellas.</p>
<p>El nombre de los días viene de los planetas que se ven a simple vista.</p>
<h2 id="mareas">Las mareas</h2>
<p>El mar sube y baja dos veces al día. Lo mueve sobre todo la Luna, y un poco menos el Sol.</p>
<div class="far"></div>
<h2 id="la-luna">La Luna<a class="hash-link" href="#la-luna">\u200b</a></h2>
<p id="face">Como gira una vez sobre sí misma en cada vuelta, <em>la Luna siempre</em> nos
<strong>muestra</strong> la misma cara. La otra no se vio hasta 1959.</p>
<label>Notas <input id="notes" value="un apunte del lector"></label>
</main>
{scripts}
</body></html>"""
STYLE = """:root { font: 18px/1.6 Georgia, serif; } body { margin: 0; }
main { max-width: 38em; margin: auto; padding: 1em 1.25em 6em; } .far { height: 1500px; }
nav { padding: .8em 1.25em; border-bottom: 1px solid #8886; font-family: sans-serif; }
@media (prefers-color-scheme: dark) {
  html { background: #16181d; color: #dde; } a { color: #9bf; }
}"""

CITATIONS: list[dict[str, Any]] = [
    {
        "number": 1,
        "quote": QUOTE,
        "heading": ["El cielo", "La Luna"],
        "title": "El cielo",
        "place": "p. 12",
        "anchor": "la-luna",
        "text_id": "cielo",
    },
    {
        "number": 2,
        "quote": "los planetas giran alrededor del Sol",
        "heading": ["Los planetas"],
        "title": "El cielo",
        "anchor": "planetas",
        "text_id": "cielo",
        "url": "/next",
    },
    {"number": 3, "quote": "quien mira lejos mira atrás", "title": "Otro libro", "place": "p. 3"},
]
WORDS = (
    "Siempre vemos **la misma cara** de la Luna [1]. ",
    "Tarda lo mismo en girar ",
    "que en dar la vuelta. ",
    "Los planetas giran alrededor del Sol [2]. ",
    "Y la luz tarda [3].",
)


def answering(*pieces: str, citations: list[dict[str, Any]] | None = None) -> list[Event]:
    """Return the events of an answer that comes in these pieces."""
    return [
        ("emotion", {"emotion": "happy"}),
        *(("text_chunk", {"text": piece}) for piece in pieces),
        ("response_meta", {"response_text": "".join(pieces), "citations": citations or []}),
        ("stream_end", {"processing_time_ms": 7}),
    ]


ANSWER = answering(*WORDS, citations=CITATIONS)


@frozen
class Refusal:
    """An answer that is an error."""

    status: int
    error_code: str = "INTERNAL_ERROR"
    headers: dict[str, str] = field(factory=dict)


@frozen
class Cut:
    """An answer that ends after so many events more, in the middle of the next."""

    events: int
    reset: bool = False
    """Whether the connection breaks; else it ends as if all were well."""


@frozen
class Asked:
    """A question as it came."""

    body: dict[str, Any]
    key: str | None
    last_event_id: str | None
    origin: str | None


@define(eq=False)
class Chat:
    """What the server answers: `plan` says how, request by request; then all goes well."""

    url: str = ""
    events: list[Event] = field(factory=lambda: ANSWER)
    plan: list[Refusal | Cut] = field(factory=list)
    session: str = SESSION
    retry_ms: int = 20
    places: bool = False
    """Whether a stream has an id before its first event."""
    forgets: int = 0
    """How many events it tells again when it is taken up."""
    allows: bool = True
    """Whether pages of another origin may ask."""
    asked: list[Asked] = field(factory=list)
    hold_at: int | None = None
    """Before which event it waits for `go_on`."""
    go_on: threading.Event = field(factory=threading.Event)
    gone: threading.Event = field(factory=threading.Event)
    """Set when a reader went away while an answer was held."""
    script: bytes = field(factory=WIDGET.read_bytes)


@define(eq=False)
class Book:
    """The pages: `scripts` is what their author has pasted."""

    url: str = ""
    scripts: str = ""
    lang: str = "es"
    policy: str = ""
    """Their Content-Security-Policy."""


@contextmanager
def publishing() -> Iterator[tuple[Book, Chat]]:
    """Run both servers, with the widget on the pages of the book."""
    chat = Chat()
    with _running(type("Answers", (_Answers,), {"chat": chat})) as chat.url, book_of() as book:
        book.scripts = pasted(chat.url)
        try:
            yield book, chat
        finally:
            chat.go_on.set()


@contextmanager
def book_of() -> Iterator[Book]:
    """Run the server of the pages alone."""
    book = Book()
    with _running(type("Pages", (_Pages,), {"book": book})) as book.url:
        yield book


def pasted(chat: str, **attributes: str) -> str:
    """Return what the author of a page pastes."""
    given = {"key": KEY, "text": "*", **attributes}
    said = " ".join(f'{name}="{value}"' for name, value in given.items())
    return f'<script type="module" src="{chat}/chat.js"></script><robi-chat {said}></robi-chat>'


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def tell(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Pages(_Handler):
    book: ClassVar[Book]

    def do_GET(self) -> None:
        if self.path == "/book.css":
            self.tell(200, STYLE.encode(), Content_Type="text/css")
            return
        page = BOOK.format(lang=self.book.lang, scripts=self.book.scripts)
        if self.path.startswith("/next"):
            page = page.replace('id="la-luna"', 'id="planetas"').replace(
                "La Luna<a", "Los planetas<a"
            )
            page = page.replace("La otra no", "Y los planetas giran alrededor del Sol. La otra no")
        policy = {"Content_Security_Policy": self.book.policy} if self.book.policy else {}
        self.tell(200, page.encode(), Content_Type="text/html; charset=utf-8", **policy)


class _Answers(_Handler):
    chat: ClassVar[Chat]
    open_to_all: ClassVar = {"Access_Control_Allow_Origin": "*"}

    @property
    def may(self) -> dict[str, str]:
        if not self.chat.allows:
            return {}
        headers = "Content-Type, X-API-Key, Last-Event-ID"
        return {**self.open_to_all, "Access_Control_Allow_Headers": headers}

    def do_OPTIONS(self) -> None:
        self.tell(200 if self.chat.allows else 400, b"", **self.may)

    def do_GET(self) -> None:
        if self.path == "/chat.js":
            self.tell(200, self.chat.script, Content_Type="text/javascript", **self.open_to_all)
        else:
            self.tell(200, b'{"status": "healthy"}', Content_Type="application/json")

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        names = ("X-API-Key", "Last-Event-ID", "Origin")
        body = json.loads(self.rfile.read(size))
        self.chat.asked.append(Asked(body, *(self.headers[name] for name in names)))
        step = self.chat.plan.pop(0) if self.chat.plan else None
        if isinstance(step, Refusal):
            told = {"error_code": step.error_code, "message": "…"}
            headers = {
                **self.may,
                "Access_Control_Expose_Headers": "Retry-After",
                **step.headers,
            }
            self.tell(step.status, json.dumps(told).encode(), **headers)
        else:
            self.stream(step)

    def stream(self, cut: Cut | None) -> None:
        self.send_response(200)
        for name, value in {**self.may, "Content_Type": "text/event-stream"}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        last = self.headers["Last-Event-ID"]
        place = f"id: {self.chat.session}/question\n" if self.chat.places and not last else ""
        self.write(f"retry: {self.chat.retry_ms}\n{place}\n: robi\n\n")
        place = last.split("/")[1] if last else "question"
        begin = max(0, int(place) - self.chat.forgets) if place.isdecimal() else 0
        for seq, (kind, data) in enumerate(self.chat.events[begin:], begin + 1):
            told = json.dumps({"type": kind, "seq": seq, "session_id": self.chat.session, **data})
            event = f"id: {self.chat.session}/{seq}\r\nevent: {kind}\r\ndata: {told}\r\n"
            if cut and seq > begin + cut.events:
                self.write(event)  # without the empty line, it is none
                if cut.reset:
                    self.reset()
                return
            if seq == self.chat.hold_at and not self.held():
                return
            self.write(f"{event}\r\n")

    def write(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def held(self) -> bool:
        """Wait until the test lets it go on; return whether the reader is still there."""
        self.connection.settimeout(0.02)
        while not self.chat.go_on.is_set():
            try:
                there = self.connection.recv(1)
            except TimeoutError:
                continue
            except OSError:
                there = b""
            if not there:
                self.chat.gone.set()
                return False
        self.connection.settimeout(None)
        return True

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that has left is no error of the server."""


@contextmanager
def _running(handler: type[_Handler]) -> Iterator[str]:
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
