"""An actor in one process, its mailbox in another: what of docs/supervision.md still holds.

The processes are two sides of a stream in memory, and the clock is virtual.
"""

import os
import pickle
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from math import inf
from typing import Any, cast

import pytest
import trio
import trio.testing
from attrs import define

from robi.actors.ask import Ask, ask
from robi.actors.child import Child
from robi.actors.embassy import Lane
from robi.actors.errors import ActorDied, AskTimeout
from robi.actors.line import HIGH_WATER, Line, LineLost
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import AddFace
from robi.actors.parcels import ParcelRefused
from robi.actors.remote import Flush, Remote
from robi.actors.restart import Intensity, Restart
from robi.actors.store_mail import Commit, Erase, LoadPeople
from robi.actors.supervisor import Supervisor
from robi.errors import DiskFull, ServerBusy
from robi.store.base import DropReminder, EraseMemory

BOUND = 4


def write(number: int, data: bytes = b"") -> AddFace:
    """A message; what it is does not matter here."""
    return AddFace(str(number), data)


def numbers(messages: list[AddFace]) -> list[int]:
    return [int(message.person_id) for message in messages]


def question(number: int) -> Any:
    """A question, to be answered with twice the number."""
    return LoadPeople(number)


def doubled(owed: Ask[Any]) -> None:
    owed.reply(2 * cast("LoadPeople", owed.question).limit)  # type: ignore[operator]


@define(eq=False)
class Sides:
    """The mailbox here, its twin at home, and what is between them."""

    here: Mailbox[Any]
    beside: Mailbox[Ask[object]]
    home: Mailbox[Any]
    reads: Mailbox[Any]
    supervisor: Supervisor
    embassy: trio.Nursery
    ends: list[trio.abc.Stream]
    """At home."""
    dead: trio.Event
    lost: list[int]
    """How many lives of the way there had been, each time it was lost."""

    async def taken(self, count: int) -> list[Any]:
        return [await anext(self.home) for _ in range(count)]

    async def cut(self) -> None:
        """Home dies."""
        self.dead.set()
        for end in self.ends:
            await trio.aclose_forcefully(end)
        await trio.testing.wait_all_tasks_blocked()


@asynccontextmanager
async def two_sides(
    is_urgent: Callable[[Any], bool] = lambda _message: False,
) -> AsyncIterator[Sides]:
    home: Mailbox[Any] = Mailbox("store", BOUND)
    reads: Mailbox[Any] = Mailbox("store.reads", BOUND)
    beside: Mailbox[Ask[object]] = Mailbox("store.reads", BOUND)
    ends: list[trio.abc.Stream] = []
    dead = trio.Event()
    async with trio.open_nursery() as nursery, trio.open_nursery() as embassy:

        async def serve(mailbox: Mailbox[Any], stream: trio.abc.Stream) -> None:
            with suppress(LineLost):
                await Lane(mailbox, is_urgent).serve(stream)

        async def dial(name: str) -> trio.abc.Stream:
            if dead.is_set():
                await trio.sleep_forever()
            near, far = trio.testing.lockstep_stream_pair()
            embassy.start_soon(serve, {"store": home, "store.reads": reads}[name], far)
            ends.append(far)
            return near

        lost: list[int] = []

        def note() -> None:
            lost.append(len(ends) // 2)

        supervisor = Supervisor(
            "root",
            [Child("store", lambda: Remote(dial, beside, lost=note), Restart.PERMANENT, 1, 10)],
            Intensity(),
        )
        await nursery.start(supervisor.run)
        yield Sides(
            supervisor.mailbox("store"), beside, home, reads, supervisor, embassy, ends, dead, lost
        )
        embassy.cancel_scope.cancel()
        nursery.cancel_scope.cancel()


# ── order and room ────────────────────────────────────────────────────────────────────────


async def test_messages_arrive_in_the_order_in_which_they_were_put(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:

        @sides.embassy.start_soon
        async def put() -> None:
            for number in range(100):
                await sides.here.put(write(number))

        assert numbers(await sides.taken(100)) == list(range(100))


async def test_mailbox_that_is_full_at_home_makes_putters_wait_here(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        put = 0
        piece = bytes(HIGH_WATER)

        @sides.embassy.start_soon
        async def flood() -> None:
            nonlocal put
            for number in range(1_000):
                await sides.here.put(write(number, piece))
                put += 1

        await trio.testing.wait_all_tasks_blocked()
        assert sides.home.statistics().depth == BOUND
        held_up = put
        # Its own mailbox, one with each end of the line, and what was being written.
        assert held_up < BOUND + sides.here.bound + 6
        await sides.taken(10)
        await trio.testing.wait_all_tasks_blocked()
        assert put == held_up + 10


async def test_reads_get_past_writes_that_wait(autojump_clock: trio.testing.MockClock) -> None:
    async with two_sides() as sides:

        @sides.embassy.start_soon
        async def flood() -> None:
            for number in range(1_000):
                await sides.here.put(write(number, bytes(HIGH_WATER)))

        await trio.testing.wait_all_tasks_blocked()

        @sides.embassy.start_soon
        async def answer() -> None:
            owed = await anext(sides.reads)
            doubled(owed)

        assert await ask(sides.beside, question(3), timeout=1) == 6


async def test_urgent_message_is_put_before_those_that_wait_at_home(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides(lambda message: message == write(9)) as sides:
        for number in (1, 2, 9):
            await sides.here.put(write(number))
        await trio.testing.wait_all_tasks_blocked()
        assert numbers(await sides.taken(3)) == [9, 1, 2]


async def test_flush_is_answered_when_all_before_it_is_in_the_mailbox_at_home(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        for number in range(BOUND + 1):
            await sides.here.put(write(number))
        with pytest.raises(AskTimeout):
            await ask(sides.here, Flush(), timeout=1)
        await sides.taken(1)
        await ask(sides.here, Flush(), timeout=1)
        assert sides.home.statistics().depth == BOUND


# ── questions ─────────────────────────────────────────────────────────────────────────────


async def test_question_is_answered_by_home(autojump_clock: trio.testing.MockClock) -> None:
    async with two_sides() as sides:

        @sides.embassy.start_soon
        async def answer() -> None:
            owed = await anext(sides.home)
            doubled(owed)

        assert await ask(sides.here, question(21), timeout=1) == 42


@pytest.mark.parametrize("error", [DiskFull("full"), ServerBusy("busy", retry_after=7)])
async def test_error_crosses_with_its_code_and_details(
    error: ServerBusy, autojump_clock: trio.testing.MockClock
) -> None:
    async with two_sides() as sides:

        @sides.embassy.start_soon
        async def fail() -> None:
            (await anext(sides.home)).fail(error)

        with pytest.raises(type(error)) as raised:
            await ask(sides.here, question(1), timeout=1)
        assert raised.value.details == error.details
        assert raised.value.retry_after == error.retry_after


async def test_question_whose_asker_gave_up_is_abandoned_at_home(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        with pytest.raises(AskTimeout):
            await ask(sides.here, question(1), timeout=1)
        await trio.testing.wait_all_tasks_blocked()
        (owed,) = await sides.taken(1)
        assert owed.abandoned
        owed.reply(2)  # vanishes
        assert sides.here.statistics().in_hand == 0


async def test_question_abandoned_before_it_was_read_never_leaves(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        owed = Ask(question(1))
        await sides.here.put(owed)
        owed.abandon()
        await trio.testing.wait_all_tasks_blocked()
        assert sides.home.statistics().depth == 0


@pytest.mark.parametrize("done_anyway", [Commit((DropReminder("r"),)), Erase(EraseMemory("u", ()))])
async def test_commit_abandoned_before_it_was_read_is_carried_over_all_the_same(
    done_anyway: Any, autojump_clock: trio.testing.MockClock
) -> None:
    async with two_sides() as sides:
        owed = Ask(done_anyway)
        await sides.here.put(owed)
        owed.abandon()
        await sides.here.put(write(2))
        with trio.fail_after(1):
            carried, after = await sides.taken(2)
        await trio.testing.wait_all_tasks_blocked()
        assert carried.question == done_anyway
        assert carried.abandoned
        assert after == write(2)


async def test_actor_that_dies_at_home_is_told_to_the_asker_at_once(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:

        @sides.embassy.start_soon
        async def die() -> None:
            await anext(sides.home)
            sides.home.fail_in_hand()

        with pytest.raises(ActorDied):
            await ask(sides.here, question(1), timeout=inf)


async def test_actor_that_is_gone_for_good_refuses_questions(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        sides.home.close()
        await sides.here.put(write(1))  # nobody waits for that
        with pytest.raises(ActorDied):
            await ask(sides.here, question(1), timeout=inf)


# ── when a process dies ───────────────────────────────────────────────────────────────────


async def test_home_that_dies_fails_questions_in_hand_and_keeps_those_that_wait(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        errors: list[type[Exception]] = []

        async def asking(number: int) -> None:
            try:
                await ask(sides.here, question(number), timeout=5)
            except (ActorDied, AskTimeout) as error:
                errors.append(type(error))

        async with trio.open_nursery() as askers:
            askers.start_soon(asking, 1)
            await trio.testing.wait_all_tasks_blocked()
            await sides.cut()
            assert errors == [ActorDied]
            assert sides.supervisor.snapshot().restarts == 1
            askers.start_soon(asking, 2)
        assert errors == [ActorDied, AskTimeout]


@pytest.mark.parametrize("end", [0, 1], ids=["writes", "reads"])
async def test_way_that_breaks_alone_is_told_before_more_is_put(
    end: int, autojump_clock: trio.testing.MockClock
) -> None:
    async with two_sides() as sides:
        await sides.here.put(write(1))
        await trio.testing.wait_all_tasks_blocked()
        assert sides.lost == []
        await trio.aclose_forcefully(sides.ends[end])
        await trio.testing.wait_all_tasks_blocked()
        assert sides.lost == [1]
        assert len(sides.ends) == 4  # another life
        sides.supervisor.request_stop()
        await trio.sleep(2)
        assert sides.lost == [1]  # one that ends in order loses nothing


async def test_worker_that_dies_abandons_its_questions_at_home(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        await sides.here.put(Ask(question(1)))
        (owed,) = await sides.taken(1)
        sides.supervisor.kill("store")
        await trio.testing.wait_all_tasks_blocked()
        assert owed.abandoned


async def test_stop_waits_until_all_that_was_put_has_arrived(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two_sides() as sides:
        for number in range(BOUND + 2):
            await sides.here.put(write(number))
        sides.supervisor.request_stop()
        await trio.sleep(0.5)
        assert sides.supervisor.snapshot().children
        assert numbers(await sides.taken(BOUND + 2)) == list(range(BOUND + 2))
        await trio.sleep(1)
        assert not sides.supervisor.snapshot().children
        with pytest.raises(ActorDied):
            await ask(sides.beside, question(1), timeout=inf)


async def test_line_refuses_what_no_process_of_ours_sends(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def take(_message: object) -> None:
        raise AssertionError

    stranger = pickle.dumps(os.system)
    for data in (len(stranger).to_bytes(4, "big") + stranger, b"\xff\xff\xff\xff"):
        near, far = trio.testing.memory_stream_pair()
        await near.send_all(data)
        with pytest.raises(ExceptionGroup) as raised:
            await Line("home", far, take).run()
        assert raised.group_contains(ParcelRefused)
