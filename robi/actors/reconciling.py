"""Reconciling: a new memory meets those that are there.

Owns the step from the verdict of `robi.people.reconciliation` to rows. One at a time, each compared
with all that was kept before.
"""

import secrets
from collections.abc import Callable
from typing import Final

from attrs import define, evolve

from robi.actors.patience import PatientStore
from robi.actors.store_mail import LoadRelevant, LoadSlot
from robi.people.candidates import Candidate
from robi.people.reconciliation import Merge, New, Strengthen, Supersede, reconcile
from robi.people.slots import slot_of
from robi.people.words import terms
from robi.store.base import (
    AddMemory,
    Memory,
    Person,
    SavePerson,
    StrengthenMemory,
    SupersedeMemory,
)

ALIKE: Final = 50
"""Memories that share words with a new one, and are compared with it."""


@define(eq=False)
class Reconciler:
    """What brings new and known memories together. `clock` gives Unix seconds."""

    _store: PatientStore
    _clock: Callable[[], float]

    async def keep(
        self,
        person_id: str,
        candidate: Candidate,
        session_id: str | None,
        request_id: str | None,
        *,
        checked: bool,
    ) -> Memory:
        """Bring a new memory together with those that are there; return the one that holds now."""
        if candidate.slot is None and (found := slot_of(candidate.content)) is not None:
            candidate = evolve(candidate, subject=found[0] or candidate.subject, slot=found[1])
        in_slot: tuple[Memory, ...] = ()
        if candidate.slot is not None:
            load = LoadSlot(person_id, candidate.subject, candidate.slot)
            in_slot = await self._store.read(load)
        now = self._clock()
        words = terms(candidate.content)
        scored = await self._store.read(LoadRelevant(person_id, words, now, ALIKE)) if words else ()
        alike = {memory.memory_id: memory for memory in in_slot}
        alike |= {found.memory.memory_id: found.memory for found in scored}
        verdict = reconcile(candidate, in_slot, tuple(alike.values()))
        if isinstance(verdict, Strengthen):
            known = alike[verdict.memory_id]
            importance = max(known.importance, verdict.importance, candidate.importance)
            await self._store.commit(
                StrengthenMemory(known.memory_id, importance, session_id, request_id)
            )
            return evolve(known, importance=importance)
        memory = Memory(
            f"mem_{secrets.token_hex(8)}",
            person_id,
            candidate.kind,
            candidate.content,
            candidate.importance,
            now,
            subject=candidate.subject,
            slot=candidate.slot,
            session_id=session_id,
            request_id=request_id,
            checked=checked,
        )
        superseded: tuple[str, ...] = ()
        match verdict:
            case New():
                pass
            case Supersede(memory_ids):
                superseded = memory_ids
            case Merge(memory_ids, content):
                superseded = memory_ids
                merged = [alike[memory_id] for memory_id in memory_ids]
                most = max(known.importance for known in merged)
                memory = evolve(
                    memory,
                    content=content,
                    importance=max(most, candidate.importance),
                    # The content may be of one that the model has not seen.
                    checked=checked and all(known.checked for known in merged),
                )
        # The phone may name someone from before our time: the row is made when there is need.
        await self._store.commit(
            SavePerson(Person(person_id, None, now)),
            AddMemory(memory),
            *(SupersedeMemory(old_id, memory.memory_id) for old_id in superseded),
        )
        return memory
