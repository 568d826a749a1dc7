"""A link over a real socket: what the kernel takes at once, in part, or not at all."""

import socket
from collections.abc import AsyncIterator
from typing import TypeAlias

import pytest
import trio
import trio.testing
from websockets.frames import Opcode

from robi.actors.link import LinkClosed
from robi.web.link import PIECE, WebSocketLink
from robi.web.wire import Wire
from tests.web.conftest import Peer

TEXT = Opcode.TEXT
BIG = bytes(PIECE - 100)
"""A message that is written in one piece, and larger than what a small buffer takes."""

Pair: TypeAlias = tuple[WebSocketLink, Peer]


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    streams = [trio.SocketStream(trio.socket.from_stdlib_socket(end)) for end in (ours, theirs)]
    async with streams[0], streams[1]:
        yield WebSocketLink(streams[0], Wire(1024), peer="192.0.2.1"), Peer(streams[1])


async def test_send_nowait_that_the_kernel_takes_is_written_when_it_returns(pair: Pair) -> None:
    link, peer = pair
    assert link.send_nowait([b"first", b"second"])
    assert await peer.read(2) == [(TEXT, b"first"), (TEXT, b"second")]


async def test_send_nowait_taken_in_part_goes_on_before_what_is_sent_next(pair: Pair) -> None:
    link, peer = pair
    assert not link.send_nowait([BIG])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"after"])
        assert await peer.read(2) == [(TEXT, BIG), (TEXT, b"after")]


async def test_send_nowait_while_another_task_writes_comes_after_it(pair: Pair) -> None:
    link, peer = pair
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [BIG])
        await trio.testing.wait_all_tasks_blocked()
        assert not link.send_nowait([b"after"])
        nursery.start_soon(link.send, ())
        assert await peer.read(2) == [(TEXT, BIG), (TEXT, b"after")]


async def test_send_nowait_taken_in_part_holds_pings_back(pair: Pair) -> None:
    link, peer = pair
    link.send_nowait([BIG])
    link.ping()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"after"])
        assert [opcode for opcode, _ in await peer.read(3)] == [TEXT, Opcode.PING, TEXT]


async def test_send_nowait_writes_a_ping_that_waits_first(pair: Pair) -> None:
    link, peer = pair
    link.ping()
    assert link.send_nowait([b"after"])
    assert [opcode for opcode, _ in await peer.read(2)] == [Opcode.PING, TEXT]


async def test_send_nowait_taken_in_part_is_whole_though_the_next_send_is_cancelled(
    pair: Pair,
) -> None:
    link, peer = pair
    link.send_nowait([BIG])
    with trio.CancelScope() as scope:
        scope.cancel()
        await link.send([b"never"])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [b"after"])
        assert await peer.read(2) == [(TEXT, BIG), (TEXT, b"after")]


async def test_close_after_send_nowait_taken_in_part_ends_the_message_first(pair: Pair) -> None:
    link, peer = pair
    link.send_nowait([BIG])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.close, 1000)
        assert [opcode for opcode, _ in await peer.read(2)] == [TEXT, Opcode.CLOSE]
        nursery.cancel_scope.cancel()


async def test_send_nowait_after_the_stream_was_closed_is_told_by_the_next_send(pair: Pair) -> None:
    link, peer = pair
    await trio.aclose_forcefully(peer.stream)
    assert not link.send_nowait([b"to nobody"])
    with pytest.raises(LinkClosed):
        await link.send(())


async def test_send_nowait_on_a_dropped_link_writes_nothing(pair: Pair) -> None:
    link, peer = pair
    link.abort()
    assert not link.send_nowait([b"too late"])
    await link.close(1000)  # lets go of the stream
    assert await peer.read_to_end() == []
