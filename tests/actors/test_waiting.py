"""Turns that wait to be learned from: whose, in which order, how long."""

from collections.abc import Iterator
from itertools import count
from math import inf
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from robi.actors import waiting
from robi.actors.memory_mail import Heard
from robi.actors.waiting import BACKLOG, QUIET_S, STRANGERS_S, TURNS_A_CALL, Waiting
from robi.people.identity import is_stranger

STRANGER = "stranger:1"


def turn(person_id: str, number: int, words: str = "vivo en Lugo") -> Heard:
    return Heard(person_id, "s", f"r{number}", words, (), None, 0.0)


def numbers(turns: tuple[Heard, ...]) -> list[int]:
    return [int(heard.request_id[1:]) for heard in turns]


def with_turns(person_id: str, amount: int, now: float = 0.0) -> Waiting:
    queue = Waiting()
    for number in range(amount):
        queue.add(turn(person_id, number), now)
    return queue


# ── when ──────────────────────────────────────────────────────────────────────────────────


def test_turn_waits_for_others_and_no_longer() -> None:
    queue = with_turns("ana", 1)
    assert queue.due_at() == QUIET_S
    assert queue.take(QUIET_S - 1) == ()
    assert numbers(queue.take(QUIET_S)) == [0]


def test_turns_of_a_whole_question_wait_no_longer() -> None:
    queue = with_turns("ana", TURNS_A_CALL)
    assert queue.due_at() == -inf
    assert len(queue.take(0.0)) == TURNS_A_CALL


def test_turn_that_came_later_does_not_make_the_first_wait() -> None:
    queue = with_turns("ana", 1)
    queue.add(turn("ana", 1), QUIET_S - 1)
    assert numbers(queue.take(QUIET_S)) == [0, 1]


def test_turn_that_has_waited_enough_is_due_at_once() -> None:
    queue = with_turns("ana", 1, -inf)
    assert numbers(queue.take(0.0)) == [0]


def test_nothing_that_waits_is_never_due() -> None:
    assert Waiting().due_at() == inf
    assert Waiting().take(1e9) == ()


# ── whose ─────────────────────────────────────────────────────────────────────────────────


def test_turns_of_two_people_are_taken_one_after_the_other() -> None:
    queue = with_turns("ana", 2)
    queue.add(turn("luis", 7), 1.0)
    assert numbers(queue.take(100.0)) == [0, 1]
    assert numbers(queue.take(100.0)) == [7]
    assert queue.take(100.0) == ()


def test_turns_of_who_has_waited_longest_are_taken_first() -> None:
    queue = with_turns("ana", 1, 5.0)
    queue.add(turn("luis", 7), 1.0)
    assert numbers(queue.take(100.0)) == [7]


def test_turns_put_back_are_due_at_once_and_before_the_later_ones() -> None:
    queue = with_turns("ana", TURNS_A_CALL)
    taken = queue.take(50.0)
    queue.add(turn("ana", 99), 50.0)
    queue.put_back(taken, 50.0)
    assert queue.take(50.0) == taken


def test_turns_put_back_let_others_pass_who_have_waited_longer() -> None:
    queue = with_turns("ana", 1, -inf)
    queue.add(turn("luis", 7), 0.0)
    queue.put_back(queue.take(20.0), 20.0)
    assert numbers(queue.take(20.0)) == [7]
    assert numbers(queue.take(20.0)) == [0]


# ── strangers ─────────────────────────────────────────────────────────────────────────────


def test_turns_of_a_stranger_are_never_due() -> None:
    queue = with_turns(STRANGER, TURNS_A_CALL)
    assert queue.due_at() == inf
    assert queue.take(STRANGERS_S - 1) == ()
    assert len(queue) == TURNS_A_CALL


def test_turns_of_a_stranger_who_tells_no_name_are_dropped_after_an_hour() -> None:
    queue = with_turns(STRANGER, 1)
    queue.add(turn(STRANGER, 1), 100.0)
    queue.take(STRANGERS_S + 99)
    assert len(queue) == 2
    queue.take(STRANGERS_S + 100)
    assert len(queue) == 0


def test_turns_of_a_stranger_who_tells_a_name_are_that_persons_in_order() -> None:
    queue = with_turns(STRANGER, 3)
    became = queue.became(STRANGER, lambda heard: evolve(heard, person_id="ana"))
    taken = queue.take(QUIET_S)
    assert taken == became
    assert numbers(taken) == [0, 1, 2]
    assert {heard.person_id for heard in taken} == {"ana"}


def test_stranger_who_said_nothing_becomes_nobody() -> None:
    queue = with_turns("ana", 1)
    assert queue.became(STRANGER, lambda heard: evolve(heard, person_id="ana")) == ()
    assert len(queue) == 1


# ── no more than there is room for ────────────────────────────────────────────────────────


def test_turn_too_many_sheds_the_oldest() -> None:
    queue = Waiting()
    for number in range(BACKLOG + 3):
        queue.add(turn(f"user_{number % 7}", number), float(number))
    assert len(queue) == BACKLOG
    assert queue.shed == 3
    assert min(numbers(queue.take(1e9))) == 3


def test_turn_too_many_sheds_that_of_a_stranger_first() -> None:
    queue = with_turns("ana", BACKLOG - 1)
    queue.add(turn(STRANGER, 1), 1e6)
    queue.add(turn("ana", BACKLOG), 1e6)
    assert queue.became(STRANGER, lambda heard: heard) == ()
    assert (len(queue), queue.shed) == (BACKLOG, 1)


# ── what is dropped ───────────────────────────────────────────────────────────────────────


def test_turns_that_are_dropped_are_counted_and_gone() -> None:
    queue = with_turns("ana", 3)
    queue.add(turn("luis", 1), 0.0)
    assert queue.drop(lambda heard: heard.request_id == "r1") == 2
    assert numbers(queue.take(QUIET_S)) == [0, 2]
    assert queue.take(QUIET_S) == ()


@pytest.mark.parametrize(("other", "held"), [("r0", True), ("r1", False)])
def test_turn_is_known_to_wait_by_its_ids(other: str, held: bool) -> None:
    queue = with_turns("ana", 1)
    assert queue.holds(evolve(turn("ana", 0), request_id=other, words="else")) is held


def test_turn_of_another_time_is_not_known_to_wait_by_its_ids() -> None:
    queue = with_turns("ana", 1)
    assert not queue.holds(evolve(turn("ana", 0), at=1e9))


# ── whatever comes ────────────────────────────────────────────────────────────────────────

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "take", "put back", "became", "drop"]),
        st.sampled_from(["ana", "luis", "stranger:1", "stranger:2"]),
        st.floats(0, 30),
    ),
    max_size=60,
)


def walk(steps: list[tuple[str, str, float]], queue: Waiting) -> Iterator[tuple[Heard, ...]]:
    """Do the steps; yield the turns of each question."""
    fresh, now = count(), 0.0
    taken: tuple[Heard, ...] = ()
    for step, person_id, pause in steps:
        now += pause
        match step:
            case "add":
                queue.add(turn(person_id, next(fresh)), now)
            case "take":
                taken = queue.take(now)
                yield taken
            case "put back":
                queue.put_back(taken, now)
                taken = ()
            case "became" if is_stranger(person_id):
                queue.became(person_id, lambda heard: evolve(heard, person_id="noa"))
            case "drop":
                queue.drop(lambda heard: heard.person_id == person_id)  # noqa: B023


@given(STEPS)
def test_question_is_about_one_known_person_and_no_longer_than_it_may_be(
    steps: list[tuple[str, str, float]],
) -> None:
    for turns in walk(steps, Waiting()):
        assert len(turns) <= TURNS_A_CALL
        assert len({heard.person_id for heard in turns}) <= 1
        assert not any(is_stranger(heard.person_id) for heard in turns)


@given(STEPS)
def test_turns_of_a_person_are_asked_about_in_the_order_in_which_they_were_said(
    steps: list[tuple[str, str, float]],
) -> None:
    last: dict[str, int] = {}
    kept = [step for step in steps if step[0] not in ("became", "put back")]
    for turns in walk(kept, Waiting()):
        for heard in turns:
            number = int(heard.request_id[1:])
            assert last.get(heard.person_id, -1) < number
            last[heard.person_id] = number


@given(STEPS)
def test_turns_that_wait_are_never_more_than_there_is_room_for(
    steps: list[tuple[str, str, float]],
) -> None:
    queue = Waiting()
    with patch.object(waiting, "BACKLOG", 5):
        for _ in walk([step for step in steps if step[0] != "put back"], queue):
            assert len(queue) <= 5
        assert len(queue) <= 5


@given(STEPS)
def test_what_is_due_is_taken_and_what_is_not_is_left(
    steps: list[tuple[str, str, float]],
) -> None:
    queue = Waiting()
    for _ in walk(steps, queue):
        pass
    due = queue.due_at()
    if due == inf:
        assert queue.take(1e9) == ()
    else:
        assert queue.take(max(due, 0.0)) != ()
