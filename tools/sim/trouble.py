"""What befalls a link: a stream that breaks, freezes or garbles as it was drawn.

Owns the ways in which a phone's connection goes wrong, seen from the phone, so that no proxy is
needed and thousands of robots may have their own. An end comes after so many seconds, then at the
next byte: in mid-answer, if one is under way.
"""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final, Literal, get_args

import trio
from attrs import define, field, frozen

Kind = Literal["cut", "reset", "reset in mid-send", "half-open", "garbage"]
"""`cut` is an end of TCP in order (FIN) without one of the WebSocket, `reset` one without (RST), as
when a phone changes networks. `half-open`: the robot has given its link up, of which the server
hears nothing. `garbage` is no frame at all."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of 0 s: closing sends RST instead of FIN."""

_GARBAGE: Final = b"\xff\xff\xff\xffnot a frame"
"""Reserved bits, an unknown opcode and no mask: a protocol error by RFC 6455, 5.2."""

_HALF_OPEN_S: Final = 45.0
"""How long a half-open link is held: longer than a server should need to notice."""


@frozen
class Trouble:
    """What will befall one link, and after how many seconds."""

    kind: Kind
    after_s: float


def draw_trouble(rng: Random, mean_s: float) -> Trouble:
    """Draw what befalls a link that lives for `mean_s` seconds on average."""
    return Trouble(rng.choice(KINDS), rng.expovariate(1 / mean_s))


@define(eq=False)
class TroubledStream(trio.abc.Stream):
    """A stream to which `trouble` comes; `struck` is told when it has.

    `leave` takes the socket of a half-open link, to hold it for a while.
    """

    _stream: trio.SocketStream
    _trouble: Trouble
    _struck: Callable[[Kind], None]
    _leave: Callable[[trio.SocketStream], None]
    _due: float = field(init=False)
    _over: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        """The time begins to run."""
        self._due = trio.current_time() + self._trouble.after_s

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Send, unless it is time."""
        if self._is_time():
            match self._trouble.kind:
                case "reset in mid-send":
                    await self._stream.send_all(memoryview(data)[: len(data) // 2])
                case "garbage":
                    await self._stream.send_all(_GARBAGE)
            await self._strike()
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """See trio."""
        await self._stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """Receive, unless it is time; what came in that moment is lost."""
        data = await self._stream.receive_some(max_bytes)
        if data and self._is_time() and self._trouble.kind in ("cut", "reset", "half-open"):
            await self._strike()
        return data

    async def aclose(self) -> None:
        """Close it, but a half-open one is left as it is."""
        if not (self._over and self._trouble.kind == "half-open"):
            await self._stream.aclose()

    def _is_time(self) -> bool:
        return not self._over and trio.current_time() >= self._due

    async def _strike(self) -> None:
        self._over = True
        kind = self._trouble.kind
        self._struck(kind)
        if kind == "half-open":
            self._leave(self._stream)
        else:
            if kind.startswith("reset"):
                self._stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            await trio.aclose_forcefully(self._stream)
        msg = f"trouble: {kind}"
        raise trio.BrokenResourceError(msg)


async def leave_half_open(stream: trio.SocketStream) -> None:
    """Hold a socket that nobody reads until the server has surely given it up; then let it go."""
    try:
        await trio.sleep(_HALF_OPEN_S)
    finally:
        with suppress(OSError):
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        await trio.aclose_forcefully(stream)
