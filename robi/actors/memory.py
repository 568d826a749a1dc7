"""The memory actor: what is known of people. All writes about a person pass through it.

Owns nothing but work in hand: recalls that wait for the store, and a backlog of what is to be
kept, done one at a time. What may be kept is decided in `robi.people`, where it is kept in the
store; so a crash costs what was in the backlog, never what was acknowledged.

Two things are kept apart, so that the first text of a turn waits for no write: a recall reads and
has its own small time limit, after which the turn goes on without memory; keeping waits for the
store as long as it takes, one job after the other, so that each is compared with all before it. It
is one file, for recalling, meeting and keeping share what is met and not yet written down.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from math import inf
from typing import TypeAlias, cast

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.ask import Ask
from robi.actors.errors import ActorDied, ActorError
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import (
    AddFace,
    Consider,
    Meet,
    MemoryMessage,
    Named,
    Recall,
    Recollection,
    Saw,
)
from robi.actors.snapshot import Detail
from robi.actors.store_mail import (
    Acquaintance,
    LoadAcquaintance,
    LoadMemories,
    LoadPerson,
    StoreAddress,
)
from robi.errors import DataError, ServerBusy
from robi.people.identity import is_stranger
from robi.people.notes import key_of, strengthened, worth_keeping
from robi.speech.names import slug
from robi.speech.pieces import MemoryNote
from robi.store.base import (
    AddEmbedding,
    AddMemory,
    Embedding,
    Memory,
    Person,
    PersonWrite,
    SavePerson,
    SeePerson,
    StrengthenMemory,
    WriteRejected,
)

log = structlog.get_logger()

RECALLED = 5
"""Memories that enter a prompt (issue 4, Recall)."""

RECALL_TIMEOUT_S = 0.25
"""A turn waits no longer to know whom it speaks to: the person would notice."""

MEET_TIMEOUT_S = 0.25
"""The same for the two steps of a meeting: that nobody has the new id, and that it is on disk."""

BACKLOG = 1000
"""Jobs that may wait (architecture.md, Bounds); then the oldest are shed and counted."""

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 30.0


# ── the actor ─────────────────────────────────────────────────────────────────────────────

_NOTHING = Recollection()
_NOBODY = Acquaintance(None, ())


@frozen(eq=False)
class _NewPerson:
    """A person to be written down, who must not be shed."""

    person: Person
    writes: tuple[PersonWrite, ...]
    written: trio.Event = field(factory=trio.Event)


_Job: TypeAlias = Consider | Saw | Named | AddFace | _NewPerson


@define(eq=False)
class MemoryActor:
    """One life of the memory.

    Args:
        store: where everything is kept.
        clock: Unix seconds.
        new_hex: that many random hexadecimal digits.
    """

    _store: StoreAddress
    _clock: Callable[[], float] = time.time
    _new_hex: Callable[[int], str] = field(default=lambda digits: secrets.token_hex(digits // 2))
    _met: dict[str, Person] = field(factory=dict, init=False)
    """People who were met or named and are not written down yet."""
    _backlog: deque[_Job] = field(factory=deque, init=False)
    _news: trio.Event = field(factory=trio.Event, init=False)
    _ending: bool = field(default=False, init=False)
    _kept: int = field(default=0, init=False)
    _shed: int = field(default=0, init=False)
    _missed: int = field(default=0, init=False)

    def details(self) -> Mapping[str, Detail]:
        """Counts of this life: jobs waiting, kept and shed; recalls that came to nothing."""
        return {
            "backlog": len(self._backlog),
            "kept": self._kept,
            "shed": self._shed,
            "recalls_missed": self._missed,
        }

    async def run(self, mailbox: Mailbox[MemoryMessage], ready: Callable[[], None]) -> None:
        """Serve; once asked to stop, answer and keep what is left."""
        async with trio.open_nursery() as keeping:
            keeping.start_soon(self._keep_all)
            async with trio.open_nursery() as asking:
                ready()
                async for message in mailbox:
                    self._take(message, asking)
            self._ending = True
            self._news.set()

    def _take(self, message: MemoryMessage, asking: trio.Nursery) -> None:
        if isinstance(message, Named) and not is_stranger(message.person_id):
            self._met[message.person_id] = Person(message.person_id, message.name, self._clock())
        if not isinstance(message, Ask):
            self._put(message)
            return
        question = message.question
        if isinstance(question, Recall):
            asking.start_soon(self._recall, cast("Ask[Recollection]", message), question)
        elif isinstance(question, Meet):
            asking.start_soon(self._meet, cast("Ask[Person]", message), question)

    # ── recall ────────────────────────────────────────────────────────────────────────────

    async def _recall(self, owed: Ask[Recollection], question: Recall) -> None:
        person_id = question.person_id
        if person_id is None or is_stranger(person_id):
            owed.reply(_NOTHING)
            return
        try:
            load = LoadAcquaintance(person_id, RECALLED)
            known = await self._store.read(load, within=RECALL_TIMEOUT_S)
        except (ActorError, DataError) as error:
            log.warning("recall_missed", reason=type(error).__name__)
            self._missed += 1
            known = _NOBODY
        people = (known.person, self._met.get(person_id))
        name = next((person.name for person in people if person and person.name), None)
        owed.reply(Recollection(name, tuple(memory.content for memory in known.memories)))

    # ── meeting ───────────────────────────────────────────────────────────────────────────

    async def _meet(self, owed: Ask[Person], question: Meet) -> None:
        now = self._clock()
        person_id = await self._new_person_id(question.name)
        if owed.abandoned:  # the turn was cut: nobody would know of this person
            return
        person = Person(person_id, question.name, now, last_seen=now, interaction_count=1)
        writes: list[PersonWrite] = [SavePerson(person)]
        if question.embedding is not None:
            writes.append(AddEmbedding(Embedding(person_id, question.embedding, now)))
        job = _NewPerson(person, tuple(writes))
        if not self._put(job):
            owed.fail(ServerBusy("too many people to write down"))
            return
        self._met[person_id] = person
        with trio.move_on_after(MEET_TIMEOUT_S):
            await job.written.wait()
        owed.reply(person)

    async def _new_person_id(self, name: str) -> str:
        """Return `user_<slug>_<6 hex>` of nobody (protocol.md §8)."""
        while True:
            person_id = f"user_{slug(name)}_{self._new_hex(6)}"
            try:
                taken = await self._store.read(LoadPerson(person_id), within=MEET_TIMEOUT_S)
            except (ActorError, DataError):
                taken = None
            if taken is None and person_id not in self._met:
                return person_id

    # ── keeping ───────────────────────────────────────────────────────────────────────────

    def _put(self, job: _Job) -> bool:
        """Put a job behind the others; return whether it was taken.

        When there are many, the oldest that is no new person gives way.
        """
        if len(self._backlog) >= BACKLOG:
            self._shed += 1
            if self._shed == 1:
                log.error("memory_shedding", backlog=BACKLOG)
            oldest = next((old for old in self._backlog if not isinstance(old, _NewPerson)), None)
            if oldest is None:
                return False
            self._backlog.remove(oldest)
        self._backlog.append(job)
        self._news.set()
        return True

    async def _keep_all(self) -> None:
        while True:
            while self._backlog:
                await self._keep(self._backlog.popleft())
            if self._ending:
                return
            self._news = trio.Event()
            await self._news.wait()

    async def _keep(self, job: _Job) -> None:
        match job:
            case Consider(person_id, notes):
                if not is_stranger(person_id):
                    await self._consider(person_id, notes)
            case Saw(person_id, at):
                if not is_stranger(person_id):
                    await self._see(person_id, at)
            case Named(person_id, name):
                if not is_stranger(person_id):
                    await self._commit(SavePerson(Person(person_id, name, self._clock())))
                    self._met.pop(person_id, None)
            case AddFace(person_id, embedding):
                if not is_stranger(person_id):
                    now = self._clock()
                    face = AddEmbedding(Embedding(person_id, embedding, now))
                    await self._commit(SavePerson(Person(person_id, None, now)), face)
            case _NewPerson(person, writes, written):
                await self._commit(*writes)
                del self._met[person.person_id]
                written.set()

    async def _see(self, person_id: str, at: float) -> None:
        """Not worth a commit of its own: nothing that comes later is compared with it."""
        try:
            await self._store.write(SeePerson(person_id, at))
        except ActorDied:
            self._shed += 1
        else:
            self._kept += 1

    async def _consider(self, person_id: str, notes: tuple[MemoryNote, ...]) -> None:
        worthy = worth_keeping((note.kind, note.content) for note in notes)
        if not worthy:
            return
        now = self._clock()
        known = {key_of(memory.content): memory for memory in await self._memories(person_id)}
        writes: list[PersonWrite] = []
        for note in worthy:
            if (memory := known.get(note.key)) is not None:
                heard_again = strengthened(memory.importance)
                writes.append(StrengthenMemory(memory.memory_id, heard_again))
            else:
                memory_id = f"mem_{self._new_hex(16)}"
                new = Memory(memory_id, person_id, note.kind, note.content, note.importance, now)
                writes.append(AddMemory(new))
        # The phone may name someone from before our time: the row is made when there is need.
        await self._commit(SavePerson(Person(person_id, None, now)), *writes)

    async def _memories(self, person_id: str) -> tuple[Memory, ...]:
        pause = FIRST_PAUSE_S
        while True:
            try:
                return await self._store.read(LoadMemories(person_id), within=LONGEST_PAUSE_S)
            except (ActorError, DataError) as error:
                log.warning("memory_waits", reason=type(error).__name__)
            await trio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _commit(self, *writes: PersonWrite) -> None:
        """Have it written, however long it takes: written twice is written once."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                await self._store.commit(*writes, within=inf)
            except WriteRejected as error:
                log.error("memory_rejected", reason=error.reason)
                return
            except ActorDied:
                log.warning("memory_waits", reason="ActorDied")
                await trio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
            else:
                self._kept += 1
                return
