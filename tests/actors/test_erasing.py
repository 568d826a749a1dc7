"""Erasing: from which places it goes, what the receipt says, and what comes too late."""

import pytest
from attrs import evolve
from trio.testing import MockClock

from robi.actors.ask import Ask
from robi.actors.mail import Forgot
from robi.actors.memory_mail import Forget, ForgetAbout, Heard, Register, Remember, Removed
from robi.actors.waiting import QUIET_S
from robi.errors import DatabaseError
from robi.store.base import (
    AddEmbedding,
    AddMedia,
    AddMemory,
    AppendHistory,
    CompactHistory,
    Embedding,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    HistoryRow,
    MediaRow,
    Memory,
    Receipt,
    SavePerson,
    SessionRow,
    SupersedeMemory,
    Write,
)
from tests.actors.memory_bench import (
    ANA,
    FACE,
    LONG,
    LUIS,
    NOW,
    MemoryBench,
    at_work,
    heard,
    rows_of,
)

LUGO = heard("vivo en Lugo")
CAT = heard("tengo un gato", "r2")
PERSON = Forget(ErasePerson(ANA.person_id, NOW))
EVERYTHING = Forget(EraseEverythingRemembered(ANA.person_id))
TURN = Forget(EraseTurns(ANA.person_id, "s", ("r1",)))
HOME = Forget(EraseMemory(ANA.person_id, ("home",)))
WORDS = ForgetAbout(ANA.person_id, "Lugo")


def memory(memory_id: str, content: str, turn: Heard | None = None) -> Memory:
    row = Memory(memory_id, ANA.person_id, "fact", content, 6, NOW)
    return row if turn is None else evolve(row, session_id="s", request_id=turn.request_id)


def media(turn: Heard) -> MediaRow:
    name = f"{turn.request_id}.wav"
    return MediaRow(name, turn.person_id, "s", turn.request_id, "audio", "audio/wav", 9, NOW, 1e9)


def life_of_ana() -> list[Write]:
    """Return two turns with all that belongs to them, and a face."""
    return [
        AddEmbedding(Embedding(ANA.person_id, FACE, NOW)),
        *rows_of(LUGO),
        *rows_of(CAT),
        AddMemory(memory("home", "Vive en Lugo", LUGO)),
        AddMemory(memory("cat", "Tiene un gato", CAT)),
        AddMedia(media(LUGO)),
        AddMedia(media(CAT)),
    ]


async def erased(bench: MemoryBench, question: Forget | ForgetAbout) -> Removed:
    bench.store.write(life_of_ana())
    return await bench.ask(question)


def left(bench: MemoryBench) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return what is left of Ana: memories, history, turns and files."""
    store, ana = bench.store, ANA.person_id
    return (
        sorted(each.memory_id for each in store.memories(ana, superseded=True)),
        [row.content for row in store.history_of(ana)],
        sorted(row.request_id for row in store.interactions(ana)),
        [row.name for row in store.media(ana)],
    )


NOTHING: tuple[list[str], ...] = ([], [], [], [])
THE_CAT = (["cat"], ["tengo un gato"], ["r2"], ["r2.wav"])


# ── every place ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "stays", "receipt", "files"),
    [
        (
            PERSON,
            NOTHING,
            Receipt(people=1, faces=1, memories=2, history=2, interactions=2, media=2, sessions=1),
            ["r1.wav", "r2.wav"],
        ),
        (
            EVERYTHING,
            NOTHING,
            Receipt(memories=2, history=2, interactions=2, media=2),
            ["r1.wav", "r2.wav"],
        ),
        (TURN, THE_CAT, Receipt(memories=1, history=1, interactions=1, media=1), ["r1.wav"]),
        (HOME, THE_CAT, Receipt(memories=1, history=1, interactions=1, media=1), ["r1.wav"]),
        (WORDS, THE_CAT, Receipt(memories=1, history=1, interactions=1, media=1), ["r1.wav"]),
    ],
    ids=["person", "everything", "turn", "memory", "words"],
)
async def test_erasure_leaves_nothing_in_any_place_and_says_how_much(
    question: Forget | ForgetAbout,
    stays: tuple[list[str], ...],
    receipt: Receipt,
    files: list[str],
) -> None:
    async with at_work() as bench:
        removed = await erased(bench, question)
        assert left(bench) == stays
        assert removed == Removed(evolve(receipt, files=tuple(files)), 0, len(files))
        assert bench.files.removed == files


@pytest.mark.parametrize(
    ("question", "person_stays"), [(PERSON, False), (EVERYTHING, True), (TURN, True)]
)
async def test_erasure_takes_the_person_only_if_that_is_asked(
    question: Forget, person_stays: bool
) -> None:
    async with at_work() as bench:
        await erased(bench, question)
        assert (bench.store.person(ANA.person_id) == ANA) is person_stays
        assert (bench.store.embeddings(ANA.person_id) != ()) is person_stays


@pytest.mark.parametrize(
    ("question", "queued"), [(PERSON, 2), (EVERYTHING, 2), (TURN, 1), (HOME, 1), (WORDS, 1)]
)
async def test_erasure_takes_the_turns_that_wait_to_be_learned_from(
    question: Forget | ForgetAbout, queued: int, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        await bench.tell(LUGO, CAT)
        removed = await erased(bench, question)
        assert removed.queued == queued
        await bench.passes(QUIET_S + 1)
        assert sum(map(len, bench.model.asked())) == 2 - queued


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (PERSON, [Forgot(ANA.person_id, everything=True, person_too=True)]),
        (EVERYTHING, [Forgot(ANA.person_id, everything=True)]),
        (TURN, [Forgot(ANA.person_id, frozenset({("s", "r1")}))]),
        (HOME, [Forgot(ANA.person_id, frozenset({("s", "r1")}), ("Vive en Lugo",))]),
        (
            WORDS,
            [
                Forgot(ANA.person_id, about=("Lugo",)),
                Forgot(ANA.person_id, frozenset({("s", "r1")}), ("Vive en Lugo",)),
            ],
        ),
    ],
    ids=["person", "everything", "turn", "memory", "words"],
)
async def test_erasure_is_told_to_the_sessions(
    question: Forget | ForgetAbout, told: list[Forgot]
) -> None:
    async with at_work() as bench:
        await erased(bench, question)
        assert bench.told_sessions == told


@pytest.mark.parametrize("question", [PERSON, EVERYTHING, TURN, WORDS])
async def test_erasure_is_told_to_the_sessions_before_the_store_has_done_it(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        owed: Ask[Removed] = Ask(question)
        await bench.tell(owed)
        assert len(bench.told_sessions) == 1
        bench.store.stuck = False
        await owed.answer()


@pytest.mark.parametrize("question", [PERSON, EVERYTHING, TURN, HOME, WORDS])
async def test_erasure_of_nothing_removes_nothing(question: Forget | ForgetAbout) -> None:
    async with at_work() as bench:
        bench.store.write([SavePerson(ANA)])
        removed = await bench.ask(question)
        assert removed == Removed(Receipt(people=int(question is PERSON)))


async def test_erasure_of_one_person_takes_nothing_of_another() -> None:
    async with at_work() as bench:
        theirs = evolve(LUGO, person_id=LUIS.person_id, session_id="t")
        bench.store.write(rows_of(theirs))
        for question in (WORDS, EVERYTHING, PERSON):
            await erased(bench, question)
        assert len(bench.store.history_of(LUIS.person_id)) == 1


# ── by words ──────────────────────────────────────────────────────────────────────────────


async def test_words_take_what_was_superseded_too() -> None:
    async with at_work() as bench:
        bench.store.write(
            [
                AddMemory(memory("old", "Vive en Lugo")),
                AddMemory(memory("new", "Vive en Vigo")),
                SupersedeMemory("old", "new"),
            ]
        )
        await bench.ask(WORDS)
        assert left(bench)[0] == ["new"]


async def test_words_take_a_summary_that_tells_of_it() -> None:
    async with at_work() as bench:
        bench.store.write([*rows_of(LUGO), *rows_of(CAT)])
        for request_id in ("", None):
            summary = HistoryRow(
                "s", 1, ANA.person_id, "robot", "Hablaron de Lugo", NOW, request_id, compacted=True
            )
            bench.store.write([CompactHistory(0, summary)])
            removed = await bench.ask(WORDS)
            assert removed.receipt.summaries == 1
            assert left(bench)[1] == ["tengo un gato"]


async def test_words_take_however_many_memories_say_it() -> None:
    async with at_work() as bench:
        bench.store.write(
            [AddMemory(memory(f"m{n}", f"Colecciona sellos de {n}")) for n in range(200)]
        )
        removed = await bench.ask(ForgetAbout(ANA.person_id, "los sellos"))
        assert removed.receipt.memories == 200


async def test_words_that_say_nothing_take_nothing() -> None:
    async with at_work() as bench:
        await erased(bench, ForgetAbout(ANA.person_id, "de la"))
        assert left(bench)[0] == ["cat", "home"]


# ── a memory and where it came from ───────────────────────────────────────────────────────


async def test_memory_takes_its_turn_while_that_waits_to_be_learned_from(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        turn = evolve(LUGO, words="recuerda mi casa", asked="vivo en Lugo")
        await bench.hears(turn)
        (known,) = bench.memories()
        removed = await bench.ask(Forget(EraseMemory(ANA.person_id, (known.memory_id,))))
        assert removed.queued == 1
        assert left(bench) == NOTHING


async def test_memory_takes_the_turn_of_what_it_superseded(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.store.write(
            [
                AddMemory(memory("old", "Vive en Lugo", LUGO)),
                AddMemory(memory("new", "Vive en Vigo")),
                SupersedeMemory("old", "new"),
            ]
        )
        await bench.hears(LUGO)
        removed = await bench.ask(Forget(EraseMemory(ANA.person_id, ("new",))))
        assert removed.queued == 1
        assert left(bench) == NOTHING
        (forgot,) = bench.told_sessions
        assert isinstance(forgot, Forgot)
        assert forgot.turns == {("s", "r1")}
        assert set(forgot.about) == {"Vive en Lugo", "Vive en Vigo"}


async def test_memory_takes_the_other_turns_that_say_the_same() -> None:
    async with at_work() as bench:
        again = heard("sabes que vivo en Lugo", "r3")
        bench.store.write(rows_of(again))
        await erased(bench, HOME)
        assert left(bench)[1] == ["tengo un gato"]


# ── what comes too late ───────────────────────────────────────────────────────────────────


async def test_late_writes_of_someone_forgotten_are_refused() -> None:
    async with at_work() as bench:
        await erased(bench, PERSON)
        late = HistoryRow("s", 9, ANA.person_id, "person", "vivo en Lugo", NOW, "r9")
        refused = bench.store.refused
        bench.store.write([AppendHistory(late), AddMemory(memory("late", "Vive en Lugo"))])
        assert bench.store.refused == refused + 2
        assert left(bench) == NOTHING


async def test_session_of_someone_forgotten_stays_without_the_person() -> None:
    async with at_work() as bench:
        await erased(bench, PERSON)
        session = bench.store.session("s")
        assert session == SessionRow("s", "device", None, NOW, NOW)


async def test_someone_forgotten_is_readmitted_by_registration_and_by_nothing_else() -> None:
    async with at_work() as bench:
        await erased(bench, PERSON)
        bench.store.write([SavePerson(ANA)])
        assert bench.store.person(ANA.person_id) is None
        await bench.ask(Register(ANA.person_id, "Ana"))
        kept = await bench.ask(Remember(ANA.person_id, "Colecciona sellos"))
        assert [each.memory_id for each in bench.memories()] == [kept.memory_id]


# ── files that are not to be had ──────────────────────────────────────────────────────────


async def test_files_on_their_way_are_waited_for_before_the_rows_go() -> None:
    async with at_work() as bench:
        await erased(bench, TURN)
        assert bench.files.asked == ["Settle", "Remove"]


async def test_janitor_that_is_stuck_keeps_no_row_from_being_erased(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.files.stuck = True
        removed = await erased(bench, EVERYTHING)
        assert left(bench) == NOTHING
        assert (removed.receipt.media, removed.media_files) == (2, 0)


async def test_janitor_that_is_gone_keeps_no_row_from_being_erased() -> None:
    async with at_work() as bench:
        bench.files.mailbox.close()
        bench.files.mailbox.request_stop()
        removed = await erased(bench, EVERYTHING)
        assert left(bench) == NOTHING
        assert removed.media_files == 0


async def test_files_that_cannot_be_removed_are_not_counted() -> None:
    async with at_work() as bench:
        bench.files.failure = DatabaseError("EIO")
        removed = await erased(bench, TURN)
        assert left(bench) == THE_CAT
        assert (removed.receipt.media, removed.media_files) == (1, 0)


async def test_erasure_that_nobody_waits_for_any_more_is_done(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.store.write(life_of_ana())
        bench.store.stuck = True
        owed: Ask[Removed] = Ask(EVERYTHING)
        await bench.tell(owed)
        owed.abandon()
        bench.store.stuck = False
        await bench.passes(LONG)
        assert left(bench) == NOTHING


async def test_counts_of_what_was_removed_name_every_place() -> None:
    async with at_work() as bench:
        counts = (await erased(bench, PERSON)).counts()
        assert counts == {
            "people": 1,
            "faces": 1,
            "memories": 2,
            "history": 2,
            "summaries": 0,
            "interactions": 2,
            "media": 2,
            "sessions": 1,
            "events": 0,
            "backups": 0,
            "media_files": 2,
            "queued": 0,
        }
