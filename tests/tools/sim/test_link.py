"""How a link begins and ends, over loopback."""

import socket
from functools import partial

import pytest
import trio
import trio.testing
from trio_websocket import WebSocketRequest, serve_websocket
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Request

from tests.tools.scripted import Peer, listening
from tools.sim.link import End, LinkOver, Parting, open_link, open_stream
from tools.sim.options import Address


async def parting_of(url: str, patience: float = 10) -> Parting:
    """How a link to `url` ends when nothing is said."""
    address = Address.parse(url)
    with pytest.raises(LinkOver) as over:
        async with open_link(address, partial(open_stream, address, None), patience) as link:
            await link.receive()
    return over.value.parting


async def test_link_to_nobody_is_unreachable() -> None:
    async with listening() as url:
        pass
    assert await parting_of(url) == Parting(End.UNREACHABLE, "Connection refused")


@pytest.mark.parametrize(("status", "end"), [(401, End.REFUSED), (404, End.NOT_WEBSOCKET)])
async def test_link_that_is_answered_by_http_tells_the_status(status: int, end: End) -> None:
    async def reject(request: WebSocketRequest) -> None:
        await request.reject(status)

    async with trio.open_nursery() as nursery:
        serve = partial(serve_websocket, reject, "127.0.0.1", 0, ssl_context=None)
        server = await nursery.start(serve)
        parting = await parting_of(f"ws://127.0.0.1:{server.port}/")
        nursery.cancel_scope.cancel()
    assert parting == Parting(end, f"HTTP {status}")


async def test_link_to_somebody_who_says_nothing_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}/"
        assert (await parting_of(url, 0.05)).end is End.SILENT


@pytest.mark.parametrize(
    ("code", "end"),
    [(4409, End.REPLACED), (1008, End.REFUSED), (1012, End.LOST), (1013, End.LOST)],
)
async def test_link_that_the_server_closes_tells_why(code: int, end: End) -> None:
    async def close(peer: Peer) -> None:
        await peer.socket.aclose(code, "because")

    async with listening(close) as url:
        assert await parting_of(url) == Parting(end, "because", code)


async def test_link_left_by_its_block_is_closed_with_1000() -> None:
    codes: list[int] = []

    async def listen(peer: Peer) -> None:
        codes.append(await peer.hear_end())

    async with listening(listen) as url:
        address = Address.parse(url)
        async with open_link(address, partial(open_stream, address, None), 10):
            pass
    assert codes == [1000]


async def test_link_that_is_pinged_while_it_is_being_closed_is_over() -> None:
    robots_end, servers_end = trio.testing.memory_stream_pair()

    async def dial() -> trio.abc.Stream:
        return robots_end

    async def ping_instead_of_closing() -> None:
        server = WSConnection(ConnectionType.SERVER)
        while True:
            server.receive_data(bytes(await servers_end.receive_some()))
            for event in server.events():
                if isinstance(event, Request):
                    await servers_end.send_all(server.send(AcceptConnection()))
                elif isinstance(event, CloseConnection):
                    await servers_end.send_all(b"\x89\x00")  # a ping, by hand: wsproto refuses
                    return

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ping_instead_of_closing)
        with trio.fail_after(5), pytest.raises(LinkOver) as over:
            async with open_link(Address.parse("ws://robi"), dial, 5):
                pass
    assert over.value.parting.end is End.LOST
