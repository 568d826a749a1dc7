"""The programs that are measured or help measuring, each a process.

    the server    has a core of its own, if there are two
    outside       the model and the robots, on another
    the sink      reads and throws away

Owns how they are started, what they are told, and that none is left behind.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import orjson
from attrs import frozen

from tools.bench.orders import Meet, Order, Turn, read_turns, written
from tools.bench.plan import BrainName
from tools.bench.revisions import ROOT, Revision

KEY: Final = "a-key-for-measurements-on-loopback"

PAGE: Final = "http://localhost:3000"
"""Where the page of the readers is."""

TEXTBOOK: Final = ROOT / "tests" / "texts" / "textbook"
"""What readers ask about."""

_STARTS_WITHIN_S: Final = 30.0
_STOPS_WITHIN_S: Final = 15.0
_COMMAND_WITHIN_S: Final = 120.0
_LOOK_S: Final = 0.02
_TOLD: Final = 2000
"""Characters of what a program said last, told when it has failed."""


class ProgramFailed(Exception):
    """A program did not start, or ended before it was asked to."""


@frozen
class Outside:
    """The process of the model, which is at `model_url`, and of the robots."""

    model_url: str
    _process: "subprocess.Popen[bytes]"
    _errors: Path

    def do(self, order: Order) -> list[Turn]:
        """Have `order` carried out; return the turns that were had."""
        process = self._process
        if process.stdin is None or process.stdout is None or process.poll() is not None:
            raise _failed("what is outside", self._errors)
        process.stdin.write(written(order) + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise _failed("what is outside", self._errors)
        return read_turns(line)


@contextmanager
def outside(folder: Path) -> Iterator[Outside]:
    """Run the model and the robots."""
    arguments = [sys.executable, "-m", "tools.bench.outside"]
    with _running("outside", arguments, ROOT, folder, {"API_KEY": KEY}) as process:
        _pin(process.pid, -1)
        yield Outside(_first_line(process, "outside", folder), process, _errors(folder, "outside"))


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """Run a listener that throws away what it reads; give its port."""
    arguments = [sys.executable, "-m", "tools.bench.sink"]
    with _running("sink", arguments, ROOT, folder, {}) as process:
        yield int(_first_line(process, "sink", folder))


@contextmanager
def server(
    revision: Revision, brain: BrainName, around: Outside, folder: Path, reader_key: str = ""
) -> Iterator[int]:
    """Run the server as in production, and tell those outside where; give its process id."""
    with starting_server(revision, brain, around, folder, port=0) as process:
        port = _port(process, log_of(folder), _errors(folder, "server"))
        around.do(Meet(port, reader_key))
        yield process.pid


@contextmanager
def starting_server(
    revision: Revision, brain: BrainName, around: Outside, folder: Path, port: int
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start the server at `port`, 0 for any, and do not wait for it; give its process."""
    environ = {
        "ENVIRONMENT": "production",
        "API_KEY": KEY,
        "PORT": str(port),
        "BRAIN": brain,
        "GEMINI_API_KEY": "stub",
        "GOOGLE_GEMINI_BASE_URL": around.model_url,
        "OPENAI_BASE_URL": f"{around.model_url}/v1",
        "OPENAI_MODEL": "stub",
        "DATA_DIR": _data_dir(folder),
        "LOG_FILE": os.fspath(log_of(folder)),
        "DRAIN_TIMEOUT_S": "1",
        "MAX_SESSIONS": "20000",
        "MAX_READERS": "20000",
        "RATE_LIMIT_QUESTIONS": "100000",
        "CONVERSATION_KEEP_ALIVE_MS": "3600000",
        "LEARN_AFTER_S": "3600",  # learning asks the model anew: no part of a turn
    }
    arguments = [os.fspath(revision.python), "-m", "robi.cli", "serve"]
    with _running("server", arguments, revision.root, folder, environ) as process:
        _pin(process.pid, 0)
        yield process


def open_page(revision: Revision, folder: Path) -> str:
    """Have the server that is started there next know the textbook; return a key for readers.

    Raises:
        ProgramFailed: that revision knows no readers.
    """
    reader = ("--role", "reader", "--origin", PAGE, "--daily-tokens", "0")
    key = _said(revision, folder, "keys", "add", "page", *reader).strip()
    _said(revision, folder, "texts", "add", os.fspath(TEXTBOOK))
    return key


def log_of(folder: Path) -> Path:
    """Return where a server that is started in `folder` has its log."""
    return folder / "log.jsonl"


def _data_dir(folder: Path) -> str:
    return os.fspath(folder / "data")


def _said(revision: Revision, folder: Path, *arguments: str) -> str:
    """Return what a command of the revision prints."""
    done = subprocess.run(  # noqa: S603 - our own program
        [os.fspath(revision.python), "-m", "robi.cli", *arguments],
        cwd=revision.root,
        env={"PATH": os.defpath, "PYTHONUTF8": "1", "DATA_DIR": _data_dir(folder)},
        capture_output=True,
        encoding="utf-8",
        timeout=_COMMAND_WITHIN_S,
        check=False,
    )
    if done.returncode:
        msg = f"robi {' '.join(arguments[:2])} did not go on:\n{done.stderr.strip()[-_TOLD:]}"
        raise ProgramFailed(msg)
    return done.stdout


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    name: str, arguments: list[str], root: Path, folder: Path, environ: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program of ours; at the end it is asked to stop, and made to if it does not."""
    with (
        _errors(folder, name).open("wb") as errors,
        subprocess.Popen(  # noqa: S603 - our own programs
            arguments,
            cwd=root,
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


def _pin(pid: int, which: int) -> None:
    """Give a process, which has one thread yet, the first core or the last, if there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(pid, {cores[which]})


def _first_line(process: "subprocess.Popen[bytes]", name: str, folder: Path) -> str:
    line = process.stdout.readline() if process.stdout is not None else b""
    if not line:
        raise _failed(name, _errors(folder, name))
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
    raise _failed("the server", errors, log)


def _errors(folder: Path, name: str) -> Path:
    return folder / f"{name}.err"


def _failed(name: str, *told: Path) -> ProgramFailed:
    said = [path.read_text(encoding="utf-8", errors="replace") for path in told if path.exists()]
    return ProgramFailed(f"{name} did not go on:\n{''.join(said).strip()[-_TOLD:]}")
