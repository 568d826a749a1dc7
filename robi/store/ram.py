"""The store's twin in RAM: for tests under a virtual clock, and for a robot that keeps nothing.

Owns what was written to it until the process ends; closing keeps it, so that a test may restart
the actor above it. It holds to the same contract as SQLite, constraints included; like the port, it
is one list.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from attrs import Factory, astuple, define, evolve, field, fields, frozen

from robi.store import passages, relevance, roots, spelling
from robi.store.base import (
    PINNED,
    READER_PREFIX,
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddKey,
    AddMedia,
    AddMemory,
    AddReminder,
    AddText,
    AmendHistory,
    AppendHistory,
    CheckMemory,
    CompactHistory,
    Consider,
    DropEvents,
    DropMedia,
    DropReaders,
    DropReminder,
    DropReminders,
    DropText,
    Embedding,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Erasure,
    EventRow,
    ExpireMedia,
    FoundPassage,
    HistoryRow,
    InteractionRow,
    KeepUsage,
    KeyRow,
    KeyWrite,
    MediaRow,
    Memory,
    MemorySource,
    PassageRow,
    Person,
    PersonWrite,
    ReaderWrite,
    Readmit,
    ReassignHistory,
    Receipt,
    ReminderRow,
    RevokeKey,
    SavePerson,
    SaveSession,
    Scored,
    SeePerson,
    SessionRow,
    SessionWrite,
    Store,
    StrengthenMemory,
    SupersedeMemory,
    TextRow,
    UsageRow,
    UseKey,
    Write,
    WriteRejected,
    digest,
)
from robi.store.erasures import admitted
from robi.store.reach import Belongings, Reach, of_memories, of_turns

NO_PERSON = "no such person"
NO_SESSION = "no such session"


T = TypeVar("T")


class _NoSuchRow(Exception):
    """A write speaks of a person or a session that is not there."""


def _age(embedding: Embedding) -> tuple[float, bytes]:
    return embedding.created_at, embedding.vector


def _of(person_id: str, rows: Iterable[T]) -> tuple[T, ...]:
    """Return those of the rows that are of that person."""
    return tuple(row for row in rows if row.person_id == person_id)  # type: ignore[attr-defined]


@frozen
class _Text:
    """A text, its passages, and the roots of the headings and the words of each."""

    row: TextRow
    passages: tuple[PassageRow, ...]
    roots: tuple[tuple[str, str], ...]


@define
class _Tables:
    """All that is kept. The values are immutable, so that copying the dictionaries is enough."""

    people: dict[str, Person] = Factory(dict)
    embeddings: dict[str, tuple[Embedding, ...]] = Factory(dict)
    memories: dict[str, Memory] = Factory(dict)
    sessions: dict[str, SessionRow] = Factory(dict)
    history: dict[str, tuple[HistoryRow, ...]] = Factory(dict)
    sources: dict[MemorySource, None] = Factory(dict)
    interactions: dict[tuple[str, str, float], InteractionRow] = Factory(dict)
    usage: dict[tuple[str, str], UsageRow] = Factory(dict)
    media: dict[str, MediaRow] = Factory(dict)
    events: dict[str, EventRow] = Factory(dict)
    reminders: dict[str, ReminderRow] = Factory(dict)
    forgotten: dict[str, float] = Factory(dict)
    keys: dict[str, KeyRow] = Factory(dict)
    texts: dict[str, _Text] = Factory(dict)
    """In the order of being added, as they are searched."""

    def copy(self) -> "_Tables":
        """Return a draft to write in."""
        return _Tables(*(dict(getattr(self, each.name)) for each in fields(_Tables)))

    def apply(self, write: Write) -> None:
        """Change this draft by one write."""
        if isinstance(write, PersonWrite):
            self._apply_to_person(write)
        elif isinstance(write, ReaderWrite):
            self._apply_for_readers(write)
        elif isinstance(write, KeyWrite):
            self._apply_to_key(write)
        else:
            self._apply_to_session(write)

    def _apply_to_person(self, write: PersonWrite) -> None:
        match write:
            case SavePerson(person):
                self._save_person(person)
            case SeePerson(person_id, at):
                self._see_person(person_id, at)
            case Readmit(person_id):
                self.forgotten.pop(digest(person_id), None)
            case AddEmbedding(embedding, keep):
                self._add_embedding(embedding, keep)
            case AddMemory(memory):
                if memory.memory_id not in self.memories:
                    self._need(memory.person_id, self.people, NO_PERSON)
                    self.memories[memory.memory_id] = memory
            case StrengthenMemory(memory_id, importance):
                if (known := self.memories.get(memory_id)) is not None:
                    raised = max(known.importance, importance)
                    self.memories[memory_id] = evolve(known, importance=raised)
                    if write.source is not None:
                        self.sources[write.source] = None
            case SupersedeMemory(old_id, new_id):
                self._supersede_memory(old_id, new_id)
            case CheckMemory(memory_id):
                if (known := self.memories.get(memory_id)) is not None:
                    self.memories[memory_id] = evolve(known, checked=True)

    def _apply_to_session(self, write: SessionWrite) -> None:
        match write:
            case SaveSession(session):
                before = self.sessions.get(session.session_id, session)
                self.sessions[session.session_id] = evolve(
                    session,
                    created_at=before.created_at,
                    dialect=session.dialect or before.dialect,
                )
            case AppendHistory(row):
                self._put_row(row, lambda _: True)
            case AmendHistory():
                self._amend_history(write)
            case ReassignHistory():
                self._reassign_history(write)
            case CompactHistory():
                self._put_row(write.summary, lambda kept: not write.covers(kept))
            case AddInteraction(row):
                self.interactions[row.session_id, row.request_id, row.created_at] = row
            case Consider(session_id, request_id, at):
                if (turn := self.interactions.get((session_id, request_id, at))) is not None:
                    considered = evolve(turn, considered=True)
                    self.interactions[session_id, request_id, at] = considered
            case KeepUsage(row):
                self._keep_usage(row)
            case AddMedia(row):
                self.media[row.name] = row
            case ExpireMedia(names, expires_at):
                for row in [self.media[name] for name in names if name in self.media]:
                    soonest = min(row.expires_at, expires_at)
                    self.media[row.name] = evolve(row, expires_at=soonest)
            case DropMedia(names):
                for name in names:
                    self.media.pop(name, None)
            case AddEvent(row):
                self.events.setdefault(row.event_id, row)
            case DropEvents(before):
                self.events = {key: row for key, row in self.events.items() if row.at >= before}
            case AddReminder(row):
                self.reminders[row.reminder_id] = row
            case DropReminder(reminder_id):
                self.reminders.pop(reminder_id, None)
            case DropReminders(before):
                left = (row for row in self.reminders.values() if row.due_at >= before)
                self.reminders = {row.reminder_id: row for row in left}

    def _drop_readers(self, before: float) -> None:
        def is_old(row: HistoryRow | InteractionRow) -> bool:
            return row.session_id.startswith(READER_PREFIX) and row.created_at < before

        self.sessions = {
            key: row
            for key, row in self.sessions.items()
            if not (key.startswith(READER_PREFIX) and row.last_seen < before)
        }
        self.history = {
            key: tuple(row for row in rows if not is_old(row))
            for key, rows in self.history.items()
            if key in self.sessions
        }
        self.interactions = {key: row for key, row in self.interactions.items() if not is_old(row)}

    def vocabulary(self) -> set[str]:
        """Return the roots that passages have, of all texts."""
        told = (each for text in self.texts.values() for each in text.roots)
        return {root for headings, inside in told for root in (*headings.split(), *inside.split())}

    def _apply_for_readers(self, write: ReaderWrite) -> None:
        match write:
            case AddText(row, rows):
                self.texts.pop(row.text_id, None)
                told = (
                    (roots.of_heading(each.heading), roots.of_passage(each.words)) for each in rows
                )
                self.texts[row.text_id] = _Text(row, rows, tuple(told))
            case DropReaders(before):
                self._drop_readers(before)
            case DropText(text_id):
                self.texts.pop(text_id, None)

    def _apply_to_key(self, write: KeyWrite) -> None:
        match write:
            case AddKey(row):
                if all(row.digest != each.digest for each in self.keys.values()):
                    self.keys.setdefault(row.key_id, row)
            case RevokeKey(key_id, at):
                if (key := self.keys.get(key_id)) is not None and key.revoked_at is None:
                    self.keys[key_id] = evolve(key, revoked_at=at)
            case UseKey(key_id, at):
                if (key := self.keys.get(key_id)) is not None:
                    self.keys[key_id] = evolve(key, last_used_at=max(key.last_used_at or at, at))

    @staticmethod
    def _need(key: str, table: dict[str, Person] | dict[str, SessionRow], reason: str) -> None:
        if key not in table:
            raise _NoSuchRow(reason)

    def _save_person(self, person: Person) -> None:
        before = self.people.get(person.person_id)
        if before is not None:
            seen = [at for at in (before.last_seen, person.last_seen) if at is not None]
            person = Person(
                person.person_id,
                before.name if person.name is None else person.name,
                before.created_at,
                max(seen, default=None),
                max(before.interaction_count, person.interaction_count),
                {**before.preferences, **person.preferences},
            )
        self.people[person.person_id] = person

    def _see_person(self, person_id: str, at: float) -> None:
        before = self.people.get(person_id) or Person(person_id, None, at)
        if before.last_seen is None or before.last_seen < at:
            count = before.interaction_count + 1
            self.people[person_id] = evolve(before, last_seen=at, interaction_count=count)

    def _add_embedding(self, embedding: Embedding, keep: int) -> None:
        self._need(embedding.person_id, self.people, NO_PERSON)
        faces = {known.vector: known for known in self.embeddings.get(embedding.person_id, ())}
        before = faces.get(embedding.vector, embedding)
        faces[embedding.vector] = max(before, embedding, key=_age)
        self.embeddings[embedding.person_id] = tuple(sorted(faces.values(), key=_age)[-keep:])

    def _supersede_memory(self, old_id: str, new_id: str) -> None:
        old, new = self.memories.get(old_id), self.memories.get(new_id)
        if old is None or new is None or old.superseded_by is not None:
            return
        if old.person_id == new.person_id and old_id not in self._successors(new_id):
            self.memories[old_id] = evolve(old, superseded_by=new_id)

    def _successors(self, memory_id: str | None) -> set[str]:
        """Return the memory itself and those that have taken its place, one after another."""
        found: set[str] = set()
        while memory_id is not None and memory_id not in found:
            found.add(memory_id)
            known = self.memories.get(memory_id)
            memory_id = None if known is None else known.superseded_by
        return found

    def _put_row(self, row: HistoryRow, stays: Callable[[HistoryRow], bool]) -> None:
        self._need(row.session_id, self.sessions, NO_SESSION)
        before = self.history.get(row.session_id, ())
        rows = [kept for kept in before if kept.index != row.index and stays(kept)]
        rows.append(row)
        self.history[row.session_id] = tuple(sorted(rows, key=lambda kept: kept.index))

    def _amend_history(self, write: AmendHistory) -> None:
        self.history[write.session_id] = tuple(
            evolve(row, content=write.content, cut_off=write.cut_off)
            if row.index == write.index
            else row
            for row in self.history.get(write.session_id, ())
        )

    def _reassign_history(self, write: ReassignHistory) -> None:
        def reassigned(row: T) -> T:
            if (row.session_id, row.person_id) != (write.session_id, write.stranger_id):  # type: ignore[attr-defined]
                return row
            return evolve(row, person_id=write.person_id)  # type: ignore[misc]

        rows = self.history.get(write.session_id, ())
        self.history[write.session_id] = tuple(map(reassigned, rows))
        self.sessions = {key: reassigned(row) for key, row in self.sessions.items()}
        self.interactions = {key: reassigned(row) for key, row in self.interactions.items()}
        self.media = {key: reassigned(row) for key, row in self.media.items()}
        self.events = {key: reassigned(row) for key, row in self.events.items()}
        self.reminders = {key: reassigned(row) for key, row in self.reminders.items()}

    def _keep_usage(self, row: UsageRow) -> None:
        before = self.usage.get((row.day, row.purpose), row)
        self.usage[row.day, row.purpose] = UsageRow(
            row.day,
            row.purpose,
            max(before.prompt_tokens, row.prompt_tokens),
            max(before.answer_tokens, row.answer_tokens),
        )

    # ── erasing ───────────────────────────────────────────────────────────────────────────

    def erase(self, erasure: Erasure) -> Receipt:
        """Change this draft by one erasure."""
        match erasure:
            case ErasePerson(person_id, at):
                return self._erase_person(person_id, at)
            case EraseEverythingRemembered(person_id):
                return self._erase_everything_remembered(person_id)
            case EraseMemory(person_id):
                return self._take(of_memories(erasure, self._belongings(person_id)))
            case EraseTurns(person_id):
                return self._take(of_turns(erasure, self._belongings(person_id)))

    def _erase_everything_remembered(self, person_id: str) -> Receipt:
        if (person := self.people.get(person_id)) is not None:
            self.people[person_id] = evolve(person, preferences={})
        return self._take(Reach(self._belongings(person_id))) + self._drop_events(person_id)

    def _erase_person(self, person_id: str, at: float) -> Receipt:
        receipt = self._erase_everything_remembered(person_id)
        theirs = _of(person_id, self.sessions.values())
        for session in theirs:
            self.sessions[session.session_id] = evolve(session, person_id=None)
        self.forgotten.setdefault(digest(person_id), at)
        return receipt + Receipt(
            people=int(self.people.pop(person_id, None) is not None),
            faces=len(self.embeddings.pop(person_id, ())),
            sessions=len(theirs),
        )

    def _drop_events(self, person_id: str) -> Receipt:
        theirs = _of(person_id, self.events.values())
        for event in theirs:
            del self.events[event.event_id]
        return Receipt(events=len(theirs))

    def _belongings(self, person_id: str) -> Belongings:
        return Belongings(
            _of(person_id, self.memories.values()),
            self.history_of(person_id),
            _of(person_id, self.interactions.values()),
            _of(person_id, sorted(self.media.values(), key=lambda row: row.name)),
            _of(person_id, self.reminders.values()),
            self.sources_of(person_id),
        )

    def sources_of(self, person_id: str) -> tuple[MemorySource, ...]:
        """Return the sources of one person's memories."""
        known = self.memories
        return tuple(each for each in self.sources if known[each.memory_id].person_id == person_id)

    def history_of(self, person_id: str) -> tuple[HistoryRow, ...]:
        """Return one person's rows of every session."""
        return _of(person_id, (row for rows in self.history.values() for row in rows))

    def _take(self, reach: Reach) -> Receipt:
        gone = reach.gone
        for memory in gone.memories:
            del self.memories[memory.memory_id]
        for memory in reach.changed:
            self.memories[memory.memory_id] = memory
        lost = {(row.session_id, row.index) for row in gone.history}
        self.history = {
            session_id: tuple(row for row in rows if (session_id, row.index) not in lost)
            for session_id, rows in self.history.items()
        }
        for row in gone.interactions:
            del self.interactions[row.session_id, row.request_id, row.created_at]
        for file in gone.media:
            del self.media[file.name]
        for reminder in gone.reminders:
            del self.reminders[reminder.reminder_id]
        for source in gone.sources:
            del self.sources[source]
        return gone.receipt()


@define(eq=False)
class RamStore:
    """A `robi.store.base.Store` that forgets with the process."""

    _tables: _Tables = field(factory=_Tables, init=False)
    _refused: int = field(default=0, init=False)

    @property
    def blocking(self) -> bool:
        """Never: it is called in place, and trio's virtual clock stays in charge."""
        return False

    def at_once(self, read: Callable[[Store], T]) -> T:
        """Return what `read` returns."""
        return read(self)

    @property
    def refused(self) -> int:
        """Writes that were dropped since it was made, as they named someone forgotten."""
        return self._refused

    def open(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do: what was written stays."""

    def write(self, batch: Sequence[Write]) -> None:
        """Apply all of the batch, or nothing of it. Raises WriteRejected."""
        draft, refused = self._tables.copy(), 0
        for position, write in enumerate(batch):
            may = admitted(write, draft.forgotten.keys())
            refused += may is not write
            try:
                if may is not None:
                    draft.apply(may)
            except _NoSuchRow as error:
                raise WriteRejected(position, str(error)) from None
        self._tables = draft
        self._refused += refused

    def erase(self, erasure: Erasure) -> Receipt:
        """Remove it from every table."""
        draft = self._tables.copy()
        receipt = draft.erase(erasure)
        self._tables = draft
        return receipt

    # ── people ────────────────────────────────────────────────────────────────────────────

    def person(self, person_id: str) -> Person | None:
        """Return the person, or None."""
        return self._tables.people.get(person_id)

    def people(self, limit: int | None = None, offset: int = 0) -> tuple[Person, ...]:
        """Return everyone, first met first."""
        everyone = self._tables.people.values()
        ordered = sorted(everyone, key=lambda person: (person.created_at, person.person_id))
        return _page(ordered, limit, offset)

    def people_count(self) -> int:
        """Return how many people there are."""
        return len(self._tables.people)

    def embeddings(self, person_id: str) -> tuple[Embedding, ...]:
        """Return the faces of one person, oldest first."""
        return self._tables.embeddings.get(person_id, ())

    def forgotten(self) -> frozenset[str]:
        """Return the digests of the people who are forgotten."""
        return frozenset(self._tables.forgotten)

    # ── memories ──────────────────────────────────────────────────────────────────────────

    def memory(self, memory_id: str) -> Memory | None:
        """Return the memory, superseded or not, or None."""
        return self._tables.memories.get(memory_id)

    def memories(
        self,
        person_id: str,
        limit: int | None = None,
        offset: int = 0,
        *,
        superseded: bool = False,
    ) -> tuple[Memory, ...]:
        """Return what is known of one person: most important first, then newest."""
        known = self._known(person_id, superseded=superseded)
        known.sort(key=lambda memory: (-memory.importance, -memory.created_at, memory.memory_id))
        return _page(known, limit, offset)

    def memories_count(self, person_id: str) -> int:
        """Return how many memories there are of one person, without those superseded."""
        return len(self._known(person_id))

    def relevant(
        self, person_id: str, words: tuple[str, ...], now: float, limit: int
    ) -> tuple[Scored, ...]:
        """Return what of one person has most to do with `words`, the best first."""
        known = self._known(person_id)
        stems = relevance.searched(words)
        share = relevance.share(stems)
        stood = [relevance.indexed(memory.content) for memory in known]
        found = [
            [number for number in reversed(range(len(known))) if stem in stood[number]][:share]
            for stem in stems
        ]
        scored = (
            Scored(known[number], rank) for number, rank in relevance.ranked(found, len(known))
        )
        return tuple(each for each in scored if each.memory.is_current(now))[:limit]

    def pinned(self, person_id: str, limit: int) -> tuple[Memory, ...]:
        """Return what one person asked to be kept, newest first, without what was superseded."""
        known = _newest(self._known(person_id))
        return tuple(memory for memory in known if memory.importance == PINNED)[:limit]

    def weighty(self, person_id: str, now: float, least: int, limit: int) -> tuple[Memory, ...]:
        """Return what is current of one person and of importance `least` or more, newest first."""
        known = _newest(self._known(person_id))
        weigh = (memory for memory in known if memory.importance >= least)
        return tuple(memory for memory in weigh if memory.is_current(now))[:limit]

    def in_slot(self, person_id: str, subject: str, slot: str) -> tuple[Memory, ...]:
        """Return what stands in a slot of a subject, newest first, without what was superseded."""
        known = _newest(self._known(person_id))
        return tuple(m for m in known if (m.subject, m.slot) == (subject, slot))

    def unchecked(self, limit: int) -> tuple[Memory, ...]:
        """Return memories that the model has not checked, oldest first; superseded ones too."""
        found = [memory for memory in self._tables.memories.values() if not memory.checked]
        return tuple(sorted(found, key=lambda m: (m.created_at, m.memory_id))[:limit])

    def sources(self, person_id: str) -> tuple[MemorySource, ...]:
        """Return the turns that have strengthened memories of one person, in order of ids."""
        return tuple(sorted(self._tables.sources_of(person_id), key=astuple))

    def _known(self, person_id: str, *, superseded: bool = False) -> list[Memory]:
        """Return the memories of one person, in the order of being added."""
        return [
            memory
            for memory in self._tables.memories.values()
            if memory.person_id == person_id and (superseded or memory.superseded_by is None)
        ]

    # ── conversations ─────────────────────────────────────────────────────────────────────

    def session(self, session_id: str) -> SessionRow | None:
        """Return the session, or None."""
        return self._tables.sessions.get(session_id)

    def last_session_of(self, device_id: str) -> SessionRow | None:
        """Return the session of this device that was seen last, or None."""
        of_device = [s for s in self._tables.sessions.values() if s.device_id == device_id]
        return max(of_device, key=lambda s: (s.last_seen, s.session_id), default=None)

    def sessions_of(self, person_id: str) -> tuple[SessionRow, ...]:
        """Return the sessions in which this person spoke last, the latest first."""
        theirs = _of(person_id, self._tables.sessions.values())
        return tuple(sorted(theirs, key=lambda s: (-s.last_seen, s.session_id)))

    def history(self, session_id: str, newest: int | None = None) -> tuple[HistoryRow, ...]:
        """Return the messages of a session in the order of their index; all, or the newest."""
        rows = self._tables.history.get(session_id, ())
        return rows if newest is None else rows[max(0, len(rows) - newest) :]

    def history_of(
        self, person_id: str, limit: int | None = None, offset: int = 0
    ) -> tuple[HistoryRow, ...]:
        """Return the messages of one person's conversations, in every session, oldest first."""
        rows = self._tables.history_of(person_id)
        ordered = sorted(rows, key=lambda row: (row.created_at, row.session_id, row.index))
        return _page(ordered, limit, offset)

    def interactions(
        self, person_id: str, limit: int | None = None, offset: int = 0
    ) -> tuple[InteractionRow, ...]:
        """Return the turns of one person, newest first."""
        rows = _of(person_id, self._tables.interactions.values())
        ordered = sorted(rows, key=lambda row: (-row.created_at, row.session_id, row.request_id))
        return _page(ordered, limit, offset)

    def unconsidered(self, limit: int) -> tuple[InteractionRow, ...]:
        """Return turns of people of which is not remembered yet what is to be, oldest first."""
        turns = self._tables.interactions.values()
        rows = [row for row in turns if not row.considered and row.person_id in self._tables.people]
        rows.sort(key=lambda row: (row.created_at, row.session_id, row.request_id))
        return tuple(rows[:limit])

    def usage(self, since: str) -> tuple[UsageRow, ...]:
        """Return what the model counted from that day on, by day and purpose."""
        return tuple(row for (day, _), row in sorted(self._tables.usage.items()) if day >= since)

    # ── media and events ──────────────────────────────────────────────────────────────────

    def media(self, person_id: str) -> tuple[MediaRow, ...]:
        """Return the files of one person, oldest first."""
        return _of(person_id, self.all_media())

    def all_media(self) -> tuple[MediaRow, ...]:
        """Return every file, oldest first."""
        rows = self._tables.media.values()
        return tuple(sorted(rows, key=lambda row: (row.created_at, row.name)))

    def events(self, limit: int | None = None, offset: int = 0) -> tuple[EventRow, ...]:
        """Return what happened, newest first."""
        rows = self._tables.events.values()
        return _page(sorted(rows, key=lambda row: (-row.at, row.event_id)), limit, offset)

    # ── reminders ─────────────────────────────────────────────────────────────────────────

    def reminders(self, person_id: str) -> tuple[ReminderRow, ...]:
        """Return what one person is to be told of, the next first."""
        return _soonest(_of(person_id, self._tables.reminders.values()))

    def reminders_here(self, session_id: str, device_id: str | None) -> tuple[ReminderRow, ...]:
        """Return what this device is to speak of, the next first; without one, this session."""
        rows = self._tables.reminders.values()
        if device_id:
            return _soonest(row for row in rows if row.device_id == device_id)
        return _soonest(r for r in rows if r.device_id is None and r.session_id == session_id)

    # ── texts ─────────────────────────────────────────────────────────────────────────────

    def text(self, text_id: str) -> TextRow | None:
        """Return the text, or None."""
        text = self._tables.texts.get(text_id)
        return None if text is None else text.row

    def texts(self, limit: int | None = None, offset: int = 0) -> tuple[TextRow, ...]:
        """Return the texts, in the order of their ids."""
        rows = (text.row for text in self._tables.texts.values())
        return _page(sorted(rows, key=lambda row: row.text_id), limit, offset)

    def texts_count(self) -> int:
        """Return how many texts there are."""
        return len(self._tables.texts)

    def passages_like(
        self, text_id: str | None, words: tuple[str, ...], limit: int
    ) -> tuple[FoundPassage, ...]:
        """Return the passages that are evidence for a question, the best first; perhaps none."""
        texts = [
            each for each in self._tables.texts.values() if text_id in (None, each.row.text_id)
        ]
        rows = [(text.row, row) for text in texts for row in text.passages]
        told = [each for text in texts for each in text.roots]
        stood = [{*headings.split(), *inside.split()} for headings, inside in told]
        entries: dict[str, list[int]] = {}
        for number, here in enumerate(stood):
            for root in here:
                entries.setdefault(root, []).append(number)
        question = passages.asked(words)
        having = {root: len(entries.get(root, ())) for root in question.roots}
        if unknown := passages.unknown(question, having):
            vocabulary = self._tables.vocabulary()
            near = {each: spelling.near(each, vocabulary) for each in unknown}
            there = {root: len(numbers) for root, numbers in entries.items()}
            question = passages.mended(question, near, there)
            having = {root: there.get(root, 0) for root in question.roots}
        weight = passages.weights(question, having, len(rows))
        looked_at = {
            root: entries[root][: passages.LOOKED_AT]
            for root in passages.looked_at(question, having)
        }
        chosen = sorted(passages.candidates(question, looked_at, weight))
        read = ((number, *told[number]) for number in chosen)
        return tuple(
            FoundPassage(rows[number][1], rows[number][0].title, rows[number][0].url, score)
            for number, score in passages.ranked(weight, read, limit)
        )

    # ── keys ──────────────────────────────────────────────────────────────────────────────

    def keys(self) -> tuple[KeyRow, ...]:
        """Return every key, revoked and expired ones too, oldest first."""
        rows = self._tables.keys.values()
        return tuple(sorted(rows, key=lambda row: (row.created_at, row.key_id)))


def _soonest(reminders: Iterable[ReminderRow]) -> tuple[ReminderRow, ...]:
    return tuple(sorted(reminders, key=lambda row: (row.due_at, row.reminder_id)))


def _newest(memories: Iterable[Memory]) -> list[Memory]:
    return sorted(memories, key=lambda memory: (-memory.created_at, memory.memory_id))


def _page(rows: Sequence[T], limit: int | None, offset: int) -> tuple[T, ...]:
    return tuple(rows[offset : None if limit is None else offset + limit])
