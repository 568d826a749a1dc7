"""The widget `<robi-chat>` in a real browser, on the page of a textbook that is of another origin.

The server of these tests does what each of them says (tests/e2e/textbook.py): what the widget makes
of any answer, refusal and cut. With the real server it is met in test_served.py. Owns a reader of
the book: where the parts of the widget are, and what a reader does.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

from attrs import define
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import Visit, visiting_in
from tests.e2e.textbook import Book, Chat, publishing

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 568}

WHOLE = re.compile(r"Siempre vemos la misma cara de la Luna .*Y la luz tarda")
SHORTCUT = "Alt+Shift+KeyA"


@define(eq=False, slots=False)
class Reader:
    """Somebody who reads the book."""

    visit: Visit
    book: Book
    chat: Chat

    @property
    def page(self) -> Page:
        return self.visit.page

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def field(self) -> Locator:
        return self.panel.get_by_role("textbox")

    @property
    def alert(self) -> Locator:
        return self.panel.get_by_role("alert")

    @property
    def answer(self) -> Locator:
        """The newest."""
        return self.page.locator(".answer").last

    def turn_to(self, path: str = "/") -> None:
        self.page.goto(f"{self.book.url}{path}")

    def open(self) -> None:
        self.page.locator("#open").click()
        expect(self.field).to_be_focused()

    def ask(self, words: str = "¿Por qué?") -> None:
        self.field.fill(words)
        self.field.press("Enter")

    def select(self, selector: str = "#first") -> None:
        """Select what stands there, as a keyboard or a screen reader does."""
        self.page.evaluate(
            "(at) => getSelection().selectAllChildren(document.querySelector(at))", selector
        )

    def highlighted(self) -> list[str]:
        """Return the words that are highlighted on the page."""
        found: list[str] = self.page.evaluate(
            "() => [...(CSS.highlights.get('robi-chat') ?? [])].map(String)"
        )
        return found

    def sees_highlighted(self, *words: str) -> None:
        """Wait until these words are highlighted on the page, and no others."""
        self.page.wait_for_function(
            "words => JSON.stringify([...(CSS.highlights.get('robi-chat') ?? [])].map(String))"
            " === JSON.stringify(words)",
            arg=list(words),
        )

    def focused(self) -> str:
        """Return the id of who has the focus on the page, or its name."""
        found: str = self.page.evaluate(
            "() => document.activeElement.id || document.activeElement.localName"
        )
        return found

    def told(self) -> str:
        """Return what a screen reader was told."""
        return self.page.locator("#told").inner_text()


Opening: TypeAlias = Callable[..., AbstractContextManager[Reader]]
"""What the fixture `reading` is: `read_in`, with the browser of the module."""


@contextmanager
def read_in(
    browser: Browser, *, at: str = "/", troubles: str = "", **context: Any
) -> Iterator[Reader]:
    """Open the book; nothing may go wrong in the page until the end but what matches `troubles`."""
    given = {"viewport": DESKTOP, "locale": "es-ES", "reduced_motion": "reduce", **context}
    with publishing() as (book, chat), visiting_in(browser, **given) as visit:
        reader = Reader(visit, book, chat)
        if at:
            reader.turn_to(at)
        yield reader
        pattern = re.compile(troubles) if troubles else None
        assert [said for said in visit.troubles if not (pattern and pattern.search(said))] == []
