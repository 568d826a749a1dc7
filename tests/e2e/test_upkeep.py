"""The shell beside a running server: a person is exported, backed up, and then forgotten by it."""

import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import orjson
import trio

from tests.e2e.processes import KEY, Process, serving
from tests.e2e.robots import PATIENCE, connect
from tools.gemini_stub import GeminiStub, Reply, Script

ANA = "user_ana_1f3c9a"
SEEN = {
    "type": "interaction_start",
    "request_id": "i",
    "user_id": ANA,
    "face_recognized": True,
    "face_confidence": 0.9,
    "face_embedding": b64encode(bytes(512)).decode(),
    "context": {"location": "", "battery_level": 80, "sensors": {}},
}


async def robi(folder: Path, process: Process, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Say something to the command, with the settings of the server."""
    environ = {
        "PATH": os.defpath,
        "DATA_DIR": os.fspath(folder),
        "PORT": str(process.port),
        "API_KEY": KEY,
    }
    return await trio.to_thread.run_sync(
        lambda: subprocess.run(
            [sys.executable, "-m", "robi.cli", *arguments],
            env=environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    )


async def all_written(folder: Path, process: Process) -> bool:
    """Return whether the person is there, with a face and both sides of the conversation."""
    exported = await robi(folder, process, "export", ANA)
    if exported.returncode:
        return False
    told = orjson.loads(exported.stdout)
    return bool(told["person"]) and (len(told["faces"]), len(told["history"])) == (1, 2)


async def test_person_is_exported_and_forgotten_while_the_server_runs(tmp_path: Path) -> None:
    async with trio.open_nursery() as nursery:
        model_url = await GeminiStub(Script((), Reply())).serve(nursery)
        async with (
            serving(tmp_path, model_url) as process,
            connect(f"ws://127.0.0.1:{process.port}/ws/interact") as robot,
        ):
            await robot.authenticate(KEY)
            await robot.sends(SEEN, {"type": "text", "request_id": "r1", "content": "hola"})
            await robot.hears_turn()
            with trio.fail_after(PATIENCE):
                while not await all_written(tmp_path, process):  # noqa: ASYNC110 - its disk
                    await trio.sleep(0.05)
            assert (await robi(tmp_path, process, "backup")).returncode == 0
            forgotten = await robi(tmp_path, process, "forget", ANA, "--yes", "--json")
            receipt = orjson.loads(forgotten.stdout)
            again = await robi(tmp_path, process, "forget", ANA, "--yes")
            refused = await robi(tmp_path, process, "restore", os.fspath(tmp_path / "robi.db"))
        nursery.cancel_scope.cancel()
    assert (forgotten.returncode, receipt["people"], receipt["faces"]) == (0, 1, 1)
    assert receipt["history"] == 2
    assert "Backups made before still hold that person" in forgotten.stderr
    assert (again.returncode, again.stdout) == (1, "")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "another server works in" in refused.stderr
