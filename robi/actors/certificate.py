"""The certificate: until when it is valid, seen early enough.

Owns the watch over the one date that locks every robot out at once and announces itself a month
before: read at the start and every hour (a renewal needs no restart), told to the log each day on
which there is something to tell, and to whoever asks: `GET /api/health`, `GET /metrics`, `robi
tree`. It changes nothing; `robi certs make` does.
"""

import time
from collections.abc import Callable, Mapping
from math import inf

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail
from robi.actors.ticker import Tick
from robi.errors import ConfigurationError

log = structlog.get_logger()

READ_EVERY_S = 3_600.0
TELL_EVERY_S = 86_400.0


@frozen
class Standing:
    """How a certificate is: `valid`, `expiring` or `expired`; until when, in Unix seconds."""

    state: str
    not_after: float
    days_left: int


Read = Callable[[float], Standing]
"""Says how the certificate is at a time (Unix seconds); reads a file, and so is called in a thread.

Raises:
    ConfigurationError: it cannot be read.
"""


@define(eq=False)
class CertificateActor:
    """One life of the watch; without `read` there is nothing to be watched."""

    _read: Read | None
    _clock: Callable[[], float] = time.time
    _standing: Standing | None = field(default=None, init=False)
    _unreadable: bool = field(default=False, init=False)
    _read_at: float = field(default=-inf, init=False)
    _told: str = field(default="", init=False)
    _tell_at: float = field(default=-inf, init=False)

    async def run(self, mailbox: Mailbox[Tick], ready: Callable[[], None]) -> None:
        """Look at once and then hourly, until asked to stop."""
        await self._look(trio.current_time())
        ready()
        async for tick in mailbox:
            if tick.now >= self._read_at:
                await self._look(tick.now)

    def details(self) -> Mapping[str, Detail]:
        """How it was at the last look; it is `degraded` once it has expired."""
        if self._read is None:
            return {"state": "none"}
        if self._standing is None:
            return {"state": "unreadable"}
        standing = self._standing
        return {
            "state": "unreadable" if self._unreadable else standing.state,
            "not_after": standing.not_after,
            "days_left": standing.days_left,
            "degraded": standing.state == "expired",
        }

    async def _look(self, now: float) -> None:
        if self._read is None:
            return
        self._read_at = now + READ_EVERY_S
        try:
            self._standing = await trio.to_thread.run_sync(
                self._read, self._clock(), abandon_on_cancel=True
            )
        except ConfigurationError as error:
            self._unreadable = True
            self._tell(now, "unreadable", reason=error.details)
        else:
            self._unreadable = False
            self._tell(now, self._standing.state, days_left=self._standing.days_left)

    def _tell(self, now: float, state: str, **facts: Detail | None) -> None:
        """Tell what is new at once, and what is not well once a day."""
        if state == self._told and (state == "valid" or now < self._tell_at):
            return
        self._told, self._tell_at = state, now + TELL_EVERY_S
        match state:
            case "valid":
                log.info("certificate_valid", **facts)
            case "expiring":
                log.warning("certificate_expiring", **facts)
            case "expired":
                log.error("certificate_expired", **facts)
            case _:
                log.warning("certificate_unreadable", **facts)
