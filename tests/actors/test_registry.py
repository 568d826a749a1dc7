"""The register of people: who is asked what, who is not there, and actors that do not answer."""

from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing
from attrs import evolve

from robi.actors.ask import Ask
from robi.actors.errors import ActorDied
from robi.actors.memory_mail import Forget, Register, Remember, Removed
from robi.actors.registry import KEEP_WITHIN, MEMORIES_RESTORED, Registry
from robi.errors import (
    DatabaseError,
    InvalidRequestFormat,
    MemoryNotFound,
    PrivateContent,
    UserNotFound,
)
from robi.people.identity import MAX_ID, new_stranger_id
from robi.store.base import (
    AddMemory,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    Person,
    Receipt,
    SavePerson,
    SaveSession,
    SessionRow,
)
from tests.actors.desk import ANA, BEA, FACE, TEA, open_desk

EVA = Person("user_eva", "Eva", created_at=300.0)

# ── reading ───────────────────────────────────────────────────────────────────────────────


async def test_people_come_with_the_count_of_what_is_known_of_them() -> None:
    async with open_desk() as desk:
        part = await desk.registry.people(10, 0)
    assert [(known.person.person_id, known.memories) for known in part.items] == [
        ("user_ana", 2),
        ("user_bea", 0),
    ]


async def test_people_come_in_parts_of_the_whole() -> None:
    async with open_desk() as desk:
        part = await desk.registry.people(1, 1)
    assert [known.person for known in part.items] == [BEA]
    assert part.total == 2


async def test_memories_are_the_current_ones_unless_all_are_asked_for() -> None:
    async with open_desk() as desk:
        current = await desk.registry.memories("user_ana", 10, 0, superseded=False)
        every = await desk.registry.memories("user_ana", 10, 0, superseded=True)
        some = await desk.registry.memories("user_ana", 1, 1, superseded=True)
    assert [memory.memory_id for memory in current.items] == ["m3", "m1"]
    assert (current.total, every.total, len(every.items)) == (2, 3, 3)
    assert some.items == every.items[1:2]


async def test_restore_has_faces_and_current_memories() -> None:
    async with open_desk() as desk:
        part = await desk.registry.restore(10, 0)
    ana, bea = part.items
    assert (ana.known.person, ana.faces) == (ANA, (FACE,))
    assert [memory.memory_id for memory in ana.memories] == ["m3", "m1"]
    assert (bea.faces, bea.memories) == ((), ())


async def test_restore_has_a_hundred_memories_of_each_at_most_the_weightiest() -> None:
    async with open_desk() as desk:
        few, many = [evolve(TEA, memory_id=f"few{n}", importance=9) for n in range(3)], 120
        rest = [evolve(TEA, memory_id=f"m{n}", importance=1) for n in range(100, 100 + many)]
        desk.reads.store.write([AddMemory(memory) for memory in (*rest, *few)])
        ana, _ = (await desk.registry.restore(10, 0)).items
    assert (len(ana.memories), ana.known.memories) == (MEMORIES_RESTORED, 125)
    assert {memory.memory_id for memory in ana.memories[:3]} == {"few0", "few1", "few2"}


# ── keeping ───────────────────────────────────────────────────────────────────────────────


async def test_registering_is_asked_of_the_memory_and_told_as_it_is_kept() -> None:
    def register(question: Ask[Any]) -> None:
        desk.reads.store.write([SavePerson(evolve(ANA, name="Anita"))])
        question.reply(ANA)

    async with open_desk(register) as desk:
        known = await desk.registry.register("user_ana", "Anita", FACE, {"tea": "no"})
    assert known.person.name == "Anita"
    assert desk.asked == [Register("user_ana", "Anita", FACE, {"tea": "no"})]


@pytest.mark.parametrize(
    "person_id",
    [
        pytest.param(new_stranger_id(), id="stranger"),
        "Stranger:1",
        "unknown",
        " user_ana",
        "",
        "user\nana",
        "a" * (MAX_ID + 1),
    ],
)
async def test_id_by_which_no_robot_would_know_them_is_not_registered(person_id: str) -> None:
    async with open_desk() as desk:
        with pytest.raises(InvalidRequestFormat):
            await desk.registry.register(person_id, "Ana", FACE, {})
    assert desk.asked == []


async def test_person_who_is_forgotten_while_being_registered_is_not_found() -> None:
    async with open_desk(lambda question: question.reply(EVA)) as desk:
        with pytest.raises(UserNotFound):
            await desk.registry.register("user_eva", "Eva", FACE, {})


async def test_remembering_gives_what_the_memory_kept() -> None:
    wanted = Remember("user_ana", "likes tea")
    async with open_desk(lambda question: question.reply(TEA)) as desk:
        assert await desk.registry.remember(wanted) == TEA
    assert desk.asked == [wanted]


async def test_what_is_too_private_is_refused_as_the_memory_says() -> None:
    def refuse(question: Ask[Any]) -> None:
        question.fail(PrivateContent("private: card"))

    async with open_desk(refuse) as desk:
        with pytest.raises(PrivateContent):
            await desk.registry.remember(Remember("user_ana", "her card"))


# ── forgetting ────────────────────────────────────────────────────────────────────────────

REMOVED = Removed(Receipt(memories=2), queued=1, media_files=3)


async def test_forgetting_is_asked_of_the_memory_with_its_reach() -> None:
    async with open_desk(lambda question: question.reply(REMOVED)) as desk:
        registry = desk.registry
        assert await registry.forget_person("user_ana", 9.0) == REMOVED
        assert await registry.forget_memories("user_ana") == REMOVED
        assert await registry.forget_memory("user_ana", "m1") == REMOVED
    assert desk.asked == [
        Forget(ErasePerson("user_ana", 9.0)),
        Forget(EraseEverythingRemembered("user_ana")),
        Forget(EraseMemory("user_ana", ("m1",))),
    ]


async def test_person_who_has_only_talked_can_be_forgotten() -> None:
    """A phone may name someone of whom there is no row, only a session."""
    async with open_desk(lambda question: question.reply(REMOVED)) as desk:
        desk.reads.store.write([SaveSession(SessionRow("s", None, "user_eva", 1.0, 1.0))])
        assert await desk.registry.forget_person("user_eva", 9.0) == REMOVED


async def test_superseded_memory_can_be_forgotten_too() -> None:
    async with open_desk(lambda question: question.reply(REMOVED)) as desk:
        assert await desk.registry.forget_memory("user_ana", "m2") == REMOVED


@pytest.mark.parametrize("memory_id", ["m9", "m1"])
async def test_memory_that_is_not_that_person_s_is_not_found(memory_id: str) -> None:
    async with open_desk() as desk:
        with pytest.raises(MemoryNotFound):
            await desk.registry.forget_memory("user_bea", memory_id)
    assert desk.asked == []


NOBODY = {
    "person": lambda registry: registry.person("user_eva"),
    "memories": lambda registry: registry.memories("user_eva", 1, 0, superseded=False),
    "remember": lambda registry: registry.remember(Remember("user_eva", "likes tea")),
    "forget_person": lambda registry: registry.forget_person("user_eva", 9.0),
    "forget_memories": lambda registry: registry.forget_memories("user_eva"),
    "forget_memory": lambda registry: registry.forget_memory("user_eva", "m1"),
}


@pytest.mark.parametrize("call", NOBODY.values(), ids=NOBODY)
async def test_person_who_is_not_there_is_not_found_and_nothing_is_asked(
    call: Callable[[Registry], Any],
) -> None:
    async with open_desk() as desk:
        with pytest.raises(UserNotFound):
            await call(desk.registry)
    assert desk.asked == []


# ── actors that do not answer ─────────────────────────────────────────────────────────────


async def test_memory_that_does_not_answer_is_a_database_that_does_not(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with open_desk() as desk:
        with pytest.raises(DatabaseError):
            await desk.registry.remember(Remember("user_ana", "likes tea"))
    assert trio.current_time() == KEEP_WITHIN


async def test_store_that_is_gone_is_a_database_that_does_not_answer() -> None:
    async with open_desk() as desk:
        desk.reads.failure = ActorDied("store")
        with pytest.raises(DatabaseError):
            await desk.registry.people(10, 0)
