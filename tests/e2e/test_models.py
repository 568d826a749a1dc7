"""Other models behind the same robot: one over OpenAI's protocol, and two of which one answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from robi.protocol.media import wrap_pcm
from robi.protocol.messages import AudioFormat
from tests.e2e.conftest import Site, open_site
from tests.e2e.robots import Robot
from tools.gemini_stub import Reply
from tools.openai_stub import OpenAIStub, Script

SOUND = wrap_pcm(bytes(3200), AudioFormat("pcm_s16le", 16_000, 1))
DEAF = Reply(error="500", message="audio input is not supported - hint: provide the mmproj")


@asynccontextmanager
async def open_both(
    folder: Path, brain: str, gemini: Reply, openai: Reply
) -> AsyncIterator[tuple[Site, OpenAIStub]]:
    """Run a server that may ask two models."""
    async with trio.open_nursery() as nursery:
        stub = OpenAIStub(Script((), openai))
        url = await stub.serve(nursery)
        async with open_site(
            folder,
            default=gemini,
            BRAIN=brain,
            OPENAI_BASE_URL=f"{url}/v1",
            OPENAI_MODEL="llama",
        ) as site:
            yield site, stub
        nursery.cancel_scope.cancel()


def said(messages: list[dict[str, Any]]) -> str:
    return "".join(m["text"] for m in messages if m["type"] == "text_chunk")


async def speaks(robot: Robot) -> list[dict[str, Any]]:
    """Say something; return what comes of it."""
    await robot.sends(SOUND)
    await robot.sends({"type": "audio_end", "request_id": "a"})
    return await robot.hears_turn()


async def test_robot_talks_with_a_model_of_openais_protocol(tmp_path: Path) -> None:
    reply = Reply(chunks=("[emotion:happy]Hola", ", soy Robi."))
    async with open_both(tmp_path, "openai", Reply(), reply) as (site, stub), site.robot() as robot:
        messages = await robot.asks("hola")
    assert said(messages) == "Hola, soy Robi."
    assert messages[-1]["type"] == "stream_end"
    assert (len(stub.requests), len(site.stub.requests)) == (1, 0)


async def test_robot_whose_model_cannot_hear_says_so_and_goes_on(tmp_path: Path) -> None:
    async with open_both(tmp_path, "openai", Reply(), DEAF) as (site, stub), site.robot() as robot:
        error = (await speaks(robot))[-1]
        stub.script = Script((), Reply(text="[emotion:happy]Hola."))
        assert said(await robot.asks("hola", "r2")) == "Hola."
    assert (error["type"], error["error_code"]) == ("error", "UNSUPPORTED_FILE_FORMAT")
    assert error["message"].startswith("Ahora mismo no puedo entender lo que oigo.")


async def test_sound_that_one_model_cannot_hear_is_heard_by_the_next(tmp_path: Path) -> None:
    reply = Reply(text="[emotion:happy]Te oigo.")
    async with (
        open_both(tmp_path, "openai,gemini", reply, DEAF) as (site, _),
        site.robot() as robot,
    ):
        messages = await speaks(robot)
    assert said(messages) == "Te oigo."


@pytest.mark.parametrize("error", ["403", "429", "500", "html", "empty", "page"])
async def test_robot_whose_model_is_unavailable_is_answered_by_the_next(
    tmp_path: Path, error: str
) -> None:
    reply = Reply(text="[emotion:happy]Aquí estoy.")
    async with open_both(tmp_path, "gemini,openai", Reply(error=error), reply) as (site, stub):
        async with site.robot() as robot:
            messages = await robot.asks("hola")
        assert said(messages) == "Aquí estoy."
        assert (len(site.stub.requests), len(stub.requests)) == (1, 1)


async def test_robot_is_who_the_persona_file_says(tmp_path: Path) -> None:
    persona = tmp_path / "persona.md"
    persona.write_text(
        "Eres $robot_name, una tortuga que habla en verso por 5 $.", encoding="utf-8"
    )
    async with (
        open_site(tmp_path, PERSONA_FILE=str(persona), ROBOT_NAME="Manuelita") as site,
        site.robot() as robot,
    ):
        await robot.asks("hola")
        asked: Any = site.stub.requests[-1]
    assert asked["system"]["parts"][0]["text"].startswith(
        "Eres Manuelita, una tortuga que habla en verso por 5 $.\n\n# Cómo escribes"
    )
