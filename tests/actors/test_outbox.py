"""The one way out of a session: numbers, replay, joining, bounds."""

import json

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from robi.actors.attachment import BATCH, Attachment, Detached
from robi.actors.outbox import (
    JOIN_ABOVE,
    READ_ON_BELOW,
    RING_BYTES,
    RING_MESSAGES,
    Outbox,
)
from robi.protocol.dialects import Dialect
from robi.protocol.messages import LowBatteryAlert, ServerMessage, StreamEnd, TextChunk


def make(last_seq: int = 0) -> Outbox:
    return Outbox(lambda _number, _message: None, last_seq)


def say(outbox: Outbox, text: str, turn: int = 1) -> None:
    outbox.put(TextChunk("r", text), Dialect.USER, turn)


def alert(level: int) -> LowBatteryAlert:
    return LowBatteryAlert("b", level, "robot")


def seqs(frames: list[bytes]) -> list[int]:
    return [json.loads(frame)["seq"] for frame in frames]


def texts(frames: list[bytes]) -> str:
    return "".join(json.loads(frame).get("text", "") for frame in frames)


def test_take_numbers_messages_from_one() -> None:
    outbox = make()
    say(outbox, "a")
    say(outbox, "b")
    assert seqs(outbox.take()) == [1, 2]


def test_take_after_restart_goes_on_after_last_seq() -> None:
    outbox = make(last_seq=41)
    say(outbox, "a")
    assert seqs(outbox.take()) == [42]


def test_withdraw_leaves_no_hole_in_the_numbers() -> None:
    outbox = make()
    say(outbox, "a", turn=1)
    outbox.take()
    say(outbox, "b", turn=1)
    outbox.put(alert(5), Dialect.USER)
    withdrawn = outbox.withdraw(1)
    assert [m.text for m in withdrawn if isinstance(m, TextChunk)] == ["b"]
    assert seqs(outbox.take()) == [2]


def test_put_above_bound_joins_texts_of_the_same_turn() -> None:
    outbox = make()
    for index in range(JOIN_ABOVE + 50):
        say(outbox, f"{index} ")
    frames: list[bytes] = []
    while outbox.pending:
        frames += outbox.take()
    assert len(frames) == JOIN_ABOVE
    assert texts(frames) == "".join(f"{index} " for index in range(JOIN_ABOVE + 50))


def test_put_above_bound_joins_no_texts_of_two_turns() -> None:
    outbox = make()
    for _ in range(JOIN_ABOVE):
        say(outbox, "a", turn=1)
    say(outbox, "b", turn=2)
    assert outbox.statistics().waiting == JOIN_ABOVE + 1


def test_replay_after_gives_each_missed_message_once_then_what_waits() -> None:
    outbox = make()
    for index in range(5):
        say(outbox, str(index))
    outbox.take()
    say(outbox, "5")
    outbox.attach()
    outbox.replay_after(2)
    assert seqs(outbox.take()) == [3, 4, 5, 6]


def test_holds_after_is_true_for_numbers_still_kept_only() -> None:
    outbox = make()
    for _ in range(RING_MESSAGES + 10):
        outbox.put(alert(1), Dialect.USER)
        outbox.take()
    last = RING_MESSAGES + 10
    assert [outbox.holds_after(n) for n in (9, 10, last, last + 1)] == [False, True, True, False]


def test_ring_keeps_no_more_than_its_bytes() -> None:
    outbox = make()
    for _ in range(10):
        say(outbox, "x" * (RING_BYTES // 4))
        outbox.take()
    assert outbox.statistics().kept_bytes <= RING_BYTES


async def test_frames_of_a_replaced_link_raise_detached() -> None:
    outbox = make()
    old = outbox.attach()
    outbox.attach()
    old.end(4409)
    say(outbox, "for the new one")
    with pytest.raises(Detached) as caught:
        await old.frames()
    assert caught.value.code == 4409


async def test_frames_of_an_ended_link_come_before_detached() -> None:
    outbox = make()
    attachment = outbox.attach()
    say(outbox, "last words")
    attachment.end(1012)
    assert texts(await attachment.frames()) == "last words"
    with pytest.raises(Detached):
        await attachment.frames()


async def test_dropped_link_leaves_what_waits_for_the_next() -> None:
    outbox = make()
    gone = outbox.attach()
    gone.drop()
    say(outbox, "later")
    assert texts(await outbox.attach().frames()) == "later"


async def test_wait_room_waits_while_a_flood_is_unfetched(
    autojump_clock: trio.testing.MockClock,
) -> None:
    outbox = make()
    attachment = outbox.attach()
    for _ in range(READ_ON_BELOW):
        outbox.put(alert(1), Dialect.USER)
    with trio.move_on_after(60) as scope:
        await attachment.wait_room()
    assert scope.cancelled_caught
    outbox.take()
    with trio.fail_after(1):
        await attachment.wait_room()


async def test_frames_wait_until_something_is_put(autojump_clock: trio.testing.MockClock) -> None:
    outbox = make()
    attachment = outbox.attach()
    async with trio.open_nursery() as nursery:

        @nursery.start_soon
        async def speak() -> None:
            await trio.sleep(3)
            say(outbox, "now")

        assert texts(await attachment.frames()) == "now"
    assert trio.current_time() == 3


@pytest.mark.parametrize("most", [1, 3, BATCH])
async def test_frames_are_at_most_so_many_of_what_is_said_again_and_of_what_waits(
    most: int,
) -> None:
    outbox = make()
    say(outbox, "0")
    say(outbox, "1")
    outbox.take()
    for index in range(2, BATCH + 4):
        say(outbox, str(index))
    attachment = outbox.attach()
    outbox.replay_after(0)
    assert seqs(await attachment.frames(most)) == list(range(1, most + 1))
    assert seqs(await attachment.frames(1)) == [most + 1]


async def test_frames_without_a_number_are_a_batch() -> None:
    outbox = make()
    attachment = outbox.attach()
    for index in range(BATCH + 1):
        say(outbox, str(index))
    assert [len(await attachment.frames()), len(await attachment.frames())] == [BATCH, 1]


async def test_message_beyond_those_of_one_write_can_still_be_taken_back() -> None:
    outbox = make()
    attachment = outbox.attach()
    for text in ("uno", "dos"):
        say(outbox, text)
    await attachment.frames(1)
    assert outbox.withdraw(1) == [TextChunk("r", "dos")]


# ── last words ────────────────────────────────────────────────────────────────────────────


async def last_words_while_it_waits(attachment: Attachment) -> dict[str, object]:
    """Return the last words, said while the link's writer waits for something to write."""
    words: dict[str, object] = {}
    async with trio.open_nursery() as nursery:
        nursery.start_soon(attachment.frames)
        await trio.testing.wait_all_tasks_blocked()
        words |= json.loads(attachment.last_words(alert(1)))
        nursery.cancel_scope.cancel()
    return words


async def test_last_words_to_a_link_that_is_up_to_date_have_the_next_number() -> None:
    outbox = make(last_seq=7)
    words = await last_words_while_it_waits(outbox.attach())
    assert (words["seq"], outbox.last_seq) == (8, 8)
    assert outbox.holds_after(7)  # and can be said again


async def test_last_words_past_a_write_that_is_under_way_have_no_number() -> None:
    outbox = make()
    attachment = outbox.attach()
    say(outbox, "a")
    await attachment.frames()  # in the hands of the writer, who has not come back
    assert "seq" not in json.loads(attachment.last_words(alert(1)))
    assert outbox.last_seq == 1


async def test_last_words_past_what_waits_have_no_number_and_leave_it_there() -> None:
    outbox = make()
    attachment = outbox.attach()
    say(outbox, "a")
    assert "seq" not in json.loads(attachment.last_words(alert(1)))
    assert seqs(outbox.take()) == [1]


async def test_last_words_to_a_replaced_link_have_no_number() -> None:
    outbox = make()
    old = outbox.attach()
    outbox.attach()
    assert "seq" not in await last_words_while_it_waits(old)
    assert outbox.last_seq == 0


# ── the outbox as a whole ─────────────────────────────────────────────────────────────────


def test_on_taken_hears_of_each_message_of_a_turn() -> None:
    heard: list[tuple[int, ServerMessage]] = []
    outbox = Outbox(lambda number, message: heard.append((number, message)))
    say(outbox, "a", turn=7)
    outbox.put(alert(1), Dialect.USER)
    outbox.put(StreamEnd("r", 1), Dialect.USER, 7)
    outbox.take()
    assert [number for number, _ in heard] == [7, 7]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("say"), st.integers(1, 3)),
            st.tuples(st.just("take"), st.integers(1, 20)),
            st.tuples(st.just("drop"), st.integers(0, 3)),
        )
    )
)
def test_every_message_arrives_once_and_in_order_over_any_links(
    steps: list[tuple[str, int]],
) -> None:
    """A robot that comes back with the last number it saw never misses or doubles a message."""
    outbox = make()
    outbox.attach()
    said = 0
    seen: list[int] = []
    got = ""
    in_flight: list[bytes] = []
    for step, number in steps:
        if step == "say":
            for _ in range(number):
                say(outbox, f"{said},")
                said += 1
        elif step == "take":
            in_flight += outbox.take(number)
        else:  # the link breaks; of what was in flight, all but `number` messages arrived
            arrived = in_flight[: max(0, len(in_flight) - number)]
            seen += seqs(arrived)
            got += texts(arrived)
            in_flight.clear()
            last = seen[-1] if seen else 0
            assert outbox.holds_after(last)
            outbox.attach()
            outbox.replay_after(last)
    while outbox.pending:
        in_flight += outbox.take()
    seen += seqs(in_flight)
    got += texts(in_flight)
    assert seen == list(range(1, said + 1))
    assert got == "".join(f"{index}," for index in range(said))
