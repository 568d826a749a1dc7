"""The memory link keeps the promises of `robi.actors.link.Link`."""

import pytest
import trio
import trio.testing

from robi.actors.link import Link, LinkClosed
from tests.links import FakeLink


async def test_fake_link_says_what_was_scripted_in_order() -> None:
    link: Link = FakeLink()
    assert isinstance(link, FakeLink)
    link.say("a", b"b", {"type": "c"})
    assert [await link.receive() for _ in range(3)] == ["a", b"b", '{"type": "c"}']


async def test_fake_link_hung_up_raises_after_what_was_said() -> None:
    link = FakeLink()
    link.say("a")
    link.hang_up(1000)
    assert await link.receive() == "a"
    with pytest.raises(LinkClosed) as closed:
        await link.receive()
    assert (closed.value.code, closed.value.by_peer) == (1000, True)


async def test_fake_link_send_blocked_waits_until_let(nursery: trio.Nursery) -> None:
    link = FakeLink()
    link.block_sends()
    nursery.start_soon(link.send, [b'{"n": 1}', b'{"n": 2}'])
    await trio.testing.wait_all_tasks_blocked()
    assert link.sent == []
    link.let_sends()
    assert await link.wait_sent(2) == [{"n": 1}, {"n": 2}]


async def test_fake_link_send_cancelled_in_mid_write_drops_the_link(
    autojump_clock: trio.testing.MockClock,
) -> None:
    link = FakeLink()
    link.block_sends()
    with trio.move_on_after(1):
        await link.send([b"{}"])
    assert (await link.wait_closed()).code == 1006


async def test_fake_link_aborted_wakes_who_receives(nursery: trio.Nursery) -> None:
    link = FakeLink()

    async def robot() -> None:
        with pytest.raises(LinkClosed):
            await link.receive()

    nursery.start_soon(robot)
    await trio.testing.wait_all_tasks_blocked()
    link.abort()


async def test_fake_link_unanswered_ping_counts_seconds(
    autojump_clock: trio.testing.MockClock,
) -> None:
    link = FakeLink()
    link.answers_pings = False
    link.ping()
    await trio.sleep(3)
    assert link.unanswered_s(trio.current_time()) == pytest.approx(3)
