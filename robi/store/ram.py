"""The store's twin in RAM: for tests under a virtual clock, and for a robot that keeps nothing.

Owns what was written to it until the process ends; closing keeps it, so that a test may restart
the actor above it. It holds to the same contract as SQLite, constraints included.
"""

from collections.abc import Callable, Sequence

from attrs import Factory, define, evolve, field

from robi.store.base import (
    AddEmbedding,
    AddMemory,
    AmendHistory,
    AppendHistory,
    CompactHistory,
    Embedding,
    HistoryRow,
    Memory,
    Person,
    PersonWrite,
    ReassignHistory,
    SavePerson,
    SaveSession,
    SeePerson,
    SessionRow,
    SessionWrite,
    StrengthenMemory,
    Write,
    WriteRejected,
)

NO_PERSON = "no such person"
NO_SESSION = "no such session"


class _NoSuchRow(Exception):
    """A write speaks of a person or a session that is not there."""


def _age(embedding: Embedding) -> tuple[float, bytes]:
    return embedding.created_at, embedding.vector


@define
class _Tables:
    """All that is kept. The values are immutable, so that copying the dictionaries is enough."""

    people: dict[str, Person] = Factory(dict)
    embeddings: dict[str, tuple[Embedding, ...]] = Factory(dict)
    memories: dict[str, Memory] = Factory(dict)
    sessions: dict[str, SessionRow] = Factory(dict)
    history: dict[str, tuple[HistoryRow, ...]] = Factory(dict)

    def copy(self) -> "_Tables":
        """Return a draft to write in."""
        return _Tables(
            dict(self.people),
            dict(self.embeddings),
            dict(self.memories),
            dict(self.sessions),
            dict(self.history),
        )

    def apply(self, write: Write) -> None:
        """Change this draft by one write."""
        if isinstance(write, PersonWrite):
            self._apply_to_person(write)
        else:
            self._apply_to_session(write)

    def _apply_to_person(self, write: PersonWrite) -> None:
        match write:
            case SavePerson(person):
                self._save_person(person)
            case SeePerson(person_id, at):
                self._see_person(person_id, at)
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
        self.history[write.session_id] = tuple(
            evolve(row, person_id=write.person_id) if row.person_id == write.stranger_id else row
            for row in self.history.get(write.session_id, ())
        )
        session = self.sessions.get(write.session_id)
        if session is not None and session.person_id == write.stranger_id:
            self.sessions[write.session_id] = evolve(session, person_id=write.person_id)


@define(eq=False)
class RamStore:
    """A `robi.store.base.Store` that forgets with the process."""

    _tables: _Tables = field(factory=_Tables, init=False)

    @property
    def blocking(self) -> bool:
        """Never: it is called in place, and trio's virtual clock stays in charge."""
        return False

    def open(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do: what was written stays."""

    def write(self, batch: Sequence[Write]) -> None:
        """Apply all of the batch, or nothing of it. Raises WriteRejected."""
        draft = self._tables.copy()
        for position, write in enumerate(batch):
            try:
                draft.apply(write)
            except _NoSuchRow as error:
                raise WriteRejected(position, str(error)) from None
        self._tables = draft

    def person(self, person_id: str) -> Person | None:
        """Return the person, or None."""
        return self._tables.people.get(person_id)

    def people(self) -> tuple[Person, ...]:
        """Return everyone, first met first."""
        everyone = self._tables.people.values()
        return tuple(sorted(everyone, key=lambda person: (person.created_at, person.person_id)))

    def memories(self, person_id: str, limit: int | None = None) -> tuple[Memory, ...]:
        """Return what is known of one person: most important first, then newest."""
        known = [m for m in self._tables.memories.values() if m.person_id == person_id]
        known.sort(key=lambda memory: (-memory.importance, -memory.created_at, memory.memory_id))
        return tuple(known[:limit])

    def embeddings(self, person_id: str) -> tuple[Embedding, ...]:
        """Return the faces of one person, oldest first."""
        return self._tables.embeddings.get(person_id, ())

    def session(self, session_id: str) -> SessionRow | None:
        """Return the session, or None."""
        return self._tables.sessions.get(session_id)

    def last_session_of(self, device_id: str) -> SessionRow | None:
        """Return the session of this device that was seen last, or None."""
        of_device = [s for s in self._tables.sessions.values() if s.device_id == device_id]
        return max(of_device, key=lambda s: (s.last_seen, s.session_id), default=None)

    def history(self, session_id: str) -> tuple[HistoryRow, ...]:
        """Return the messages of a session in the order of their index."""
        return self._tables.history.get(session_id, ())
