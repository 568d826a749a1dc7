"""What a robot does in a scenario, step by step: the shapes of docs/scenarios.md. Pure.

A step is a class, its fields are what a file may say of it, and `VERBS` gives the word for each.
What no single field can say (two moments at once, a pattern that is none) is refused here as
well, as ValueError; what concerns several steps is `scenario`'s. It is one file, for it is one
list.

A text may hold `{token}`, a word that only this robot says, and `{person}`, the id of the person
whom the server registered last; a raw message `{id}` as well, a fresh `request_id`.
"""

import re
from collections.abc import Mapping
from random import Random
from typing import Final

from attrs import field, frozen

from robi.protocol.dialects import Dialect
from robi.protocol.messages import UNKNOWN_PERSON, BatterySource, Purpose
from tools.sim.samples import SampleOutcome

Plain = Mapping[str, object]
"""A JSON object."""

TURN_PARTS: Final = ("emotion", "text", "chunks", "capture_request", "response_meta", "end")
"""What `wait` can wait for in an answer; other words are types of messages, or one of these:"""

DUE: Final = "due"
"""An answer that nobody asked for (protocol.md §6, *Of its own accord*)."""

CLOSED: Final = "closed"
"""The end of the link for good."""


@frozen(kw_only=True)
class Connect:
    """Go on the line and introduce `person`, unless the server knows who is there.

    With `session` a robot that was here before names its session and its place in it; else only
    its device. `refused` is the error that must come instead, `resumed` what must be answered.
    """

    person: str = UNKNOWN_PERSON
    dialect: Dialect = Dialect.USER
    key: str | None = field(default=None, repr=False)
    session: bool = False
    resumed: bool | None = None
    refused: str | None = None


@frozen(kw_only=True)
class Meet:
    """Someone else stands in front of the robot."""

    person: str = UNKNOWN_PERSON


@frozen(kw_only=True)
class Say:
    """A typed utterance; `name` is for steps that mean this answer later on."""

    text: str
    name: str | None = None


@frozen(kw_only=True)
class PlaySound:
    """A spoken utterance in frames of 4 KiB, in `realtime` as fast as one speaks."""

    file: str
    realtime: bool = False
    name: str | None = None


@frozen(kw_only=True)
class ShowImage:
    """A picture; with `reply` the one that the last answer asked for."""

    file: str
    purpose: Purpose = "context"
    text: str | None = None
    reply: bool = False
    name: str | None = None


@frozen(kw_only=True)
class ShowVideo:
    """A film; with `reply` the one that the last answer asked for."""

    file: str
    text: str | None = None
    reply: bool = False
    name: str | None = None


@frozen(kw_only=True)
class SayInMedia:
    """One utterance in several media; `audio`, `image` and `video` are files."""

    text: str | None = None
    audio: str | None = None
    image: str | None = None
    video: str | None = None
    name: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an utterance of nothing."""
        if not any((self.text, self.audio, self.image, self.video)):
            msg = "needs text, audio, image or video"
            raise ValueError(msg)


@frozen(kw_only=True)
class Moment:
    """When in the answer: after so many chunks, UTF-16 units of text, or ms; else at once."""

    turn: str | None = None
    at_chunk: int | None = None
    at_chars: int | None = None
    at_ms: float | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse two moments."""
        if sum(at is not None for at in (self.at_chunk, self.at_chars, self.at_ms)) > 1:
            msg = "only one of at_chunk, at_chars and at_ms"
            raise ValueError(msg)

    @property
    def waits(self) -> bool:
        """Whether it is not at once."""
        return (self.at_chunk, self.at_chars, self.at_ms) != (None, None, None)


@frozen(kw_only=True)
class CutIn(Moment):
    """Someone cuts in: at once, or when `at_chunk`, `at_chars` or `at_ms` of the answer have come.

    `spoken_chars` is what the phone had spoken of it, by default all that came.
    """

    spoken_chars: int | None = None


@frozen(kw_only=True)
class Drop(Moment):
    """Lose the link without a goodbye, and stay away for `away_s`; when, is as of `interrupt`."""

    away_s: float = 0.0


@frozen(kw_only=True)
class Resume:
    """Wait until the robot is back on the line, and its session is `resumed`."""

    resumed: bool = True
    within_s: float | None = None


@frozen(kw_only=True)
class Close:
    """Leave for good: close 1000."""


@frozen(kw_only=True)
class TakeOver:
    """The same device connects elsewhere: it goes on there, the first link is closed (4409)."""


@frozen(kw_only=True)
class Think:
    """Nobody says anything, for seconds that are drawn anew each time.

    Always the same, evenly between two, exponential around a mean, or lognormal by median and
    sigma, which is how long people think; never longer than `at_most_s`.
    """

    constant_s: float | None = None
    uniform_s: tuple[float, float] | None = None
    exponential_s: float | None = None
    lognormal_s: tuple[float, float] | None = None
    at_most_s: float | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse none or two distributions, and times below zero."""
        given = (self.constant_s, self.uniform_s, self.exponential_s, self.lognormal_s)
        if sum(one is not None for one in given) != 1:
            msg = "needs one of constant_s, uniform_s, exponential_s and lognormal_s"
            raise ValueError(msg)
        for one in given:
            if one is not None and min(one if isinstance(one, tuple) else (one,)) < 0:
                msg = "times cannot be negative"
                raise ValueError(msg)

    def draw(self, rng: Random) -> float:
        """Return seconds."""
        seconds = 0.0
        if self.constant_s is not None:
            seconds = self.constant_s
        elif self.uniform_s is not None:
            seconds = rng.uniform(*self.uniform_s)
        elif self.exponential_s:
            seconds = rng.expovariate(1 / self.exponential_s)
        elif self.lognormal_s is not None:
            median, sigma = self.lognormal_s
            seconds = median * rng.lognormvariate(0.0, sigma)
        return seconds if self.at_most_s is None else min(seconds, self.at_most_s)


@frozen(kw_only=True)
class Sight:
    """The camera saw someone, who may be greeted."""

    known: bool
    person: str | None = None
    confidence: float | None = None
    name: str | None = None


@frozen(kw_only=True)
class Battery:
    """A battery is low: `level` in percent."""

    level: int
    source: BatterySource = "robot"


@frozen(kw_only=True)
class Scan:
    """The robot looks around for people."""


@frozen(kw_only=True)
class Raw:
    """Anything at all: a `message` as an object, a text `frame`, or `binary` in hex.

    With `utterance` the message is one, and its answer is waited for under its `request_id`.
    """

    message: Plain | None = None
    frame: str | None = None
    binary: str | None = None
    utterance: bool = False
    name: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse none or two of them, hex that is none, and an utterance without an id."""
        if sum(one is not None for one in (self.message, self.frame, self.binary)) != 1:
            msg = "needs one of message, frame and binary"
            raise ValueError(msg)
        if self.binary is not None:
            bytes.fromhex(self.binary)
        identified = self.message is not None and isinstance(self.message.get("request_id"), str)
        if self.utterance and not identified:
            msg = "an utterance needs a message with a request_id"
            raise ValueError(msg)


@frozen(kw_only=True)
class Wait:
    """Wait until something has come, no longer than `within_s` (the scenario's `patience_s`).

    `until` is a part of an answer (`emotion`, `text`, `chunks`, `capture_request`, `response_meta`,
    `end`), the type of any message, `due` or `closed`. `matching` is a pattern of the text so far,
    `count` of chunks, `code` the `error_code` of an error or the code of the close frame.
    """

    until: str = "end"
    turn: str | None = None
    matching: str | None = None
    count: int = 1
    code: str | None = None
    within_s: float | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a pattern that is none, or of what has no text."""
        _check_pattern(self.matching)
        if self.matching is not None and self.until != "text":
            msg = 'matching goes with until = "text"'
            raise ValueError(msg)


@frozen(kw_only=True)
class Expect:
    """What must be true of an answer by now.

    Patterns are searched for. `order` are the types of its messages, `text_chunk` in a row as
    one. `message` is the type of one that must have come, with these `fields`, in the
    answer or beside it; `resumed` what the last `auth_ok` said.
    """

    turn: str | None = None
    outcome: SampleOutcome | None = None
    text: str | None = None
    emotion: str | None = None
    error: str | None = None
    order: tuple[str, ...] | None = None
    message: str | None = None
    fields: Plain = field(factory=dict)
    resumed: bool | None = None
    at_least_chunks: int | None = None
    first_text_within_ms: float | None = None
    end_within_ms: float | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a pattern that is none, and fields of nothing."""
        _check_pattern(self.text)
        if self.fields and self.message is None:
            msg = "fields goes with message"
            raise ValueError(msg)


@frozen(kw_only=True)
class Repeat:
    """The same `steps`, several `times`."""

    times: int
    steps: tuple["Step", ...]


Step = (
    Connect | Meet | Say | PlaySound | ShowImage | ShowVideo | SayInMedia | CutIn | Drop | Resume
    | Close | TakeOver | Think | Sight | Battery | Scan | Raw | Wait | Expect | Repeat
)  # fmt: skip

VERBS: Final[Mapping[str, type[Step]]] = {
    "connect": Connect,
    "meet": Meet,
    "say": Say,
    "audio": PlaySound,
    "image": ShowImage,
    "video": ShowVideo,
    "multimodal": SayInMedia,
    "interrupt": CutIn,
    "drop": Drop,
    "resume": Resume,
    "close": Close,
    "take_over": TakeOver,
    "think": Think,
    "person_detected": Sight,
    "battery_alert": Battery,
    "face_scan": Scan,
    "raw": Raw,
    "wait": Wait,
    "expect": Expect,
    "repeat": Repeat,
}
VERB_OF: Final[Mapping[type[Step], str]] = {kind: verb for verb, kind in VERBS.items()}


def files_of(step: Step) -> tuple[str, ...]:
    """Return the files that `step` plays or shows."""
    match step:
        case PlaySound(file=file) | ShowImage(file=file) | ShowVideo(file=file):
            return (file,)
        case SayInMedia():
            return tuple(file for file in (step.audio, step.image, step.video) if file)
        case _:
            return ()


def _check_pattern(pattern: str | None) -> None:
    if pattern is None:
        return
    try:
        re.compile(pattern)
    except re.error as error:
        msg = f"not a pattern: {error}"
        raise ValueError(msg) from error
