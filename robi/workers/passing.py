"""Handing a connection over to the process that it belongs to.

Owns the way: the descriptor of the socket, and what was read of it since its request began, go over
a socket to the other process (`SCM_RIGHTS`), which reads it anew as if it had come in there. So
nothing of a half-read message is lost, nobody but the two ends knows, and what is decided about the
request is decided again where it is served. What is said on the way is not logged: there is a key
in it.
"""

import array
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import structlog
import trio
from attrs import frozen

from robi.actors.crash import Crash
from robi.actors.errors import ActorError
from robi.actors.link import Link
from robi.actors.parcels import pack, unpack
from robi.errors import ServerBusy
from robi.protocol.messages import Auth
from robi.web.accept import Arrived
from robi.web.link import WebSocketLink
from robi.workers.ownership import Belonging
from robi.workers.sockets import Sockets, dial, listen

log = structlog.get_logger()

WITHIN_S: Final = 2.0
"""Seconds in which the other process must have taken a connection: it may be being made anew."""

RETRY_AFTER_S: Final = 2

_HEAD: Final = 4
_ONE = array.array("i", [0])
_TAKEN: Final = b"\x01"
_MOST: Final = 1024 * 1024


async def give(
    door: trio.SocketStream, connection: trio.socket.SocketType, arrived: Arrived
) -> None:
    """Send a connection through a door, and wait until it is taken.

    Raises:
        OSError, trio.BrokenResourceError: it is not.
    """
    parcel = pack(arrived)
    rights = array.array("i", [connection.fileno()])
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
    await door.socket.sendmsg([len(parcel).to_bytes(_HEAD, "big")], ancillary)
    await door.send_all(parcel)
    if await door.receive_some(1) != _TAKEN:
        raise trio.BrokenResourceError("it was not taken")


async def take(door: trio.SocketStream) -> tuple[trio.SocketStream, Arrived]:
    """Take the connection that comes through a door.

    Raises:
        ConnectionError: there is none.
    """
    head, ancillary, _, _ = await door.socket.recvmsg(_HEAD, socket.CMSG_LEN(_ONE.itemsize))
    fds = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    plain = [socket.socket(fileno=fd) for fd in fds]
    try:
        length = int.from_bytes(head, "big")
        if len(plain) != 1 or len(head) < _HEAD or length > _MOST:
            raise ConnectionError("no connection")
        parcel = bytearray()
        while len(parcel) < length:
            piece = await door.receive_some(length - len(parcel))
            if not piece:
                raise ConnectionError("half a connection")
            parcel += piece
        arrived: Arrived = unpack(bytes(parcel))
        stream = trio.SocketStream(trio.socket.from_stdlib_socket(plain[0]))
    except BaseException:
        for each in plain:
            each.close()
        raise
    try:
        await door.send_all(_TAKEN)
    except BaseException:
        await trio.aclose_forcefully(stream)
        raise
    return stream, arrived


async def receive(
    sockets: Sockets,
    here: int,
    take_in: Callable[[trio.SocketStream, Arrived], None],
    *,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Take what comes through the door of this process, until cancelled."""

    async def taking(door: trio.SocketStream) -> None:
        try:
            with trio.move_on_after(WITHIN_S):
                async with door:
                    stream, arrived = await take(door)
                    take_in(stream, arrived)
        except (OSError, trio.BrokenResourceError) as error:
            log.warning("connection_not_taken", reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - it ends this connection alone
            crash = Crash.of("door", error, 0)
            log.error("connection_crashed", error=crash.error, places=crash.places)

    async with trio.open_nursery() as nursery, listen(sockets.door(here)) as doors:
        task_status.started()
        while True:
            nursery.start_soon(taking, await doors.accept())


@frozen
class Passing:
    """What of a process hands connections over."""

    sockets: Sockets
    belonging: Belonging

    async def link(self, auth: Auth, link: Link) -> bool:
        """Hand a link over to where its robot belongs; return False if that is here.

        Raises:
            ServerBusy: nobody is there.
        """
        if not isinstance(link, WebSocketLink) or link.arrived:
            return False
        try:
            belongs = await self.belonging.of(auth)
        except ActorError as failure:
            log.warning("belonging_unknown", reason=type(failure).__name__)
            return False
        if belongs == self.belonging.here:
            return False
        await link.hand_over(partial(self._give, belongs, upgraded=True))
        log.info("link_handed_over", to=belongs)
        return True

    async def plain(self, stream: trio.abc.Stream, read: bytes) -> None:
        """Hand a plain request over to home. Raises ServerBusy: nobody is there."""
        await self._give(0, stream, read, upgraded=False)

    async def _give(
        self, worker: int, stream: trio.abc.Stream, read: bytes, *, upgraded: bool
    ) -> None:
        if not isinstance(stream, trio.SocketStream):
            raise TypeError(type(stream).__name__)
        given = False
        with trio.move_on_after(WITHIN_S), suppress(OSError, trio.BrokenResourceError):
            async with await dial(self.sockets.door(worker)) as door:
                await give(door, stream.socket, Arrived(read, upgraded))
                given = True
        if not given:
            log.warning("not_handed_over", to=worker)
            raise ServerBusy("a process is being restarted", retry_after=RETRY_AFTER_S)
