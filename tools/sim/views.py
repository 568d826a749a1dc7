"""What a person sees and what a machine reads, of the same events.

`Person` writes a transcript with the tool's own words; `Machine` writes one JSON object a line on
standard output and nothing else there. Both are a `robot.Witness`.
"""

from typing import Protocol

import orjson
from attrs import define, field

from robi.protocol.messages import (
    AuthOk,
    CaptureRequest,
    Emotion,
    ErrorReport,
    FaceScanActions,
    LowBatteryAlert,
    PersonRegistered,
    ResponseMeta,
    StreamEnd,
    TextChunk,
)
from tools.sim.drawing import draw_actions, draw_expression, face
from tools.sim.ledger import Turn
from tools.sim.link import End, Parting
from tools.sim.screen import PROMPT, Screen, Style
from tools.sim.witness import Heard, Witness
from tools.sim.words import Words

_INDENT = "   "


class View(Witness, Protocol):
    """A witness that the driver of a conversation talks to as well."""

    def uttered(self, what: str) -> None:
        """Something is about to be said that nobody typed."""

    def note(self, text: str) -> None:
        """Tell of something ordinary."""

    def trouble(self, text: str) -> None:
        """Tell of something that should not be."""

    def prompt(self) -> None:
        """Invite to type."""

    def typed(self) -> None:
        """A line was typed."""


@define
class Person:
    """A transcript on `screen`; complaints of the tool itself go to `errors`."""

    screen: Screen
    errors: Screen
    words: Words
    url: str
    typing: bool = False
    """Whether somebody types: then there is a prompt, and what is typed need not be shown."""

    _speaking: bool = field(default=False, init=False)

    def linked(self, hello: AuthOk, *, again: bool) -> None:
        """Say where we are; after a drop, whether anything was lost."""
        if again:
            self.note(self.words.back)
            if not hello.resumed:
                self.note(self.words.not_resumed)
            self.prompt()
            return
        self.screen.line(self.words.hello.format(url=self.url, session=hello.session_id), "bold")
        if hello.resumed:
            self.note(self.words.resumed)
        if self.typing:
            self.note(self.words.hint)
        self.prompt()

    def heard(self, heard: Heard) -> None:
        """Show one message."""
        plain = heard.reading.plain
        match heard.reading.message:
            case Emotion(emotion=emotion):
                self.screen.line(f"{face(emotion)} {emotion}", "cyan")
            case TextChunk(text=text):
                self._speak(text)
            case PersonRegistered(person_id=person, name=name):
                self._aside("🤝", self.words.registered.format(name=name, person=person))
            case CaptureRequest(capture_type=kind, duration_ms=duration):
                wanted = self.words.capture_wanted.format(what=self.words.captures[kind])
                self._aside("📷", wanted + (f" ({duration} ms)" if duration else ""))
            case ResponseMeta():
                for action in draw_actions(plain.get("actions"), self.words):
                    self._aside("🦾", action)
                if expression := draw_expression(plain.get("expression")):
                    self._aside("🎭", expression)
            case FaceScanActions():
                self._aside("👀", self.words.scan)
                for action in draw_actions(plain.get("actions"), self.words):
                    self._aside("🦾", action)
            case LowBatteryAlert(battery_level=level, source=source):
                self._aside("🪫", self.words.battery.format(source=source, level=level), "yellow")
            case ErrorReport() as error:
                self._error(error)
            case AuthOk() | StreamEnd() | None:
                pass

    def ended(self, turn: Turn) -> None:
        """Show how long it took."""
        self._speaking = False
        if turn.outcome == "lost":
            self._aside("✖", self.words.turn_lost, "red")
            self.prompt()
            return
        times = (
            (self.words.emotion, turn.ms(turn.emotion_at)),
            (self.words.first_text, turn.ms(turn.first_text_at)),
            (self.words.end, turn.ms(turn.ended_at)),
        )
        shown = " · ".join(f"{name} {ms:.0f} ms" for name, ms in times if ms is not None)
        cut = f"{self.words.interrupted} · " if turn.interrupted else ""
        self._aside("⏱", cut + (shown or "—"), "dim")
        self.prompt()

    def violated(self, rule: str) -> None:
        """Say it loudly."""
        self.trouble(self.words.violation.format(rule=rule))

    def parted(self, parting: Parting, pause: float | None) -> None:
        """Say why the link is over and what can be done."""
        self._speaking = False
        for text in explain(parting, self.words, self.url):
            self.trouble(text)
        if pause is not None:
            self.note(self.words.again_in.format(seconds=f"{pause:g}"))

    def uttered(self, what: str) -> None:
        """Show what is said on somebody's behalf."""
        if not self.typing:
            self.screen.line(PROMPT + what, "bold")

    def note(self, text: str) -> None:
        """Show in passing."""
        for line in text.splitlines():
            self.screen.line(line, "dim")

    def trouble(self, text: str) -> None:
        """Show so that it is seen."""
        self.screen.finish()
        self.errors.line(text, "red")

    def prompt(self) -> None:
        """Show that it is the person's turn."""
        if self.typing:
            self.screen.prompt()

    def typed(self) -> None:
        """The terminal has shown it already."""
        self.screen.typed()

    def _speak(self, text: str) -> None:
        if not self._speaking:
            self.screen.finish()
        self._speaking = True
        self.screen.piece(text)

    def _aside(self, sign: str, text: str, style: Style = "dim") -> None:
        self._speaking = False
        self.screen.line(f"{_INDENT}{sign} {text}", style)

    def _error(self, error: ErrorReport) -> None:
        self._aside("✖", f"{error.code} {error.error_code}: {error.message}", "red")
        if error.details:
            self._aside(" ", error.details)
        if error.retry_after:
            self._aside(" ", self.words.retry_after.format(seconds=error.retry_after))


@define
class Machine:
    """JSON lines on `screen`: every message with `t_ms`, and a summary after each turn.

    `t_ms` counts from the start of the tool. What concerns the tool itself goes to `errors`.
    """

    screen: Screen
    errors: Screen
    words: Words
    url: str

    def linked(self, hello: AuthOk, *, again: bool) -> None:
        """`auth_ok` has been written as every message is."""

    def heard(self, heard: Heard) -> None:
        """Write the message as it came."""
        self._write({"t_ms": round(heard.seconds * 1000, 1), **heard.reading.plain})

    def ended(self, turn: Turn) -> None:
        """Write the summary."""
        self._write(turn.summary())

    def violated(self, rule: str) -> None:
        """Say it loudly; the summary of the turn holds it too."""
        self.errors.line(self.words.violation.format(rule=rule))

    def parted(self, parting: Parting, pause: float | None) -> None:
        """Say why."""
        for text in explain(parting, self.words, self.url):
            self.trouble(text)
        if pause is not None:
            self.note(self.words.again_in.format(seconds=f"{pause:g}"))

    def uttered(self, what: str) -> None:
        """A machine knows what it says."""

    def note(self, text: str) -> None:
        """Write beside the data."""
        self.errors.line(text)

    def trouble(self, text: str) -> None:
        """Write beside the data."""
        self.errors.line(text)

    def prompt(self) -> None:
        """A machine needs no invitation."""

    def typed(self) -> None:
        """Nothing stands on the screen that would have to be cleared."""

    def _write(self, plain: dict[str, object]) -> None:
        self.screen.record(orjson.dumps(plain).decode())


def explain(parting: Parting, words: Words, url: str) -> list[str]:
    """Return what to tell a person about the end of a link, and what to do about it."""
    said = parting.error.message if parting.error else parting.reason
    closed = f"{words.closed.format(code=parting.code)} {said}".rstrip()
    sentences = {
        End.UNREACHABLE: [words.unreachable, words.start_it],
        End.UNTRUSTED: [words.untrusted],
        End.SILENT: [words.silent],
        End.NOT_WEBSOCKET: [words.no_websocket],
        End.REFUSED: [words.refused, words.key_hint],
        End.REPLACED: [words.replaced],
        End.LOST: [words.lost],
    }
    reason = closed if parting.end is End.LOST else said or closed
    return [sentence.format(url=url, reason=reason) for sentence in sentences[parting.end]]
