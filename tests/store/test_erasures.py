"""What is erased is gone from every table, what is another's stays: one suite over both twins."""

from typing import Any

import pytest
from attrs import evolve

from robi.store.base import (
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddMedia,
    AddMemory,
    AddReminder,
    AmendHistory,
    AppendHistory,
    CompactHistory,
    Embedding,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    EventRow,
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    MemorySource,
    Person,
    Readmit,
    ReassignHistory,
    Receipt,
    ReminderRow,
    SavePerson,
    SaveSession,
    SeePerson,
    SessionRow,
    Store,
    StrengthenMemory,
    SupersedeMemory,
    Write,
    digest,
)
from tests.store.rows import in_every_table

ANA, LUIS = "user_ana", "user_luis"
HERS = in_every_table(ANA, "hers", "s1")
HIS = in_every_table(LUIS, "his", "s2")


def everything_of(store: Store, person_id: str, session_id: str) -> list[object]:
    return [
        store.person(person_id),
        store.embeddings(person_id),
        store.memories(person_id, superseded=True),
        store.relevant(person_id, ("memoryhers", "memoryhis"), 0.0, 9),
        store.sources(person_id),
        store.history_of(person_id),
        store.interactions(person_id),
        store.media(person_id),
        store.sessions_of(person_id),
        [event for event in store.events() if event.person_id == person_id],
        store.reminders(person_id),
        bool(store.session(session_id)),
    ]


NOTHING: list[object] = [None, (), (), (), (), (), (), (), (), [], (), True]


# ── a person ──────────────────────────────────────────────────────────────────────────────


def test_person_erased_is_nowhere_and_the_receipt_counts_each_place(store: Store) -> None:
    store.write([*HERS, *HIS])
    his = everything_of(store, LUIS, "s2")
    receipt = store.erase(ErasePerson(ANA, 5.0))
    assert receipt == Receipt(
        people=1,
        faces=1,
        memories=1,
        history=3,
        summaries=1,
        interactions=1,
        media=1,
        sessions=1,
        events=1,
        files=("hers.jpg",),
        reminders=1,
    )
    assert everything_of(store, ANA, "s1") == NOTHING
    assert everything_of(store, LUIS, "s2") == his


def test_person_erased_leaves_a_digest_and_no_id(store: Store) -> None:
    store.erase(ErasePerson(ANA, 5.0))
    assert store.forgotten() == {digest(ANA)}
    assert ANA not in digest(ANA)


def test_person_erased_twice_is_erased_once(store: Store) -> None:
    store.write(HERS)
    store.erase(ErasePerson(ANA, 5.0))
    assert store.erase(ErasePerson(ANA, 6.0)) == Receipt()


def test_what_is_written_late_of_one_forgotten_is_dropped_and_counted(store: Store) -> None:
    store.write(HERS)
    store.erase(ErasePerson(ANA, 5.0))
    late = [
        *HERS,
        SeePerson(ANA, 9.0),
        ReassignHistory("s1", "stranger:1", ANA),
        ReassignHistory("s1", ANA, LUIS),
        CompactHistory(0, HistoryRow("s1", 9, ANA, "robot", "late", 1.0, compacted=True)),
    ]
    store.write(late)
    assert everything_of(store, ANA, "s1") == NOTHING
    assert store.people() == ()
    assert store.refused == len(late) - 1  # one strengthens what is gone, and names nobody


def test_session_of_one_forgotten_is_kept_without_the_person(store: Store) -> None:
    store.erase(ErasePerson(ANA, 5.0))
    store.write([SaveSession(SessionRow("s1", "robot", ANA, 1.0, 2.0, "person"))])
    assert store.session("s1") == SessionRow("s1", "robot", None, 1.0, 2.0, "person")


def test_neighbours_of_a_write_that_is_dropped_are_written(store: Store) -> None:
    store.erase(ErasePerson(ANA, 5.0))
    store.write([SavePerson(Person(ANA, "Ana", 1.0)), SavePerson(Person(LUIS, "Luis", 1.0))])
    assert [person.person_id for person in store.people()] == [LUIS]


def test_person_readmitted_is_known_again_and_what_came_before_is_not(store: Store) -> None:
    store.write(HERS)
    store.erase(ErasePerson(ANA, 5.0))
    anew = Person(ANA, "Ana", 7.0)
    store.write([SavePerson(evolve(anew, name="too early")), Readmit(ANA), SavePerson(anew)])
    assert (store.people(), store.forgotten(), store.memories(ANA)) == ((anew,), frozenset(), ())


def test_forgotten_are_still_so_when_it_is_opened_again(store: Store) -> None:
    store.erase(ErasePerson(ANA, 5.0))
    store.close()
    store.open()
    store.write([SavePerson(Person(ANA, "Ana", 1.0))])
    assert store.people() == ()


# ── everything remembered ─────────────────────────────────────────────────────────────────


def test_everything_remembered_is_erased_and_the_name_and_the_faces_stay(store: Store) -> None:
    store.write([*HERS, *HIS])
    his = everything_of(store, LUIS, "s2")
    person, faces = Person(ANA, "Namehers", 1.0), store.embeddings(ANA)
    receipt = store.erase(EraseEverythingRemembered(ANA))
    assert receipt == Receipt(
        memories=1,
        history=3,
        summaries=1,
        interactions=1,
        media=1,
        events=1,
        files=("hers.jpg",),
        reminders=1,
    )
    session = SessionRow("s1", None, ANA, 1.0, 1.0)
    assert everything_of(store, ANA, "s1") == [
        person, faces, (), (), (), (), (), (), (session,), [], (), True,
    ]  # fmt: skip
    assert everything_of(store, LUIS, "s2") == his
    assert store.forgotten() == frozenset()


# ── memories ──────────────────────────────────────────────────────────────────────────────


def memory(name: str, content: str, request_id: str | None = None) -> Memory:
    session_id = None if request_id is None else "s1"
    return Memory(name, ANA, "fact", content, 6, 1.0, session_id=session_id, request_id=request_id)


def said(index: int, content: str, request_id: str = "r9", **other: Any) -> AppendHistory:
    row = HistoryRow("s1", index, ANA, "person", content, float(index), request_id)
    return AppendHistory(evolve(row, **other))


@pytest.fixture
def talk(store: Store) -> Store:
    """The store, with Ana, Luis and a session."""
    store.write([SavePerson(Person(name, name, 1.0)) for name in (ANA, LUIS)])
    store.write([SaveSession(SessionRow("s1", None, ANA, 1.0, 1.0))])
    return store


def words_left(store: Store) -> list[str]:
    return [row.content for row in store.history("s1")]


def test_memory_erased_takes_the_turn_it_came_from(talk: Store) -> None:
    talk.write([AddMemory(memory("m", "vive en Lugo", "r1")), said(0, "hola", "r0")])
    talk.write([said(1, "me mudo al norte", "r1"), said(2, "¡Qué bien!", "r1", role="robot")])
    photo = MediaRow("a.jpg", ANA, "s1", "r1", "image", "image/jpeg", 9, 100.0, 500.0)
    turn = InteractionRow("s1", "r1", ANA, "text", None, None, "answered", 1.0, None, 1)
    talk.write(
        [AddMedia(photo), AddInteraction(turn), AddInteraction(evolve(turn, request_id="r0"))]
    )
    receipt = talk.erase(EraseMemory(ANA, ("m",)))
    assert receipt == Receipt(memories=1, history=2, interactions=1, media=1, files=("a.jpg",))
    assert (words_left(talk), talk.memories(ANA), talk.media(ANA)) == (["hola"], (), ())
    assert [row.request_id for row in talk.interactions(ANA)] == ["r0"]


def test_memory_erased_takes_what_it_had_superseded(talk: Store) -> None:
    chain = [memory(name, f"vive en {name}") for name in ("vigo", "lugo", "noia", "alone")]
    talk.write([*map(AddMemory, chain), SupersedeMemory("vigo", "lugo")])
    talk.write([SupersedeMemory("lugo", "noia")])
    assert talk.erase(EraseMemory(ANA, ("noia",))).memories == 3
    assert talk.memories(ANA, superseded=True) == (chain[3],)


def test_memory_erased_takes_what_says_the_same_elsewhere(talk: Store) -> None:
    talk.write([AddMemory(memory("m", "tiene dos gatos negros"))])
    talk.write([said(0, "Pues mis dos gatos negros duermen"), said(1, "un gato negro, dos perros")])
    talk.write([said(2, "gatos"), said(3, "dos gatos negros", person_id=LUIS)])
    told = InteractionRow("s1", "r5", ANA, "text", "dos gatos negros", None, "x", 1.0, None, 1)
    talk.write([AddInteraction(told)])
    assert talk.erase(EraseMemory(ANA, ("m",))) == Receipt(memories=1, history=2, interactions=1)
    assert words_left(talk) == ["gatos", "dos gatos negros"]


def test_memory_erased_takes_every_turn_of_the_same_id(talk: Store) -> None:
    """A picture that was asked for comes under the id of its question."""
    question = InteractionRow("s1", "r1", ANA, "text", "mira", None, "done", 1.0, None, 1)
    picture = evolve(question, kind="vision", summary="un salón", created_at=2.0)
    talk.write([AddMemory(memory("m", "vive en Lugo", "r1"))])
    talk.write([AddInteraction(question), AddInteraction(picture)])
    assert talk.erase(EraseMemory(ANA, ("m",))) == Receipt(memories=1, interactions=2)
    assert talk.interactions(ANA) == ()


def test_memory_erased_takes_the_turns_that_have_strengthened_it(talk: Store) -> None:
    talk.write([AddMemory(memory("m", "vive en Lugo", "r1")), said(0, "me mudo al norte", "r1")])
    talk.write([said(1, "aquí llueve mucho", "r2"), said(2, "hola", "r3")])
    photo = MediaRow("a.jpg", ANA, "s1", "r2", "image", "image/jpeg", 9, 100.0, 500.0)
    turn = InteractionRow("s1", "r2", ANA, "text", None, None, "done", 1.0, None, 1)
    talk.write([AddMedia(photo), AddInteraction(turn), StrengthenMemory("m", 7, "s1", "r2")])
    receipt = talk.erase(EraseMemory(ANA, ("m",)))
    assert receipt == Receipt(memories=1, history=2, interactions=1, media=1, files=("a.jpg",))
    assert (words_left(talk), talk.sources(ANA)) == (["hola"], ())


def test_memory_erased_takes_what_had_strengthened_those_it_superseded(talk: Store) -> None:
    talk.write([AddMemory(memory(n, f"vive en {n}")) for n in ("vigo", "lugo", "noia")])
    talk.write([StrengthenMemory("vigo", 7, "s1", "r1"), SupersedeMemory("vigo", "lugo")])
    talk.write([SupersedeMemory("lugo", "noia"), said(0, "junto al mar", "r1")])
    assert talk.erase(EraseMemory(ANA, ("noia",))) == Receipt(memories=3, history=1)
    assert words_left(talk) == []


def test_memory_erased_takes_what_a_stranger_had_said_who_got_that_name(talk: Store) -> None:
    talk.write([AddMemory(memory("m", "vive en Lugo")), StrengthenMemory("m", 7, "s1", "r1")])
    talk.write([said(0, "junto al mar", "r1", person_id="stranger:1")])
    talk.write([ReassignHistory("s1", "stranger:1", ANA)])
    assert talk.erase(EraseMemory(ANA, ("m",))) == Receipt(memories=1, history=1)


def test_memory_erased_alone_makes_current_what_it_had_superseded(talk: Store) -> None:
    """The model found it private; that is no reason to lose what it had replaced."""
    old, same = memory("old", "vive en Vigo", "r0"), memory("same", "sin casa en Lugo", "r1")
    new = memory("new", "casa en Lugo", "r2")
    talk.write([*map(AddMemory, (old, same, new)), StrengthenMemory("old", 6, "s1", "r3")])
    talk.write([SupersedeMemory("old", "same"), SupersedeMemory("same", "new")])
    talk.write([said(n, f"{n}", f"r{n}") for n in range(4)])
    assert talk.erase(EraseMemory(ANA, ("new",), superseded=False)) == Receipt(
        memories=2, history=2
    )
    assert talk.memories(ANA) == (old,)
    assert [each.memory for each in talk.relevant(ANA, ("vigo",), 0.0, 5)] == [old]
    assert words_left(talk) == ["0", "3"]


def test_memory_of_no_words_of_its_own_takes_no_history(talk: Store) -> None:
    talk.write([AddMemory(memory("m", "así es")), said(0, "así es la vida")])
    assert talk.erase(EraseMemory(ANA, ("m",))) == Receipt(memories=1)


@pytest.mark.parametrize(("still_there", "gone"), [(True, 0), (False, 1)])
def test_memory_erased_takes_the_summary_that_its_turn_has_gone_into(
    talk: Store, still_there: bool, gone: int
) -> None:
    talk.write([AddMemory(memory("m", "vive en Lugo", "r1"))])
    talk.write([said(0, "resumen", "r0", compacted=True, role="robot")])
    talk.write([said(1, "el otro", "r0", compacted=True, person_id=LUIS)])
    if still_there:
        talk.write([said(2, "me mudo", "r1")])
    assert talk.erase(EraseMemory(ANA, ("m",))).summaries == gone
    assert words_left(talk)[-1] == "el otro"


@pytest.mark.parametrize("ids", [("theirs",), ("gone",), ()])
def test_memory_of_another_or_of_none_takes_nothing(talk: Store, ids: tuple[str, ...]) -> None:
    theirs = evolve(memory("theirs", "vive en Lugo", "r1"), person_id=LUIS)
    talk.write([AddMemory(theirs), said(0, "vivo en Lugo", "r1")])
    assert talk.erase(EraseMemory(ANA, ids)) == Receipt()
    assert (talk.memories(LUIS), words_left(talk)) == ((theirs,), ["vivo en Lugo"])


def test_history_of_a_memory_erased_is_not_amended_back(talk: Store) -> None:
    talk.write([AddMemory(memory("m", "vive en Lugo", "r1")), said(0, "Lugo", "r1")])
    talk.erase(EraseMemory(ANA, ("m",)))
    talk.write([AmendHistory("s1", 0, "Lu")])
    assert words_left(talk) == []


# ── turns ─────────────────────────────────────────────────────────────────────────────────


def test_turns_erased_take_their_rows_and_memories(talk: Store) -> None:
    talk.write([said(n, f"{n}", f"r{n}") for n in range(3)])
    talk.write([AddMemory(memory(f"m{n}", "x", f"r{n}")) for n in range(3)])
    photo = MediaRow("a.jpg", ANA, "s1", "r1", "image", "image/jpeg", 9, 100.0, 500.0)
    elsewhere = evolve(photo, name="b.jpg", session_id="s2")
    talk.write([AddMedia(photo), AddMedia(elsewhere), said(3, "his", "r1", person_id=LUIS)])
    receipt = talk.erase(EraseTurns(ANA, "s1", ("r1", "r2")))
    assert receipt == Receipt(memories=2, history=2, media=1, files=("a.jpg",))
    assert (words_left(talk), [m.memory_id for m in talk.memories(ANA)]) == (["0", "his"], ["m0"])
    assert talk.all_media() == (elsewhere,)


def test_turns_erased_take_every_turn_of_the_same_id(talk: Store) -> None:
    question = InteractionRow("s1", "r1", ANA, "text", "mira", None, "done", 1.0, None, 1)
    talk.write([AddInteraction(question), AddInteraction(evolve(question, created_at=2.0))])
    assert talk.erase(EraseTurns(ANA, "s1", ("r1",))) == Receipt(interactions=2)
    assert talk.interactions(ANA) == ()


def test_turn_erased_that_only_strengthened_a_memory_leaves_it(talk: Store) -> None:
    home = memory("m", "vive en Lugo", "r1")
    talk.write([AddMemory(home), said(0, "Lugo", "r1"), said(1, "junto al mar", "r2")])
    talk.write([StrengthenMemory("m", 6, "s1", request_id) for request_id in ("r2", "r3")])
    assert talk.erase(EraseTurns(ANA, "s1", ("r2",))) == Receipt(history=1)
    assert talk.memories(ANA) == (home,)
    assert talk.sources(ANA) == (MemorySource("m", "s1", "r3"),)


def test_turns_erased_leave_what_they_had_superseded_as_it_was(talk: Store) -> None:
    old, mid = memory("old", "vive en Vigo", "r0"), memory("mid", "vive en Lugo", "r1")
    talk.write([AddMemory(old), AddMemory(mid), SupersedeMemory("old", "mid"), said(0, "a", "r1")])
    talk.erase(EraseTurns(ANA, "s1", ("r1",)))
    assert talk.memories(ANA) == (old,)
    assert [each.memory for each in talk.relevant(ANA, ("vigo",), 0.0, 5)] == [old]


def test_turn_erased_takes_what_was_merged_and_has_its_words(talk: Store) -> None:
    rich, poor = memory("rich", "toca el piano de cola", "r0"), memory("poor", "toca", "r1")
    merged = memory("merged", rich.content, "r2")
    talk.write([*map(AddMemory, (rich, poor, merged))])
    talk.write([SupersedeMemory("rich", "merged"), SupersedeMemory("poor", "merged")])
    talk.erase(EraseTurns(ANA, "s1", ("r0",)))
    assert talk.memories(ANA, superseded=True) == (poor,)


def test_turns_erased_in_the_middle_of_a_chain_close_it(talk: Store) -> None:
    old, mid, new = (
        memory(n, f"vive en {n}", r) for n, r in (("a", "r0"), ("b", "r1"), ("c", "r2"))
    )
    talk.write([*map(AddMemory, (old, mid, new)), SupersedeMemory("a", "b")])
    talk.write([SupersedeMemory("b", "c")])
    talk.erase(EraseTurns(ANA, "s1", ("r1",)))
    assert talk.memories(ANA, superseded=True) == (evolve(old, superseded_by="c"), new)


@pytest.mark.parametrize(("request_id", "gone"), [("r1", 0), ("r0", 1)])
def test_turn_that_was_summed_up_takes_the_summary(talk: Store, request_id: str, gone: int) -> None:
    talk.write([said(0, "resumen", "r0", compacted=True), said(1, "hola", "r1")])
    assert talk.erase(EraseTurns(ANA, "s1", (request_id,))).summaries == gone


def test_answer_whose_question_was_summed_up_takes_the_summary(talk: Store) -> None:
    talk.write([said(0, "resumen", "r0", compacted=True), said(1, "¡Ah!", "r1", role="robot")])
    assert talk.erase(EraseTurns(ANA, "s1", ("r1",))) == Receipt(history=1, summaries=1)


def test_turns_of_a_stranger_are_erased_too(talk: Store) -> None:
    stranger = "stranger:1"
    late: list[Write] = [said(0, "secreto", "r1", person_id=stranger)]
    turn = InteractionRow("s1", "r1", stranger, "text", None, None, "answered", 1.0, None, 1)
    talk.write([*late, AddInteraction(turn), AddEvent(EventRow("e", "x", 1.0, stranger))])
    talk.write([AddEmbedding(Embedding(ANA, b"face", 1.0))])
    assert talk.erase(EraseTurns(stranger, "s1", ("r1",))) == Receipt(history=1, interactions=1)
    assert talk.erase(ErasePerson(stranger, 1.0)) == Receipt(events=1)
    assert talk.embeddings(ANA) != ()


# ── reminders ─────────────────────────────────────────────────────────────────────────────


def reminder(name: str, request_id: str, label: str, person_id: str = ANA) -> ReminderRow:
    return ReminderRow(name, person_id, "robot", "s1", request_id, "timer", label, 9.0, 1.0)


def test_reminder_goes_with_its_turn_and_the_others_stay(store: Store) -> None:
    stays = reminder("b", "r2", "el té")
    store.write([AddReminder(reminder("a", "r1", "la pasta")), AddReminder(stays)])
    assert store.erase(EraseTurns(ANA, "s1", ("r1",))) == Receipt(reminders=1)
    assert store.reminders(ANA) == (stays,)


def test_reminder_goes_with_the_memory_that_says_the_same(store: Store) -> None:
    stays, his = reminder("b", "r2", "el té"), reminder("c", "r3", "llamar a Berta", LUIS)
    memory = Memory("m", ANA, "fact", "Tiene que llamar a Berta", 5, 1.0)
    store.write(
        [
            SavePerson(Person(ANA, "Ana", 1.0)),
            AddMemory(memory),
            AddReminder(reminder("a", "r1", "llamar a Berta, que tiene fiebre")),
            AddReminder(stays),
            AddReminder(his),
        ]
    )
    assert store.erase(EraseMemory(ANA, ("m",))) == Receipt(memories=1, reminders=1)
    assert (store.reminders(ANA), store.reminders(LUIS)) == ((stays,), (his,))


def test_reminder_of_who_is_forgotten_is_not_kept(store: Store) -> None:
    store.erase(ErasePerson(ANA, 5.0))
    store.write([AddReminder(reminder("a", "r1", "la pasta"))])
    assert (store.reminders(ANA), store.refused) == ((), 1)
