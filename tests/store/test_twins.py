"""Whatever is written, both twins keep the same, and writing it twice is writing it once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.store.base import (
    AddEmbedding,
    AddMemory,
    AmendHistory,
    AppendHistory,
    CompactHistory,
    Embedding,
    HistoryRow,
    Memory,
    Person,
    ReassignHistory,
    SavePerson,
    SaveSession,
    SeePerson,
    SessionRow,
    Store,
    StrengthenMemory,
    Write,
    WriteRejected,
)
from robi.store.ram import RamStore
from robi.store.sqlite import SqliteStore

people = st.sampled_from(["user_ana", "user_luis"])
speakers = people | st.sampled_from(["stranger:1", "stranger:2"])
sessions = st.sampled_from(["s1", "s2"])
devices = st.sampled_from(["robot", "", None])
times = st.integers(0, 5).map(float)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
indices = st.integers(0, 6)
importances = st.integers(1, 10)

rows = st.builds(
    HistoryRow, sessions, indices, speakers, st.sampled_from(["person", "robot"]), words, times
)

dialects = st.sampled_from(["user", "person", None])
session_rows = st.builds(SessionRow, sessions, devices, speakers, times, times, dialects)


@st.composite
def compactions(draw: st.DrawFn) -> CompactHistory:
    summary = evolve(draw(rows), compacted=True)
    return CompactHistory(draw(st.integers(0, summary.index)), summary)


def person_write() -> st.SearchStrategy[Write]:
    persons = st.builds(
        Person, people, st.none() | words, times, st.none() | times, st.integers(0, 3)
    )
    return st.one_of(
        st.builds(SavePerson, persons),
        st.builds(SeePerson, people, times),
        st.builds(
            AddEmbedding,
            st.builds(Embedding, people, st.sampled_from([b"1", b"2", b"3", b"4"]), times),
            st.just(2),
        ),
        st.builds(
            AddMemory,
            st.builds(
                Memory,
                st.sampled_from(["m1", "m2", "m3"]),
                people,
                st.sampled_from(["fact", "event"]),
                words,
                importances,
                times,
            ),
        ),
        st.builds(StrengthenMemory, st.sampled_from(["m1", "m2", "m3"]), importances),
    )


def session_write() -> st.SearchStrategy[Write]:
    return st.one_of(
        st.builds(SaveSession, session_rows),
        st.builds(AppendHistory, rows),
        st.builds(AmendHistory, sessions, indices, words),
        st.builds(ReassignHistory, sessions, speakers, people),
        compactions(),
    )


batches = st.lists(st.lists(person_write() | session_write(), max_size=6), max_size=8)


def strengthens_what_is_there(batch: list[Write]) -> list[Write]:
    """Leave out what strengthens a memory that is only added later: nobody can."""
    added_at = {w.memory.memory_id: n for n, w in enumerate(batch) if isinstance(w, AddMemory)}
    return [
        write
        for number, write in enumerate(batch)
        if not (isinstance(write, StrengthenMemory) and added_at.get(write.memory_id, -1) > number)
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


def all_of(store: Store) -> list[object]:
    names, talks = ("user_ana", "user_luis"), ("s1", "s2")
    return [
        store.people(),
        [store.memories(name) for name in names],
        [store.embeddings(name) for name in names],
        [store.session(talk) for talk in talks],
        [store.history(talk) for talk in talks],
        store.last_session_of("robot"),
    ]


@settings(max_examples=40, deadline=None)
@given(batches)
def test_twins_given_the_same_batches_keep_the_same(batches: list[list[Write]]) -> None:
    ram = RamStore()
    with opened_sqlite() as sqlite:
        for batch in batches:
            assert outcome(ram, batch) == outcome(sqlite, batch)
            assert all_of(ram) == all_of(sqlite)


@settings(max_examples=300, deadline=None)
@given(batches)
def test_batch_written_twice_is_written_once(batches: list[list[Write]]) -> None:
    store = RamStore()
    for batch in map(strengthens_what_is_there, batches):
        if outcome(store, batch) is None:
            once = all_of(store)
            assert outcome(store, batch) is None
            assert all_of(store) == once
