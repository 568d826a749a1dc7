"""How a robot comes to its session: the live one, the one the store remembers, or a new one."""

from functools import partial

import pytest
import trio
import trio.testing

from robi.actors.admission import (
    ANSWER_WITHIN,
    LARGEST_LAST_SEQ,
    REMEMBER_WITHIN,
)
from robi.actors.ask import ask
from robi.actors.mail import Attach, Origin
from robi.actors.sessions import (
    DrainAll,
    Open,
)
from robi.errors import ServerBusy
from robi.store.base import SaveSession, SessionRow
from tests.actors.lodging import KEEP_ALIVE, NOW, Build, SickStore, builder


@pytest.fixture
def build(nursery: trio.Nursery) -> Build:
    return builder(nursery)


async def test_robot_without_a_past_gets_a_new_session(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    await house.admit(device_id="d1")
    assert house.opened == [Open("d1")]


async def test_robot_whose_session_lives_gets_it(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    session_id = await house.admit(device_id="d1")
    assert await house.admit(device_id="d1") == session_id
    assert await house.admit(session_id=session_id, last_seq=0) == session_id
    assert len(house.opened) == 1


async def test_robot_whose_session_the_store_remembers_gets_it_with_its_numbers(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers("kept", "d1", ago=1e6)  # however long ago: it knows the id
    assert await house.admit(session_id="kept", device_id="d1", last_seq=41) == "kept"
    (wanted,) = house.opened
    assert (wanted.origin, wanted.last_seq) == (Origin.REMEMBERED, 41)


@pytest.mark.parametrize("last_seq", [LARGEST_LAST_SEQ, LARGEST_LAST_SEQ + 1, 2**63])
async def test_numbers_of_a_remembered_session_go_on_from_no_more_than_the_largest(
    build: Build, last_seq: int, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers("kept", "d1")
    await house.admit(session_id="kept", last_seq=last_seq)
    assert house.opened[0].last_seq == LARGEST_LAST_SEQ


@pytest.mark.parametrize("other", ["long gone", None])
async def test_last_seq_of_another_session_is_not_told_to_the_one_of_the_device(
    build: Build, other: str | None, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    session_id = await house.admit(device_id="d1")
    assert await house.admit(device_id="d1", session_id=other, last_seq=3) == session_id
    assert await house.admit(device_id="d1", session_id=session_id, last_seq=3) == session_id
    assert house.asked == [Attach(None, "d1"), Attach(None, "d1"), Attach(3, "d1")]


async def test_robot_that_asks_for_a_remembered_session_of_another_device_gets_a_new_one(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers("kept", "d1")
    assert await house.admit(session_id="kept", device_id="d2") != "kept"
    assert house.opened == [Open("d2")]


async def test_robot_known_by_its_device_goes_on_within_the_keep_alive(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers("kept", "d1", ago=KEEP_ALIVE)
    assert await house.admit(device_id="d1") == "kept"
    assert house.opened[0].origin is Origin.CONTINUED


async def test_robot_known_by_its_device_begins_anew_after_the_keep_alive(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers("kept", "d1", ago=KEEP_ALIVE + 1)
    assert await house.admit(device_id="d1") != "kept"


@pytest.mark.parametrize("device_id", [None, ""])
async def test_robot_without_a_device_is_matched_with_nobody(
    build: Build, device_id: str | None, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers("kept", device_id)
    first = await house.admit(device_id=device_id)
    assert len({first, "kept", await house.admit(device_id=device_id)}) == 3


async def test_robot_begins_anew_when_the_store_cannot_answer(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(SickStore())
    await house.admit(session_id="kept", device_id="d1")
    assert house.opened == [Open("d1")]


async def test_robot_that_is_back_at_once_finds_what_was_not_written_yet(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    """Its session crashed: the last words wait for the next commit."""
    house = await build(pace=60.0)
    row = SessionRow("kept", "d1", "user_ana", NOW - 100, NOW - 1)
    house.admission.store.write_nowait(SaveSession(row))
    assert await house.admit(session_id="kept", device_id="d1") == "kept"


async def test_robot_begins_anew_when_the_store_is_too_slow(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(stuck=True)
    began = trio.current_time()
    await house.admit(session_id="kept", device_id="d1")
    assert trio.current_time() - began == REMEMBER_WITHIN


async def test_slow_store_makes_no_robot_wait_that_does_not_need_it(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(stuck=True)
    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(partial(house.admit, device_id="d1"))
        await house.admit()
        assert trio.current_time() == began


async def test_robot_beyond_max_sessions_is_told_when_to_come_back(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(most=1)
    await house.admit(device_id="d1")
    with pytest.raises(ServerBusy) as caught:
        await house.admit(device_id="d2")
    assert caught.value.retry_after
    await house.admit(device_id="d1")


async def test_robot_while_draining_is_told_when_to_come_back(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    await ask(house.sessions.drain, DrainAll(), timeout=1)
    with pytest.raises(ServerBusy) as caught:
        await house.admit(device_id="d1")
    assert caught.value.retry_after


async def test_robot_whose_session_ends_as_it_comes_gets_another(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    first = await house.admit(device_id="d1")
    house.ways.add("sick")
    assert await house.admit(device_id="d1") != first


async def test_robot_whose_session_cannot_begin_is_told_when_to_come_back(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.ways.add("unborn")
    with pytest.raises(ServerBusy) as caught:
        await house.admit(device_id="d1")
    assert caught.value.retry_after


async def test_robot_whose_session_does_not_answer_is_told_when_to_come_back(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.ways.add("mute")
    began = trio.current_time()
    with pytest.raises(ServerBusy):
        await house.admit(device_id="d1")
    assert trio.current_time() - began == 2 * ANSWER_WITHIN


async def test_thousand_robots_that_come_back_at_once_are_all_admitted_to_their_own(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(most=1000)
    for number in range(0, 1000, 2):
        house.remembers(f"kept-{number}", f"d{number}")
    admitted: dict[int, str] = {}

    async def come(number: int) -> None:
        admitted[number] = await house.admit(device_id=f"d{number}")

    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        for number in range(1000):
            nursery.start_soon(come, number)
    assert all(admitted[number] == f"kept-{number}" for number in range(0, 1000, 2))
    assert len(set(admitted.values())) == 1000
    assert trio.current_time() - began < REMEMBER_WITHIN
