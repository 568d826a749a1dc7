"""The janitor: the files under `MEDIA_DIR`, kept for their time and not a minute longer.

Owns what is written there and what goes, and the bytes that wait for it. It remembers nothing
between two lives: every minute it holds all files against all rows and removes what is over its
time, beyond the budget, or without its other half (`sweeping`, `retention`). So a crash, a
forgetting that stopped half-way and a disk that refused are mended by the same look that expires
the rest.

Three things go on side by side, so that none holds up another: media are kept one after the other;
files of what was forgotten are removed at once; the look is taken. None is in the way of an answer:
what a session wants kept waits here or is shed. Files in RAM are called in place, without threads:
the virtual clock stays in charge.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable, Container, Mapping
from math import inf
from typing import cast

import structlog
import trio
from attrs import Factory, define, evolve, field

from robi.actors.ask import Ask
from robi.actors.janitor_mail import JanitorMessage, Keep, Remove
from robi.actors.mailbox import Mailbox
from robi.actors.retention import Retention
from robi.actors.snapshot import Detail
from robi.actors.store_mail import StoreAddress
from robi.actors.sweeping import Sweeper
from robi.actors.ticker import Tick
from robi.errors import DatabaseError, DataError, DiskFull, RobiError, ServerBusy
from robi.files.base import Files, new_name
from robi.store.base import AddMedia, MediaRow

log = structlog.get_logger()

BACKLOG_BYTES = 64 * 1024 * 1024
"""Bytes of media that may wait (architecture.md, Bounds); then what comes is shed and counted."""

KEEP_BYTES = 1024
"""What a `Keep` weighs beside its data: so that the bound holds for many small ones too."""

LOOK_EVERY_S = 60.0
TIDY_EVERY_S = 3600.0
"""Old logs and events are a matter of days."""


@define(eq=False)
class JanitorActor:
    """One life of the janitor.

    Args:
        store: where the rows are kept.
        files: where the files are.
        retention: how long, and how much.
        forgotten: whose media are not to be kept, whatever still comes in.
        clock: Unix seconds.
        new_digits: 32 random hexadecimal digits.
    """

    _store: StoreAddress
    _files: Files
    _retention: Retention
    _forgotten: Container[str] = frozenset()
    _clock: Callable[[], float] = time.time
    _new_digits: Callable[[], str] = field(default=lambda: secrets.token_hex(16))
    _sweeper: Sweeper = field(
        default=Factory(
            lambda self: Sweeper(self._store, self._files, self._clock), takes_self=True
        ),
        init=False,
    )
    _backlog: deque[Ask[None]] = field(factory=deque, init=False)
    """Each a `Keep` or a `Settle`."""
    _waiting: int = field(default=0, init=False)
    _news: trio.Event = field(factory=trio.Event, init=False)
    _due: trio.Event = field(factory=trio.Event, init=False)
    _look_at: float = field(default=-inf, init=False)
    _tidy_at: float = field(default=-inf, init=False)
    _ending: bool = field(default=False, init=False)
    _refused: DataError | None = field(default=None, init=False)
    """Why the last file could not be written."""
    _kept: int = field(default=0, init=False)
    _shed: int = field(default=0, init=False)

    def details(self) -> Mapping[str, Detail]:
        """Files and their bytes as of the last look and what was kept since; counts of this life.

        It is `degraded` while the disk takes no file, or what is to go does not go.
        """
        return {
            "degraded": self._refused is not None or self._sweeper.failed,
            "files": self._sweeper.present,
            "bytes": self._sweeper.size,
            "waiting_bytes": self._waiting,
            "kept": self._kept,
            "removed": self._sweeper.removed,
            "shed": self._shed,
        }

    async def run(self, mailbox: Mailbox[JanitorMessage], ready: Callable[[], None]) -> None:
        """Look at once, then serve; once asked to stop, keep and remove what is left."""
        self._on_tick(trio.current_time())
        async with trio.open_nursery() as looking:
            looking.start_soon(self._look_when_due)
            async with trio.open_nursery() as working:
                working.start_soon(self._keep_all)
                ready()
                async for message in mailbox:
                    self._take(message, working)
                self._ending = True
                self._news.set()
            self._due.set()

    def _take(self, message: JanitorMessage, working: trio.Nursery) -> None:
        if isinstance(message, Tick):
            self._on_tick(message.now)
        elif isinstance(message.question, Remove):
            working.start_soon(self._remove, message, message.question)
        else:
            self._put(cast("Ask[None]", message))

    # ── keeping ───────────────────────────────────────────────────────────────────────────

    def _put(self, owed: Ask[None]) -> None:
        keep = owed.question
        if isinstance(keep, Keep):
            if self._waiting + _weight(keep) > BACKLOG_BYTES:
                self._shed += 1
                if self._shed == 1:
                    log.error("media_shedding", waiting_bytes=self._waiting)
                owed.fail(ServerBusy("too much media waits to be kept"))
                return
            self._waiting += _weight(keep)
        self._backlog.append(owed)
        self._news.set()

    async def _keep_all(self) -> None:
        while True:
            while self._backlog:
                owed = self._backlog.popleft()
                if isinstance(owed.question, Keep):
                    await self._answer_keep(owed, owed.question)
                    self._waiting -= _weight(owed.question)
                else:
                    owed.reply(None)
            if self._ending:
                return
            self._news = trio.Event()
            await self._news.wait()

    async def _answer_keep(self, owed: Ask[None], keep: Keep) -> None:
        try:
            if self._is_wanted(owed, keep):
                await self._keep(owed, keep)
        except RobiError as error:
            owed.fail(error)
        else:
            owed.reply(None)

    def _is_wanted(self, owed: Ask[None], keep: Keep) -> bool:
        return (
            not owed.abandoned
            and self._retention.kept_for(keep.kind) > 0
            and keep.person_id not in self._forgotten
        )

    async def _keep(self, owed: Ask[None], keep: Keep) -> None:
        """Write the file, then its row: where this stops half-way, the next look removes the half.

        Raises:
            DataError, ActorError: it is not kept, or nobody knows.
        """
        name, kept = new_name(self._new_digits(), keep.mime), 0
        self._sweeper.begin(name)
        try:
            await self._write(name, keep.data)
            if not self._is_wanted(owed, keep):  # a disk that hung, and a turn that is forgotten
                await self._sweeper.remove((name,))
                return
            try:
                await self._store.commit(AddMedia(self._row(name, keep)), within=inf)
            except DataError:
                await self._sweeper.remove((name,))
                raise
            if keep.person_id not in self._forgotten:
                kept = len(keep.data)
            else:  # forgotten by now: the store has refused the row
                await self._sweeper.remove((name,))
        finally:
            self._sweeper.end(name, kept)
        self._kept += kept > 0
        if self._sweeper.size > self._retention.budget and not self._sweeper.failed:
            self._due.set()

    def _row(self, name: str, keep: Keep) -> MediaRow:
        return MediaRow(
            name,
            keep.person_id,
            keep.session_id,
            keep.request_id,
            keep.kind,
            keep.mime,
            size=len(keep.data),
            created_at=keep.at,
            expires_at=keep.at + self._retention.kept_for(keep.kind),
        )

    async def _write(self, name: str, data: bytes) -> None:
        """Write a file; where there is no room, make some and try once more.

        If that did not help, room is made only every minute from then on, until a file finds some.

        Raises:
            DiskFull, DatabaseError: it is not written.
        """
        try:
            try:
                await self._sweeper.write(name, data)
            except DiskFull:
                if self._refused is not None:
                    raise
                await self._sweeper.look(self._narrowed())
                await self._sweeper.write(name, data)
        except DataError as error:
            if self._refused is None:
                log.error("media_not_written", reason=error.details)
            self._refused = error
            raise
        if self._refused is not None:
            log.info("media_written_again")
            self._refused = None

    # ── removing ──────────────────────────────────────────────────────────────────────────

    async def _remove(self, owed: Ask[int], question: Remove) -> None:
        removal = await self._sweeper.forget(tuple(question.names))
        if removal.left:
            owed.fail(DatabaseError(f"{len(removal.left)} files could not be removed yet"))
        else:
            owed.reply(removal.count)

    def _on_tick(self, now: float) -> None:
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY_S
            self._due.set()

    async def _look_when_due(self) -> None:
        while True:
            await self._due.wait()
            if self._ending:
                return
            self._due = trio.Event()
            full = isinstance(self._refused, DiskFull)
            await self._sweeper.look(self._narrowed() if full else self._retention)
            if (now := trio.current_time()) >= self._tidy_at:
                self._tidy_at = now + TIDY_EVERY_S
                await self._sweeper.tidy(self._retention)

    def _narrowed(self) -> Retention:
        """Return what may be kept on a disk that is full: half as much."""
        return evolve(self._retention, budget=self._retention.budget // 2)


def _weight(keep: Keep) -> int:
    return len(keep.data) + KEEP_BYTES
