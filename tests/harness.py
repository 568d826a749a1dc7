"""What every test is held to: it leaves no task, thread, process, channel or file behind.

A pytest plugin, loaded by tests/conftest.py; tests/test_harness.py shows that it can fail. Owns one
`Ledger` for the whole run of pytest. A test that leaves something is an error at its teardown and
the next one starts clean, so that the blame never moves on to a neighbour.

How each kind is seen:

tasks, async generators
    `trio.run` is wrapped. When a run's main function returns, every nursery of the test has closed
    (trio sees to that), so what lives is a system task. An async generator that is not at its end
    then was left half-way: trio would finish it in silence, at a time of its own.
memory channels
    `trio.open_memory_channel` is wrapped. A channel tells by its statistics which ends are open.
threads
    All but those that were there, and trio's cached workers, which bear a name of their own while
    they idle.
processes
    One `waitid` that reaps nothing: there is to be no child, running or dead.
file descriptors
    What /proc/self/fd points to, before and after.
files
    Tests begin in an empty folder, and leave it so. What they mean to write goes to `tmp_path`.

What is garbage is collected first: an unclosed file or socket then warns in the test that lost it
and not in a later one, and `filterwarnings = error` makes an error of it. Collecting costs next to
nothing because all that was there before the test is frozen (`gc.freeze`).
"""

import gc
import os
import shutil
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import AsyncGeneratorType
from typing import Any
from weakref import WeakSet

import pytest
import trio
from attrs import define, field, frozen
from trio.lowlevel import Task

_FDS = Path("/proc/self/fd")
_NOT_OURS = {"trio_websocket", "websockets"}
"""Whose memory channels are not looked at: these clients close only one end of theirs."""

_AT_REST_WITHIN_S = 2.0
"""What a worker has, whose job was let go a moment ago, to lay it down."""

_IDLE_WORKER = "Trio thread "
"""How trio names a worker thread that waits for a job; while it has one it is named for that."""


@frozen
class _Belongings:
    """What this process has: threads, and file descriptors with what they point to."""

    threads: frozenset[threading.Thread]
    fds: frozenset[tuple[str, str]]
    children: bool

    @classmethod
    def now(cls) -> "_Belongings":
        return cls(frozenset(threading.enumerate()), frozenset(_open_fds()), _has_children())

    def since(self, before: "_Belongings") -> Iterator[str]:
        """Tell what is here that was not there `before`."""
        for thread in self.threads - before.threads:
            if not _is_at_rest(thread):
                yield f"thread: {thread.name}"
        for number, target in self.fds - before.fds:
            yield f"file descriptor {number}: {target}"
        if self.children and not before.children:
            yield "process: a child that nobody has waited for"


def _is_at_rest(thread: threading.Thread) -> bool:
    """Whether a thread has ended, or waits for a job, by now or very soon."""
    until = time.monotonic() + _AT_REST_WITHIN_S
    while thread.is_alive() and not thread.name.startswith(_IDLE_WORKER):
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


@define
class Ledger:
    """What the test of now has opened, and what was found left behind by its runs of trio."""

    left: list[str] = field(factory=list)
    channels: list[trio.MemorySendChannel[Any]] = field(factory=list)

    def settle(self) -> list[str]:
        """Return what is left behind, and forget it."""
        left, self.left = self.left, []
        channels, self.channels = self.channels, []
        for channel in channels:
            now = channel.statistics()
            if now.open_send_channels or now.open_receive_channels:
                left.append(
                    f"memory channel: {now.open_send_channels} ends to send and "
                    f"{now.open_receive_channels} to receive are open"
                )
        return left


class _WatchedChannels:
    """Stands in for `trio.open_memory_channel`, with and without `[T]`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: Callable[[float], tuple[Any, Any]] = trio.open_memory_channel

    def __call__(self, size: float) -> tuple[Any, Any]:
        send, receive = self._open(size)
        opener = sys._getframe(1).f_globals["__name__"]
        if opener.partition(".")[0] not in _NOT_OURS:
            self._ledger.channels.append(send)
        return send, receive

    def __getitem__(self, _type: object) -> "_WatchedChannels":
        return self


def _watched_run(ledger: Ledger) -> Callable[..., Any]:
    """Stand in for `trio.run`: look around when the main function has returned."""
    run = trio.run

    def run_watched(async_fn: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        async def main() -> Any:
            begun = _note_async_generators()
            before = set(_tasks())
            try:
                return await async_fn(*args)
            finally:
                ledger.left += [f"task: {task.name}" for task in _tasks() if task not in before]
                ledger.left += [
                    f"async generator: {generator.__qualname__}"
                    for generator in begun
                    if generator.ag_frame is not None
                ]

        return run(main, **options)

    return run_watched


def _note_async_generators() -> WeakSet[AsyncGeneratorType[Any, Any]]:
    """Return the async generators that begin in this run from now on, as they come."""
    begun: WeakSet[AsyncGeneratorType[Any, Any]] = WeakSet()
    hooks = sys.get_asyncgen_hooks()  # trio's, which it takes away at the end of the run

    def note(generator: Any) -> None:
        begun.add(generator)
        if hooks.firstiter is not None:
            hooks.firstiter(generator)

    sys.set_asyncgen_hooks(firstiter=note)
    return begun


def _tasks() -> Iterator[Task]:
    """Yield every task of this run."""
    root = trio.lowlevel.current_root_task()
    tasks = [root] if root else []
    while tasks:
        task = tasks.pop()
        yield task
        for nursery in task.child_nurseries:
            tasks.extend(nursery.child_tasks)


def _open_fds() -> Iterator[tuple[str, str]]:
    """Yield each file descriptor with what it points to; none where the system does not tell."""
    if not _FDS.is_dir():
        return
    for number in os.listdir(_FDS):  # noqa: PTH208 (paths for all of them cost as much again)
        try:
            yield number, os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115
        except FileNotFoundError:
            continue  # that with which the folder was read


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


LEDGER = Ledger()


def pytest_configure(config: pytest.Config) -> None:
    """Watch trio for as long as pytest runs."""
    patch = pytest.MonkeyPatch()
    patch.setattr(trio, "run", _watched_run(LEDGER))
    patch.setattr(trio, "open_memory_channel", _WatchedChannels(LEDGER))
    config.add_cleanup(patch.undo)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the collections of each test what all of them share."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def _empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def _nothing_left_behind(_empty_folder: Path) -> Iterator[None]:
    """Fail the test that leaves something behind.

    Among a test's own fixtures this one is set up first and torn down last; what is shared by
    a module is there before it.
    """
    home = Path.cwd()
    os.chdir(_empty_folder)
    LEDGER.settle()
    before = _Belongings.now()
    yield
    os.chdir(home)
    gc.collect()
    left = [*LEDGER.settle(), *_Belongings.now().since(before), *_clear(_empty_folder)]
    gc.freeze()
    if left:
        pytest.fail("left behind:\n  " + "\n  ".join(sorted(left)), pytrace=False)


def _clear(folder: Path) -> Iterator[str]:
    """Empty `folder`; yield what was in it."""
    for path in folder.iterdir():
        yield f"file: {path.name}"
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
