"""A conversation's patience with the memory and the janitor: next to none, but for forgetting."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import structlog
import trio
import trio.testing

from robi.actors.ask import Ask
from robi.actors.janitor_mail import JanitorAddress, JanitorMessage, Keep
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import (
    AddFace,
    Became,
    Forget,
    Heard,
    MemoryMessage,
    Named,
    Recollection,
    Removed,
    Saw,
)
from robi.actors.mind import FORGET_WITHIN, KEEP_WITHIN, MEET_WITHIN, RECALL_WITHIN, Mind
from robi.actors.turn import Met
from robi.errors import DatabaseError, DiskFull, PrivateContent, RobiError, ServerBusy
from robi.store.base import EraseEverythingRemembered, Person, Receipt

FORGET = Forget(EraseEverythingRemembered("user_ana"))
KEEP = Keep("user_ana", "s", "r1", "audio", "audio/wav", b"wav", 1.0)
HEARD = Heard("user_ana", "s", "r1", "hola", (), None, 1.0)
PERSON = Person("user_ana_1", "Ana", 1.0)


class House:
    """A mind, and the mailboxes behind it in the hands of the test."""

    def __init__(self, bound: int = 64) -> None:
        self.memory: Mailbox[MemoryMessage] = Mailbox("memory", bound, urgent_bound=bound)
        self.janitor: Mailbox[JanitorMessage] = Mailbox("janitor", bound)
        self.mind = Mind(self.memory, JanitorAddress(self.janitor))

    async def answers(self, answer: Callable[[Ask[Any]], None]) -> None:
        """Answer what is asked first."""
        async for message in self.memory:
            assert isinstance(message, Ask)
            answer(message)
            return

    def told(self) -> list[object]:
        return [self.memory._take() for _ in range(self.memory.statistics().depth)]


def replies(value: object) -> Callable[[Ask[Any]], None]:
    return lambda owed: owed.reply(value)


def fails(error: Exception) -> Callable[[Ask[Any]], None]:
    return lambda owed: owed.fail(error)


async def seconds(wait: Callable[[], Awaitable[object]]) -> float:
    begun = trio.current_time()
    await wait()
    return trio.current_time() - begun


# ── what is known ─────────────────────────────────────────────────────────────────────────


async def test_recall_is_what_the_memory_answers(nursery: trio.Nursery) -> None:
    house, known = House(), Recollection("Ana", ("le gusta el té",))
    nursery.start_soon(house.answers, replies(known))
    assert await house.mind.recall("user_ana", "hola") == known


async def test_recall_of_a_memory_that_does_not_answer_is_nothing_in_a_moment(
    autojump_clock: trio.testing.MockClock,
) -> None:
    house = House()
    with structlog.testing.capture_logs():
        assert await seconds(lambda: house.mind.recall("user_ana", "")) == RECALL_WITHIN


async def test_recall_of_a_memory_that_is_gone_is_nothing() -> None:
    house = House()
    house.memory.close()
    with structlog.testing.capture_logs():
        assert await house.mind.recall("user_ana", "hola") is None


async def test_person_who_is_met_has_the_id_that_the_memory_made(nursery: trio.Nursery) -> None:
    house = House()
    nursery.start_soon(house.answers, replies(PERSON))
    assert await house.mind.meet("Ana", None) == Met("user_ana_1", "Ana")


async def test_person_whose_name_may_not_be_kept_is_not_met(nursery: trio.Nursery) -> None:
    house = House()
    nursery.start_soon(house.answers, fails(PrivateContent("private: secret")))
    with structlog.testing.capture_logs():
        assert await house.mind.meet("PIN 4821", None) is None


async def test_person_is_not_met_by_a_memory_that_does_not_answer(
    autojump_clock: trio.testing.MockClock,
) -> None:
    house = House()
    with structlog.testing.capture_logs():
        assert await seconds(lambda: house.mind.meet("Ana", None)) == MEET_WITHIN


# ── what is told ──────────────────────────────────────────────────────────────────────────


def test_news_reach_the_memory_in_their_order() -> None:
    house = House()
    house.mind.named("user_ana", "Ana")
    house.mind.heard(HEARD)
    house.mind.became("stranger:1", "user_ana")
    assert house.told() == [Named("user_ana", "Ana"), HEARD, Became("stranger:1", "user_ana")]


@pytest.mark.parametrize(("face", "faces"), [(None, []), (b"face", [AddFace("user_ana", b"face")])])
def test_sight_of_a_person_is_told_with_the_face_if_there_is_one(
    face: bytes | None, faces: list[AddFace]
) -> None:
    house = House()
    house.mind.saw("user_ana", face)
    saw, *rest = house.told()
    assert isinstance(saw, Saw)
    assert rest == faces


def test_news_for_a_memory_that_is_full_are_logged_and_not_shown() -> None:
    house = House(bound=1)
    with structlog.testing.capture_logs() as logs:
        house.mind.heard(HEARD)
        house.mind.heard(HEARD)
    assert [log["event"] for log in logs] == ["memory_not_told"]
    assert "hola" not in str(logs)


# ── forgetting ────────────────────────────────────────────────────────────────────────────


def test_forgetting_goes_before_all_that_waits() -> None:
    house = House()
    house.mind.heard(HEARD)
    house.mind.forget(FORGET)
    owed = house.memory._take()
    assert isinstance(owed, Ask)
    assert owed.question == FORGET


async def test_forgetting_is_waited_for_until_it_is_done(nursery: trio.Nursery) -> None:
    house = House()
    promise = house.mind.forget(FORGET)
    done = trio.Event()

    @nursery.start_soon
    async def wait() -> None:
        await promise()
        done.set()

    await trio.testing.wait_all_tasks_blocked()
    assert not done.is_set()
    await house.answers(replies(Removed(Receipt())))
    with trio.fail_after(1):
        await done.wait()


async def test_forgetting_that_was_done_before_anyone_waited_is_not_waited_for() -> None:
    house = House()
    promise = house.mind.forget(FORGET)
    await house.answers(replies(Removed(Receipt())))
    with trio.fail_after(0):
        await promise()


async def test_forgetting_that_takes_too_long_is_said_and_done_all_the_same(
    autojump_clock: trio.testing.MockClock,
) -> None:
    house = House()
    promise = house.mind.forget(FORGET)

    async def refused() -> None:
        with pytest.raises(DatabaseError):
            await promise()

    with structlog.testing.capture_logs():
        assert await seconds(refused) == FORGET_WITHIN
    owed = house.memory._take()
    assert isinstance(owed, Ask)
    assert owed.question == FORGET


async def test_forgetting_that_fails_is_said(nursery: trio.Nursery) -> None:
    house = House()
    nursery.start_soon(house.answers, fails(DatabaseError("locked")))
    with structlog.testing.capture_logs(), pytest.raises(DatabaseError):
        await house.mind.forget(FORGET)()


async def test_forgetting_by_a_memory_that_is_gone_is_said() -> None:
    house = House()
    house.memory.close()
    with structlog.testing.capture_logs(), pytest.raises(DatabaseError):
        await house.mind.forget(FORGET)()


# ── files ─────────────────────────────────────────────────────────────────────────────────


async def keeps(house: House, nursery: trio.Nursery, error: Exception) -> None:
    """Keep a file, which the janitor refuses with `error`."""

    @nursery.start_soon
    async def refuse() -> None:
        async for message in house.janitor:
            assert isinstance(message, Ask)
            message.fail(error)
            return

    with structlog.testing.capture_logs():
        await house.mind.keep(KEEP)


async def test_file_for_which_there_is_no_room_is_said(nursery: trio.Nursery) -> None:
    with pytest.raises(DiskFull):
        await keeps(House(), nursery, DiskFull("no room"))


@pytest.mark.parametrize("error", [DatabaseError("locked"), ServerBusy("too much waits")])
async def test_file_that_cannot_be_kept_for_another_reason_is_nobodys_trouble(
    nursery: trio.Nursery, error: RobiError
) -> None:
    house = House()
    await keeps(house, nursery, error)
    assert house.janitor.statistics().in_hand == 0


async def test_file_that_takes_for_ever_is_given_up(
    autojump_clock: trio.testing.MockClock,
) -> None:
    house = House()
    with structlog.testing.capture_logs():
        assert await seconds(lambda: house.mind.keep(KEEP)) == KEEP_WITHIN
