"""The store actor: the one place where anything becomes lasting. It decides nothing.

Owns the opened store and the thread for each of its two connections. The error kernel of the tree
(architecture.md): a write that was accepted is written again and again until the disk takes it, and
an erasure is done again and again until nothing is left.

What can be put to it, and how reads get past writes that wait, is in `store_mail`.

A twin that does not block is called in place, without threads: the virtual clock stays in charge.

It is one file, two loops over two mailboxes: what comes to be written, and what comes to be read.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from math import inf
from time import perf_counter
from typing import TypeGuard, TypeVar, cast

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.ask import Ask
from robi.actors.mailbox import Mailbox
from robi.actors.meters import Committed
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

PACE_S = 0.05
"""Seconds for which writes that nobody waits for are gathered, from the first of them on. A commit
costs as much as the rows of many turns; and what a person just said is written while the model
thinks, not while its question is on the way."""

READ_TOGETHER = 16
"""Quick reads that are answered in one hop to the thread, if so many wait."""

HERE_S = 0.002
"""Seconds that a quick read may take in place: then the next ones go to the thread for a while."""

ELSEWHERE_S = 60.0
"""Seconds for which they do, after one that took longer, or that could not be had at once."""

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
        committed: told of each batch that is on the disk.
        pace: seconds for which writes are gathered that nobody waits for.
        here: whether quick reads are made in place (docs/decisions/0019-reads-in-place.md).
    """

    _make: Callable[[], Store]
    _reads: Mailbox[Ask[object]]
    _committed: Callable[[Committed], None] = lambda _committed: None
    _pace: float = 0.0
    _here: bool = False
    _here_from: float = field(default=-inf, init=False)
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
        since, waited = 0.0, False
        async for message in mailbox:
            began = trio.current_time()
            if not waited:
                since = began
            units, erasure = await self._gather(mailbox, message)
            await self._commit(store, units, since)
            if erasure is not None:
                await self._erase(store, erasure)
            # Who waits now came while this was written.
            since, waited = began, mailbox.statistics().depth > 0

    async def _gather(
        self, mailbox: Mailbox[StoreMessage], first: StoreMessage
    ) -> tuple[list[_Unit], Ask[Receipt] | None]:
        """Return a batch that begins with `first`, and the erasure that ends it, if one does.

        It is all that is there, and what comes within the pace or until somebody waits for it.
        """
        units: list[_Unit] = []
        taken: StoreMessage | None = first
        until = trio.current_time() + self._pace
        due = self._pace <= 0
        while taken is not None and not _is_erasure(taken):
            units.append(_unit_of(cast("Write | Ask[None]", taken)))
            due = due or isinstance(taken, Ask)
            if len(units) == BATCH:
                return units, None
            if mailbox.statistics().depth:
                taken = await anext(mailbox)
            elif due:
                return units, None
            else:
                taken = None
                with trio.move_on_at(until):
                    taken = await anext(mailbox, None)
        return units, taken

    async def _commit(self, store: Store, units: list[_Unit], since: float) -> None:
        """Write `units`, however long it takes; those that can never be written are dropped.

        `since` is the earliest moment from which one of them may have waited.
        """
        while units:
            writes = [write for unit in units for write in unit.writes]
            self._in_hand = len(writes)
            refused, began = store.refused, trio.current_time()
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
                self._committed(Committed(writes, since, began, trio.current_time()))
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
            if self._here and _is_quick(owed) and self._answered_here(store, owed):
                await trio.lowlevel.checkpoint()
                continue
            together, taken = [owed], owed
            while _is_quick(taken) and len(together) < READ_TOGETHER:
                if not self._reads.statistics().depth:
                    break
                taken = await anext(self._reads)
                together.append(taken)
            # What takes long is read by itself: what is answered already does not wait for it.
            alone = None if _is_quick(taken) else together.pop()
            await self._answer(store, together)
            if alone is not None:
                await self._answer(store, [alone])

    def _answered_here(self, store: Store, owed: Ask[object]) -> bool:
        """Answer without the thread, if that takes no time; return whether it did."""
        now = trio.current_time()
        if not store.blocking or now < self._here_from:
            return False
        if owed.abandoned:
            return True
        began = perf_counter()
        try:
            answer = store.at_once(cast("Load[object]", owed.question).read)
        except DataError as error:  # the thread has more patience, and says what it comes to
            self._here_from = now + ELSEWHERE_S
            log.info("reads_in_thread", reason=error.details)
            return False
        took_s = perf_counter() - began
        if took_s > HERE_S:
            self._here_from = now + ELSEWHERE_S
            log.info("reads_in_thread", took_ms=round(took_s * 1000))
        self._note_readable(None)
        owed.reply(answer)
        return True

    async def _answer(self, store: Store, asked: list[Ask[object]]) -> None:
        """Answer those that are still waited for, in one hop to the thread."""
        asked = [owed for owed in asked if not owed.abandoned]
        if not asked:
            return
        loads = [cast("Load[object]", owed.question) for owed in asked]
        answers = await self._call(store, self._reader, partial(_read_all, store, loads))
        for owed, (answer, error) in zip(asked, answers, strict=True):
            self._note_readable(error)
            if error is None:
                owed.reply(answer)
            else:
                owed.fail(error)

    def _note_readable(self, error: DataError | None) -> None:
        if error is not None and not self._unreadable:
            log.error("store_unreadable", reason=error.details)
        elif error is None and self._unreadable:
            log.info("store_readable")
        self._unreadable = error is not None


def _is_quick(owed: Ask[object]) -> bool:
    return cast("Load[object]", owed.question).quick


def _read_all(store: Store, loads: Sequence[Load[object]]) -> list[tuple[object, DataError | None]]:
    """Return the answer to each, or why there is none."""
    answers: list[tuple[object, DataError | None]] = []
    for load in loads:
        try:
            answers.append((load.read(store), None))
        except DataError as error:
            answers.append((None, error))
    return answers
