"""`robi serve` as a process of its own: for signals and `kill -9`."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import trio
from attrs import field, frozen

from tests.e2e.robots import PATIENCE

KEY = "a-key-for-tests-only-of-some-length"


@frozen
class Process:
    """A server that listens."""

    process: trio.Process
    port: int
    log: list[dict[str, Any]] = field(factory=list)
    """What it has logged so far."""

    async def kill(self) -> None:
        """End it as a power cut would: it can do nothing any more."""
        self.process.send_signal(signal.SIGKILL)
        assert await self.process.wait() == -signal.SIGKILL

    async def terminate(self) -> int:
        """Ask it to go; return its exit code when it has."""
        self.process.terminate()
        with trio.fail_after(PATIENCE):
            return await self.process.wait()


@asynccontextmanager
async def serving(folder: Path, model_url: str, **settings: str) -> AsyncIterator[Process]:
    """Run a server with its data in `folder`; it is killed at the end, if it still runs."""
    environ = {
        "PATH": os.defpath,
        "ENVIRONMENT": "production",  # so that its log is JSON
        "API_KEY": KEY,
        "PORT": "0",
        "GEMINI_API_KEY": "stub",
        "GOOGLE_GEMINI_BASE_URL": model_url,
        "DATA_DIR": os.fspath(folder),
        **settings,
    }
    processes = int(settings.get("WORKERS", "1"))
    async with trio.open_nursery() as nursery:
        process = await nursery.start(
            partial(
                trio.run_process,
                [sys.executable, "-m", "robi.cli", "serve"],
                env=environ,
                check=False,
                stdout=subprocess.PIPE,
                stderr=None,
            )
        )
        listening = trio.Event()
        log: list[dict[str, Any]] = []

        async def read_log() -> None:
            text = b""
            async for data in process.stdout:
                *lines, text = (text + data).split(b"\n")
                log.extend(map(orjson.loads, lines))
                if sum(entry["event"] == "listening" for entry in log) >= processes:
                    listening.set()

        nursery.start_soon(read_log)
        with trio.fail_after(PATIENCE):
            await listening.wait()
        (port,) = {entry["port"] for entry in log if entry["event"] == "listening"}
        try:
            yield Process(process, port, log)
        finally:
            process.kill()  # nothing happens to one that is gone
            nursery.cancel_scope.cancel()
