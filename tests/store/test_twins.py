"""Whatever is written and erased, both twins keep the same; writing twice is writing once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.store.base import (
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddKey,
    AddMedia,
    AddMemory,
    AddReminder,
    AddText,
    AmendHistory,
    AppendHistory,
    CheckMemory,
    CompactHistory,
    Consider,
    DropEvents,
    DropMedia,
    DropReaders,
    DropReminder,
    DropReminders,
    DropText,
    Embedding,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Erasure,
    EventRow,
    ExpireMedia,
    HistoryRow,
    InteractionRow,
    KeepUsage,
    KeyRow,
    MediaRow,
    Memory,
    PassageRow,
    Person,
    Readmit,
    ReassignHistory,
    ReminderRow,
    RevokeKey,
    SavePerson,
    SaveSession,
    SeePerson,
    SessionRow,
    Store,
    StrengthenMemory,
    SupersedeMemory,
    TextRow,
    UsageRow,
    UseKey,
    Write,
    WriteRejected,
)
from robi.store.ram import RamStore
from robi.store.sqlite import SqliteStore

people = st.sampled_from(["user_ana", "user_luis"])
speakers = people | st.sampled_from(["stranger:1", "stranger:2"])
sessions = st.sampled_from(["s1", "chat_s2"])
devices = st.sampled_from(["robot", "", None])
times = st.integers(0, 5).map(float)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
indices = st.integers(0, 6)
importances = st.integers(1, 10)
requests = st.sampled_from(["r1", "r2", "r3"])
names = st.sampled_from(["a", "b", "c"])
days = st.sampled_from(["2026-11-20", "2026-11-21"])
memory_ids = st.sampled_from(["m1", "m2", "m3", "m4"])
sentences = st.lists(
    st.sampled_from(["Gato", "gatos", "perro", "té", "TE", "vive", "en", "Lugo", "2", "ñu", "—"]),
    max_size=5,
).map(" ".join)

rows = st.builds(
    HistoryRow,
    sessions,
    indices,
    speakers,
    st.sampled_from(["person", "robot"]),
    words | sentences,
    times,
    st.none() | requests,
)

dialects = st.sampled_from(["user", "person", None])
session_rows = st.builds(SessionRow, sessions, devices, speakers, times, times, dialects)


@st.composite
def compactions(draw: st.DrawFn) -> CompactHistory:
    summary = evolve(draw(rows), compacted=True)
    return CompactHistory(draw(st.integers(0, summary.index)), summary)


def person_write() -> st.SearchStrategy[Write]:
    persons = st.builds(
        Person,
        people,
        st.none() | words,
        times,
        st.none() | times,
        st.integers(0, 3),
        st.dictionaries(st.sampled_from(["drink", "ñ", '"']), words, max_size=2),
    )
    return st.one_of(
        st.builds(SavePerson, persons),
        st.builds(SeePerson, people, times),
        st.builds(Readmit, people),
        st.builds(
            AddEmbedding,
            st.builds(Embedding, people, st.sampled_from([b"1", b"2", b"3", b"4"]), times),
            st.just(2),
        ),
        st.builds(
            AddMemory,
            st.builds(
                Memory,
                memory_ids,
                people,
                st.sampled_from(["fact", "event"]),
                words | sentences,
                importances,
                times,
                slot=st.none() | st.just("home"),
                valid_until=st.none() | times,
                session_id=st.none() | sessions,
                request_id=st.none() | requests,
                checked=st.booleans(),
            ),
        ),
        st.builds(
            StrengthenMemory, memory_ids, importances, st.none() | sessions, st.none() | requests
        ),
        st.builds(SupersedeMemory, memory_ids, memory_ids),
        st.builds(CheckMemory, memory_ids),
    )


def session_write() -> st.SearchStrategy[Write]:
    return st.one_of(
        st.builds(SaveSession, session_rows),
        st.builds(AppendHistory, rows),
        st.builds(AmendHistory, sessions, indices, words),
        st.builds(ReassignHistory, sessions, speakers, people),
        compactions(),
        st.builds(
            AddInteraction,
            st.builds(
                InteractionRow,
                sessions,
                requests,
                speakers,
                st.sampled_from(["audio", "text"]),
                st.none() | sentences,
                st.none() | words,
                words,
                times,
                st.none() | st.integers(0, 9),
                st.integers(0, 9),
            ),
        ),
        st.builds(
            KeepUsage, st.builds(UsageRow, days, words, st.integers(0, 9), st.integers(0, 9))
        ),
        st.builds(
            AddMedia,
            st.builds(
                MediaRow,
                names,
                speakers,
                sessions,
                requests,
                st.sampled_from(["audio", "image"]),
                words,
                st.integers(0, 9),
                times,
                times,
            ),
        ),
        st.builds(Consider, sessions, requests, times),
        st.builds(ExpireMedia, st.lists(names, max_size=2).map(tuple), times),
        st.builds(DropMedia, st.lists(names, max_size=2).map(tuple)),
        st.builds(
            AddEvent,
            st.builds(
                EventRow,
                names,
                words,
                times,
                st.none() | speakers,
                st.none() | sessions,
                st.dictionaries(words, words | st.integers(0, 9), max_size=2),
            ),
        ),
        st.builds(DropEvents, times),
        st.builds(
            AddReminder,
            st.builds(
                ReminderRow,
                names,
                speakers,
                devices,
                sessions,
                requests,
                st.sampled_from(["timer", "reminder"]),
                words | sentences,
                times,
                times,
            ),
        ),
        st.builds(DropReminder, names),
        st.builds(DropReminders, times),
    )


def key_write() -> st.SearchStrategy[Write]:
    rows = st.builds(
        KeyRow,
        names,
        st.sampled_from(["1" * 64, "2" * 64]),
        words,
        st.sampled_from(["robot", "operator", "reader"]),
        times,
        st.none() | times,
        device_id=st.sampled_from(["robot", None]),
        origins=st.lists(st.sampled_from(["https://a.b", "http://c:1"])).map(tuple),
        daily_tokens=st.none() | st.integers(0, 9),
    )
    return st.one_of(
        st.builds(AddKey, rows), st.builds(RevokeKey, names, times), st.builds(UseKey, names, times)
    )


@st.composite
def texts(draw: st.DrawFn) -> AddText:
    said = draw(st.lists(words | sentences, max_size=3))
    name = draw(names)
    row = TextRow(
        name, draw(words), "html", 9, "d", len(said), 9, draw(times), draw(st.none() | words)
    )
    heading = tuple(draw(st.lists(words | sentences, max_size=2)))
    return AddText(
        row, tuple(PassageRow(name, at, heading, "", "", each) for at, each in enumerate(said))
    )


def reader_write() -> st.SearchStrategy[Write]:
    return st.one_of(texts(), st.builds(DropText, names), st.builds(DropReaders, times))


writes = st.lists(person_write() | session_write() | key_write() | reader_write(), max_size=6)
batches = st.lists(writes, max_size=8)
erasures: st.SearchStrategy[Erasure] = st.one_of(
    st.builds(ErasePerson, speakers, times),
    st.builds(EraseMemory, people, st.lists(memory_ids, max_size=2).map(tuple), st.booleans()),
    st.builds(EraseEverythingRemembered, speakers),
    st.builds(EraseTurns, speakers, sessions, st.lists(requests, max_size=2).map(tuple)),
)


def added(write: Write) -> str | None:
    match write:
        case AddMemory(memory):
            return memory.memory_id
        case AddKey(row):
            return row.key_id
        case _:
            return None


def changed(write: Write) -> tuple[str, ...]:
    match write:
        case RevokeKey(key_id) | UseKey(key_id):
            return (key_id,)
        case StrengthenMemory(memory_id) | CheckMemory(memory_id):
            return (memory_id,)
        case SupersedeMemory(old_id, new_id):
            return (old_id, new_id)
        case _:
            return ()


def changes_what_is_there(batch: list[Write]) -> list[Write]:
    """Leave out what changes a memory or a key that is only added later: nobody can."""
    added_at = {added(write): number for number, write in enumerate(batch)}
    return [
        write
        for number, write in enumerate(batch)
        if all(added_at.get(each, -1) < number for each in changed(write))
    ]


@contextmanager
def opened_sqlite() -> Iterator[Store]:
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "robi.db")
        store.open()
        try:
            yield store
        finally:
            store.close()


def outcome(store: Store, batch: Sequence[Write]) -> int | None:
    """Write `batch`; return the position of the write that was rejected, if any."""
    try:
        store.write(batch)
    except WriteRejected as rejected:
        return rejected.position
    return None


SEARCHES = (("gato",), ("té", "perros", "gato"), ("lugo", "vive", "2"), ())


def all_of(store: Store) -> list[object]:
    known, talks = ("user_ana", "user_luis"), ("s1", "chat_s2")
    speak = (*known, "stranger:1", "stranger:2")
    return [
        store.people(),
        store.people(1, 1),
        store.people_count(),
        store.forgotten(),
        store.refused,
        [store.memories(name, superseded=True) for name in known],
        [store.memories(name, 2, 1) for name in known],
        [store.memories_count(name) for name in known],
        [store.memory(name) for name in ("m1", "m2", "m3", "m4")],
        [store.sources(name) for name in known],
        [store.relevant(name, words, 2.0, 5) for name in known for words in SEARCHES],
        [store.pinned(name, 2) for name in known],
        [store.weighty(name, 2.0, 5, 2) for name in known],
        [store.in_slot(name, "", "home") for name in known],
        store.unchecked(3),
        [store.history_of(name, 3, 1) for name in speak],
        [store.interactions(name, 3) for name in speak],
        store.unconsidered(3),
        [store.media(name) for name in speak],
        store.usage("2026-11-21"),
        store.usage(""),
        store.all_media(),
        store.events(),
        [store.reminders(name) for name in speak],
        [store.reminders_here(talk, device) for talk in talks for device in ("robot", None)],
        [store.sessions_of(name) for name in speak],
        [store.embeddings(name) for name in known],
        [store.session(talk) for talk in talks],
        [store.history(talk) for talk in talks],
        store.last_session_of("robot"),
        store.keys(),
        [store.text(name) for name in ("a", "b")],
        store.texts(),
        store.texts(1, 1),
        store.texts_count(),
        [store.passages_like(name, asked, 2) for name in ("a", None) for asked in SEARCHES],
    ]


@settings(max_examples=40, deadline=None)
@given(batches)
def test_twins_given_the_same_batches_keep_the_same(batches: list[list[Write]]) -> None:
    ram = RamStore()
    with opened_sqlite() as sqlite:
        for batch in batches:
            assert outcome(ram, batch) == outcome(sqlite, batch)
            assert all_of(ram) == all_of(sqlite)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(writes, erasures), min_size=1, max_size=5))
def test_twins_erase_the_same(steps: list[tuple[list[Write], Erasure]]) -> None:
    ram = RamStore()
    with opened_sqlite() as sqlite:
        for store in (ram, sqlite):
            store.write([SavePerson(Person(name, name, 1.0)) for name in ("user_ana", "user_luis")])
            store.write(
                [SaveSession(SessionRow(name, None, None, 1.0, 1.0)) for name in ("s1", "chat_s2")]
            )
        for batch, erasure in steps:
            assert outcome(ram, batch) == outcome(sqlite, batch)
            assert ram.erase(erasure) == sqlite.erase(erasure)
            assert all_of(ram) == all_of(sqlite)


@settings(max_examples=300, deadline=None)
@given(batches)
def test_batch_written_twice_is_written_once(batches: list[list[Write]]) -> None:
    store = RamStore()
    for batch in map(changes_what_is_there, batches):
        if outcome(store, batch) is None:
            once = all_of(store)
            assert outcome(store, batch) is None
            assert all_of(store) == once
