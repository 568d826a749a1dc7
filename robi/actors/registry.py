"""The register of people: what an app or an operator may ask of them, and have done.

Owns which actor is asked what: reading is the store's, whatever changes a person is the memory's,
which alone writes about people. It says who is not there, and an actor that does not answer is to
the asker a database that does not (4004). It has no task and no state: each call runs in the task
of whoever asks.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

from attrs import define, field, frozen

from robi.actors.address import Address
from robi.actors.ask import Ask, ask
from robi.actors.errors import as_database
from robi.actors.memory_mail import Forget, Register, Remember, Removed
from robi.actors.store_mail import Load, LoadMemory, StoreAddress
from robi.errors import InvalidRequestFormat, MemoryNotFound, UserNotFound
from robi.people.identity import recognised
from robi.store.base import (
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    Erasure,
    Memory,
    MemoryKind,
    Person,
    Store,
)

__all__ = ["Known", "Memory", "MemoryKind", "Part", "Person", "Registry", "Removed", "Restored"]

READ_WITHIN = 5.0
KEEP_WITHIN = 10.0
FORGET_WITHIN = 60.0
"""Seconds; forgetting waits behind every earlier write, and for the disk to be overwritten."""

MEMORIES_RESTORED = 100
"""Memories that a phone gets of each person: a page of people must fit into an answer."""

T = TypeVar("T")


@frozen
class Part(Generic[T]):
    """A part of a list that has `total` in all."""

    items: tuple[T, ...]
    total: int


@frozen
class Known:
    """A person, and how many memories there are of them."""

    person: Person
    memories: int


@frozen
class Restored:
    """A person with their faces (float32, little-endian) and what weighs most of them."""

    known: Known
    faces: tuple[bytes, ...] = field(repr=False)
    memories: tuple[Memory, ...]


@frozen
class _LoadPart(Load[Part[Known]]):
    limit: int
    offset: int

    def read(self, store: Store) -> Part[Known]:
        people = store.people(self.limit, self.offset)
        return Part(tuple(_known(store, person) for person in people), store.people_count())


@frozen
class _LoadKnown(Load[Known | None]):
    person_id: str

    def read(self, store: Store) -> Known | None:
        person = store.person(self.person_id)
        return None if person is None else _known(store, person)


@frozen
class _LoadWhetherKept(Load[bool]):
    """Whether anything is kept under that id: who never showed a face may have only talked."""

    person_id: str

    def read(self, store: Store) -> bool:
        return (
            store.person(self.person_id) is not None
            or bool(store.history_of(self.person_id, 1))
            or bool(store.interactions(self.person_id, 1))
            or bool(store.sessions_of(self.person_id))
        )


@frozen
class _LoadMemoryPart(Load[Part[Memory] | None]):
    """A part of what is known of a person, None if there is none."""

    person_id: str
    limit: int
    offset: int
    superseded: bool

    def read(self, store: Store) -> Part[Memory] | None:
        if store.person(self.person_id) is None:
            return None
        if self.superseded:  # rare, and nothing counts these
            every = store.memories(self.person_id, superseded=True)
            return Part(every[self.offset : self.offset + self.limit], len(every))
        memories = store.memories(self.person_id, self.limit, self.offset)
        return Part(memories, store.memories_count(self.person_id))


@frozen
class _LoadRestored(Load[Part[Restored]]):
    limit: int
    offset: int

    def read(self, store: Store) -> Part[Restored]:
        restored = (
            Restored(
                _known(store, person),
                tuple(face.vector for face in store.embeddings(person.person_id)),
                store.memories(person.person_id, MEMORIES_RESTORED),
            )
            for person in store.people(self.limit, self.offset)
        )
        return Part(tuple(restored), store.people_count())


def _known(store: Store, person: Person) -> Known:
    return Known(person, store.memories_count(person.person_id))


@define(eq=False)
class Registry:
    """Asks store and memory on behalf of others.

    Everything raises DatabaseError when nobody answers in time, and DiskFull when there is no room.
    """

    _store: StoreAddress
    _people: Address[Ask[Person]]
    _memories: Address[Ask[Memory]]
    _forget: Address[Ask[Removed]]

    # ── reading ───────────────────────────────────────────────────────────────────────────

    async def people(self, limit: int, offset: int) -> Part[Known]:
        """Return people, first met first."""
        return await self._read(_LoadPart(limit, offset))

    async def person(self, person_id: str) -> Known:
        """Return one person. Raises UserNotFound."""
        known = await self._read(_LoadKnown(person_id))
        if known is None:
            raise UserNotFound
        return known

    async def memories(
        self, person_id: str, limit: int, offset: int, *, superseded: bool
    ) -> Part[Memory]:
        """Return what is known of a person, most important first. Raises UserNotFound."""
        part = await self._read(_LoadMemoryPart(person_id, limit, offset, superseded))
        if part is None:
            raise UserNotFound
        return part

    async def restore(self, limit: int, offset: int) -> Part[Restored]:
        """Return people with all that a phone needs to know them again."""
        return await self._read(_LoadRestored(limit, offset))

    async def _read(self, load: Load[T]) -> T:
        with as_database():
            return await self._store.read(load, within=READ_WITHIN)

    # ── keeping ───────────────────────────────────────────────────────────────────────────

    async def register(
        self, person_id: str, name: str, face: bytes, preferences: Mapping[str, str]
    ) -> Known:
        """Make this person, or bring what is known up to this.

        Raises PrivateContent; InvalidRequestFormat for an id by which no robot would know them
        again; UserNotFound if they are forgotten at the same time.
        """
        if recognised(person_id, None) != person_id:
            raise InvalidRequestFormat("user_id: would not be recognised")
        with as_database():
            question = Register(person_id, name, face, preferences)
            person = await ask(self._people, question, timeout=KEEP_WITHIN)
        return await self.person(person.person_id)

    async def remember(self, wanted: Remember) -> Memory:
        """Keep this of a person; the same again is the one there is.

        Raises PrivateContent, UserNotFound.
        """
        await self.person(wanted.person_id)
        with as_database():
            return await ask(self._memories, wanted, timeout=KEEP_WITHIN)

    # ── forgetting ────────────────────────────────────────────────────────────────────────

    async def forget_person(self, person_id: str, at: float) -> Removed:
        """Forget a person altogether; `at` in Unix seconds. Raises UserNotFound.

        Also somebody of whom nothing but a conversation is kept.
        """
        if not await self._read(_LoadWhetherKept(person_id)):
            raise UserNotFound
        return await self._erase(ErasePerson(person_id, at))

    async def forget_memories(self, person_id: str) -> Removed:
        """Forget all that is known of a person, who stays. Raises UserNotFound."""
        await self.person(person_id)
        return await self._erase(EraseEverythingRemembered(person_id))

    async def forget_memory(self, person_id: str, memory_id: str) -> Removed:
        """Forget one memory and where it came from. Raises UserNotFound, MemoryNotFound."""
        await self.person(person_id)
        memory = await self._read(LoadMemory(memory_id))
        if memory is None or memory.person_id != person_id:
            raise MemoryNotFound
        return await self._erase(EraseMemory(person_id, (memory_id,)))

    async def _erase(self, erasure: Erasure) -> Removed:
        with as_database():
            return await ask(self._forget, Forget(erasure), timeout=FORGET_WITHIN)
