"""What a session has kept for it: its rows in the store.

Owns the step from what happened in a session to writes, and the patience with a store that is
full: a session never waits to be written down, and nothing here is on the way of an answer.
"""

from collections import deque
from collections.abc import Iterable
from time import time

import structlog
import trio
from attrs import define, field

from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.history import Entry, Fold, History
from robi.actors.store_mail import Conversation, StoreAddress
from robi.protocol.dialects import Dialect
from robi.speech.scene import Said
from robi.store.base import (
    AmendHistory,
    AppendHistory,
    CompactHistory,
    HistoryRow,
    ReassignHistory,
    SaveSession,
    SessionRow,
    Write,
)

log = structlog.get_logger()

FLUSH_WITHIN = 1.0
"""Seconds that an ending session waits for a store that is full."""

BACKLOG = 256
"""Writes that a session holds for a store that is full; then the oldest are shed and counted."""


def remembered(conversation: Conversation | None) -> History:
    """Return the history that the store has of a session; an empty one of a new session."""
    rows = conversation.history if conversation else ()
    return History(
        [
            Entry(
                row.index,
                row.person_id,
                Said(row.role, row.content, cut_off=row.cut_off),
                row.request_id or "",
                row.compacted,
            )
            for row in rows
            if row.content  # of an answer cut off before its first word nothing was heard
        ]
    )


def spoken_dialect(conversation: Conversation | None) -> Dialect | None:
    """Return the dialect that the client of a session spoke, as far as the store knows."""
    known = {dialect.name.lower(): dialect for dialect in Dialect}
    return known.get(conversation.session.dialect or "") if conversation else None


@define(eq=False)
class Keeper:
    """Writes down one session."""

    _session_id: str
    _device_id: str | None
    _store: StoreAddress
    dialect: Dialect | None = None
    """What the robot speaks, once it has shown it."""
    _born: float = field(factory=time, init=False)
    _backlog: deque[Write] = field(factory=deque, init=False)
    shed: int = field(default=0, init=False)
    """Writes that were given up."""

    def keep_turn(self, person_id: str, entries: Iterable[Entry]) -> None:
        """Keep what was said, as far as it was, in a turn whose speaker is `person_id`.

        Called at the beginning of a turn too: what was asked outlives a server that is killed in
        the middle of its answer. The same entry again replaces the first.
        """
        now = time()
        dialect = self.dialect.name.lower() if self.dialect else None
        row = SessionRow(self._session_id, self._device_id, person_id, self._born, now, dialect)
        self._write(SaveSession(row))
        for entry in entries:
            self._write(AppendHistory(self._row(entry, now)))

    def keep_cut(self, entry: Entry) -> None:
        """Keep that less of an answer was heard than was thought."""
        said = entry.said
        self._write(AmendHistory(self._session_id, entry.index, said.text, said.cut_off))

    def keep_fold(self, fold: Fold, summary: Entry) -> None:
        """Keep that `summary` stands in the place of the entries of `fold`."""
        self._write(CompactHistory(fold.first, self._row(summary, time())))

    def keep_name(self, stranger_id: str, person_id: str) -> None:
        """Keep that a stranger of this session is that person."""
        self._write(ReassignHistory(self._session_id, stranger_id, person_id))

    async def flush(self) -> None:
        """Wait for room for what the store could not take, a moment at most: the last chance."""
        with trio.move_on_after(FLUSH_WITHIN):
            while self._backlog:
                try:
                    await self._store.write(self._backlog[0])
                except ActorDied:
                    break
                self._backlog.popleft()
        self.shed += len(self._backlog)

    def _row(self, entry: Entry, now: float) -> HistoryRow:
        said = entry.said
        return HistoryRow(
            self._session_id,
            entry.index,
            entry.person_id,
            said.role,
            said.text,
            now,
            entry.request_id,
            cut_off=said.cut_off,
            compacted=entry.compacted,
        )

    def _write(self, write: Write) -> None:
        """Hand over `write` behind whatever still waits, in order."""
        self._backlog.append(write)
        try:
            while self._backlog:
                self._store.write_nowait(self._backlog[0])
                self._backlog.popleft()
        except (MailboxFull, ActorDied) as failure:
            while len(self._backlog) > BACKLOG:
                self._backlog.popleft()
                self.shed += 1
            log.warning("session_not_written", waiting=len(self._backlog), reason=str(failure))
