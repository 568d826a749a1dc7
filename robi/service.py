"""What a service manager is told of this process: systemd, by `sd_notify`.

Owns the words and the way they go: datagrams to the socket that NOTIFY_SOCKET names, a path or,
with `@`, a name in the abstract namespace. Without it nobody is told, and nothing is done. A
manager that cannot be told is logged and harms nobody: the server is there for the robots.

    READY=1                 robots are served
    STOPPING=1              the end has begun; with it, how long it may take
    EXTEND_TIMEOUT_USEC=…   there is work to be done yet, such as bringing a database up to date
    WATCHDOG=1              all is well; told by the one clock, and a process that no longer says so
                            within WATCHDOG_USEC is ended and started again
"""

import errno
import socket
from collections.abc import Callable, Mapping
from math import inf
from typing import Final, Self

import structlog
import trio
from attrs import define, field

log = structlog.get_logger()

PATIENCE_S: Final = 60.0
"""Seconds that a start which still works asks for, each time."""

_US: Final = 1_000_000


@define(eq=False)
class Service:
    """The manager of this process at `address`, if it has one.

    `beat_every_s` is infinite where no watchdog waits for a beat.
    """

    _address: str | None = None
    beat_every_s: float = inf
    _next_beat: float = field(default=-inf, init=False)

    @classmethod
    def of(cls, environ: Mapping[str, str], pid: int | None = None) -> Self:
        """Read what the manager has put there for the process `pid`; None: whichever it is."""
        address = environ.get("NOTIFY_SOCKET")
        if address and address.startswith("@"):
            address = f"\0{address[1:]}"
        timeout = environ.get("WATCHDOG_USEC", "")
        meant = pid is None or environ.get("WATCHDOG_PID", str(pid)) == str(pid)
        if not (address and meant and timeout.isdecimal() and int(timeout)):
            return cls(address or None)
        return cls(address, int(timeout) / _US / 2)

    def ready(self, status: str) -> None:
        """Say that robots are served; `status` is for people who ask the manager."""
        self._tell("READY=1", f"STATUS={status}")

    def stopping(self, within_s: float) -> None:
        """Say that the end has begun, and will have come in so many seconds."""
        self._tell("STOPPING=1", "STATUS=Letting conversations end", _extend(within_s))

    def beat(self, now: float, well: Callable[[], bool]) -> None:
        """Say at each half of the watchdog's time that all is well, if it is; ask no more often."""
        if now >= self._next_beat and self.beat_every_s < inf and well():
            self._next_beat = now + self.beat_every_s
            self._tell("WATCHDOG=1")

    async def ask_for_patience(self) -> None:
        """Ask for more time, until cancelled: the start goes on, as the loop does."""
        while self._address is not None:
            self._tell(_extend(PATIENCE_S))
            await trio.sleep(PATIENCE_S / 3)

    def _tell(self, *words: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
                ours.setblocking(False)  # a manager that does not read must not hold up anybody
                ours.sendto("\n".join(words).encode(), self._address)
        except OSError as error:
            reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
            log.warning("service_manager_not_told", told=words[0], reason=reason)


def _extend(seconds: float) -> str:
    return f"EXTEND_TIMEOUT_USEC={round(seconds * _US)}"
