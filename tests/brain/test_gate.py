"""The gate, under a virtual clock, before a brain that does as its script says."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock, Sequencer, wait_all_tasks_blocked

from robi.brain.base import BrainRequest, Fragment, QuestionForgotten
from robi.brain.failures import BrainRefused, EmptyAnswer
from robi.brain.gate import Gate
from robi.brain.retries import Limits
from robi.errors import BrainError, BrainRateLimited, BrainTimeout, BrainUnavailable, ServerBusy
from tests.brain.scripted import FOREVER, NoJitter, Scripted, Stalling, Step, background, read

Ask = Callable[..., BrainRequest]


def gate(brain: Scripted, max_calls: int = 10, limits: Limits | None = None) -> Gate:
    return Gate(brain, max_calls, limits, rng=NoJitter())


class Babbling(Scripted):
    """A brain that always has one more word, without a checkpoint."""

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        await trio.lowlevel.checkpoint()
        yield Words(request.utterance.text)


class Words:
    def __init__(self, word: str) -> None:
        self.word = word

    def __aiter__(self) -> "Words":
        return self

    async def __anext__(self) -> Fragment:
        return Fragment(self.word)


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
        pytest.param([EmptyAnswer("x", spent=False)], EmptyAnswer, 2, id="empty"),
        pytest.param([EmptyAnswer("x", spent=True)], EmptyAnswer, 1, id="spent on thoughts"),
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


async def test_gate_question_of_which_the_matter_is_forgotten_is_put_no_more(
    autojump_clock: MockClock, ask: Ask
) -> None:
    def still() -> None:
        if brain.asked_at:
            raise QuestionForgotten("x")

    brain = Scripted([BrainUnavailable("x")], ["a"])
    with pytest.raises(QuestionForgotten):
        await read(gate(brain), evolve(ask(), still=still))
    with pytest.raises(QuestionForgotten):
        await gate(brain).generate(evolve(ask(), still=still))
    assert len(brain.asked_at) == 1


async def test_gate_question_that_waits_in_line_while_it_is_forgotten_is_never_put(
    autojump_clock: MockClock, ask: Ask
) -> None:
    def still() -> None:
        raise QuestionForgotten("x")

    brain = Scripted(["a"])
    with pytest.raises(QuestionForgotten):
        await read(gate(brain), evolve(ask(), still=still))
    assert brain.asked_at == []


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


async def test_gate_answer_that_is_read_slowly_ends_within_the_limit(
    autojump_clock: MockClock, ask: Ask
) -> None:
    heard = 0
    with pytest.raises(BrainTimeout):  # noqa: PT012 (how much came before is the point)
        async with gate(Scripted(["a"] * 100)).stream(ask()) as fragments:
            async for _ in fragments:
                heard += 1
                await trio.sleep(7)
    assert heard == 5


async def test_gate_answer_that_never_ends_nor_waits_ends_within_the_limit(
    mock_clock: MockClock, ask: Ask
) -> None:
    """A model that loops: its words are there at once, so nothing waits that could be cancelled."""
    brain, heard = Babbling(), 0
    with pytest.raises(BrainTimeout):  # noqa: PT012 (how much came before is the point)
        async with Gate(brain, 1).stream(ask()) as fragments:
            async for _ in fragments:
                heard += 1
                mock_clock.jump(1)
    assert heard == 30


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


async def test_gate_robot_with_many_questions_does_not_hold_up_another(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    order: list[str] = []
    order_of_arrival = Sequencer()

    async def come(number: int, asker: str) -> None:
        async with order_of_arrival(number):
            pass
        async with guarded.stream(evolve(ask(), asker=asker)):
            order.append(asker)
            await trio.sleep(0.1)

    async with trio.open_nursery() as nursery:
        for number, asker in enumerate(["eager"] * 6 + ["patient", "shy"]):
            nursery.start_soon(come, number, asker)
    assert order == ["eager", "eager", "patient", "shy", *["eager"] * 4]


async def test_gate_no_robot_waits_for_the_stall_of_another(
    autojump_clock: MockClock, ask: Ask
) -> None:
    """At fifty robots at once, two turns each of which the model stalls, one that it answers."""
    robots = 50
    guarded = gate(Stalling(), max_calls=robots)
    waited: dict[str, list[float]] = {"stall": [], "hola": []}

    async def live(robot: int) -> None:
        await trio.sleep(robot % 7)
        words = ["stall", "hola", "stall"] if robot % 2 else ["hola", "stall", "stall"]
        for text in words:
            began = trio.current_time()
            with suppress(BrainTimeout):
                await read(guarded, evolve(ask(text), asker=f"session_{robot}"))
            waited[text].append(trio.current_time() - began)

    async with trio.open_nursery() as nursery:
        for robot in range(robots):
            nursery.start_soon(live, robot)
    assert waited == {"stall": [20.0] * 2 * robots, "hola": [0.0] * robots}
    assert guarded.statistics().timed_out == 2 * robots


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


async def test_gate_tells_with_the_first_fragment_how_long_the_line_was(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted(["a", "b"], ["a", "b"]), max_calls=1)
    waited: list[float] = []

    async def listen() -> None:
        async with guarded.stream(ask()) as fragments:
            waited.extend([fragment.waited_s async for fragment in fragments])
            await trio.sleep(1.5)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(listen)
        nursery.start_soon(listen)
    assert waited == [0, 0, 1.5, 0]


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


async def test_generate_in_the_background_waits_for_a_place_that_is_free(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted([5.0, "turn"], ["summary"]), max_calls=1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(read, guarded, ask())
        await wait_all_tasks_blocked()
        assert (await guarded.generate(background(ask()))).text == "summary"
    assert guarded.statistics().refused == 0


async def test_generate_in_the_background_without_a_place_in_its_time_is_refused(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    async with guarded.stream(ask()):
        began = trio.current_time()
        with pytest.raises(ServerBusy):
            await guarded.generate(background(ask()))
        assert trio.current_time() - began == 30


async def test_generate_when_too_much_waits_in_the_background_is_refused_at_once(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted(["a"]), max_calls=1)
    async with guarded.stream(ask()), trio.open_nursery() as nursery:
        nursery.start_soon(guarded.generate, background(ask()))
        await wait_all_tasks_blocked()
        began = trio.current_time()
        with pytest.raises(ServerBusy):
            await guarded.generate(background(ask()))
        assert trio.current_time() == began
        nursery.cancel_scope.cancel()


async def test_generate_that_a_person_waits_for_is_not_lent_its_place(
    autojump_clock: MockClock, ask: Ask
) -> None:
    guarded = gate(Scripted([1.0, "whole"], ["a"]), max_calls=1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(guarded.generate, ask())
        await wait_all_tasks_blocked()
        assert await read(guarded, ask()) == ["a"]
    assert guarded.statistics().answered == 2


async def test_generate_gives_its_place_to_a_stream_that_lacks_one(
    autojump_clock: MockClock, ask: Ask
) -> None:
    brain = Scripted([FOREVER], [FOREVER], ["a"])
    guarded = gate(brain, max_calls=2)
    endings: list[str] = []

    async def generate() -> None:
        try:
            await guarded.generate(background(ask()))
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
        answers.append((await guarded.generate(background(ask()))).text)

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
