"""How much is measured: the shape that every measurement is given, and the two plans."""

from typing import Final, Literal

from attrs import frozen

BrainName = Literal["gemini", "openai"]

BRAINS: Final[tuple[BrainName, ...]] = ("gemini", "openai")


@frozen
class Plan:
    """How much is measured.

    Attributes:
        runs: of which each figure is the median.
        robots: that speak in turn, one every few milliseconds.
        many_robots: the same, of a fuller house.
        saturating: robots that speak as fast as they are answered.
        few: robots whose wait is measured.
        crowd: robots that speak in the same instant.
        readers: readers who ask in the same instant.
        turns: of each robot in a run; of long answers one is enough.
        batches: of new robots, where a run needs more turns than one history should have.
        short, long: chunks of the two lengths of answer; what a further chunk costs is the
            difference between them.
        gap_ms: between chunks that come apart.
        think_ms: before the first chunk, where a model thinks.
        every_ms: between two questions of all robots together, when they speak in turn.
        sessions, many_sessions: whose memory is measured.
        alone_s: CPU seconds for which a part runs alone, at least.
    """

    runs: int
    robots: int
    many_robots: int
    saturating: int
    few: int
    crowd: int
    readers: int
    turns: int
    batches: int
    short: int
    long: int
    gap_ms: int
    think_ms: int
    every_ms: int
    sessions: int
    many_sessions: int
    alone_s: float


FULL: Final = Plan(
    runs=5,
    robots=16,
    many_robots=50,
    saturating=64,
    few=6,
    crowd=200,
    readers=100,
    turns=4,
    batches=6,
    short=10,
    long=110,
    gap_ms=15,
    think_ms=50,
    every_ms=20,
    sessions=1000,
    many_sessions=5000,
    alone_s=0.05,
)
QUICK: Final = Plan(
    runs=1,
    robots=2,
    many_robots=3,
    saturating=2,
    few=3,
    crowd=4,
    readers=4,
    turns=1,
    batches=1,
    short=3,
    long=12,
    gap_ms=2,
    think_ms=2,
    every_ms=2,
    sessions=20,
    many_sessions=40,
    alone_s=0.002,
)
"""Shows that everything works; its figures mean nothing."""
