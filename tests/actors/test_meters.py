"""What actors tell of what they have done."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Never

import pytest
import structlog
import trio
import trio.testing
from attrs import evolve
from trio.testing import MockClock

from robi.actors.figures import Measured
from robi.actors.keeper import BACKLOG, Keeper
from robi.actors.mail import Origin
from robi.actors.mailbox import Mailbox
from robi.actors.meters import NOBODY, Committed, each
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.actors.ticker import Ticker
from robi.actors.tools import Tool
from robi.brain.base import Fragment, ToolCall, ToolSpec
from robi.errors import BrainUnavailable, DatabaseError
from robi.protocol.messages import Interrupt
from robi.store.base import Person, SavePerson, Write
from robi.store.ram import RamStore
from tests.actors.bench import Bench
from tests.actors.stage import Recited, Stage


def told(bench: Bench, name: str) -> list[Any]:
    return [value for what, value in bench.told if what == name]


def the_turn(bench: Bench) -> Measured:
    (turn,) = told(bench, "turn")
    assert isinstance(turn, Measured)
    return turn


def test_nobody_counts_whatever_it_is_told() -> None:
    NOBODY.replayed(3)


def test_each_tells_all_in_their_order() -> None:
    heard: list[tuple[str, int]] = []
    tell: Callable[[int], None] = each(
        lambda n: heard.append(("a", n)), lambda n: heard.append(("b", n))
    )
    tell(7)
    assert heard == [("a", 7), ("b", 7)]


# ── turns ─────────────────────────────────────────────────────────────────────────────────


async def test_turn_that_was_answered_tells_its_kind_its_times_and_whose_it_was(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    await trio.sleep(0.5)
    call.write("Hola")
    await trio.testing.wait_all_tasks_blocked()
    await trio.sleep(0.25)
    call.answer(" tú")
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    turn = the_turn(bench)
    assert (turn.kind, turn.outcome, turn.error_code) == ("text", "answered", None)
    assert (turn.emotion_ms, turn.first_text_ms, turn.end_ms) == (500, 500, 750)
    assert (turn.session_id, turn.request_id, turn.chars) == ("s", "r1", len("Hola tú"))
    (question,) = turn.trail.questions
    began = turn.trail.began_at
    assert [at - began for at in question.heard_at] == pytest.approx([0.5, 0.75])
    assert question.ended_at == pytest.approx(began + 0.75)


async def test_turn_that_was_interrupted_tells_so_and_how_soon_the_model_was_left(
    bench: Bench, autojump_clock: MockClock
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).write("Uno,")
    await robot.hears()
    await robot.says(Interrupt("r1", None))
    turn = the_turn(bench)
    assert (turn.outcome, turn.error_code) == ("interrupted", None)
    assert told(bench, "closed") == [0.0]


async def test_turn_that_was_cut_before_it_asked_closes_nothing(bench: Bench) -> None:
    async def hang() -> None:
        await trio.sleep_forever()

    bench.recalling = hang
    robot = await bench.robot()
    await robot.asks("hola", person="user_ana")
    await robot.says(Interrupt("r1", None))
    assert the_turn(bench).trail.questions == []
    assert told(bench, "closed") == []


async def test_turn_that_failed_tells_its_error(bench: Bench) -> None:
    robot = await bench.robot()
    with structlog.testing.capture_logs():
        await robot.asks("hola")
        (await bench.brain.called(1)).fail(BrainUnavailable("down"))
        await robot.hears_turn()
        await trio.testing.wait_all_tasks_blocked()
    turn = the_turn(bench)
    assert (turn.outcome, turn.error_code) == ("failed", BrainUnavailable.error_code)


async def test_turn_cut_after_a_link_took_all_of_it_was_answered(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).answer("Hola")
    await trio.testing.wait_all_tasks_blocked()
    while bench.session._outbox.pending:
        bench.session._outbox.take()
    bench.session._conclude(bench.session._floor.cut())  # before the news of that is read
    await trio.testing.wait_all_tasks_blocked()
    assert the_turn(bench).outcome == "answered"


async def test_turn_trail_has_the_tools_and_a_question_for_each_round(
    autojump_clock: MockClock,
) -> None:
    async def look_up(_arguments: object, _occasion: object) -> str:
        await trio.sleep(2)
        return "yes"

    calls = Fragment(calls=(ToolCall("c1", "look_up", {}), ToolCall("c2", "made_up", {})))
    model = Recited([[evolve(calls, waited_s=0.5)], [partial(trio.sleep, 1), "Hola"]])
    stage = Stage(model, tools=(Tool(ToolSpec("look_up", "Looks it up.", {}), look_up),))
    trail = (await stage.plays()).trail
    began = trail.began_at
    assert [
        (one.waited_s, [at - began for at in one.heard_at], one.ended_at) for one in trail.questions
    ] == [(0.5, [0.0], began), (0.0, [3.0], began + 3)]
    assert {(one.tool, one.outcome, one.began_at, one.ended_at) for one in trail.calls} == {
        ("look_up", "done", began, began + 2),
        (None, "unknown", began, began),
    }


# ── sessions ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("origin", "last_seq", "coming"),
    [
        (Origin.NEW, None, "new"),
        (Origin.REMEMBERED, 7, "remembered"),
        (Origin.CONTINUED, None, "continued"),
    ],
)
async def test_first_robot_tells_where_its_session_is_from(
    nursery: trio.Nursery, origin: Origin, last_seq: int | None, coming: str
) -> None:
    bench = Bench(nursery)
    bench.start(origin, last_seq or 0)
    await bench.robot(last_seq)
    assert told(bench, "came") == [coming]


@pytest.mark.parametrize(
    ("last_seq", "coming", "replayed"),
    [(1, "resumed", [1]), (None, "continued", []), (99, "lost_place", [])],
)
async def test_robot_that_comes_back_tells_whether_it_missed_anything(
    bench: Bench, last_seq: int | None, coming: str, replayed: list[int]
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).write("Uno,")
    await robot.hears_until("text_chunk")
    await robot.leaves()
    await bench.robot(last_seq)
    assert told(bench, "came") == ["new", coming]
    assert told(bench, "replayed") == replayed


def test_session_whose_store_is_full_tells_what_it_sheds() -> None:
    shed: list[int] = []
    rows: Mailbox[StoreMessage] = Mailbox("store", 1)
    keeper = Keeper("s", None, StoreAddress(rows), None, shed.append)
    with structlog.testing.capture_logs():
        for index in range(BACKLOG + 4):
            keeper.keep_name(f"stranger:{index}", "user_ana")
    assert shed == [1, 1, 1]


# ── the store, and the clock ──────────────────────────────────────────────────────────────


class Slow(RamStore):
    """A disk that refuses once."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals = 1

    def write(self, writes: Sequence[Write]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise DatabaseError("SQLITE_FULL")
        super().write(writes)


async def test_store_tells_each_commit_with_the_longest_that_a_write_of_it_waited(
    autojump_clock: MockClock,
) -> None:
    commits: list[Committed] = []
    rows: Mailbox[StoreMessage] = Mailbox("store", 100)
    address = StoreAddress(rows)
    async with trio.open_nursery() as nursery:
        actor = StoreActor(Slow, address.reads, commits.append)
        with structlog.testing.capture_logs():
            await nursery.start(_live, actor, rows)
            await trio.sleep(7)  # in which nothing waits
            first = trio.current_time()
            address.write_nowait(SavePerson(Person("user_ana", "Ana", created_at=1.0)))
            await trio.sleep(0.05)  # it is refused now, and tried again in a moment
            address.write_nowait(SavePerson(Person("user_bea", "Bea", created_at=1.0)))
            await trio.sleep(3)
            rows.request_stop()
    assert [len(commit.writes) for commit in commits] == [1, 1]
    assert [commit.since for commit in commits] == [first, first]
    assert commits[0].ended == pytest.approx(first + 0.1)
    assert [commit.began for commit in commits] == pytest.approx([first, first + 0.1])


async def _live(
    actor: StoreActor, rows: Mailbox[StoreMessage], task_status: trio.TaskStatus[None]
) -> None:
    await actor.run(rows, task_status.started)


async def test_ticker_tells_how_late_each_tick_is(mock_clock: MockClock) -> None:
    late: list[float] = []
    async with trio.open_nursery() as nursery:
        ticker = Ticker([], 1.0, late.append)
        nursery.start_soon(ticker.run, Mailbox[Never]("ticker"), lambda: None)
        for jump in (1.0, 1.25, 0.75):
            await trio.testing.wait_all_tasks_blocked()
            mock_clock.jump(jump)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert late == [0.0, 0.25, 0.0]
