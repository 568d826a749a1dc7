"""All there is to measure, as one table, and how much of it is done.

Owns the table `MEASUREMENTS` and the two plans. What a measurement finds may be subtracted from
what others found, which is why each is given the figures before it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from attrs import frozen

from tools.bench import parts, stages, turns
from tools.bench.figures import Figure
from tools.bench.plan import BRAINS, Plan
from tools.bench.progress import Progress

FULL: Final = Plan(runs=5, robots=16, turns=3, short=10, long=110, gap_ms=15, alone_s=0.05)
QUICK: Final = Plan(runs=1, robots=2, turns=1, short=2, long=12, gap_ms=2, alone_s=0.002)
"""Shows that everything works; its figures mean nothing."""

Measure = Callable[[Plan, Progress, Sequence[Figure]], list[Figure]]


@frozen
class Measurement:
    """One row: `measure(plan, progress, figures before it)` calls `Progress.step` each run."""

    name: str
    about: str
    measure: Measure


MEASUREMENTS: Final = (
    *(
        Measurement(f"turns-{brain}", f"turns, {brain}", partial(turns.measure, brain))
        for brain in BRAINS
    ),
    *(
        Measurement(
            f"stages-{brain}", f"a chunk on its way, {brain}", partial(stages.measure, brain)
        )
        for brain in BRAINS
    ),
    *(
        Measurement(f"parts-{brain}", f"a chunk's code, {brain}", partial(parts.measure, brain))
        for brain in BRAINS
    ),
)
