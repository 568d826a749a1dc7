"""What a session keeps of what is said, and what it keeps to itself.

One list of what leaves a session, on the bench: rows, accounts, files. What it forgets is in
`test_remembering_forgets`.
"""

import pytest
import structlog
import trio
import trio.testing
from attrs import evolve

from robi.actors.discretion import VISIT_S
from robi.actors.mail import Hushed
from robi.errors import BrainTimeout, DiskFull
from robi.people.privacy import PRIVATE_MARK
from robi.protocol.messages import Audio, AudioEnd, Image, InteractionStart, Interrupt, Multimodal
from robi.store.base import (
    AddInteraction,
    AmendHistory,
    AppendHistory,
    CompactHistory,
    InteractionRow,
    ReassignHistory,
    SaveSession,
)
from robi.store.ram import RamStore
from tests.actors.bench import Bench, Robot

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
FACE = b"\0\0\x80\x3f" * 128
ANA = InteractionStart("i", "user_ana", face_recognized=True, face_confidence=0.95)
LUIS = evolve(ANA, person_id="user_luis")
ASKS_PIN = "¿Cuál es tu PIN?"
UNKNOWN = InteractionStart("i", "unknown")
BOAT = "me he comprado un barco"
INCOGNITO, RESUME = "esto no lo recuerdes", "ya puedes recordar"


async def talk(bench: Bench, robot: Robot, words: str, answer: str = "Vale") -> str:
    """Hold a turn with `words`; return its id."""
    number = len(bench.brain.calls) + 1
    await robot.asks(words, f"r{number}")
    await finish(bench, robot, number, answer)
    return f"r{number}"


async def say_aloud(bench: Bench, robot: Robot, answer: str) -> str:
    """Hold a turn of sound, in which the model hears what its `answer` says; return its id."""
    number = len(bench.brain.calls) + 1
    await robot.says(Audio(WAV), AudioEnd(f"r{number}"))
    await finish(bench, robot, number, answer)
    return f"r{number}"


async def show(bench: Bench, robot: Robot, words: str, answer: str = "Vale") -> str:
    """Hold a turn with a picture; return its id."""
    number = len(bench.brain.calls) + 1
    await robot.says(Image(f"r{number}", "context", JPEG, text=words))
    await finish(bench, robot, number, answer)
    return f"r{number}"


async def finish(bench: Bench, robot: Robot, number: int, answer: str) -> None:
    (await bench.brain.called(number)).answer(answer)
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()


async def with_ana(bench: Bench) -> Robot:
    robot = await bench.robot()
    await robot.says(ANA)
    return robot


def contents(bench: Bench) -> list[str]:
    """What was written of what was said; the question of a turn is written twice."""
    rows = [write.row for write in bench.written() if isinstance(write, AppendHistory)]
    return [row.content for row in rows]


def interactions(bench: Bench) -> list[InteractionRow]:
    return [write.row for write in bench.written() if isinstance(write, AddInteraction)]


def traces(bench: Bench) -> list[object]:
    """All that left the session, but for the rows that a session has of itself."""
    written = [write for write in bench.written() if not isinstance(write, SaveSession)]
    return [*written, *bench.accounts, *bench.files, *bench.namings, *bench.names]


# ── what is written ───────────────────────────────────────────────────────────────────────


async def test_question_is_written_at_once_as_the_rules_of_the_gate_leave_it(bench: Bench) -> None:
    robot = await with_ana(bench)
    await robot.asks("Me gusta el té. Mi PIN es 4821.")
    assert contents(bench) == [f"Me gusta el té. {PRIVATE_MARK}"]


async def test_question_is_written_in_the_light_of_what_was_asked_before(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola", ASKS_PIN)
    await talk(bench, robot, "4821")
    assert contents(bench) == ["hola", ASKS_PIN, PRIVATE_MARK, "Vale"]


async def test_question_of_one_person_is_no_light_on_what_another_says(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola", ASKS_PIN)
    await robot.says(LUIS)
    await robot.asks("4821", "r9")
    assert contents(bench)[-1] == "4821"


async def test_answer_is_written_as_the_rules_of_the_gate_leave_it(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola", "Hola. Tu PIN es 4821.")
    assert contents(bench)[-1] == f"Hola. {PRIVATE_MARK}"


async def test_answer_that_is_shortened_is_written_as_the_rules_of_the_gate_leave_it(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola", "Tu PIN es 4821. Y ahora un cuento")
    spoken = "Tu PIN es cuatro ocho dos uno. Y"
    await robot.says(Interrupt("r1", spoken_chars=len(spoken)))
    assert bench.heard()[-1] == ("robot", spoken, True)
    (amended,) = [write for write in bench.written() if isinstance(write, AmendHistory)]
    assert amended.content == f"{PRIVATE_MARK} Y"


async def test_summary_is_written_as_the_rules_of_the_gate_leave_it(
    nursery: trio.Nursery,
) -> None:
    bench = Bench(nursery, compaction_threshold=8)
    bench.start()
    robot = await with_ana(bench)
    for _ in range(4):
        await talk(bench, robot, "hola")
    bench.brain.calls[-1].answer("Ana saludó. Su PIN es 4821.")
    await trio.testing.wait_all_tasks_blocked()
    (fold,) = [write for write in bench.written() if isinstance(write, CompactHistory)]
    assert fold.summary.content == f"Ana saludó. {PRIVATE_MARK}"


async def test_conversation_itself_goes_on_with_the_words_as_they_were(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "mi PIN es 4821")
    await robot.asks("¿qué he dicho?", "r9")
    history = (await bench.brain.called(2)).request.history
    assert [said.text for said in history] == ["mi PIN es 4821", "Vale"]


# ── how turns went ────────────────────────────────────────────────────────────────────────


async def test_interaction_is_written_when_its_turn_is_over_and_not_before(bench: Bench) -> None:
    robot = await with_ana(bench)
    await robot.asks("hola")
    assert interactions(bench) == []
    await finish(bench, robot, 1, "[emotion:happy] Hola")
    (row,) = interactions(bench)
    assert (row.person_id, row.kind, row.summary) == ("user_ana", "text", "hola")
    assert (row.emotion, row.outcome) == ("happy", "done")


async def test_interaction_has_the_time_to_the_first_text(
    bench: Bench, mock_clock: trio.testing.MockClock
) -> None:
    robot = await with_ana(bench)
    await robot.asks("hola")
    call = await bench.brain.called(1)
    mock_clock.jump(0.25)
    call.write("[emotion:happy] Ho")
    await trio.testing.wait_all_tasks_blocked()
    mock_clock.jump(0.5)
    await finish(bench, robot, 1, "la")
    (row,) = interactions(bench)
    assert (row.first_text_ms, row.duration_ms) == (250, 750)


async def test_interaction_that_was_interrupted_is_cut(bench: Bench) -> None:
    robot = await with_ana(bench)
    await robot.asks("hola")
    await robot.says(Interrupt("r1"))
    (row,) = interactions(bench)
    assert (row.outcome, row.first_text_ms) == ("cut", None)


async def test_interaction_that_failed_has_its_error(bench: Bench) -> None:
    robot = await with_ana(bench)
    await robot.asks("hola")
    (await bench.brain.called(1)).fail(BrainTimeout("stalled"))
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    (row,) = interactions(bench)
    assert row.outcome == "GEMINI_TIMEOUT"


async def test_stranger_who_is_met_is_whose_the_turn_was(bench: Bench) -> None:
    robot = await bench.robot()
    await talk(bench, robot, "soy Ana", "Hola, Ana[person_name:Ana]")
    ((stranger, person_id),) = bench.namings
    assert (bench.accounts[0].person_id, person_id) == (stranger, "user_ana_000000")
    writes = bench.written()
    assert isinstance(writes[-1], ReassignHistory)
    store = RamStore()
    store.write(writes)
    assert {row.person_id for row in store.history("s")} == {person_id}
    assert [row.request_id for row in store.interactions(person_id, 10, 0)] == ["r1"]


# ── what was shown ────────────────────────────────────────────────────────────────────────


async def test_picture_is_handed_over_when_its_turn_is_over_and_not_before(bench: Bench) -> None:
    robot = await with_ana(bench)
    await robot.says(Image("r1", "context", JPEG))
    assert bench.files == []
    await finish(bench, robot, 1, "Qué bonito")
    (file,) = bench.files
    assert (file.person_id, file.request_id, file.data) == ("user_ana", "r1", JPEG)


async def test_picture_beside_words_that_are_private_is_not_handed_over(bench: Bench) -> None:
    robot = await with_ana(bench)
    await show(bench, robot, "mira, mi PIN es 4821")
    assert bench.files == []
    assert [account.words for account in bench.accounts] == [PRIVATE_MARK]


async def test_sound_in_which_the_model_hears_something_private_is_not_handed_over(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await say_aloud(bench, robot, "Vale[media_summary:Su PIN es 4821.]")
    assert bench.files == []


async def test_picture_for_which_there_is_no_room_is_told_to_the_robot(bench: Bench) -> None:
    async def full() -> None:
        raise DiskFull("no room")

    bench.keeping = full
    robot = await with_ana(bench)
    with structlog.testing.capture_logs():
        await show(bench, robot, "mira")
        error = await robot.hears()
    assert (error["code"], error.get("request_id")) == (5003, None)
    bench.keeping = None
    await talk(bench, robot, "sigamos")
    assert robot.seen[-1]["type"] == "stream_end"


async def test_slow_disk_holds_no_turn_up(bench: Bench) -> None:
    bench.keeping = trio.sleep_forever
    robot = await with_ana(bench)
    await show(bench, robot, "mira")
    await talk(bench, robot, "sigamos")
    assert robot.seen[-1]["type"] == "stream_end"


# ── what was asked to be remembered ───────────────────────────────────────────────────────


async def test_what_is_to_be_remembered_is_handed_over_and_told_to_the_model(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "recuerda que mi perro se llama Toby")
    assert [account.asked for account in bench.accounts] == ["mi perro se llama Toby"]
    assert bench.brain.calls[0].request.scene.wish == "remember"


async def test_what_is_too_private_to_be_remembered_is_not_handed_over_and_the_model_knows(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "recuerda que mi PIN es 4821")
    assert [(account.asked, account.words) for account in bench.accounts] == [(None, PRIVATE_MARK)]
    assert bench.brain.calls[0].request.scene.wish == "too_private"


# ── incognito ─────────────────────────────────────────────────────────────────────────────


async def test_visit_leaves_no_trace_from_the_words_that_begin_it(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO, "Vale[memory:fact:tiene un secreto][person_name:Anita]")
    await talk(bench, robot, "recuerda que estoy triste", "Ay[memory:fact:está triste]")
    await show(bench, robot, "mira")
    await say_aloud(bench, robot, "Ya[media_summary:Canta.]")
    assert traces(bench) == []


async def test_visit_is_part_of_the_conversation_while_it_lasts(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await talk(bench, robot, BOAT)
    request = bench.brain.calls[1].request
    assert [said.text for said in request.history] == [INCOGNITO, "Vale"]
    assert request.scene.incognito


async def test_visit_of_a_stranger_meets_nobody(bench: Bench) -> None:
    robot = await bench.robot()
    await talk(bench, robot, INCOGNITO)
    await talk(bench, robot, "soy Ana", "Hola, Ana[person_name:Ana]")
    assert traces(bench) == []
    assert "person_registered" not in {message["type"] for message in robot.seen}


async def test_visit_is_not_written_down_as_a_sight(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    before = list(bench.sights)
    await robot.says(evolve(ANA, face_embedding=FACE))
    assert bench.sights == before


async def test_visit_ends_when_the_robot_may_remember_again(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await talk(bench, robot, RESUME)
    await talk(bench, robot, "hola")
    assert [row.request_id for row in interactions(bench)] == ["r2", "r3"]


async def test_visit_lasts_while_another_speaks_meanwhile(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await robot.says(LUIS)
    await talk(bench, robot, "hola")
    await robot.says(ANA)
    await talk(bench, robot, "hola")
    kept = [(row.person_id, row.request_id) for row in interactions(bench)]
    assert kept == [("user_luis", "r2")]


async def test_visit_lasts_while_the_link_is_lost(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    seen = robot.seen[-1]["seq"]
    await robot.leaves()
    robot = await bench.robot(last_seq=seen)
    await robot.says(ANA)
    await talk(bench, robot, BOAT)
    assert traces(bench) == []


async def test_visit_lasts_in_another_session(bench: Bench, nursery: trio.Nursery) -> None:
    await talk(bench, await with_ana(bench), INCOGNITO)
    another = Bench(nursery, visits=bench.visits)
    another.start()
    await talk(another, await with_ana(another), BOAT)
    assert traces(another) == []


async def test_visit_covers_a_face_that_is_not_recognised(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await robot.says(UNKNOWN)
    await show(bench, robot, "soy Ana", "Hola, Ana[person_name:Ana]")
    assert traces(bench) == []


async def test_visit_that_is_over_is_told_in_no_answer(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola")
    await talk(bench, robot, INCOGNITO)
    await talk(bench, robot, BOAT)
    await talk(bench, robot, RESUME)
    history = bench.brain.calls[3].request.history
    assert [said.text for said in history] == ["hola", "Vale"]


async def test_visit_that_is_over_leaves_the_next_answer_to_be_written(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await talk(bench, robot, RESUME, "Ya recuerdo")
    assert contents(bench) == [RESUME, "Ya recuerdo"]


async def test_visit_that_is_over_takes_its_summary_along(nursery: trio.Nursery) -> None:
    bench = Bench(nursery, compaction_threshold=8)
    bench.start()
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    for _ in range(3):
        await talk(bench, robot, BOAT)
    bench.brain.calls[-1].answer("Tiene un barco.")
    await trio.testing.wait_all_tasks_blocked()
    number = len(bench.brain.calls) + 1
    await robot.asks(RESUME, "r9")
    request = (await bench.brain.called(number)).request
    assert (request.history, request.scene.earlier) == ((), None)


async def test_visit_that_is_over_leaves_what_others_said(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await robot.says(LUIS)
    await talk(bench, robot, BOAT)
    await robot.says(ANA)
    await talk(bench, robot, RESUME)
    assert ("person", BOAT, False) in bench.heard()


async def test_visit_ends_after_a_long_silence(
    bench: Bench, mock_clock: trio.testing.MockClock
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    mock_clock.jump(VISIT_S + 1)
    await talk(bench, robot, "hola")
    assert [row.request_id for row in interactions(bench)] == ["r2"]
    assert bench.brain.calls[1].request.history == ()


async def test_visit_that_is_cut_short_leaves_no_trace(bench: Bench) -> None:
    robot = await with_ana(bench)
    await robot.asks(INCOGNITO)
    (await bench.brain.called(1)).write("[emotion:happy] Vale, no lo recordaré")
    await robot.hears_until("text_chunk")
    await robot.says(Interrupt("r1", spoken_chars=4))
    assert traces(bench) == []


async def test_answer_of_a_visit_that_is_shortened_leaves_no_trace(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO, "Vale, no lo recordaré")
    await robot.says(Interrupt("r1", spoken_chars=4))
    assert bench.heard()[-1] == ("robot", "Vale", True)
    assert traces(bench) == []


async def test_summary_of_a_visit_is_not_written(nursery: trio.Nursery) -> None:
    bench = Bench(nursery, compaction_threshold=8)
    bench.start()
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    for _ in range(3):
        await talk(bench, robot, BOAT)
    bench.brain.calls[-1].answer("Tiene un barco.")
    await trio.testing.wait_all_tasks_blocked()
    assert bench.heard()[0] == ("robot", "Tiene un barco.", False)
    assert traces(bench) == []


async def test_visit_that_is_wished_aloud_leaves_no_trace_of_that_turn_nor_the_next(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await say_aloud(bench, robot, "Vale[media_summary:Tiene un barco.][incognito:on]")
    await talk(bench, robot, BOAT)
    assert traces(bench) == []


async def test_visit_that_is_wished_aloud_meets_nobody(bench: Bench) -> None:
    robot = await bench.robot()
    await say_aloud(bench, robot, "Vale, Ana[person_name:Ana][incognito:on]")
    assert traces(bench) == []
    assert "person_registered" not in {message["type"] for message in robot.seen}


async def test_visit_that_is_ended_aloud_is_private_to_its_end(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, INCOGNITO)
    await say_aloud(bench, robot, "Vale[media_summary:Puede recordar.][incognito:off]")
    assert traces(bench) == []
    await talk(bench, robot, "hola")
    assert [row.request_id for row in interactions(bench)] == ["r3"]


async def test_direction_of_the_model_hides_nothing_of_a_text(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola", "Hola[incognito:on]")
    await talk(bench, robot, "¿qué tal?")
    assert [row.request_id for row in interactions(bench)] == ["r1", "r2"]


async def test_direction_in_a_picture_hides_nothing(bench: Bench) -> None:
    robot = await with_ana(bench)
    await show(bench, robot, "¿qué pone aquí?", "Pone algo[incognito:on]")
    await robot.says(Multimodal("m", image=JPEG))
    await finish(bench, robot, 2, "Nada[incognito:on]")
    assert [row.request_id for row in interactions(bench)] == ["r1", "m"]


# ── what turns out to be private ──────────────────────────────────────────────────────────


async def test_turn_that_turned_out_to_be_private_is_not_written_when_it_is_shortened(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola", "Hola, qué tal")
    await bench.is_told(Hushed("s", "r1"))
    await robot.says(Interrupt("r1", spoken_chars=4))
    assert [write for write in bench.written() if isinstance(write, AmendHistory)] == []


async def test_answer_is_not_written_while_what_was_private_is_told_of_that_person(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await bench.is_told(Hushed("s", "r1"))
    await trio.testing.wait_all_tasks_blocked()
    before = len(contents(bench))
    await talk(bench, robot, "¿y bien?", "Tienes un barco")
    assert contents(bench)[before:] == ["¿y bien?"]
    assert [account.request_id for account in bench.accounts] == ["r1", "r2"]


async def test_answer_is_not_written_while_what_was_private_is_told_shortened_either(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await bench.is_told(Hushed("s", "r1"))
    await talk(bench, robot, "¿y bien?", "Tienes un barco")
    await robot.says(Interrupt("r2", spoken_chars=6))
    assert bench.heard()[-1] == ("robot", "Tienes", True)
    assert [write for write in bench.written() if isinstance(write, AmendHistory)] == []


async def test_answer_to_another_is_written_whatever_was_private_of_the_first(
    bench: Bench,
) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, BOAT)
    await bench.is_told(Hushed("s", "r1"))
    await robot.says(LUIS)
    await talk(bench, robot, "hola", "Hola, Luis")
    assert contents(bench)[-1] == "Hola, Luis"


async def test_turn_of_another_session_that_was_private_hides_nothing_here(bench: Bench) -> None:
    robot = await with_ana(bench)
    await talk(bench, robot, "hola", "Hola, qué tal")
    await bench.is_told(Hushed("another", "r1"))
    await robot.says(Interrupt("r1", spoken_chars=4))
    assert len([write for write in bench.written() if isinstance(write, AmendHistory)]) == 1


@pytest.mark.parametrize("late", [False, True], ids=["before the summary", "after the summary"])
async def test_summary_of_a_turn_that_turned_out_to_be_private_is_not_written_again(
    nursery: trio.Nursery, *, late: bool
) -> None:
    bench = Bench(nursery, compaction_threshold=8)
    bench.start()
    robot = await with_ana(bench)
    for _ in range(4):
        await talk(bench, robot, "hola")
    if not late:
        await bench.is_told(Hushed("s", "r1"))
    summary = bench.brain.calls[-1]
    if not summary.closed.is_set():
        summary.answer("Ana saludó.")
    await trio.testing.wait_all_tasks_blocked()
    if late:
        await bench.is_told(Hushed("s", "r1"))
    before = len([write for write in bench.written() if isinstance(write, CompactHistory)])
    for _ in range(4):
        number = len(bench.brain.calls) + 1
        await talk(bench, robot, "hola")
        asked = bench.brain.calls[number:]
        for call in asked:
            call.answer("Ana saludó mucho.")
        await trio.testing.wait_all_tasks_blocked()
    folds = [write for write in bench.written() if isinstance(write, CompactHistory)]
    assert len(folds) == before
    assert "Ana saludó mucho." in [text for _, text, _ in bench.heard()]
