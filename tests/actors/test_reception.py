"""How a reader comes to a session, and the wall between readers and robots."""

import pytest
import trio
import trio.testing

from robi.actors.admission import ANSWER_WITHIN, REMEMBER_WITHIN, SETTLED_WITHIN
from robi.actors.mail import Origin
from robi.actors.sessions import Open
from robi.errors import DatabaseError, ServerBusy, SessionNotFound, TextNotFound
from robi.store.base import READER_PREFIX, AddText, PassageRow, TextRow
from tests.actors.lodging import Build, SickStore, builder

KEPT = f"{READER_PREFIX}kept"
ROW = TextRow("cells", "Cells", "markdown", 10, "d", 1, 5, 1.0)


@pytest.fixture
def build(nursery: trio.Nursery) -> Build:
    return builder(nursery)


async def test_reader_without_a_session_gets_a_new_one_of_readers(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    attended = await house.reception.attend(None)
    assert attended.session_id.startswith(READER_PREFIX)
    assert house.opened == [Open(None, reader=True)]


async def test_reader_whose_session_lives_gets_it(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    first = await house.reception.attend(None)
    assert (await house.reception.attend(first.session_id)).session_id == first.session_id
    assert len(house.opened) == 1


async def test_reader_whose_session_the_store_remembers_gets_it(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers(KEPT, None, ago=1e6)  # however long ago: who knows the id is its reader
    assert (await house.reception.attend(KEPT)).session_id == KEPT
    (wanted,) = house.opened
    assert (wanted.origin, wanted.reader) == (Origin.REMEMBERED, True)


async def test_session_that_nobody_has_is_not_found(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    with pytest.raises(SessionNotFound):
        await house.reception.attend(f"{READER_PREFIX}nobody")
    assert house.opened == []


async def test_session_of_a_robot_is_not_found_by_a_reader_live_or_kept(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers("kept", "d1")
    live = await house.admit(device_id="d2")
    for session_id in ("kept", live):
        with pytest.raises(SessionNotFound):
            await house.reception.attend(session_id)


async def test_session_of_a_reader_is_none_for_a_robot_live_or_kept(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers(KEPT, None)
    live = (await house.reception.attend(None)).session_id
    for session_id in (KEPT, live):
        got = await house.admit(session_id=session_id, last_seq=0)
        assert not got.startswith(READER_PREFIX)


async def test_database_that_does_not_answer_is_told_and_nothing_begins(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(SickStore())
    with pytest.raises(DatabaseError):
        await house.reception.attend(KEPT)
    assert house.opened == []


async def test_database_that_is_stuck_is_told_in_time(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(stuck=True)
    began = trio.current_time()
    with pytest.raises(DatabaseError):
        await house.reception.attend(KEPT)
    assert trio.current_time() - began <= SETTLED_WITHIN + REMEMBER_WITHIN


async def test_stream_is_gone_on_with_where_the_session_can(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    session_id = (await house.reception.attend(None)).session_id
    house.ways.add("resuming")
    assert (await house.reception.attend(session_id, 7)).session_id == session_id
    assert house.asked[-1].last_seq == 7


async def test_stream_whose_place_is_lost_is_not_found_and_the_hold_let_go(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    session_id = (await house.reception.attend(None)).session_id
    with pytest.raises(SessionNotFound):
        await house.reception.attend(session_id, 7)


async def test_stream_of_a_session_that_ended_is_not_found_though_the_store_remembers_it(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.remembers(KEPT, None)
    with pytest.raises(SessionNotFound):
        await house.reception.attend(KEPT, 7)
    assert house.opened == []


async def test_session_that_dies_meanwhile_is_asked_for_again(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.ways.add("sick")
    assert (await house.reception.attend(None)).session_id
    assert len(house.opened) == 2


async def test_session_that_does_not_answer_is_busy_in_time(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.ways.add("mute")
    began = trio.current_time()
    with pytest.raises(ServerBusy):
        await house.reception.attend(None)
    assert trio.current_time() - began <= 2 * ANSWER_WITHIN


async def test_readers_beyond_their_bound_are_busy_and_robots_are_not(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build(most=1)
    await house.reception.attend(None)
    with pytest.raises(ServerBusy):
        await house.reception.attend(None)
    await house.admit(device_id="d1")
    with pytest.raises(ServerBusy):
        await house.admit(device_id="d2")


async def test_text_that_is_there_is_good_and_another_is_not_found(
    build: Build, autojump_clock: trio.testing.MockClock
) -> None:
    house = await build()
    house.store.write([AddText(ROW, (PassageRow("cells", 0, (), "", "¶ 1", "words"),))])
    await house.reception.check_text("cells")
    await house.reception.check_text("*")
    with pytest.raises(TextNotFound):
        await house.reception.check_text("nobody")
