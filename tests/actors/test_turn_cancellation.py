"""A turn that is cancelled, at every checkpoint there is: its call closes at once, nothing is left.

The turn is a real one, behind a real gate, over the real Gemini brain on a transport that the test
holds; time is virtual, so *at once* is exact: the clock stands still from the cancel to the end.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from random import Random
from typing import Literal

import httpx
import pytest
import trio
from attrs import define, field
from trio.testing import MockClock, Sequencer, wait_all_tasks_blocked

from robi.actors.manner import Known
from robi.actors.turn import Met, Turn
from robi.brain.gate import Gate
from robi.brain.gemini import GeminiBrain
from robi.errors import BrainRateLimited
from tests.actors.stage import Recited, Stage, Step

Wait = Callable[[], Awaitable[object]]
Edge = Literal["before", "after"]


def event(text: str) -> bytes:
    return b'data: {"candidates":[{"content":{"parts":[{"text":"%s"}]}}]}\n\n' % text.encode()


END = b'data: {"candidates":[{"finishReason":"STOP"}]}\n\n'


@define
class Wire(httpx.AsyncBaseTransport):
    """The way to Gemini; each call is answered by a status and by bytes and waits."""

    answers: list[tuple[int, list[bytes | Wait]]]
    open: int = 0
    calls: int = 0

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        status, body = self.answers[min(self.calls, len(self.answers) - 1)]
        self.calls += 1
        self.open += 1
        try:
            await trio.sleep(0.1)
        except trio.Cancelled:
            self.open -= 1
            raise
        headers = {"content-type": "text/event-stream", "retry-after": "1"}
        return httpx.Response(status, headers=headers, stream=Body(self, body))


@define
class Body(httpx.AsyncByteStream):
    _wire: Wire
    _steps: list[bytes | Wait]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for step in self._steps:  # what has come already is read without a checkpoint
            if isinstance(step, bytes):
                yield step
            else:
                await step()

    async def aclose(self) -> None:
        self._wire.open -= 1


@define(eq=False)
class CutAt(trio.abc.Instrument):
    """Cancels a turn before or after its task takes step `left`; notes when.

    Before a step the task is about to run and is cancelled at its next checkpoint; after it, it
    waits and is cancelled where it waits. Those are all the ways there are.
    """

    turn: Turn
    stage: Stage
    left: int
    edge: Edge
    task: trio.lowlevel.Task = field(factory=trio.lowlevel.current_task)
    at: float | None = None
    said: int = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if task is self.task:
            self.left -= 1
            if self.edge == "before":
                self._cut()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        if task is self.task and self.edge == "after":
            self._cut()

    def _cut(self) -> None:
        if self.left == 0 and self.at is None:
            self.at = trio.current_time()
            self.said = len(self.stage.said)
            self.turn.cancel()


async def pause() -> None:
    await trio.sleep(0.1)


async def recall(_person_id: str, _words: str) -> Known | None:
    await trio.sleep(0.1)
    return None


async def meet(name: str, _face: bytes | None) -> Met:
    await trio.sleep(0.1)
    return Met("user_ana_1", name)


@define
class House:
    """A stage with a gate of one place."""

    gate: Gate
    upstream: Wire | Recited

    @classmethod
    def over_gemini(cls, *answers: tuple[int, list[bytes | Wait]]) -> "House":
        wire = Wire(list(answers))
        client = httpx.AsyncClient(transport=wire)
        brain = GeminiBrain("key", "http://gemini", "flash-lite", client=client)
        return cls(Gate(brain, 1, rng=Random(1)), wire)

    @classmethod
    def over_script(cls, *scripts: list[Step]) -> "House":
        brain = Recited(list(scripts))
        return cls(Gate(brain, 1, rng=Random(1)), brain)

    async def hold_the_place(self, seconds: float, task_status: trio.TaskStatus[None]) -> None:
        """Be the call for which others wait."""
        async with self.gate._in_line("another", 1, background=False):
            task_status.started()
            await trio.sleep(seconds)

    @property
    def idle(self) -> bool:
        now = self.gate.statistics()
        return self.upstream.open == now.calls == now.waiting == 0


def gemini() -> House:
    words = event(" Hola")
    body: list[bytes | Wait] = [pause, event("[emotion:happy]"), pause, words[:30], pause]
    body += [words[30:], event(" tú"), pause, event(", Ana.[person_name:Ana]"), pause, END]
    return House.over_gemini((503, [b"{}"]), (200, body))


def script() -> House:
    return House.over_script(
        [pause, BrainRateLimited(retry_after=1)],
        [pause, "[emotion:happy]", pause, " Ho", "la", ",", pause, " Ana.", "[person_name:Ana]"],
    )


async def play_and_cut(house: House, step: int, edge: Edge, *, known: bool) -> bool:
    """Play a turn that is cut at `step`, and check all that must hold; tell if it came to that."""
    tasks = trio.lowlevel.current_statistics().tasks_living
    person_id = "user_ana" if known else None
    stage = Stage(house.gate, person_id=person_id, recall=recall, meet=meet)
    turn = stage.turn()
    async with trio.open_nursery() as nursery:
        await nursery.start(house.hold_the_place, 0.25)
        cut = CutAt(turn, stage, step, edge)
        trio.lowlevel.add_instrument(cut)
        await turn.run()
        trio.lowlevel.remove_instrument(cut)
        ended_at = trio.current_time()
        assert house.upstream.open == 0
        assert house.gate.statistics().waiting == 0
        nursery.cancel_scope.cancel()
    assert house.idle
    assert trio.lowlevel.current_statistics().tasks_living == tasks
    if cut.at is None:
        assert stage.kinds[-1] == "StreamEnd"
        return False
    assert (ended_at, len(stage.said)) == (cut.at, cut.said)
    return True


@pytest.mark.parametrize("known", [True, False], ids=["known", "stranger"])
@pytest.mark.parametrize("edge", ["before", "after"])
@pytest.mark.parametrize("make", [gemini, script])
async def test_turn_cancelled_at_any_checkpoint_closes_its_call_at_once_and_leaves_nothing(
    autojump_clock: MockClock, make: Callable[[], House], edge: Edge, *, known: bool
) -> None:
    for step in count(1):
        if not await play_and_cut(make(), step, edge, known=known):
            break
    assert step > 9  # it went through them all, not through none


# ── the moments that have a name ──────────────────────────────────────────────────────────


@define
class Moment:
    """The place in a turn's way at which it is cancelled; from there on it waits for ever."""

    order: Sequencer = field(factory=Sequencer)

    async def comes(self) -> None:
        async with self.order(0):
            pass

    async def comes_and_stays(self, *_: object) -> None:
        await self.comes()
        await trio.sleep_forever()

    async def cut(self, turn: Turn) -> float:
        """Cancel when the moment has come and every task waits; return the time."""
        async with self.order(1):
            await wait_all_tasks_blocked()
            turn.cancel()
            return trio.current_time()


async def cut_and_check(stage: Stage, house: House, moment: Moment) -> None:
    """Cut the turn at its moment: no time passes until its call is closed and its place free."""
    turn = stage.turn()
    with trio.fail_after(60):  # the moment has to come
        async with trio.open_nursery() as nursery:
            nursery.start_soon(turn.run)
            at = await moment.cut(turn)
    assert trio.current_time() == at
    assert house.upstream.open == 0
    assert house.gate.statistics().waiting == 0


EMOTION = event("[emotion:happy]")
WORDS = event(" ¡Hola!")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        pytest.param([], [], id="before the first byte"),
        pytest.param([EMOTION[:20]], [], id="in the first chunk"),
        pytest.param([EMOTION], ["Emotion"], id="between emotion and text"),
        pytest.param([EMOTION, WORDS[:50]], ["Emotion"], id="in mid-chunk"),
        pytest.param([EMOTION, WORDS], ["Emotion", "TextChunk"], id="between texts"),
    ],
)
async def test_turn_cancelled_while_the_model_writes_closes_its_call_at_once(
    autojump_clock: MockClock, before: list[bytes | Wait], said: list[str]
) -> None:
    moment = Moment()
    house = House.over_gemini((200, [*before, moment.comes_and_stays]))
    stage = Stage(house.gate)
    await cut_and_check(stage, house, moment)
    assert (stage.kinds, house.idle) == (said, True)


async def test_turn_cancelled_during_recall_asks_nothing(autojump_clock: MockClock) -> None:
    moment = Moment()
    house = House.over_gemini((200, [EMOTION]))
    stage = Stage(house.gate, person_id="user_ana", recall=moment.comes_and_stays)
    await cut_and_check(stage, house, moment)
    assert (stage.said, house.gate.statistics().asked) == ([], 0)


async def test_turn_cancelled_in_a_back_off_asks_no_second_time(autojump_clock: MockClock) -> None:
    moment = Moment()
    house = House.over_gemini((503, [moment.comes, b"{}"]), (200, [EMOTION, WORDS]))
    stage = Stage(house.gate)
    await cut_and_check(stage, house, moment)
    assert (stage.said, house.idle) == ([], True)
    assert isinstance(house.upstream, Wire)
    assert house.upstream.calls == 1


async def test_turn_cancelled_in_the_queue_of_the_gate_leaves_the_queue(
    autojump_clock: MockClock,
) -> None:
    moment = Moment()
    house = House.over_gemini((200, [EMOTION, WORDS]))
    stage = Stage(house.gate)
    async with house.gate._in_line("another", 1, background=False):
        await moment.comes()
        await cut_and_check(stage, house, moment)
    assert (stage.said, house.idle) == ([], True)


async def test_turn_cancelled_after_the_last_text_says_no_end(autojump_clock: MockClock) -> None:
    moment = Moment()
    house = House.over_gemini((200, [EMOTION, WORDS, event("[person_name:Ana]"), END]))
    stage = Stage(house.gate, meet=moment.comes_and_stays)
    await cut_and_check(stage, house, moment)
    assert stage.kinds == ["Emotion", "TextChunk"]
