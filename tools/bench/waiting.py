"""How long a robot waits for the server, over what it would wait for the model anyway.

Owns which waits there are. Of each turn the model's own time, from having the whole question to
beginning to send its first words, is taken off the robot's, from beginning to ask to having them:
what is left is the server's, with loopback both ways.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from tools.bench.answers import Kind
from tools.bench.figures import Heading
from tools.bench.orders import Talk, Turn
from tools.bench.plan import Plan
from tools.bench.revisions import Revision
from tools.bench.runs import Run
from tools.bench.site import Site, percentile, site

_CROWD_THINKS_MS: Final = 300
_SATURATED_GAP_MS: Final = 10
_INTERRUPTED_CHUNKS: Final = 300
"""More than is heard of it even from a server that stops for a while; less than a model may say."""


def added(plan: Plan, what: str, percent: int) -> Heading:
    """Name the figure of what is added to the emotion, or to the first text."""
    return Heading(f"added to the model's time, {plan.few} robots", f"{what}, p{percent}", "ms")


def crowded(plan: Plan, percent: int) -> Heading:
    """Name the figure of many who speak in the same instant."""
    name = f"first text, {plan.crowd} robots in the same instant, p{percent}"
    return Heading("added to the model's time, a crowd", name, "ms")


def closing(percent: int) -> Heading:
    """Name the figure of how soon the model knows of an interruption."""
    return Heading("interruption", f"the model's connection closed after, p{percent}", "ms")


def overtaking(percent: int) -> Heading:
    """Name the figure of an utterance during an answer."""
    name = f"added to the first text of what is asked during an answer, p{percent}"
    return Heading("interruption", name, "ms")


def saturated_turn(plan: Plan) -> Heading:
    """Name the figure of a turn of a server that has no time left."""
    return Heading(f"saturation, {plan.saturating} robots", "CPU a turn", "ms")


def saturated_rate(plan: Plan) -> Heading:
    """Name the figure of how many turns there are."""
    return Heading(f"saturation, {plan.saturating} robots", "turns", "a second")


@contextmanager
def opened(
    run: Callable[[Site, Plan], dict[Heading, float]], plan: Plan, revision: Revision
) -> Iterator[Run]:
    """Give what does `run`, one of those below."""
    with site(revision) as here:
        yield partial(run, here, plan)


def run_added(here: Site, plan: Plan) -> dict[Heading, float]:
    """A few robots, each asking as soon as it has its answer."""
    answer = Kind(plan.short, plan.think_ms, plan.gap_ms)
    had = _batches(here, plan, Talk(answer, plan.turns, stagger_ms=plan.every_ms))
    emotions, texts = [one.emotion_added_ms for one in had], [one.text_added_ms for one in had]
    return {
        added(plan, what, percent): percentile(values, percent)
        for what, values in (("emotion", emotions), ("first text", texts))
        for percent in (50, 99)
    }


def run_crowd(here: Site, plan: Plan) -> dict[Heading, float]:
    """Many robots that ask once, in the same instant."""
    had = here.talk(plan.crowd, Talk(Kind(plan.short, _CROWD_THINKS_MS, plan.gap_ms))).turns
    texts = [one.text_added_ms for one in had]
    return {crowded(plan, percent): percentile(texts, percent) for percent in (50, 95)}


def run_interruption(here: Site, plan: Plan) -> dict[Heading, float]:
    """Robots that let no answer end, some by a word, some by another question."""
    answer = Kind(_INTERRUPTED_CHUNKS, plan.think_ms, plan.gap_ms)
    talk = Talk(answer, plan.turns, stagger_ms=plan.every_ms, manner="interrupt")
    closed = [one.closing_ms for one in _batches(here, plan, talk)]
    talk = Talk(answer, plan.turns, stagger_ms=plan.every_ms, manner="overtake")
    overtook = [one.text_added_ms for one in _batches(here, plan, talk) if not one.cut]
    return {
        **{closing(percent): percentile(closed, percent) for percent in (50, 99)},
        **{overtaking(percent): percentile(overtook, percent) for percent in (50, 99)},
    }


def run_saturation(here: Site, plan: Plan) -> dict[Heading, float]:
    """More robots than the server can answer at the model's pace."""
    answer = Kind(plan.short, gap_ms=_SATURATED_GAP_MS)
    talked = here.talk(plan.saturating, Talk(answer, plan.turns))
    return {
        saturated_turn(plan): talked.turn_ms,
        saturated_rate(plan): talked.turns_a_second,
    }


def _batches(here: Site, plan: Plan, talk: Talk) -> list[Turn]:
    """Have robots talk, new ones for each batch: a history grows with what is asked."""
    return [turn for _ in range(plan.batches) for turn in here.talk(plan.few, talk).turns]
