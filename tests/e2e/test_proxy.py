"""The bad network of the other tests is as bad as it says, and no worse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import islice, repeat

import pytest
import trio
import trio.testing

from tests.e2e.proxy import End, FaultProxy, Faults, Way, random_faults
from tests.e2e.robots import PATIENCE

WORDS = b"all that is said is said again"


async def echo(stream: trio.SocketStream) -> None:
    with suppress(trio.BrokenResourceError):
        async for data in stream:
            await stream.send_all(data)


@asynccontextmanager
async def through(faults: Faults) -> AsyncIterator[tuple[trio.SocketStream, FaultProxy]]:
    """A connection to an echo, by a proxy with these faults."""
    with trio.fail_after(PATIENCE):
        async with trio.open_nursery() as nursery:
            listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
            nursery.start_soon(trio.serve_listeners, echo, listeners)
            target = listeners[0].socket.getsockname()[1]
            proxy = FaultProxy("127.0.0.1", target, repeat(faults))
            async with await trio.open_tcp_stream("127.0.0.1", await proxy.serve(nursery)) as robot:
                yield robot, proxy
            nursery.cancel_scope.cancel()


async def hears(stream: trio.SocketStream, count: int) -> bytes:
    data = b""
    while len(data) < count and (more := await stream.receive_some()):
        data += more
    return data


@pytest.mark.parametrize("faults", [Faults(), Faults(delay=0.01), Faults(rate=10_000)])
async def test_proxy_that_is_only_slow_changes_nothing(faults: Faults) -> None:
    async with through(faults) as (robot, _):
        await robot.send_all(WORDS)
        await robot.send_eof()
        assert await hears(robot, len(WORDS) + 1) == WORDS


async def test_proxy_that_cuts_ends_after_so_many_bytes_with_fin() -> None:
    async with through(Faults(end=End.CUT, after=7)) as (robot, proxy):
        await robot.send_all(WORDS)
        assert await hears(robot, len(WORDS)) == WORDS[:7]
        assert proxy.struck == {"cut": 1}


async def test_proxy_that_resets_ends_with_rst() -> None:
    async with through(Faults(end=End.RESET)) as (robot, proxy):
        await robot.send_all(WORDS)
        with pytest.raises(trio.BrokenResourceError):
            await hears(robot, 1)
        assert proxy.struck == {"reset": 1}


async def test_proxy_that_froze_and_thaws_goes_on_with_what_was_held() -> None:
    async with through(Faults(end=End.FREEZE, after=7)) as (robot, proxy):
        await robot.send_all(WORDS)
        assert await hears(robot, 7) == WORDS[:7]
        await robot.send_all(WORDS)
        await robot.send_eof()
        proxy.passages[0].thaw()
        assert await hears(robot, 2 * len(WORDS)) == (WORDS + WORDS)[7:]


async def test_proxy_that_is_frozen_keeps_the_end_of_one_side_from_the_other() -> None:
    async with through(Faults(end=End.FREEZE, ways=(Way.UP,))) as (robot, proxy):
        await robot.send_all(WORDS)
        assert await hears(robot, len(WORDS)) == WORDS
        (passage,) = proxy.passages
        await robot.send_eof()
        await passage.wait_left_by(Way.UP)
        await trio.testing.wait_all_tasks_blocked()
        assert not passage._lanes[Way.DOWN].over.is_set()


def test_faults_drawn_by_one_seed_are_the_same_each_time_and_of_every_kind() -> None:
    drawn = list(islice(random_faults(1), 100))
    assert drawn == list(islice(random_faults(1), 100))
    assert {faults.end for faults in drawn} == set(End)
