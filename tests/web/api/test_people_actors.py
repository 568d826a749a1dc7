"""People as the actors know them, told in REST's words."""

from robi.actors.memory_mail import Remember, Removed
from robi.actors.registry import Registry
from robi.store.base import Receipt as Erased
from robi.store.base import SeePerson
from robi.web.api.people_actors import PeopleByActors
from robi.web.api.types import (
    Memory,
    MemoryPage,
    NewFace,
    NewMemory,
    OneMemory,
    OneUser,
    Page,
    Receipt,
    User,
)
from tests.actors.desk import ANA, CUSCO, FACE, TEA, open_desk


def people(registry: Registry) -> PeopleByActors:
    return PeopleByActors(registry, lambda: 9.0)


ANA_TOLD = User(
    "user_ana",
    "1970-01-01T00:01:40.000Z",
    interaction_count=0,
    memory_count=2,
    preferences={"tea": "yes"},
    name="Ana",
)


async def test_person_is_told_with_times_in_iso_8601() -> None:
    async with open_desk() as desk:
        desk.reads.store.write([SeePerson("user_bea", 1_770_508_800.25)])
        bea = await people(desk.registry).user(OneUser("user_bea"))
        assert await people(desk.registry).user(OneUser("user_ana")) == ANA_TOLD
    assert (bea.last_seen, bea.interaction_count) == ("2026-02-08T00:00:00.250Z", 1)


async def test_pages_of_people_lead_to_the_next_until_the_last() -> None:
    async with open_desk() as desk:
        first = await people(desk.registry).users(Page(limit=1))
        last = await people(desk.registry).users(Page(limit=1, offset=1))
    assert (first.users, first.total, first.next) == ((ANA_TOLD,), 2, 1)
    assert (last.users[0].user_id, last.next) == ("user_bea", None)


async def test_memory_is_told_with_what_took_its_place() -> None:
    async with open_desk() as desk:
        asked = MemoryPage("user_ana", include="superseded")
        page = await people(desk.registry).memories(asked)
    lima = next(memory for memory in page.memories if memory.memory_id == "m2")
    assert lima == Memory(
        "m2",
        "user_ana",
        "fact",
        "lives in Lima",
        6,
        "1970-01-01T00:00:02.000Z",
        slot="home",
        superseded_by="m3",
    )


async def test_what_is_told_explicitly_reaches_the_memory_as_it_was_said() -> None:
    async with open_desk(lambda question: question.reply(CUSCO)) as desk:
        told = NewMemory("user_ana", "lives in Cusco", "fact", 6, subject="her sister", slot="home")
        memory = await people(desk.registry).remember(told)
    assert desk.asked == [
        Remember("user_ana", "lives in Cusco", "fact", 6, subject="her sister", slot="home")
    ]
    assert (memory.memory_id, memory.subject) == ("m3", None)


async def test_registered_person_is_told_as_kept() -> None:
    async with open_desk(lambda question: question.reply(ANA)) as desk:
        face = NewFace("user_ana", "Ana", FACE)
        assert await people(desk.registry).register(face) == ANA_TOLD


async def test_receipt_has_what_was_removed_from_each_place() -> None:
    erased = Erased(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, files=("a", "b"), reminders=14)
    removed = Removed(erased, queued=11, media_files=12, media_files_left=13)
    async with open_desk(lambda question: question.reply(removed)) as desk:
        told = people(desk.registry)
        receipts = [
            await told.forget_user(OneUser("user_ana")),
            await told.forget_memories(OneUser("user_ana")),
            await told.forget_memory(OneMemory("user_ana", "m1")),
        ]
    assert (
        receipts
        == [
            Receipt(
                people=1,
                faces=2,
                memories=3,
                history=4,
                summaries=5,
                interactions=6,
                media=7,
                sessions=8,
                events=9,
                backups=10,
                reminders=14,
                media_files=12,
                media_files_left=13,
                queued=11,
            )
        ]
        * 3
    )


async def test_restore_has_faces_and_what_is_known() -> None:
    async with open_desk() as desk:
        restored = await people(desk.registry).restore(Page())
    ana, _ = restored.users
    assert (ana.user, ana.embeddings) == (ANA_TOLD, (FACE,))
    assert [memory.content for memory in ana.memories] == [CUSCO.content, TEA.content]
    assert (restored.general_memories, restored.total, restored.next) == ((), 2, None)
