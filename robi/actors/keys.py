"""The keys: what the store has of them is known here within a second.

Owns the way between the store and the keyring. Keys are made and revoked by `robi keys`, which
writes to the database itself, whether a server runs or not; here it is asked for them twice a
second, in each process by itself. That is one small read, and needs no way from the command to the
server, which may listen anywhere. While the store does not answer, what was known last is good.
"""

from collections.abc import Callable, Mapping

import structlog
import trio
from attrs import define, field

from robi.actors.errors import ActorDied, ActorError, MailboxFull
from robi.actors.keyring import Keyring
from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail
from robi.actors.store_mail import LoadKeys, StoreAddress
from robi.actors.ticker import Tick
from robi.errors import DataError

log = structlog.get_logger()

READ_EVERY_S = 0.5
"""With a tick before and after, and the read itself, a revoked key is out within a second."""

READ_WITHIN_S = 2.0


@define(eq=False)
class KeysActor:
    """One life of it; the keyring outlives it."""

    _store: StoreAddress
    _keyring: Keyring
    _read_at: float = field(default=0.0, init=False)
    _answered: bool = field(default=True, init=False)

    def details(self) -> Mapping[str, Detail]:
        """How many keys the store has; `degraded` while it does not tell."""
        return {"keys": len(self._keyring), "degraded": not self._answered}

    async def run(self, mailbox: Mailbox[Tick], ready: Callable[[], None]) -> None:
        """Read at once and then twice a second, until asked to stop."""
        await self._read()
        ready()
        async for tick in mailbox:
            if tick.now >= self._read_at:
                await self._read()
                self._tell_uses()
        self._tell_uses()

    async def _read(self) -> None:
        self._read_at = trio.current_time() + READ_EVERY_S
        try:
            rows = await self._store.read(LoadKeys(), within=READ_WITHIN_S)
        except (ActorError, DataError) as failure:
            if self._answered:
                log.warning("keys_not_read", reason=type(failure).__name__)
            self._answered = False
        else:
            if not self._answered:
                log.info("keys_read_again")
            self._answered = True
            self._keyring.learn(rows)

    def _tell_uses(self) -> None:
        for use in list(self._keyring.uses()):
            try:
                self._store.write_nowait(use)
            except (MailboxFull, ActorDied):  # the next time will do
                return
            self._keyring.told(use)
