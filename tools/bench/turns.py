"""CPU of the server from socket to socket: what a turn costs it, and what each further chunk.

Owns which turns are had for it. Robots speak one after the other, evenly, so that the server has
time between: what it costs when it has none is another figure (`saturation`). Two lengths of answer
are measured, whose difference is the price of chunks, and two paces: `together`, when the whole
answer is in one packet, and `apart`, when each chunk comes in one of its own, as it does from a
real model. Robots are new in each run, so that their histories are equally short.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tools.bench.answers import Kind
from tools.bench.figures import Heading
from tools.bench.orders import Talk
from tools.bench.plan import BrainName, Plan
from tools.bench.revisions import Revision
from tools.bench.runs import Run
from tools.bench.site import Site, site

_US_A_MS: Final = 1000
_WITH_TIME_TO_SPARE: Final = 1.2


def group(brain: BrainName) -> str:
    """Return the heading of these figures."""
    return f"CPU of the server, socket to socket, {brain}"


def a_turn(plan: Plan, brain: BrainName, robots: int) -> Heading:
    """Name the figure of a turn that comes apart."""
    return Heading(group(brain), f"a turn of {plan.short} chunks, {robots} robots", "ms")


def on_the_clock(plan: Plan, brain: BrainName) -> Heading:
    """Name the figure that says whether chunks apart stayed apart.

    Where it is much longer than the model's pace the machine was too busy: packets have been read
    together, and turns look cheaper than they are.
    """
    pace_ms = plan.think_ms + (plan.short - 1) * plan.gap_ms
    name = f"the same on the clock; {pace_ms} at the model's pace"
    return Heading(group(brain), name, "ms")


def a_turn_together(plan: Plan, brain: BrainName) -> Heading:
    """Name the figure of a turn that comes together."""
    return Heading(group(brain), f"a turn of {plan.short} chunks, together", "ms")


def further_chunk(brain: BrainName) -> Heading:
    """Name the figure of one more chunk that comes apart."""
    return Heading(group(brain), "each further chunk", "µs")


def further_chunk_together(brain: BrainName) -> Heading:
    """Name the figure of one more chunk that comes with the others."""
    return Heading(group(brain), "each further chunk, together", "µs")


@contextmanager
def opened(brain: BrainName, plan: Plan, revision: Revision) -> Iterator[Run]:
    """Give what does a run.

    Raises:
        ProgramFailed: the server, or what is outside of it, did not go on.
    """
    with site(revision, brain) as here:
        yield lambda: run(here, brain, plan)


def run(here: Site, brain: BrainName, plan: Plan) -> dict[Heading, float]:
    """Turns of both lengths in both paces, and of more robots."""
    apart, together = _turn_and_chunk(here, plan, plan.gap_ms), _turn_and_chunk(here, plan, 0)
    many = here.talk(plan.many_robots, evenly(plan, plan.many_robots))
    return {
        a_turn(plan, brain, plan.robots): apart[0],
        a_turn(plan, brain, plan.many_robots): many.turn_ms,
        on_the_clock(plan, brain): many.answer_ms,
        further_chunk(brain): apart[1],
        a_turn_together(plan, brain): together[0],
        further_chunk_together(brain): together[1],
    }


def _turn_and_chunk(here: Site, plan: Plan, gap_ms: int) -> tuple[float, float]:
    """Return what a short turn costs, in ms, and what a further chunk, in µs."""
    short = here.talk(plan.robots, evenly(plan, plan.robots, gap_ms)).turn_ms
    answer = Kind(plan.long, plan.think_ms, gap_ms)
    long = here.talk(plan.robots, Talk(answer, stagger_ms=plan.every_ms)).turn_ms
    return short, (long - short) * _US_A_MS / (plan.long - plan.short)


def evenly(
    plan: Plan,
    robots: int,
    gap_ms: int | None = None,
    *,
    turns: int | None = None,
    cites: bool = False,
) -> Talk:
    """Return an order for robots that speak one after the other, round and round.

    A round takes as long as an answer at least: a robot hears one out before it asks again.
    """
    gap_ms = plan.gap_ms if gap_ms is None else gap_ms
    answer = Kind(plan.short, plan.think_ms, gap_ms, cites)
    takes_ms = answer.first_ms + answer.chunks * answer.gap_ms
    every_ms = max(robots * plan.every_ms, takes_ms * _WITH_TIME_TO_SPARE)
    return Talk(answer, turns or plan.turns, every_ms, stagger_ms=every_ms / robots)
