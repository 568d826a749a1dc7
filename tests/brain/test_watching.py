"""Waits for a fragment that a patrol looks after: as those with a scope of their own."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock

from robi.brain.base import BrainRequest, Fragment
from robi.brain.gate import Gate
from robi.brain.retries import Limits
from robi.brain.watching import Patrol
from robi.errors import BrainTimeout
from tests.brain.scripted import FOREVER, Scripted, Step

Ask = Callable[..., BrainRequest]


@pytest.fixture
async def patrol(nursery: trio.Nursery) -> Patrol:
    """One that walks for as long as the test runs."""
    patrol = Patrol()
    nursery.start_soon(patrol.walk)
    await trio.testing.wait_all_tasks_blocked()
    assert patrol.walks
    return patrol


async def hear(gate: Gate, request: BrainRequest) -> None:
    """Hear an answer out."""
    async with gate.stream(request) as fragments:
        async for _ in fragments:
            pass


@pytest.mark.parametrize(
    ("script", "after_s"),
    [
        pytest.param(["a", FOREVER], 8, id="a gap"),
        pytest.param(["a", 7.0, "b", FOREVER], 15, id="a later gap"),
        pytest.param(["a", 7.0, "b", 7.0, "c", 7.0, "d", 7.0, "e", FOREVER], 30, id="all of it"),
    ],
)
async def test_patrol_ends_a_wait_at_its_limit(
    autojump_clock: MockClock, ask: Ask, patrol: Patrol, script: list[Step], after_s: float
) -> None:
    gate = Gate(Scripted(script), 1, patrol=patrol)
    began = trio.current_time()
    with pytest.raises(BrainTimeout):
        await hear(gate, ask())
    assert trio.current_time() - began == pytest.approx(after_s)
    assert gate.statistics().timed_out == 1


async def test_patrol_cuts_the_answer_that_is_late_and_no_other(
    autojump_clock: MockClock, ask: Ask, patrol: Patrol
) -> None:
    ended: dict[str, float] = {}

    async def time(name: str, gap_s: float, *script: Step) -> None:
        gate = Gate(Scripted(script), 1, Limits(gap_s=gap_s), patrol=patrol)
        try:
            await hear(gate, ask())
        except BrainTimeout:
            ended[name] = trio.current_time() - began
        else:
            ended[name] = 0

    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(time, "patient", 8.0, "a", FOREVER)
        nursery.start_soon(time, "impatient", 2.0, "a", FOREVER)  # sooner than it would look
        nursery.start_soon(time, "well", 8.0, "a", 7.0, "b", 7.0, "c")
    assert ended == {"patient": pytest.approx(8), "impatient": pytest.approx(2), "well": 0}


async def test_patrol_leaves_alone_who_does_something_else(
    autojump_clock: MockClock, ask: Ask, patrol: Patrol
) -> None:
    async with Gate(Scripted(["a", "b"]), 1, patrol=patrol).stream(ask()) as fragments:
        await anext(fragments)
        await trio.sleep(20)
        assert (await anext(fragments)).text == "b"


async def test_patrol_timeout_is_caught_inside_and_the_iterator_at_its_end(
    autojump_clock: MockClock, ask: Ask, patrol: Patrol
) -> None:
    gate = Gate(Scripted(["a", FOREVER, "b"]), 1, patrol=patrol)
    async with gate.stream(ask()) as fragments:
        await anext(fragments)
        with pytest.raises(BrainTimeout):
            await anext(fragments)
        assert [fragment async for fragment in fragments] == []


class Lingering:
    """A brain that has to wait when it is left."""

    model = "lingering"

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Say one word, and never another."""
        async with Scripted(["a", FOREVER]).stream(request) as fragments:
            try:
                yield fragments
            finally:
                await trio.lowlevel.checkpoint()

    async def generate(self, request: BrainRequest) -> Fragment:
        """Not asked."""
        raise AssertionError(request)

    async def aclose(self) -> None:
        """Nothing to close."""


async def test_patrol_timeout_outlives_a_brain_that_is_cancelled_while_it_closes(
    autojump_clock: MockClock, ask: Ask, patrol: Patrol
) -> None:
    gate = Gate(Lingering(), 1, patrol=patrol)
    with pytest.raises(BrainTimeout):
        await hear(gate, ask())
    assert (gate.statistics().timed_out, gate.statistics().stalled) == (1, 0)


async def test_asker_that_is_cancelled_is_not_late(
    autojump_clock: MockClock, ask: Ask, patrol: Patrol
) -> None:
    gate = Gate(Scripted(["a", FOREVER]), 1, patrol=patrol)
    with trio.move_on_after(1) as scope:
        await hear(gate, ask())
    assert scope.cancelled_caught
    assert (gate.statistics().left, gate.statistics().timed_out) == (1, 0)
