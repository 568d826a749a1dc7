"""How long turns take: the newest of them, and what that says in figures.

Owns a bounded number of measurements, of all sessions together, in memory only; they begin anew
with the server. Times are milliseconds since an utterance was complete, as the server sees it: what
the way to the robot adds is not in them.
"""

from collections import deque
from collections.abc import Sequence
from math import ceil
from typing import Final

from attrs import define, field, frozen

NEWEST: Final = 1_000
"""Turns that the figures are about."""


@frozen
class Measured:
    """One turn: what is None has not come about."""

    emotion_ms: int | None
    first_text_ms: int | None
    end_ms: int


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
    """The newest turns of all sessions."""

    _newest: deque[Measured] = field(factory=lambda: deque(maxlen=NEWEST), init=False)

    def add(self, turn: Measured) -> None:
        """Note a turn that is over."""
        self._newest.append(turn)

    def latencies(self) -> Latencies:
        """Return the figures as they are now."""
        return Latencies(
            len(self._newest),
            _percentiles([turn.emotion_ms for turn in self._newest]),
            _percentiles([turn.first_text_ms for turn in self._newest]),
            _percentiles([turn.end_ms for turn in self._newest]),
        )


def _percentiles(times: Sequence[int | None]) -> Percentiles | None:
    """Return those of the nearest rank: each is a time that was measured."""
    known = sorted(time for time in times if time is not None)
    if not known:
        return None
    half, nine, all_but_one = (known[ceil(part * len(known) / 100) - 1] for part in (50, 90, 99))
    return Percentiles(half, nine, all_but_one)
