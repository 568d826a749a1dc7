"""Whole flows with the rehearsal brain, as a robot without a model key lives them."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio

from tests.e2e.conftest import KEY, Site, open_site
from tests.e2e.robots import Robot

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(64)).decode()
FACE = base64.b64encode(bytes(128 * 4)).decode()


def start(person_id: str, **fields: object) -> dict[str, Any]:
    return {
        "type": "interaction_start",
        "request_id": "i",
        "person_id": person_id,
        "face_recognized": person_id != "unknown",
        "face_confidence": None,
        "context": {},
        **fields,
    }


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


def text_of(messages: list[dict[str, Any]]) -> str:
    return "".join(message["text"] for message in messages if message["type"] == "text_chunk")


@pytest.fixture
async def rehearsal(tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(tmp_path, GEMINI_API_KEY="") as site:
        yield site


async def meet(robot: Robot) -> str:
    """Meet Ana; return her id."""
    await robot.sends(start("unknown", face_embedding=FACE))
    await robot.sends(
        {"type": "image", "request_id": "m1", "purpose": "registration", "data": JPEG}
    )
    assert "?" in text_of(await robot.hears_turn())
    messages = await robot.asks("me llamo Ana", "m2")
    registered = messages[-3]
    assert registered["type"] == "person_registered"
    assert (registered["name"], messages[-2]["person_name"]) == ("Ana", "Ana")
    return str(registered["person_id"])


async def test_stranger_is_asked_for_a_name_and_registered_by_it(rehearsal: Site) -> None:
    async with rehearsal.robot() as robot:
        person_id = await meet(robot)
    assert person_id.startswith("user_ana_")
    assert len(person_id) == len("user_ana_") + 6


async def test_stranger_who_was_met_is_known_after_a_restart(tmp_path: Path) -> None:
    async with open_site(tmp_path, GEMINI_API_KEY="") as site, site.robot() as robot:
        person_id = await meet(robot)
        await robot.asks("me gusta el té", "m3")
    async with open_site(tmp_path, GEMINI_API_KEY="") as site, site.robot() as robot:
        await robot.sends(
            {
                "type": "person_detected",
                "request_id": "p",
                "known": True,
                "person_id": person_id,
                "confidence": 0.9,
            }
        )
        assert "Ana" in text_of(await robot.hears_turn())
        await learned(site, person_id)  # what was not learned before the stop is now
        assert "té" in text_of(await robot.asks("¿qué me gusta?", "r2"))


async def test_robot_asks_for_a_photo_and_answers_it_under_the_same_id(rehearsal: Site) -> None:
    async with rehearsal.robot() as robot:
        asked = await robot.asks("mira esto", "c1")
        assert kinds(asked)[-3:] == ["capture_request", "response_meta", "stream_end"]
        await robot.sends({"type": "image", "request_id": "c1", "purpose": "context", "data": JPEG})
        answered = await robot.hears_turn()
    assert answered[-1]["type"] == "stream_end"
    assert {message["request_id"] for message in answered} == {"c1"}


async def test_robot_asks_for_a_video_with_its_length(rehearsal: Site) -> None:
    async with rehearsal.robot() as robot:
        messages = await robot.asks("graba un vídeo", "c1")
    request = next(message for message in messages if message["type"] == "capture_request")
    assert (request["capture_type"], request["duration_ms"]) == ("video", 5_000)


async def learned(site: Site, person_id: str) -> None:
    """Wait until something is remembered of that person."""
    headers = {"X-API-Key": KEY}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as app:
        known = f"{site.http}/api/users/{person_id}/memory"
        with trio.fail_after(20):
            while not (await app.get(known)).json()["memories"]:  # noqa: ASYNC110 - over a socket
                await trio.sleep(0.01)
