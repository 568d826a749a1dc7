"""Erasing: from which places it goes, what the receipt says, and what comes too late.

One list of moments, as the orders are the same in each: before the store has done it, while it does
it, after a crash, with files that are not to be had.
"""

import pytest
import structlog
import trio
from attrs import evolve
from trio.testing import MockClock

from robi.actors.ask import Ask
from robi.actors.erasing import SETTLE_WITHIN
from robi.actors.forgotten import Forgotten
from robi.actors.mail import Forgot
from robi.actors.memory_mail import Forget, ForgetAbout, Heard, Register, Remember, Removed
from robi.actors.waiting import QUIET_S
from robi.errors import DatabaseError
from robi.store.base import (
    PINNED,
    AddEmbedding,
    AddInteraction,
    AddMedia,
    AddMemory,
    AddReminder,
    AppendHistory,
    CompactHistory,
    Embedding,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Erasure,
    HistoryRow,
    MediaRow,
    Memory,
    Receipt,
    ReminderRow,
    SavePerson,
    SaveSession,
    SessionRow,
    StrengthenMemory,
    SupersedeMemory,
    Write,
    WriteRejected,
)
from tests.actors.memory_bench import (
    ANA,
    FACE,
    LONG,
    LUIS,
    NOW,
    MemoryBench,
    SlowStore,
    at_work,
    heard,
    known_store,
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


# ── everybody first ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", [PERSON, EVERYTHING, TURN, HOME, WORDS])
async def test_nothing_is_erased_before_all_sessions_know_what_it_is_about(
    question: Forget | ForgetAbout, autojump_clock: MockClock
) -> None:
    """Nor is it looked up: who does not know yet may still have something of it written."""
    async with at_work() as bench:
        knew: list[int] = []

        async def all_told() -> None:
            knew.append(len(bench.told_sessions))
            before = left(bench)
            await trio.sleep(60)
            assert left(bench) == before
            knew.append(len(bench.told_sessions))

        bench.actor._keeping._eraser._all_told = all_told
        await erased(bench, question)
        assert len(knew) >= 2
        assert knew[-1] == len(bench.told_sessions)  # nobody was told anything afterwards


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
        (
            HOME,
            [
                Forgot(ANA.person_id, memory_ids=frozenset({"home"})),
                Forgot(ANA.person_id, frozenset({("s", "r1")}), ("Vive en Lugo",)),
            ],
        ),
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


@pytest.mark.parametrize("question", [PERSON, EVERYTHING, TURN, HOME, WORDS])
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


# ── before the store has done it ──────────────────────────────────────────────────────────

each_question = pytest.mark.parametrize(
    ("question", "cat_too"),
    [(PERSON, True), (EVERYTHING, True), (TURN, False), (HOME, False), (WORDS, False)],
    ids=["person", "everything", "turn", "memory", "words"],
)


@each_question
async def test_what_is_being_forgotten_is_not_recalled_while_the_store_is_stuck(
    question: Forget | ForgetAbout, cat_too: bool, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        bench.store.write(life_of_ana())
        bench.store.stuck = True
        owed: Ask[Removed] = Ask(question)
        await bench.tell(owed)
        recalled = await bench.recall(ANA.person_id, "Lugo")
        assert [told for told in recalled.memories if "Lugo" in told] == []
        assert (recalled.memories == ()) is cat_too
        assert len(left(bench)[0]) == 2
        bench.store.stuck = False
        await owed.answer()


@each_question
async def test_what_was_pinned_and_is_being_forgotten_is_not_recalled(
    question: Forget | ForgetAbout, cat_too: bool, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        bench.store.write(rows_of(LUGO))
        bench.store.write(
            [AddMemory(evolve(memory("home", "Vive en Lugo", LUGO), importance=PINNED))]
        )
        assert (await bench.recall(ANA.person_id)).memories != ()
        bench.store.stuck = True
        owed: Ask[Removed] = Ask(question)
        await bench.tell(owed)
        assert (await bench.recall(ANA.person_id)).memories == ()
        bench.store.stuck = False
        await owed.answer()


@each_question
async def test_what_is_being_forgotten_is_not_recalled_by_what_was_read_before_it_was_done(
    question: Forget | ForgetAbout, cat_too: bool
) -> None:
    """The store answers, and the order is given and done before the answer is taken."""
    async with at_work() as bench:
        bench.store.write(life_of_ana())
        owed: Ask[Removed] = Ask(question)

        def forget() -> None:
            bench.store.after_person = lambda: None
            bench.actor._take(owed, bench.nursery)

        bench.store.after_person = forget
        recalled = await bench.recall(ANA.person_id, "Lugo")
        assert [told for told in recalled.memories if "Lugo" in told] == []
        await owed.answer()


@each_question
async def test_what_waits_for_a_stuck_writer_when_it_is_forgotten_is_erased_too(
    question: Forget | ForgetAbout, cat_too: bool, autojump_clock: MockClock
) -> None:
    async with at_work() as bench:
        bench.store.stuck = True
        for write in life_of_ana():
            bench.actor._store.write_nowait(write)
        owed: Ask[Removed] = Ask(question)
        await bench.tell(owed)
        await bench.passes(1)
        assert left(bench) == NOTHING
        bench.store.stuck = False
        removed = await owed.answer()
        assert removed.receipt.history == (2 if cat_too else 1)
        assert left(bench) == (NOTHING if cat_too else THE_CAT)


@each_question
async def test_erasure_that_was_cut_down_by_a_crash_is_done_by_the_next_life(
    question: Forget | ForgetAbout, cat_too: bool, autojump_clock: MockClock
) -> None:
    store, forgotten = known_store(), Forgotten()
    store.write(life_of_ana())
    with trio.CancelScope() as crash:
        async with at_work(store, forgotten=forgotten) as bench:
            store.stuck = True
            await bench.tell(Ask(question))
            crash.cancel()
    async with at_work(store, forgotten=forgotten) as bench:
        recalled = await bench.recall(ANA.person_id, "Lugo")
        assert [told for told in recalled.memories if "Lugo" in told] == []
        await bench.passes(QUIET_S + 1)
        assert len(store.history_of(ANA.person_id)) == 2
        store.stuck = False
        await bench.passes(LONG)
        assert left(bench) == (NOTHING if cat_too else THE_CAT)
        assert forgotten.unfinished == ()


async def test_erasure_that_the_store_rejects_fails_and_is_over() -> None:
    class Rejecting(SlowStore):
        def erase(self, erasure: Erasure) -> Receipt:
            raise WriteRejected(0, type(erasure).__name__)

    async with at_work(Rejecting()) as bench:
        with structlog.testing.capture_logs(), pytest.raises(WriteRejected):
            await bench.ask(EVERYTHING)
        assert bench.forgotten.unfinished == ()


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


async def test_words_take_every_summary_of_that_person_for_it_may_say_it_otherwise() -> None:
    async with at_work() as bench:
        bench.store.write([SaveSession(SessionRow("t", None, LUIS.person_id, NOW, NOW))])
        hers = HistoryRow("s", 1, ANA.person_id, "robot", "Su ciudad", NOW, compacted=True)
        elsewhere = evolve(hers, session_id="t")
        his = evolve(elsewhere, index=2, person_id=LUIS.person_id)
        bench.store.write([*rows_of(CAT), *map(AppendHistory, (hers, elsewhere, his))])
        removed = await bench.ask(WORDS)
        assert removed.receipt == Receipt(summaries=2)
        assert bench.store.history("t") == (his,)


async def test_words_take_a_turn_of_which_only_its_summary_tells() -> None:
    async with at_work() as bench:
        _, *_, turn = rows_of(LUGO)
        assert isinstance(turn, AddInteraction)
        bench.store.write([turn, AddMedia(media(LUGO))])
        removed = await bench.ask(WORDS)
        assert removed.receipt == Receipt(interactions=1, media=1, files=("r1.wav",))


async def test_words_take_a_reminder_of_it_with_its_turn() -> None:
    async with at_work() as bench:
        reminder = ReminderRow(
            "mem_1", ANA.person_id, None, "s", CAT.request_id, "reminder", "ir a Lugo", NOW + 9, NOW
        )
        bench.store.write([*rows_of(CAT), AddReminder(reminder)])
        removed = await bench.ask(WORDS)
        assert removed.receipt == Receipt(history=1, interactions=1, reminders=1)


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
        _, forgot = bench.told_sessions
        assert isinstance(forgot, Forgot)
        assert forgot.turns == {("s", "r1")}
        assert set(forgot.about) == {"Vive en Lugo", "Vive en Vigo"}


async def test_memory_takes_the_turn_that_strengthened_it() -> None:
    async with at_work() as bench:
        bench.store.write([*life_of_ana(), StrengthenMemory("home", 6, "s", CAT.request_id)])
        await bench.tell(CAT)
        removed = await bench.ask(HOME)
        assert removed.queued == 1
        assert left(bench) == (["cat"], [], [], [])


async def test_memory_erased_alone_leaves_what_it_superseded() -> None:
    async with at_work() as bench:
        old, new = memory("old", "Vive en Lugo", LUGO), memory("new", "Vive en Vigo", CAT)
        bench.store.write([*rows_of(LUGO), *rows_of(CAT), AddMemory(old), AddMemory(new)])
        bench.store.write([SupersedeMemory("old", "new")])
        await bench.ask(Forget(EraseMemory(ANA.person_id, ("new",), superseded=False)))
        forgot = Forgot(ANA.person_id, frozenset({("s", "r2")}), ("Vive en Vigo",))
        assert bench.told_sessions[-1] == forgot
        assert left(bench)[:2] == (["old"], ["vivo en Lugo"])
        assert bench.store.memory("old") == old


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
        counted = (removed.receipt.media, removed.media_files, removed.media_files_left)
        assert counted == (2, 0, 2)


async def test_janitor_that_is_stuck_holds_an_erasure_up_for_a_moment_only(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.files.stuck = True
        await bench.ask(HOME)
        assert trio.current_time() == pytest.approx(SETTLE_WITHIN)


async def test_janitor_that_is_gone_keeps_no_row_from_being_erased() -> None:
    async with at_work() as bench:
        bench.files.mailbox.close()
        bench.files.mailbox.request_stop()
        removed = await erased(bench, EVERYTHING)
        assert left(bench) == NOTHING
        assert removed.media_files == 0


async def test_files_that_cannot_be_removed_yet_are_counted_as_left() -> None:
    async with at_work() as bench:
        bench.files.failure = DatabaseError("EIO")
        removed = await erased(bench, TURN)
        assert left(bench) == THE_CAT
        counted = (removed.receipt.media, removed.media_files, removed.media_files_left)
        assert counted == (1, 0, 1)


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


def test_what_was_removed_at_several_times_is_added_up() -> None:
    one = Removed(Receipt(memories=1, files=("a",)), 1, 2, 3)
    other = Removed(Receipt(memories=2, history=1, files=("b",)), 4, 5, 6)
    assert one + other == Removed(Receipt(memories=3, history=1, files=("a", "b")), 5, 7, 9)


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
            "reminders": 0,
            "media_files": 2,
            "media_files_left": 0,
            "queued": 0,
        }
