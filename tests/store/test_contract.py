"""What every store does: one suite over both twins."""

import pytest
from attrs import evolve

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

ANA = Person("user_ana_0a1b2c", "Ana", created_at=100.0)
LUIS = Person("user_luis_3d4e5f", "Luis", created_at=200.0)
TALK = SessionRow("s1", "robot-1", ANA.person_id, created_at=100.0, last_seen=100.0)
STRANGER = "stranger:0011"


def said(index: int, content: str = "hola", person_id: str = ANA.person_id) -> HistoryRow:
    return HistoryRow("s1", index, person_id, "person", content, 100.0 + index, f"r{index}")


def memory(name: str, importance: int = 5, created_at: float = 100.0) -> Memory:
    return Memory(name, ANA.person_id, "fact", f"content of {name}", importance, created_at)


def face(number: int) -> Embedding:
    return Embedding(ANA.person_id, bytes([number]) * 512, created_at=float(number))


def contents(store: Store) -> list[str]:
    return [row.content for row in store.history("s1")]


# ── people ────────────────────────────────────────────────────────────────────────────────


def test_person_saved_is_read_back_whole(store: Store) -> None:
    person = evolve(ANA, last_seen=150.5, interaction_count=3)
    store.write([SavePerson(person)])
    assert store.person(ANA.person_id) == person


def test_person_unknown_is_none(store: Store) -> None:
    assert store.person("user_nobody_000000") is None


def test_people_come_in_the_order_of_meeting(store: Store) -> None:
    store.write([SavePerson(LUIS), SavePerson(ANA)])
    assert store.people() == (ANA, LUIS)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (evolve(ANA, name="Ana María"), evolve(ANA, name="Ana María", last_seen=150.0)),
        (evolve(ANA, name=None), evolve(ANA, last_seen=150.0)),
        (evolve(ANA, created_at=999.0), evolve(ANA, last_seen=150.0)),
        (evolve(ANA, last_seen=120.0), evolve(ANA, last_seen=150.0)),
        (evolve(ANA, last_seen=180.0), evolve(ANA, last_seen=180.0)),
        (evolve(ANA, interaction_count=7), evolve(ANA, last_seen=150.0, interaction_count=7)),
    ],
    ids=["renamed", "no name", "created later", "seen before", "seen after", "counted"],
)
def test_person_saved_again_never_goes_back(store: Store, later: Person, expected: Person) -> None:
    store.write([SavePerson(evolve(ANA, last_seen=150.0)), SavePerson(later)])
    assert store.person(ANA.person_id) == expected


def test_person_seen_is_counted_and_dated(store: Store) -> None:
    store.write([SavePerson(ANA), SeePerson(ANA.person_id, 300.0), SeePerson(ANA.person_id, 400.0)])
    assert store.person(ANA.person_id) == evolve(ANA, last_seen=400.0, interaction_count=2)


def test_person_seen_at_the_same_time_again_is_counted_once(store: Store) -> None:
    store.write([SeePerson("user_x", 300.0), SeePerson("user_x", 300.0)])
    assert store.person("user_x") == Person("user_x", None, 300.0, 300.0, 1)


# ── faces ─────────────────────────────────────────────────────────────────────────────────


def test_embeddings_come_oldest_first_and_once_each(store: Store) -> None:
    store.write([SavePerson(ANA), *(AddEmbedding(face(n)) for n in (2, 1, 2))])
    assert store.embeddings(ANA.person_id) == (face(1), face(2))


def test_embeddings_beyond_those_kept_drop_the_oldest(store: Store) -> None:
    store.write([SavePerson(ANA), *(AddEmbedding(face(n), keep=2) for n in (1, 2, 3))])
    assert store.embeddings(ANA.person_id) == (face(2), face(3))


def test_embedding_seen_again_is_as_new_as_then(store: Store) -> None:
    again = evolve(face(1), created_at=9.0)
    store.write([SavePerson(ANA), *(AddEmbedding(f, keep=2) for f in (face(1), face(2), again))])
    store.write([AddEmbedding(face(3), keep=2)])
    assert store.embeddings(ANA.person_id) == (face(3), again)


def test_embeddings_are_of_one_person_only(store: Store) -> None:
    store.write([SavePerson(ANA), SavePerson(LUIS), AddEmbedding(face(1))])
    assert store.embeddings(LUIS.person_id) == ()


# ── memories ──────────────────────────────────────────────────────────────────────────────


def test_memories_come_by_importance_then_newest(store: Store) -> None:
    old, new, big = memory("old"), memory("new", created_at=101.0), memory("big", importance=9)
    store.write([SavePerson(ANA), *(AddMemory(m) for m in (old, new, big))])
    assert store.memories(ANA.person_id) == (big, new, old)


def test_memories_are_limited(store: Store) -> None:
    store.write([SavePerson(ANA), AddMemory(memory("a")), AddMemory(memory("b", importance=9))])
    assert store.memories(ANA.person_id, 1) == (memory("b", importance=9),)


def test_memories_are_of_one_person_only(store: Store) -> None:
    store.write([SavePerson(ANA), SavePerson(LUIS), AddMemory(memory("a"))])
    assert store.memories(LUIS.person_id) == ()


@pytest.mark.parametrize(("raised", "expected"), [(8, 8), (2, 5)])
def test_memory_strengthened_never_weakens(store: Store, raised: int, expected: int) -> None:
    store.write([SavePerson(ANA), AddMemory(memory("a")), StrengthenMemory("a", raised)])
    assert store.memories(ANA.person_id) == (memory("a", importance=expected),)


def test_memory_that_is_gone_is_not_strengthened(store: Store) -> None:
    store.write([SavePerson(ANA), StrengthenMemory("a", 8)])
    assert store.memories(ANA.person_id) == ()


# ── sessions ──────────────────────────────────────────────────────────────────────────────


def test_session_saved_again_keeps_its_birth(store: Store) -> None:
    later = evolve(TALK, created_at=150.0, last_seen=160.0, person_id=LUIS.person_id)
    store.write([SaveSession(TALK), SaveSession(later)])
    assert store.session("s1") == evolve(later, created_at=100.0)


def test_session_saved_with_a_dialect_is_read_back_with_it(store: Store) -> None:
    spoken = evolve(TALK, dialect="person")
    store.write([SaveSession(spoken)])
    assert (store.session("s1"), store.last_session_of("robot-1")) == (spoken, spoken)


@pytest.mark.parametrize(("later", "kept"), [(None, "person"), ("user", "user")])
def test_session_saved_again_without_a_dialect_leaves_the_known_one(
    store: Store, later: str | None, kept: str
) -> None:
    store.write([SaveSession(evolve(TALK, dialect=d)) for d in (None, "person", later)])
    assert store.session("s1") == evolve(TALK, dialect=kept)


def test_session_unknown_is_none(store: Store) -> None:
    assert store.session("s1") is None


def test_session_of_device_is_the_one_seen_last(store: Store) -> None:
    newer = evolve(TALK, session_id="s2", last_seen=170.0)
    elsewhere = evolve(TALK, session_id="s3", last_seen=180.0, device_id="robot-2")
    store.write([SaveSession(newer), SaveSession(TALK), SaveSession(elsewhere)])
    assert store.last_session_of("robot-1") == newer


@pytest.mark.parametrize("device_id", ["", None])
def test_session_without_device_is_never_matched(store: Store, device_id: str | None) -> None:
    store.write([SaveSession(evolve(TALK, device_id=device_id))])
    assert store.last_session_of("") is None


# ── history ───────────────────────────────────────────────────────────────────────────────


def test_history_is_read_back_whole_in_order(store: Store) -> None:
    heard = evolve(said(1), role="robot", cut_off=True, request_id=None)
    store.write([SaveSession(TALK), AppendHistory(heard), AppendHistory(said(0))])
    assert store.history("s1") == (said(0), heard)


def test_history_appended_at_the_same_index_is_replaced(store: Store) -> None:
    store.write([SaveSession(TALK), AppendHistory(said(0, "a")), AppendHistory(said(0, "b"))])
    assert contents(store) == ["b"]


def test_history_amended_keeps_what_was_heard(store: Store) -> None:
    store.write([SaveSession(TALK), AppendHistory(said(0, "hola, Ana"))])
    store.write([AmendHistory("s1", 0, "hola")])
    assert store.history("s1") == (evolve(said(0, "hola"), cut_off=True),)


def test_history_amended_where_nothing_is_stays(store: Store) -> None:
    store.write([SaveSession(TALK), AmendHistory("s1", 4, "hola")])
    assert store.history("s1") == ()


def test_history_of_a_named_stranger_is_reassigned_in_that_session_alone(store: Store) -> None:
    other = evolve(TALK, session_id="s2", person_id=STRANGER)
    mine = said(0, person_id=STRANGER)
    theirs = evolve(mine, session_id="s2")
    store.write([SaveSession(evolve(TALK, person_id=STRANGER)), SaveSession(other)])
    store.write([AppendHistory(row) for row in (mine, said(1, person_id="user_luis"), theirs)])
    store.write([ReassignHistory("s1", STRANGER, ANA.person_id)])
    owners = [row.person_id for session in ("s1", "s2") for row in store.history(session)]
    assert owners == [ANA.person_id, "user_luis", STRANGER]


def test_session_of_a_named_stranger_is_reassigned(store: Store) -> None:
    store.write([SaveSession(evolve(TALK, person_id=STRANGER))])
    store.write([ReassignHistory("s1", STRANGER, ANA.person_id)])
    assert store.session("s1") == TALK


def test_history_compacted_leaves_one_row_in_the_place_of_many(store: Store) -> None:
    summary = evolve(said(2, "resumen"), compacted=True)
    store.write([SaveSession(TALK), *(AppendHistory(said(n, f"{n}")) for n in range(5))])
    store.write([CompactHistory(1, summary)])
    assert store.history("s1") == (said(0, "0"), summary, said(3, "3"), said(4, "4"))


def test_history_compacted_leaves_what_others_said(store: Store) -> None:
    summary = evolve(said(2, "resumen"), compacted=True)
    rows = [said(0, "mío"), said(1, "suyo", person_id=LUIS.person_id), said(2, "mío")]
    store.write([SaveSession(TALK), *(AppendHistory(row) for row in rows)])
    store.write([CompactHistory(0, summary)])
    assert contents(store) == ["suyo", "resumen"]


def test_history_of_an_unknown_session_is_empty(store: Store) -> None:
    assert store.history("s1") == ()


# ── batches ───────────────────────────────────────────────────────────────────────────────

ORPHANS: list[Write] = [
    AppendHistory(evolve(said(0), session_id="nowhere")),
    CompactHistory(0, evolve(said(0), session_id="nowhere", compacted=True)),
    AddMemory(evolve(memory("m"), person_id="user_nobody")),
    AddEmbedding(evolve(face(1), person_id="user_nobody")),
]


@pytest.mark.parametrize("orphan", ORPHANS, ids=lambda orphan: type(orphan).__name__)
def test_batch_with_a_row_of_nobody_says_which_it_was(store: Store, orphan: Write) -> None:
    with pytest.raises(WriteRejected) as rejected:
        store.write([SavePerson(ANA), orphan, SavePerson(LUIS)])
    assert rejected.value.position == 1


def test_batch_that_is_rejected_leaves_nothing_of_it(store: Store) -> None:
    with pytest.raises(WriteRejected):
        store.write([SavePerson(ANA), ORPHANS[0]])
    assert store.people() == ()


def test_batch_after_a_rejected_one_is_written(store: Store) -> None:
    with pytest.raises(WriteRejected):
        store.write([ORPHANS[0]])
    store.write([SavePerson(ANA)])
    assert store.people() == (ANA,)


def test_batch_of_nothing_is_written(store: Store) -> None:
    store.write([])
    assert store.people() == ()


def test_store_closed_and_opened_again_has_everything(store: Store) -> None:
    store.write([SavePerson(ANA), SaveSession(TALK), AppendHistory(said(0))])
    store.close()
    store.open()
    assert (store.people(), store.session("s1"), store.history("s1")) == ((ANA,), TALK, (said(0),))


def test_store_opened_twice_is_opened_once(store: Store) -> None:
    store.write([SavePerson(ANA)])
    store.open()
    assert store.people() == (ANA,)


@pytest.mark.parametrize(
    "summary", [evolve(said(0), compacted=True), said(5)], ids=["before it", "not marked"]
)
def test_summary_that_does_not_cover_its_rows_is_refused(summary: HistoryRow) -> None:
    with pytest.raises(ValueError, match="compacted"):
        CompactHistory(1, summary)


@pytest.mark.parametrize("importance", [0, 11])
def test_memory_of_impossible_importance_is_refused(importance: int) -> None:
    with pytest.raises(ValueError, match="importance"):
        memory("m", importance=importance)
