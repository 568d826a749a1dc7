"""What one core carries, worked out from what was measured. Pure.

Owns the arithmetic: costs add up, as turns share nothing that grows with their number. Half of the
core is left free: a server that has no time left makes everybody wait for whoever spoke before.
"""

from collections.abc import Sequence
from typing import Final

from tools.bench import memory, starting, turns
from tools.bench.figures import Figure, Heading, find, number
from tools.bench.plan import FULL

USED: Final = 0.5
"""Of the core."""

TURN_EVERY_S: Final = 10
"""A person speaks, hears the answer, and thinks of something to say."""

TURNS_HEADS: Final = (
    "chunks an answer",
    "CPU a turn",
    "turns a second on half a core",
    f"robots in conversation, a turn every {TURN_EVERY_S} s",
)
MEMORY_HEADS: Final = ("robots there", "memory while they are silent")

_CHUNKS: Final = (10, 40, 110)
_ROBOTS: Final = (100, 1000, 10_000)
_MS_A_S: Final = 1000
_US_A_MS: Final = 1000
_MB_A_KIB: Final = 1.024 / 1000


def by_chunks(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Return a row for answers of each length; none without the figures for it."""
    turn = _median(figures, turns.a_turn(FULL, "gemini", FULL.many_robots))
    chunk = _median(figures, turns.further_chunk("gemini"))
    if turn is None or chunk is None:
        return []
    rows: list[tuple[str, ...]] = []
    for chunks in _CHUNKS:
        cost = turn + (chunks - FULL.short) * chunk / _US_A_MS
        rate = USED * _MS_A_S / cost
        robots = f"{rate * TURN_EVERY_S:,.0f}"
        rows.append((str(chunks), f"{number(cost)} ms", number(rate), robots))
    return rows


def by_robots(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Return a row for each number of robots; none without the figures for it."""
    start = _median(figures, starting.MEMORY)
    idle = _median(figures, memory.idle(FULL.sessions))
    if start is None or idle is None:
        return []
    return [(f"{robots:,}", f"{start + robots * idle * _MB_A_KIB:,.0f} MB") for robots in _ROBOTS]


def _median(figures: Sequence[Figure], heading: Heading) -> float | None:
    figure = find(figures, heading)
    return None if figure is None else figure.median
