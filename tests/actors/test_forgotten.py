"""What is forgotten: people, what an order is about while it stands, and the news of it."""

import trio.testing
from attrs import evolve

from robi.actors.forgotten import MOMENT_S, Forgotten
from robi.actors.mail import Forgot, Hushed
from robi.actors.memory_mail import Forget
from robi.store.base import EraseTurns, Memory, digest
from tests.actors.memory_bench import ANA, NOW, heard

LUGO = heard("vivo en Lugo")
HOME = Memory("home", ANA.person_id, "fact", "Vive en Lugo", 6, NOW)
TURN = Forget(EraseTurns(ANA.person_id, "s", ("r1",)))
OF_TURN = Forgot(ANA.person_id, frozenset({("s", "r1")}))
OF_HOME = Forgot(ANA.person_id, memory_ids=frozenset({"home"}))
HUSHED = Hushed("s", "r1")


# ── people ────────────────────────────────────────────────────────────────────────────────


def test_person_is_forgotten_until_readmitted() -> None:
    forgotten = Forgotten()
    forgotten.add(ANA.person_id)
    assert ANA.person_id in forgotten
    forgotten.readmit(ANA.person_id)
    assert ANA.person_id not in forgotten


def test_person_whom_the_store_knows_as_forgotten_is_forgotten() -> None:
    forgotten = Forgotten()
    forgotten.load(frozenset({digest(ANA.person_id)}))
    assert ANA.person_id in forgotten


def test_person_who_is_forgotten_is_kept_by_no_name() -> None:
    forgotten = Forgotten()
    forgotten.add(ANA.person_id)
    assert ANA.person_id not in repr(forgotten)


# ── orders ────────────────────────────────────────────────────────────────────────────────


async def test_order_holds_however_long_the_store_takes(
    mock_clock: trio.testing.MockClock,
) -> None:
    forgotten = Forgotten()
    order = forgotten.begin(TURN, OF_TURN, NOW)
    mock_clock.jump(100 * MOMENT_S)
    forgotten.recent()
    assert forgotten.has_turn(LUGO)
    assert forgotten.unfinished == (order,)


async def test_order_that_is_done_holds_a_moment_more(mock_clock: trio.testing.MockClock) -> None:
    forgotten = Forgotten()
    forgotten.finish(forgotten.begin(TURN, OF_TURN, NOW))
    assert forgotten.unfinished == ()
    mock_clock.jump(MOMENT_S - 1)
    assert forgotten.recent() == [OF_TURN]
    mock_clock.jump(1)
    assert forgotten.recent() == []


async def test_order_has_no_hold_on_what_is_told_after_it() -> None:
    forgotten = Forgotten()
    forgotten.begin(TURN, evolve(OF_TURN, everything=True), NOW)
    assert not forgotten.has_turn(evolve(LUGO, at=NOW + 1))
    assert not forgotten.has_memory(evolve(HOME, created_at=NOW + 1))


async def test_order_is_about_what_it_has_turned_out_to_be_about_too() -> None:
    forgotten = Forgotten()
    order = forgotten.begin(TURN, OF_HOME, NOW)
    assert not forgotten.has_turn(LUGO)
    order.about.append(OF_TURN)
    assert forgotten.has_turn(LUGO)


async def test_memory_is_forgotten_by_its_id_its_turn_and_its_words() -> None:
    of_turn = evolve(HOME, memory_id="other", session_id="s", request_id="r1")
    of_words = evolve(HOME, memory_id="other")
    for forgot, memory in [
        (OF_HOME, HOME),
        (OF_TURN, of_turn),
        (Forgot(ANA.person_id, about=("Lugo",)), of_words),
    ]:
        forgotten = Forgotten()
        forgotten.begin(TURN, forgot, NOW)
        assert forgotten.has_memory(memory)


async def test_memory_of_another_person_is_not_forgotten() -> None:
    forgotten = Forgotten()
    forgotten.begin(TURN, Forgot(ANA.person_id, about=("Lugo",), everything=True), NOW)
    assert not forgotten.has_memory(evolve(HOME, person_id="user_luis"))


async def test_orders_that_are_not_done_are_told_oldest_first() -> None:
    forgotten = Forgotten()
    orders = [forgotten.begin(TURN, OF_TURN, NOW + number) for number in range(3)]
    forgotten.finish(orders[1])
    assert forgotten.unfinished == (orders[0], orders[2])


# ── news ──────────────────────────────────────────────────────────────────────────────────


async def test_news_wake_the_sessions_once_and_are_taken_once() -> None:
    forgotten = Forgotten()
    assert [forgotten.announce(OF_TURN), forgotten.announce(HUSHED)] == [True, False]
    assert forgotten.take_news() == (OF_TURN, HUSHED)
    assert forgotten.take_news() == ()
    assert forgotten.announce(OF_HOME)


async def test_turn_that_is_hushed_is_recent_for_a_moment(
    mock_clock: trio.testing.MockClock,
) -> None:
    forgotten = Forgotten()
    forgotten.announce(HUSHED)
    assert forgotten.recent() == [HUSHED]
    mock_clock.jump(MOMENT_S)
    assert forgotten.recent() == []
