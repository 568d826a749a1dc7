"""Disks that go wrong under a running server: full, refusing, locked, scribbled upon.

Each is a context manager: trouble inside the block, none after it. None needs anything of the
server, which is another process; what this machine does not allow is skipped, with the reason.
"""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest
import trio

from tests.e2e.robots import PATIENCE

SMALL = 8 * 1024 * 1024
"""Bytes of a disk that is soon full."""

PAGE = 4096


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put a disk of its own, and a small one, at `folder`."""
    folder.mkdir(exist_ok=True)
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run([umount, folder], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Leave no byte free on the disk of `folder`."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(PAGE)):
                pass
        except OSError as error:
            assert error.strerror == "No space left on device"  # noqa: PT017 - that is the trouble
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def unwritable(pid: int) -> Iterator[None]:
    """Let the process write to no file: SQLITE_IOERR_WRITE. Pipes and sockets are not files."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


@asynccontextmanager
async def failing_sync(pid: int) -> AsyncIterator[None]:
    """Let every fsync and fdatasync of the process fail with EIO, as on a disk that dies."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    calls = "fsync,fdatasync"
    command = [strace, "-f", "-p", str(pid), "-e", f"trace={calls}", "-o", os.devnull]
    command += ["-e", f"inject={calls}:error=EIO"]
    process = await trio.lowlevel.open_process(command, stderr=subprocess.PIPE)
    assert process.stderr is not None
    try:
        with trio.fail_after(PATIENCE):
            said = await process.stderr.receive_some()
        if b" attached" not in said:
            pytest.skip(f"strace may not look into a process here: {said.decode().strip()}")
        yield
    finally:
        with trio.CancelScope(shield=True):
            if process.returncode is None:
                process.send_signal(signal.SIGINT)  # it lets go, and the process runs on
            await process.wait()
            await process.stderr.aclose()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a database, as a shell that was left open in a transaction."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


def scribble(path: Path, first: int = PAGE) -> None:
    """Put garbage into a database file, from the byte `first` on, and let no one overlook it.

    Who has it open keeps pages in memory, and new ones in the log beside it: so the log is folded
    in before, and a commit then says that what is in memory is old.
    """
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.execute("CREATE TABLE IF NOT EXISTS scribble (x)")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.seek(first)
            file.write(bytes(range(1, 251)) * ((size - first) // 250 + 1))
            file.truncate(size)
