"""How the cost of a turn grows: with the robots that talk, and with what has been said before.

Owns which points of these curves are measured. What chunks cost is in `turns`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import evolve

from tools.bench.figures import Heading
from tools.bench.plan import Plan
from tools.bench.revisions import Revision
from tools.bench.runs import Run
from tools.bench.site import Site, site
from tools.bench.turns import evenly

_SPANS: Final = (0, 1, 3, 9)
"""Of as many turns as a robot has in a run: those whose cost is told."""


def by_robots(plan: Plan, robots: int) -> Heading:
    """Name the figure of a turn when so many robots talk, one after the other."""
    return Heading(f"a turn of {plan.short} chunks, by robots", str(robots), "ms")


def by_history(plan: Plan, span: int) -> Heading:
    """Name the figure of a turn in that span of a conversation."""
    first, last = span * plan.turns + 1, (span + 1) * plan.turns
    group = f"a turn of {plan.short} chunks, by what was said before"
    return Heading(group, f"turns {first} to {last}", "ms")


@contextmanager
def opened(plan: Plan, revision: Revision) -> Iterator[Run]:
    """Give what does a run.

    Raises:
        ProgramFailed: the server, or what is outside of it, did not go on.
    """
    with site(revision) as here:
        yield lambda: run(here, plan)


def run(here: Site, plan: Plan) -> dict[Heading, float]:
    """More and more robots; then a few that go on and on."""
    found = {
        by_robots(plan, robots): here.talk(robots, evenly(plan, robots)).turn_ms
        for robots in (1, plan.few, plan.robots, plan.saturating, plan.crowd)
    }
    with here.gathered(plan.few, warm=False) as talk:
        span = evenly(plan, plan.few)
        had = 0
        for number in _SPANS:
            if number > had:
                talk(evolve(span, turns=(number - had) * plan.turns))
            found[by_history(plan, number)] = talk(span).turn_ms
            had = number + 1
    return found
