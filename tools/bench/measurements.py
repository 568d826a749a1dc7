"""All there is to measure: of a server as a whole, and of the code within."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from attrs import frozen

from tools.bench import growth, memory, parts, reading, stages, starting, turns, waiting
from tools.bench.figures import Figure
from tools.bench.plan import BRAINS, Plan
from tools.bench.progress import Progress
from tools.bench.runs import Opened

Measure = Callable[[Plan, Progress, Sequence[Figure]], list[Figure]]


@frozen
class Measurement:
    """Figures of a server as a whole, from outside: any revision's."""

    name: str
    about: str
    opened: Opened


@frozen
class Dissection:
    """Figures of the code that is checked out here, part by part, in this process.

    `measure(plan, progress, figures before it)` calls `Progress.step` each run; from what was found
    before it may subtract.
    """

    name: str
    about: str
    measure: Measure


def measurements(plan: Plan) -> tuple[Measurement, ...]:
    """Return what is measured of a server."""
    return (
        *(
            Measurement(f"turns-{brain}", f"turns, {brain}", partial(turns.opened, brain))
            for brain in BRAINS
        ),
        Measurement("saturation", "saturation", partial(waiting.opened, waiting.run_saturation)),
        Measurement(
            "added", "what is added to the model's time", partial(waiting.opened, waiting.run_added)
        ),
        Measurement("crowd", "a crowd", partial(waiting.opened, waiting.run_crowd)),
        Measurement(
            "interruption", "interruption", partial(waiting.opened, waiting.run_interruption)
        ),
        *(
            Measurement(
                f"memory-{sessions}", f"{sessions} sessions", partial(memory.opened, sessions)
            )
            for sessions in (plan.sessions, plan.many_sessions)
        ),
        Measurement("readers", "readers beside robots", reading.opened),
        Measurement("growth", "how a turn's cost grows", growth.opened),
        Measurement("start", "start", starting.opened),
        Measurement("install", "install", starting.install_opened),
    )


DISSECTIONS: Final = (
    *(
        Dissection(
            f"stages-{brain}", f"a chunk on its way, {brain}", partial(stages.measure, brain)
        )
        for brain in BRAINS
    ),
    *(
        Dissection(f"parts-{brain}", f"a chunk's code, {brain}", partial(parts.measure, brain))
        for brain in BRAINS
    ),
)
