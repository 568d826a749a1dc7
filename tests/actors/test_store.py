"""The store actor: batches, trouble with the disk, reads beside writes, the end."""

import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from math import inf, log
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
import trio
from attrs import define, field
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.ask import Ask
from robi.actors.child import Child
from robi.actors.errors import ActorDied, AskTimeout
from robi.actors.mailbox import Mailbox
from robi.actors.restart import Intensity, Restart
from robi.actors.store import ELSEWHERE_S, HERE_S, PACE_S, READ_TOGETHER, StoreActor
from robi.actors.store_mail import (
    Acquaintance,
    Conversation,
    Load,
    LoadAcquaintance,
    LoadAllMedia,
    LoadConversation,
    LoadConversationOf,
    LoadEmbeddings,
    LoadForgotten,
    LoadMemories,
    LoadMemory,
    LoadPeople,
    LoadPerson,
    LoadRelevant,
    LoadRemembered,
    LoadSlot,
    LoadUnchecked,
    Remembered,
    StoreAddress,
    StoreMessage,
)
from robi.actors.supervisor import Supervisor
from robi.errors import ConfigurationError, DatabaseError, DiskFull
from robi.store.base import (
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddMedia,
    AddMemory,
    AppendHistory,
    Embedding,
    ErasePerson,
    Erasure,
    EventRow,
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    Person,
    Receipt,
    SavePerson,
    SaveSession,
    Scored,
    SessionRow,
    Store,
    Write,
    WriteRejected,
    digest,
)
from robi.store.ram import RamStore
from robi.store.sqlite import SqliteStore

T = TypeVar("T")

ANA = Person("user_ana_0a1b2c", "Ana", created_at=100.0)
LUIS = Person("user_luis_3d4e5f", "Luis", created_at=200.0)
TALK = SessionRow("s1", "robot-1", ANA.person_id, created_at=100.0, last_seen=100.0)
HELLO = HistoryRow("s1", 0, ANA.person_id, "person", "hola", 100.0)
LIKE = Memory(
    "m1", ANA.person_id, "preference", "le gusta el té", 6, 100.0, slot="drink", checked=False
)
FOUND = Scored(LIKE, log(4 / 3))
TURN = InteractionRow("s1", "r1", ANA.person_id, "text", None, None, "answered", 100.0, 9, 99)
PHOTO = MediaRow("a.jpg", ANA.person_id, "s1", "r1", "image", "image/jpeg", 9, 100.0, 500.0)
START = EventRow("e1", "start", 100.0)
FACE = Embedding(ANA.person_id, b"\0" * 512, 100.0)
ORPHAN = AppendHistory(HistoryRow("nowhere", 0, "user_x", "person", "a secret", 100.0))


def people(count: int) -> list[Person]:
    return [Person(f"user_{n:03}", None, created_at=float(n)) for n in range(count)]


@define(eq=False)
class Sick(RamStore):
    """A store that fails as long as `illness` is set, and remembers what it was asked."""

    illness: Exception | None = None
    batches: list[list[Write]] = field(factory=list)
    tried_at: list[float] = field(factory=list)
    closed: bool = False

    def write(self, batch: Sequence[Write]) -> None:
        self.tried_at.append(trio.current_time())
        if self.illness is not None:
            raise self.illness
        super().write(batch)
        self.batches.append(list(batch))

    def erase(self, erasure: Erasure) -> Receipt:
        self.tried_at.append(trio.current_time())
        if self.illness is not None:
            raise self.illness
        return super().erase(erasure)

    def people(self, limit: int | None = None, offset: int = 0) -> tuple[Person, ...]:
        if isinstance(self.illness, DatabaseError):
            raise self.illness
        return super().people(limit, offset)

    def close(self) -> None:
        self.closed = True


@define(eq=False)
class Bench:
    """A store actor at work."""

    actor: StoreActor
    address: StoreAddress
    mailbox: Mailbox[StoreMessage]


@asynccontextmanager
async def at_work(
    store: Store, bound: int = 100, pace: float = 0.0, *, here: bool = False
) -> AsyncIterator[Bench]:
    mailbox: Mailbox[StoreMessage] = Mailbox("store", bound)
    address = StoreAddress(mailbox)
    actor = StoreActor(lambda: store, address.reads, pace=pace, here=here)
    async with trio.open_nursery() as nursery:

        async def live(task_status: trio.TaskStatus[None]) -> None:
            await actor.run(mailbox, task_status.started)

        await nursery.start(live)
        yield Bench(actor, address, mailbox)
        mailbox.request_stop()


# ── writing and reading ───────────────────────────────────────────────────────────────────


async def test_write_that_nobody_waits_for_is_kept(autojump_clock: MockClock) -> None:
    store = RamStore()
    async with at_work(store) as bench:
        await bench.address.write(SavePerson(ANA))
        bench.address.write_nowait(SavePerson(LUIS))
    assert store.people() == (ANA, LUIS)


async def test_commit_is_answered_when_it_is_kept(autojump_clock: MockClock) -> None:
    store = RamStore()
    async with at_work(store) as bench:
        await bench.address.commit(SavePerson(ANA), SavePerson(LUIS), within=1)
        assert store.people() == (ANA, LUIS)


async def test_writes_that_wait_are_committed_together(autojump_clock: MockClock) -> None:
    store = Sick()
    async with at_work(store) as bench:
        for person in people(50):
            bench.address.write_nowait(SavePerson(person))
    assert [len(batch) for batch in store.batches] == [50]


async def test_writes_that_nobody_waits_for_are_gathered_for_the_pace(
    autojump_clock: MockClock,
) -> None:
    store = Sick()
    began = trio.current_time()
    async with at_work(store, pace=PACE_S) as bench:
        for person in people(6):
            bench.address.write_nowait(SavePerson(person))
            await trio.sleep(PACE_S * 0.3)
    assert [len(batch) for batch in store.batches] == [4, 2]
    assert store.tried_at == pytest.approx([began + PACE_S, began + 1.8 * PACE_S])


async def test_commit_that_is_waited_for_does_not_wait_for_the_pace(
    autojump_clock: MockClock,
) -> None:
    store = Sick()
    async with at_work(store, pace=PACE_S) as bench:
        await bench.address.commit(SavePerson(ANA), within=1)
        began = trio.current_time()
        await bench.address.commit(SavePerson(LUIS), within=1)
        assert trio.current_time() == began


async def test_writes_that_wait_for_the_pace_go_with_a_commit_that_is_waited_for(
    autojump_clock: MockClock,
) -> None:
    store = Sick()
    began = trio.current_time()
    async with at_work(store, pace=PACE_S) as bench:
        bench.address.write_nowait(SavePerson(ANA))
        await wait_all_tasks_blocked()
        await bench.address.commit(SavePerson(LUIS), within=1)
        assert [len(batch) for batch in store.batches] == [2]
        bench.address.write_nowait(SavePerson(ANA))
        await bench.address.erase(ErasePerson(ANA.person_id, 1.0), within=1)
        assert [len(batch) for batch in store.batches] == [2, 1]
        assert trio.current_time() == began


async def test_writes_that_wait_for_the_pace_are_written_at_once_at_the_end(
    autojump_clock: MockClock,
) -> None:
    store = Sick()
    began = trio.current_time()
    async with at_work(store, pace=PACE_S) as bench:
        for person in people(2):
            bench.address.write_nowait(SavePerson(person))
            await wait_all_tasks_blocked()
    assert store.tried_at == [began]


async def test_writes_are_applied_in_the_order_of_putting(autojump_clock: MockClock) -> None:
    store = Sick()
    async with at_work(store) as bench:
        await bench.address.write(SavePerson(ANA))
        await bench.address.commit(SavePerson(LUIS), within=1)
        await bench.address.write(SaveSession(TALK))
    written = [write for batch in store.batches for write in batch]
    assert written == [SavePerson(ANA), SavePerson(LUIS), SaveSession(TALK)]


@pytest.mark.parametrize(
    ("load", "answer"),
    [
        (LoadPerson(ANA.person_id), ANA),
        (LoadPerson("user_nobody"), None),
        (LoadPeople(), (ANA,)),
        (LoadMemories(ANA.person_id), (LIKE,)),
        (LoadMemories(ANA.person_id, limit=0), ()),
        (LoadMemories(ANA.person_id, superseded=True), (LIKE,)),
        (LoadPeople(limit=1, offset=1), ()),
        (LoadForgotten(), frozenset({digest("user_gone")})),
        (LoadMemory("m1"), LIKE),
        (LoadRelevant(ANA.person_id, ("te",), 200.0, 5), (FOUND,)),
        (LoadSlot(ANA.person_id, "", "drink"), (LIKE,)),
        (LoadUnchecked(5), (LIKE,)),
        (LoadRemembered(ANA.person_id, ("te",), 200.0, 5, 7), Remembered(ANA, (), (FOUND,), ())),
        (LoadRemembered("user_nobody", ("te",), 200.0, 5, 5), Remembered(None)),
        (LoadAllMedia(), (PHOTO,)),
        (LoadAcquaintance(ANA.person_id, limit=5), Acquaintance(ANA, (LIKE,))),
        (LoadAcquaintance("user_nobody", limit=5), Acquaintance(None, ())),
        (LoadEmbeddings(ANA.person_id), (FACE,)),
        (LoadConversation("s1"), Conversation(TALK, (HELLO,))),
        (LoadConversation("nowhere"), None),
        (LoadConversationOf("robot-1"), Conversation(TALK, (HELLO,))),
        (LoadConversationOf("robot-2"), None),
    ],
    ids=repr,
)
async def test_question_is_answered_from_what_is_kept(
    load: Load[object], answer: object, autojump_clock: MockClock
) -> None:
    store = RamStore()
    store.write([SavePerson(ANA), AddMemory(LIKE), AddEmbedding(FACE)])
    store.write([SaveSession(TALK), AppendHistory(HELLO)])
    store.write([AddInteraction(TURN), AddMedia(PHOTO), AddEvent(START)])
    store.erase(ErasePerson("user_gone", 100.0))
    async with at_work(store) as bench:
        assert await bench.address.read(load, within=1) == answer


async def test_question_that_the_database_cannot_answer_fails_alone(
    autojump_clock: MockClock,
) -> None:
    store = Sick(illness=DatabaseError("SQLITE_IOERR"))
    async with at_work(store) as bench:
        with pytest.raises(DatabaseError, match="SQLITE_IOERR"):
            await bench.address.read(LoadPeople(), within=1)
        store.illness = None
        assert await bench.address.read(LoadPeople(), within=1) == ()


@define(eq=False)
class Hops(RamStore):
    """A store that counts the calls of its actor, and cannot read of Luis."""

    hops: int = 0
    read_by_hop: dict[str, int] = field(factory=dict)

    @property
    def blocking(self) -> bool:
        self.hops += 1
        return False

    def person(self, person_id: str) -> Person | None:
        self.read_by_hop[person_id] = self.hops
        if person_id == LUIS.person_id:
            reason = "SQLITE_IOERR"
            raise DatabaseError(reason)
        return super().person(person_id)


def quick(person_id: str) -> LoadRemembered:
    return LoadRemembered(person_id, (), 200.0, 5, 5)


async def put_together(bench: Bench, *loads: Load[Any]) -> list[object]:
    """Put questions before any of them is read; return the answers, errors too."""
    asked = [Ask(load) for load in loads]
    for owed in asked:
        bench.address.reads.put_nowait(owed)
    answers: list[object] = []
    for owed in asked:
        try:
            answers.append(await owed.answer())
        except DatabaseError as error:
            answers.append(error.details)
    return answers


async def test_quick_reads_that_wait_are_answered_in_one_hop(autojump_clock: MockClock) -> None:
    store = Hops()
    store.write([SavePerson(ANA)])
    async with at_work(store) as bench:
        await wait_all_tasks_blocked()
        before = store.hops
        answers = await put_together(
            bench, *[quick(ANA.person_id)] * READ_TOGETHER, quick("user_x")
        )
        assert answers == [*[Remembered(ANA)] * READ_TOGETHER, Remembered(None)]
        assert store.hops - before == 2


@define(eq=False)
class OnDisk(RamStore):
    """A store that blocks, and says in which thread it was read."""

    held: bool = False
    read_in: list[str] = field(factory=list)

    @property
    def blocking(self) -> bool:
        return True

    def at_once(self, read: Callable[[Store], T]) -> T:
        if self.held:
            reason = "SQLITE_BUSY"
            raise DatabaseError(reason)
        return read(self)

    def person(self, person_id: str) -> Person | None:
        self.read_in.append(threading.current_thread().name)
        return super().person(person_id)

    def in_place(self) -> list[bool]:
        """Return of each read whether it was made in the thread of the loop."""
        return [name == threading.current_thread().name for name in self.read_in]


async def test_quick_read_is_made_in_place_and_another_is_not() -> None:
    store = OnDisk()
    async with at_work(store, here=True) as bench:
        assert await bench.address.read(quick("user_a"), within=1) == Remembered(None)
        assert await bench.address.read(LoadPerson("user_b"), within=1) is None
        assert store.in_place() == [True, False]


async def test_quick_read_of_a_database_that_is_held_goes_to_the_thread_and_so_do_the_next() -> (
    None
):
    store = OnDisk(held=True)
    async with at_work(store, here=True) as bench:
        assert await bench.address.read(quick("user_a"), within=1) == Remembered(None)
        store.held = False
        assert await bench.address.read(quick("user_b"), within=1) == Remembered(None)
        assert store.in_place() == [False, False]


async def test_quick_read_that_took_long_sends_the_next_to_the_thread_for_a_while(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    store = OnDisk()
    readings = iter([0.0, 1.1 * HERE_S])
    monkeypatch.setattr("robi.actors.store.perf_counter", lambda: next(readings, 0.0))
    async with at_work(store, here=True) as bench:
        assert await bench.address.read(quick("user_a"), within=1) == Remembered(None)
        autojump_clock.autojump_threshold = (
            inf  # the next one is in a thread, which takes real time
        )
        assert await bench.address.read(quick("user_b"), within=1) == Remembered(None)
        autojump_clock.jump(ELSEWHERE_S)
        assert await bench.address.read(quick("user_c"), within=1) == Remembered(None)
        assert store.in_place() == [True, False, True]


async def test_read_that_is_not_quick_keeps_no_quick_one_waiting(autojump_clock: MockClock) -> None:
    store = Hops()
    async with at_work(store) as bench:
        await wait_all_tasks_blocked()
        loads = quick("user_a"), quick("user_b"), LoadPerson("user_c"), quick("user_d")
        assert await put_together(bench, *loads) == [Remembered(None)] * 2 + [
            None,
            Remembered(None),
        ]
    hops = list(store.read_by_hop.values())
    assert [hop - hops[0] for hop in hops] == [0, 0, 1, 2]


async def test_quick_read_that_fails_leaves_those_beside_it_answered(
    autojump_clock: MockClock,
) -> None:
    store = Hops()
    async with at_work(store) as bench:
        await wait_all_tasks_blocked()
        answers = await put_together(bench, quick("user_a"), quick(LUIS.person_id), quick("user_b"))
        assert answers == [Remembered(None), "SQLITE_IOERR", Remembered(None)]
        assert not bench.actor.details()["degraded"]


# ── erasing ───────────────────────────────────────────────────────────────────────────────


async def test_erasure_comes_after_what_was_put_before_it_and_before_what_came_after(
    autojump_clock: MockClock,
) -> None:
    store = RamStore()
    async with at_work(store) as bench:
        bench.address.write_nowait(SavePerson(ANA))
        bench.address.write_nowait(AddMemory(LIKE))
        async with trio.open_nursery() as nursery:
            receipts: list[Receipt] = []

            async def forget() -> None:
                receipts.append(
                    await bench.address.erase(ErasePerson(ANA.person_id, 1.0), within=1)
                )

            nursery.start_soon(forget)
            await wait_all_tasks_blocked()
            bench.address.write_nowait(SavePerson(ANA))
            bench.address.write_nowait(SavePerson(LUIS))
    assert receipts == [Receipt(people=1, memories=1)]
    assert store.people() == (LUIS,)
    assert (bench.actor.details()["erased"], bench.actor.details()["refused"]) == (1, 1)


async def test_erasure_is_acknowledged_only_when_the_disk_has_done_it(
    autojump_clock: MockClock,
) -> None:
    store = Sick(illness=DatabaseError("SQLITE_IOERR"))
    RamStore.write(store, [SavePerson(ANA)])
    async with at_work(store) as bench:
        with pytest.raises(AskTimeout):
            await bench.address.erase(ErasePerson(ANA.person_id, 1.0), within=5)
        assert bench.actor.details()["degraded"]
        store.illness = None
        await bench.address.commit(SavePerson(LUIS), within=60)
        assert not bench.actor.details()["degraded"]
    assert store.people() == (LUIS,)


async def test_erasure_that_can_never_be_is_refused_and_others_are_done(
    autojump_clock: MockClock,
) -> None:
    store = Sick(illness=WriteRejected(0, "UnicodeEncodeError"))
    async with at_work(store) as bench:
        with pytest.raises(WriteRejected):
            await bench.address.erase(ErasePerson("\ud800", 1.0), within=1)
        store.illness = None
        assert await bench.address.erase(ErasePerson("user_x", 1.0), within=1) == Receipt()


# ── trouble with the disk ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("illness", [DatabaseError("SQLITE_IOERR"), DiskFull("SQLITE_FULL")])
async def test_commit_is_acknowledged_only_when_the_disk_has_taken_it(
    illness: Exception, autojump_clock: MockClock
) -> None:
    store = Sick(illness=illness)
    async with at_work(store) as bench:
        with pytest.raises(AskTimeout):
            await bench.address.commit(SavePerson(ANA), within=5)
        store.illness = None
        await bench.address.commit(SavePerson(LUIS), within=60)
    assert store.people() == (ANA, LUIS)


async def test_writer_pauses_longer_after_each_failure(autojump_clock: MockClock) -> None:
    store = Sick(illness=DatabaseError("SQLITE_BUSY"))
    async with at_work(store) as bench:
        await bench.address.write(SavePerson(ANA))
        await trio.sleep(200)
        store.illness = None
    pauses = [late - early for early, late in zip(store.tried_at, store.tried_at[1:], strict=False)]
    expected = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0]
    assert pauses[: len(expected)] == pytest.approx(expected)
    assert max(pauses) == pytest.approx(30.0)


async def test_details_tell_of_a_sick_disk_and_of_its_recovery(autojump_clock: MockClock) -> None:
    store = Sick(illness=DatabaseError("SQLITE_IOERR"))
    async with at_work(store) as bench:
        await bench.address.write(SavePerson(ANA))
        await wait_all_tasks_blocked()
        sick = dict(bench.actor.details())
        store.illness = None
        await bench.address.commit(SavePerson(LUIS), within=60)
        well = dict(bench.actor.details())
    assert (sick["degraded"], sick["in_hand"], sick["written"]) == (True, 1, 0)
    assert (well["degraded"], well["in_hand"], well["written"]) == (False, 0, 2)


async def test_full_mailbox_makes_writers_wait_and_reads_are_served(
    autojump_clock: MockClock,
) -> None:
    store = Sick(illness=DiskFull("SQLITE_FULL"))
    async with at_work(store, bound=3) as bench:
        await bench.address.write(SavePerson(ANA))
        await wait_all_tasks_blocked()
        for person in people(3):
            bench.address.write_nowait(SavePerson(person))
        with trio.move_on_after(5) as waiting:
            await bench.address.write(SavePerson(LUIS))
        assert waiting.cancelled_caught
        assert await bench.address.read(LoadPerson(ANA.person_id), within=1) is None
        store.illness = None
    assert {person.person_id for person in store.people()} == {
        ANA.person_id,
        *(person.person_id for person in people(3)),
    }


# ── poison ────────────────────────────────────────────────────────────────────────────────


async def test_write_that_can_never_be_is_dropped_and_its_neighbours_kept(
    autojump_clock: MockClock,
) -> None:
    store = Sick()
    async with at_work(store) as bench:
        for write in (SavePerson(ANA), ORPHAN, ORPHAN, SavePerson(LUIS)):
            bench.address.write_nowait(write)
        await bench.address.commit(within=1)
        assert bench.actor.details()["rejected"] == 2
    assert store.people() == (ANA, LUIS)


async def test_commit_with_a_write_that_can_never_be_is_refused_whole(
    autojump_clock: MockClock,
) -> None:
    store = RamStore()
    async with at_work(store) as bench:
        bench.address.write_nowait(SavePerson(LUIS))
        with pytest.raises(WriteRejected):
            await bench.address.commit(SavePerson(ANA), ORPHAN, within=1)
    assert store.people() == (LUIS,)


async def test_dropped_write_is_logged_without_what_it_says(autojump_clock: MockClock) -> None:
    with structlog.testing.capture_logs() as logs:
        async with at_work(RamStore()) as bench:
            await bench.address.write(ORPHAN)
    assert [entry["event"] for entry in logs] == ["write_rejected"]
    assert logs[0]["write"] == "AppendHistory"
    assert "secret" not in repr(logs)


# ── askers that leave ─────────────────────────────────────────────────────────────────────


async def test_commit_whose_asker_left_is_written_all_the_same(autojump_clock: MockClock) -> None:
    store = Sick(illness=DatabaseError("SQLITE_BUSY"))
    async with at_work(store) as bench:
        with pytest.raises(AskTimeout):
            await bench.address.commit(SavePerson(ANA), within=1)
        store.illness = None
    assert store.people() == (ANA,)


async def test_question_whose_asker_left_is_not_put_to_the_database(
    autojump_clock: MockClock,
) -> None:
    class Unasked(Load[object]):
        def read(self, store: Store) -> object:
            return pytest.fail(f"nobody waits for this from {store}")

    async with at_work(RamStore()) as bench:
        owed = Ask(Unasked())
        bench.address.reads.put_nowait(owed)
        owed.abandon()
        assert await bench.address.read(LoadPeople(), within=1) == ()


# ── the end, and the next life ────────────────────────────────────────────────────────────


async def test_stop_writes_what_is_left_and_closes(autojump_clock: MockClock) -> None:
    store = Sick(illness=DatabaseError("SQLITE_BUSY"))
    async with at_work(store) as bench:
        for person in people(20):
            bench.address.write_nowait(SavePerson(person))
        bench.mailbox.request_stop()
        await trio.sleep(1)
        store.illness = None
    assert len(store.people()) == 20
    assert store.closed


async def test_question_after_the_end_is_answered_at_once(autojump_clock: MockClock) -> None:
    async with at_work(RamStore()) as bench:
        pass
    with pytest.raises(ActorDied):
        await bench.address.read(LoadPeople(), within=inf)


async def test_store_that_cannot_be_opened_is_never_ready() -> None:
    class Broken(RamStore):
        def open(self) -> None:
            reason = "the database is newer than this server"
            raise ConfigurationError(reason)

    address = StoreAddress(Mailbox[StoreMessage]("store"))
    actor = StoreActor(Broken, address.reads)
    with pytest.raises(ConfigurationError):
        await actor.run(Mailbox("store"), lambda: pytest.fail("ready"))


async def test_store_that_cannot_be_read_is_degraded_until_it_can() -> None:
    """A file may be damaged where it is read, and take every write."""
    damaged = [True]

    class Damaged(RamStore):
        def people(self, limit: int | None = None, offset: int = 0) -> tuple[Person, ...]:
            if damaged:
                reason = "SQLITE_CORRUPT"
                raise DatabaseError(reason)
            return super().people(limit, offset)

    async with at_work(Damaged()) as bench:
        with pytest.raises(DatabaseError):
            await bench.address.read(LoadPeople(), within=1)
        assert bench.actor.details()["degraded"]
        damaged.clear()
        await bench.address.read(LoadPeople(), within=1)
        assert not bench.actor.details()["degraded"]


def tree_of(make: Callable[[], Store], grace: float) -> tuple[Supervisor, StoreAddress]:
    """Return a tree with a store in it, and where the store is reached."""
    actors: list[StoreActor] = []

    def start() -> StoreActor:
        actors.append(StoreActor(make, address.reads))
        return actors[-1]

    child = Child("store", start, Restart.PERMANENT, grace, mailbox_bound=100)
    tree = Supervisor("robi", [child], Intensity(3, 5.0))
    address = StoreAddress(tree.mailbox("store"))
    return tree, address


async def test_writes_that_were_not_read_are_written_by_the_next_life(
    autojump_clock: MockClock,
) -> None:
    class Crashing(Sick):
        def write(self, batch: Sequence[Write]) -> None:
            if SavePerson(ANA) in batch and self.illness is None:
                message = "a bug"
                raise ZeroDivisionError(message)
            super().write(batch)

    store = Crashing(illness=DatabaseError("SQLITE_BUSY"))
    tree, address = tree_of(lambda: store, grace=10)
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        await address.write(SavePerson(ANA))
        await wait_all_tasks_blocked()
        await address.write(SavePerson(LUIS))
        store.illness = None
        await address.commit(SaveSession(TALK), within=5)
        assert tree.snapshot().children[0].restarts == 1
        tree.request_stop()
    assert store.people() == (LUIS,)


async def test_disk_that_stays_sick_holds_the_end_up_for_its_grace_only(
    autojump_clock: MockClock,
) -> None:
    store = Sick(illness=DatabaseError("SQLITE_IOERR"))
    tree, address = tree_of(lambda: store, grace=10)
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        await address.write(SavePerson(ANA))
        await wait_all_tasks_blocked()
        tree.request_stop()
    assert trio.current_time() == pytest.approx(10)


# ── with threads: no virtual clock here (findings.md, Testing) ────────────────────────────


@define(eq=False)
class Stuck(RamStore):
    """A store on a disk that hangs until `freed`."""

    freed: threading.Event = field(factory=threading.Event)

    @property
    def blocking(self) -> bool:
        return True

    def write(self, batch: Sequence[Write]) -> None:
        self.freed.wait()
        super().write(batch)


async def test_reads_are_served_while_a_write_hangs() -> None:
    store = Stuck()
    async with at_work(store) as bench:
        try:
            bench.address.write_nowait(SavePerson(ANA))
            await wait_all_tasks_blocked()
            assert await bench.address.read(LoadPeople(), within=inf) == ()
        finally:
            store.freed.set()
    assert store.people() == (ANA,)


async def test_many_writers_at_once_are_all_acknowledged_by_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "robi.db"
    async with at_work(SqliteStore(path)) as bench, trio.open_nursery() as writers:

        async def write(person: Person) -> None:
            await bench.address.commit(SavePerson(person), within=inf)
            assert await bench.address.read(LoadPerson(person.person_id), within=inf) == person

        for person in people(200):
            writers.start_soon(write, person)
    store = SqliteStore(path)
    store.open()
    assert store.people() == tuple(people(200))
    store.close()


async def test_person_is_erased_while_questions_come_without_a_pause(tmp_path: Path) -> None:
    path = tmp_path / "robi.db"
    async with at_work(SqliteStore(path)) as bench:
        await bench.address.commit(SavePerson(ANA), SavePerson(LUIS), AddMemory(LIKE), within=inf)
        async with trio.open_nursery() as askers:

            async def go_on_asking() -> None:
                while True:
                    await bench.address.read(LoadMemories(ANA.person_id), within=inf)

            for _ in range(5):
                askers.start_soon(go_on_asking)
            receipt = await bench.address.erase(ErasePerson(ANA.person_id, 1.0), within=inf)
            askers.cancel_scope.cancel()
        assert receipt == Receipt(people=1, memories=1)
        assert path.with_name("robi.db-wal").stat().st_size == 0
        assert b"gusta" not in path.read_bytes()
