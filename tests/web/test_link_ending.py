"""How a link ends: goodbyes from both sides, broken rules, and peers that are simply gone."""

from contextlib import suppress

import pytest
import trio
import trio.testing
from websockets.frames import Close, Opcode

from robi.actors.link import LinkClosed
from robi.errors import RobiError
from robi.web.link import WebSocketLink
from tests.web.conftest import CancelledAt, MakePair, Peer, frame

TEXT, BINARY, CLOSE, PING = Opcode.TEXT, Opcode.BINARY, Opcode.CLOSE, Opcode.PING

STEPS = 25


def goodbye(code: int, reason: str = "") -> bytes:
    return frame(CLOSE, Close(code, reason).serialize())


def say_error(error: RobiError) -> bytes:
    return f"error {error.code}".encode()


async def how_receive_ends(link: WebSocketLink) -> tuple[int, bool]:
    with pytest.raises(LinkClosed) as closed:
        await link.receive()
    return closed.value.code, closed.value.by_peer


# ── by the peer ───────────────────────────────────────────────────────────────────────────


async def test_goodbye_of_the_peer_is_answered_and_ends_the_stream(make_pair: MakePair) -> None:
    link, peer = make_pair()
    async with trio.open_nursery() as nursery:

        async def part() -> None:
            await peer.send(goodbye(1000, "bye"))
            assert await peer.read_to_end() == [(CLOSE, b"\x03\xe8")]
            await peer.stream.aclose()

        nursery.start_soon(part)
        assert await how_receive_ends(link) == (1000, True)


async def test_messages_before_a_goodbye_are_received_and_can_be_answered(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, peer = make_pair()
    await peer.send(frame(TEXT, b"a"), goodbye(1000))
    assert await link.receive() == "a"
    await link.send([b"b"])
    await how_receive_ends(link)
    assert await peer.read_to_end() == [(TEXT, b"b"), (CLOSE, b"\x03\xe8")]


async def test_peer_that_leaves_without_a_goodbye_is_1006(make_pair: MakePair) -> None:
    link, peer = make_pair()
    await peer.stream.aclose()
    assert await how_receive_ends(link) == (1006, True)


async def test_peer_that_closes_its_half_only_has_left(make_pair: MakePair) -> None:
    link, peer = make_pair()
    await peer.stream.send_eof()
    assert await how_receive_ends(link) == (1006, True)
    assert await peer.read_to_end() == []


async def test_peer_that_leaves_in_the_middle_of_a_frame_is_1006(make_pair: MakePair) -> None:
    link, peer = make_pair()
    await peer.send(frame(TEXT, b"abc")[:-1])
    await peer.stream.send_eof()
    assert await how_receive_ends(link) == (1006, True)


async def test_send_to_a_peer_that_has_left_raises(make_pair: MakePair) -> None:
    link, peer = make_pair()
    await peer.stream.aclose()
    with pytest.raises(LinkClosed):
        await link.send([b"a"])


# ── broken rules ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "code", "error"),
    [
        (frame(BINARY, bytes(1025)), 1009, 8003),
        (frame(TEXT, b"\xff"), 1007, 8004),
        (b"GARBAGE " * 100, 1002, 8004),
    ],
)
async def test_broken_rule_is_told_before_the_close_frame(
    make_pair: MakePair, raw: bytes, code: int, error: int
) -> None:
    link, peer = make_pair()
    link.farewell = say_error
    async with trio.open_nursery() as nursery:

        async def misbehave() -> None:
            await peer.send(raw)
            words, (opcode, data) = await peer.read_to_end()
            assert words == (TEXT, f"error {error}".encode())
            assert (opcode, int.from_bytes(data[:2], "big")) == (CLOSE, code)
            await peer.stream.aclose()

        nursery.start_soon(misbehave)
        assert await how_receive_ends(link) == (code, False)


async def test_broken_rule_without_a_farewell_is_the_close_frame_alone(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, peer = make_pair()
    await peer.send(frame(TEXT, b"\xff"))
    await how_receive_ends(link)
    assert [opcode for opcode, _ in await peer.read_to_end()] == [CLOSE]


async def test_farewell_comes_after_the_frame_that_is_being_written(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, peer = make_pair(lockstep=True)
    link.farewell = say_error
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"slow"])
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(peer.send, frame(TEXT, b"\xff"))
        nursery.start_soon(how_receive_ends, link)
        await trio.testing.wait_all_tasks_blocked()
        opcodes = [opcode for opcode, _ in await peer.read_to_end()]
    assert opcodes == [TEXT, TEXT, CLOSE]


async def test_peer_that_goes_on_sending_after_a_broken_rule_is_heard_out_for_a_moment_only(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, peer = make_pair()

    async def go_on() -> None:
        with pytest.raises(trio.BrokenResourceError):  # noqa: PT012 - it ends while looping
            while True:
                await peer.send(bytes(1000))
                await trio.sleep(0.1)

    async with trio.open_nursery() as nursery:
        await peer.send(frame(BINARY, bytes(1025)))
        nursery.start_soon(go_on)
        assert await how_receive_ends(link) == (1009, False)
    assert trio.current_time() < link.close_timeout + 1


# ── by us ─────────────────────────────────────────────────────────────────────────────────


async def answer(peer: Peer) -> None:
    """Be a polite peer: give the goodbye back and close."""
    while True:
        ((opcode, data),) = await peer.read(1)
        if opcode is CLOSE:
            await peer.send(frame(CLOSE, data))
            assert await peer.read_to_end() == []
            await peer.stream.aclose()
            return


@pytest.mark.parametrize("reading", [True, False])
async def test_close_is_answered_and_ends_the_stream(make_pair: MakePair, reading: bool) -> None:
    link, peer = make_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(answer, peer)
        if reading:
            nursery.start_soon(how_receive_ends, link)
            await trio.testing.wait_all_tasks_blocked()
        await link.close(4409, "elsewhere")
    assert await how_receive_ends(link) == (4409, False)


async def test_close_drops_what_the_peer_said_before_its_answer(make_pair: MakePair) -> None:
    link, peer = make_pair()
    await peer.send(frame(TEXT, b"a") * 2000, frame(PING))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(answer, peer)
        await link.close(1000)
    assert await how_receive_ends(link) == (1000, False)


@pytest.mark.parametrize("lockstep", [True, False])
async def test_close_without_an_answer_is_over_in_time(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock, lockstep: bool
) -> None:
    link, _ = make_pair(lockstep=lockstep)
    await link.close(1000)
    assert trio.current_time() == pytest.approx(link.close_timeout)


async def test_close_behind_a_stuck_write_is_over_in_time(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, _ = make_pair(lockstep=True)

    async def send() -> None:
        with pytest.raises(LinkClosed):
            await link.send([b"a"])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(send)
        await trio.testing.wait_all_tasks_blocked()
        await link.close(1000)
    assert trio.current_time() == pytest.approx(link.close_timeout)


async def test_close_by_two_tasks_says_goodbye_once(make_pair: MakePair) -> None:
    link, peer = make_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.close, 1000)
        nursery.start_soon(link.close, 1000)
        nursery.start_soon(answer, peer)
    await link.close(1000)
    assert await how_receive_ends(link) == (1000, False)


@pytest.mark.parametrize("by_sender", [True, False])
async def test_end_is_heard_of_only_when_the_goodbye_has_been_said(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock, by_sender: bool
) -> None:
    link, peer = make_pair(lockstep=True)

    async def owner() -> None:
        with pytest.raises(LinkClosed):
            await (link.send([b"a"]) if by_sender else link.receive())
        link.abort()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"slow"])
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(link.close, 1012)
        nursery.start_soon(owner)
        await trio.sleep(1)
        frames = await peer.read_to_end()
    assert [data for opcode, data in frames if opcode is CLOSE] == [b"\x03\xf4"]


async def test_close_that_is_cancelled_releases_whoever_waits_for_it(make_pair: MakePair) -> None:
    link, _ = make_pair()
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(link.close, 1000)
            await trio.testing.wait_all_tasks_blocked()
            async with trio.open_nursery() as others:
                with trio.CancelScope(shield=True), trio.fail_after(1):
                    others.start_soon(link.close, 1000)
                    await trio.testing.wait_all_tasks_blocked()
                    scope.cancel()
                    await link.close(1000)


async def test_close_lets_the_frame_that_is_being_written_end(make_pair: MakePair) -> None:
    link, peer = make_pair(lockstep=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"whole"])
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(link.close, 1000)
        assert await peer.read(2) == [(TEXT, b"whole"), (CLOSE, b"\x03\xe8")]
        with suppress(trio.BrokenResourceError):
            await peer.send(goodbye(1000))
        assert await peer.read_to_end() == []


async def test_send_after_close_raises(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, _ = make_pair()
    await link.close(1000)
    with pytest.raises(LinkClosed):
        await link.send([b"a"])


@pytest.mark.parametrize("step", range(STEPS))
async def test_goodbyes_of_both_sides_at_once_end_the_link_without_waiting(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock, step: int
) -> None:
    link, peer = make_pair()

    async def part() -> None:
        await peer.send(goodbye(1000))
        opcodes = [opcode for opcode, _ in await peer.read_to_end()]
        assert opcodes == [CLOSE]
        await peer.stream.aclose()

    async def close() -> None:
        for _ in range(step):
            await trio.lowlevel.checkpoint()
        await link.close(1000)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(how_receive_ends, link)
        nursery.start_soon(part)
        nursery.start_soon(close)
    assert trio.current_time() == 0


@pytest.mark.parametrize("step", range(STEPS))
async def test_close_cancelled_at_any_step_ends_the_stream(
    make_pair: MakePair, cancelled_at: CancelledAt, step: int
) -> None:
    link, peer = make_pair()

    async def part() -> None:
        with suppress(trio.BrokenResourceError):
            if await peer.stream.receive_some():
                await peer.send(goodbye(1000))
        while await peer.stream.receive_some():
            pass
        await peer.stream.aclose()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(part)
        with cancelled_at(step) as scope:
            await link.close(1000)
        assert not (step == STEPS - 1 and scope.cancelled_caught)
        assert await how_receive_ends(link) == (1000, False)


# ── dropping ──────────────────────────────────────────────────────────────────────────────


async def test_abort_wakes_the_reader_which_ends_the_stream(make_pair: MakePair) -> None:
    link, peer = make_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(how_receive_ends, link)
        await trio.testing.wait_all_tasks_blocked()
        link.abort()
        link.abort()
    assert await peer.read_to_end() == []


async def test_abort_releases_a_stuck_writer_and_those_behind_it(make_pair: MakePair) -> None:
    link, _ = make_pair(lockstep=True)

    async def send() -> None:
        with pytest.raises(LinkClosed):
            await link.send([b"a"])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(send)
        nursery.start_soon(send)
        await trio.testing.wait_all_tasks_blocked()
        link.abort()


async def test_abort_cuts_a_goodbye_short(
    make_pair: MakePair, autojump_clock: trio.testing.MockClock
) -> None:
    link, _ = make_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.close, 1000)
        await trio.testing.wait_all_tasks_blocked()
        link.abort()
    assert trio.current_time() == 0
