"""The widget and the real server: a text loaded, a reader's key, a page of another origin.

All of it as an operator and a reader would: the text over REST, the key by `robi keys add`, the
question in Chromium. What the widget makes of everything that may go wrong: the modules beside.
"""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from attrs import define, field, frozen
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import ROOT, Visit, modelling, needs_chromium, serving, visiting_in
from tests.e2e.textbook import QUOTE, Book, book_of, pasted
from tests.e2e.widget.reader import DESKTOP

pytestmark = needs_chromium

TEXT = """# El cielo

## Las mareas

El mar sube y baja dos veces al día. Lo mueve sobre todo la Luna, y un poco menos el Sol.

## La Luna

Como gira una vez sobre sí misma en cada vuelta, la Luna siempre nos muestra la misma cara.
La otra no se vio hasta 1959.
"""
SAID = (
    "Vemos siempre la misma cara de la Luna. Tarda lo mismo en girar sobre sí que en dar la vuelta."
)
CITED = SAID.replace("Luna.", f'Luna. [cite:1 "{QUOTE}"]')
SCRIPT = {
    "replies": [{"match": "cara", "text": f"[emotion:happy]{CITED}", "chunk_delay_ms": 10}],
    "default": {"text": "[emotion:neutral][none:evidence]"},
}


@frozen
class Served:
    """A server with the text, a reader's key for the pages of the book, and a browser."""

    url: str
    key: str
    book: Book
    stub: str
    browser: Browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    given = {"GEMINI_API_KEY": "stub"}
    with (
        modelling(folder, SCRIPT) as stub,
        book_of() as book,
        serving(folder, **given, GOOGLE_GEMINI_BASE_URL=stub) as told,
    ):
        url = told.rstrip("/")
        operator = (folder / "api_key").read_text(encoding="utf-8").strip()
        loaded = httpx.post(
            f"{url}/api/texts",
            params={"text_id": "cielo", "name": "cielo.md"},
            content=TEXT.encode(),
            headers={"X-API-Key": operator, "Content-Type": "text/markdown"},
            timeout=60,
            trust_env=False,
        )
        assert loaded.status_code == 201, loaded.text
        yield Served(url, key_for(folder, book.url), book, stub, browser)


def key_for(folder: Path, origin: str) -> str:
    """Make a reader's key for pages of this origin, as an operator does."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "robi.cli",
            *f"keys add book --role reader --origin {origin}".split(),
        ],
        cwd=ROOT,
        env={"PATH": os.defpath, "DATA_DIR": os.fspath(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


@contextmanager
def reading(
    served: Served, *, chat: str = "", page: str = "", troubles: str = ""
) -> Iterator[Visit]:
    """Open a page of the book that has the widget of `chat`, and its panel."""
    served.book.scripts = pasted(chat or served.url, key=served.key)
    with visiting_in(served.browser, viewport=DESKTOP, locale="es-ES") as visit:
        visit.page.goto(page or served.book.url)
        visit.page.locator("#open").click()
        yield visit
        pattern = re.compile(troubles or "$^")
        assert [said for said in visit.troubles if not pattern.search(said)] == []


def ask(page: Page, words: str) -> None:
    page.locator("textarea").fill(words)
    page.locator("textarea").press("Enter")


def answer(page: Page) -> Locator:
    return page.locator(".answer").last


def asked_of_the_model(served: Served, words: str) -> int:
    """Return how often the model was asked something that holds these words."""
    told = httpx.get(f"{served.stub}/__requests", timeout=30, trust_env=False)
    return sum(words in json.dumps(each, ensure_ascii=False) for each in told.json())


def test_question_about_the_text_is_streamed_and_cited(served: Served) -> None:
    with reading(served) as visit:
        ask(visit.page, "¿Por qué vemos siempre la misma cara de la Luna?")
        expect(visit.page.locator(".cites")).to_contain_text(re.compile("El cielo . La Luna"))
        expect(answer(visit.page)).to_have_text(SAID.replace("Luna.", "Luna. [1]"))
        answer(visit.page).get_by_role("button", name="Cita 1").click()
        expect(visit.page.locator("#face")).to_be_in_viewport()
        words = visit.page.evaluate("() => [...CSS.highlights.get('robi-chat')].map(String)")
        assert " ".join(words).lower().split() == QUOTE.split()


def test_selection_is_asked_about(served: Served) -> None:
    with reading(served) as visit:
        visit.page.locator("#face").click(click_count=3)
        visit.page.get_by_role("button", name="Preguntar por la selección").first.click()
        ask(visit.page, "¿Qué cara vemos?")
        expect(visit.page.locator("article").get_by_label("Texto seleccionado")).to_be_visible()
        expect(answer(visit.page)).to_contain_text("Tarda lo mismo en girar")
        expect(visit.page.locator(".cites q")).to_have_text(re.compile(QUOTE, re.IGNORECASE))


def test_what_the_text_does_not_hold_is_declined(served: Served) -> None:
    with reading(served) as visit:
        ask(visit.page, "¿Cuántas patas tiene un escarabajo pelotero?")
        expect(answer(visit.page)).not_to_have_text("")
        expect(visit.page.get_by_role("button", name="Enviar")).to_be_visible()
        expect(visit.page.locator(".cites")).to_have_count(0)


def test_conversation_goes_on_after_the_page_was_loaded_again(served: Served) -> None:
    with reading(served) as visit:
        ask(visit.page, "¿Por qué vemos siempre la misma cara de la Luna?")
        expect(visit.page.locator(".cites")).to_have_count(1)
        visit.page.reload()
        ask(visit.page, "¿Y por qué la misma cara, otra vez?")
        expect(visit.page.locator(".cites")).to_have_count(2)
        sessions = [
            headers.get("x-session-id")
            for headers in (each.headers for each in visit.answers)
            if "x-session-id" in headers
        ]
        assert len(sessions) == 2
        assert len(set(sessions)) == 1


COME = """() => {
  const { read } = ReadableStreamDefaultReader.prototype;
  window.come = '';
  ReadableStreamDefaultReader.prototype.read = async function () {
    const piece = await read.call(this);
    come += new TextDecoder().decode(piece.value);
    return piece;
  };
}"""
"""Notes what of a stream has come to the widget: what is on its way when it is cut may be lost."""


@pytest.mark.parametrize("after", [0, 1, 3, 8])
def test_stream_cut_on_its_way_is_taken_up_without_asking_again(served: Served, after: int) -> None:
    question = "¿Por qué vemos siempre la misma cara de la Luna?"
    before = asked_of_the_model(served, question)
    with (
        cutting(served.url, after) as proxy,
        reading(
            served, chat=proxy.url, troubles="ERR_INCOMPLETE|ERR_CONNECTION|ERR_EMPTY"
        ) as visit,
    ):
        visit.page.evaluate(COME)
        ask(visit.page, question)
        visit.page.wait_for_function(
            r"(events) => come.match(/^(retry|event): [^]*?\n\n/gm)?.length > events", arg=after
        )
        proxy.go_on.set()
        expect(visit.page.locator(".cites")).to_be_visible()
        expect(answer(visit.page)).to_have_text(SAID.replace("Luna.", "Luna. [1]"))
        assert proxy.cuts == 1
        assert asked_of_the_model(served, question) == before + 1


def test_page_of_another_origin_is_refused_with_clear_words(served: Served) -> None:
    with (
        book_of() as stranger,
        reading(served, troubles="CORS|ERR_FAILED|403") as visit,
    ):
        stranger.scripts = served.book.scripts
        visit.page.goto(stranger.url)
        visit.page.locator("#open").click()
        ask(visit.page, "¿Por qué vemos siempre la misma cara?")
        expect(visit.page.get_by_role("alert")).to_contain_text("Esta página no tiene permiso")
        expect(visit.page.locator("textarea")).to_have_value(
            "¿Por qué vemos siempre la misma cara?"
        )


@define(eq=False)
class Cutter:
    """What a network does to one stream of events."""

    target: tuple[str, int]
    after: int
    """Events until then."""
    url: str = ""
    cuts: int = 0
    go_on: threading.Event = field(factory=threading.Event)
    """For which it waits, with nothing more passed on, before it cuts."""
    _ends: list[socket.socket] = field(factory=list)
    _pipes: list[threading.Thread] = field(factory=list)

    def pass_on(self, client: socket.socket) -> None:
        """Pass on a connection, both ways."""
        server = socket.create_connection(self.target)
        self._ends += [client, server]
        for work in ((client, server, False), (server, client, True)):
            self._pipes.append(threading.Thread(target=self._pipe, args=work))
            self._pipes[-1].start()

    def close(self) -> None:
        """End all connections."""
        self.go_on.set()
        for end in self._ends:
            _shut(end)
        for pipe in self._pipes:
            pipe.join()
        for end in self._ends:
            end.close()

    def _pipe(self, source: socket.socket, sink: socket.socket, down: bool) -> None:
        seen, stream = 0, False
        try:
            while piece := source.recv(65_536):
                stream |= down and b"text/event-stream" in piece
                whole = piece.split(b"event: ")
                if stream and not self.cuts and seen + len(whole) - 1 > self.after:
                    self.cuts += 1
                    sink.sendall(b"event: ".join(whole[: self.after - seen + 1]))
                    self.go_on.wait()
                    break
                seen += len(whole) - 1
                sink.sendall(piece)
        except OSError:  # the other way has ended it
            return
        finally:
            for end in (source, sink):
                _shut(end)  # closed when nobody waits for them: that alone would end nothing


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is shut already
        return


@contextmanager
def cutting(url: str, after: int) -> Iterator[Cutter]:
    """Run a proxy before the server that cuts the first stream of events after so many."""
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    cutter = Cutter((host, port), after)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        cutter.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def listen() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:  # it was shut
                    return
                cutter.pass_on(client)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield cutter
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            cutter.close()
