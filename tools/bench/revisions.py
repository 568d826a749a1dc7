"""The server that is measured: what is checked out here, or another revision of it.

Owns how another revision comes to be beside this one: its files as git has them, in a folder of its
own, so that nothing of the repository is touched; with an environment of its own if it wants other
packages. Whatever measures is of here: two revisions are asked the same by the same.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).resolve().parents[2]

_LOCKED: Final = ("pyproject.toml", "uv.lock", "README.md")
"""What says which packages a server needs."""


class NoRevision(Exception):
    """There is no such revision, or its packages cannot be had."""


@frozen
class Revision:
    """A server to be measured: its name, its files, and the Python that runs it."""

    name: str
    root: Path
    python: Path


@contextmanager
def here() -> Iterator[Revision]:
    """Give what is checked out, with all that is changed in it, as it is now.

    It is a copy: a server may be started long after someone has gone on writing.
    """
    with TemporaryDirectory(prefix="robi-bench-") as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "robi", root / "robi", ignore=shutil.ignore_patterns("__pycache__"))
        for name in _LOCKED:
            shutil.copy(ROOT / name, root)
        name = f"{_short('HEAD')}{'+' if _changed() else ''}"
        yield Revision(name, root, Path(sys.executable))


@contextmanager
def unpacked(name: str) -> Iterator[Revision]:
    """Give the revision that git knows by `name`.

    Raises:
        NoRevision: it does not, or the packages of its lock file cannot be had.
    """
    short = _short(name)
    if not short:
        msg = f"git knows no revision {name}"
        raise NoRevision(msg)
    with TemporaryDirectory(prefix="robi-bench-") as folder:
        root = Path(folder)
        with tarfile.open(fileobj=BytesIO(_git("archive", short))) as files:
            files.extractall(root)  # noqa: S202 - our own archive; `filter` comes with 3.11.4
        yield Revision(short, root, _python(root))


def _python(root: Path) -> Path:
    """Return this Python, or that of an environment made for the lock file of `root`."""
    lock = root / "uv.lock"
    if lock.read_bytes() == (ROOT / "uv.lock").read_bytes():
        return Path(sys.executable)
    environment = root / ".venv"
    if trouble := install(root, environment):
        msg = f"the packages of its lock file cannot be had:\n{trouble}"
        raise NoRevision(msg)
    return environment / "bin" / "python"


def install(root: Path, environment: Path, *options: str) -> str:
    """Install what the server of `root` needs into an environment; return what went wrong."""
    command = [sys.executable, "-m", "uv", "sync", "--project", os.fspath(root), "--frozen"]
    done = subprocess.run(  # noqa: S603 - our own tool
        [*command, "--no-dev", "--quiet", *options],
        env={
            **os.environ,
            "UV_PYTHON": sys.executable,
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PROJECT_ENVIRONMENT": os.fspath(environment),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip() or "uv said nothing" if done.returncode else ""


def _short(name: str) -> str:
    """Return the short name of a revision, nothing if there is none, or no git."""
    try:
        return (
            _git("rev-parse", "--short", "--verify", "--quiet", f"{name}^{{commit}}")
            .decode()
            .strip()
        )
    except NoRevision:
        return ""


def _changed() -> bool:
    """Whether what would be served differs from the newest commit."""
    try:
        return bool(_git("status", "--porcelain", "--", "robi", "uv.lock"))
    except NoRevision:
        return False


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True)  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoRevision(error) from error
    return done.stdout
