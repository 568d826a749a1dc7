"""Keeping: what the memory writes down and removes, one thing after the other.

Owns the jobs that wait and the patience with a store that does not answer. One at a time, since
each is compared with all that was kept before it, and since what is forgotten must not come back by
a job that overtakes. A person that was met, what was told on purpose, what was learned and what is
to be forgotten are never shed; sightings and faces are, the oldest first.

It is one file, a list of jobs and what is done for each.
"""

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.ask import Ask
from robi.actors.erasing import AllTold, Eraser, at_once
from robi.actors.errors import ActorDied
from robi.actors.forgotten import Order
from robi.actors.janitor_mail import JanitorAddress
from robi.actors.learning import Finding, Judged, Learned, Verdict
from robi.actors.mail import Forgot, Hushed
from robi.actors.memory_mail import (
    AddFace,
    Forget,
    Named,
    Register,
    Remember,
    Removed,
    Saw,
)
from robi.actors.patience import PatientStore
from robi.actors.reconciling import Reconciler
from robi.actors.store_mail import LoadPerson, StoreAddress
from robi.errors import UserNotFound
from robi.people.candidates import Candidate
from robi.people.slots import normal_slot, normal_subject
from robi.store.base import (
    AddEmbedding,
    AddEvent,
    CheckMemory,
    Consider,
    Embedding,
    EraseMemory,
    EraseTurns,
    Erasure,
    EventRow,
    Memory,
    Person,
    Readmit,
    SavePerson,
    SeePerson,
    Write,
    WriteRejected,
)

log = structlog.get_logger()

BACKLOG: Final = 1000
"""Jobs that may wait (architecture.md, Bounds)."""


@frozen(eq=False)
class NewPerson:
    """A person to be written down."""

    person: Person
    writes: tuple[Write, ...]
    written: trio.Event = field(factory=trio.Event)


@frozen(eq=False)
class Told:
    """Something that a person told on purpose; `owed` is whoever waits to hear that it is kept."""

    asked: Remember
    session_id: str | None = None
    request_id: str | None = None
    owed: Ask[Memory] | None = None


@frozen(eq=False)
class Registration:
    """A person made or changed on purpose."""

    asked: Register
    owed: Ask[Person]


@frozen(eq=False)
class Forgetting:
    """Something to be removed; `queued` turns of it were dropped before they were learned from."""

    order: Order
    queued: int = 0
    owed: Ask[Removed] | None = None
    """Whoever waits to hear that it is gone; nobody, after a crash."""


Job: TypeAlias = (
    NewPerson | Told | Registration | Forgetting | Learned | Judged | Saw | Named | AddFace
)

_SHEDDABLE = (Saw, Named, AddFace)


@define(eq=False)
class Keeping:
    """The jobs of the memory.

    Args:
        address: of the store.
        janitor: who has the files.
        clock: Unix seconds.
        tell_sessions: tells every session something, without waiting.
        forget_too: forgets in hand, at once, what an order has turned out to be about; returns how
            many turns waited.
        on_kept: called when a job is done that others look out for.
        all_told: see `robi.actors.erasing`.
    """

    _address: StoreAddress
    _janitor: JanitorAddress
    _clock: Callable[[], float]
    _tell_sessions: Callable[[Forgot | Hushed], None]
    _forget_too: Callable[[Order, Forgot], int]
    _on_kept: Callable[[Job], None]
    _all_told: AllTold = at_once
    _store: PatientStore = field(init=False)
    _reconciler: Reconciler = field(init=False)
    _eraser: Eraser = field(init=False)
    _jobs: deque[Job] = field(factory=deque, init=False)
    _news: trio.Event = field(factory=trio.Event, init=False)
    _ending: bool = field(default=False, init=False)
    shed: int = field(default=0, init=False)
    refused: dict[Verdict, int] = field(factory=dict, init=False)
    """What the gate did not let pass, by class."""

    def __attrs_post_init__(self) -> None:
        self._store = PatientStore(self._address)
        self._reconciler = Reconciler(self._store, self._clock)
        self._eraser = Eraser(self._store, self._janitor, self._forget_too, self._all_told)

    @property
    def kept(self) -> int:
        """What was written."""
        return self._store.kept

    @property
    def waiting(self) -> int:
        """Jobs that wait."""
        return len(self._jobs)

    @property
    def is_full(self) -> bool:
        """Whether more waits than should: who can wait and ask again had better."""
        return len(self._jobs) >= BACKLOG

    def put(self, job: Job) -> None:
        """Put a job behind the others. When there are many, the oldest sighting gives way."""
        if len(self._jobs) >= BACKLOG:
            oldest = next((old for old in self._jobs if isinstance(old, _SHEDDABLE)), None)
            if oldest is not None or isinstance(job, _SHEDDABLE):
                self.shed += 1
                if self.shed == 1:
                    log.error("memory_shedding", backlog=BACKLOG)
            if oldest is not None:
                self._jobs.remove(oldest)
            elif isinstance(job, _SHEDDABLE):
                return
        self._jobs.append(job)
        self._news.set()

    def end(self) -> None:
        """Do what waits, and then no more."""
        self._ending = True
        self._news.set()

    async def run(self) -> None:
        """Do the jobs until there are none left after `end`."""
        while True:
            while self._jobs:
                await self._do(self._jobs.popleft())
            if self._ending:
                return
            self._news = trio.Event()
            await self._news.wait()

    async def _do(self, job: Job) -> None:
        match job:
            case NewPerson(_, writes, written):
                await self._store.commit(*writes)
                self._on_kept(job)
                written.set()
            case Told():
                await self._keep_told(job)
            case Registration(asked, owed):
                await self._register(asked, owed)
                self._on_kept(job)
            case Forgetting():
                await self._forget(job)
            case Learned():
                for finding in job.findings:
                    await self._keep_found(finding)
                await self._store.commit(
                    *(Consider(*found.heard.told) for found in job.findings if not found.private)
                )
                await self._note_refused(job.refused, "rules and model")
                job.done.set()
            case Judged():
                await self._keep_judged(job)
                job.done.set()
            case Saw(person_id, at):
                await self._see(person_id, at)
            case Named(person_id, name):
                await self._store.commit(SavePerson(Person(person_id, name, self._clock())))
                self._on_kept(job)
            case AddFace(person_id, embedding):
                now = self._clock()
                face = AddEmbedding(Embedding(person_id, embedding, now))
                await self._store.commit(SavePerson(Person(person_id, None, now)), face)

    async def _forget(self, job: Forgetting) -> None:
        try:
            removed = await self._eraser.forget(job.order, job.queued)
        except WriteRejected as error:  # of no person that could ever have been kept
            log.error("forgetting_rejected", reason=error.reason)
            self._on_kept(job)
            if job.owed is not None:
                job.owed.fail(error)
            return
        counts = {name: count for name, count in removed.counts().items() if count}
        await self._store.commit(self._event("forgotten", counts))
        log.info("forgotten", what=type(job.order.question).__name__, **counts)
        self._on_kept(job)
        if job.owed is not None:
            job.owed.reply(removed)

    # ── people ────────────────────────────────────────────────────────────────────────────

    async def _see(self, person_id: str, at: float) -> None:
        """Not worth a commit of its own: nothing that comes later is compared with it."""
        try:
            await self._address.write(SeePerson(person_id, at))
        except ActorDied:
            self.shed += 1

    async def _register(self, asked: Register, owed: Ask[Person]) -> None:
        now = self._clock()
        person = Person(asked.person_id, asked.name, now, preferences=asked.preferences)
        writes: list[Write] = [Readmit(asked.person_id), SavePerson(person)]
        if asked.embedding is not None:
            writes.append(AddEmbedding(Embedding(asked.person_id, asked.embedding, now)))
        await self._store.commit(*writes)
        kept = await self._store.read(LoadPerson(asked.person_id))
        owed.reply(kept if kept is not None else person)

    # ── memories ──────────────────────────────────────────────────────────────────────────

    async def _keep_told(self, told: Told) -> None:
        asked = told.asked
        if told.owed is not None and told.owed.abandoned:
            return  # they were told that it could not be, and may have told it again
        if told.owed is not None and await self._store.read(LoadPerson(asked.person_id)) is None:
            told.owed.fail(UserNotFound())
            return
        candidate = Candidate(
            asked.kind,
            asked.content,
            asked.importance,
            normal_subject(asked.subject),
            normal_slot(asked.slot) if asked.slot else None,
        )
        memory = await self._reconciler.keep(
            asked.person_id, candidate, told.session_id, told.request_id, checked=False
        )
        if told.owed is not None:
            told.owed.reply(memory)
        self._on_kept(told)

    async def _keep_found(self, found: Finding) -> None:
        heard = found.heard
        turn = heard.turn
        if found.private is not None:
            self._tell_sessions(Hushed(*turn))
            await self._erase(EraseTurns(heard.person_id, heard.session_id, (heard.request_id,)))
            self._tell_sessions(Hushed(*turn))  # who has read it meanwhile must know too
            await self._note_refused((found.private,), "model")
            return
        for candidate in found.candidates:
            await self._reconciler.keep(heard.person_id, candidate, *turn, checked=True)

    async def _keep_judged(self, judged: Judged) -> None:
        for memory, private in zip(judged.memories, judged.classes, strict=True):
            if private is None:
                await self._store.commit(CheckMemory(memory.memory_id))
                continue
            self._hush_source(memory)
            await self._erase(EraseMemory(memory.person_id, (memory.memory_id,), superseded=False))
            self._hush_source(memory)  # who has read it meanwhile must know too
            await self._note_refused((private,), "model")

    def _hush_source(self, memory: Memory) -> None:
        if memory.session_id is not None and memory.request_id is not None:
            self._tell_sessions(Hushed(memory.session_id, memory.request_id))

    async def _erase(self, erasure: Erasure) -> None:
        """Erase what nobody has asked to have forgotten."""
        order = Order(Forget(erasure), self._clock(), [])
        await self._eraser.forget(order)
        self._on_kept(Forgetting(order))  # other processes were told of it, and may let go of it

    # ── the store ─────────────────────────────────────────────────────────────────────────

    async def _note_refused(self, refused: Iterable[Verdict], by: str) -> None:
        for private in refused:
            self.refused[private] = self.refused.get(private, 0) + 1
            log.info("private_not_kept", private=private, by=by)
            await self._store.commit(self._event("private_not_kept", {"class": private, "by": by}))

    def _event(self, kind: str, details: Mapping[str, str | int]) -> AddEvent:
        event_id = f"event_{secrets.token_hex(8)}"
        return AddEvent(EventRow(event_id, kind, self._clock(), details=details))
