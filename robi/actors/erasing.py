"""Erasing: what is forgotten leaves the store, the disk and whatever is in hand.

Owns the order: files that are on their way get their rows first; then the rows go, then the files
that they named (docs/decisions/0009-forgetting.md).
"""

from collections.abc import Callable
from typing import Final

import structlog
from attrs import define, field, frozen

from robi.actors.errors import ActorError
from robi.actors.janitor_mail import JanitorAddress
from robi.actors.mail import Forgot
from robi.actors.memory_mail import Forget, ForgetAbout, Removed
from robi.actors.patience import PatientStore
from robi.actors.store_mail import Load, LoadMemories
from robi.errors import DataError
from robi.people.words import says
from robi.store.base import EraseMemory, EraseTurns, Erasure, Receipt, Store, with_superseded

log = structlog.get_logger()

SETTLE_WITHIN: Final = 5.0
"""Seconds that forgetting waits for files that are on their way."""

REMOVE_WITHIN: Final = 30.0


@frozen
class LoadErasures(Load[tuple[Erasure, ...]]):
    """What is to be erased, to forget what `words` are about of one person.

    A read, as everything that is known of the person is looked at.
    """

    person_id: str
    words: str = field(repr=False)

    def read(self, store: Store) -> tuple[Erasure, ...]:
        """See `Load.read`."""
        about = says(self.words)
        known = store.memories(self.person_id, superseded=True)
        memory_ids = tuple(memory.memory_id for memory in known if about(memory.content))
        turns: dict[str, dict[str, None]] = {}
        for row in store.history_of(self.person_id):
            if about(row.content):
                # A summary is of no turn: with one that is not there the summaries go.
                turns.setdefault(row.session_id, {})[row.request_id or ""] = None
        erasures: list[Erasure] = [EraseMemory(self.person_id, memory_ids)] if memory_ids else []
        erasures += [
            EraseTurns(self.person_id, session_id, tuple(request_ids))
            for session_id, request_ids in turns.items()
        ]
        return tuple(erasures)


@define(eq=False)
class Eraser:
    """What removes.

    `forget_now` forgets what is in hand elsewhere, at once; it returns how many turns waited.
    """

    _store: PatientStore
    _janitor: JanitorAddress
    _forget_now: Callable[[Forgot], int]

    async def forget(self, asked: Forget | ForgetAbout, queued: int = 0) -> Removed:
        """Remove it from the store, from the disk and from what is in hand; say how much.

        `queued` turns of it were dropped before they were learned from.
        """
        await self._settle_files()
        receipt, files = Receipt(), 0
        for erasure in await self._erasures(asked):
            if isinstance(erasure, EraseMemory):
                queued += await self._forget_sources(erasure)
            some, some_files = await self._erase(erasure)
            receipt, files = receipt + some, files + some_files
        return Removed(receipt, queued, files)

    async def _erasures(self, asked: Forget | ForgetAbout) -> tuple[Erasure, ...]:
        """Return what the store is to erase; more than one thing if it was asked by words."""
        if isinstance(asked, Forget):
            return (asked.erasure,)
        return await self._store.read(LoadErasures(asked.person_id, asked.words))

    async def _forget_sources(self, erasure: EraseMemory) -> int:
        """Forget in the sessions, and before it is learned, where those memories came from."""
        known = await self._store.read(LoadMemories(erasure.person_id, superseded=True))
        memories = with_superseded(set(erasure.memory_ids), known)
        turns = frozenset(
            (memory.session_id, memory.request_id)
            for memory in memories
            if memory.session_id is not None and memory.request_id is not None
        )
        about = tuple(memory.content for memory in memories)
        return self._forget_now(Forgot(erasure.person_id, turns, about))

    async def _settle_files(self) -> None:
        """A file that is on its way to the disk gets its row first, so that it is found.

        A disk for media that hangs is no reason to keep what is in the database.
        """
        try:
            await self._janitor.settle(within=SETTLE_WITHIN)
        except ActorError as failure:
            log.warning("files_not_settled", reason=type(failure).__name__)

    async def _erase(self, erasure: Erasure) -> tuple[Receipt, int]:
        """Erase in the store, then the files that it names; return how many files were there."""
        receipt = await self._store.erase(erasure)
        if not receipt.files:
            return receipt, 0
        try:
            files = await self._janitor.remove(receipt.files, within=REMOVE_WITHIN)
        except (ActorError, DataError) as failure:
            # Without rows the janitor takes them for leftovers, and removes them when it can.
            log.warning("files_removed_later", reason=type(failure).__name__)
            files = 0
        return receipt, files
