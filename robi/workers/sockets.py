"""Where the processes of one server find each other: sockets in a folder of their own.

Owns the names in that folder, which only the user of the server can enter, and one port that
several processes listen on. A process that is not there yet, or is being made anew, is tried for as
long as the caller likes.
"""

import contextlib
import errno
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import trio
from attrs import frozen

PAUSE_S: Final = 0.05
"""Seconds between two tries to reach a process."""

BACKLOG: Final = 4096
"""Connections that may wait for a process: as many as the kernel lets wait by default."""

_NOT_YET: Final = {errno.ENOENT, errno.ECONNREFUSED, errno.ENOTCONN}


@contextmanager
def run_folder() -> Iterator[Path]:
    """Make the folder, for its owner only, and remove it afterwards.

    Not beside the data: the name of a socket has at most 107 bytes.
    """
    with tempfile.TemporaryDirectory(prefix="robi-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@frozen
class Sockets:
    """The sockets of a server."""

    folder: Path

    @property
    def embassy(self) -> Path:
        """Where home takes what others put in the mailboxes of its actors."""
        return self.folder / "home"

    def door(self, worker: int) -> Path:
        """Where a process takes connections that others have accepted."""
        return self.folder / f"door-{worker}"


def listen(path: Path) -> trio.SocketListener:
    """Listen there; what a process that died has left is taken away."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    ours = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        ours.bind(os.fspath(path))
        path.chmod(0o600)  # the folder keeps others out as well
        ours.listen(BACKLOG)
    except BaseException:
        ours.close()
        raise
    return trio.SocketListener(trio.socket.from_stdlib_socket(ours))


async def dial(path: Path) -> trio.SocketStream:
    """Connect, as soon as somebody listens there."""
    while True:
        ours = trio.socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            await ours.connect(os.fspath(path))
            # Where too many wait the kernel says EAGAIN, which trio takes for "it has begun".
            ours.getpeername()
        except OSError as error:
            ours.close()
            if error.errno not in _NOT_YET:
                raise
            await trio.sleep(PAUSE_S)
        except BaseException:
            ours.close()
            raise
        else:
            return trio.SocketStream(ours)


async def open_shared_port(host: str, port: int) -> Sequence[trio.SocketListener]:
    """Listen on a port that other processes of this user listen on as well.

    The kernel gives each connection to one of them.
    """
    sockets = [_bind(each) for each in await _addresses(host, port)]
    for each in sockets:
        each.listen(65_535)  # as many as the kernel lets wait, as trio does
    return [trio.SocketListener(each) for each in sockets]


async def reserve(host: str, port: int) -> tuple[int, list[trio.socket.SocketType]]:
    """Keep the port while processes come and go; return it, for 0 stands for any.

    The sockets take no connections.

    Raises:
        OSError: nobody can listen there, or somebody does.
    """
    for alone in await trio.open_tcp_listeners(port, host=host):
        await alone.aclose()
    first, *others = await _addresses(host, port)
    kept = [_bind(first)]
    chosen = kept[0].getsockname()[1]
    for family, kind, protocol, _, address in others:
        kept.append(_bind((family, kind, protocol, "", (address[0], chosen, *address[2:]))))
    return chosen, kept


async def _addresses(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
    return list(
        await trio.socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    )


def _bind(info: tuple[int, int, int, str, tuple[object, ...]]) -> trio.socket.SocketType:
    family, kind, protocol, _, address = info
    plain = socket.socket(family, kind, protocol)
    try:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            plain.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        plain.bind(address)
    except BaseException:
        plain.close()
        raise
    return trio.socket.from_stdlib_socket(plain)
