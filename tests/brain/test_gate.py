"""The gate, under a virtual clock, before a brain that does as its script says."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from random import Random

import pytest
import trio
from trio.testing import MockClock, Sequencer, wait_all_tasks_blocked

from robi.brain.base import BrainRequest, Fragment
from robi.brain.failures import BrainRefused
from robi.brain.gate import Gate
from robi.brain.retries import Limits
from robi.errors import BrainError, BrainRateLimited, BrainTimeout, BrainUnavailable, ServerBusy

Ask = Callable[..., BrainRequest]
Step = float | str | BrainError | trio.Event
"""Wait so many seconds, give a fragment, raise, or wait for an event."""

FOREVER = 1e6


class Scripted:
    """A brain that plays one script an attempt; it has a scope open for as long as a call is."""

    model = "scripted"

    def __init__(self, *scripts: list[Step]) -> None:
        self.scripts = deque(scripts)
        self.asked_at: list[float] = []
        self.open = 0
        self.most_open = 0
        self.closed = False

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        assert request.utterance.text
        async with self._call() as script:
            with trio.CancelScope():  # trio complains if scopes are left in another order
                if script and not isinstance(script[0], str):
                    await _play(script.popleft())
                yield _Fragments(script)

    async def generate(self, request: BrainRequest) -> Fragment:
        assert request.utterance.text
        async with self._call() as script:
            return Fragment("".join([await _play(step) for step in script]))

    async def aclose(self) -> None:
        self.closed = True

    @asynccontextmanager
    async def _call(self) -> AsyncGenerator[deque[Step]]:
        self.asked_at.append(trio.current_time())
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            yield deque(self.scripts.popleft() if len(self.scripts) > 1 else self.scripts[0])
        finally:
            self.open -= 1


class _Fragments:
    def __init__(self, script: deque[Step]) -> None:
        self.script = script

    def __aiter__(self) -> "_Fragments":
        return self

    async def __anext__(self) -> Fragment:
        while self.script:
            text = await _play(self.script.popleft())
            if text:
                return Fragment(text)
        await trio.lowlevel.checkpoint()
        raise StopAsyncIteration


async def _play(step: Step) -> str:
    if isinstance(step, BrainError):
        raise step
    if isinstance(step, str):
        await trio.lowlevel.checkpoint()
        return step
    if isinstance(step, trio.Event):
        await step.wait()
        return "late"
    await trio.sleep(step)
    return ""


class NoJitter(Random):
    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 (the signature of Random)
        return a


def gate(brain: Scripted, max_calls: int = 10, limits: Limits | None = None) -> Gate:
    return Gate(brain, max_calls, limits, rng=NoJitter())


async def read(brain: Gate, request: BrainRequest) -> list[str]:
    async with brain.stream(request) as fragments:
        return [fragment.text async for fragment in fragments]


# ── retries ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scripts", "asked_at"),
    [
        pytest.param([["a", "b"]], [0], id="at once"),
        pytest.param([[BrainUnavailable()], ["a", "b"]], [0, 0], id="one failure"),
        pytest.param([[BrainUnavailable()]] * 3 + [["a", "b"]], [0] * 4, id="three failures"),
        pytest.param([[2.0, BrainUnavailable()], ["a", "b"]], [0, 2], id="a slow failure"),
        pytest.param([[BrainRateLimited(retry_after=7)], ["a", "b"]], [0, 7], id="told when"),
        pytest.param([[FOREVER], ["a", "b"]], [0, 10], id="a stall"),
        pytest.param([["", FOREVER], ["a", "b"]], [0, 10], id="a stall after the call is open"),
        pytest.param(
            [[FOREVER], [BrainUnavailable()], ["a", "b"]], [0, 10, 10], id="a stall and a failure"
        ),
    ],
)
async def test_gate_trouble_before_the_first_fragment_is_retried(
    autojump_clock: MockClock, ask: Ask, scripts: list[list[Step]], asked_at: list[float]
) -> None:
    brain = Scripted(*scripts)
    began = trio.current_time()
    assert await read(gate(brain), ask()) == ["a", "b"]
    assert [at - began for at in brain.asked_at] == asked_at


@pytest.mark.parametrize(
    ("script", "error", "attempts"),
    [
        pytest.param([BrainUnavailable("x")], BrainUnavailable, 4, id="retries used up"),
        pytest.param([BrainRefused("x")], BrainRefused, 1, id="refused"),
        pytest.param([BrainRateLimited("x", retry_after=31)], BrainRateLimited, 1, id="too long"),
        pytest.param([FOREVER], BrainTimeout, 2, id="two stalls"),
        pytest.param(["a", BrainUnavailable("x")], BrainUnavailable, 1, id="after the first"),
        pytest.param(["a", FOREVER], BrainTimeout, 1, id="a stall after the first"),
    ],
)
async def test_gate_trouble_that_lasts_is_raised(
    autojump_clock: MockClock, ask: Ask, script: list[Step], error: type[BrainError], attempts: int
) -> None:
    brain = Scripted(script)
    with pytest.raises(error):
        await read(gate(brain), ask())
    assert (len(brain.asked_at), brain.open) == (attempts, 0)


async def test_gate_error_of_the_block_is_not_retried(autojump_clock: MockClock, ask: Ask) -> None:
    brain = Scripted(["a"])
    with pytest.raises(BrainUnavailable):
        async with gate(brain).stream(ask()):
            raise BrainUnavailable
    assert len(brain.asked_at) == 1


async def test_gate_first_fragment_in_the_instant_of_the_limit_is_a_stall(
    mock_clock: MockClock, ask: Ask
) -> None:
    came = trio.Event()
    brain = Scripted(["", came], ["b"])

    async def come_as_the_limit_passes() -> None:
        await wait_all_tasks_blocked()
        came.set()  # its reader is to run next,
        mock_clock.jump(10)  # but the deadline is looked at before

    async with trio.open_nursery() as nursery:
        nursery.start_soon(come_as_the_limit_passes)
        assert await read(gate(brain), ask()) == ["b"]
    assert brain.open == 0


async def test_gate_empty_stream_is_passed_on(autojump_clock: MockClock, ask: Ask) -> None:
    assert await read(gate(Scripted([])), ask()) == []


# ── time ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("script", "seconds"),
    [
        pytest.param(["a", FOREVER], 8, id="a gap"),
        pytest.param(["a", 7.0, "b", FOREVER], 15, id="a later gap"),
        pytest.param(["a", *[7.0, "b"] * 9], 30, id="all together"),
        pytest.param([9.0, "a", *[7.0, "b"] * 9], 30, id="all together, a slow start"),
        pytest.param([FOREVER], 20, id="nothing, twice"),
    ],
)
async def test_gate_limit_ends_the_wait(
    autojump_clock: MockClock, ask: Ask, script: list[Step], seconds: float
) -> None:
    began = trio.current_time()
    with pytest.raises(BrainTimeout):
        await read(gate(Scripted(script)), ask())
    assert trio.current_time() - began == pytest.approx(seconds)


async def test_gate_slow_reader_has_no_limit(autojump_clock: MockClock, ask: Ask) -> None:
    texts = []
    async with gate(Scripted(["a", "b", 5.0, "c"])).stream(ask()) as fragments:
        async for fragment in fragments:
            texts.append(fragment.text)
            await trio.sleep(60)
    assert texts == ["a", "b", "c"]


async def test_gate_timeout_is_raised_where_it_can_be_caught(
    autojump_clock: MockClock, ask: Ask
) -> None:
    async with gate(Scripted(["a", FOREVER])).stream(ask()) as fragments:
        await anext(fragments)
        with pytest.raises(BrainTimeout):
            await anext(fragments)


async def test_gate_after_a_timeout_the_iterator_is_at_its_end(
    autojump_clock: MockClock, ask: Ask
) -> None:
    async with gate(Scripted(["a", FOREVER, "b"])).stream(ask()) as fragments:
        await anext(fragments)
        with pytest.raises(BrainTimeout):
            await anext(fragments)
        assert [fragment async for fragment in fragments] == []


# ── places ────────────────────────────────────────────────────────────────────────────────


async def test_gate_calls_at_once_are_limited(autojump_clock: MockClock, ask: Ask) -> None:
    brain = Scripted([0.5, "a"])
    guarded = gate(brain, max_calls=2)
    async with trio.open_nursery() as nursery:
        for _ in range(6):
            nursery.start_soon(read, guarded, ask())
    assert (brain.most_open, len(brain.asked_at)) == (2, 6)


async def test_gate_no_place_in_time_is_refused(autojump_clock: MockClock, ask: Ask) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    async with guarded.stream(ask()):
        began = trio.current_time()
        with pytest.raises(ServerBusy) as caught:
            await read(guarded, ask())
        assert (trio.current_time() - began, caught.value.retry_after) == (2, 2)


async def test_gate_place_is_free_again_after_a_failure(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted([BrainRefused()], ["a"]), max_calls=1)
    with pytest.raises(BrainRefused):
        await read(guarded, ask())
    assert await read(guarded, ask()) == ["a"]


async def test_gate_first_come_is_first_served(autojump_clock: MockClock, ask: Ask) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    order: list[int] = []
    order_of_arrival = Sequencer()

    async def come(number: int) -> None:
        async with order_of_arrival(number):
            pass
        async with guarded.stream(ask()):
            order.append(number)
            await trio.sleep(0.1)

    async with trio.open_nursery() as nursery:
        for number in (3, 1, 4, 0, 2):
            nursery.start_soon(come, number)
    assert order == [0, 1, 2, 3, 4]


# ── leaving early ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param([[FOREVER]], id="before the call is open"),
        pytest.param([["", FOREVER]], id="before the first fragment"),
        pytest.param([["a", 0.5, "b", 0.5, "c"]], id="while fragments come"),
        pytest.param([[BrainRateLimited(retry_after=1)], ["a"]], id="in a back-off"),
        pytest.param([[FOREVER], ["a", FOREVER]], id="around a stall"),
    ],
)
@pytest.mark.parametrize("seconds", [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 9.75, 10.0, 10.25])
async def test_gate_cancelled_at_any_time_leaves_nothing_open(
    autojump_clock: MockClock, ask: Ask, scripts: list[list[Step]], seconds: float
) -> None:
    brain = Scripted(*scripts)
    guarded = gate(brain)
    with trio.move_on_after(seconds) as scope:
        await read(guarded, ask())
        await trio.sleep_forever()
    assert scope.cancelled_caught
    assert (brain.open, guarded.statistics().calls) == (0, 0)


async def test_gate_cancelled_in_the_queue_leaves_the_queue(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    async with guarded.stream(ask()):
        with trio.move_on_after(1):
            await read(guarded, ask())
        assert guarded.statistics().waiting == 0


async def test_gate_left_by_break_closes_the_call(autojump_clock: MockClock, ask: Ask) -> None:
    brain = Scripted(["a", FOREVER])
    async with gate(brain).stream(ask()) as fragments:
        async for _ in fragments:
            break
    assert brain.open == 0


# ── a whole answer, counts ────────────────────────────────────────────────────────────────


async def test_generate_gives_the_whole_answer(autojump_clock: MockClock, ask: Ask) -> None:
    assert (await gate(Scripted([15.0, "ab", "c"])).generate(ask())).text == "abc"


async def test_generate_failure_is_retried(autojump_clock: MockClock, ask: Ask) -> None:
    brain = Scripted([BrainUnavailable()], ["a"])
    assert (await gate(brain).generate(ask())).text == "a"


async def test_generate_over_the_limit_raises(autojump_clock: MockClock, ask: Ask) -> None:
    began = trio.current_time()
    with pytest.raises(BrainTimeout):
        await gate(Scripted([FOREVER])).generate(ask())
    assert trio.current_time() - began == 30


async def test_generate_without_a_spare_place_is_refused_at_once(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    async with guarded.stream(ask()):
        began = trio.current_time()
        with pytest.raises(ServerBusy):
            await guarded.generate(ask())
        assert trio.current_time() == began


async def test_generate_gives_its_place_to_a_stream_that_lacks_one(
    autojump_clock: MockClock, ask: Ask
) -> None:
    brain = Scripted([FOREVER], [FOREVER], ["a"])
    guarded = gate(brain, max_calls=2)
    endings: list[str] = []

    async def generate() -> None:
        try:
            await guarded.generate(ask())
        except BrainError as error:
            endings.append(type(error).__name__)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(generate)
        nursery.start_soon(generate)
        await wait_all_tasks_blocked()
        began = trio.current_time()
        assert await read(guarded, ask()) == ["a"]
        assert trio.current_time() == began
        assert endings == ["ServerBusy"], "one place was lacking, one was given up"
        assert (brain.open, guarded.statistics().calls) == (1, 1)
        nursery.cancel_scope.cancel()


async def test_generate_beside_streams_that_have_a_place_goes_on(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted([15.0, "whole"], ["a"]), max_calls=2)
    answers: list[str] = []

    async def generate() -> None:
        answers.append((await guarded.generate(ask())).text)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(generate)
        await wait_all_tasks_blocked()
        await read(guarded, ask())
    assert answers == ["whole"]


@pytest.mark.parametrize(
    ("scripts", "counts"),
    [
        pytest.param([["a"]], {"answered": 1}, id="answered"),
        pytest.param([[FOREVER], ["a"]], {"answered": 1, "stalled": 1, "retried": 1}, id="stall"),
        pytest.param([[BrainUnavailable()]], {"failed": 1, "retried": 3}, id="failed"),
        pytest.param([["a", FOREVER]], {"timed_out": 1}, id="timed out"),
    ],
)
async def test_statistics_tell_how_a_call_ended(
    autojump_clock: MockClock, ask: Ask, scripts: list[list[Step]], counts: dict[str, int]
) -> None:
    guarded = gate(Scripted(*scripts))
    with suppress(BrainError):
        await read(guarded, ask())
    endings = ["answered", "refused", "timed_out", "failed", "left", "retried", "stalled"]
    expected = {"asked": 1, **dict.fromkeys(endings, 0), **counts}
    statistics = guarded.statistics()
    assert {name: getattr(statistics, name) for name in expected} == expected


async def test_statistics_tell_who_waits_and_who_left(autojump_clock: MockClock, ask: Ask) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    async with guarded.stream(ask()), trio.open_nursery() as nursery:
        nursery.start_soon(read, guarded, ask())
        await wait_all_tasks_blocked()
        now = guarded.statistics()
        nursery.cancel_scope.cancel()
    assert (now.calls, now.waiting, guarded.statistics().left) == (1, 1, 1)


async def test_aclose_closes_the_brain() -> None:
    brain = Scripted([])
    await gate(brain).aclose()
    assert brain.closed


def test_model_is_that_of_the_brain() -> None:
    assert gate(Scripted([])).model == "scripted"
