"""The memory actor: recall, meeting someone, keeping notes, and a store that is in trouble."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

import pytest
import structlog
import trio
from attrs import define, evolve, field
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.ask import ask
from robi.actors.mailbox import Mailbox
from robi.actors.memory import BACKLOG, MemoryActor
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
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.errors import DatabaseError, ServerBusy
from robi.speech.pieces import MemoryNote
from robi.store.base import (
    AddMemory,
    Embedding,
    Memory,
    Person,
    SavePerson,
    Write,
)
from robi.store.ram import RamStore

NOW = 1000.0
ANA = Person("user_ana_0a1b2c", "Ana", created_at=100.0)
LUIS = Person("user_luis_3d4e5f", "Luis", created_at=200.0)
FACE = b"\0\1\2\3" * 128
NOTHING = Recollection()


def memory(number: int, importance: int = 5, person_id: str = ANA.person_id) -> Memory:
    name = f"{person_id} {number}"
    return Memory(name, person_id, "fact", f"fact {name}", importance, float(number))


def note(content: str, kind: str = "fact") -> Consider:
    return Consider(ANA.person_id, (MemoryNote(kind, content),))


@define(eq=False)
class Slow(RamStore):
    """A store that takes no write as long as it is `stuck`."""

    stuck: bool = False
    deaf: bool = False

    def write(self, batch: Sequence[Write]) -> None:
        if self.stuck:
            reason = "SQLITE_BUSY"
            raise DatabaseError(reason)
        super().write(batch)

    def person(self, person_id: str) -> Person | None:
        if self.deaf:
            reason = "SQLITE_IOERR"
            raise DatabaseError(reason)
        return super().person(person_id)


@define(eq=False)
class Bench:
    """A memory actor at work above a store in RAM."""

    store: Slow
    actor: MemoryActor
    mailbox: Mailbox[MemoryMessage]
    nursery: trio.Nursery
    met: list[Person] = field(factory=list)

    async def recall(self, person_id: str | None) -> Recollection:
        return await ask(self.mailbox, Recall(person_id, "hola"), timeout=5)

    async def meet(self, name: str, face: bytes | None = None) -> Person:
        return await ask(self.mailbox, Meet(name, face), timeout=5)

    async def tell(self, *messages: MemoryMessage) -> None:
        for message in messages:
            await self.mailbox.put(message)
        await wait_all_tasks_blocked()

    def known(self) -> list[tuple[str, str, int]]:
        return [(m.kind, m.content, m.importance) for m in self.store.memories(ANA.person_id)]


def hexes() -> Iterator[str]:
    return (f"{number:06x}" for number in count())


@asynccontextmanager
async def at_work(store: Slow, bound: int = 64) -> AsyncIterator[Bench]:
    """Both actors, stopped in order at the end: the memory first."""
    rows: Mailbox[StoreMessage] = Mailbox("store", 10_000)
    address = StoreAddress(rows)
    mailbox: Mailbox[MemoryMessage] = Mailbox("memory", bound)
    numbers = hexes()
    actor = MemoryActor(address, clock=lambda: NOW, new_hex=lambda _: next(numbers))
    async with trio.open_nursery() as below:
        below.start_soon(StoreActor(lambda: store, address.reads).run, rows, lambda: None)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(actor.run, mailbox, lambda: None)
            yield Bench(store, actor, mailbox, nursery)
            mailbox.request_stop()
        rows.request_stop()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A memory that knows Ana and Luis. A test that lets time pass takes `autojump_clock` itself:
    pytest-trio sees only the clock that the test asks for."""
    store = Slow()
    store.write([SavePerson(ANA), SavePerson(LUIS)])
    async with at_work(store) as bench:
        yield bench


# ── recall ────────────────────────────────────────────────────────────────────────────────


async def test_recall_of_a_person_gives_the_name_and_the_weightiest_five(bench: Bench) -> None:
    bench.store.write([AddMemory(memory(n)) for n in range(6)])
    bench.store.write([AddMemory(memory(9, importance=9))])
    facts = tuple(memory(n).content for n in (9, 5, 4, 3, 2))
    assert await bench.recall(ANA.person_id) == Recollection("Ana", facts)


async def test_recall_holds_nothing_of_another_person(bench: Bench) -> None:
    bench.store.write([AddMemory(memory(1)), AddMemory(memory(2, person_id=LUIS.person_id))])
    recollection = await bench.recall(LUIS.person_id)
    assert recollection == Recollection("Luis", (memory(2, person_id=LUIS.person_id).content,))


@pytest.mark.parametrize("person_id", [None, "stranger:0011", "user_nobody_000000"])
async def test_recall_of_someone_unknown_is_nothing(person_id: str | None, bench: Bench) -> None:
    assert await bench.recall(person_id) == NOTHING


async def test_recall_while_writes_are_stuck_is_answered(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.store.stuck = True
    await bench.tell(note("vive en Lugo"))
    assert await bench.recall(ANA.person_id) == Recollection("Ana")
    bench.store.stuck = False


async def test_recall_that_the_database_cannot_answer_is_nothing(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.store.deaf = True
    assert await bench.recall(ANA.person_id) == NOTHING
    assert bench.actor.details()["recalls_missed"] == 1


async def test_recall_without_a_store_is_nothing_in_a_quarter_of_a_second(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    mailbox: Mailbox[MemoryMessage] = Mailbox("memory")
    actor = MemoryActor(StoreAddress(Mailbox("store")))
    nursery.start_soon(actor.run, mailbox, lambda: None)
    assert await ask(mailbox, Recall(ANA.person_id), timeout=5) == NOTHING
    assert trio.current_time() == pytest.approx(0.25)


# ── meeting someone ───────────────────────────────────────────────────────────────────────


async def test_meeting_makes_a_person_with_an_id_of_the_name(bench: Bench) -> None:
    person = await bench.meet("María José")
    assert person == Person("user_maria_jose_000000", "María José", NOW, NOW, 1)


async def test_meeting_is_written_when_it_is_answered(bench: Bench) -> None:
    person = await bench.meet("Eva", FACE)
    assert bench.store.person(person.person_id) == person
    assert bench.store.embeddings(person.person_id) == (Embedding(person.person_id, FACE, NOW),)


async def test_meeting_two_of_one_name_makes_two_people(bench: Bench) -> None:
    first, second = await bench.meet("Eva"), await bench.meet("Eva")
    assert first.person_id != second.person_id


async def test_meeting_takes_no_id_that_somebody_has(bench: Bench) -> None:
    bench.store.write([SavePerson(evolve(ANA, person_id="user_ana_000000"))])
    person = await bench.meet("Ana")
    assert person.person_id == "user_ana_000001"


async def test_meeting_while_writes_are_stuck_is_answered_and_written_later(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.store.stuck = True
    person = await bench.meet("Eva")
    assert bench.store.person(person.person_id) is None
    assert await bench.recall(person.person_id) == Recollection("Eva")
    bench.store.stuck = False
    await trio.sleep(60)
    assert bench.store.person(person.person_id) == person


# ── keeping ───────────────────────────────────────────────────────────────────────────────


async def test_note_of_a_turn_is_kept_with_the_weight_of_its_kind(bench: Bench) -> None:
    await bench.tell(note("vive en Lugo"), note("le gusta el té", "preference"))
    await bench.tell(note("hoy cumple años", "event"), note("hablamos de gatos", "conversation"))
    assert sorted(bench.known()) == [
        ("conversation", "hablamos de gatos", 4),
        ("event", "hoy cumple años", 5),
        ("fact", "vive en Lugo", 6),
        ("preference", "le gusta el té", 6),
    ]


async def test_note_said_again_strengthens_the_memory(bench: Bench) -> None:
    await bench.tell(note("Vive en Lugo"), note("vive en LUGO", "event"), note("vive en Lugo"))
    assert bench.known() == [("fact", "Vive en Lugo", 8)]


async def test_note_said_again_while_the_store_is_stuck_is_no_second_memory(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.store.stuck = True
    await bench.tell(note("vive en Lugo"), note("vive en Lugo"))
    bench.store.stuck = False
    await trio.sleep(60)
    assert bench.known() == [("fact", "vive en Lugo", 7)]


async def test_note_of_one_person_strengthens_nothing_of_another(bench: Bench) -> None:
    same = Consider(LUIS.person_id, (MemoryNote("fact", "vive en Lugo"),))
    await bench.tell(note("vive en Lugo"), same)
    assert bench.known() == [("fact", "vive en Lugo", 6)]


async def test_note_of_someone_from_before_our_time_makes_the_person(bench: Bench) -> None:
    await bench.tell(Consider("p-17", (MemoryNote("fact", "vive en Lugo"),)))
    assert bench.store.person("p-17") == Person("p-17", None, NOW)
    assert len(bench.store.memories("p-17")) == 1


@pytest.mark.parametrize("notes", [(), (MemoryNote("fact", " "),), (MemoryNote("pin", "1234"),)])
async def test_turn_without_a_note_worth_keeping_writes_nothing(
    notes: tuple[MemoryNote, ...], bench: Bench
) -> None:
    await bench.tell(Consider("p-17", notes))
    assert bench.store.person("p-17") is None


async def test_person_who_was_seen_is_counted_and_dated(bench: Bench) -> None:
    await bench.tell(Saw(ANA.person_id, 500.0), Saw(ANA.person_id, 600.0))
    assert bench.store.person(ANA.person_id) == evolve(ANA, last_seen=600.0, interaction_count=2)


async def test_person_from_before_our_time_is_made_when_seen(bench: Bench) -> None:
    await bench.tell(Saw("p-17", 500.0))
    assert bench.store.person("p-17") == Person("p-17", None, 500.0, 500.0, 1)


async def test_name_of_someone_known_by_an_id_only_is_kept(bench: Bench) -> None:
    await bench.tell(Saw("user_x", 500.0))
    await bench.tell(Named("user_x", "Ana"))
    person = bench.store.person("user_x")
    assert person is not None
    assert person.name == "Ana"


async def test_face_of_a_person_is_kept(bench: Bench) -> None:
    await bench.tell(AddFace(ANA.person_id, FACE))
    assert bench.store.embeddings(ANA.person_id) == (Embedding(ANA.person_id, FACE, NOW),)
    assert bench.store.person(ANA.person_id) == ANA


@pytest.mark.parametrize(
    "message",
    [
        Saw("stranger:0011", 500.0),
        AddFace("stranger:0011", FACE),
        Named("stranger:0011", "Ana"),
        Consider("stranger:0011", (MemoryNote("fact", "vive en Lugo"),)),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_stranger_leaves_no_trace(message: MemoryMessage, bench: Bench) -> None:
    await bench.tell(message)
    assert bench.store.people() == (ANA, LUIS)


# ── trouble ───────────────────────────────────────────────────────────────────────────────


async def test_backlog_that_is_full_sheds_the_oldest_turns_and_counts_them(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.store.stuck = True
    await bench.tell(*(note(f"note {number}") for number in range(BACKLOG + 11)))
    assert bench.actor.details()["backlog"] == BACKLOG
    assert bench.actor.details()["shed"] == 10
    bench.store.stuck = False
    await trio.sleep(60)
    kept = {content for _, content, _ in bench.known()}
    assert len(kept) == BACKLOG + 1
    assert "note 1" not in kept


async def test_backlog_that_is_full_sheds_no_new_person(
    bench: Bench, autojump_clock: MockClock
) -> None:
    bench.store.stuck = True
    await bench.tell(note("in hand"))
    person = await bench.meet("Eva")
    await bench.tell(*(note(f"note {number}") for number in range(BACKLOG + 5)))
    bench.store.stuck = False
    await trio.sleep(60)
    assert bench.store.person(person.person_id) == person


async def test_backlog_of_new_people_only_meets_nobody_more(
    bench: Bench, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robi.actors.memory.BACKLOG", 2)
    bench.store.stuck = True
    await bench.tell(note("in hand"))
    await bench.meet("Eva")
    await bench.meet("Leo")
    with pytest.raises(ServerBusy):
        await bench.meet("Noa")
    bench.store.stuck = False


async def test_stop_keeps_what_was_told(autojump_clock: MockClock) -> None:
    store = Slow(stuck=True)
    async with at_work(store) as bench:
        await bench.tell(*(note(f"note {number}") for number in range(5)))
        bench.mailbox.request_stop()
        await trio.sleep(1)
        store.stuck = False
    assert len(store.memories(ANA.person_id)) == 5


async def test_nothing_a_person_said_is_logged(bench: Bench, autojump_clock: MockClock) -> None:
    with structlog.testing.capture_logs() as logs:
        bench.store.deaf = True
        await bench.tell(note("un secreto"))
        await bench.recall(ANA.person_id)
        await bench.meet("Eva")
        bench.store.deaf = False
    assert logs
    assert not any(word in repr(logs) for word in ("secreto", "hola", "Eva", "Ana"))
