"""What a session has kept for it: its rows in the store.

Owns the step from what happened in a session to writes, and the patience with a store that is
full: a session never waits to be written down, and nothing here is on the way of an answer.
"""

from collections import deque
from collections.abc import Iterable
from time import time

import structlog
from attrs import define, field

from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.history import Entry, History
from robi.actors.store_mail import Conversation, StoreAddress
from robi.speech.scene import Said
from robi.store.base import (
    AmendHistory,
    AppendHistory,
    HistoryRow,
    ReassignHistory,
    SaveSession,
    SessionRow,
    Write,
)

log = structlog.get_logger()

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
            )
            for row in rows
        ]
    )


@define(eq=False)
class Keeper:
    """Writes down one session."""

    _session_id: str
    _device_id: str | None
    _store: StoreAddress
    _born: float = field(factory=time, init=False)
    _backlog: deque[Write] = field(factory=deque, init=False)
    shed: int = field(default=0, init=False)
    """Writes that were given up."""

    def keep_turn(self, person_id: str, entries: Iterable[Entry]) -> None:
        """Keep what was said in a turn, whose speaker was `person_id`."""
        now = time()
        row = SessionRow(self._session_id, self._device_id, person_id, self._born, now)
        self._write(SaveSession(row))
        for entry in entries:
            self._write(AppendHistory(self._row(entry, now)))

    def keep_cut(self, entry: Entry) -> None:
        """Keep that less of an answer was heard than was thought."""
        said = entry.said
        self._write(AmendHistory(self._session_id, entry.index, said.text, said.cut_off))

    def keep_name(self, stranger_id: str, person_id: str) -> None:
        """Keep that a stranger of this session is that person."""
        self._write(ReassignHistory(self._session_id, stranger_id, person_id))

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
