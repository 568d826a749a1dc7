"""A link in use: receiving, sending, and the one who writes."""

from contextlib import suppress

import pytest
import trio
import trio.testing
from websockets.frames import Opcode

from robi.actors.link import LinkClosed
from tests.web.conftest import CancelledAt, MakePair, frame

TEXT, BINARY, CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT
CLOSE, PING, PONG = Opcode.CLOSE, Opcode.PING, Opcode.PONG

STEPS = 40
"""More steps than any operation here takes."""


async def test_receive_returns_text_as_str_and_binary_as_bytes(make_pair: MakePair) -> None:
    link, peer = make_pair()
    await peer.send(frame(TEXT, "señal".encode()), frame(BINARY, b"\x00"))
    assert [await link.receive(), await link.receive()] == ["señal", b"\x00"]


async def test_send_of_several_messages_is_one_write(make_pair: MakePair) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"a", b"b"])
        assert await peer.stream.receive_some() == b"\x81\x01a\x81\x01b"


async def test_send_of_a_large_message_arrives_whole(make_pair: MakePair) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [bytes(200_000)])
        assert await peer.read(1) == [(TEXT, bytes(200_000))]


async def test_receive_by_two_tasks_at_once_is_refused(make_pair: MakePair) -> None:
    link, _ = make_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.receive)
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(trio.BusyResourceError):
            await link.receive()
        nursery.cancel_scope.cancel()


async def test_receive_with_messages_waiting_lets_others_run(make_pair: MakePair) -> None:
    link, peer = make_pair()
    await peer.send(frame(TEXT, b"a") * 3)
    await link.receive()
    with trio.testing.assert_checkpoints():
        await link.receive()


async def test_flood_of_control_frames_lets_others_run(make_pair: MakePair) -> None:
    link, peer = make_pair()
    turns = 0

    async def neighbour() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(neighbour)
        await peer.send(frame(PONG) * 10_000, frame(TEXT, b"a"))
        await link.receive()
        nursery.cancel_scope.cancel()
    assert turns > 10


async def test_flood_of_fragments_is_one_message(make_pair: MakePair) -> None:
    link, peer = make_pair(max_size=100_000)
    await peer.send(frame(BINARY, b"x", fin=False), frame(CONT, b"x", fin=False) * 50_000)
    await peer.send(frame(CONT, b"x"))
    assert await link.receive() == b"x" * 50_002


# ── who writes ────────────────────────────────────────────────────────────────────────────


async def test_senders_at_once_never_tear_a_frame(make_pair: MakePair) -> None:
    link, peer = make_pair(lockstep=True)
    messages = [bytes([n]) * 50 for n in range(20)]
    got = b""
    async with trio.open_nursery() as nursery:
        for message in messages:
            nursery.start_soon(link.send, [message])
        while len(got) < 20 * 52:
            got += await peer.stream.receive_some(7)
    frames = [got[start : start + 52] for start in range(0, len(got), 52)]
    assert sorted(frames) == [b"\x81\x32" + message for message in messages]


async def test_ping_of_the_peer_is_answered_by_the_reader(make_pair: MakePair) -> None:
    link, peer = make_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.receive)
        await peer.send(frame(PING, b"hi"))
        assert await peer.read(1) == [(PONG, b"hi")]
        nursery.cancel_scope.cancel()


async def test_message_behind_a_ping_is_received_while_another_task_is_stuck_writing(
    make_pair: MakePair,
) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"slow"])
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(peer.send, frame(PING, b"p"), frame(TEXT, b"a"))
        assert await link.receive() == "a"
        nursery.start_soon(link.receive)
        assert await peer.read(2) == [(TEXT, b"slow"), (PONG, b"p")]
        nursery.cancel_scope.cancel()


async def test_pong_waiting_goes_out_ahead_of_the_next_message(make_pair: MakePair) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"1"])
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(link.send, [b"2"])
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(peer.send, frame(PING, b"p"), frame(TEXT, b"a"))
        await link.receive()
        assert await peer.read(3) == [(TEXT, b"1"), (PONG, b"p"), (TEXT, b"2")]


async def test_ping_of_ours_is_written_by_the_parked_reader(make_pair: MakePair) -> None:
    link, peer = make_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.receive)
        await trio.testing.wait_all_tasks_blocked()
        link.ping()
        ((opcode, payload),) = await peer.read(1)
        await peer.send(frame(PONG, payload))
        await trio.testing.wait_all_tasks_blocked()
        assert (opcode, link.unanswered_s(trio.current_time() + 5)) == (PING, 0.0)
        nursery.cancel_scope.cancel()


async def test_ping_of_ours_during_a_write_is_written_after_it(make_pair: MakePair) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.receive)
        nursery.start_soon(link.send, [b"slow"])
        await trio.testing.wait_all_tasks_blocked()
        link.ping()
        assert [opcode for opcode, _ in await peer.read(2)] == [TEXT, PING]
        nursery.cancel_scope.cancel()


async def test_ping_unanswered_is_counted_by_the_clock(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, _ = make_pair()
    link.ping()
    await trio.sleep(11)
    assert link.unanswered_s(trio.current_time()) == pytest.approx(11)


# ── a peer that does not read ─────────────────────────────────────────────────────────────


async def test_send_to_a_peer_that_reads_nothing_ends_the_link_in_time(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, _ = make_pair(lockstep=True)
    with pytest.raises(LinkClosed) as closed:
        await link.send([b"a"])
    assert closed.value.code == 1006
    assert trio.current_time() == pytest.approx(link.send_timeout)


async def test_send_of_much_to_a_slow_peer_has_its_time_for_each_piece(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [bytes(300_000)])
        got = 0
        while got < 300_010:
            await trio.sleep(link.send_timeout - 1)
            got += len(await peer.stream.receive_some(64 * 1024))


async def test_ping_flood_by_a_peer_that_reads_nothing_ends_the_link_in_time(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, peer = make_pair(lockstep=True)

    async def flood() -> None:
        with suppress(trio.BrokenResourceError):
            while True:
                await peer.send(frame(PING, b"p") * 100)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(flood)
        with pytest.raises(LinkClosed):
            await link.receive()
        nursery.cancel_scope.cancel()
    assert trio.current_time() == pytest.approx(link.send_timeout)


async def test_peer_that_reads_nothing_leaves_the_waiting_senders_no_longer_than_the_first(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, _ = make_pair(lockstep=True)

    async def send() -> None:
        with pytest.raises(LinkClosed):
            await link.send([b"a"])

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(send)
    assert trio.current_time() == pytest.approx(link.send_timeout)


# ── cancelling ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", range(STEPS))
async def test_receive_cancelled_at_any_step_loses_nothing(
    make_pair: MakePair, cancelled_at: CancelledAt, step: int
) -> None:
    link, peer = make_pair(lockstep=True)
    wanted = ["a", b"b", "cd"]
    got: list[str | bytes] = []

    async def talk() -> None:
        for part in (
            frame(TEXT, b"a") + frame(BINARY, b"b") + frame(PONG) * 700,
            frame(TEXT, b"c", fin=False),
            frame(PONG) + frame(CONT, b"d"),
        ):
            await peer.send(part)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk)
        with cancelled_at(step) as scope:
            while len(got) < len(wanted):
                got.append(await link.receive())
        while len(got) < len(wanted):
            got.append(await link.receive())
    assert got == wanted
    assert not (step == STEPS - 1 and scope.cancelled_caught)


@pytest.mark.parametrize("step", range(STEPS))
async def test_send_cancelled_at_any_step_sends_all_or_nothing_or_drops_the_link(
    make_pair: MakePair, cancelled_at: CancelledAt, step: int
) -> None:
    link, peer = make_pair(lockstep=True)
    got = bytearray()

    async def read() -> None:
        while data := await peer.stream.receive_some(3):
            got.extend(data)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        with cancelled_at(step) as scope:
            await link.send([b"first!"])
        try:
            await link.send([b"second"])
        except LinkClosed:
            link.abort()
        nursery.cancel_scope.cancel()
    first, second = b"\x81\x06first!", b"\x81\x06second"
    if second in got:
        assert bytes(got) == (second if scope.cancelled_caught else first + second)
    else:
        assert scope.cancelled_caught
        assert first.startswith(bytes(got))
        assert step < STEPS - 1


async def test_send_cancelled_while_it_waits_for_its_turn_leaves_the_link_open(
    make_pair: MakePair,
) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"first"])
        await trio.testing.wait_all_tasks_blocked()
        with trio.CancelScope() as scope:
            scope.cancel()
            await link.send([b"never"])
        nursery.start_soon(link.send, [b"second"])
        assert await peer.read(2) == [(TEXT, b"first"), (TEXT, b"second")]
