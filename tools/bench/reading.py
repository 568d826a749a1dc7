"""Readers of a page and robots side by side: what each waits, what each costs, and what either is
to the other.

Owns which of them are compared. Three kinds ask the same model: robots, readers who ask about
nothing in particular, and readers of a text, whose words are held back until the model has quoted a
passage. What a reader waits is measured as a robot's wait is (`waiting`): over the model's own
time. Figures of one run are of one server, one kind after the other and who is first in turn, so
that a machine that is busy for a while is so for all.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final, Literal

from tools.bench.answers import Kind
from tools.bench.figures import Heading
from tools.bench.orders import Role, Talk, Turn
from tools.bench.plan import Plan
from tools.bench.revisions import Revision
from tools.bench.runs import Run
from tools.bench.site import Site, percentile, site
from tools.bench.turns import evenly

Who = Literal["a robot", "a reader", "a reader of a text"]
Company = Literal["alone", "beside"]

_WHO: Final[tuple[tuple[Who, Role, bool], ...]] = (
    ("a robot", "robot", False),
    ("a reader", "reader", False),
    ("a reader of a text", "reader", True),
)
"""With the role of each, and whether the answer quotes a text."""

_ADDED: Final = "added to the model's time, readers beside robots"
_CPU: Final = "CPU of the server, readers beside robots"
_COMPANY: Final = (50, 95, 99)
_ROUNDS_OF_ROBOTS: Final = 2
"""While readers ask once."""


def added(what: str, who: Who, percent: int) -> Heading:
    """Name the figure of what is added to the first event (the emotion) or to the first text."""
    return Heading(_ADDED, f"{what} of {who}, p{percent}", "ms")


def over_a_robots(who: Who) -> Heading:
    """Name the figure of how much longer than a robot one of those waits for the first event."""
    return Heading(_ADDED, f"first event of {who} over a robot's, p50", "times")


def a_turn(plan: Plan, who: Who) -> Heading:
    """Name the figure of a turn's CPU."""
    return Heading(_CPU, f"a turn of {plan.short} chunks of {who}", "ms")


def robots_wait(plan: Plan, how: Company, percent: int) -> Heading:
    """Name the figure of the first text of robots that talk evenly."""
    beside = f"beside {plan.readers} readers" if how == "beside" else how
    return Heading(_together(plan), f"first text of a robot, {beside}, p{percent}", "ms")


def readers_wait(plan: Plan, how: Company, percent: int) -> Heading:
    """Name the figure of the first event of readers who ask in the same instant."""
    beside = f"beside {plan.many_robots} robots" if how == "beside" else how
    return Heading(_together(plan), f"first event of a reader, {beside}, p{percent}", "ms")


def readers_slowed(plan: Plan) -> Heading:
    """Name the figure of how much longer readers wait with robots there, which take a third of the
    core, than without.
    """
    return Heading(_together(plan), "first event of a reader, beside over alone, p95", "times")


def complaints(plan: Plan) -> Heading:
    """Name the figure of what the server had to warn of: something shed, a memory too late."""
    return Heading(_together(plan), "warnings and errors of the server", "")


def _together(plan: Plan) -> str:
    return f"{plan.many_robots} robots evenly, {plan.readers} readers of a text at once"


@contextmanager
def opened(plan: Plan, revision: Revision) -> Iterator[Run]:
    """Give what does a run; of a revision that knows no readers, ProgramFailed."""
    with site(revision, page=True) as here:
        yield partial(run, here, plan)


def run(here: Site, plan: Plan) -> dict[Heading, float]:
    """What each waits, alone and in company, and what each costs."""
    return {**_each(here, plan), **_cpu(here, plan), **_in_company(here, plan)}


def _each(here: Site, plan: Plan) -> dict[Heading, float]:
    """A few of each kind, who ask as soon as they have their answer."""
    had: Mapping[Who, list[Turn]] = {who: [] for who, _, _ in _WHO}
    for batch in range(plan.batches):
        first = batch % len(_WHO)
        for who, role, cites in (*_WHO[first:], *_WHO[:first]):
            kind = Kind(plan.short, plan.think_ms, plan.gap_ms, cites)
            talk = Talk(kind, plan.turns, stagger_ms=plan.every_ms)
            had[who].extend(here.talk(plan.few, talk, role).turns)
    found: dict[Heading, float] = {}
    for who, turns in had.items():
        for what, values in (
            ("first event", [one.emotion_added_ms for one in turns]),
            ("first text", [one.text_added_ms for one in turns]),
        ):
            found |= {added(what, who, each): percentile(values, each) for each in (50, 99)}
    a_robots = found[added("first event", "a robot", 50)]
    over: dict[Heading, float] = {
        over_a_robots(who): found[added("first event", who, 50)] / a_robots
        for who, _, _ in _WHO[1:]
    }
    return {**found, **over}


def _cpu(here: Site, plan: Plan) -> dict[Heading, float]:
    """Turns of each kind that come one after the other."""
    return {
        a_turn(plan, who): here.talk(
            plan.robots, evenly(plan, plan.robots, cites=cites), role
        ).turn_ms
        for who, role, cites in _WHO
    }


def _in_company(here: Site, plan: Plan) -> dict[Heading, float]:
    """Robots that talk evenly, and readers who ask at once, again and again: alone, and beside."""
    before = here.complaints()
    talking = evenly(plan, plan.many_robots, turns=plan.batches * _ROUNDS_OF_ROBOTS)
    kind = Kind(plan.short, plan.think_ms, plan.gap_ms, cites=True)
    every_ms = max(talking.every_ms * _ROUNDS_OF_ROBOTS, plan.readers * plan.every_ms)
    asking = Talk(kind, plan.batches, every_ms)
    robots = here.talk(plan.many_robots, talking).turns
    readers = here.talk(plan.readers, asking, "reader").turns
    beside = here.talk_beside((plan.many_robots, talking), (plan.readers, asking))
    had: Mapping[Company, tuple[list[Turn], list[Turn]]] = {
        "alone": (robots, readers),
        "beside": beside,
    }
    found: dict[Heading, float] = {}
    for how, (of_robots, of_readers) in had.items():
        texts = [one.text_added_ms for one in of_robots]
        events = [one.emotion_added_ms for one in of_readers]
        for each in _COMPANY:
            found[robots_wait(plan, how, each)] = percentile(texts, each)
            found[readers_wait(plan, how, each)] = percentile(events, each)
    slower = found[readers_wait(plan, "beside", 95)] / found[readers_wait(plan, "alone", 95)]
    return {**found, readers_slowed(plan): slower, complaints(plan): here.complaints() - before}
