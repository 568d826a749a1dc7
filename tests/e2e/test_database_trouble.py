"""The database fails under a whole server: conversations go on, and nothing said is lost.

`ROBI_LONG=1` lasts longer: each trouble is kept up for a quarter of a minute (docs/testing.md).
"""

import os
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    ExitStack,
    asynccontextmanager,
    closing,
    nullcontext,
)
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
from attrs import define, field

from tests.e2e import disks
from tests.e2e.processes import KEY, Process, serving
from tests.e2e.robots import PATIENCE, Robot, connect, spelled
from tools.gemini_stub import GeminiStub, Reply, Script

ROBOTS = 4
LASTS = 15.0 if os.environ.get("ROBI_LONG") == "1" else 0.0
"""Seconds for which trouble goes on after it was noticed, at least."""

Row = tuple[str, str]


@define(eq=False)
class Home:
    """A server with its database in `folder`, the robots of one home, and all that they said."""

    folder: Path
    process: Process
    robots: list[Robot] = field(factory=list)
    said: dict[str, list[Row]] = field(factory=dict)
    """Role and words, in their order, by session."""
    waited: dict[str, list[float]] = field(factory=dict)
    """Milliseconds from each question to the first text of its answer, by the time of telling."""

    @property
    def path(self) -> Path:
        return self.folder / "robi.db"

    async def health(self) -> str:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"http://127.0.0.1:{self.process.port}/api/health")
        return str(answer.json()["status"])

    async def wait_health(self, status: str) -> None:
        with trio.fail_after(2 * PATIENCE):
            while await self.health() != status:  # noqa: ASYNC110 - another process's mind
                await trio.sleep(0.05)

    async def talk(self, when: str) -> None:
        """Let every robot ask one thing, all at once, and hear the answer to its end."""
        with trio.fail_after(PATIENCE):
            async with trio.open_nursery() as nursery:
                for number, robot in enumerate(self.robots):
                    nursery.start_soon(self._ask, robot, f"user_ana{number}", when)

    async def _ask(self, robot: Robot, person_id: str, when: str) -> None:
        said = self.said.setdefault(robot.session_id, [])
        words = spelled(f"digo {len(said)} {when}")
        begun = trio.current_time()
        message = {"type": "text", "request_id": f"r{len(said)}", "content": words}
        await robot.sends({**message, "user_id": person_id})
        heard = [await robot.hears()]
        while heard[-1]["type"] != "text_chunk":
            heard.append(await robot.hears())
        self.waited.setdefault(when, []).append(1000 * (trio.current_time() - begun))
        heard += await robot.hears_turn()
        assert heard[-1]["type"] == "stream_end"
        assert "".join(m["text"] for m in heard if m["type"] == "text_chunk") == words
        said += [("person", words), ("robot", words)]

    def kept(self) -> dict[str, list[Row]]:
        """What is on the disk of what was said."""
        kept: dict[str, list[Row]] = {session_id: [] for session_id in self.said}
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            rows = db.execute(
                "SELECT session_id, role, content FROM conversation_history"
                ' ORDER BY session_id, "index"'
            )
            for session_id, role, content in rows:
                kept[session_id].append((role, content))
        return kept

    async def wait_kept(self) -> None:
        with trio.fail_after(2 * PATIENCE):
            while self.kept() != self.said:  # noqa: ASYNC110 - another process's disk
                await trio.sleep(0.05)

    def logged(self, *events: str) -> list[dict[str, Any]]:
        return [entry for entry in self.process.log if entry["event"] in events]

    def tell(self, trouble: str) -> None:
        """Say how long people waited: `-s` shows it."""
        for when, waited in self.waited.items():
            median, most = statistics.median(waited), max(waited)
            sys.stderr.write(
                f"\n{trouble}, {when}: first text after {median:.0f} ms, at most {most:.0f}; "
                f"{len(waited)} turns"
            )


@asynccontextmanager
async def at_home(folder: Path, before: Home | None = None) -> AsyncIterator[Home]:
    """Run a server whose database is in `folder`, and let some robots in, as `before`."""
    async with trio.open_nursery() as nursery:
        stub = GeminiStub(Script((), Reply()))
        model_url = await stub.serve(nursery)
        # What is compacted is not there word for word.
        async with serving(folder, model_url, CONVERSATION_COMPACTION_THRESHOLD="1000") as process:
            home = Home(folder, process)
            if before is not None:  # the same robots go on with the same sessions
                home.said = {session_id: list(said) for session_id, said in before.said.items()}
            for number in range(ROBOTS):
                robot = await nursery.start(_visit, process.port, number)
                home.robots.append(robot)
            yield home
            nursery.cancel_scope.cancel()


async def _visit(port: int, number: int, task_status: trio.TaskStatus[Robot]) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws/interact") as robot:
        await robot.authenticate(KEY, device_id=f"robot-{number}")
        task_status.started(robot)
        await trio.sleep_forever()


# ── trouble that passes ───────────────────────────────────────────────────────────────────


@define
class Full:
    """No byte is free."""

    reason = "SQLITE_FULL"

    def place(self, folder: Path) -> Any:
        return disks.small_disk(folder)

    @asynccontextmanager
    async def strike(self, home: Home) -> AsyncIterator[None]:
        with disks.full(home.folder):
            yield


@define
class Unwritable:
    """No file can be written."""

    reason = "SQLITE_IOERR_WRITE"

    def place(self, _folder: Path) -> Any:
        return nullcontext()

    @asynccontextmanager
    async def strike(self, home: Home) -> AsyncIterator[None]:
        with disks.unwritable(home.process.process.pid):
            yield


@define
class Unsynced:
    """The disk takes what it is given, and cannot keep it."""

    reason = "SQLITE_IOERR_FSYNC"

    def place(self, _folder: Path) -> Any:
        return nullcontext()

    def strike(self, home: Home) -> AbstractAsyncContextManager[None]:
        return disks.failing_sync(home.process.process.pid)


@define
class Locked:
    """Another program is in the middle of writing."""

    reason = "SQLITE_BUSY"

    def place(self, _folder: Path) -> Any:
        return nullcontext()

    @asynccontextmanager
    async def strike(self, home: Home) -> AsyncIterator[None]:
        with disks.locked(home.path):
            yield


Trouble = Full | Unwritable | Unsynced | Locked
TROUBLES = [Full(), Unwritable(), Unsynced(), Locked()]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: type(trouble).__name__.lower())
async def test_database_that_fails_stops_no_conversation_and_gets_all_of_it_later(
    trouble: Trouble, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    with trouble.place(folder):
        async with at_home(folder) as home:
            await home.talk("before")
            await home.wait_kept()
            kept_before = home.kept()
            async with trouble.strike(home):
                until = trio.current_time() + LASTS
                await home.talk("meanwhile")
                await home.wait_health("degraded")
                await home.talk("meanwhile")
                while trio.current_time() < until:
                    await trio.sleep(0.2)
                    await home.talk("meanwhile")
                assert await home.health() == "degraded"
                assert home.kept() == kept_before
            await home.wait_health("ok")
            await home.talk("after")
            await home.wait_kept()
            (degraded, recovered) = home.logged("store_degraded", "store_recovered")
            home.tell(type(trouble).__name__)
    assert (degraded["event"], degraded["reason"]) == ("store_degraded", trouble.reason)
    assert (recovered["event"], recovered["level"]) == ("store_recovered", "info")


async def test_server_starts_and_talks_while_another_program_holds_its_database(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path) as home:
        await home.talk("before")
        await home.wait_kept()
        assert await home.process.terminate() == 0
    with ExitStack() as lock:
        lock.enter_context(disks.locked(home.path))
        async with at_home(tmp_path, home) as later:
            await later.talk("meanwhile")
            await later.wait_health("degraded")
            await later.talk("meanwhile")
            assert later.kept() == home.said
            lock.close()
            await later.wait_health("ok")
            await later.wait_kept()


# ── a file that is damaged ────────────────────────────────────────────────────────────────


def garbled(path: Path) -> None:
    disks.scribble(path)


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def no_database(path: Path) -> None:
    path.write_bytes(b"a shopping list: milk, bread, oil" * 1000)


def robi(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Say something to the command, as whoever looks after the server."""
    return subprocess.run(
        [sys.executable, "-m", "robi.cli", *arguments],
        env={"PATH": os.defpath, "DATA_DIR": os.fspath(folder), "PORT": "0"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


async def talked_and_backed_up(folder: Path) -> tuple[Home, Path]:
    """Let people talk; return what they said, and a backup that was made meanwhile."""
    backup = folder / "kept.db"
    async with at_home(folder) as home:
        await home.talk("before")
        await home.wait_kept()
        made = await trio.to_thread.run_sync(robi, folder, "backup", os.fspath(backup))
        assert (made.returncode, made.stderr) == (0, "")
        assert await home.process.terminate() == 0
    return home, backup


@pytest.mark.parametrize("harm", [garbled, cut_short, no_database])
async def test_damaged_database_keeps_the_server_from_starting_until_it_is_restored(
    harm: Callable[[Path], None], tmp_path: Path
) -> None:
    home, backup = await talked_and_backed_up(tmp_path)
    harm(home.path)
    refused = robi(tmp_path, "serve")
    assert refused.returncode == 1
    assert "damaged or not a database" in refused.stderr
    assert "robi restore" in refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
    assert robi(tmp_path, "restore", os.fspath(backup)).returncode == 0
    assert home.kept() == home.said
    async with at_home(tmp_path, home) as later:
        await later.talk("after")
        await later.wait_kept()
        assert await later.health() == "ok"


async def test_damaged_database_that_has_a_backup_names_the_newest(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        assert await home.process.terminate() == 0
    assert robi(tmp_path, "backup").returncode == 0
    (backup,) = (tmp_path / "backups").iterdir()
    no_database(home.path)
    *_, hint = robi(tmp_path, "serve").stderr.splitlines()
    assert hint.endswith(f"robi restore {backup}")


async def test_database_damaged_under_a_running_server_stops_no_conversation(
    tmp_path: Path,
) -> None:
    home, backup = await talked_and_backed_up(tmp_path)
    async with at_home(tmp_path, home) as later:
        await later.talk("before")
        await later.wait_kept()
        disks.scribble(later.path)
        await later.talk("meanwhile")
        await later.wait_health("degraded")
        await later.talk("meanwhile")
        assert await later.health() == "degraded"
        (degraded,) = later.logged("store_degraded")
        later.tell("Damaged")
        await later.process.kill()
    assert degraded["reason"] in {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
    assert robi(tmp_path, "serve").returncode == 1
    assert robi(tmp_path, "restore", os.fspath(backup)).returncode == 0
    assert home.kept() == home.said
