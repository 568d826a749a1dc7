"""Interruption (protocol.md §6) at every moment of a turn: what ends, is said, is kept."""

from typing import Any

import pytest
import trio
import trio.testing

from robi.protocol.messages import (
    Audio,
    AudioEnd,
    ClientMessage,
    Image,
    InteractionStart,
    Interrupt,
    Multimodal,
    Text,
    Video,
)
from robi.store.base import AmendHistory
from tests.actors.bench import Bench, Robot

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
MP4 = (24).to_bytes(4, "big") + b"ftypisom" + bytes(12)


async def interrupted_end(robot: Robot, request_id: str = "r1") -> list[dict[str, Any]]:
    """Hear the turn out; its last message must say that it was cut, under its own id."""
    messages = await robot.hears_turn()
    assert messages[-1]["type"] == "stream_end"
    assert messages[-1]["interrupted"] is True
    assert {message["request_id"] for message in messages} == {request_id}
    return messages


async def test_interrupt_before_the_first_byte_closes_the_call(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    await robot.says(Interrupt("r1"))
    assert call.closed.is_set()
    assert len(await interrupted_end(robot)) == 1
    assert bench.heard() == [("person", "hola", False)]


async def test_interrupt_between_emotion_and_text_keeps_no_answer(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    call.write("[emotion:happy]")
    assert (await robot.hears())["type"] == "emotion"
    await robot.says(Interrupt("r1"))
    assert call.closed.is_set()
    await interrupted_end(robot)
    assert bench.heard() == [("person", "hola", False)]


async def test_interrupt_in_mid_stream_keeps_what_was_sent_as_cut_off(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    call.write("[emotion:happy] Uno,", " dos,")
    for _ in range(3):
        await robot.hears()
    call.write(" tres,")  # thought, and not sent any more
    await robot.says(Interrupt("r1"))
    messages = await interrupted_end(robot)
    assert len(messages) == 1
    assert bench.heard() == [("person", "cuenta", False), ("robot", "Uno, dos,", True)]


async def test_interrupt_with_spoken_chars_keeps_what_was_spoken(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    call.write("[emotion:happy] 𠮷 uno,", " dos,")
    for _ in range(3):
        await robot.hears()
    await robot.says(Interrupt("r1", spoken_chars=6))  # the rare letter counts two
    await interrupted_end(robot)
    assert bench.heard()[-1] == ("robot", "𠮷 uno", True)


async def test_interrupt_during_recall_ends_the_turn(bench: Bench) -> None:
    bench.recalling = trio.sleep_forever
    robot = await bench.robot()
    await robot.says(InteractionStart("i", "user_ana"))
    await robot.asks("hola")
    await robot.says(Interrupt("r1"))
    assert len(await interrupted_end(robot)) == 1
    assert bench.brain.calls == []


async def test_interrupt_after_the_last_text_before_the_terminal_was_written(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    call = await bench.brain.called(1)
    call.write("[emotion:happy] Hola,")
    for _ in range(2):
        await robot.hears()
    call.answer(" y adiós")
    await trio.testing.wait_all_tasks_blocked()  # the turn has ended, its words wait for the link
    await robot.says(Interrupt("r1"))
    messages = await interrupted_end(robot)
    assert [message["type"] for message in messages] == ["stream_end"]
    assert bench.heard()[-1] == ("robot", "Hola,", True)


async def test_interrupt_twice_ends_the_turn_once(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    await bench.brain.called(1)
    await robot.says(Interrupt("r1"), Interrupt("r1"))
    await interrupted_end(robot)
    await robot.asks("otra", "r2")
    (await bench.brain.called(2)).answer("Otra")
    assert {message["request_id"] for message in await robot.hears_turn()} == {"r2"}


async def test_interrupt_with_an_id_of_its_own_ends_the_running_turn(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    await bench.brain.called(1)
    await robot.says(Interrupt("another"))
    await interrupted_end(robot)


async def test_interrupt_with_nothing_running_is_not_answered(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(Interrupt("r0"))
    await robot.asks("hola")
    (await bench.brain.called(1)).answer("Hola")
    assert {message["request_id"] for message in await robot.hears_turn()} == {"r1"}


async def test_late_interrupt_shortens_the_answer_that_was_still_being_spoken(
    bench: Bench,
) -> None:
    """The stream is over long before the phone has spoken it: the usual barge-in."""
    robot = await bench.robot()
    await robot.asks("cuenta")
    (await bench.brain.called(1)).answer("[emotion:happy] Uno, dos, tres")
    await robot.hears_turn()
    await robot.says(Interrupt("r1", spoken_chars=8))
    assert bench.heard()[-1] == ("robot", "Uno, dos", True)
    amended = [write for write in bench.written() if isinstance(write, AmendHistory)]
    assert [(write.index, write.content, write.cut_off) for write in amended] == [
        (1, "Uno, dos", True)
    ]


async def test_late_interrupt_of_a_past_turn_leaves_the_running_one_alone(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    (await bench.brain.called(1)).answer("Uno, dos, tres")
    await robot.hears_turn()
    await robot.asks("otra", "r2")
    call = await bench.brain.called(2)
    await robot.says(Interrupt("r1", spoken_chars=3))
    assert not call.closed.is_set()
    call.answer("Otra")
    assert "interrupted" not in (await robot.hears_turn())[-1]
    await trio.testing.wait_all_tasks_blocked()
    assert bench.heard() == [
        ("person", "cuenta", False),
        ("robot", "Uno", True),
        ("person", "otra", False),
        ("robot", "Otra", False),
    ]


@pytest.mark.parametrize(
    "utterance",
    [
        [Text("r2", "para")],
        [Audio(WAV), AudioEnd("r2")],
        [Image("r2", "context", JPEG)],
        [Video("r2", 1000, MP4)],
        [Multimodal("r2", text="para")],
        [InteractionStart("i", "unknown"), Text("r2", "para")],
    ],
    ids=lambda messages: type(messages[-1]).__name__ + str(len(messages)),
)
async def test_new_utterance_ends_the_turn_and_then_begins_its_own(
    bench: Bench, utterance: list[ClientMessage]
) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    first = await bench.brain.called(1)
    first.write("[emotion:happy] Uno,")
    for _ in range(2):
        await robot.hears()
    await robot.says(*utterance)
    assert first.closed.is_set()
    second = await bench.brain.called(2)
    assert [(s.text, s.cut_off) for s in second.request.history] == [
        ("cuenta", False),
        ("Uno,", True),
    ]
    second.answer("Vale")
    await interrupted_end(robot)
    assert {message["request_id"] for message in await robot.hears_turn()} == {"r2"}


async def test_interaction_start_ends_the_turn(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    await robot.says(InteractionStart("i", "user_ana"))
    assert call.closed.is_set()
    await interrupted_end(robot)


async def test_audio_alone_ends_no_turn(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    await robot.says(Audio(WAV))
    assert not call.closed.is_set()


async def test_utterances_in_a_burst_each_get_their_end_in_order(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.says(*[Text(f"r{n}", "hola") for n in range(1, 6)])
    for number in range(1, 5):
        await interrupted_end(robot, f"r{number}")
    bench.brain.calls[-1].answer("Hola")
    last = await robot.hears_turn()
    assert last[-1]["request_id"] == "r5"
    assert "interrupted" not in last[-1]


async def test_utterance_of_no_use_ends_the_turn_and_is_told(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    await robot.says(AudioEnd("r2"))
    assert call.closed.is_set()
    await interrupted_end(robot)
    assert (await robot.hears())["error_code"] == "EMPTY_AUDIO"


async def test_robot_that_leaves_for_good_ends_the_turn(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    await robot.leaves(for_good=True)
    assert call.closed.is_set()


async def test_robot_whose_link_drops_is_answered_on(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    await robot.leaves()
    assert not call.closed.is_set()


async def test_person_cut_in_is_in_the_history_before_their_next_words(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("uno")
    await bench.brain.called(1)
    await robot.asks("dos", "r2")
    history = (await bench.brain.called(2)).request.history
    assert [said.text for said in history] == ["uno"]
