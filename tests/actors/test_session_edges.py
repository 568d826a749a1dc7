"""Where two rules of a session meet: a capture and a new face, a cut and the news of an end."""

import gc
import weakref

import trio
import trio.testing

from robi.actors.ask import Ask
from robi.actors.keeper import remembered
from robi.actors.mail import Attach, Attached, Draining, Due, FromRobot, Origin
from robi.actors.store_mail import Conversation
from robi.actors.turn import Turn
from robi.errors import BrainTimeout
from robi.protocol.messages import (
    Audio,
    AudioEnd,
    AudioFormat,
    Image,
    InteractionStart,
    Interrupt,
    PersonDetected,
)
from robi.store.base import HistoryRow, SessionRow
from tests.actors.bench import Bench, Recollected, Robot

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
MB = bytes(1024 * 1024)
FACE, OPPOSITE_FACE = b"\0\0\x80\x3f" * 128, b"\0\0\x80\xbf" * 128  # all 1.0, all -1.0
UNKNOWN = InteractionStart("i", "unknown")
ANA = InteractionStart("i", "user_ana", face_recognized=True, face_confidence=0.95)
SEEN_ANA = PersonDetected("p", known=True, person_id="user_ana", confidence=0.9)
SEEN_LUIS = PersonDetected("p", known=True, person_id="user_luis", confidence=0.9)


async def hears_answer(bench: Bench, robot: Robot, call: int, *texts: str) -> None:
    """Have the model answer its call of that number, and the robot hear it to its end."""
    (await bench.brain.called(call)).answer(*texts)
    await robot.hears_turn()


def running(bench: Bench) -> Turn:
    turn = bench.session._floor.turn
    assert turn is not None
    return turn


# ── a picture that was asked for ──────────────────────────────────────────────────────────


async def test_capture_question_of_one_person_is_not_told_to_another(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("¿se me nota el embarazo?")
    await hears_answer(bench, robot, 1, "[capture:photo] Déjame ver")
    await robot.says(InteractionStart("j", "user_luis"), Image("r1", "context", JPEG))
    scene = (await bench.brain.called(2)).request.scene
    assert (scene.person_id, scene.asked_to_look) == ("user_luis", None)


async def test_capture_answered_before_the_terminal_was_taken_keeps_its_question(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("¿qué llevo?")
    call = await bench.brain.called(1)
    call.write("[emotion:happy] ya,")
    await robot.hears_until("text_chunk")
    call.answer(*["x,"] * 15, "[capture:photo]")
    await trio.testing.wait_all_tasks_blocked()
    await robot.hears_until("capture_request")
    assert robot._waiting == []  # a batch ended right after it
    await robot.says(Image("r1", "context", JPEG))
    assert (await bench.brain.called(2)).request.scene.asked_to_look == "¿qué llevo?"


async def test_capture_outlives_another_word_within_its_ten_seconds(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("¿qué llevo?")
    await hears_answer(bench, robot, 1, "[capture:photo] A ver")
    await robot.asks("espera", "r2")
    await hears_answer(bench, robot, 2, "Vale")
    await robot.says(Image("r1", "context", JPEG))
    assert (await bench.brain.called(3)).request.scene.asked_to_look == "¿qué llevo?"


# ── who speaks ────────────────────────────────────────────────────────────────────────────


async def test_stranger_of_low_confidence_who_was_named_is_recognised_in_the_next_turn(
    bench: Bench,
) -> None:
    bench.known["user_ana_000000"] = Recollected("Ana")
    robot = await bench.robot()
    await robot.says(InteractionStart("i", "unknown", face_confidence=0.3))
    await robot.asks("me llamo Ana")
    await hears_answer(bench, robot, 1, "Hola, Ana[person_name:Ana]")
    await robot.asks("¿cómo me llamo?", "r2")
    request = (await bench.brain.called(2)).request
    assert request.scene.name == "Ana"
    assert '"Ana"' in request.system  # the prompt knows her


async def test_restored_session_goes_on_with_the_person_named_last(nursery: trio.Nursery) -> None:
    past = Conversation(
        SessionRow("s", "d", "user_ana", 1.0, 2.0),
        (
            HistoryRow("s", 0, "user_ana", "person", "hola", 1.0, "r0"),
            HistoryRow("s", 1, "user_ana", "robot", "Hola", 1.0, "r0"),
        ),
    )
    bench = Bench(nursery, history=remembered(past))
    bench.start(Origin.REMEMBERED, last_seq=7)
    robot = await bench.robot(last_seq=7)
    await robot.asks("¿y bien?")  # continuous listening: no interaction_start (protocol.md §2)
    request = (await bench.brain.called(1)).request
    assert [said.text for said in request.history] == ["hola", "Hola"]


async def test_restored_stranger_is_still_the_same_stranger(nursery: trio.Nursery) -> None:
    who = "stranger:0011223344556677"
    past = Conversation(
        SessionRow("s", "d", who, 1.0, 2.0),
        (HistoryRow("s", 0, who, "person", "hola", 1.0, "r0"),),
    )
    bench = Bench(nursery, history=remembered(past))
    bench.start(Origin.CONTINUED)
    robot = await bench.robot()
    await robot.says(UNKNOWN)
    await robot.asks("¿y bien?")
    request = (await bench.brain.called(1)).request
    assert [said.text for said in request.history] == ["hola"]


async def test_registration_that_was_cut_is_told_and_not_made_twice(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(UNKNOWN)
    await robot.asks("me llamo Ana")
    (await bench.brain.called(1)).answer("Hola, Ana[person_name:Ana]")
    await trio.testing.wait_all_tasks_blocked()  # the person was made; nothing was taken
    await robot.says(Interrupt("r1"))
    await robot.hears_turn()
    await robot.says(InteractionStart("i2", "unknown"))  # the phone was never told her id
    await robot.asks("¿qué tal?", "r2")
    call = await bench.brain.called(2)
    call.answer("Bien")
    await robot.hears_turn()
    assert call.request.scene.person_id == "user_ana_000000"
    assert [m["type"] for m in robot.seen].count("user_registered") == 1


async def test_face_of_a_passer_by_is_not_kept_as_the_strangers(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(InteractionStart("i", "unknown", face_embedding=bytes(512)))
    await robot.says(PersonDetected("p", known=False, face_embedding=b"\1" * 512))
    await robot.asks("me llamo Ana")
    assert running(bench).plan.face == bytes(512)


async def test_words_begun_by_one_person_are_not_given_to_another_whom_the_camera_sees(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.says(ANA, Audio(WAV), SEEN_LUIS, AudioEnd("r1"))
    assert (await bench.brain.called(1)).request.scene.person_id == "user_ana"


async def test_history_of_one_stranger_is_not_shown_to_another_face(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(InteractionStart("i", "unknown", face_embedding=FACE))
    await robot.asks("un secreto")
    await hears_answer(bench, robot, 1, "Vale")
    await robot.says(InteractionStart("j", "unknown", face_embedding=OPPOSITE_FACE))
    await robot.asks("hola", "r2")
    assert (await bench.brain.called(2)).request.history == ()


async def test_greeting_does_not_talk_over_a_person_who_is_speaking(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(Audio(WAV), SEEN_ANA)
    assert bench.brain.calls == []


# ── what is heard ─────────────────────────────────────────────────────────────────────────


async def test_audio_of_a_replaced_link_is_not_joined_to_that_of_the_next(bench: Bench) -> None:
    old = await bench.robot()
    await old.says(Audio(WAV[:10]))
    new = await bench.robot(last_seq=0)
    await new.says(Audio(WAV), AudioEnd("r1"))
    (call,) = bench.brain.calls
    assert call.request.utterance.media[0].data == WAV


async def test_spill_after_a_turn_does_not_carry_its_request_id(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(InteractionStart("r1", "unknown"), Audio(WAV), AudioEnd("r1"))
    await hears_answer(bench, robot, 1, "[emotion:happy] Hola")
    await robot.says(*[Audio(MB)] * 11)
    assert (await robot.hears()).get("request_id") != "r1"  # protocol.md §3, 6


async def test_spill_during_a_turn_and_its_audio_end_are_answered(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    robot = await bench.robot()
    await robot.says(UNKNOWN)
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    await robot.says(*[Audio(MB)] * 11, AudioEnd("i"))
    assert (await robot.hears()).get("request_id") is None  # told without an id
    assert call.closed.is_set()  # protocol.md §6: audio_end ends the turn
    with trio.fail_after(1):
        await robot.hears_turn()
        assert (await robot.hears())["request_id"] == "i"  # someone waits on it


async def test_pcm_without_a_sample_is_empty_audio(bench: Bench) -> None:
    robot = await bench.robot()
    pcm = InteractionStart("i", "unknown", audio_format=AudioFormat("pcm_s16le", 16000))
    await robot.says(pcm, Audio(b""), AudioEnd("r1"))
    assert bench.brain.calls == []
    assert (await robot.hears())["error_code"] == "EMPTY_AUDIO"


async def test_repeated_audio_end_leaves_its_answer_alone(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(Audio(WAV), AudioEnd("r1"))
    call = await bench.brain.called(1)
    await robot.says(AudioEnd("r1"))
    assert not call.closed.is_set()
    call.answer("Hola")
    assert (await robot.hears_turn())[-1]["type"] == "stream_end"
    await robot.says(AudioEnd("r1"))
    assert bench.session._outbox.statistics().waiting == 0


# ── how an answer ends ────────────────────────────────────────────────────────────────────


async def test_late_interrupt_of_a_silent_second_turn_leaves_the_first_answer(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("mira")
    await hears_answer(bench, robot, 1, "[capture:photo] Déjame ver")
    await robot.says(Image("r1", "context", JPEG))
    await bench.brain.called(2)
    await robot.says(Interrupt("r1"))
    await robot.hears_turn()
    await robot.says(Interrupt("r1", spoken_chars=0))
    assert ("robot", "Déjame ver", False) in bench.heard()


async def test_late_interrupt_before_a_word_was_spoken_keeps_no_empty_answer(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    await hears_answer(bench, robot, 1, "Hola")
    await robot.says(Interrupt("r1", spoken_chars=0))
    assert bench.heard() == [("person", "hola", False)]  # as a cut with 0 does


async def test_failed_turn_cut_after_its_terminal_was_taken_is_cut_off(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    call.write("Pues yo")
    call.fail(BrainTimeout("x"))
    await trio.testing.wait_all_tasks_blocked()
    # What cuts it is in the mailbox before the news of its end.
    bench.mailbox.put_urgent(FromRobot(robot.attachment, UNKNOWN, None))
    bench.session._outbox.take()
    await trio.testing.wait_all_tasks_blocked()
    said = "Pues yo… Perdona, se me ha ido el hilo."
    assert bench.heard()[-1] == ("robot", said, True)


async def test_useless_utterance_while_draining_does_not_cut_the_last_answer(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    await bench.mailbox.put(Draining())
    await robot.says(AudioEnd("r2"))  # nothing was heard
    assert not call.closed.is_set()  # a good utterance is refused and cuts nothing, either


async def test_turn_that_ended_is_freed_without_the_garbage_collector(bench: Bench) -> None:
    robot = await bench.robot()
    gc.collect()
    gc.disable()
    try:
        await robot.asks("hola")
        call = await bench.brain.called(1)
        turn = weakref.ref(running(bench))
        call.answer("Hola")
        await robot.hears_turn()
        await trio.testing.wait_all_tasks_blocked()
        del call  # which holds the question, and that whom to tell what it took
        bench.brain.calls.clear()
        assert turn() is None
    finally:
        gc.enable()


# ── links ─────────────────────────────────────────────────────────────────────────────────


async def test_attach_whose_asker_gave_up_does_not_keep_the_session_alive(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    owed: Ask[Attached] = Ask(Attach(None))
    bench.mailbox.put_nowait(owed)
    owed.abandon()
    await trio.testing.wait_all_tasks_blocked()
    await trio.sleep(61)
    await bench.mailbox.put(Due())
    await trio.testing.wait_all_tasks_blocked()
    assert bench.over.is_set()
