"""The mailbox: order, bounds, fairness, and nothing lost by a cancellation at any moment."""

import gc
from collections.abc import Callable

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, assert_checkpoints, wait_all_tasks_blocked

from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.mailbox import BATCH, Mailbox


async def read_all(mailbox: Mailbox[int], into: list[int]) -> None:
    async for message in mailbox:
        into.append(message)  # noqa: PERF401 (must keep what was read when cancelled)


def full(bound: int = 1) -> Mailbox[int]:
    mailbox: Mailbox[int] = Mailbox("full", bound)
    for number in range(bound):
        mailbox.put_nowait(number)
    return mailbox


async def test_messages_of_one_lane_come_in_the_order_of_putting() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 4)
    for number in range(4):
        await mailbox.put(number)
    mailbox.request_stop()
    assert [number async for number in mailbox] == [0, 1, 2, 3]


async def test_urgent_messages_overtake_and_keep_their_own_order() -> None:
    mailbox: Mailbox[str] = Mailbox("a", 4)
    mailbox.put_nowait("audio 1")
    mailbox.put_urgent("interrupt")
    mailbox.put_nowait("audio 2")
    mailbox.put_urgent("close")
    mailbox.request_stop()
    assert [word async for word in mailbox] == ["interrupt", "close", "audio 1", "audio 2"]


async def test_put_nowait_when_full_is_refused() -> None:
    with pytest.raises(MailboxFull):
        full().put_nowait(1)


async def test_put_urgent_when_normal_lane_is_full_is_taken() -> None:
    mailbox = full()
    mailbox.put_urgent(7)
    assert await anext(mailbox) == 7


async def test_put_urgent_when_its_own_lane_is_full_is_refused() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1, urgent_bound=2)
    mailbox.put_urgent(1)
    mailbox.put_urgent(2)
    with pytest.raises(MailboxFull):
        mailbox.put_urgent(3)


@pytest.mark.parametrize(("bound", "urgent_bound"), [(0, 1), (1, 0), (-1, 1)])
def test_bound_below_one_is_refused(bound: int, urgent_bound: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Mailbox("a", bound, urgent_bound)


async def test_put_when_full_waits_until_the_reader_makes_room() -> None:
    mailbox = full()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(mailbox.put, 1)
        await wait_all_tasks_blocked()
        assert mailbox.statistics().putters_waiting == 1
        assert [await anext(mailbox), await anext(mailbox)] == [0, 1]


async def test_putters_are_served_in_the_order_they_came() -> None:
    mailbox = full()
    async with trio.open_nursery() as nursery:
        for number in (1, 2, 3):
            nursery.start_soon(mailbox.put, number)
            await wait_all_tasks_blocked()
        assert [await anext(mailbox) for _ in range(4)] == [0, 1, 2, 3]


async def test_put_nowait_does_not_overtake_a_waiting_putter() -> None:
    mailbox = full()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(mailbox.put, 1)
        await wait_all_tasks_blocked()
        await anext(mailbox)
        with pytest.raises(MailboxFull):
            mailbox.put_nowait(2)


async def test_cancelled_putter_takes_its_message_with_it() -> None:
    mailbox = full()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(mailbox.put, 1)
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    mailbox.request_stop()
    assert [number async for number in mailbox] == [0]


async def test_cancelled_reader_leaves_the_message_for_the_next_one() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(anext, mailbox)
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
        mailbox.put_nowait(5)
    assert await anext(mailbox) == 5


async def test_iteration_in_a_cancelled_scope_takes_nothing() -> None:
    mailbox = full()
    with trio.CancelScope() as scope:
        scope.cancel()
        await anext(mailbox)
    assert mailbox.statistics().depth == 1


async def test_put_in_a_cancelled_scope_puts_nothing() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1)
    with trio.CancelScope() as scope:
        scope.cancel()
        await mailbox.put(1)
    assert mailbox.statistics().depth == 0


async def test_put_with_room_is_a_checkpoint() -> None:
    with assert_checkpoints():
        await Mailbox[int]("a", 1).put(1)


async def test_reading_what_is_there_yields_to_others_after_a_batch() -> None:
    mailbox = full(BATCH + 1)
    for _ in range(BATCH):
        with pytest.raises(AssertionError), assert_checkpoints():
            await anext(mailbox)
    with assert_checkpoints():
        await anext(mailbox)


async def test_request_stop_ends_a_waiting_iteration() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(read_all, mailbox, [])
        await wait_all_tasks_blocked()
        mailbox.request_stop()


async def test_iteration_after_request_stop_drains_putters_in_line_too() -> None:
    mailbox, read = full(), list[int]()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(mailbox.put, 1)
        await wait_all_tasks_blocked()
        mailbox.request_stop()
        await read_all(mailbox, read)
    assert read == [0, 1]


@pytest.mark.parametrize("before", [True, False])
async def test_wait_stopping_ends_with_request_stop(before: bool) -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1)
    async with trio.open_nursery() as nursery:
        if before:
            mailbox.request_stop()
        nursery.start_soon(mailbox.wait_stopping)
        await wait_all_tasks_blocked()
        mailbox.request_stop()
    assert mailbox.stopping


async def test_second_reader_is_refused() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(read_all, mailbox, [])
        await wait_all_tasks_blocked()
        with pytest.raises(trio.BusyResourceError):
            await anext(mailbox)
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("lane", [Mailbox.put_nowait, Mailbox.put_urgent])
async def test_putting_without_waiting_into_a_closed_mailbox_is_refused(
    lane: Callable[[Mailbox[int], int], None],
) -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1)
    mailbox.close()
    with pytest.raises(ActorDied):
        lane(mailbox, 1)


async def test_put_into_a_closed_mailbox_is_refused() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 1)
    mailbox.close()
    with pytest.raises(ActorDied):
        await mailbox.put(1)


async def test_close_wakes_putters_in_line_with_actor_died() -> None:
    mailbox, refused = full(), list[int]()

    async def put(number: int) -> None:
        with pytest.raises(ActorDied):
            await mailbox.put(number)
        refused.append(number)

    async with trio.open_nursery() as nursery:
        for number in (1, 2):
            nursery.start_soon(put, number)
        await wait_all_tasks_blocked()
        mailbox.close()
    assert sorted(refused) == [1, 2]
    assert mailbox.statistics().putters_waiting == 0


async def test_close_just_after_a_putter_got_its_room_leaves_the_putter_content() -> None:
    mailbox = full()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(mailbox.put, 1)
        await wait_all_tasks_blocked()
        await anext(mailbox)
        mailbox.close()


async def test_statistics_count_both_lanes_apart() -> None:
    mailbox: Mailbox[int] = Mailbox("a", 3)
    mailbox.put_nowait(1)
    mailbox.put_nowait(2)
    mailbox.put_urgent(3)
    statistics = mailbox.statistics()
    assert (statistics.depth, statistics.urgent_depth) == (2, 1)


Step = tuple[str, int]


@settings(max_examples=150, deadline=None)
@given(
    bound=st.integers(1, 3),
    steps=st.lists(
        st.tuples(st.sampled_from(["put", "nowait", "urgent", "cancel", "read", "settle"]),
                  st.integers(0, 5)),
        max_size=40,
    ),
)  # fmt: skip
def test_whatever_is_cancelled_when_each_message_put_is_read_once_in_order(
    bound: int, steps: list[Step]
) -> None:
    """Putters are cancelled at random, also in the same moment in which they get room."""
    put: list[int] = []
    urgent: list[int] = []
    read: list[int] = []

    async def putter(mailbox: Mailbox[int], number: int, scope: trio.CancelScope) -> None:
        with scope:
            await mailbox.put(number)
            put.append(number)
        # trio's promise: it was put if and only if put() returned.

    async def reader(mailbox: Mailbox[int], times: int) -> None:
        with trio.move_on_after(0):
            for _ in range(times):
                read.append(await anext(mailbox))  # noqa: PERF401 (as above)

    async def main() -> None:
        mailbox: Mailbox[int] = Mailbox("a", bound)
        scopes: list[trio.CancelScope] = []
        async with trio.open_nursery() as nursery:
            for number, (step, n) in enumerate(steps):
                match step:
                    case "put":
                        scopes.append(trio.CancelScope())
                        nursery.start_soon(putter, mailbox, number, scopes[-1])
                    case "nowait" if mailbox.statistics().depth < bound:
                        mailbox.put_nowait(number)
                        put.append(number)
                    case "urgent" if mailbox.statistics().urgent_depth < mailbox.urgent_bound:
                        mailbox.put_urgent(number)
                        urgent.append(number)
                    case "cancel" if scopes:
                        scopes[n % len(scopes)].cancel()
                    case "read":
                        await reader(mailbox, n)
                    case "settle":
                        await wait_all_tasks_blocked()
                assert mailbox.statistics().depth <= bound
            await wait_all_tasks_blocked()
            mailbox.request_stop()
            await read_all(mailbox, read)
        assert sorted(read) == sorted(put + urgent)
        assert [number for number in read if number in urgent] == urgent

    trio.run(main, clock=MockClock(autojump_threshold=0))


def test_idle_mailbox_weighs_less_than_a_kibibyte() -> None:
    import tracemalloc  # noqa: PLC0415 (it slows down all that is imported after it)

    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        mailboxes = [Mailbox[int]("a", 64) for _ in range(200)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / len(mailboxes) < 1024
