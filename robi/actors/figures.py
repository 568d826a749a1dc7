"""How long turns take: what one has measured of itself, and the newest in figures.

Owns a bounded number of measurements, of all sessions together, in memory only; they begin anew
with the server. Times in `…_ms` are milliseconds since an utterance was complete, as the server
sees it: what the way to the robot adds is not in them. Those in `…_at` are of trio's clock.
"""

from collections import deque
from collections.abc import Collection, Sequence
from math import ceil
from typing import Final, Literal

import trio
from attrs import define, field, frozen

from robi.protocol.messages import TokenUsage

NEWEST: Final = 1_000
"""Turns that the figures are about."""


Times = tuple[int | None, int | None, int]
"""Of a turn: until its emotion, its first text and its end."""

Outcome = Literal["answered", "interrupted", "failed"]


@define(eq=False)
class Question:
    """One question to the model: when it was put, and when each chunk of the answer was there.

    `waited_s` of the time it stood in line. It has no end while it is being answered.
    """

    asked_at: float = field(factory=trio.current_time)
    waited_s: float = 0.0
    heard_at: list[float] = field(factory=list)
    ended_at: float | None = None


@frozen
class Called:
    """A tool that was called; one that a model has made up has no name."""

    tool: str | None
    outcome: str
    began_at: float
    ended_at: float


@define(eq=False)
class Trail:
    """Where the time of one turn goes, noted on the way."""

    began_at: float = field(factory=trio.current_time)
    recalled_at: float | None = None
    questions: list[Question] = field(factory=list)
    calls: list[Called] = field(factory=list)

    @property
    def is_asking(self) -> bool:
        """Whether a question is being answered."""
        return bool(self.questions) and self.questions[-1].ended_at is None


@frozen
class Measured:
    """One turn: what is None has not come about. `session_id` and `request_id` are for traces."""

    emotion_ms: int | None
    first_text_ms: int | None
    end_ms: int
    kind: str
    outcome: Outcome
    error_code: str | None = None
    usage: TokenUsage | None = None
    chars: int = 0
    trail: Trail = field(factory=lambda: Trail(began_at=0.0))
    session_id: str = ""
    request_id: str = ""


@frozen
class Percentiles:
    """Half, nine in ten, and ninety-nine in a hundred took at most so many milliseconds."""

    p50: int
    p90: int
    p99: int


@frozen
class Latencies:
    """The figures of `turns` turns; a time that none of them came to has none."""

    turns: int
    emotion_ms: Percentiles | None
    first_text_ms: Percentiles | None
    end_ms: Percentiles | None


@define(eq=False)
class Figures:
    """The newest turns of all sessions: of each its times, and nothing else that it measured."""

    _newest: deque[Times] = field(factory=lambda: deque(maxlen=NEWEST), init=False)

    def add(self, turn: Measured) -> None:
        """Note a turn that is over."""
        self._newest.append((turn.emotion_ms, turn.first_text_ms, turn.end_ms))

    @property
    def times(self) -> tuple[Times, ...]:
        """What is known of each."""
        return tuple(self._newest)

    def latencies(self) -> Latencies:
        """Return the figures as they are now."""
        return latencies(self._newest)


def latencies(newest: Collection[Times]) -> Latencies:
    """Return the figures of these turns."""
    return Latencies(
        len(newest),
        _percentiles([emotion for emotion, _, _ in newest]),
        _percentiles([first_text for _, first_text, _ in newest]),
        _percentiles([end for _, _, end in newest]),
    )


def _percentiles(times: Sequence[int | None]) -> Percentiles | None:
    """Return those of the nearest rank: each is a time that was measured."""
    known = sorted(time for time in times if time is not None)
    if not known:
        return None
    half, nine, all_but_one = (known[ceil(part * len(known) / 100) - 1] for part in (50, 90, 99))
    return Percentiles(half, nine, all_but_one)
