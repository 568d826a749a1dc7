"""The parent of several processes: what it starts, when again, and in what order all ends.

Its processes are small programs that note in a file what they are told, and do as their test says.
"""

import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
import trio
from attrs import define, field

from robi.workers.parent import Parent, Plan, _Worker

PATIENCE = 30.0

OBEDIENT = """
import os, socket, sys
number, notes = sys.argv[1:]
parent = socket.socket(fileno=0)
def note(word):
    with open(notes, "a") as file:
        print(number, word, os.getpid(), file=file)
def orders():
    for line in parent.makefile():
        note(line.strip())
        yield line.strip()
    note("alone")
"""
SERVES = "note('came'); parent.send(b'ready\\n')\n"
ENDS = "for word in orders():\n    if word == ('finish' if number == '0' else 'drain'): break\n"


@define(eq=False)
class Family:
    """A parent at work; `ended` gets its exit code."""

    notes: Path
    said: list[str] = field(factory=list)
    ended: list[int] = field(factory=list)

    def noted(self) -> list[tuple[str, str, int]]:
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [(number, word, int(pid)) for number, word, pid in map(str.split, lines)]

    def words(self, *but: str) -> list[str]:
        return [f"{number} {word}" for number, word, _ in self.noted() if word not in but]

    async def until(self, condition: Callable[[], bool]) -> None:
        with trio.fail_after(PATIENCE):
            while not condition():  # noqa: ASYNC110 - other processes
                await trio.sleep(0.005)

    async def all_came(self, lives: int) -> None:
        await self.until(
            lambda: self.words().count("0 came") + self.words().count("1 came") >= lives
        )

    def kill(self, number: int) -> None:
        pids = [pid for of, word, pid in self.noted() if (of, word) == (str(number), "came")]
        os.kill(pids[-1], signal.SIGKILL)

    async def exit_code(self) -> int:
        await self.until(lambda: bool(self.ended))
        return self.ended[0]


@asynccontextmanager
async def family(
    folder: Path, *programs: str, drain_s: float = 5, workers: int = 2
) -> AsyncIterator[Family]:
    """Run a parent; `programs` are what its processes do, the last of them for all others."""
    raised = Family(folder / "notes")

    def command(number: int) -> Sequence[str]:
        program = OBEDIENT + programs[min(number, len(programs) - 1)]
        return [sys.executable, "-I", "-S", "-c", program, str(number), os.fspath(raised.notes)]

    async def run() -> None:
        parent = Parent(Plan(workers, command, {}, (), drain_s))
        ready = lambda: raised.said.append("ready")  # noqa: E731
        raised.ended.append(await parent.run(ready, lambda: raised.said.append("hangup")))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        yield raised
        nursery.cancel_scope.cancel()


async def test_signal_ends_the_others_first_and_home_last(tmp_path: Path) -> None:
    async with family(tmp_path, SERVES + ENDS, workers=3) as raised:
        await raised.until(lambda: raised.said == ["ready"])
        signal.raise_signal(signal.SIGTERM)
        assert await raised.exit_code() == 0
        assert raised.words()[-1] == "0 finish"
        assert sorted(raised.words("came", "finish")) == ["0 drain", "1 drain", "2 drain"]


async def test_second_signal_hurries_all(tmp_path: Path) -> None:
    patient = SERVES + "for word in orders():\n    if word in ('hurry', 'finish'): break\n"
    async with family(tmp_path, SERVES + ENDS, patient) as raised:
        await raised.until(lambda: raised.said == ["ready"])
        signal.raise_signal(signal.SIGINT)
        await raised.until(lambda: "1 drain" in raised.words())
        signal.raise_signal(signal.SIGTERM)
        assert await raised.exit_code() == 0
        assert "1 hurry" in raised.words()


async def test_hangup_has_every_log_opened_again(tmp_path: Path) -> None:
    async with family(tmp_path, SERVES + ENDS) as raised:
        await raised.until(lambda: raised.said == ["ready"])
        signal.raise_signal(signal.SIGHUP)
        await raised.until(lambda: {"0 reopen", "1 reopen"} <= set(raised.words()))
        assert raised.said == ["ready", "hangup"]


async def test_two_orders_in_the_same_instant_are_given_one_after_the_other() -> None:
    """As when a SIGHUP comes right before a SIGTERM."""
    ours, theirs = map(trio.SocketStream, trio.socket.socketpair())
    async with ours, theirs, trio.open_nursery() as nursery:
        worker = _Worker(1, cast("trio.Process", None), ours)
        nursery.start_soon(worker.order, "reopen")
        nursery.start_soon(worker.order, "drain")
        heard = b""
        while heard.count(b"\n") < 2:
            heard += await theirs.receive_some()
        assert sorted(heard.split()) == [b"drain", b"reopen"]


async def test_process_that_dies_is_started_again_alone(tmp_path: Path) -> None:
    async with family(tmp_path, SERVES + ENDS) as raised:
        await raised.until(lambda: raised.said == ["ready"])
        raised.kill(1)
        await raised.all_came(3)
        assert sorted(raised.words()) == ["0 came", "1 came", "1 came"]
        signal.raise_signal(signal.SIGTERM)
        assert await raised.exit_code() == 0


async def test_home_that_dies_takes_all_with_it_and_all_begin_anew(tmp_path: Path) -> None:
    async with family(tmp_path, SERVES + ENDS) as raised:
        await raised.until(lambda: raised.said == ["ready"])
        raised.kill(0)
        await raised.all_came(4)
        assert sorted(raised.words()) == ["0 came", "0 came", "1 came", "1 came"]


async def test_process_that_dies_again_and_again_ends_all_with_1(tmp_path: Path) -> None:
    async with family(tmp_path, SERVES + ENDS, SERVES + "sys.exit(3)") as raised:
        assert await raised.exit_code() == 1
        assert raised.words().count("1 came") == 4
        assert raised.words()[-1] == "0 finish"


async def test_home_that_cannot_start_ends_all_with_its_exit_code(tmp_path: Path) -> None:
    async with family(tmp_path, "sys.exit(7)", "for _ in orders(): pass") as raised:
        assert await raised.exit_code() == 7
        assert raised.said == []


LATE = "note('came')\n"
"""It starts, and never serves."""


async def test_home_that_dies_while_another_starts_begins_anew_at_once(tmp_path: Path) -> None:
    """The other waits for a home that is no more, and would for ever."""
    home = (
        SERVES
        + "if open(notes).read().count('0 came') == 1:\n"
        + "    while '1 came' not in open(notes).read(): pass\n"
        + "    sys.exit(3)\n"
    )
    other = LATE + "if open(notes).read().count('1 came') == 2: parent.send(b'ready\\n')\n"
    async with family(tmp_path, home + ENDS, other + ENDS) as raised:
        await raised.until(lambda: raised.said == ["ready"])
        assert sorted(raised.words()) == ["0 came", "0 came", "1 came", "1 came"]


async def test_signal_is_heard_while_a_process_starts(tmp_path: Path) -> None:
    async with family(tmp_path, SERVES + ENDS, LATE + ENDS) as raised:
        await raised.all_came(2)
        signal.raise_signal(signal.SIGTERM)
        assert await raised.exit_code() == 0
        assert raised.said == []
        assert raised.words()[-1] == "0 finish"


async def test_process_that_home_gives_up_is_killed_and_started_again(tmp_path: Path) -> None:
    """It takes no order, as if it hung: it is killed all the same."""
    home = (
        SERVES
        + (
            "came = []\n"
            "while not came: came = [l.split() for l in open(notes) if l.startswith('1 came')]\n"
            "parent.send(f'give-up 1 {os.getpid()}\\ngive-up 1 {came[0][2]}\\n'.encode())\n"
        )
        + ENDS
    )
    async with family(tmp_path, home, SERVES + "import time; time.sleep(999)") as raised:
        await raised.until(lambda: raised.words().count("1 came") == 2)


async def test_process_that_overstays_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robi.workers.parent.STOP_WITHIN_S", 0.1)
    async with family(
        tmp_path, SERVES + ENDS, SERVES + "import time; time.sleep(999)", drain_s=0.1
    ) as raised:
        await raised.until(lambda: raised.said == ["ready"])
        signal.raise_signal(signal.SIGTERM)
        assert await raised.exit_code() == 1
        assert raised.words()[-1] == "0 finish"


async def test_parent_that_is_cancelled_leaves_no_process_behind(tmp_path: Path) -> None:
    async with family(tmp_path, SERVES + "for _ in orders(): pass") as raised:
        await raised.until(lambda: raised.said == ["ready"])
        pids = [pid for _, _, pid in raised.noted()]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
