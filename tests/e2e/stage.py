"""The page before its server and a model that notes what it is asked, for tests of its senses.

Owns the script of that model, and what is noted of the page: every message and all sound that it
sends. Camera and microphone are fake (see `browser`); Chromium here has no voices, so that the page
speaks silently, in its real time, which is what makes an interruption in mid-sentence possible.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, field, frozen
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.e2e.browser import Visit, modelling, serving, visiting

PHONE = {"width": 844, "height": 390}
"""In landscape."""

STORY = (
    "Once upon a time there was a small robot. It lived in a large house by the sea. "
    "Every morning it greeted whoever passed the door. One day it lost its way in the garden. "
    "And there it learned to look at the stars."
)

REPLIES: list[dict[str, Any]] = [
    {"match": "story", "text": f"[emotion:happy]{STORY}"},
    {"match": "slow", "text": f"[emotion:happy]{STORY}", "chunk_delay_ms": 400},
    {"match": "photo", "text": "[emotion:curious][capture:photo]Let me look."},
    {"match": "film", "text": "[emotion:curious][capture:video]I film."},
    {"match": "ahead", "text": "[emotion:happy][actions:move_forward:1400]Here I go."},
    {"match": "shine", "text": "[emotion:happy][actions:light:red:9000]I shine."},
]
SCRIPT = {"replies": REPLIES, "default": {"text": "[emotion:happy]I have understood."}}


@define(eq=False, slots=False)
class Stage:
    """The page before its server, what it has sent, and the model behind it.

    Without slots, for Playwright marks the listeners that it is given.
    """

    visit: Visit
    stub: str
    sent: list[dict[str, Any]] = field(factory=list)
    frames: list[bytes] = field(factory=list)
    """The binary frames that it has sent: sound."""

    @property
    def page(self) -> Page:
        """The page itself."""
        return self.visit.page

    def watch(self, socket: WebSocket) -> None:
        """Note what goes out."""
        socket.on("framesent", self._note)

    def _note(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self.frames.append(frame)
        else:
            self.sent.append(json.loads(frame))

    def say(self, words: str) -> None:
        """Type something."""
        self.page.fill("#words", words)
        self.page.press("#words", "Enter")

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of this type that the page has sent."""
        return [message for message in self.sent if message["type"] == kind]

    def wait_sent(self, kind: str, count: int = 1, within_s: float = 20) -> dict[str, Any]:
        """Return the newest message of this type, when so many were sent."""
        for _ in range(int(within_s * 20)):
            if len(self.of_type(kind)) >= count:
                return self.of_type(kind)[-1]
            self.page.wait_for_timeout(50)  # lets Playwright hear of frames
        pytest.fail(f"{count} {kind} were not sent, but {[m['type'] for m in self.sent]}")

    def wait_until(self, expression: str, within_s: float = 20) -> None:
        """Wait until this is true in the page, whose policy forbids `wait_for_function`."""
        for _ in range(int(within_s * 20)):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"never true: {expression}")

    def seen_by_the_model(self) -> list[str]:
        """Return the SHA-256 of all media that the model was asked about."""
        answer = httpx.get(f"{self.stub}/__requests", timeout=30, trust_env=False)
        return list(_values(answer.json(), "sha256"))


def _values(tree: Any, name: str) -> Iterator[Any]:
    """Yield what stands under `name`, however deep."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == name:
                yield value
            else:
                yield from _values(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from _values(value, name)


@frozen
class Server:
    """A server and the model behind it. It serves many tests: each page is a device of its own."""

    url: str
    stub: str


@contextmanager
def modelled(folder: Path) -> Iterator[Server]:
    """Run both."""
    with (
        modelling(folder, SCRIPT) as stub,
        serving(folder, GEMINI_API_KEY="stub", GOOGLE_GEMINI_BASE_URL=stub) as url,
    ):
        yield Server(url, stub)


@contextmanager
def before_robi(server: Server, *flags: str, **context: Any) -> Iterator[Stage]:
    """Open the page and begin; nothing may go wrong in it until the end."""
    given = {"viewport": PHONE, "locale": "en-GB", **context}
    with visiting(*flags, **given) as visit:
        stage = Stage(visit, server.stub)
        visit.page.on("websocket", stage.watch)
        visit.page.goto(server.url)
        visit.page.click("#start")
        expect(visit.page.locator(".ears-talk")).to_be_visible()
        yield stage
        assert visit.troubles == []


def sha256(*parts: bytes) -> str:
    """Return the hash by which the model knows media."""
    return hashlib.sha256(b"".join(parts)).hexdigest()


def touching(page: Page, *selectors: str) -> list[str]:
    """Return which of what is seen there overlaps something else of it."""
    found: list[str] = page.evaluate(
        """(selectors) => {
          const boxes = selectors.map((name) => [
            name, document.querySelector(name).getBoundingClientRect()
          ]);
          const touch = (a, b) =>
            a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          return boxes.flatMap(([one, a], at) =>
            boxes.slice(at + 1).flatMap(([other, b]) =>
              touch(a, b) ? [`${one} and ${other}`] : []));
        }""",
        selectors,
    )
    return found


def subtitles(stage: Stage) -> Locator:
    """Return the place of the words of the answer."""
    return stage.page.locator("#words-of-robi")
