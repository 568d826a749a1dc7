"""A whole acquaintance by `tools/sim_client.py`: met, remembered over a restart, forgotten.

The server is a process of its own with the rehearsal for a model, as a newcomer has it. What is
looked for is looked for on the disk: in every file of the data folder, the database's log included,
while the server runs.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import orjson
import trio

from tests.e2e.processes import KEY, Process, serving
from tests.e2e.robots import PATIENCE

SIM_CLIENT = Path(__file__).parents[2] / "tools" / "sim_client.py"
REHEARSAL = {"GEMINI_API_KEY": "", "LEARN_AFTER_S": "0.1"}

LIKE = "ajedrez"
SECRETS = ("dragon99rojo", "embarazada", "4821", "ocho dos uno")


async def sim_client(server: Process, *arguments: str) -> list[dict[str, Any]]:
    """Run the robot of the terminal; return the messages that it was sent."""
    url = f"ws://127.0.0.1:{server.port}/ws/interact"
    command = [sys.executable, str(SIM_CLIENT), "--url", url, "--key", KEY, "--json", *arguments]
    with trio.fail_after(PATIENCE):
        done = await trio.run_process(command, capture_stdout=True, stdin=subprocess.DEVNULL)
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def spoken(messages: list[dict[str, Any]]) -> str:
    return "".join(m["text"] for m in messages if m.get("type") == "text_chunk")


def app_of(server: Process) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}", headers={"X-API-Key": KEY}, trust_env=False
    )


async def memories_of(server: Process, person_id: str) -> list[str]:
    async with app_of(server) as app:
        answer = (await app.get(f"/api/users/{person_id}/memory")).json()
    return [memory["content"] for memory in answer["memories"]]


async def is_nobody(server: Process, person_id: str) -> bool:
    async with app_of(server) as app:
        answer = await app.get(f"/api/users/{person_id}/memory")
    code: int = answer.json()["code"]
    return code == 4001


async def wait_remembered(server: Process, person_id: str, what: str) -> None:
    with trio.fail_after(PATIENCE):
        while not any(what in memory for memory in await memories_of(server, person_id)):  # noqa: ASYNC110 - another process
            await trio.sleep(0.05)


def found_on_disk(folder: Path, words: str) -> list[str]:
    """Return the files that hold `words`, in any case."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if words.encode() in path.read_bytes().lower()]


async def test_stranger_is_met_remembered_over_a_restart_and_forgotten(tmp_path: Path) -> None:
    async with serving(tmp_path, "http://127.0.0.1:9", **REHEARSAL) as server:
        messages = await sim_client(
            server,
            *("--say", "Hola"),
            *("--say", f"Me encanta el {LIKE}"),
            *("--say", "Mi contraseña es dragon99rojo"),
            *("--say", "Mi hermana está embarazada, no se lo digas a nadie"),
            *("--say", "Me llamo Ana"),
            *("--say", "y mi pin es cuatro ocho dos uno"),
        )
        (registered,) = [m for m in messages if m["type"] == "user_registered"]
        person_id = registered["user_id"]
        await wait_remembered(server, person_id, LIKE)
        assert await server.terminate() == 0
    async with serving(tmp_path, "http://127.0.0.1:9", **REHEARSAL) as server:
        words = spoken(await sim_client(server, "--user", person_id, "--say", "Hola"))
        assert "Ana" in words
        assert LIKE in words
        assert found_on_disk(tmp_path, LIKE)
        assert [found_on_disk(tmp_path, secret) for secret in SECRETS] == [[]] * len(SECRETS)
        await sim_client(server, "--user", person_id, "--say", "Olvida todo lo que sabes de mí")
        assert await is_nobody(server, person_id)
        assert found_on_disk(tmp_path, LIKE) == []
        words = spoken(await sim_client(server, "--user", person_id, "--say", "¿Qué me gusta?"))
        assert LIKE not in words
        assert "Ana" not in words


async def test_what_was_said_before_a_kill_is_learned_after_it(tmp_path: Path) -> None:
    """Nothing was asked of the model yet, for it waits an hour; the turn is not lost to memory."""
    slow = REHEARSAL | {"LEARN_AFTER_S": "3600"}
    async with serving(tmp_path, "http://127.0.0.1:9", **slow) as server:
        messages = await sim_client(server, "--say", "Me llamo Ana", "--say", f"Me gusta el {LIKE}")
        (registered,) = [m for m in messages if m["type"] == "user_registered"]
        person_id = registered["user_id"]
        assert await memories_of(server, person_id) == []
        await server.kill()
    async with serving(tmp_path, "http://127.0.0.1:9", **slow) as server:
        await wait_remembered(server, person_id, LIKE)
