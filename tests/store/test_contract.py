"""What every store does: one suite over both twins. What it erases is in `test_erasures`."""

import pytest
from attrs import evolve

from robi.store.base import (
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddKey,
    AddMedia,
    AddMemory,
    AddReminder,
    AmendHistory,
    AppendHistory,
    CheckMemory,
    CompactHistory,
    Consider,
    DropEvents,
    DropMedia,
    DropReminder,
    DropReminders,
    Embedding,
    EventRow,
    ExpireMedia,
    HistoryRow,
    InteractionRow,
    KeepUsage,
    KeyRow,
    MediaRow,
    Memory,
    MemorySource,
    Person,
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
    UsageRow,
    UseKey,
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


def test_turn_that_strengthens_a_memory_is_kept_with_it_once(store: Store) -> None:
    again = StrengthenMemory("a", 5, "s1", "r2")
    store.write([SavePerson(ANA), AddMemory(memory("a")), again, again])
    store.write([StrengthenMemory("a", 5, "s1"), StrengthenMemory("gone", 5, "s1", "r3")])
    assert store.sources(ANA.person_id) == (MemorySource("a", "s1", "r2"),)
    assert store.sources(LUIS.person_id) == ()


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


# ── what was added for the mind: preferences, memories that give way, the index ───────────


def test_preferences_are_merged_and_the_new_ones_win(store: Store) -> None:
    first = evolve(ANA, preferences={"language": "es", "voice": "soft"})
    store.write([SavePerson(first), SavePerson(evolve(ANA, preferences={"voice": "ñandú"}))])
    assert store.people() == (evolve(ANA, preferences={"language": "es", "voice": "ñandú"}),)


def test_people_come_in_pages(store: Store) -> None:
    store.write([SavePerson(ANA), SavePerson(LUIS)])
    assert (store.people(1), store.people(1, 1), store.people(5, 2)) == ((ANA,), (LUIS,), ())
    assert store.people_count() == 2


def test_memory_is_read_back_whole(store: Store) -> None:
    whole = evolve(
        memory("m"),
        subject="Pipo",
        slot="home",
        valid_until=900.0,
        session_id="s1",
        request_id="r1",
        checked=False,
    )
    store.write([SavePerson(ANA), AddMemory(whole)])
    assert store.memory("m") == whole
    assert store.memories(ANA.person_id) == (whole,)


def test_memory_unknown_is_none(store: Store) -> None:
    assert store.memory("m") is None


def test_memories_come_in_pages(store: Store) -> None:
    known = [memory(name, importance) for name, importance in (("a", 9), ("b", 8), ("c", 7))]
    store.write([SavePerson(ANA), *map(AddMemory, known)])
    assert store.memories(ANA.person_id, 1, 1) == (known[1],)
    assert store.memories_count(ANA.person_id) == 3


def test_memory_superseded_is_history_and_found_no_more(store: Store) -> None:
    old, new = memory("old", 10), evolve(memory("new", 9), content="vive en Lugo")
    store.write([SavePerson(ANA), AddMemory(old), AddMemory(new), SupersedeMemory("old", "new")])
    gone = evolve(old, superseded_by="new")
    assert store.memories(ANA.person_id) == (new,)
    assert store.memories(ANA.person_id, superseded=True) == (gone, new)
    assert store.memories_count(ANA.person_id) == 1
    assert store.memory("old") == gone
    assert store.pinned(ANA.person_id, 5) == ()
    assert store.weighty(ANA.person_id, 0.0, 1, 5) == (new,)
    assert found(store, "content") == []


def test_memory_superseded_once_stays_so(store: Store) -> None:
    store.write([SavePerson(ANA), *(AddMemory(memory(name)) for name in "abc")])
    store.write([SupersedeMemory("a", "b"), SupersedeMemory("a", "c")])
    assert store.memory("a") == evolve(memory("a"), superseded_by="b")


@pytest.mark.parametrize("pairs", ["aa", "abba", "abbcca", "ax", "xa", "al"])
def test_memory_is_never_superseded_in_a_circle_nor_by_a_stranger_s_or_one_that_is_gone(
    store: Store, pairs: str
) -> None:
    of_luis = evolve(memory("l"), person_id=LUIS.person_id)
    store.write([SavePerson(ANA), SavePerson(LUIS), AddMemory(of_luis)])
    store.write([AddMemory(memory(name)) for name in "abc"])
    steps = [SupersedeMemory(*pairs[at : at + 2]) for at in range(0, len(pairs), 2)]
    store.write(steps)
    *_, refused = steps
    if (last := store.memory(refused.old_id)) is not None:
        assert last.superseded_by is None


def test_memory_checked_is_unchecked_no_more(store: Store) -> None:
    told = [evolve(memory(name), checked=False, created_at=at) for name, at in (("b", 1), ("a", 2))]
    store.write([SavePerson(ANA), *map(AddMemory, told), AddMemory(memory("c"))])
    assert store.unchecked(5) == tuple(told)
    assert store.unchecked(1) == (told[0],)
    store.write([CheckMemory("b"), CheckMemory("gone")])
    assert store.unchecked(5) == (told[1],)


def test_pinned_are_those_of_importance_ten_newest_first(store: Store) -> None:
    old, new = memory("old", 10, 1.0), memory("new", 10, 2.0)
    store.write([SavePerson(ANA), *map(AddMemory, (old, new, memory("other", 9)))])
    assert store.pinned(ANA.person_id, 5) == (new, old)
    assert store.pinned(ANA.person_id, 1) == (new,)
    assert (new.pinned, memory("other", 9).pinned) == (True, False)


def test_weighty_are_those_of_weight_that_are_still_true_newest_first(store: Store) -> None:
    light, over = memory("light", 4), evolve(memory("over", 9), valid_until=50.0)
    old, new = memory("old", 8, 1.0), evolve(memory("new", 5, 2.0), valid_until=51.0)
    store.write([SavePerson(ANA), *map(AddMemory, (light, over, old, new))])
    assert store.weighty(ANA.person_id, 50.0, 5, 5) == (new, old)
    assert store.weighty(ANA.person_id, 50.0, 5, 1) == (new,)


def test_slot_has_what_is_current_of_that_subject(store: Store) -> None:
    home = evolve(memory("home"), slot="home")
    dog = evolve(home, memory_id="dog", subject="Pipo")
    past = evolve(home, memory_id="past")
    store.write([SavePerson(ANA), *map(AddMemory, (home, dog, past, memory("none")))])
    store.write([SupersedeMemory("past", "home")])
    assert store.in_slot(ANA.person_id, "", "home") == (home,)
    assert store.in_slot(ANA.person_id, "Pipo", "home") == (dog,)
    assert store.in_slot(LUIS.person_id, "", "home") == ()


# ── relevance ─────────────────────────────────────────────────────────────────────────────


def told(name: str, content: str, person_id: str = ANA.person_id) -> AddMemory:
    return AddMemory(evolve(memory(name), content=content, person_id=person_id))


def found(store: Store, *words: str, now: float = 500.0, limit: int = 10) -> list[str]:
    return [each.memory.memory_id for each in store.relevant(ANA.person_id, words, now, limit)]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("Le gusta el té verde", "te"),
        ("Le gusta el TÉ verde", "té"),
        ("su color es el rojo", "colores"),
        ("colecciona relojes", "reloj"),
        ("her favourite stories are short", "story"),
        ("tiene 2 hijos", "2"),
        ("la niña se llama Íñigo", "inigo"),
        ("una película de «ciencia-ficción»", "ficcion"),
    ],
)
def test_memory_is_found_whatever_its_accents_case_and_number(
    store: Store, content: str, word: str
) -> None:
    store.write([SavePerson(ANA), told("it", content), told("other", "nada de nada")])
    assert found(store, word) == ["it"]


@pytest.mark.parametrize(
    "words", [(), ("",), ("zzz",), ('"',), ("te*",), ("te OR nada",), ("NOT",)]
)
def test_nothing_is_found_by_no_word_and_syntax_is_no_syntax(
    store: Store, words: tuple[str, ...]
) -> None:
    store.write([SavePerson(ANA), told("it", "terraza con plantas")])
    assert found(store, *words) == []


def test_rarer_words_count_for_more(store: Store) -> None:
    store.write([SavePerson(ANA), told("rare", "un gato"), told("a", "un perro")])
    store.write([told("b", "otro perro"), told("both", "un perro y un gato")])
    assert found(store, "perro", "gato") == ["both", "rare", "b", "a"]
    ranks = [each.rank for each in store.relevant(ANA.person_id, ("perro", "gato"), 0.0, 9)]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[-1] > 0


def test_of_equals_the_newest_is_found_first_and_no_more_than_asked(store: Store) -> None:
    store.write([SavePerson(ANA), *(told(f"m{n}", "un gato") for n in range(5))])
    assert found(store, "gato", limit=2) == ["m4", "m3"]


def test_search_never_finds_what_is_known_of_another(store: Store) -> None:
    store.write([SavePerson(ANA), SavePerson(LUIS), told("his", "un gato", LUIS.person_id)])
    assert found(store, "gato") == []


def test_what_is_no_longer_true_is_not_found(store: Store) -> None:
    over = evolve(told("over", "un gato").memory, valid_until=500.0)
    store.write([SavePerson(ANA), AddMemory(over)])
    assert found(store, "gato", now=499.9) == ["over"]
    assert found(store, "gato", now=500.0) == []


def test_memory_added_again_is_found_once(store: Store) -> None:
    store.write([SavePerson(ANA), told("it", "un gato"), told("it", "un perro")])
    assert (found(store, "gato"), found(store, "perro")) == (["it"], [])


# ── interactions, media, events ───────────────────────────────────────────────────────────

TURN = InteractionRow(
    "s1", "r1", ANA.person_id, "audio", "habló de té", "happy", "answered", 100.0, 300, 900, 50, 7
)
PHOTO = MediaRow("a.jpg", ANA.person_id, "s1", "r1", "image", "image/jpeg", 9, 100.0, 500.0)
SMILE = EventRow("e1", "smile", 100.0, ANA.person_id, "s1", {"count": 3, "word": "sí"})


def test_interactions_are_read_back_whole_newest_first_in_pages(store: Store) -> None:
    bare = InteractionRow("s1", "r2", ANA.person_id, "text", None, None, "failed", 101.0, None, 5)
    store.write([AddInteraction(TURN), AddInteraction(bare)])
    store.write([AddInteraction(evolve(TURN, person_id=LUIS.person_id, request_id="r3"))])
    assert store.interactions(ANA.person_id) == (bare, TURN)
    assert store.interactions(ANA.person_id, 1, 1) == (TURN,)


def test_interaction_of_the_same_turn_is_replaced(store: Store) -> None:
    again = evolve(TURN, outcome="interrupted")
    store.write([AddInteraction(TURN), AddInteraction(again)])
    assert store.interactions(ANA.person_id) == (again,)


def test_interaction_of_the_same_turn_at_another_time_is_another(store: Store) -> None:
    """A picture that was asked for comes under the id of its question."""
    picture = evolve(TURN, kind="vision", created_at=101.0)
    store.write([SavePerson(ANA), AddInteraction(TURN), AddInteraction(picture)])
    assert store.interactions(ANA.person_id) == (picture, TURN)
    store.write([Consider("s1", "r1", 100.0)])
    assert store.unconsidered(5) == (picture,)


def test_usage_is_read_back_from_a_day_on_by_day_and_purpose(store: Store) -> None:
    talk = UsageRow("2026-11-21", "talk", 50, 7)
    rows = (UsageRow("2026-11-20", "talk", 9, 9), UsageRow("2026-11-21", "summary", 1, 2), talk)
    store.write([KeepUsage(row) for row in reversed(rows)])
    assert store.usage("2026-11-21") == rows[1:]
    assert store.usage("2026-11-20") == rows


def test_usage_of_a_day_and_purpose_never_goes_back(store: Store) -> None:
    for counts in [(50, 7), (40, 9), (0, 0)]:
        store.write([KeepUsage(UsageRow("2026-11-21", "talk", *counts))])
    assert store.usage("2026-11-21") == (UsageRow("2026-11-21", "talk", 50, 9),)


PHONE = KeyRow("key_1", "a" * 64, "ana", "robot", 100.0, expires_at=900.0, device_id="d")
PAGE = KeyRow(
    "key_2", "b" * 64, "book", "reader", 50.0, origins=("https://a.b", "http://c"), daily_tokens=9
)


def test_keys_are_read_back_oldest_first(store: Store) -> None:
    store.write([AddKey(PHONE), AddKey(PAGE)])
    assert store.keys() == (PAGE, PHONE)


@pytest.mark.parametrize(
    "again", [evolve(PAGE, key_id="key_1"), evolve(PAGE, digest=PHONE.digest), PHONE]
)
def test_key_of_an_id_or_a_digest_that_is_there_changes_nothing(
    store: Store, again: KeyRow
) -> None:
    store.write([AddKey(PHONE), AddKey(again)])
    assert store.keys() == (PHONE,)


def test_key_is_revoked_once_and_for_good(store: Store) -> None:
    store.write([AddKey(PHONE), AddKey(PAGE), RevokeKey("key_1", 300.0)])
    store.write([RevokeKey("key_1", 400.0), RevokeKey("key_x", 400.0), AddKey(PHONE)])
    assert store.keys() == (PAGE, evolve(PHONE, revoked_at=300.0))


def test_last_use_of_a_key_never_goes_back(store: Store) -> None:
    store.write([AddKey(PHONE), UseKey("key_1", 300.0), UseKey("key_x", 300.0)])
    store.write([UseKey("key_1", 200.0)])
    assert store.keys() == (evolve(PHONE, last_used_at=300.0),)


def test_media_are_read_back_by_person_and_in_all(store: Store) -> None:
    later = evolve(PHOTO, name="b.jpg", expires_at=900.0, created_at=50.0)
    other = evolve(PHOTO, name="c.jpg", expires_at=400.0, person_id=LUIS.person_id)
    store.write([AddMedia(PHOTO), AddMedia(later), AddMedia(other)])
    assert store.media(ANA.person_id) == (later, PHOTO)
    assert store.all_media() == (later, PHOTO, other)


def test_media_expire_sooner_and_never_later(store: Store) -> None:
    store.write([AddMedia(PHOTO), AddMedia(evolve(PHOTO, name="b.jpg", expires_at=300.0))])
    store.write([ExpireMedia(("a.jpg", "b.jpg", "never.jpg"), 400.0)])
    assert [row.expires_at for row in store.all_media()] == [400.0, 300.0]


def test_media_dropped_are_gone_and_may_be_dropped_again(store: Store) -> None:
    store.write([AddMedia(PHOTO), DropMedia(("a.jpg", "never.jpg"))])
    store.write([DropMedia(("a.jpg",))])
    assert store.all_media() == ()


def test_events_are_read_back_newest_first_once_each_in_pages(store: Store) -> None:
    start = EventRow("e2", "start", 101.0)
    store.write([AddEvent(SMILE), AddEvent(start), AddEvent(evolve(SMILE, kind="frown"))])
    assert store.events() == (start, SMILE)
    assert store.events(1, 1) == (SMILE,)


def test_events_from_before_a_time_are_dropped(store: Store) -> None:
    start = EventRow("e2", "start", 101.0)
    store.write([AddEvent(SMILE), AddEvent(start), DropEvents(101.0)])
    assert store.events() == (start,)


def test_what_is_a_stranger_s_becomes_the_person_s_in_that_session_alone(store: Store) -> None:
    turn, photo = evolve(TURN, person_id=STRANGER), evolve(PHOTO, person_id=STRANGER)
    smile = evolve(SMILE, person_id=STRANGER)
    elsewhere = evolve(turn, session_id="s2")
    store.write([AddInteraction(turn), AddMedia(photo), AddEvent(smile), AddInteraction(elsewhere)])
    store.write([ReassignHistory("s1", STRANGER, ANA.person_id)])
    assert store.interactions(ANA.person_id) == (TURN,)
    assert (store.media(ANA.person_id), store.events()) == ((PHOTO,), (SMILE,))
    assert store.interactions(STRANGER) == (elsewhere,)


def test_history_and_sessions_of_one_person_are_read_back(store: Store) -> None:
    other = evolve(TALK, session_id="s2", last_seen=900.0)
    theirs = evolve(said(0), session_id="s2", created_at=99.0)
    store.write([SaveSession(TALK), SaveSession(other)])
    store.write([AppendHistory(r) for r in (said(0), said(1), said(2, person_id="x"), theirs)])
    assert store.history_of(ANA.person_id) == (theirs, said(0), said(1))
    assert store.history_of(ANA.person_id, 1, 1) == (said(0),)
    assert store.sessions_of(ANA.person_id) == (other, TALK)
    assert store.sessions_of("x") == ()


# ── reminders ─────────────────────────────────────────────────────────────────────────────

PASTA = ReminderRow("t1", ANA.person_id, "robot-1", "s1", "r1", "timer", "la pasta", 600.0, 100.0)


def test_reminders_are_read_back_by_person_the_next_first(store: Store) -> None:
    sooner = evolve(PASTA, reminder_id="t2", due_at=300.0)
    his = evolve(PASTA, reminder_id="t3", person_id=LUIS.person_id, kind="reminder")
    store.write([AddReminder(PASTA), AddReminder(sooner), AddReminder(his), AddReminder(PASTA)])
    assert store.reminders(ANA.person_id) == (sooner, PASTA)
    assert store.reminders(LUIS.person_id) == (his,)


def test_reminders_here_are_those_of_the_device_in_whatever_session(store: Store) -> None:
    elsewhere = evolve(PASTA, reminder_id="t2", device_id="robot-2")
    before = evolve(PASTA, reminder_id="t3", session_id="s0", due_at=300.0)
    store.write([AddReminder(PASTA), AddReminder(elsewhere), AddReminder(before)])
    assert store.reminders_here("s1", "robot-1") == (before, PASTA)
    assert store.reminders_here("s1", None) == ()


def test_reminders_here_without_a_device_are_those_of_the_session(store: Store) -> None:
    mine = evolve(PASTA, device_id="")
    store.write([AddReminder(mine), AddReminder(evolve(mine, reminder_id="t2", session_id="s2"))])
    assert store.reminders_here("s1", None) == store.reminders_here("s1", "") == (mine,)


def test_reminders_dropped_are_gone_and_may_be_dropped_again(store: Store) -> None:
    late = evolve(PASTA, reminder_id="t2", due_at=700.0)
    store.write([AddReminder(PASTA), AddReminder(late), DropReminder("t1"), DropReminder("t1")])
    assert store.reminders(ANA.person_id) == (late,)
    store.write([DropReminders(700.0)])
    assert store.reminders(ANA.person_id) == (late,)
    store.write([DropReminders(700.5)])
    assert store.reminders(ANA.person_id) == ()


def test_reminders_of_a_stranger_become_the_person_s_in_that_session_alone(store: Store) -> None:
    mine = evolve(PASTA, person_id=STRANGER)
    elsewhere = evolve(mine, reminder_id="t2", session_id="s2")
    store.write([SavePerson(ANA), AddReminder(mine), AddReminder(elsewhere)])
    store.write([ReassignHistory("s1", STRANGER, ANA.person_id)])
    assert (store.reminders(ANA.person_id), store.reminders(STRANGER)) == ((PASTA,), (elsewhere,))
