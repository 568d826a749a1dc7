"""What must hold, one core for the server: the most that a figure may be, and what we aim for.

Pure. One table, `LIMITS`, in the order in which it is read. The neighbours that the limits were
taken from stand in docs/performance.md.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

from attrs import frozen

from tools.bench import memory, reading, starting, turns, waiting
from tools.bench.figures import Figure, Heading, find, number, shown, spread
from tools.bench.plan import FULL

Kind = Literal["CPU", "waiting", "readers", "memory and start"]


@frozen
class Limit:
    """A figure that has a limit; `what` it is of, in the words of who set it, and in a few."""

    kind: Kind
    what: str
    short: str
    heading: Heading
    at_most: float
    aim: float

    def verdict(self, figure: Figure) -> str:
        """Return whether its median is within limit and aim."""
        if figure.median <= self.aim:
            return "aim met"
        return "met" if figure.median <= self.at_most else "not met"


_FIRST_TEXT: Final = "added to the first text, 6 robots"

LIMITS: Final = (
    Limit(
        "CPU", "CPU a turn of 10 chunks, 16 robots", "a turn, 16 robots",
        turns.a_turn(FULL, "gemini", FULL.robots), 5.5, 4,
    ),
    Limit(
        "CPU", "CPU a turn of 10 chunks, 50 robots", "a turn, 50 robots",
        turns.a_turn(FULL, "gemini", FULL.many_robots), 5.5, 4,
    ),
    Limit(
        "CPU", "each further chunk", "a further chunk",
        turns.further_chunk("gemini"), 210, 150,
    ),
    Limit(
        "CPU", "CPU a turn at saturation, 64 sessions", "a turn at saturation",
        waiting.saturated_turn(FULL), 3, 2,
    ),
    Limit(
        "waiting", f"{_FIRST_TEXT}, p50", "first text, p50",
        waiting.added(FULL, "first text", 50), 3, 2,
    ),
    Limit(
        "waiting", f"{_FIRST_TEXT}, p99", "first text, p99",
        waiting.added(FULL, "first text", 99), 15, 8,
    ),
    Limit(
        "waiting", "200 robots in the same instant: first text over the model's, p95",
        "200 at once, p95", waiting.crowded(FULL, 95), 600, 300,
    ),
    Limit(
        "waiting", "upstream closed after an interruption, p99", "upstream closed, p99",
        waiting.closing(99), 5, 3,
    ),
    Limit(
        "waiting", "a second utterance during an answer: wait over the model's, p50",
        "second utterance, p50", waiting.overtaking(50), 5, 2,
    ),
    Limit(
        "readers", "a reader's wait for the first event over a robot's, p50",
        "a reader over a robot",
        reading.over_a_robots("a reader"), 1.2, 1,
    ),
    Limit(
        "readers", "the same of a reader of a text", "of a text over a robot",
        reading.over_a_robots("a reader of a text"), 1.2, 1,
    ),
    Limit(
        "readers", "50 robots beside 100 readers who ask at once: first text over the model's, p95",
        "robots beside readers, p95", reading.robots_wait(FULL, "beside", 95), 600, 300,
    ),
    Limit(
        "readers", "100 readers at once: first event beside 50 robots over that alone, p95",
        "readers beside robots over alone, p95", reading.readers_slowed(FULL), 1.5, 1.2,
    ),
    Limit(
        "readers", "the same: warnings of the server (something shed, a memory too late)",
        "warnings", reading.complaints(FULL), 0, 0,
    ),
    Limit(
        "memory and start", "memory of an idle session, 1,000 of them", "an idle session",
        memory.idle(FULL.sessions), 30, 20,
    ),
    Limit(
        "memory and start", "a parked session, 1,000 of them", "a parked session",
        memory.parked(FULL.sessions), 12, 8,
    ),
    Limit(
        "memory and start", "start to first answered turn", "first answer",
        starting.FIRST_TURN, 1.2, 0.8,
    ),
    Limit("memory and start", "memory at start", "memory", starting.MEMORY, 70, 55),
)  # fmt: skip


@frozen
class Row:
    """One row of what must hold, as it is shown."""

    what: str
    measured: str
    spread: str
    at_most: str
    aim: str
    verdict: str


KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

HEADS: Final = Row("what must hold", "measured", "lowest to highest", "at most", "aim", "")


def rows(figures: Iterable[Figure]) -> list[Row]:
    """Return a row for each limit whose figure was measured."""
    known = list(figures)
    found = [(limit, find(known, limit.heading)) for limit in LIMITS]
    return [
        Row(
            limit.what,
            shown(figure),
            spread(figure),
            number(limit.at_most),
            number(limit.aim),
            limit.verdict(figure),
        )
        for limit, figure in found
        if figure is not None
    ]
