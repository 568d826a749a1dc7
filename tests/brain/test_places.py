"""Places for calls: whose turn it is, pure first, then with tasks that wait."""

from collections.abc import Awaitable, Callable
from functools import partial
from random import Random

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.brain.places import Line, Places

askers = st.sampled_from(["ana", "luis", "eva", ""])


def line(*tickets: tuple[str, int]) -> Line[int]:
    waiting: Line[int] = Line()
    for asker, ticket in tickets:
        waiting.join(asker, ticket)
    return waiting


def test_line_serves_each_asker_in_turn() -> None:
    waiting = line(("ana", 1), ("ana", 2), ("ana", 3), ("luis", 4), ("eva", 5), ("luis", 6))
    assert [waiting.take() for _ in range(6)] == [1, 4, 5, 2, 6, 3]


def test_line_of_one_asker_is_first_come_first_served() -> None:
    waiting = line(("ana", 1), ("ana", 2))
    assert [waiting.take(), waiting.take()] == [1, 2]


def test_line_asker_who_was_served_and_comes_again_is_the_last() -> None:
    waiting = line(("ana", 1), ("luis", 2))
    waiting.take()
    waiting.join("ana", 3)
    assert [waiting.take(), waiting.take()] == [2, 3]


def test_line_without_whoever_left_goes_on() -> None:
    waiting = line(("ana", 1), ("luis", 2), ("ana", 3))
    waiting.leave("luis", 2)
    waiting.leave("ana", 1)
    assert (len(waiting), waiting.take(), bool(waiting)) == (1, 3, False)


def test_line_without_anybody_raises() -> None:
    with pytest.raises(KeyError):
        line().take()


@given(st.lists(askers | st.none(), max_size=40))
def test_line_nobody_is_passed_twice_by_the_same_asker(steps: list[str | None]) -> None:
    waiting: Line[tuple[str, int]] = Line()
    inside: dict[tuple[str, int], set[str]] = {}
    """The first ticket of each asker that waits, and who was served since it was the first."""
    queues: dict[str, list[tuple[str, int]]] = {}
    for number, asker in enumerate(steps):
        if asker is not None:
            ticket = (asker, number)
            waiting.join(asker, ticket)
            queues.setdefault(asker, []).append(ticket)
            inside.setdefault(queues[asker][0], set())
        elif waiting:
            served = waiting.take()
            assert queues[served[0]].pop(0) == served
            del inside[served]
            for passed in inside.values():
                assert served[0] not in passed, "served twice before another's first"
                passed.add(served[0])
            if queues[served[0]]:
                inside[queues[served[0]][0]] = set()


# ── with tasks ────────────────────────────────────────────────────────────────────────────


Come = Callable[..., Awaitable[None]]


def coming(places: Places, order: list[str]) -> Come:
    async def come(name: str, asker: str, background: bool = False) -> None:
        await places.acquire(asker, background=background)
        order.append(name)
        await trio.sleep(1)
        places.release()

    return come


async def test_places_are_given_in_turn_among_askers(autojump_clock: MockClock) -> None:
    places, order = Places(1), list[str]()
    come = coming(places, order)
    async with trio.open_nursery() as nursery:
        for name, asker in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c")]:
            nursery.start_soon(come, name, asker)
            await wait_all_tasks_blocked()
    assert order == ["a1", "a2", "b1", "c1", "a3"]
    assert (places.free, places.waiting) == (1, 0)


async def test_places_for_talk_go_before_background(autojump_clock: MockClock) -> None:
    places, order = Places(1), list[str]()
    come = coming(places, order)
    async with trio.open_nursery() as nursery:
        for name, background in [("t1", False), ("g1", True), ("g2", True), ("t2", False)]:
            nursery.start_soon(come, name, name, background)
            await wait_all_tasks_blocked()
        assert (places.waiting, places.waiting_background) == (1, 2)
    assert order == ["t1", "t2", "g1", "g2"]


async def test_places_cancelled_in_the_instant_of_the_release_loses_none(
    mock_clock: MockClock,
) -> None:
    places = Places(1)
    await places.acquire("a")
    async with trio.open_nursery() as nursery:

        async def wait_a_moment() -> None:
            with trio.move_on_after(1) as scope:
                await places.acquire("b")
            assert not scope.cancelled_caught, "it had its place before the time was up"
            places.release()

        nursery.start_soon(wait_a_moment)
        await wait_all_tasks_blocked()
        places.release()
        mock_clock.jump(1)
    assert places.free == 1


async def test_places_cancelled_before_leaves_the_line(autojump_clock: MockClock) -> None:
    places = Places(1)
    await places.acquire("a")
    with trio.move_on_after(1) as scope:
        await places.acquire("b", background=True)
    places.release()
    assert (scope.cancelled_caught, places.free, places.waiting_background) == (True, 1, 0)


async def test_places_acquire_is_a_checkpoint_that_can_be_cancelled() -> None:
    places = Places(1)
    with trio.CancelScope() as scope:
        scope.cancel()
        await places.acquire("a")
    assert (scope.cancelled_caught, places.free) == (True, 1)


@pytest.mark.parametrize("seed", range(20))
async def test_places_are_neither_lost_nor_given_twice(
    autojump_clock: MockClock, seed: int
) -> None:
    """Forty that come, wait, go on waiting or leave at times that often coincide."""
    places, chance = Places(3), Random(seed)
    held = most = 0

    async def come(asker: str, at: int, patience: int, *, background: bool) -> None:
        nonlocal held, most
        await trio.sleep(at)
        with trio.move_on_after(patience):
            await places.acquire(asker, background=background)
            try:
                held += 1
                most = max(most, held)
                await trio.sleep(2)
            finally:
                held -= 1
                places.release()

    async with trio.open_nursery() as nursery:
        for _ in range(40):
            asker, at, patience = chance.choice("abcd"), chance.randrange(9), chance.randrange(9)
            come_so = partial(come, background=chance.random() < 0.3)
            nursery.start_soon(come_so, asker, at, patience)
    assert most == 3
    assert (held, places.free, places.waiting, places.waiting_background) == (0, 3, 0, 0)
