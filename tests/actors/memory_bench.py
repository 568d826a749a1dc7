"""A memory on the bench: its model, its files and its sessions in the hands of a test."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from typing import Any, TypeVar

import trio
from attrs import define, field
from trio.testing import wait_all_tasks_blocked

from robi.actors.ask import Ask, Question, ask
from robi.actors.forgotten import Forgotten
from robi.actors.janitor_mail import JanitorAddress, JanitorMessage, Remove
from robi.actors.mail import Forgot, Hushed
from robi.actors.mailbox import Mailbox
from robi.actors.memory import MemoryActor
from robi.actors.memory_mail import Heard, MemoryMessage, Recall, Recollection
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.actors.waiting import QUIET_S
from robi.brain.base import Brain, BrainRequest, Fragment, Purpose
from robi.errors import BrainBlocked, DatabaseError, RobiError
from robi.speech import classification, extraction
from robi.store.base import (
    AddInteraction,
    AppendHistory,
    Erasure,
    HistoryRow,
    InteractionRow,
    Memory,
    Person,
    Receipt,
    SavePerson,
    SaveSession,
    SessionRow,
    Write,
)
from robi.store.ram import RamStore

T = TypeVar("T")

NOW = 1000.0
ANA = Person("user_ana_0a1b2c", "Ana", created_at=100.0)
LUIS = Person("user_luis_3d4e5f", "Luis", created_at=200.0)
FACE = b"\0\1\2\3" * 128
LONG = 5000.0
"""Seconds after which whatever was to happen has, the longest pauses included."""


def heard(
    words: str,
    request_id: str = "r1",
    person_id: str = ANA.person_id,
    *,
    asked: str | None = None,
    at: float = NOW,
) -> Heard:
    return Heard(person_id, "s", request_id, words, (), asked, at)


def rows_of(turn: Heard) -> list[Write]:
    """Return what a session writes of a turn before it tells the memory."""
    number = int(turn.request_id.removeprefix("r"))
    session_id, request_id = turn.turn
    return [
        SaveSession(SessionRow(session_id, "device", turn.person_id, turn.at, turn.at)),
        AppendHistory(
            HistoryRow(
                session_id, number, turn.person_id, "person", turn.words, turn.at, request_id
            )
        ),
        AddInteraction(
            InteractionRow(
                session_id,
                request_id,
                turn.person_id,
                "text",
                turn.words,
                None,
                "done",
                turn.at,
                100,
                900,
            )
        ),
    ]


@define(eq=False)
class SlowStore(RamStore):
    """A store that takes nothing as long as it is `stuck`, and knows nobody while it is `deaf`."""

    stuck: bool = False
    deaf: bool = False
    after_unconsidered: Callable[[], None] = lambda: None
    after_person: Callable[[], None] = lambda: None
    batches: list[tuple[Write, ...]] = field(factory=list)

    def write(self, batch: Sequence[Write]) -> None:
        self._refuse_if(stuck=self.stuck)
        super().write(batch)
        self.batches.append(tuple(batch))

    def erase(self, erasure: Erasure) -> Receipt:
        self._refuse_if(stuck=self.stuck)
        return super().erase(erasure)

    def person(self, person_id: str) -> Person | None:
        self._refuse_if(stuck=self.deaf)
        self.after_person()
        return super().person(person_id)

    def unconsidered(self, limit: int) -> tuple[InteractionRow, ...]:
        self._refuse_if(stuck=self.deaf)
        rows = super().unconsidered(limit)
        self.after_unconsidered()
        return rows

    @staticmethod
    def _refuse_if(*, stuck: bool) -> None:
        if stuck:
            reason = "SQLITE_BUSY"
            raise DatabaseError(reason)


def known_store() -> SlowStore:
    """Return a store that knows Ana and Luis."""
    store = SlowStore()
    store.write([SavePerson(ANA), SavePerson(LUIS)])
    return store


@define(eq=False)
class Hold:
    """One kind of question that the model is asked and does not answer yet."""

    asked: trio.Event = field(factory=trio.Event)
    released: trio.Event = field(factory=trio.Event)


@define(eq=False)
class Model:
    """A model whose findings and judgements a test gives. It finds nothing, and all harmless."""

    requests: list[BrainRequest] = field(factory=list)
    found: list[tuple[str, dict[str, Any]]] = field(factory=list)
    private_turns: dict[str, str] = field(factory=dict)
    private: dict[str, str] = field(factory=dict)
    failure: RobiError | None = None
    nonsense: dict[Purpose, str] = field(factory=dict)
    holds: dict[Purpose, Hold] = field(factory=dict)
    blocked: frozenset[str] = frozenset()
    """Words at which it refuses to look."""
    before_answer: Callable[[Purpose], None] = lambda _: None
    before_failure: Callable[[], None] = lambda: None
    model: str = "scripted"

    def finds(self, said: str, content: str, **more: Any) -> None:
        """Let it find this in every turn in which that is said, and quote it."""
        item = {
            "kind": "fact",
            "content": content,
            "quote": said,
            "importance": 6,
            "subject": "",
            "slot": "",
        }
        self.found.append((said, item | more))

    def hold(self, purpose: Purpose) -> Hold:
        """Let it not answer such a question before it is released."""
        return self.holds.setdefault(purpose, Hold())

    def asked(self, purpose: Purpose = "extraction") -> list[list[str]]:
        """Return the words of each question of a kind, in order."""
        texts = [each.utterance.text for each in self.requests if each.purpose == purpose]
        if purpose == "extraction":
            return [[turn.words for turn in extraction.asked(text)] for text in texts]
        return [list(classification.asked(text)) for text in texts]

    async def generate(self, request: BrainRequest) -> Fragment:
        self.requests.append(request)
        if (hold := self.holds.get(request.purpose)) is not None:
            hold.asked.set()
            await hold.released.wait()
        await trio.lowlevel.checkpoint()
        if self.failure is not None:
            self.before_failure()
            raise self.failure
        self.before_answer(request.purpose)
        if any(words in request.utterance.text for words in self.blocked):
            raise BrainBlocked
        if request.purpose in self.nonsense:
            return Fragment(self.nonsense[request.purpose])
        text = request.utterance.text
        return Fragment(
            self._extracted(text) if request.purpose == "extraction" else self._judged(text)
        )

    def _extracted(self, text: str) -> str:
        turns = extraction.asked(text)
        private = [
            {"turn": turn.number, "class": name}
            for turn in turns
            for words, name in self.private_turns.items()
            if words in turn.words
        ]
        memories = [
            item | {"turn": turn.number}
            for turn in turns
            for said, item in self.found
            if said in turn.words
        ]
        return json.dumps({"private": private, "memories": memories})

    def _judged(self, text: str) -> str:
        names = [self.private.get(content, "none") for content in classification.asked(text)]
        return json.dumps({"classes": names})

    def stream(self, request: BrainRequest) -> AbstractAsyncContextManager[AsyncIterator[Fragment]]:
        raise AssertionError(request)

    async def aclose(self) -> None:
        """Nothing is open."""


@define(eq=False)
class Files:
    """A janitor: it has what it was asked to remove, and does nothing while it is `stuck`."""

    mailbox: Mailbox[JanitorMessage] = field(factory=lambda: Mailbox("janitor"))
    removed: list[str] = field(factory=list)
    asked: list[str] = field(factory=list)
    stuck: bool = False
    failure: RobiError | None = None

    async def run(self) -> None:
        async for message in self.mailbox:
            assert isinstance(message, Ask)
            owed: Ask[Any] = message
            self.asked.append(type(owed.question).__name__)
            if self.stuck:
                continue
            match owed.question:
                case Remove(names) if self.failure is None:
                    self.removed.extend(names)
                    owed.reply(len(names))
                case Remove():
                    assert self.failure is not None
                    owed.fail(self.failure)
                case _:
                    owed.reply(None)


@define(eq=False)
class MemoryBench:
    """A memory actor at work above a store in RAM."""

    store: SlowStore
    model: Model
    files: Files
    mailbox: Mailbox[MemoryMessage]
    forgotten: Forgotten
    told_sessions: list[Forgot | Hushed]
    now: float = NOW
    actor: MemoryActor = field(init=False)
    nursery: trio.Nursery = field(init=False)

    async def ask(self, question: Question[T], within: float = LONG) -> T:
        address: Any = self.mailbox
        return await ask(address, question, timeout=within)

    async def recall(self, person_id: str | None, words: str = "hola") -> Recollection:
        return await self.ask(Recall(person_id, words))

    async def tell(self, *messages: MemoryMessage) -> None:
        for message in messages:
            await self.mailbox.put(message)
        await wait_all_tasks_blocked()

    async def hears(self, *turns: Heard) -> None:
        """Have turns end: their rows are written, then the memory is told."""
        for turn in turns:
            self.store.write(rows_of(turn))
        await self.tell(*turns)

    async def learns(self, *turns: Heard) -> None:
        """Have turns end, and let the time pass after which they are learned from."""
        await self.hears(*turns)
        await self.passes(QUIET_S + 1)

    async def passes(self, seconds: float) -> None:
        await trio.sleep(seconds)
        await wait_all_tasks_blocked()

    def known(self, person_id: str = ANA.person_id) -> list[tuple[str, int]]:
        return [(each.content, each.importance) for each in self.memories(person_id)]

    def memories(self, person_id: str = ANA.person_id) -> tuple[Memory, ...]:
        return self.store.memories(person_id)


def hexes() -> Iterator[str]:
    return (f"{number:06x}" for number in count())


@asynccontextmanager
async def at_work(
    store: SlowStore | None = None,
    model: Brain | None = None,
    forgotten: Forgotten | None = None,
) -> AsyncIterator[MemoryBench]:
    """Store and memory, stopped in order at the end: the memory first."""
    rows: Mailbox[StoreMessage] = Mailbox("store", 10_000)
    address = StoreAddress(rows)
    bench = MemoryBench(
        known_store() if store is None else store,
        model if isinstance(model, Model) else Model(),
        Files(),
        Mailbox("memory", 10_000),
        Forgotten() if forgotten is None else forgotten,
        [],
    )
    numbers = hexes()
    bench.actor = MemoryActor(
        address,
        JanitorAddress(bench.files.mailbox),
        model or bench.model,
        bench.forgotten,
        bench.told_sessions.append,
        clock=lambda: bench.now,
        new_hex=lambda _: next(numbers),
    )
    async with trio.open_nursery() as below:
        below.start_soon(StoreActor(lambda: bench.store, address.reads).run, rows, lambda: None)
        below.start_soon(bench.files.run)
        async with trio.open_nursery() as nursery:
            bench.nursery = nursery
            nursery.start_soon(bench.actor.run, bench.mailbox, lambda: None)
            await wait_all_tasks_blocked()
            yield bench
            bench.mailbox.request_stop()
        rows.request_stop()
        bench.files.mailbox.request_stop()
