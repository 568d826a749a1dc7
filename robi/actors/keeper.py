"""What a session has kept for it: its rows in the store.

Owns the step from what happened in a session to writes, and the patience with a store that is
full: a session never waits to be written down, and nothing here is on the way of an answer. What is
private is not written at all, and of the rest what the rules of the privacy gate leave.
"""

from collections.abc import Callable, Iterable
from time import time
from typing import Final

import structlog
import trio
from attrs import define, evolve, field

from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.history import Entry, Fold, History
from robi.actors.store_mail import Conversation, StoreAddress
from robi.people.privacy import PrivateClass, masked
from robi.protocol.dialects import Dialect
from robi.speech.scene import Said
from robi.store.base import (
    AddInteraction,
    AddReminder,
    AmendHistory,
    AppendHistory,
    CompactHistory,
    DropReminder,
    HistoryRow,
    InteractionRow,
    ReassignHistory,
    ReminderRow,
    SaveSession,
    SessionRow,
    Write,
)

log = structlog.get_logger()

FLUSH_WITHIN = 1.0
"""Seconds that an ending session waits for a store that is full."""

BACKLOG = 256
"""Writes that a session holds for a store that is full; then the oldest are shed and counted."""

SEEN_EVERY_S: Final = 10.0
"""Seconds for which a session that is otherwise the same is not written as seen again."""


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
    _on_shed: Callable[[int], None] = lambda _count: None
    """Told how many writes were given up."""
    _born: float = field(factory=time, init=False)
    _backlog: list[Write] = field(factory=list, init=False)
    shed: int = field(default=0, init=False)
    """Writes that were given up."""
    _asked: Entry | None = field(default=None, init=False, repr=False)
    """The question of a turn that has begun, which is written."""
    _saved: SessionRow | None = field(default=None, init=False)
    """The row of the session, as it was written last."""
    _looked: tuple[str, str, tuple[str, frozenset[PrivateClass]]] | None = field(
        default=None, init=False, repr=False
    )
    """What was looked through last, what stood before it, and what the rules left of it."""

    @property
    def device_id(self) -> str | None:
        """The device whose session it is, if that is known."""
        return self._device_id

    @property
    def waiting(self) -> int:
        """How many writes wait for room in the store."""
        return len(self._backlog)

    def belong_to(self, device_id: str) -> bool:
        """Be that device's, if this is nobody's yet; return whether that is news."""
        if self._device_id is not None:
            return False
        self._device_id = device_id
        return True

    def keep_turn(self, person_id: str, entries: Iterable[Entry], before: str = "") -> None:
        """Keep what was said, as far as it was, in a turn whose speaker is `person_id`.

        Called at the beginning of a turn too: what was asked outlives a server that is killed in
        the middle of its answer. The same entry again is not written again; another of its index
        replaces it. `before` is what was said before the first of them: "4821" alone is nothing,
        after "what is your PIN?" it is.
        """
        now = time()
        dialect = self.dialect.name.lower() if self.dialect else None
        row = SessionRow(self._session_id, self._device_id, person_id, self._born, now, dialect)
        if not self._is_saved(row):
            self._saved = row
            self._write(SaveSession(row))
        entry = None
        for entry in entries:
            if not entry.private and entry != self._asked:
                self._write(AppendHistory(self._row(entry, now, before)))
            before = entry.said.text
        self._asked = entry if entry is not None and entry.said.role == "person" else None

    def look(self, text: str, before: str) -> tuple[str, frozenset[PrivateClass]]:
        """Return what the rules leave of a text, and the classes that they found in it.

        What was asked is looked through when a turn begins and again when it ends, for the history
        and for its account: it is read once.
        """
        if self._looked is None or self._looked[:2] != (text, before):
            self._looked = text, before, masked(text, before)
        return self._looked[2]

    def keep_cut(self, entry: Entry, before: str) -> None:
        """Keep that less of an answer was heard than was thought; it answered `before`."""
        if not entry.private:
            text, _ = masked(entry.said.text, before)
            self._write(AmendHistory(self._session_id, entry.index, text, entry.said.cut_off))

    def keep_fold(self, fold: Fold, summary: Entry) -> None:
        """Keep that `summary` stands in the place of the entries of `fold`.

        If it tells of something private it is kept for the conversation only; after a restart the
        entries that may be known are there again.
        """
        if not summary.private:
            self._write(CompactHistory(fold.first, self._row(summary, time())))

    def keep_interaction(self, row: InteractionRow) -> None:
        """Keep how a turn went."""
        self._write(AddInteraction(row))

    def keep_name(self, stranger_id: str, person_id: str) -> None:
        """Keep that a stranger of this session is that person."""
        self._write(ReassignHistory(self._session_id, stranger_id, person_id))

    def keep_reminder(self, row: ReminderRow) -> None:
        """Keep what the robot is to speak of; of what it is for, what may be known."""
        label, _ = masked(row.label)
        self._write(AddReminder(evolve(row, label=label)))

    def drop_reminder(self, reminder_id: str) -> None:
        """Keep no longer what the robot was to speak of."""
        self._write(DropReminder(reminder_id))

    def give_up(
        self, concerns: Callable[[HistoryRow | InteractionRow | ReminderRow], bool]
    ) -> None:
        """Do not write those rows that still wait for room in the store: they are forgotten."""

        def is_over(write: Write) -> bool:
            match write:
                case AppendHistory(row) | AddInteraction(row) | AddReminder(row):
                    return concerns(row)
                case CompactHistory(_, summary):
                    return concerns(summary)
                case _:
                    return False

        self._backlog = [write for write in self._backlog if not is_over(write)]
        self._saved = self._looked = None

    async def flush(self) -> None:
        """Wait for room for what the store could not take, a moment at most: the last chance."""
        with trio.move_on_after(FLUSH_WITHIN):
            while self._backlog:
                try:
                    await self._store.write(self._backlog[0])
                except ActorDied:
                    break
                self._backlog.pop(0)
        self._give_up_oldest(len(self._backlog))

    def _row(self, entry: Entry, now: float, before: str = "") -> HistoryRow:
        said = entry.said
        text, _ = self.look(said.text, before)
        return HistoryRow(
            self._session_id,
            entry.index,
            entry.person_id,
            said.role,
            text,
            now,
            entry.request_id,
            cut_off=said.cut_off,
            compacted=entry.compacted,
        )

    def _is_saved(self, row: SessionRow) -> bool:
        """Return whether nothing is new in the row, save that the session was seen a moment ago."""
        saved = self._saved
        return (
            saved is not None
            and 0 <= row.last_seen - saved.last_seen < SEEN_EVERY_S
            and evolve(saved, last_seen=row.last_seen) == row
        )

    def _write(self, write: Write) -> None:
        """Hand over `write` behind whatever still waits, in order."""
        self._backlog.append(write)
        try:
            while self._backlog:
                self._store.write_nowait(self._backlog[0])
                self._backlog.pop(0)
        except (MailboxFull, ActorDied) as failure:
            self._give_up_oldest(len(self._backlog) - BACKLOG)
            log.warning("session_not_written", waiting=len(self._backlog), reason=str(failure))

    def _give_up_oldest(self, count: int) -> None:
        """Shed so many of the writes that wait, if any."""
        if count > 0:
            for _ in range(count):
                self._backlog.pop(0)
            self.shed += count
            self._saved = None  # it may have been among them
            self._on_shed(count)
