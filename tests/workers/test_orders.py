"""What a process is ordered, and what it makes of it that its parent is gone."""

import trio
import trio.testing

from robi.workers.orders import Orders


async def test_orders_are_obeyed_as_they_come(autojump_clock: trio.testing.MockClock) -> None:
    ours, theirs = trio.socket.socketpair()
    reopened: list[str] = []
    async with trio.open_nursery() as nursery, trio.SocketStream(ours) as parent:
        orders = Orders(trio.SocketStream(theirs), lambda: reopened.append("log"))
        nursery.start_soon(orders.run)
        await parent.send_all(b"reopen\ndra")
        await parent.send_all(b"in\nreopen\n")
        await orders.draining.wait()
        await trio.testing.wait_all_tasks_blocked()
        assert reopened == ["log", "log"]
        assert not orders.finishing.is_set()
        await orders.tell("ready")
        assert await parent.receive_some(99) == b"ready\n"
        nursery.cancel_scope.cancel()
    theirs.close()


async def test_two_words_at_once_are_told_one_after_the_other() -> None:
    """As when two processes are given up in the same instant."""
    ours, theirs = map(trio.SocketStream, trio.socket.socketpair())
    async with ours, theirs, trio.open_nursery() as nursery:
        orders = Orders(ours, lambda: None)
        for word in ("give-up 1 10", "give-up 2 11"):
            nursery.start_soon(orders.tell, word)
        heard = b""
        while heard.count(b"\n") < 2:
            heard += await theirs.receive_some()
        assert sorted(heard.splitlines()) == [b"give-up 1 10", b"give-up 2 11"]


async def test_process_whose_parent_is_gone_ends_at_once() -> None:
    ours, theirs = trio.socket.socketpair()
    with theirs:
        orders = Orders(trio.SocketStream(theirs), lambda: None)
        ours.close()
        await orders.run()
        assert orders.draining.is_set()
        assert orders.finishing.is_set()
        assert await anext(orders.hurries)
        await orders.tell("ready")  # to nobody
