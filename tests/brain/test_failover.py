"""Several brains as one: which is asked, when, and what is never asked twice."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
import structlog
import trio
from attrs import define, field

from robi.brain.base import BrainRequest, Fragment
from robi.brain.failover import Failover
from robi.brain.failures import BrainRefused, CircuitOpen
from robi.brain.gate import Gate
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    MediaTooLarge,
    SoundNotTaken,
)
from tests.brain.scripted import NoJitter

Ask = Callable[..., BrainRequest]
PATIENCE_S = 5.0
"""Half of the gate's time for a first chunk: of two, the first has no more."""

Step = str | float | BrainError
"""A text to give, seconds to wait (less than none: shielded from cancellation), or an error."""


@define(eq=False)
class Scripted:
    """A brain that does as told, and notes what was opened and closed."""

    steps: Sequence[Step]
    model: str = "scripted"
    asked: int = 0
    open: int = 0
    closed: bool = False
    degraded: bool = False
    cancelled_at: list[float] = field(factory=list)

    @asynccontextmanager
    async def stream(self, _request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        self.asked += 1
        self.open += 1
        fragments = self._fragments()
        try:
            yield fragments
        finally:
            self.open -= 1
            await fragments.aclose()

    async def _fragments(self) -> AsyncGenerator[Fragment]:
        for step in self.steps:
            if isinstance(step, BrainError):
                raise step
            if isinstance(step, str):
                yield Fragment(step)
            else:
                await self._wait(step)

    async def _wait(self, seconds: float) -> None:
        try:
            with trio.CancelScope(shield=seconds < 0):
                await trio.sleep(abs(seconds))
        except trio.Cancelled:
            self.cancelled_at.append(trio.current_time())
            raise

    async def generate(self, _request: BrainRequest) -> Fragment:
        self.asked += 1
        words = [fragment.text async for fragment in self._fragments()]
        return Fragment("".join(words))

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()
        self.closed = True


class Flickering(Scripted):
    """A brain that fails once."""

    def __init__(self, failure: BrainError) -> None:
        super().__init__([failure])

    async def _fragments(self) -> AsyncGenerator[Fragment]:
        steps, self.steps = self.steps, ["a"]
        for step in steps:
            if isinstance(step, BrainError):
                raise step
            yield Fragment(str(step))


async def read(brain: Failover, request: BrainRequest) -> list[str]:
    async with brain.stream(request) as fragments:
        return [fragment.text async for fragment in fragments]


async def test_stream_of_the_first_is_heard_and_the_second_not_asked(ask: Ask) -> None:
    first, second = Scripted(["a", "b"]), Scripted(["c"])
    assert await read(Failover([first, second]), ask()) == ["a", "b"]
    assert (second.asked, first.open) == (0, 0)


@pytest.mark.parametrize(
    "error",
    [
        BrainUnavailable(),
        BrainRefused(),
        BrainRateLimited(),
        BrainTimeout(),
        SoundNotTaken(),
        MediaTooLarge(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_stream_that_is_unavailable_is_asked_of_the_next(ask: Ask, error: BrainError) -> None:
    first, second = Scripted([error]), Scripted(["c", "d"])
    assert await read(Failover([first, second]), ask()) == ["c", "d"]
    assert first.open == 0


async def test_stream_that_is_judged_is_not_asked_of_the_next(ask: Ask) -> None:
    second = Scripted(["c"])
    with pytest.raises(BrainBlocked):
        await read(Failover([Scripted([BrainBlocked("SAFETY")]), second]), ask())
    assert second.asked == 0


async def test_stream_that_fails_after_its_first_fragment_is_not_asked_again(ask: Ask) -> None:
    second, heard = Scripted(["c"]), []
    brain = Failover([Scripted(["a", BrainUnavailable("broke off")]), second])
    with pytest.raises(BrainUnavailable, match="broke off"):  # noqa: PT012 (what came before too)
        async with brain.stream(ask()) as fragments:
            async for fragment in fragments:
                heard.append(fragment.text)  # noqa: PERF401
    assert (heard, second.asked) == (["a"], 0)


async def test_stream_error_of_the_body_is_not_ours_to_repair(ask: Ask) -> None:
    second = Scripted(["c"])
    with pytest.raises(BrainUnavailable, match="mine"):
        async with Failover([Scripted(["a"]), second]).stream(ask()):
            raise BrainUnavailable("mine")
    assert second.asked == 0


LASTING = [
    pytest.param(BrainRefused("HTTP 401", advice="another key"), id="its key is refused"),
    pytest.param(CircuitOpen("open", retry_after=9, refused=False), id="it is left alone"),
    pytest.param(SoundNotTaken(), id="it cannot hear"),
]


@pytest.mark.parametrize("lasting", LASTING)
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("whole", [False, True])
async def test_failure_that_is_told_is_the_likeliest_to_pass(
    ask: Ask, lasting: BrainError, first: bool, whole: bool
) -> None:
    passing = BrainUnavailable("HTTP 503", retry_after=2)
    failures = [lasting, passing] if first else [passing, lasting]
    brain = Failover([Scripted([failure]) for failure in failures])
    with pytest.raises(BrainUnavailable, match="HTTP 503") as caught:
        await brain.generate(ask()) if whole else await read(brain, ask())
    assert caught.value.retry_after == 2


@pytest.mark.parametrize("lasting", LASTING)
async def test_second_brain_that_cannot_answer_takes_no_retry_from_the_first(
    ask: Ask, lasting: BrainError
) -> None:
    first = Flickering(BrainUnavailable("HTTP 503"))
    gate = Gate(Failover([first, Scripted([lasting])]), 1, rng=NoJitter())
    async with gate.stream(ask()) as fragments:
        assert [fragment.text async for fragment in fragments] == ["a"]


async def test_stream_of_three_is_heard_of_the_third_before_the_gate_gives_up(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    stalling = [Scripted([60.0]), Scripted([60.0])]
    gate = Gate(Failover([*stalling, Scripted([1.0, "c"])]), 1)
    async with gate.stream(ask()) as fragments:
        assert [fragment.text async for fragment in fragments] == ["c"]
    assert [brain.cancelled_at for brain in stalling] == [
        [pytest.approx(10 / 3)],
        [pytest.approx(20 / 3)],
    ]


async def test_stream_time_that_one_does_not_need_is_for_the_others(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    slow = Scripted([4.5, "b"])
    brain = Failover([Scripted([BrainUnavailable()]), slow, Scripted(["c"])])
    assert await read(brain, ask()) == ["b"]


async def test_stream_that_stalls_is_asked_of_the_next_in_time(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    first, second = Scripted([60.0, "a"]), Scripted(["c"])
    assert await read(Failover([first, second]), ask()) == ["c"]
    assert first.cancelled_at == [pytest.approx(PATIENCE_S)]
    assert first.open == 0


async def test_stream_whose_first_fragment_comes_too_late_is_asked_of_the_next(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    """It comes all the same, from what cannot be cancelled just then."""
    first, second = Scripted([-2 * PATIENCE_S, "a"]), Scripted(["c"])
    assert await read(Failover([first, second]), ask()) == ["c"]
    assert first.open == 0


async def test_stream_that_has_begun_may_be_slow(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    first, second = Scripted(["a", 2 * PATIENCE_S, "b"]), Scripted(["c"])
    assert await read(Failover([first, second]), ask()) == ["a", "b"]


async def test_stream_of_the_last_is_not_hurried(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    brain = Failover([Scripted([BrainUnavailable()]), Scripted([2 * PATIENCE_S, "c"])])
    assert await read(brain, ask()) == ["c"]


async def test_stream_cancelled_from_outside_asks_nobody_else(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    first, second = Scripted([60.0]), Scripted(["c"])
    with trio.move_on_after(1):
        await read(Failover([first, second]), ask())
    assert (first.open, second.asked) == (0, 0)


async def test_stream_without_a_fragment_ends_at_once(ask: Ask) -> None:
    assert await read(Failover([Scripted([]), Scripted(["c"])]), ask()) == []


async def test_generate_that_is_unavailable_is_asked_of_the_next(ask: Ask) -> None:
    brain = Failover([Scripted([BrainUnavailable()]), Scripted(["c"])])
    assert (await brain.generate(ask())).text == "c"


async def test_generate_that_hangs_is_asked_of_the_next(
    ask: Ask, autojump_clock: trio.testing.MockClock
) -> None:
    first = Scripted([60.0, "a"])
    assert (await Failover([first, Scripted(["c"])]).generate(ask())).text == "c"
    assert first.cancelled_at == [pytest.approx(15)]


async def test_generate_that_is_blocked_is_not_asked_of_the_next(ask: Ask) -> None:
    second = Scripted(["c"])
    with pytest.raises(BrainBlocked):
        await Failover([Scripted([BrainBlocked()]), second]).generate(ask())
    assert second.asked == 0


async def test_next_brain_is_told_in_the_log_with_the_reason(ask: Ask) -> None:
    brains = [Scripted([BrainUnavailable("HTTP 503")], "a"), Scripted(["c"], "b")]
    with structlog.testing.capture_logs() as logs:
        await read(Failover(brains), ask())
    (entry,) = logs
    assert (entry["event"], entry["model"], entry["next_model"], entry["details"]) == (
        "next_brain_asked", "a", "b", "HTTP 503",
    )  # fmt: skip


async def test_aclose_closes_all() -> None:
    brains = [Scripted([]), Scripted([])]
    await Failover(brains).aclose()
    assert [brain.closed for brain in brains] == [True, True]


@pytest.mark.parametrize("down", [False, True])
def test_degraded_is_what_one_of_them_is(down: bool) -> None:
    second = Scripted([])
    second.degraded = down
    assert Failover([Scripted([]), second]).degraded is down


def test_model_names_them_in_order() -> None:
    assert Failover([Scripted([], "a"), Scripted([], "b")]).model == "a, b"
