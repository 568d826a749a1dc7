"""Patience with the store: what must be read, written or removed, however long it takes.

Owns the pauses between one try and the next. For work that nobody waits for; what a person waits
for has a time limit, and goes on without (`robi.actors.mind`).
"""

from collections.abc import Awaitable, Callable
from functools import partial
from math import inf
from typing import Final, TypeVar

import structlog
import trio
from attrs import define, field

from robi.actors.errors import ActorError
from robi.actors.store_mail import Load, StoreAddress
from robi.errors import DataError
from robi.store.base import Erasure, Receipt, Write, WriteRejected

log = structlog.get_logger()

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 30.0

T = TypeVar("T")


@define(eq=False)
class PatientStore:
    """The store, for somebody who has time."""

    _store: StoreAddress
    kept: int = field(default=0, init=False)
    """Commits."""

    async def read(self, load: Load[T]) -> T:
        """Return what is kept, as of the last commit."""
        return await _insist(partial(self._store.read, load, within=LONGEST_PAUSE_S))

    async def commit(self, *writes: Write) -> None:
        """Have it written: written twice is written once. What can never be is logged."""
        try:
            await _insist(partial(self._store.commit, *writes, within=inf))
        except WriteRejected as error:
            log.error("memory_rejected", reason=error.reason)
        else:
            self.kept += 1

    async def erase(self, erasure: Erasure) -> Receipt:
        """Have it removed."""
        return await _insist(partial(self._store.erase, erasure, within=inf))


async def _insist(call: Callable[[], Awaitable[T]]) -> T:
    """Return what `call` returns, however often it must be called. Raises WriteRejected."""
    pause = FIRST_PAUSE_S
    while True:
        try:
            return await call()
        except WriteRejected:
            raise
        except (ActorError, DataError) as error:
            log.warning("memory_waits", reason=type(error).__name__)
        await trio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
