"""Erasing: what is forgotten leaves the store, the disk and whatever is in hand.

Owns the order: files that are on their way get their rows first; then the rows go, then the files
that they named (docs/decisions/0009-forgetting.md).
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.errors import ActorError
from robi.actors.forgotten import Order
from robi.actors.janitor_mail import JanitorAddress
from robi.actors.mail import Forgot
from robi.actors.memory_mail import Forget, ForgetAbout, Removed
from robi.actors.patience import PatientStore
from robi.actors.store_mail import Load
from robi.errors import DataError
from robi.people.words import Gists, gist
from robi.store.base import EraseMemory, EraseTurns, Erasure, Memory, Receipt, Store, origins

log = structlog.get_logger()

SETTLE_WITHIN: Final = 1.5
"""Seconds that forgetting waits for files that are on their way: less than a person waits for it to
be done (`robi.actors.mind`), and than the memory has at the end."""

REMOVE_WITHIN: Final = 30.0


@frozen
class LoadErasures(Load[tuple[Erasure, ...]]):
    """What is to be erased, to forget what `words` are about of one person.

    A read, as everything that is known of the person is looked at. Their summaries go in any case:
    one may tell of it in other words.
    """

    person_id: str
    words: str = field(repr=False)

    def read(self, store: Store) -> tuple[Erasure, ...]:
        """See `Load.read`."""
        if not gist(self.words):
            return ()
        about = Gists([self.words]).are_in
        known = store.memories(self.person_id, superseded=True)
        memory_ids = tuple(memory.memory_id for memory in known if about(memory.content))
        turns: dict[str, dict[str, None]] = {}
        for row in store.history_of(self.person_id):
            if row.compacted or about(row.content):
                # A summary is of no turn: with one that is not there the summaries go.
                request_id = "" if row.compacted else row.request_id or ""
                turns.setdefault(row.session_id, {})[request_id] = None
        told = [
            *((t.session_id, t.request_id, t.summary) for t in store.interactions(self.person_id)),
            *((r.session_id, r.request_id, r.label) for r in store.reminders(self.person_id)),
        ]
        for session_id, request_id, text in told:
            if text and about(text):
                turns.setdefault(session_id, {})[request_id] = None
        erasures: list[Erasure] = [EraseMemory(self.person_id, memory_ids)] if memory_ids else []
        erasures += [
            EraseTurns(self.person_id, session_id, tuple(request_ids))
            for session_id, request_ids in turns.items()
        ]
        return tuple(erasures)


@frozen
class LoadOrigins(Load[tuple[tuple[Memory, ...], frozenset[tuple[str, str]]]]):
    """Which memories an erasure is about, and the turns that they came from."""

    erasure: EraseMemory

    def read(self, store: Store) -> tuple[tuple[Memory, ...], frozenset[tuple[str, str]]]:
        """See `Load.read`."""
        person_id = self.erasure.person_id
        known = store.memories(person_id, superseded=True)
        return origins(self.erasure, known, store.sources(person_id))


AllTold = Callable[[], Awaitable[None]]
"""Waits until every session knows what it was told of, and all it had written before is put to
the store: at once, where they are tasks of this process."""


async def at_once() -> None:
    """Wait for nobody."""
    await trio.lowlevel.checkpoint()


@define(eq=False)
class Eraser:
    """What removes.

    `forget_too` forgets in hand, at once, what an order has turned out to be about; it returns how
    many turns waited to be learned from.
    """

    _store: PatientStore
    _janitor: JanitorAddress
    _forget_too: Callable[[Order, Forgot], int]
    _all_told: AllTold = at_once

    async def forget(self, order: Order, queued: int = 0) -> Removed:
        """Remove it from the store, from the disk and from what is in hand; say how much.

        `queued` turns of it were dropped before they were learned from. Raises WriteRejected.
        """
        await self._all_told()
        await self._settle_files()
        # What was put before it may still wait for the disk, and is not read before it is there.
        await self._store.commit()
        removed = Removed(Receipt(), queued)
        for erasure in await self._erasures(order.question):
            if isinstance(erasure, EraseMemory):
                removed += Removed(Receipt(), await self._forget_sources(order, erasure))
                await self._all_told()
            removed += await self._erase(erasure)
        return removed

    async def _erasures(self, asked: Forget | ForgetAbout) -> tuple[Erasure, ...]:
        """Return what the store is to erase; more than one thing if it was asked by words."""
        if isinstance(asked, Forget):
            return (asked.erasure,)
        return await self._store.read(LoadErasures(asked.person_id, asked.words))

    async def _forget_sources(self, order: Order, erasure: EraseMemory) -> int:
        """Forget in the sessions, and before it is learned, where those memories came from."""
        memories, turns = await self._store.read(LoadOrigins(erasure))
        about = tuple(memory.content for memory in memories)
        return self._forget_too(order, Forgot(erasure.person_id, turns, about))

    async def _settle_files(self) -> None:
        """A file that is on its way to the disk gets its row first, so that it is found.

        A disk for media that hangs is no reason to keep what is in the database.
        """
        try:
            await self._janitor.settle(within=SETTLE_WITHIN)
        except ActorError as failure:
            log.warning("files_not_settled", reason=type(failure).__name__)

    async def _erase(self, erasure: Erasure) -> Removed:
        """Erase in the store, then the files that it names."""
        receipt = await self._store.erase(erasure)
        if not receipt.files:
            return Removed(receipt)
        try:
            files = await self._janitor.remove(receipt.files, within=REMOVE_WITHIN)
        except (ActorError, DataError) as failure:
            # Without rows the janitor takes them for leftovers, and removes them when it can.
            log.warning("files_removed_later", reason=type(failure).__name__)
            return Removed(receipt, media_files_left=len(receipt.files))
        return Removed(receipt, media_files=files)
