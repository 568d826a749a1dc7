"""The memory actor: recall, meeting someone, what is told on purpose, and a life after another."""

import re
from typing import Any

import pytest
import structlog
import trio
from attrs import evolve
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.ask import Ask, Question, ask
from robi.actors.errors import AskTimeout
from robi.actors.forgotten import Forgotten
from robi.actors.janitor_mail import JanitorAddress
from robi.actors.keeping import BACKLOG
from robi.actors.mailbox import Mailbox
from robi.actors.memory import (
    PINNED_RECALLED,
    READY_WITHIN,
    RECALL_TIMEOUT_S,
    RETRY_AFTER_S,
    MemoryActor,
)
from robi.actors.memory_mail import (
    AddFace,
    Became,
    Forget,
    ForgetAbout,
    Meet,
    MemoryMessage,
    Named,
    Recall,
    Recollection,
    Register,
    Remember,
    Removed,
    Saw,
)
from robi.actors.store_mail import StoreAddress
from robi.actors.waiting import QUIET_S
from robi.brain.rehearsal import RehearsalBrain
from robi.errors import BrainUnavailable, PrivateContent, ServerBusy, UserNotFound
from robi.store.base import (
    PINNED,
    AddMemory,
    Embedding,
    ErasePerson,
    EraseTurns,
    Memory,
    Person,
    SavePerson,
    digest,
)
from tests.actors.memory_bench import (
    ANA,
    FACE,
    LUIS,
    NOW,
    Model,
    at_work,
    heard,
    known_store,
    rows_of,
)

NOTHING = Recollection()


def memory(
    number: int,
    importance: int = 5,
    person_id: str = ANA.person_id,
    content: str | None = None,
) -> Memory:
    name = f"{person_id} {number}"
    said = f"fact {number}" if content is None else content
    return Memory(name, person_id, "fact", said, importance, float(number))


# ── recall ────────────────────────────────────────────────────────────────────────────────


async def test_recall_without_a_clue_gives_the_name_and_the_newest_five_that_weigh() -> None:
    async with at_work() as bench:
        bench.store.write([AddMemory(memory(n)) for n in range(7)])
        bench.store.write([AddMemory(memory(9, importance=4))])
        facts = tuple(f"fact {n}" for n in (6, 5, 4, 3, 2))
        assert await bench.recall(ANA.person_id) == Recollection("Ana", facts)


async def test_recall_begins_with_what_the_words_are_about() -> None:
    async with at_work() as bench:
        bench.store.write([AddMemory(memory(n)) for n in range(1, 7)])
        bench.store.write([AddMemory(memory(0, content="colecciona sellos"))])
        recollection = await bench.recall(ANA.person_id, "¿qué sellos tengo?")
        assert recollection.memories[0] == "colecciona sellos"


async def test_recall_begins_with_what_was_told_to_be_kept() -> None:
    async with at_work() as bench:
        bench.store.write([AddMemory(memory(n)) for n in range(1, 7)])
        bench.store.write([AddMemory(memory(0, PINNED, content="la abuela viene"))])
        recollection = await bench.recall(ANA.person_id)
        assert recollection.memories[0] == "la abuela viene"
        assert len(recollection.memories) == 6


async def test_recall_finds_by_its_words_what_was_told_to_be_kept_long_ago() -> None:
    async with at_work() as bench:
        bench.store.write([AddMemory(memory(0, PINNED, content="guarda sellos"))])
        bench.store.write([AddMemory(memory(n, PINNED)) for n in range(1, PINNED_RECALLED + 1)])
        recollection = await bench.recall(ANA.person_id, "los sellos")
        assert recollection.memories[PINNED_RECALLED:] == ("guarda sellos",)


async def test_recall_of_words_of_their_day_has_that_day() -> None:
    async with at_work() as bench:
        bench.store.write([AddMemory(memory(1, content="mañana tiene examen"))])
        (told,) = (await bench.recall(ANA.person_id)).memories
        assert re.fullmatch(r"mañana tiene examen \(dicho el \d{4}-\d\d-\d\d\)", told)


async def test_recall_holds_nothing_of_another_person() -> None:
    async with at_work() as bench:
        of_luis = memory(2, person_id=LUIS.person_id)
        bench.store.write([AddMemory(memory(1, content="vive en Lugo")), AddMemory(of_luis)])
        recollection = await bench.recall(LUIS.person_id, "vive en Lugo")
        assert recollection == Recollection("Luis", ("fact 2",))


@pytest.mark.parametrize("person_id", [None, "stranger:0011", "user_nobody_000000"])
async def test_recall_of_someone_unknown_is_nothing(person_id: str | None) -> None:
    async with at_work() as bench:
        assert await bench.recall(person_id) == NOTHING


async def test_recall_of_someone_forgotten_is_nothing_while_the_rows_are_there(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.store.write([AddMemory(memory(1))])
        bench.store.stuck = True
        with pytest.raises(AskTimeout):
            await bench.ask(Forget(ErasePerson(ANA.person_id, NOW)), within=1)
        assert bench.store.person(ANA.person_id) is not None
        assert await bench.recall(ANA.person_id) == NOTHING
        bench.store.stuck = False


async def test_recall_of_someone_who_is_forgotten_while_the_store_is_asked_is_nothing() -> None:
    async with at_work() as bench:
        owed: Ask[Removed] = Ask(Forget(ErasePerson(ANA.person_id, NOW)))

        def forget() -> None:
            bench.store.after_person = lambda: None
            bench.actor._take(owed, bench.nursery)

        bench.store.after_person = forget
        assert await bench.recall(ANA.person_id) == NOTHING


async def test_recall_while_writes_are_stuck_is_answered(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(AddFace(ANA.person_id, FACE))
        assert await bench.recall(ANA.person_id) == Recollection("Ana")
        bench.store.stuck = False


async def test_recall_that_the_database_cannot_answer_is_nothing() -> None:
    async with at_work() as bench:
        bench.store.deaf = True
        assert await bench.recall(ANA.person_id) == NOTHING
        assert bench.actor.details()["recalls_missed"] == 1


async def test_recall_without_a_store_is_nothing_in_a_quarter_of_a_second(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    mailbox: Mailbox[MemoryMessage] = Mailbox("memory")
    actor = MemoryActor(
        StoreAddress(Mailbox("store")),
        JanitorAddress(Mailbox("janitor")),
        Model(),
        Forgotten(),
        lambda _: None,
    )
    ready = trio.Event()
    nursery.start_soon(actor.run, mailbox, ready.set)
    await ready.wait()
    asked = trio.current_time()
    assert await ask(mailbox, Recall(ANA.person_id), timeout=5) == NOTHING
    assert trio.current_time() - asked == pytest.approx(RECALL_TIMEOUT_S)


async def test_first_question_waits_for_who_is_forgotten_and_not_for_ever(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    actor = MemoryActor(
        StoreAddress(Mailbox("store")),
        JanitorAddress(Mailbox("janitor")),
        Model(),
        Forgotten(),
        lambda _: None,
    )
    ready = trio.Event()
    nursery.start_soon(actor.run, Mailbox("memory"), ready.set)
    await ready.wait()
    assert trio.current_time() == pytest.approx(READY_WITHIN)


async def test_first_question_knows_who_is_forgotten() -> None:
    store = known_store()
    store.erase(ErasePerson(ANA.person_id, NOW))
    store.write([AddMemory(memory(1))])
    mailbox: Mailbox[MemoryMessage] = Mailbox("memory")
    async with at_work(store) as bench:
        known: list[bool] = []
        life = MemoryActor(
            bench.actor._store, bench.actor._janitor, Model(), told := Forgotten(), lambda _: None
        )
        bench.nursery.start_soon(life.run, mailbox, lambda: known.append(ANA.person_id in told))
        await wait_all_tasks_blocked()
        mailbox.request_stop()
        assert known == [True]


# ── meeting someone ───────────────────────────────────────────────────────────────────────


async def test_meeting_makes_a_person_with_an_id_of_the_name() -> None:
    async with at_work() as bench:
        person = await bench.ask(Meet("María José"))
        assert person == Person("user_maria_jose_000000", "María José", NOW, NOW, 1)


async def test_meeting_is_written_when_it_is_answered() -> None:
    async with at_work() as bench:
        person = await bench.ask(Meet("Eva", FACE))
        assert bench.store.person(person.person_id) == person
        assert bench.store.embeddings(person.person_id) == (Embedding(person.person_id, FACE, NOW),)


async def test_meeting_two_of_one_name_makes_two_people() -> None:
    async with at_work() as bench:
        first, second = await bench.ask(Meet("Eva")), await bench.ask(Meet("Eva"))
        assert first.person_id != second.person_id


async def test_meeting_takes_no_id_that_somebody_has() -> None:
    async with at_work() as bench:
        bench.store.write([SavePerson(evolve(ANA, person_id="user_ana_000000"))])
        assert (await bench.ask(Meet("Ana"))).person_id == "user_ana_000001"


async def test_meeting_takes_no_id_that_was_forgotten() -> None:
    async with at_work() as bench:
        await bench.ask(Forget(ErasePerson("user_eva_000000", NOW)))
        assert (await bench.ask(Meet("Eva"))).person_id == "user_eva_000001"


async def test_meeting_while_writes_are_stuck_is_answered_and_written_later(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        person = await bench.ask(Meet("Eva"))
        assert bench.store.person(person.person_id) is None
        assert await bench.recall(person.person_id) == Recollection("Eva")
        bench.store.stuck = False
        await bench.passes(60)
        assert bench.store.person(person.person_id) == person


@pytest.mark.parametrize("embedding", [None, FACE], ids=["a name", "a face"])
async def test_meeting_of_which_nobody_hears_is_undone(
    embedding: bytes | None, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        owed: Ask[Person] = Ask(Meet("Eva", embedding))
        await bench.tell(owed)
        owed.abandon()  # before the store has taken it
        await bench.passes(1)
        bench.store.stuck = False
        await bench.passes(60)
        assert bench.store.people() == (ANA, LUIS)
        assert "user_eva_000000" in bench.forgotten


# ── people who are known ──────────────────────────────────────────────────────────────────


async def test_person_who_was_seen_is_counted_and_dated() -> None:
    async with at_work() as bench:
        await bench.tell(Saw(ANA.person_id, 500.0), Saw(ANA.person_id, 600.0))
        assert bench.store.person(ANA.person_id) == evolve(
            ANA, last_seen=600.0, interaction_count=2
        )


async def test_person_from_before_our_time_is_made_when_seen() -> None:
    async with at_work() as bench:
        await bench.tell(Saw("p-17", 500.0))
        assert bench.store.person("p-17") == Person("p-17", None, 500.0, 500.0, 1)


async def test_name_of_someone_known_by_an_id_only_is_kept() -> None:
    async with at_work() as bench:
        await bench.tell(Saw("user_x", 500.0), Named("user_x", "Ana"))
        assert (await bench.recall("user_x")).name == "Ana"


async def test_name_that_is_not_written_yet_is_known(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(Named("user_x", "Ana"))
        assert await bench.recall("user_x") == Recollection("Ana")
        bench.store.stuck = False


async def test_face_of_a_person_is_kept() -> None:
    async with at_work() as bench:
        await bench.tell(AddFace(ANA.person_id, FACE))
        assert bench.store.embeddings(ANA.person_id) == (Embedding(ANA.person_id, FACE, NOW),)
        assert bench.store.person(ANA.person_id) == ANA


@pytest.mark.parametrize(
    "message",
    [
        Saw("stranger:0011", 500.0),
        AddFace("stranger:0011", FACE),
        Named("stranger:0011", "Ana"),
        heard("vivo en Lugo", person_id="stranger:0011", asked="vivo en Lugo"),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_stranger_leaves_no_trace(message: MemoryMessage, autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        await bench.tell(message)
        await bench.passes(QUIET_S + 1)
        assert bench.store.people() == (ANA, LUIS)
        assert bench.model.requests == []


@pytest.mark.parametrize(
    "message",
    [
        Saw(ANA.person_id, 2000.0),
        AddFace(ANA.person_id, FACE),
        Named(ANA.person_id, "Ana"),
        heard("vivo en Lugo", asked="vivo en Lugo", at=2000.0),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_someone_forgotten_is_nobody_whatever_is_told(
    message: MemoryMessage, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        await bench.ask(Forget(ErasePerson(ANA.person_id, NOW)))
        await bench.tell(message)
        await bench.passes(QUIET_S + 1)
        assert bench.store.people() == (LUIS,)
        assert bench.model.requests == []


async def test_stranger_who_is_taken_for_someone_forgotten_stays_a_stranger(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.ask(Forget(ErasePerson(ANA.person_id, NOW)))
        await bench.tell(
            heard("vivo en Lugo", person_id="stranger:1"), Became("stranger:1", ANA.person_id)
        )
        await bench.passes(QUIET_S + 1)
        assert bench.model.requests == []


# ── what is told on purpose ───────────────────────────────────────────────────────────────


async def test_memory_told_by_rest_is_there_when_it_is_answered() -> None:
    async with at_work() as bench:
        kept = await bench.ask(Remember(ANA.person_id, "Colecciona sellos", "preference", 8))
        assert bench.store.memory(kept.memory_id) is not None
        assert (kept.kind, kept.content, kept.importance) == ("preference", "Colecciona sellos", 8)


async def test_memory_told_again_is_the_one_that_is_known() -> None:
    async with at_work() as bench:
        first = await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        again = await bench.ask(Remember(ANA.person_id, "colecciona SELLOS"))
        assert again.memory_id == first.memory_id


@pytest.mark.parametrize("person_id", ["user_nobody_000000", "user_gone_000000"])
async def test_memory_of_someone_who_is_not_known_is_refused(person_id: str) -> None:
    async with at_work() as bench:
        await bench.ask(Forget(ErasePerson("user_gone_000000", NOW)))
        with pytest.raises(UserNotFound):
            await bench.ask(Remember(person_id, "Colecciona sellos"))
        assert bench.memories(person_id) == ()


async def test_memory_of_someone_who_is_being_forgotten_is_refused_at_once(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(Ask(Forget(ErasePerson(ANA.person_id, NOW))))
        with pytest.raises(UserNotFound):
            await bench.ask(Remember(ANA.person_id, "Colecciona sellos"), within=0.01)
        bench.store.stuck = False


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (Remember(ANA.person_id, "Su PIN es 4821"), "secret"),
        (Remember(ANA.person_id, "Vive sola", subject="la contraseña es perro123"), "secret"),
        (Remember(ANA.person_id, "Vive sola", slot="tiene cáncer"), "health"),
        (Register("user_x", "mi pin es 4821"), "secret"),
        (Register("user_x", "Eva", preferences={"nota": "tiene cáncer"}), "health"),
        (Register("user_x", "Eva", preferences={"tiene cáncer": "sí"}), "health"),
        (Register("user_x", "Eva", preferences={"pin": "4821"}), "secret"),
        (Register("user_x", "Eva", preferences={"a": "mi pin es", "b": "4821"}), "secret"),
        (Register("user_4111111111111111", "Eva"), "card"),
        (Meet("mi pin es 4821"), "secret"),
    ],
)
async def test_what_the_rules_find_private_is_refused_with_its_class(
    question: Question[Any], name: str
) -> None:
    async with at_work() as bench:
        with pytest.raises(PrivateContent) as refusal:
            await bench.ask(question)
        assert (refusal.value.code, refusal.value.http_status) == (2001, 422)
        assert refusal.value.details == f"private: {name}"
        assert bench.store.people() == (ANA, LUIS)
        assert bench.memories() == ()


async def test_name_that_the_rules_find_private_is_not_kept() -> None:
    async with at_work() as bench:
        await bench.tell(Named(ANA.person_id, "mi pin es 4821"))
        assert (await bench.recall(ANA.person_id)).name == "Ana"


async def test_person_who_is_registered_is_kept_with_face_and_preferences() -> None:
    async with at_work() as bench:
        person = await bench.ask(Register("user_x", "Eva", FACE, {"idioma": "es"}))
        assert person == Person("user_x", "Eva", NOW, preferences={"idioma": "es"})
        assert bench.store.person("user_x") == person
        assert bench.store.embeddings("user_x") == (Embedding("user_x", FACE, NOW),)


async def test_person_who_is_registered_again_keeps_what_was_known() -> None:
    async with at_work() as bench:
        await bench.ask(Register(ANA.person_id, "Ana", None, {"idioma": "es"}))
        person = await bench.ask(Register(ANA.person_id, "Anita", None, {"voz": "baja"}))
        assert person == evolve(ANA, name="Anita", preferences={"idioma": "es", "voz": "baja"})


async def test_person_who_was_forgotten_is_somebody_again_when_registered(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.ask(Forget(ErasePerson(ANA.person_id, NOW)))
        bench.now += 1
        await bench.ask(Register(ANA.person_id, "Ana"))
        assert ANA.person_id not in bench.forgotten
        assert digest(ANA.person_id) not in bench.store.forgotten()
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        assert await bench.recall(ANA.person_id) == Recollection("Ana", ("Colecciona sellos",))


async def test_person_who_is_registered_while_being_forgotten_again_stays_forgotten(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.ask(Forget(ErasePerson(ANA.person_id, NOW)))
        bench.store.stuck = True
        async with trio.open_nursery() as nursery:
            nursery.start_soon(bench.ask, Register(ANA.person_id, "Ana"))
            await bench.passes(1)
            nursery.start_soon(bench.ask, Forget(ErasePerson(ANA.person_id, NOW)))
            await bench.passes(1)
            bench.store.stuck = False
        assert ANA.person_id in bench.forgotten
        assert digest(ANA.person_id) in bench.store.forgotten()


@pytest.mark.parametrize(
    "question", [Remember(ANA.person_id, "Colecciona sellos"), Register("user_x", "Eva")]
)
async def test_what_is_told_by_rest_while_too_much_waits_is_refused_at_once(
    question: Question[Any], autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(*(AddFace(f"p-{number}", FACE) for number in range(BACKLOG + 1)))
        with pytest.raises(ServerBusy) as refusal:
            await bench.ask(question, within=0.01)
        assert refusal.value.retry_after == RETRY_AFTER_S
        bench.store.stuck = False


async def test_memory_told_by_rest_that_nobody_waits_for_any_more_is_not_kept(
    autojump_clock: MockClock,
) -> None:
    """Who told it was told that it could not be, and may have told it again."""
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(Named("user_x", "Eva"))
        with pytest.raises(AskTimeout):
            await bench.ask(Remember(ANA.person_id, "Colecciona sellos"), within=1)
        bench.store.stuck = False
        await bench.passes(60)
        assert bench.memories() == ()


# ── one life after another ────────────────────────────────────────────────────────────────


async def test_what_was_to_be_forgotten_is_forgotten_by_the_life_after_a_crash(
    autojump_clock: MockClock,
) -> None:
    """The first life is cut down while the store does not answer: who asked was told "at once"."""
    store, forgotten = known_store(), Forgotten()
    with trio.CancelScope() as crash:
        async with at_work(store, forgotten=forgotten) as bench:
            store.stuck = True
            bench.mailbox.put_nowait(Ask(Forget(ErasePerson(ANA.person_id, NOW))))
            await wait_all_tasks_blocked()
            crash.cancel()
    store.stuck = False
    async with at_work(store, forgotten=forgotten) as bench:
        await bench.passes(1)
        assert store.people() == (LUIS,)
        assert forgotten.unfinished == ()


async def test_what_is_told_on_purpose_and_private_is_counted_by_its_class(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.tell(heard("oye", asked="mi PIN es 4821"))
        await bench.passes(1)
        assert bench.memories() == ()
        assert bench.actor.details()["private_secret"] == 1


async def test_forgotten_are_known_again_after_a_restart() -> None:
    store = known_store()
    async with at_work(store) as bench:
        await bench.ask(Forget(ErasePerson(ANA.person_id, NOW)))
    async with at_work(store) as bench:
        assert ANA.person_id in bench.forgotten
        await bench.tell(Saw(ANA.person_id, 2000.0))
        assert bench.store.people() == (LUIS,)


async def test_turn_that_was_not_learned_from_is_taken_up_after_a_restart(
    autojump_clock: MockClock,
) -> None:
    store = known_store()
    async with at_work(store) as bench:
        bench.model.failure = BrainUnavailable()
        await bench.learns(heard("vivo en Lugo"))
    model = Model()
    model.finds("vivo en Lugo", "Vive en Lugo")
    async with at_work(store, model) as bench:
        await bench.passes(QUIET_S + 1)
        assert model.asked() == [["vivo en Lugo"]]
        assert [content for content, _ in bench.known()] == ["Vive en Lugo"]


async def test_turn_that_was_learned_from_is_not_taken_up_after_a_restart(
    autojump_clock: MockClock,
) -> None:
    store = known_store()
    async with at_work(store) as bench:
        await bench.learns(heard("vivo en Lugo"))
    async with at_work(store) as bench:
        await bench.passes(QUIET_S + 1)
        assert bench.model.requests == []


async def test_turn_that_waits_in_the_mailbox_and_in_the_store_is_learned_from_once(
    autojump_clock: MockClock,
) -> None:
    turn = heard("vivo en Lugo")
    store = known_store()
    store.write(rows_of(turn))
    model = Model()
    model.finds("vivo en Lugo", "Vive en Lugo")
    hold = model.hold("extraction")
    async with at_work(store, model) as bench:
        await bench.tell(turn)
        hold.released.set()
        await bench.passes(QUIET_S + 1)
        assert bench.model.asked() == [["vivo en Lugo"]]
        assert bench.known() == [("Vive en Lugo", 6)]


async def test_turn_of_a_stranger_is_not_taken_up_after_a_restart(
    autojump_clock: MockClock,
) -> None:
    store = known_store()
    store.write(rows_of(heard("vivo en Lugo", person_id="stranger:1")))
    async with at_work(store) as bench:
        await bench.passes(QUIET_S + 1)
        assert bench.model.requests == []


async def test_turn_of_someone_forgotten_whose_rows_are_still_there_is_not_taken_up(
    autojump_clock: MockClock,
) -> None:
    store, forgotten = known_store(), Forgotten()
    store.write(rows_of(heard("vivo en Lugo")))
    forgotten.add(ANA.person_id)  # by a life that died before its work was done
    async with at_work(store, forgotten=forgotten) as bench:
        await bench.passes(QUIET_S + 1)
        assert bench.model.requests == []


async def test_memory_that_was_not_looked_at_is_looked_at_after_a_restart(
    autojump_clock: MockClock,
) -> None:
    store = known_store()
    async with at_work(store) as bench:
        bench.model.failure = BrainUnavailable()
        await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
    assert [each.checked for each in store.memories(ANA.person_id)] == [False]
    async with at_work(store) as bench:
        await bench.passes(1)
        assert [each.checked for each in bench.memories()] == [True]


async def test_stop_keeps_what_was_told(autojump_clock: MockClock) -> None:
    store = known_store()
    async with at_work(store) as bench:
        store.stuck = True
        await bench.tell(*(heard("oye", f"r{n}", asked=f"el sello número {n}") for n in range(5)))
        bench.mailbox.request_stop()
        await trio.sleep(1)
        store.stuck = False
    assert len(store.memories(ANA.person_id)) == 5


async def test_details_count_what_waits_and_what_was_kept_and_refused(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.private["Tiene una pena"] = "health"
        bench.model.finds("tengo una pena", "Tiene una pena")
        await bench.learns(heard("tengo una pena"))
        await bench.tell(heard("vivo en Lugo", "r2"))
        details = bench.actor.details()
        assert details["unlearned"] == 1
        assert details["backlog"] == 0
        assert details["shed"] == 0
        assert details["private_health"] == 1
        assert details["kept"] == 2


# ── all of it ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "then", "current"),
    [
        ("vivo en Lugo", "me he mudado a Vigo", "Vigo"),
        ("me gusta el ajedrez", "no me gusta el ajedrez", "No"),
    ],
)
async def test_what_is_new_supersedes_what_was_and_leaves_it_as_history(
    first: str, then: str, current: str, autojump_clock: MockClock
) -> None:
    async with at_work(model=RehearsalBrain(pace_s=0.01)) as bench:
        await bench.learns(heard(first))
        (before,) = bench.memories()
        await bench.learns(heard(then, "r2"))
        (now,) = bench.memories()
        assert current in now.content
        superseded = bench.store.memory(before.memory_id)
        assert superseded is not None
        assert superseded.superseded_by == now.memory_id
        assert (await bench.recall(ANA.person_id)).memories == (now.content,)


async def test_nothing_a_person_said_is_logged(autojump_clock: MockClock) -> None:
    with structlog.testing.capture_logs() as logs:
        async with at_work() as bench:
            bench.model.finds("vivo en Lugo", "Vive en Lugo")
            bench.model.private["Vive en Lugo"] = "health"
            bench.store.deaf = True
            await bench.recall(ANA.person_id, "Lugo")
            await bench.ask(Meet("Eva"))
            bench.store.deaf = False
            await bench.learns(heard("vivo en Lugo", asked="Lugo es mi casa"))
            bench.model.nonsense["extraction"] = "Lugo"
            await bench.learns(heard("vivo en Lugo", "r2"))
            await bench.ask(ForgetAbout(ANA.person_id, "Lugo"))
            await bench.ask(Forget(EraseTurns(ANA.person_id, "s", ("r1",))))
            await bench.ask(Forget(ErasePerson(ANA.person_id, NOW)))
    assert len(logs) > 4
    assert not any(word in repr(logs) for word in ("Lugo", "casa", "Eva", "Ana", "ana"))
