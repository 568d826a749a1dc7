"""What the parent orders its processes to do, and what they tell it: words on a socket each.

Owns both ends, and what it means when the other is gone. Signals are the parent's alone, so that
one that reaches all at once (from a terminal, or a service manager) is not heard twice.

    to a process    drain    let the sessions end in peace; before it serves, end at once
                    hurry    and wait for no sentence any more
                    finish   stop, now that no other needs you (home)
                    reopen   the log, after a rotation
    from it         ready    it serves
                    give-up N P  end process P, which is number N: it is out of reach (home)
"""

import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final, Self

import structlog
import trio
from attrs import define, field, frozen

log = structlog.get_logger()

PIECE: Final = 4096


async def words(stream: trio.abc.ReceiveStream) -> AsyncIterator[str]:
    """Yield what is said, a line each, until the other side is gone."""
    text = b""
    while True:
        try:
            data = await stream.receive_some(PIECE)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            data = b""
        if not data:
            return
        *lines, text = (text + data).split(b"\n")
        for line in lines:
            yield line.decode()


@frozen
class _Hurries:
    _ordered: trio.Event

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        await self._ordered.wait()
        return signal.SIGTERM


@define(eq=False)
class Orders:
    """What a process was ordered.

    Args:
        stream: to the parent.
        reopen: opens the log again.
    """

    _stream: trio.SocketStream
    _reopen: Callable[[], None]
    draining: trio.Event = field(factory=trio.Event, init=False)
    finishing: trio.Event = field(factory=trio.Event, init=False)
    starting: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    """Where the process starts: cancelled when it is to end, as it may wait for home for ever."""
    _hurry: trio.Event = field(factory=trio.Event, init=False)
    _turn: trio.Lock = field(factory=trio.Lock, init=False)

    async def run(self) -> None:
        """Listen. When the parent is gone there is nobody to wait for: all is to end, at once."""
        async for word in words(self._stream):
            log.debug("ordered", order=word)
            match word:
                case "drain":
                    self.draining.set()
                    self.starting.cancel()
                case "hurry":
                    self._hurry.set()
                case "finish":
                    self.finishing.set()
                case "reopen":
                    self._reopen()
        log.warning("parent_gone")
        for order in (self.draining, self._hurry, self.finishing):
            order.set()
        self.starting.cancel()

    async def tell(self, word: str) -> None:
        """Tell the parent, if it is there, after what is being told."""
        async with self._turn:
            try:
                await self._stream.send_all(f"{word}\n".encode())
            except trio.BrokenResourceError:
                log.warning("parent_not_told")

    @property
    def hurries(self) -> AsyncIterator[int]:
        """Something as soon as there is an order to hurry: as the signals of `robi.tree.drain`."""
        return _Hurries(self._hurry)


@frozen
class Post:
    """Where a process stands.

    Args:
        number: which of them it is.
        folder: of the sockets of its server.
        parent: who orders it about.
        reopen: opens the log again.
    """

    number: int
    folder: Path
    parent: trio.SocketStream
    reopen: Callable[[], None]


def inherited(descriptor: int) -> trio.SocketStream:
    """Return the end of a process, of which its parent has given it the descriptor."""
    plain = socket.socket(fileno=descriptor)
    plain.set_inheritable(False)
    return trio.SocketStream(trio.socket.from_stdlib_socket(plain))
