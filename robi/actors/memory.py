"""The memory actor: what is known of people. All writes about a person pass through it.

Owns nothing but work in hand: recalls that wait for the store, what waits to be learned from
(`learning`), and what waits to be written or removed (`keeping`). What may be kept is decided in
`robi.people`, where it is kept in the store; so a crash costs what was in hand, never what was
acknowledged, and the turns that were not learned from yet are found again in the store.

Three things are kept apart, so that the first text of a turn waits for no write: a recall reads and
has its own small time limit, after which the turn goes on without memory; keeping waits for the
store as long as it takes, one job after the other; learning waits for the model.

What is to be forgotten is forgotten here first, in the instant that it is asked: nothing of it is
recalled or learned any more, and every session is told. It is one file, a table of what can be put
to the memory and what becomes of it.
"""

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import inf

import structlog
import trio
from attrs import define, field

from robi.actors.ask import Ask
from robi.actors.erasing import AllTold, at_once
from robi.actors.errors import ActorError
from robi.actors.forgotten import Forgotten, Order
from robi.actors.janitor_mail import JanitorAddress
from robi.actors.keeping import (
    Forgetting,
    Job,
    Keeping,
    NewPerson,
    Registration,
    Told,
)
from robi.actors.learning import Learned, Learner
from robi.actors.mail import Forgot, Hushed
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import (
    AddFace,
    Became,
    Forget,
    ForgetAbout,
    Heard,
    Meet,
    MemoryMessage,
    Named,
    Recall,
    Recollection,
    Register,
    Remember,
    Removed,
    Saw,
    TurnsLost,
)
from robi.actors.patience import PatientStore
from robi.actors.snapshot import Detail
from robi.actors.store_mail import (
    LoadForgotten,
    LoadPerson,
    LoadRemembered,
    LoadUnchecked,
    LoadUnconsidered,
    Remembered,
    StoreAddress,
)
from robi.actors.waiting import BACKLOG, QUIET_S, Waiting
from robi.brain.base import Brain
from robi.errors import DataError, Language, PrivateContent, ServerBusy, UserNotFound
from robi.people.identity import is_stranger, readable
from robi.people.privacy import PrivateClass, classes
from robi.people.recollection import WEIGHTY_FROM, best, dated
from robi.people.words import terms
from robi.speech.names import slug
from robi.store.base import (
    PINNED,
    AddEmbedding,
    Embedding,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Memory,
    Person,
    SavePerson,
    Write,
)

log = structlog.get_logger()

PINNED_RECALLED = 10
"""Memories told on purpose that enter every prompt: the newest, if there are more."""

SEARCHED = 20
"""Memories that are weighed against each other for the others."""

RECALL_TIMEOUT_S = 0.25
"""A turn waits no longer to know whom it speaks to: the person would notice."""

MEET_TIMEOUT_S = 0.25
"""The same for the two steps of a meeting: that nobody has the new id, and that it is on disk."""

RETRY_AFTER_S = 30

READY_WITHIN = 2.0
"""Seconds for which the first question waits until the store says who is forgotten."""

TOLD_WITHIN_S = 10.0
"""Seconds in which what a session tells of a turn that is stored has surely come."""

MOST_UNCHECKED = 20
"""Memories told on purpose that are loaded at once, for the model to look at."""


_NOTHING = Recollection()
_NOBODY = Remembered(None)


@define(eq=False)
class MemoryActor:
    """One life of the memory.

    Args:
        store: where everything is kept.
        janitor: who has the files.
        brain: what is asked for memories, and whether they are private.
        forgotten: who means nobody any more.
        tell_sessions: tells every session what is forgotten, without waiting.
        language, robot_name: of the questions to the model.
        learn_after: seconds that a turn waits for others before the model is asked about it.
        clock: Unix seconds.
        new_hex: that many random hexadecimal digits.
        all_told: see `robi.actors.erasing`.
    """

    _store: StoreAddress
    _janitor: JanitorAddress
    _brain: Brain
    _forgotten: Forgotten
    _tell_sessions: Callable[[Forgot | Hushed], None]
    _language: Language = "es"
    _robot_name: str = "Robi"
    _learn_after: float = QUIET_S
    _clock: Callable[[], float] = time.time
    _new_hex: Callable[[int], str] = field(default=lambda digits: secrets.token_hex(digits // 2))
    _all_told: AllTold = at_once
    _met: dict[str, Person] = field(factory=dict, init=False)
    """People who were met or named and are not written down yet."""
    _keeping: Keeping = field(init=False)
    _patient: PatientStore = field(init=False)
    _learner: Learner = field(init=False)
    _missed: int = field(default=0, init=False)
    _turns_lost: trio.Event = field(factory=trio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        self._patient = PatientStore(self._store)
        self._keeping = Keeping(
            self._store,
            self._janitor,
            self._clock,
            self._tell_sessions,
            self._forget_too,
            self._on_kept,
            self._all_told,
        )
        self._learner = Learner(
            self._brain,
            self._language,
            self._robot_name,
            self._keeping.put,
            self._unchecked,
            Waiting(self._learn_after),
            self._is_gone,
        )

    def details(self) -> Mapping[str, Detail]:
        """Counts of this life: jobs and turns waiting, kept and shed; turns that the model never
        made sense of; recalls that came to nothing; what the privacy gate did not let pass, by
        class."""
        return {
            "backlog": self._keeping.waiting,
            "unlearned": self._learner.backlog,
            "given_up": self._learner.given_up,
            "kept": self._keeping.kept,
            "shed": self._keeping.shed + self._learner.waiting.shed,
            "recalls_missed": self._missed,
            **{f"private_{name}": count for name, count in self._keeping.refused.items()},
        }

    async def run(self, mailbox: Mailbox[MemoryMessage], ready: Callable[[], None]) -> None:
        """Serve; once asked to stop, answer and keep what is left."""
        for order in self._forgotten.unfinished:  # by a life that crashed
            self._keeping.put(Forgetting(order))
        with trio.move_on_after(READY_WITHIN):  # then without: the store refuses all the same
            self._forgotten.load(await self._patient.read(LoadForgotten()))
        async with trio.open_nursery() as background:
            background.start_soon(self._load)
            background.start_soon(self._learner.run)
            async with trio.open_nursery() as keeping:
                keeping.start_soon(self._keeping.run)
                async with trio.open_nursery() as asking:
                    ready()
                    async for message in mailbox:
                        self._take(message, asking)
                self._keeping.end()
            background.cancel_scope.cancel()

    def _take(self, message: MemoryMessage, asking: trio.Nursery) -> None:
        if isinstance(message, TurnsLost):
            self._turns_lost.set()
            return
        if not isinstance(message, Ask):
            self._take_news(message)
            return
        match message.question:
            case Recall() as question:
                asking.start_soon(self._recall, message, question)
            case Meet() as question:
                asking.start_soon(self._meet, message, question)
            case Register() as question:
                self._register(message, question)
            case Remember() as question:
                self._remember(message, question)
            case Forget() | ForgetAbout() as question:
                self._forget(message, question)

    def _take_news(self, news: Heard | Became | Saw | Named | AddFace) -> None:
        if news.person_id in self._forgotten:
            return
        if isinstance(news, Became):
            turns = self._learner.became(news.stranger_id, news.person_id)
            self._learner.drop(self._forgotten.has_turn)  # by the name, before that was known here
            for heard in turns:
                if not self._forgotten.has_turn(heard):
                    self._keep_asked(heard)
        elif isinstance(news, Heard):
            self._hear(news)
        elif is_stranger(news.person_id):
            return
        elif not isinstance(news, Named):
            self._keeping.put(news)
        elif not classes(news.name):
            self._met[news.person_id] = Person(news.person_id, news.name, self._clock())
            self._keeping.put(news)

    # ── recall ────────────────────────────────────────────────────────────────────────────

    async def _recall(self, owed: Ask[Recollection], question: Recall) -> None:
        person_id = question.person_id
        if person_id is None or is_stranger(person_id) or person_id in self._forgotten:
            owed.reply(_NOTHING)
            return
        now = self._clock()
        try:
            load = LoadRemembered(person_id, terms(question.words), now, SEARCHED, WEIGHTY_FROM)
            known = await self._store.read(load, within=RECALL_TIMEOUT_S)
        except (ActorError, DataError) as error:
            log.warning("recall_missed", reason=type(error).__name__)
            self._missed += 1
            known = _NOBODY
        if person_id in self._forgotten:  # while the store was asked
            owed.reply(_NOTHING)
            return
        people = (known.person, self._met.get(person_id))
        name = next((person.name for person in people if person and person.name), None)
        relevant = [(found.memory, found.rank) for found in known.relevant]
        relevant = [(memory, rank) for memory, rank in relevant if self._is_known(memory)]
        weighty = tuple(filter(self._is_known, known.weighty))
        pinned = tuple(filter(self._is_known, known.pinned))[:PINNED_RECALLED]
        memories = (*pinned, *best(relevant, weighty, now, told=pinned))
        told = tuple(dated(each.content, each.created_at, self._language) for each in memories)
        owed.reply(Recollection(name, told))

    def _is_known(self, memory: Memory) -> bool:
        return not self._forgotten.has_memory(memory)

    # ── meeting ───────────────────────────────────────────────────────────────────────────

    async def _meet(self, owed: Ask[Person], question: Meet) -> None:
        if (private := _private((question.name,))) is not None:
            owed.fail(private)
            return
        now = self._clock()
        person_id = await self._new_person_id(question.name)
        if owed.abandoned:  # the turn was cut: nobody would know of this person
            return
        person = Person(person_id, question.name, now, last_seen=now, interaction_count=1)
        writes: list[Write] = [SavePerson(person)]
        if question.embedding is not None:
            writes.append(AddEmbedding(Embedding(person_id, question.embedding, now)))
        job = NewPerson(person, tuple(writes))
        self._keeping.put(job)
        self._met[person_id] = person
        with trio.move_on_after(MEET_TIMEOUT_S):
            await job.written.wait()
        if owed.abandoned:  # nobody knows of this person, and would come to know another
            self._forget(None, Forget(ErasePerson(person_id, self._clock())))
        owed.reply(person)

    async def _new_person_id(self, name: str) -> str:
        """Return `user_<slug>_<6 hex>` of nobody (protocol.md §8)."""
        while True:
            person_id = f"user_{slug(name)}_{self._new_hex(6)}"
            try:
                taken = await self._store.read(LoadPerson(person_id), within=MEET_TIMEOUT_S)
            except (ActorError, DataError):
                taken = None
            if taken is None and person_id not in self._met and person_id not in self._forgotten:
                return person_id

    # ── what is told ──────────────────────────────────────────────────────────────────────

    def _hear(self, heard: Heard, *, late: bool = False) -> None:
        if self._forgotten.has_turn(heard):
            return
        self._learner.hear(heard, late=late)
        if not is_stranger(heard.person_id):
            self._keep_asked(heard)

    def _keep_asked(self, heard: Heard) -> None:
        """Keep what the person told the robot to remember, if the rules let it pass."""
        if heard.asked is None:
            return
        if private := classes(heard.asked):
            self._keeping.put(Learned((), tuple(private)))
            return
        asked = Remember(heard.person_id, heard.asked, importance=PINNED)
        self._keeping.put(Told(asked, heard.session_id, heard.request_id))

    def _register(self, owed: Ask[Person], question: Register) -> None:
        told = [f"{key}: {value}" for key, value in question.preferences.items()]
        texts = (readable(question.person_id), question.name, *told, " ".join(told))
        if (private := _private(texts)) is not None:
            owed.fail(private)
        elif self._keeping.is_full:
            owed.fail(ServerBusy("too much waits to be written", retry_after=RETRY_AFTER_S))
        else:
            self._keeping.put(Registration(question, owed))

    def _remember(self, owed: Ask[Memory], question: Remember) -> None:
        private = _private((question.content, question.subject, question.slot or ""))
        if question.person_id in self._forgotten:
            owed.fail(UserNotFound())
        elif private is not None:
            owed.fail(private)
        elif self._keeping.is_full:
            owed.fail(ServerBusy("too much waits to be written", retry_after=RETRY_AFTER_S))
        else:
            self._keeping.put(Told(question, owed=owed))

    def _on_kept(self, job: Job) -> None:
        match job:
            case NewPerson(person):
                self._met.pop(person.person_id, None)
            case Named(person_id):
                self._met.pop(person_id, None)
            case Registration(asked):
                self._forgotten.readmit(asked.person_id)
            case Told():
                self._learner.look_at()
            case Forgetting(order):
                self._forgotten.finish(order)
                match order.question:
                    case Forget(ErasePerson(person_id)):
                        # Who was registered before it was done is forgotten too.
                        self._forgotten.add(person_id)

    # ── forgetting ────────────────────────────────────────────────────────────────────────

    def _forget(self, owed: Ask[Removed] | None, question: Forget | ForgetAbout) -> None:
        """Forget it here and in the sessions at once, as far as can be told; then in its turn.

        What was put before is kept first and removed then; so nothing of it overtakes.
        """
        forgot = _about(question)
        if forgot.person_too:
            self._met.pop(forgot.person_id, None)
            self._forgotten.add(forgot.person_id)
        order = self._forgotten.begin(question, forgot, self._clock())
        self._keeping.put(Forgetting(order, self._forget_in_hand(forgot), owed))

    def _forget_too(self, order: Order, forgot: Forgot) -> int:
        """Forget at once what the order has turned out to be about; return as below."""
        order.about.append(forgot)
        return self._forget_in_hand(forgot)

    def _forget_in_hand(self, forgot: Forgot) -> int:
        """Learn nothing of it any more, and tell the sessions; return how many turns waited."""
        self._tell_sessions(forgot)
        return self._learner.drop(
            lambda heard: forgot.concerns(
                heard.person_id, heard.session_id, heard.request_id, heard.words
            )
        )

    # ── what the store knows ──────────────────────────────────────────────────────────────

    async def _load(self) -> None:
        """Take up from the last life who is forgotten, and what was not learned from yet; that
        also whenever a process that told of turns is gone."""
        self._forgotten.load(await self._patient.read(LoadForgotten()))
        await self._take_up(until=inf)
        while True:
            await self._turns_lost.wait()
            self._turns_lost = trio.Event()
            now = self._clock()
            await trio.sleep(TOLD_WITHIN_S)  # what others told is here then, and not heard twice
            await self._take_up(until=now)

    async def _take_up(self, *, until: float) -> None:
        """Learn from the turns up to then of which it is not kept that they were learned from."""
        for turn in await self._patient.read(LoadUnconsidered(BACKLOG)):
            heard = Heard(
                turn.person_id,
                turn.session_id,
                turn.request_id,
                turn.summary or "",
                notes=(),
                asked=None,
                at=turn.created_at,
            )
            if turn.created_at <= until and turn.person_id not in self._forgotten:
                self._hear(heard, late=True)

    def _is_gone(self, memory: Memory) -> bool:
        return memory.person_id in self._forgotten or self._forgotten.has_memory(memory)

    async def _unchecked(self, but: Collection[str]) -> Sequence[Memory]:
        loaded = await self._patient.read(LoadUnchecked(MOST_UNCHECKED + len(but)))
        memories = [memory for memory in loaded if memory.memory_id not in but]
        return [memory for memory in memories if memory.person_id == memories[0].person_id]


def _private(texts: Iterable[str]) -> PrivateContent | None:
    """Return what is wrong with texts of which one holds something private."""
    found = frozenset[PrivateClass]().union(*map(classes, texts))
    return PrivateContent(f"private: {', '.join(sorted(found))}") if found else None


def _about(question: Forget | ForgetAbout) -> Forgot:
    """Return what an order to forget is about, as far as can be told without the store."""
    if isinstance(question, ForgetAbout):
        return Forgot(question.person_id, about=(question.words,))
    match question.erasure:
        case ErasePerson(person_id):
            return Forgot(person_id, everything=True, person_too=True)
        case EraseEverythingRemembered(person_id):
            return Forgot(person_id, everything=True)
        case EraseTurns(person_id, session_id, request_ids):
            return Forgot(person_id, frozenset((session_id, each) for each in request_ids))
        case EraseMemory(person_id, memory_ids):
            return Forgot(person_id, memory_ids=frozenset(memory_ids))
