"""One robot's conversation: the order of a turn, who is who, what is kept."""

from typing import Any

import pytest
import trio
import trio.testing
from attrs import evolve

from robi.actors.company import GREETED_FOR
from robi.actors.history import Entry, History
from robi.actors.keeper import remembered
from robi.actors.mail import Due, Origin
from robi.actors.store_mail import Conversation
from robi.errors import BrainTimeout
from robi.protocol.dialects import Dialect
from robi.protocol.messages import (
    Audio,
    AudioEnd,
    AudioFormat,
    BatteryAlert,
    ClientMessage,
    Context,
    FaceScanMode,
    Image,
    InteractionStart,
    Multimodal,
    PersonDetected,
    Text,
    Video,
)
from robi.speech.scene import Said
from robi.store.base import (
    AppendHistory,
    HistoryRow,
    ReassignHistory,
    SaveSession,
    SessionRow,
)
from tests.actors.bench import Bench, Recollected

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
MP4 = (24).to_bytes(4, "big") + b"ftypisom" + bytes(12)
ANA = InteractionStart("i", "user_ana", face_recognized=True, face_confidence=0.95)
STRANGER = InteractionStart("i", "unknown")


def types(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


def text_of(messages: list[dict[str, Any]]) -> str:
    return "".join(message["text"] for message in messages if message["type"] == "text_chunk")


async def test_turn_sends_emotion_then_texts_then_meta_then_end(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).answer("[emotion:happy] Hola", ", ¿qué tal?")
    messages = await robot.hears_turn()
    assert types(messages) == ["emotion", "text_chunk", "text_chunk", "response_meta", "stream_end"]


async def test_turn_sends_each_chunk_before_the_next_is_thought(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    call.write("[emotion:happy] Uno,")
    assert (await robot.hears())["emotion"] == "happy"
    assert (await robot.hears())["text"] == "Uno,"
    call.write(" dos,")
    assert (await robot.hears())["text"] == " dos,"


async def test_turn_asks_in_the_name_of_its_session(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    assert (await bench.brain.called(1)).request.asker == bench.session.session_id


async def test_turn_without_emotion_is_neutral_before_the_first_text(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).answer("Hola")
    messages = await robot.hears_turn()
    assert messages[0]["emotion"] == "neutral"


async def test_turn_whose_model_fails_ends_with_its_error_in_spanish(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    call.write("[emotion:sad] Pues")
    call.fail(BrainTimeout("stalled"))
    last = (await robot.hears_turn())[-1]
    assert (last["error_code"], last["request_id"]) == ("GEMINI_TIMEOUT", "r1")
    assert "pensando" in last["message"]


async def test_turn_whose_model_says_nothing_ends_with_an_error(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).answer("[emotion:happy]")
    assert (await robot.hears_turn())[-1]["code"] == 3001


async def test_turn_that_crashes_is_told_as_an_internal_error(bench: Bench) -> None:
    async def crash() -> None:
        raise ZeroDivisionError

    bench.recalling = crash
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("hola")
    assert (await robot.hears_turn())[-1]["error_code"] == "INTERNAL_SERVER_ERROR"
    bench.recalling = None
    await robot.asks("¿sigues ahí?", "r2")
    (await bench.brain.called(1)).answer("Sí")
    assert (await robot.hears_turn())[-1]["type"] == "stream_end"


async def test_turn_of_a_known_person_asks_with_what_is_known(bench: Bench) -> None:

    bench.known["user_ana"] = Recollected("Ana", ("le gusta el té",))
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("hola")
    call = await bench.brain.called(1)
    scene = call.request.scene
    assert (scene.name, scene.memories, scene.meeting) == ("Ana", ("le gusta el té",), False)
    call.answer("Hola, Ana")
    messages = await robot.hears_turn()
    assert messages[0]["user_identified"] == "user_ana"
    assert messages[-2]["person_name"] == "Ana"


async def test_turn_of_an_unsure_face_is_a_strangers(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(InteractionStart("i", "user_ana", face_recognized=True, face_confidence=0.5))
    await robot.asks("hola")
    call = await bench.brain.called(1)
    assert call.request.scene.person_id is None
    call.answer("Hola")
    assert "user_identified" not in (await robot.hears_turn())[0]


async def test_second_turn_asks_with_the_first_as_history(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("uno")
    (await bench.brain.called(1)).answer("Primera")
    await robot.hears_turn()
    await robot.asks("dos", "r2")
    history = (await bench.brain.called(2)).request.history
    assert [(said.role, said.text) for said in history] == [("person", "uno"), ("robot", "Primera")]


async def test_history_of_one_person_is_not_asked_for_another(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("soy Ana y tengo un secreto")
    (await bench.brain.called(1)).answer("Lo guardo")
    await robot.hears_turn()
    await robot.says(InteractionStart("j", "user_luis"))
    await robot.asks("hola", "r2")
    assert (await bench.brain.called(2)).request.history == ()


async def test_history_of_one_stranger_is_not_asked_for_the_next(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(STRANGER)
    await robot.asks("un secreto")
    (await bench.brain.called(1)).answer("Vale")
    await robot.hears_turn()
    await robot.says(ANA, STRANGER)
    await robot.asks("hola", "r2")
    assert (await bench.brain.called(2)).request.history == ()


async def test_stranger_who_tells_a_name_is_registered_before_meta(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(STRANGER, dialect=Dialect.PERSON)
    await robot.asks("me llamo Ana")
    (await bench.brain.called(1)).answer("[emotion:greeting] Hola, Ana[person_name:Ana]")
    messages = await robot.hears_turn()
    assert types(messages)[-3:] == ["person_registered", "response_meta", "stream_end"]
    assert messages[-3]["person_id"] == "user_ana_000000"
    assert messages[-2]["person_name"] == "Ana"


async def test_stranger_who_was_registered_goes_on_as_that_person(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("me llamo Ana")
    (await bench.brain.called(1)).answer("Hola, Ana[person_name:Ana]")
    await robot.hears_turn()
    await robot.asks("¿qué tal?", "r2")
    request = (await bench.brain.called(2)).request
    assert request.scene.person_id == "user_ana_000000"
    assert [said.text for said in request.history] == ["me llamo Ana", "Hola, Ana"]
    assert any(isinstance(write, ReassignHistory) for write in bench.written())


async def test_notes_of_the_model_go_to_the_memory_of_the_speaker(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("me gusta el té")
    (await bench.brain.called(1)).answer("Qué bien[memory:preference:le gusta el té]")
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    assert [(who, note.content) for who, notes in bench.notes for note in notes] == [
        ("user_ana", "le gusta el té")
    ]


async def test_question_is_kept_at_once_and_the_answer_when_it_was_delivered(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).answer("Hola")
    await trio.testing.wait_all_tasks_blocked()

    def kept() -> dict[int, tuple[str, str]]:
        rows = [write.row for write in bench.written() if isinstance(write, AppendHistory)]
        return {row.index: (row.role, row.content) for row in rows}

    assert kept() == {0: ("person", "hola")}
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    assert kept() == {0: ("person", "hola"), 1: ("robot", "Hola")}
    assert isinstance(bench.written()[0], SaveSession)


async def test_name_of_someone_known_by_an_id_only_goes_to_the_memory(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("me llamo Ana")
    (await bench.brain.called(1)).answer("Hola, Ana[person_name:Ana]")
    messages = await robot.hears_turn()
    assert (bench.names, messages[-2]["person_name"]) == ([("user_ana", "Ana")], "Ana")
    assert "user_registered" not in types(messages)


async def test_name_that_somebody_else_is_called_changes_nothing(bench: Bench) -> None:
    bench.known["user_ana"] = Recollected("Ana")
    robot = await bench.robot()
    await robot.says(ANA)
    await robot.asks("este es Luis")
    (await bench.brain.called(1)).answer("Hola[person_name:Luis]")
    await robot.hears_turn()
    assert bench.names == []


async def test_sight_of_a_known_person_goes_to_the_memory(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA, STRANGER)
    assert bench.sights == [("user_ana", None)]


async def test_audio_in_frames_reaches_the_model_whole_with_its_type(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(STRANGER, Audio(WAV[:10]), Audio(WAV[10:]), AudioEnd("r1"))
    utterance = (await bench.brain.called(1)).request.utterance
    assert [(media.mime, media.data) for media in utterance.media] == [("audio/wav", WAV)]


async def test_audio_of_raw_pcm_reaches_the_model_as_wav(bench: Bench) -> None:
    robot = await bench.robot()
    start = InteractionStart("i", "unknown", audio_format=AudioFormat("pcm_s16le", 16_000))
    await robot.says(start, Audio(b"\1\0" * 100), AudioEnd("r1"))
    media = (await bench.brain.called(1)).request.utterance.media[0]
    assert media.mime == "audio/wav"
    assert media.data.endswith(b"\1\0" * 100)


async def test_audio_summary_of_the_model_stands_for_it_in_the_history(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(STRANGER, Audio(WAV), AudioEnd("r1"))
    (await bench.brain.called(1)).answer("Hola[media_summary: saluda]")
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    assert bench.heard() == [("person", "saluda", False), ("robot", "Hola", False)]


async def test_audio_end_without_audio_is_answered_with_empty_audio(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(STRANGER, AudioEnd("r1"))
    error = await robot.hears()
    assert (error["error_code"], error["request_id"]) == ("EMPTY_AUDIO", "r1")


async def test_audio_of_no_known_format_is_refused(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(STRANGER, Audio(b"no audio at all"), AudioEnd("r1"))
    assert (await robot.hears())["error_code"] == "UNSUPPORTED_FILE_FORMAT"


async def test_audio_over_its_limit_is_refused_once_and_the_rest_dropped(bench: Bench) -> None:
    robot = await bench.robot()
    megabyte = bytes(1024 * 1024)
    await robot.says(STRANGER, *[Audio(megabyte)] * 12, AudioEnd("i"))
    error = await robot.hears()
    assert (error["error_code"], error["request_id"]) == ("FILE_TOO_LARGE", "i")
    await robot.asks("¿sigues ahí?", "r2")
    (await bench.brain.called(1)).answer("Sí")
    assert {message["request_id"] for message in await robot.hears_turn()} == {"r2"}


async def test_audio_over_sixty_seconds_is_refused(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    robot = await bench.robot()
    await robot.says(STRANGER, Audio(WAV))
    await trio.sleep(61)
    await robot.says(Audio(WAV))
    assert (await robot.hears())["error_code"] == "FILE_TOO_LARGE"


async def test_audio_before_an_interaction_start_is_forgotten(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(Audio(b"old"), STRANGER, Audio(WAV), AudioEnd("r1"))
    assert (await bench.brain.called(1)).request.utterance.media[0].data == WAV


@pytest.mark.parametrize(
    ("message", "mimes"),
    [
        (Image("r1", "context", JPEG, text="¿qué es?"), ["image/jpeg"]),
        (Video("r1", 3000, MP4), ["video/mp4"]),
        (Multimodal("r1", audio=WAV, image=JPEG), ["audio/wav", "image/jpeg"]),
    ],
)
async def test_media_reach_the_model_with_their_types(
    bench: Bench, message: ClientMessage, mimes: list[str]
) -> None:
    robot = await bench.robot()
    await robot.says(message)
    media = (await bench.brain.called(1)).request.utterance.media
    assert [part.mime for part in media] == mimes


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (Image("r1", "context", b"GIF89a" + bytes(10)), 2004),
        (Image("r1", "context", JPEG + bytes(11 * 1024 * 1024)), 2003),
        (Video("r1", 31_000, MP4), 2003),
        (Multimodal("r1", audio=b"?"), 2004),
    ],
)
async def test_media_out_of_bounds_are_refused_with_their_code(
    bench: Bench, message: ClientMessage, code: int
) -> None:
    robot = await bench.robot()
    await robot.says(message)
    error = await robot.hears()
    assert (error["code"], error["request_id"], error["recoverable"]) == (code, "r1", True)


async def test_capture_request_comes_before_meta_and_its_picture_with_the_question(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("¿qué llevo puesto?")
    (await bench.brain.called(1)).answer("[capture:photo] Déjame ver")
    messages = await robot.hears_turn()
    assert types(messages)[-3:] == ["capture_request", "response_meta", "stream_end"]
    assert messages[-3]["duration_ms"] is None
    await robot.says(Image("r1", "context", JPEG))
    request = (await bench.brain.called(2)).request
    assert request.scene.asked_to_look == "¿qué llevo puesto?"


async def test_capture_without_reply_is_forgotten_after_ten_seconds(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:

    robot = await bench.robot()
    await robot.asks("mira")
    (await bench.brain.called(1)).answer("[capture:photo] A ver")
    await robot.hears_turn()
    await trio.testing.wait_all_tasks_blocked()
    assert bench.wake_at is not None
    assert bench.wake_at == trio.current_time() + 10
    await trio.sleep(10)
    await bench.mailbox.put(Due())
    await robot.says(Image("r1", "context", JPEG))
    assert (await bench.brain.called(2)).request.scene.asked_to_look is None


async def test_capture_that_the_model_promised_in_words_is_requested(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("mira esto")
    (await bench.brain.called(1)).answer("[emotion:curious] A ver, déjame mirar")
    assert "capture_request" in types(await robot.hears_turn())


async def test_capture_is_not_requested_again_by_the_answer_to_a_picture(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(Image("r1", "context", JPEG, text="mira esto"))
    (await bench.brain.called(1)).answer("A ver, es una taza")
    assert "capture_request" not in types(await robot.hears_turn())


async def test_known_person_who_appears_is_greeted_once_in_a_while(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    bench.known["user_ana"] = Recollected("Ana")
    robot = await bench.robot()
    seen = PersonDetected("p1", known=True, person_id="user_ana", confidence=0.9)
    await robot.says(seen)
    call = await bench.brain.called(1)
    assert (call.request.scene.arrival, call.request.scene.name) == ("silent", "Ana")
    call.answer("[emotion:greeting] ¡Hola, Ana!")
    assert {message["request_id"] for message in await robot.hears_turn()} == {"p1"}
    await trio.testing.wait_all_tasks_blocked()
    assert bench.heard() == [("robot", "¡Hola, Ana!", False)]
    await robot.says(evolve(seen, request_id="p2"))
    assert len(bench.brain.calls) == 1
    await trio.sleep(GREETED_FOR)
    await robot.says(evolve(seen, request_id="p3"))
    assert len(bench.brain.calls) == 2


async def test_known_person_who_passes_by_during_an_answer_does_not_take_its_place(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.says(InteractionStart("i", "user_ana"))
    await robot.asks("cuenta")
    await robot.says(PersonDetected("p1", known=True, person_id="user_luis", confidence=0.9))
    (await bench.brain.called(1)).answer("Érase una vez")
    await robot.hears_turn()
    await robot.asks("sigue", "r2")
    assert (await bench.brain.called(2)).request.scene.person_id == "user_ana"


async def test_known_person_who_appears_during_an_answer_does_not_interrupt_it(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    await robot.says(PersonDetected("p1", known=True, person_id="user_ana", confidence=0.9))
    assert not call.closed.is_set()
    assert len(bench.brain.calls) == 1


@pytest.mark.parametrize(
    "seen",
    [
        PersonDetected("p1", known=False),
        PersonDetected("p1", known=True, person_id="user_ana", confidence=0.4),
    ],
)
async def test_person_who_is_not_recognised_is_not_greeted(
    bench: Bench, seen: PersonDetected
) -> None:
    robot = await bench.robot()
    await robot.says(seen)
    assert bench.brain.calls == []


async def test_person_who_speaks_first_is_greeted_by_that_answer_only(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA)
    for number in (1, 2):
        await robot.asks("hola", f"r{number}")
        (await bench.brain.called(number)).answer("Hola")
        await robot.hears_turn()
    arrivals = [call.request.scene.arrival for call in bench.brain.calls]
    assert arrivals == ["speaking", None]


async def test_low_battery_is_to_be_mentioned_once_until_it_was_charged(bench: Bench) -> None:
    robot = await bench.robot()

    async def asked(number: int) -> int | None:
        await robot.asks("hola", f"r{number}")
        call = await bench.brain.called(number)
        call.answer("Hola")
        await robot.hears_turn()
        return call.request.scene.low_battery

    await robot.says(BatteryAlert("b1", 9, "robot"))
    await robot.hears()
    assert [await asked(1), await asked(2)] == [9, None]
    await robot.says(evolve(STRANGER, context=Context(battery_level=90)))
    await robot.says(evolve(STRANGER, context=Context(battery_level=15)))
    assert [await asked(3), await asked(4)] == [15, None]


async def test_dialect_of_the_client_names_the_answer(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(ANA, dialect=Dialect.PERSON)
    await robot.asks("hola")
    (await bench.brain.called(1)).answer("Hola")
    assert (await robot.hears())["person_identified"] == "user_ana"


async def test_text_with_a_person_is_of_that_person(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(Text("r1", "hola", "user_luis"))
    assert (await bench.brain.called(1)).request.scene.person_id == "user_luis"


async def test_face_scan_is_answered_with_a_movement(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(FaceScanMode("s1"))
    message = await robot.hears()
    assert (message["type"], message["actions"][0]["type"]) == (
        "face_scan_actions",
        "move_sequence",
    )


async def test_battery_alert_is_answered_with_its_level(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(BatteryAlert("b1", 12, "robot"))
    message = await robot.hears()
    assert (message["type"], message["battery_level"]) == ("low_battery_alert", 12)


async def test_every_message_has_the_next_number(bench: Bench) -> None:
    robot = await bench.robot()
    for number in range(3):
        await robot.asks("hola", f"r{number}")
        (await bench.brain.called(number + 1)).answer("Hola")
        await robot.hears_turn()
    assert [message["seq"] for message in robot.seen] == list(range(1, len(robot.seen) + 1))


async def test_session_of_the_past_asks_with_its_history(nursery: trio.Nursery) -> None:

    past = Conversation(
        SessionRow("s", "device", "user_ana", 1.0, 2.0),
        (
            HistoryRow("s", 0, "user_ana", "person", "hola", 1.0, "r0"),
            HistoryRow("s", 1, "user_ana", "robot", "Ho", 1.0, "r0", cut_off=True),
        ),
    )
    bench = Bench(nursery, history=remembered(past))
    bench.start(Origin.REMEMBERED, last_seq=7)
    robot = await bench.robot(last_seq=7)
    assert robot.attached.resumed is False
    await robot.says(ANA)
    await robot.asks("¿y bien?")
    call = await bench.brain.called(1)
    assert [(s.text, s.cut_off) for s in call.request.history] == [("hola", False), ("Ho", True)]
    call.answer("Bien")
    assert (await robot.hears())["seq"] == 8


async def test_session_from_the_store_goes_on_with_the_stranger_whom_it_was_left_with(
    nursery: trio.Nursery,
) -> None:
    """Who has no name is known by the session alone: another stranger would see no history."""
    said = Said("person", "soy yo")
    bench = Bench(nursery, history=History([Entry(0, "stranger:1", said)]))
    bench.start(Origin.REMEMBERED)
    robot = await bench.robot(last_seq=0)
    await robot.asks("¿te acuerdas?")
    call = await bench.brain.called(1)
    assert call.request.history == (said,)
