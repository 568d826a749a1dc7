"""What befalls a link, as both of its ends see it."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
import trio
from attrs import define, field

from tools.sim.trouble import KINDS, Kind, Trouble, TroubledStream, draw_trouble

NEVER = 1e9


@define(eq=False)
class Ends:
    """A troubled robot's end of a connection, and the server's."""

    robot: TroubledStream
    server: trio.SocketStream
    struck: list[Kind] = field(factory=list)
    left: list[trio.SocketStream] = field(factory=list)


@asynccontextmanager
async def connected(kind: Kind, after_s: float = 0.0) -> AsyncIterator[Ends]:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener:
        near = await trio.open_tcp_stream("127.0.0.1", listener.socket.getsockname()[1])
        struck: list[Kind] = []
        left: list[trio.SocketStream] = []
        troubled = TroubledStream(near, Trouble(kind, after_s), struck.append, left.append)
        async with await listener.accept() as server, near:
            with trio.fail_after(5):
                yield Ends(troubled, server, struck, left)


@pytest.mark.parametrize("kind", KINDS)
async def test_stream_whose_time_has_not_come_is_as_any_other(kind: Kind) -> None:
    async with connected(kind, NEVER) as ends:
        await ends.robot.send_all(b"hello")
        assert await ends.server.receive_some() == b"hello"
        await ends.server.send_all(b"and you")
        assert await ends.robot.receive_some() == b"and you"
        await ends.robot.aclose()
        assert await ends.server.receive_some() == b""
    assert ends.struck == []


@pytest.mark.parametrize("kind", ["cut", "reset", "half-open"])
async def test_robot_loses_its_link_in_the_midst_of_what_comes(kind: Kind) -> None:
    async with connected(kind) as ends:
        await ends.server.send_all(b"half an ans")
        with pytest.raises(trio.BrokenResourceError, match=kind):
            await ends.robot.receive_some()
    assert ends.struck == [kind]


async def test_server_hears_of_a_cut_in_order() -> None:
    async with connected("cut") as ends:
        with pytest.raises(trio.BrokenResourceError):
            await ends.robot.send_all(b"")
        assert await ends.server.receive_some() == b""


async def test_server_hears_of_a_reset() -> None:
    async with connected("reset") as ends:
        with pytest.raises(trio.BrokenResourceError):
            await ends.robot.send_all(b"x")
        with pytest.raises(trio.BrokenResourceError):
            await ends.server.receive_some()


async def test_server_hears_half_a_message_and_then_of_a_reset() -> None:
    async with connected("reset in mid-send") as ends:
        with pytest.raises(trio.BrokenResourceError):
            await ends.robot.send_all(b"message!")
        with pytest.raises(trio.BrokenResourceError):
            # A reset may overtake what it follows: then the first attempt fails already.
            assert [await ends.server.receive_some() for _ in range(2)] == [b"mess"]


async def test_server_hears_garbage_where_a_frame_is_due() -> None:
    async with connected("garbage") as ends:
        with pytest.raises(trio.BrokenResourceError):
            await ends.robot.send_all(b"message!")
        assert (await ends.server.receive_some()).startswith(b"\xff")


async def test_server_hears_nothing_of_a_half_open_link() -> None:
    async with connected("half-open") as ends:
        with pytest.raises(trio.BrokenResourceError):
            await ends.robot.send_all(b"x")
        await ends.robot.aclose()
        with trio.move_on_after(0.05) as silence:
            await ends.server.receive_some()
        assert silence.cancelled_caught
        (left,) = ends.left
        await left.aclose()
        assert await ends.server.receive_some() == b""


def test_troubles_are_drawn_of_all_kinds_and_as_often_as_asked() -> None:
    rng = Random(5)
    drawn = [draw_trouble(rng, mean_s=10.0) for _ in range(1000)]
    assert set(Counter(one.kind for one in drawn)) == set(KINDS)
    assert sum(one.after_s for one in drawn) / 1000 == pytest.approx(10, rel=0.1)
