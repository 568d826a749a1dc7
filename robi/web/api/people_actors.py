"""People as the actors know them: the port of `people`, fulfilled by the register.

Owns how rows are told in REST's words: `user_id` for a person's id, ISO 8601 for seconds, nothing
for what is empty.
"""

from collections.abc import Callable

from attrs import define

from robi.actors import registry
from robi.actors.memory_mail import Remember, Removed
from robi.actors.registry import Known, Registry, Restored
from robi.web.api.kinds import moment
from robi.web.api.types import (
    Memories,
    Memory,
    MemoryPage,
    NewFace,
    NewMemory,
    OneMemory,
    OneUser,
    Page,
    Receipt,
    Restore,
    RestoredUser,
    User,
    Users,
)


@define(eq=False)
class PeopleByActors:
    """See `People`. `clock` gives Unix seconds."""

    _registry: Registry
    _clock: Callable[[], float]

    async def users(self, asked: Page) -> Users:
        """See `People.users`."""
        part = await self._registry.people(asked.limit, asked.offset)
        return Users(tuple(map(_user, part.items)), part.total, _next(asked, part.total))

    async def user(self, asked: OneUser) -> User:
        """See `People.user`."""
        return _user(await self._registry.person(asked.user_id))

    async def register(self, face: NewFace) -> User:
        """See `People.register`."""
        known = await self._registry.register(
            face.user_id, face.name, face.embedding, face.preferences or {}
        )
        return _user(known)

    async def memories(self, asked: MemoryPage) -> Memories:
        """See `People.memories`."""
        part = await self._registry.memories(
            asked.user_id, asked.limit, asked.offset, superseded=asked.include == "superseded"
        )
        return Memories(tuple(map(_memory, part.items)), part.total, _next(asked, part.total))

    async def remember(self, told: NewMemory) -> Memory:
        """See `People.remember`."""
        wanted = Remember(
            told.user_id,
            told.content,
            told.type,
            told.importance,
            subject=told.subject or "",
            slot=told.slot,
        )
        return _memory(await self._registry.remember(wanted))

    async def forget_user(self, asked: OneUser) -> Receipt:
        """See `People.forget_user`."""
        return _receipt(await self._registry.forget_person(asked.user_id, self._clock()))

    async def forget_memories(self, asked: OneUser) -> Receipt:
        """See `People.forget_memories`."""
        return _receipt(await self._registry.forget_memories(asked.user_id))

    async def forget_memory(self, asked: OneMemory) -> Receipt:
        """See `People.forget_memory`."""
        return _receipt(await self._registry.forget_memory(asked.user_id, asked.memory_id))

    async def restore(self, asked: Page) -> Restore:
        """See `People.restore`: every memory is somebody's here, so none is general."""
        part = await self._registry.restore(asked.limit, asked.offset)
        return Restore(
            users=tuple(map(_restored, part.items)),
            general_memories=(),
            total=part.total,
            next=_next(asked, part.total),
        )


def _next(asked: Page | MemoryPage, total: int) -> int | None:
    end = asked.offset + asked.limit
    return end if end < total else None


def _perhaps(at: float | None) -> str | None:
    return None if at is None else moment(at)


def _user(known: Known) -> User:
    person = known.person
    return User(
        user_id=person.person_id,
        name=person.name,
        created_at=moment(person.created_at),
        last_seen=_perhaps(person.last_seen),
        interaction_count=person.interaction_count,
        memory_count=known.memories,
        preferences=dict(person.preferences),
    )


def _memory(memory: registry.Memory) -> Memory:
    return Memory(
        memory_id=memory.memory_id,
        user_id=memory.person_id,
        type=memory.kind,
        content=memory.content,
        importance=memory.importance,
        created_at=moment(memory.created_at),
        subject=memory.subject or None,
        slot=memory.slot,
        valid_until=_perhaps(memory.valid_until),
        superseded_by=memory.superseded_by,
    )


def _restored(restored: Restored) -> RestoredUser:
    return RestoredUser(
        _user(restored.known), restored.faces, tuple(map(_memory, restored.memories))
    )


def _receipt(removed: Removed) -> Receipt:
    receipt = removed.receipt
    return Receipt(
        people=receipt.people,
        faces=receipt.faces,
        memories=receipt.memories,
        history=receipt.history,
        summaries=receipt.summaries,
        interactions=receipt.interactions,
        media=receipt.media,
        media_files=removed.media_files,
        media_files_left=removed.media_files_left,
        sessions=receipt.sessions,
        events=receipt.events,
        backups=receipt.backups,
        reminders=receipt.reminders,
        queued=removed.queued,
    )
