"""The programs that are measured or help measuring: server, stub and robots, each a process.

Owns how they are started, what they are told, and that none is left behind.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import attrs
import orjson
from attrs import frozen

from tools.bench.answers import script
from tools.bench.plan import BrainName, Plan

ROOT: Final = Path(__file__).resolve().parents[2]
KEY: Final = "a-key-for-measurements-on-loopback"

_STARTS_WITHIN_S: Final = 30.0
_STOPS_WITHIN_S: Final = 15.0
_LOOK_S: Final = 0.02
_TOLD: Final = 2000
"""Characters of what a program said last, told when it has failed."""


class ProgramFailed(Exception):
    """A program did not start, or ended before it was asked to."""


@frozen
class Round:
    """What the robots are to do: all at once, `turns` each, after one turn that is not counted.

    Each begins `stagger_s` after the one before it, so that answers that come in step do not come
    in the same instant.
    """

    device: str
    robots: int
    turns: int
    warm_up: str
    say: str
    stagger_s: float


@frozen
class Fleet:
    """The robots' process; `gather`, `talk` and `part` are called in this order for each round."""

    _process: "subprocess.Popen[bytes]"
    _errors: Path

    def gather(self, plan: Round) -> None:
        """Have the robots connect and warm up; return when all have."""
        self._tell(orjson.dumps(attrs.asdict(plan)))
        self._hear()

    def talk(self) -> None:
        """Have the robots do their turns; return when the last has heard its last answer."""
        self._tell(b"")
        self._hear()

    def part(self) -> None:
        """Have the robots leave."""
        self._tell(b"")
        self._hear()

    def _tell(self, line: bytes) -> None:
        if self._process.stdin is None or self._process.poll() is not None:
            raise _failed("the robots", self._errors)
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def _hear(self) -> None:
        if self._process.stdout is None or not self._process.stdout.readline():
            raise _failed("the robots", self._errors)


@contextmanager
def stub(brain: BrainName, plan: Plan, folder: Path) -> Iterator[str]:
    """Run the stub of the model; give its URL."""
    written = folder / "script.json"
    written.write_bytes(script((plan.short, plan.long), plan.gap_ms))
    arguments = [f"tools.{brain}_stub", "--script", os.fspath(written)]
    with _running("stub", arguments, folder, {}) as process:
        yield _first_line(process, "stub", folder)


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """Run a listener that throws away what it reads; give its port."""
    with _running("sink", ["tools.bench.sink"], folder, {}) as process:
        yield int(_first_line(process, "sink", folder))


@contextmanager
def server(brain: BrainName, model_url: str, folder: Path) -> Iterator[tuple[int, str]]:
    """Run the server as in production; give its process id and the robots' URL."""
    log = folder / "log.jsonl"
    environ = {
        "ENVIRONMENT": "production",
        "API_KEY": KEY,
        "PORT": "0",
        "BRAIN": brain,
        "GEMINI_API_KEY": "stub",
        "GOOGLE_GEMINI_BASE_URL": model_url,
        "OPENAI_BASE_URL": f"{model_url}/v1",
        "OPENAI_MODEL": "stub",
        "DATA_DIR": os.fspath(folder / "data"),
        "LOG_FILE": os.fspath(log),
        "DRAIN_TIMEOUT_S": "1",
        "LEARN_AFTER_S": "3600",  # learning asks the model anew: no part of a turn
    }
    with _running("server", ["robi.cli", "serve"], folder, environ) as process:
        port = _port(process, log, _errors(folder, "server"))
        yield process.pid, f"ws://127.0.0.1:{port}/ws/interact"


@contextmanager
def fleet(url: str, folder: Path) -> Iterator[Fleet]:
    """Run the robots' program."""
    with _running("robots", ["tools.bench.robots", url], folder, {"API_KEY": KEY}) as process:
        yield Fleet(process, _errors(folder, "robots"))


@contextmanager
def _running(
    name: str, arguments: list[str], folder: Path, environ: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a module of ours; at the end it is asked to stop, and made to if it does not."""
    with (
        _errors(folder, name).open("wb") as errors,
        subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={"PATH": os.defpath, "PYTHONUTF8": "1", **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_STOPS_WITHIN_S)
            finally:  # after a second Ctrl-C, too; nothing happens to one that is gone
                process.kill()


def _first_line(process: "subprocess.Popen[bytes]", name: str, folder: Path) -> str:
    line = process.stdout.readline() if process.stdout is not None else b""
    if not line:
        raise _failed(f"the {name}", _errors(folder, name))
    return line.decode().strip()


def _port(process: "subprocess.Popen[bytes]", log: Path, errors: Path) -> int:
    """Wait until the server listens; return where."""
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        lines = log.read_bytes().splitlines(keepends=True) if log.exists() else []
        for line in lines:
            if line.endswith(b"\n") and (entry := orjson.loads(line))["event"] == "listening":
                return int(entry["port"])
        time.sleep(_LOOK_S)
    raise _failed("the server", errors)


def _errors(folder: Path, name: str) -> Path:
    return folder / f"{name}.err"


def _failed(name: str, errors: Path) -> ProgramFailed:
    said = errors.read_text(encoding="utf-8", errors="replace").strip()
    return ProgramFailed(f"{name} did not go on:\n{said[-_TOLD:]}")
