"""Reconciling: what becomes of the rows when a new memory meets those that are there."""

from itertools import count

import pytest
from attrs import define, evolve, field

from robi.actors.mailbox import Mailbox
from robi.actors.patience import PatientStore
from robi.actors.reconciling import Reconciler
from robi.people.candidates import Candidate
from robi.store.base import PINNED, AddMemory, Memory, MemorySource, Person, Write
from robi.store.ram import RamStore
from tests.actors.desk import Reads
from tests.actors.memory_bench import ANA, LUIS, known_store


@define(eq=False)
class Now(Reads):
    """A store that does in place what it is asked."""

    async def commit(self, *writes: Write, within: float) -> None:  # noqa: ARG002
        self.store.write(writes)


@define(eq=False)
class Memories:
    """A reconciler above a store in RAM; each memory a second newer than the one before."""

    store: RamStore = field(factory=known_store)
    reconciler: Reconciler = field(init=False)

    def __attrs_post_init__(self) -> None:
        seconds = count(1000)
        patient = PatientStore(Now(Mailbox("store"), store=self.store))
        self.reconciler = Reconciler(patient, lambda: float(next(seconds)))

    async def keep(
        self,
        content: str,
        importance: int = 6,
        *,
        slot: str | None = None,
        person_id: str = ANA.person_id,
        checked: bool = True,
    ) -> Memory:
        candidate = Candidate("fact", content, importance, slot=slot)
        return await self.reconciler.keep(person_id, candidate, "s", "r1", checked=checked)

    def current(self, person_id: str = ANA.person_id) -> list[tuple[str, int]]:
        return [(each.content, each.importance) for each in self.store.memories(person_id)]

    def superseded(self) -> dict[str, str]:
        """Return what gave way, and to what."""
        known = {
            memory.memory_id: memory
            for memory in self.store.memories(ANA.person_id, superseded=True)
        }
        return {
            memory.content: known[memory.superseded_by].content
            for memory in known.values()
            if memory.superseded_by is not None
        }


async def test_turn_that_says_it_again_is_a_source_of_the_memory() -> None:
    memories = Memories()
    kept = await memories.keep("Colecciona sellos")
    again = Candidate("fact", "Colecciona sellos", 6)
    await memories.reconciler.keep(ANA.person_id, again, "s", "r2", checked=True)
    assert memories.store.sources(ANA.person_id) == (MemorySource(kept.memory_id, "s", "r2"),)


async def test_new_memory_is_added_with_its_turn() -> None:
    memories = Memories()
    kept = await memories.keep("Colecciona sellos")
    assert memories.store.memory(kept.memory_id) == kept
    assert (kept.session_id, kept.request_id, kept.checked) == ("s", "r1", True)


async def test_memory_of_someone_who_is_not_there_makes_the_person() -> None:
    memories = Memories()
    await memories.keep("Colecciona sellos", person_id="p-17")
    assert memories.store.person("p-17") == Person("p-17", None, 1000.0)


# ── the same again ────────────────────────────────────────────────────────────────────────


async def test_same_again_strengthens_what_is_known() -> None:
    memories = Memories()
    first = await memories.keep("Colecciona sellos")
    again = await memories.keep("colecciona SELLOS")
    assert again == evolve(first, importance=7)
    assert memories.current() == [("Colecciona sellos", 7)]


async def test_same_again_and_weightier_weighs_as_much() -> None:
    memories = Memories()
    await memories.keep("Colecciona sellos", 4)
    await memories.keep("Colecciona sellos", 9)
    assert memories.current() == [("Colecciona sellos", 9)]


async def test_same_again_however_often_is_not_pinned() -> None:
    memories = Memories()
    for _ in range(12):
        await memories.keep("Colecciona sellos")
    assert memories.current() == [("Colecciona sellos", PINNED - 1)]


async def test_same_told_on_purpose_is_pinned() -> None:
    memories = Memories()
    await memories.keep("Colecciona sellos")
    await memories.keep("Colecciona sellos", PINNED)
    assert memories.current() == [("Colecciona sellos", PINNED)]


async def test_pinned_memory_that_is_heard_again_stays_pinned() -> None:
    memories = Memories()
    await memories.keep("Colecciona sellos", PINNED)
    await memories.keep("Colecciona sellos", 4)
    assert memories.current() == [("Colecciona sellos", PINNED)]


async def test_same_of_another_person_is_their_own() -> None:
    memories = Memories()
    await memories.keep("Vive en Lugo")
    await memories.keep("Vive en Lugo", person_id=LUIS.person_id)
    assert memories.current() == [("Vive en Lugo", 6)]
    assert memories.current(LUIS.person_id) == [("Vive en Lugo", 6)]


async def test_memory_told_on_purpose_that_is_heard_again_is_still_to_be_looked_at() -> None:
    memories = Memories()
    first = await memories.keep("Colecciona sellos", checked=False)
    await memories.keep("Colecciona sellos")
    assert memories.store.unchecked(10) == (evolve(first, importance=7),)


# ── the new takes the place of the old ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Vive en Lugo", "Vive en Vigo"),
        ("Vive en Lugo", "Se ha mudado a Vigo"),
        ("Le gusta el ajedrez", "Ya no le gusta el ajedrez"),
        ("Likes chess", "No longer likes chess"),
        ("Tiene 41 años", "Tiene 42 años"),
    ],
)
async def test_new_of_a_slot_supersedes_the_old_which_stays_as_history(old: str, new: str) -> None:
    memories = Memories()
    await memories.keep(old)
    await memories.keep(new)
    assert [content for content, _ in memories.current()] == [new]
    assert memories.superseded() == {old: new}


async def test_slot_that_only_the_model_names_is_filled() -> None:
    memories = Memories()
    await memories.keep("Va al colegio de las monjas", slot="school")
    await memories.keep("Estudia en el instituto", slot="school")
    assert memories.superseded() == {"Va al colegio de las monjas": "Estudia en el instituto"}


async def test_slot_of_another_subject_is_another() -> None:
    memories = Memories()
    await memories.keep("Vive en Lugo")
    await memories.keep("Su madre vive en Vigo")
    assert len(memories.current()) == 2


async def test_pinned_memory_gives_way_in_its_slot() -> None:
    memories = Memories()
    await memories.keep("Vive en Lugo", PINNED)
    await memories.keep("Vive en Vigo", 6)
    assert memories.current() == [("Vive en Vigo", 6)]


async def test_memory_that_says_more_supersedes_the_one_that_says_less() -> None:
    memories = Memories()
    await memories.keep("Colecciona sellos")
    await memories.keep("Colecciona sellos antiguos")
    assert memories.superseded() == {"Colecciona sellos": "Colecciona sellos antiguos"}


# ── many alike ────────────────────────────────────────────────────────────────────────────


async def three_alike(*, checked: bool) -> Memories:
    """Return what is known after the third of three alike; the second says most."""
    memories = Memories()
    for number, content in enumerate(("Colecciona sellos", "Colecciona sellos rusos antiguos")):
        # Beside each other, as two conversations may have left them.
        memory = Memory(f"m{number}", ANA.person_id, "fact", content, 8 - number, float(number))
        memories.store.write([AddMemory(evolve(memory, checked=checked or number == 0))])
    await memories.keep("Colecciona sellos antiguos", 5)
    return memories


async def test_many_alike_become_the_one_that_says_most_and_weigh_as_much_as_any() -> None:
    memories = await three_alike(checked=True)
    assert memories.current() == [("Colecciona sellos rusos antiguos", 8)]
    assert set(memories.superseded()) == {"Colecciona sellos", "Colecciona sellos rusos antiguos"}


async def test_many_alike_are_to_be_looked_at_if_one_of_them_is() -> None:
    assert (await three_alike(checked=True)).store.unchecked(10) == ()
    memories = await three_alike(checked=False)
    assert len(memories.store.unchecked(10)) == 2
