"""The store actor: the one place where anything becomes lasting. It decides nothing.

Owns the opened store and the thread for each of its two connections. The error kernel of the tree
(architecture.md): a write that was accepted is written again and again until the disk takes it, and
an erasure is done again and again until nothing is left.

What can be put to it, and how reads get past writes that wait, is in `store_mail`.

A twin that does not block is called in place, without threads: the virtual clock stays in charge.
"""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import accumulate
from typing import TypeGuard, TypeVar, cast

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.ask import Ask
from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail
from robi.actors.store_mail import (
    Acquaintance,
    Commit,
    Conversation,
    Erase,
    Load,
    LoadAcquaintance,
    LoadConversation,
    LoadConversationOf,
    LoadEmbeddings,
    LoadMemories,
    LoadPeople,
    LoadPerson,
    StoreAddress,
    StoreMessage,
)
from robi.errors import DataError
from robi.store.base import Receipt, Store, Write, WriteRejected

__all__ = [
    "Acquaintance",
    "Commit",
    "Conversation",
    "Load",
    "LoadAcquaintance",
    "LoadConversation",
    "LoadConversationOf",
    "LoadEmbeddings",
    "LoadMemories",
    "LoadPeople",
    "LoadPerson",
    "StoreActor",
    "StoreAddress",
    "StoreMessage",
]

log = structlog.get_logger()

BATCH = 1000
"""Messages a commit: where a bigger one no longer pays (findings.md, *SQLite*), and what a crash
of the actor could take with it."""

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 30.0

T = TypeVar("T")


@frozen
class _Unit:
    """What stands or falls together in a batch: one write, or those of one `Commit`."""

    writes: tuple[Write, ...]
    owed: Ask[None] | None = None


def _unit_of(message: Write | Ask[None]) -> _Unit:
    if isinstance(message, Ask):
        return _Unit(cast("Commit", message.question).writes, message)
    return _Unit((message,))


def _is_erasure(message: StoreMessage) -> TypeGuard[Ask[Receipt]]:
    return isinstance(message, Ask) and isinstance(message.question, Erase)


@define(eq=False)
class StoreActor:
    """One life of the store.

    Args:
        make: gives an unopened store (`robi.store.urls.store_maker`).
        reads: where questions come (`StoreAddress.reads`); it outlives this life.
    """

    _make: Callable[[], Store]
    _reads: Mailbox[Ask[object]]
    _writer: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1), init=False)
    _reader: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1), init=False)
    _degraded: bool = field(default=False, init=False)
    _unreadable: bool = field(default=False, init=False)
    """Whether the last question failed: a file may be damaged where it is read, and take writes."""
    _written: int = field(default=0, init=False)
    _rejected: int = field(default=0, init=False)
    _refused: int = field(default=0, init=False)
    _erased: int = field(default=0, init=False)
    _in_hand: int = field(default=0, init=False)

    def details(self) -> Mapping[str, Detail]:
        """Counts of this life, in writes; `in_hand` are in the batch that is being committed.

        `rejected` can never be written, `refused` named someone forgotten; `erased` are erasures.
        """
        return {
            "degraded": self._degraded or self._unreadable,
            "written": self._written,
            "rejected": self._rejected,
            "refused": self._refused,
            "erased": self._erased,
            "in_hand": self._in_hand,
            "reads_waiting": self._reads.statistics().depth,
        }

    async def run(self, mailbox: Mailbox[StoreMessage], ready: Callable[[], None]) -> None:
        """Open, serve; once asked to stop, write what is left and close.

        Raises:
            ConfigurationError, DatabaseError, DiskFull: it cannot be opened.
        """
        store = self._make()
        try:
            await self._call(store, self._writer, store.open)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._serve_reads, store)
                ready()
                await self._serve_writes(store, mailbox)
                self._reads.request_stop()
            self._reads.close()
            await self._call(store, self._writer, store.close)
        finally:
            self._reads.fail_in_hand()
            # A thread that hangs still has its connection: that one goes when the thread does.
            if not (self._writer.borrowed_tokens or self._reader.borrowed_tokens):
                store.close()

    @staticmethod
    async def _call(store: Store, limiter: trio.CapacityLimiter, call: Callable[[], T]) -> T:
        if store.blocking:
            return await trio.to_thread.run_sync(call, limiter=limiter, abandon_on_cancel=True)
        await trio.lowlevel.checkpoint()
        return call()

    # ── writing ───────────────────────────────────────────────────────────────────────────

    async def _serve_writes(self, store: Store, mailbox: Mailbox[StoreMessage]) -> None:
        async for message in mailbox:
            units: list[_Unit] = []
            taken = message
            while not _is_erasure(taken):
                units.append(_unit_of(cast("Write | Ask[None]", taken)))
                if len(units) == BATCH or not mailbox.statistics().depth:
                    break
                taken = await anext(mailbox)
            await self._commit(store, units)
            if _is_erasure(taken):
                await self._erase(store, taken)

    async def _commit(self, store: Store, units: list[_Unit]) -> None:
        """Write `units`, however long it takes; those that can never be written are dropped."""
        while units:
            writes = [write for unit in units for write in unit.writes]
            self._in_hand = len(writes)
            refused = store.refused
            try:
                await self._insist(store, partial(store.write, writes))
            except WriteRejected as error:
                self._drop(units, writes, error)
            else:
                self._refused += store.refused - refused
                self._written += len(writes)
                for unit in units:
                    if unit.owed is not None:
                        unit.owed.reply(None)
                break
        self._in_hand = 0

    async def _erase(self, store: Store, owed: Ask[Receipt]) -> None:
        """Erase, however long it takes; also when nobody waits for the receipt any more."""
        erasure = cast("Erase", owed.question).erasure
        self._in_hand = 1
        try:
            receipt = await self._insist(store, partial(store.erase, erasure))
        except WriteRejected as error:
            owed.fail(error)
        else:
            self._erased += 1
            owed.reply(receipt)
        self._in_hand = 0

    async def _insist(self, store: Store, call: Callable[[], T]) -> T:
        """Make the call until the disk takes it. Raises WriteRejected, for which no wait helps."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                answer = await self._call(store, self._writer, call)
            except WriteRejected:
                raise
            except DataError as error:
                if not self._degraded:
                    log.error("store_degraded", reason=error.details, in_hand=self._in_hand)
                self._degraded = True
                await trio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
            else:
                if self._degraded:
                    log.info("store_recovered")
                self._degraded = False
                return answer

    def _drop(self, units: list[_Unit], writes: list[Write], error: WriteRejected) -> None:
        ends = accumulate(len(unit.writes) for unit in units)
        place = next(place for place, end in enumerate(ends) if error.position < end)
        unit = units.pop(place)
        self._rejected += len(unit.writes)
        kind = type(writes[error.position]).__name__
        log.error("write_rejected", write=kind, reason=error.reason, dropped=len(unit.writes))
        if unit.owed is not None:
            unit.owed.fail(error)

    # ── reading ───────────────────────────────────────────────────────────────────────────

    async def _serve_reads(self, store: Store) -> None:
        async for owed in self._reads:
            if not owed.abandoned:
                await self._answer(store, owed)

    async def _answer(self, store: Store, owed: Ask[object]) -> None:
        load = cast("Load[object]", owed.question)
        try:
            answer = await self._call(store, self._reader, partial(load.read, store))
        except DataError as error:
            if not self._unreadable:
                log.error("store_unreadable", reason=error.details)
            self._unreadable = True
            owed.fail(error)
        else:
            if self._unreadable:
                log.info("store_readable")
            self._unreadable = False
            owed.reply(answer)
