"""Where the processes find each other: who dials is let in, or waits."""

from pathlib import Path

import pytest
import trio
import trio.testing

from robi.workers import sockets
from robi.workers.sockets import dial, listen


async def test_dialler_waits_until_somebody_listens(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    path = tmp_path / "door"
    with trio.move_on_after(3) as scope:
        await dial(path)
    assert scope.cancelled_caught
    async with listen(path):
        await (await dial(path)).aclose()


async def test_dialler_waits_while_too_many_wait_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    """The kernel says EAGAIN then, and trio that it has connected."""
    monkeypatch.setattr(sockets, "BACKLOG", 1)
    path = tmp_path / "door"
    waiting: list[trio.SocketStream] = []
    async with listen(path) as door:
        with trio.move_on_after(3) as scope:
            while len(waiting) < 9:
                waiting.append(await dial(path))
        assert scope.cancelled_caught
        for one in waiting:
            await one.send_all(b"it is connected")
        await (await door.accept()).aclose()
        await (await dial(path)).aclose()
    for one in waiting:
        await one.aclose()
