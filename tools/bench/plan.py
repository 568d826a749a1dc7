"""How much is measured: the shape that every measurement is given."""

from typing import Final, Literal

from attrs import frozen

BrainName = Literal["gemini", "openai"]

BRAINS: Final[tuple[BrainName, ...]] = ("gemini", "openai")


@frozen
class Plan:
    """How much is measured.

    Attributes:
        runs: of which each figure is the median.
        robots: that speak at once.
        turns: with short answers, of each robot in a run.
        short, long: chunks of the two lengths of answer; what a further chunk costs is the
            difference between them.
        gap_ms: between chunks that come apart.
        alone_s: CPU seconds for which a part runs alone, at least.
    """

    runs: int
    robots: int
    turns: int
    short: int
    long: int
    gap_ms: int
    alone_s: float
