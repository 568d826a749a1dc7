"""A robot talks: text, speech and pictures through real sockets to the model and back."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest
import trio

from tests.e2e.conftest import Site, open_site
from tests.e2e.robots import connect
from tools.gemini_stub import Reply

FRAME = 4096
ENCODERS = {
    "aac": ["-c:a", "aac", "-f", "adts"],
    "ogg": ["-c:a", "libopus"],
    "webm": ["-c:a", "libopus"],
}
MIMES = {"wav": "audio/wav", "aac": "audio/aac", "ogg": "audio/ogg", "webm": "audio/webm"}

START = {
    "type": "interaction_start",
    "request_id": "i",
    "user_id": "unknown",
    "face_recognized": False,
    "face_confidence": None,
    "context": {"location": "salón", "battery_level": 80, "sensors": {}},
}


def run(command: str, *arguments: str) -> None:
    subprocess.run([shutil.which(command) or command, *arguments], check=True)


def inline_parts(request: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        part["inline_data"]
        for content in request["contents"]
        for part in content["parts"]
        if "inline_data" in part
    ]


async def test_text_turn_streams_as_many_texts_as_the_model_sent(tmp_path: Path) -> None:
    reply = Reply(chunks=("[emotion:excited]Uno,", " dos,", " tres,", " ¡cuatro!"))
    async with open_site(tmp_path, reply) as site, site.robot() as robot:
        messages = await robot.asks("cuenta")
    kinds = [message["type"] for message in messages]
    assert kinds == ["emotion"] + ["text_chunk"] * 4 + ["response_meta", "stream_end"]
    assert messages[0]["emotion"] == "excited"


async def test_text_turn_asks_with_system_instruction_and_history(site: Site) -> None:
    async with site.robot() as robot:
        await robot.asks("uno", "r1")
        await robot.asks("dos", "r2")
    request = site.stub.requests[-1]
    assert request["system"]
    contents = cast("list[dict[str, Any]]", request["contents"])
    assert [content["role"] for content in contents] == ["user", "model", "user"]


async def test_emotion_comes_before_the_first_text_is_thought(tmp_path: Path) -> None:
    reply = Reply(chunks=("[emotion:sad]", "Adiós"), stall_after=1)
    async with open_site(tmp_path, reply) as site, site.robot() as robot:
        await robot.sends({"type": "text", "request_id": "r1", "content": "adiós"})
        assert (await robot.hears())["emotion"] == "sad"


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded voice, if this machine has one to record."""
    if not (shutil.which("espeak-ng") and shutil.which("ffmpeg")):
        pytest.skip("needs espeak-ng and ffmpeg")
    folder = tmp_path_factory.mktemp("speech")
    words = "Hola Robi, ¿qué tiempo hace hoy en la calle?"
    run("espeak-ng", "-v", "es", "-w", str(folder / "out.wav"), words)
    for kind, options in ENCODERS.items():
        source, encoded = str(folder / "out.wav"), str(folder / f"out.{kind}")
        run("ffmpeg", "-v", "error", "-i", source, *options, encoded)
    return folder


@pytest.mark.parametrize("kind", MIMES)
async def test_speech_file_in_frames_reaches_the_model_byte_for_byte(
    site: Site, speech: Path, kind: str
) -> None:
    audio = (speech / f"out.{kind}").read_bytes()
    async with site.robot() as robot:
        await robot.sends(START)
        for at in range(0, len(audio), FRAME):
            await robot.sends(audio[at : at + FRAME])
        await robot.sends({"type": "audio_end", "request_id": "r1"})
        messages = await robot.hears_turn()
    assert messages[-1]["type"] == "stream_end"
    (part,) = inline_parts(site.stub.requests[-1])
    assert part["mime"] == MIMES[kind]
    assert part["sha256"] == hashlib.sha256(audio).hexdigest()
    assert part["size"] == len(audio)


async def test_key_in_the_header_of_the_upgrade_lets_a_robot_in(site: Site) -> None:
    async with connect(site.url, {"X-API-Key": "a-key-for-tests-only"}) as robot:
        answer = await robot.authenticate(None)
    assert (answer["type"], answer["protocol"], answer["resumed"]) == ("auth_ok", "1.4", False)


def letters(number: int) -> str:
    """Return a word for a number: digits would be read as one."""
    return "zo" + str(number).translate(str.maketrans("0123456789", "abcdefghij"))


async def test_two_hundred_robots_hold_ten_turns_each_with_nothing_lost_or_crossed(
    site: Site,
) -> None:
    """Each robot's words are its own, and the stub repeats what it is asked."""

    async def converse(number: int) -> None:
        async with site.robot(device_id=f"robot-{number}") as robot:
            robot.seen.clear()
            for turn in range(10):
                words = f"robot {letters(number)} turno {letters(turn)}"
                messages = await robot.asks(words, f"{number}-{turn}")
                meta = messages[-2]
                assert meta["response_text"] == words
                assert {message["request_id"] for message in messages} == {f"{number}-{turn}"}
                texts = [message["text"] for message in messages if message["type"] == "text_chunk"]
                assert "".join(texts) == words
            assert [message["seq"] for message in robot.seen] == list(range(1, len(robot.seen) + 1))
            done.append(number)

    done: list[int] = []
    with trio.fail_after(240):
        async with trio.open_nursery() as nursery:
            for number in range(200):
                nursery.start_soon(converse, number)
    assert sorted(done) == list(range(200))
