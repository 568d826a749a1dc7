"""Keeping: one job after the other, and patience with a store in trouble."""

import pytest
import structlog
from attrs import evolve
from trio.testing import MockClock

from robi.actors.ask import Ask
from robi.actors.errors import AskTimeout
from robi.actors.keeping import BACKLOG
from robi.actors.memory_mail import (
    AddFace,
    Forget,
    Heard,
    Meet,
    Named,
    Remember,
    Removed,
    Saw,
)
from robi.actors.waiting import QUIET_S
from robi.store.base import EraseEverythingRemembered, EraseMemory, SeePerson
from tests.actors.memory_bench import ANA, FACE, LONG, LUIS, NOW, MemoryBench, at_work, heard


def told(content: str, number: int = 1) -> Heard:
    return heard("recuerda", f"r{number}", asked=content)


# ── in order ──────────────────────────────────────────────────────────────────────────────


async def test_jobs_are_done_in_the_order_in_which_they_came(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(Named("p-17", "Ana"), Named("p-17", "Eva"), Named("p-17", "Noa"))
        bench.store.stuck = False
        await bench.passes(LONG)
        person = bench.store.person("p-17")
        assert person is not None
        assert person.name == "Noa"


async def test_memory_is_compared_with_the_one_that_still_waits(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(told("colecciono sellos"), told("Colecciono SELLOS", 2))
        bench.store.stuck = False
        await bench.passes(LONG)
        assert len(bench.memories()) == 1


async def test_what_is_forgotten_does_not_overtake_what_was_told_before(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        await bench.tell(told("colecciono sellos"))
        owed: Ask[Removed] = Ask(Forget(EraseEverythingRemembered(ANA.person_id)))
        bench.mailbox.put_urgent(owed)
        await bench.tell(evolve(told("pinto cuadros", 2), at=NOW + 1))
        bench.store.stuck = False
        assert (await owed.answer()).receipt.memories == 1
        await bench.passes(LONG)
        assert [content for content, _ in bench.known()] == ["pinto cuadros"]


# ── no more than there is room for ────────────────────────────────────────────────────────


async def with_a_full_backlog(bench: MemoryBench, extra: int = 0) -> None:
    """Let the store be stuck, with one job in hand and sightings waiting."""
    bench.store.stuck = True
    await bench.tell(Named("p-17", "Ana"))
    await bench.tell(*(AddFace(f"p-{n}", FACE) for n in range(BACKLOG + extra)))


async def test_backlog_that_is_full_sheds_the_oldest_sightings_and_counts_them(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await with_a_full_backlog(bench, extra=10)
        details = bench.actor.details()
        assert (details["backlog"], details["shed"]) == (BACKLOG, 10)
        bench.store.stuck = False
        await bench.passes(LONG)
        faces = {n for n in range(BACKLOG + 10) if bench.store.embeddings(f"p-{n}")}
        assert faces == set(range(10, BACKLOG + 10))


async def test_backlog_that_is_full_sheds_a_sighting_for_what_is_told_on_purpose(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await with_a_full_backlog(bench)
        await bench.tell(told("colecciono sellos"))
        person = await bench.ask(Meet("Eva"))
        assert bench.actor.details()["shed"] == 2
        bench.store.stuck = False
        await bench.passes(LONG)
        assert len(bench.memories()) == 1
        assert bench.store.person(person.person_id) == person


async def test_backlog_of_what_is_never_shed_takes_no_sighting_more(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        turns = (told(f"el sello {n}", n) for n in range(BACKLOG + 1))
        await bench.tell(*turns)
        await bench.tell(Saw(LUIS.person_id, NOW), told("pinto cuadros", 5000))
        assert bench.actor.details()["shed"] == 1
        bench.store.stuck = False
        await bench.passes(LONG)
        assert bench.store.person(LUIS.person_id) == LUIS
        assert "pinto cuadros" in {content for content, _ in bench.known()}


async def test_backlog_that_is_full_is_an_error_in_the_log_once(
    autojump_clock: MockClock,
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with at_work() as bench:
            await with_a_full_backlog(bench, extra=10)
            bench.store.stuck = False
    assert [each["event"] for each in logs if each["log_level"] == "error"] == [
        "store_degraded",
        "memory_shedding",
    ]


# ── a store in trouble ────────────────────────────────────────────────────────────────────


async def test_store_that_is_stuck_gets_it_once_it_takes_it(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        with pytest.raises(AskTimeout):
            await bench.ask(Remember(ANA.person_id, "Colecciona sellos"), within=60)
        bench.store.stuck = False
        await bench.passes(LONG)
        assert bench.known() == [("Colecciona sellos", 7)]


async def test_store_that_answers_no_question_is_asked_again(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.store.deaf = True
        with pytest.raises(AskTimeout):
            await bench.ask(Remember(ANA.person_id, "Colecciona sellos"), within=60)
        bench.store.deaf = False
        await bench.passes(LONG)
        assert bench.known() == [("Colecciona sellos", 7)]


async def test_what_was_learned_is_kept_by_a_store_that_was_stuck(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.model.finds("vivo en Lugo", "Vive en Lugo")
        await bench.hears(heard("vivo en Lugo"))
        bench.store.stuck = True
        await bench.passes(QUIET_S + 60)
        assert bench.memories() == ()
        bench.store.stuck = False
        await bench.passes(LONG)
        assert bench.known() == [("Vive en Lugo", 6)]
        assert len(bench.model.asked()) == 1


async def test_memory_that_is_told_is_in_one_batch_with_its_person() -> None:
    async with at_work() as bench:
        await bench.tell(told("colecciono sellos"))
        kinds = [[type(write).__name__ for write in batch] for batch in bench.store.batches]
        assert ["SavePerson", "AddMemory"] in kinds


async def test_sighting_is_written_without_a_commit_of_its_own() -> None:
    async with at_work() as bench:
        kept = bench.actor.details()["kept"]
        await bench.tell(Saw(ANA.person_id, NOW))
        assert bench.store.batches[-1] == (SeePerson(ANA.person_id, NOW),)
        assert bench.actor.details()["kept"] == kept


async def test_forgetting_is_an_event_that_names_nobody() -> None:
    async with at_work() as bench:
        kept = await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        await bench.ask(Forget(EraseMemory(ANA.person_id, (kept.memory_id,))))
        (event,) = bench.store.events()
        assert (event.kind, event.person_id) == ("forgotten", None)
        assert event.details == {"memories": 1}
