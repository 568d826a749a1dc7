"""A server of one's own to talk with, and the stub of a model behind it, for as long as a run.

Owns both processes and their folder, of which nothing is left. The server runs as in production;
the stub knows what the scenarios ask, and answers anything else by repeating it, at the pace of a
small model.

    python -m tools.sim.here SCENARIO…       the stub alone: prints its URL
"""

import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import orjson
import trio
from attrs import field, frozen

from tools.gemini_stub import GeminiStub, Reply
from tools.sim.scenario import find_scenario, stub_script

PACE: Final = Reply(first_delay_ms=300, chunk_delay_ms=40)
"""When the first words of a model come, and each further one: as of a small one that is near."""

_ROOT: Final = Path(__file__).resolve().parents[2]
_FORGETS_EVERY_S: Final = 10.0
_STARTS_WITHIN_S: Final = 30.0
_STOPS_WITHIN_S: Final = 30.0
_LOOK_S: Final = 0.05


class NotStarted(Exception):
    """The stub or the server did not start; the message is what it said last."""


@frozen
class Site:
    """A server that listens, and its process."""

    url: str
    api_key: str = field(repr=False)
    pid: int


@asynccontextmanager
async def site(scenarios: Iterable[str], robots: int) -> AsyncIterator[Site]:
    """Run a stub for `scenarios` and a server for so many robots; give the server.

    Raises:
        NotStarted: one of them did not.
    """
    key = secrets.token_urlsafe(24)
    with TemporaryDirectory(prefix="robi-") as name:
        folder = Path(name)
        async with trio.open_nursery() as nursery:
            stub = partial(_running, ["tools.sim.here", *scenarios], folder, {})
            log = folder / "log.jsonl"
            model: trio.Process = await nursery.start(stub)
            environ = {
                "ENVIRONMENT": "production",
                "API_KEY": key,
                "PORT": "0",
                "BRAIN": "gemini",
                "GEMINI_API_KEY": "stub",
                "GOOGLE_GEMINI_BASE_URL": await _first_line(model, folder),
                "DATA_DIR": os.fspath(folder / "data"),
                "LOG_FILE": os.fspath(log),
                "DRAIN_TIMEOUT_S": "1",
                # Those who leave are parked for a minute: their places come on top.
                "MAX_SESSIONS": str(robots * 20),
                "MAX_UNAUTHENTICATED_PER_ADDRESS": str(max(robots, 250)),
                "BRAIN_MAX_CALLS": str(max(robots, 256)),
            }
            server = partial(_running, ["robi.cli", "serve"], folder, environ)
            process: trio.Process = await nursery.start(server)
            port = await _port(process, log, folder)
            yield Site(f"ws://127.0.0.1:{port}/ws/interact", key, process.pid)
            nursery.cancel_scope.cancel()


async def _running(
    module: list[str],
    folder: Path,
    environ: Mapping[str, str],
    *,
    task_status: trio.TaskStatus[trio.Process],
) -> None:
    """Run a module of ours; when cancelled it is asked to stop, and made to if it does not."""
    with _errors(folder, module[0]).open("wb") as errors:
        await trio.run_process(
            [sys.executable, "-m", *module],
            cwd=_ROOT,
            env={"PATH": os.defpath, "PYTHONUTF8": "1", **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            check=False,
            start_new_session=True,  # Ctrl-C is for the run, which then ends these
            deliver_cancel=_stop,
            task_status=task_status,
        )


async def _stop(process: trio.Process) -> None:
    process.terminate()
    await trio.sleep(_STOPS_WITHIN_S)
    process.kill()


async def _first_line(process: trio.Process, folder: Path) -> str:
    line = b""
    with trio.move_on_after(_STARTS_WITHIN_S):
        while process.stdout is not None and not line.endswith(b"\n"):
            if not (piece := await process.stdout.receive_some()):
                break
            line += piece
    if not line.endswith(b"\n"):
        raise _failed(folder, "tools.sim.here")
    return line.decode().strip()


async def _port(process: trio.Process, log: Path, folder: Path) -> int:
    """Wait until the server listens; return where."""
    with trio.move_on_after(_STARTS_WITHIN_S):
        while process.returncode is None:
            if (port := _listening(log)) is not None:
                return port
            await trio.sleep(_LOOK_S)
    raise _failed(folder, "robi.cli")


def _listening(log: Path) -> int | None:
    """Return the port on which a server listens, by its log."""
    lines = log.read_bytes().splitlines(keepends=True) if log.exists() else []
    entries = (orjson.loads(line) for line in lines if line.endswith(b"\n"))
    return next((int(one["port"]) for one in entries if one["event"] == "listening"), None)


def _errors(folder: Path, module: str) -> Path:
    return folder / f"{module}.err"


def _failed(folder: Path, module: str) -> NotStarted:
    said = _errors(folder, module).read_text(encoding="utf-8", errors="replace").strip()
    return NotStarted(f"{module} did not start\n{said}".strip())


async def _serve(names: Iterable[str]) -> None:
    stub = GeminiStub(stub_script(map(find_scenario, names), PACE))
    async with trio.open_nursery() as nursery:
        print(await stub.serve(nursery), flush=True)
        while True:  # in a soak of hours a million questions are asked, which nobody looks at here
            await trio.sleep(_FORGETS_EVERY_S)
            stub.requests.clear()
            stub.calls.clear()


if __name__ == "__main__":
    trio.run(_serve, sys.argv[1:])
