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


async def test_send_that_the_kernel_takes_at_once_is_no_schedule_point(pair: Pair) -> None:
    link, peer = pair
    with trio.testing.assert_no_checkpoints():
        await link.send([b"first", b"second"])
    assert await peer.read(2) == [(TEXT, b"first"), (TEXT, b"second")]


async def test_send_that_the_kernel_takes_in_part_arrives_whole_and_in_order(pair: Pair) -> None:
    link, peer = pair
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [BIG])
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(link.send, [b"after"])
        assert await peer.read(2) == [(TEXT, BIG), (TEXT, b"after")]


async def test_send_that_the_kernel_takes_in_part_holds_pongs_back(pair: Pair) -> None:
    link, peer = pair
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.send, [BIG])
        await trio.testing.wait_all_tasks_blocked()
        link.ping()
        assert [opcode for opcode, _ in await peer.read(1)] == [TEXT]
        await link.send([b"after"])
        assert [opcode for opcode, _ in await peer.read(2)] == [Opcode.PING, TEXT]


async def test_send_taken_in_part_and_cancelled_drops_the_link(pair: Pair) -> None:
    link, _ = pair
    with trio.CancelScope() as scope:
        scope.cancel()
        await link.send([BIG])
    assert scope.cancelled_caught
    with pytest.raises(LinkClosed):
        await link.send([b"never into the middle of a frame"])


async def test_send_after_the_stream_was_closed_ends_the_link(pair: Pair) -> None:
    link, peer = pair
    await trio.aclose_forcefully(peer.stream)
    with pytest.raises(LinkClosed):
        await link.send([b"to nobody"])


async def test_send_on_a_dropped_link_writes_nothing(pair: Pair) -> None:
    link, peer = pair
    link.abort()
    with pytest.raises(LinkClosed):
        await link.send([b"too late"])
    await link.close(1000)  # lets go of the stream
    assert await peer.read_to_end() == []
