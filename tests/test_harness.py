"""The harness can fail: each kind of thing is left behind once, in a pytest of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LEAKS = """
import os, subprocess, sys, threading, weakref
import pytest, trio

kept = []

async def test_task():
    trio.lowlevel.spawn_system_task(trio.sleep_forever)

async def numbers():
    yield 1
    yield 2

async def test_async_generator():
    kept.append(numbers())
    await anext(kept[-1])

async def test_send_end():
    send, receive = trio.open_memory_channel[int](1)
    receive.close()

async def test_receive_end():
    send, receive = trio.open_memory_channel(1)
    send.close()

async def test_clone():
    send, receive = trio.open_memory_channel[int](1)
    send.clone()
    with send, receive:
        pass

def test_thread():
    stop = threading.Event()
    kept.append(stop)
    threading.Thread(target=stop.wait, name="left", daemon=True).start()

def test_process():
    kept.append(subprocess.Popen([sys.executable, "-c", ""]))

def test_file_descriptor():
    kept.append(os.open(os.devnull, os.O_RDONLY))

def test_socket():
    import socket
    kept.append(socket.socket())

def test_garbage():
    class Cycle: pass
    cycle = Cycle()
    cycle.me, cycle.file = cycle, open(os.devnull)

def test_file():
    open("left.txt", "w").close()

def test_folder():
    os.mkdir("left")

@pytest.fixture(scope="module")
def shared():
    with open(os.devnull) as file:
        yield file

async def test_innocent(shared, tmp_path, nursery):
    (tmp_path / "mine").touch()
    send, receive = trio.open_memory_channel[int](1)
    async with send, receive:
        nursery.start_soon(trio.sleep_forever)
        await trio.to_thread.run_sync(int)
        await trio.run_process([sys.executable, "-c", ""])
    async for _ in numbers():
        pass
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
"""

TOLD = {
    "task": r"task: trio\.sleep_forever",
    "async_generator": r"async generator: numbers",
    "send_end": r"memory channel: 1 ends to send and 0 to receive",
    "receive_end": r"memory channel: 0 ends to send and 1 to receive",
    "clone": r"memory channel: 1 ends to send",
    "thread": r"thread: left",
    "process": r"process: ",
    "file_descriptor": r"file descriptor \d+: /dev/null",
    "socket": r"file descriptor \d+: socket:",
    "garbage": r"PytestUnraisableExceptionWarning: .*FileIO name='/dev/null'",
    "file": r"file: left\.txt",
    "folder": r"file: left",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the tests that leave things behind."""
    folder = tmp_path_factory.mktemp("leaks")
    (folder / "test_leaks.py").write_text(LEAKS)
    (folder / "pytest.ini").write_text("[pytest]\ntrio_mode = true\nfilterwarnings = error\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-p",
        "tests.harness",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "test_leaks.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize("kind", TOLD)
def test_test_that_leaves_something_behind_is_told_what(report: str, kind: str) -> None:
    told = rf"^_+ ERROR at teardown of test_{kind} _+\n(.*?)^(?:___|===)"
    (section,) = re.findall(told, report, re.MULTILINE | re.DOTALL)
    assert re.search(TOLD[kind], section)


def test_test_that_leaves_nothing_behind_passes_after_all_that_did(report: str) -> None:
    assert "PASSED test_leaks.py::test_innocent" in report
    assert "ERROR test_leaks.py::test_innocent" not in report


def test_each_test_is_blamed_only_for_its_own(report: str) -> None:
    assert len(re.findall(r"^ERROR ", report, re.MULTILINE)) == len(TOLD)
