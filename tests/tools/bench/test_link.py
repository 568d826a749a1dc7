"""The robot's WebSocket, over memory streams, with the library of the server at the far end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
import trio
import trio.testing
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from tools.bench.link import Link, LinkBroken, frame, frames


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535])
def test_frame_of_a_client_is_read_by_the_servers_library(size: int) -> None:
    server = Protocol(SERVER)
    server.receive_data(frame(Opcode.TEXT, b"x" * size))
    [received] = server.events_received()
    assert isinstance(received, Frame)
    assert (received.opcode, received.data) == (Opcode.TEXT, b"x" * size)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536])
def test_frame_of_a_server_is_taken_whole_wherever_it_was_cut(size: int) -> None:
    sent = Frame(Opcode.TEXT, b"x" * size).serialize(mask=False)
    for cut in (1, 3, len(sent) - 1):
        buffer = bytearray(sent[:cut])
        before = list(frames(buffer))
        buffer += sent[cut:] + sent[:1]
        assert [*before, *frames(buffer)] == [(Opcode.TEXT, b"x" * size)]
        assert buffer == sent[:1]


@asynccontextmanager
async def linked() -> AsyncIterator[tuple[Link, trio.abc.Stream]]:
    """Give a link and the far end of its stream."""
    near, far = trio.testing.memory_stream_pair()
    yield Link(cast("trio.SocketStream", near)), far


async def test_texts_are_given_with_the_time_of_their_bytes() -> None:
    taken: list[tuple[int, bytes]] = []
    async with linked() as (link, far), trio.open_nursery() as nursery:
        nursery.start_soon(link.listen, lambda at, text: taken.append((at, text)))
        both = [Frame(Opcode.TEXT, text).serialize(mask=False) for text in (b"one", b"two")]
        await far.send_all(b"".join(both))
        await trio.testing.wait_all_tasks_blocked()
        await link.drop()
    assert [text for _, text in taken] == [b"one", b"two"]
    assert taken[0][0] == taken[1][0] > 0


async def test_ping_is_answered() -> None:
    async with linked() as (link, far), trio.open_nursery() as nursery:
        nursery.start_soon(link.listen, lambda _at, _text: None)
        await far.send_all(Frame(Opcode.PING, b"well?").serialize(mask=False))
        server = Protocol(SERVER)
        server.receive_data(bytes(await far.receive_some()))
        [pong] = server.events_received()
        assert isinstance(pong, Frame)
        assert (pong.opcode, pong.data) == (Opcode.PONG, b"well?")
        await link.drop()


async def test_server_that_closes_ends_the_measurement() -> None:
    async with linked() as (link, far):
        await far.send_all(Frame(Opcode.CLOSE, b"\x03\xf3").serialize(mask=False))
        with pytest.raises(LinkBroken, match="kind 8"):
            await link.listen(lambda _at, _text: None)


async def test_server_that_goes_ends_the_measurement() -> None:
    async with linked() as (link, far):
        await far.aclose()
        with pytest.raises(LinkBroken):
            await link.listen(lambda _at, _text: None)


async def test_robot_that_leaves_says_so_and_hears_the_server_out() -> None:
    async with linked() as (link, far), trio.open_nursery() as nursery:
        nursery.start_soon(link.listen, lambda _at, _text: None)
        await link.leave()
        server = Protocol(SERVER)
        server.receive_data(bytes(await far.receive_some()))
        assert server.close_rcvd is not None
        assert server.close_rcvd.code == 1000
        for data in server.data_to_send():
            await far.send_all(data)
        await far.aclose()
