"""Timers of a whole server: set by a tool, spoken of by the robot, over `kill -9` too.

The rehearsal is the model, so that the tools are called as a newcomer sees it.
"""

from pathlib import Path
from typing import Any

import trio

from robi.upkeep.exporting import export
from tests.e2e.conftest import open_site
from tests.e2e.processes import KEY, Process, serving
from tests.e2e.robots import PATIENCE, Robot, connect

NOWHERE = "http://127.0.0.1:9"
ANA = "user_ana_1f3c9a"


def spoken(messages: list[dict[str, Any]]) -> str:
    return "".join(m["text"] for m in messages if m["type"] == "text_chunk")


async def says(robot: Robot, content: str, request_id: str) -> str:
    await robot.sends(
        {"type": "text", "request_id": request_id, "content": content, "user_id": ANA}
    )
    return spoken(await robot.hears_turn())


async def test_timer_is_set_by_a_tool_and_rings_by_itself(tmp_path: Path) -> None:
    async with (
        open_site(tmp_path, GEMINI_API_KEY="") as site,
        site.robot(device_id="kitchen") as robot,
    ):
        assert "un segundo" in await says(robot, "pon un temporizador de un segundo", "r1")
        with trio.fail_after(PATIENCE):
            turn = await robot.hears_turn()
    assert {message["request_id"][:4] for message in turn} == {"due_"}
    assert turn[0]["type"] == "emotion"
    assert spoken(turn) == "Ha terminado un temporizador."


async def test_sum_and_time_are_told_by_tools(tmp_path: Path) -> None:
    async with open_site(tmp_path, GEMINI_API_KEY="") as site, site.robot() as robot:
        assert "ochenta y cuatro" in await says(robot, "¿Cuánto es 12 por 7?", "r1")
        assert "la" in await says(robot, "¿Qué hora es?", "r2")


async def test_reminder_outlives_a_kill_and_is_told_when_its_robot_is_back(tmp_path: Path) -> None:
    label = "sacar la pizza"
    async with (
        serving(tmp_path, NOWHERE, GEMINI_API_KEY="") as server,
        connect(_url(server)) as robot,
    ):
        await robot.authenticate(KEY, device_id="kitchen")
        assert label in await says(robot, f"recuérdame {label} en 2 segundos", "r1")
        with trio.fail_after(PATIENCE):
            while not export(tmp_path / "robi.db", ANA)["reminders"]:  # noqa: ASYNC110 - another process
                await trio.sleep(0.05)
        await server.kill()
    async with (
        serving(tmp_path, NOWHERE, GEMINI_API_KEY="") as server,
        connect(_url(server)) as robot,
    ):
        await robot.authenticate(KEY, device_id="kitchen")
        await says(robot, "hola", "r3")
        with trio.fail_after(PATIENCE):
            turn = await robot.hears_turn()
    assert label in spoken(turn)
    assert export(tmp_path / "robi.db", ANA)["reminders"] == []


async def test_reminder_of_a_robot_without_a_device_is_told_when_its_person_comes_again(
    tmp_path: Path,
) -> None:
    label = "sacar la pizza"
    async with open_site(tmp_path, GEMINI_API_KEY="") as site:
        async with site.robot() as robot:
            assert label in await says(robot, f"recuérdame {label} en 2 segundos", "r1")
        async with site.robot() as robot:
            await says(robot, "hola", "r1")
            with trio.fail_after(PATIENCE):
                turn = await robot.hears_turn()
    assert label in spoken(turn)


def _url(server: Process) -> str:
    return f"ws://127.0.0.1:{server.port}/ws/interact"
