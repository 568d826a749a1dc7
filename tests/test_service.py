"""What a service manager hears: the words themselves, and what a whole server says with them."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path

import pytest
import trio
from attrs import frozen
from structlog.testing import capture_logs
from trio.testing import MockClock

from robi.config.settings import Settings
from robi.service import Service
from robi.tree import TABLE, House, stop_within
from tests.e2e.processes import serving
from tests.e2e.robots import PATIENCE
from tools.gemini_stub import GeminiStub, Reply, Script

PID = 4711
WATCHDOG_US = 200_000
SENDER = struct.Struct("3i")  # pid, uid, gid


@frozen
class Manager:
    """The socket of a manager; NOTIFY_SOCKET for those that it looks after is `address`."""

    inbox: socket.socket
    address: str

    def heard(self) -> list[str]:
        """What came since last time, a datagram each."""
        said = []
        while True:
            try:
                said.append(self.inbox.recv(4096).decode())
            except BlockingIOError:
                return said

    async def hears(self) -> tuple[int, str]:
        """Wait for the next datagram; return whose it is, too."""
        with trio.fail_after(PATIENCE):
            await trio.lowlevel.wait_readable(self.inbox)
        data, ((_, _, sender),), *_ = self.inbox.recvmsg(4096, socket.CMSG_SPACE(SENDER.size))
        return SENDER.unpack(sender)[0], data.decode()

    async def hears_at_last(self, word: str) -> tuple[int, str]:
        """Wait for a datagram with that word, whatever came before."""
        while True:
            pid, said = await self.hears()
            if word in said:
                return pid, said


@contextmanager
def manager(name: str) -> Iterator[Manager]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as inbox:
        inbox.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        inbox.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        yield Manager(inbox, name)


@pytest.mark.parametrize("abstract", [False, True])
def test_manager_hears_at_a_path_and_at_an_abstract_name(tmp_path: Path, abstract: bool) -> None:
    with manager(f"@robi-test-{os.getpid()}" if abstract else str(tmp_path / "notify")) as there:
        service = Service.of({"NOTIFY_SOCKET": there.address})
        service.ready("Serving")
        service.stopping(2.5)
        ready, stopping = there.heard()
        assert ready.split("\n") == ["READY=1", "STATUS=Serving"]
        assert stopping.split("\n")[0] == "STOPPING=1"
        assert stopping.split("\n")[-1] == "EXTEND_TIMEOUT_USEC=2500000"


def test_without_a_manager_nothing_is_told_nor_logged() -> None:
    with capture_logs() as logged:
        service = Service.of({"WATCHDOG_USEC": "1000000"})
        service.ready("Serving")
        service.beat(0.0, pytest.fail)
    assert logged == []


def test_manager_that_is_gone_is_logged_and_harms_nobody(tmp_path: Path) -> None:
    with capture_logs() as logged:
        Service.of({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready("Serving")
    (entry,) = logged
    assert (entry["event"], entry["told"], entry["reason"]) == (
        "service_manager_not_told",
        "READY=1",
        "ENOENT",
    )


def test_manager_that_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    with manager(str(tmp_path / "notify")) as there, capture_logs() as logged:
        service = Service.of({"NOTIFY_SOCKET": there.address})
        while not logged:
            service.ready("Serving")
    assert logged[0]["reason"] == "EAGAIN"


def test_beat_comes_at_half_the_time_of_the_watchdog_while_all_is_well(tmp_path: Path) -> None:
    with manager(str(tmp_path / "notify")) as there:
        given = {"NOTIFY_SOCKET": there.address, "WATCHDOG_USEC": "30000000"}
        service = Service.of(given)
        asked = []

        def well() -> bool:
            asked.append(True)
            return len(asked) != 2

        for quarter in range(4 * 40):
            service.beat(quarter / 4, well)
        # At 0, at 15 not well, a quarter later well again, at 30.25.
        assert there.heard() == ["WATCHDOG=1"] * 3
        assert len(asked) == 4


@pytest.mark.parametrize(
    ("given", "every"),
    [
        ({}, inf),
        ({"WATCHDOG_USEC": "3000000"}, 1.5),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(PID)}, 1.5),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(PID + 1)}, inf),
        ({"WATCHDOG_USEC": "0"}, inf),
        ({"WATCHDOG_USEC": "soon"}, inf),
    ],
)
def test_watchdog_of_another_process_or_of_none_gets_no_beat(
    given: dict[str, str], every: float
) -> None:
    assert Service.of({"NOTIFY_SOCKET": "@x", **given}, PID).beat_every_s == every


async def test_start_that_takes_long_asks_again_before_its_time_is_up(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    with manager(str(tmp_path / "notify")) as there:
        with trio.move_on_after(130):
            await Service.of({"NOTIFY_SOCKET": there.address}).ask_for_patience()
        assert there.heard() == ["EXTEND_TIMEOUT_USEC=60000000"] * 7


async def test_house_is_well_once_every_actor_is_ready_and_not_while_one_starts_anew(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path, port=0, brain=("rehearsal",))
    house = House(settings)
    assert not house._is_well()
    async with trio.open_nursery() as nursery:
        await nursery.start(house.supervisor.run)
        assert house._is_well()
        house.supervisor.kill("memory")
        with trio.fail_after(PATIENCE):
            while house._is_well():
                await trio.lowlevel.checkpoint()
            while not house._is_well():
                await trio.lowlevel.checkpoint()
        house.supervisor.request_stop()


def test_stop_is_said_to_take_the_drain_and_every_grace() -> None:
    graces = sum(row.grace for row in TABLE)
    assert stop_within(Settings(drain_timeout_s=7)) == 7 + 1 + graces + 2


@pytest.mark.parametrize("workers", [1, 2])
async def test_server_tells_that_it_starts_is_ready_is_well_and_ends(
    tmp_path: Path, workers: int
) -> None:
    with manager(str(tmp_path / "notify")) as there:
        async with trio.open_nursery() as nursery:
            url = await GeminiStub(Script((), Reply())).serve(nursery)
            given = {"NOTIFY_SOCKET": there.address, "WATCHDOG_USEC": str(WATCHDOG_US)}
            async with serving(tmp_path / "data", url, **given, WORKERS=str(workers)) as server:
                main = server.process.pid
                assert await there.hears() == (main, "EXTEND_TIMEOUT_USEC=60000000")
                pid, ready = await there.hears_at_last("READY=1")
                assert (pid, f"port {server.port}" in ready) == (main, True)
                beating, _ = await there.hears_at_last("WATCHDOG=1")
                # Of several processes it is the one with the store that must be well.
                assert (beating == main) is (workers == 1)
                server.process.terminate()
                pid, stopping = await there.hears_at_last("STOPPING=1")
                assert pid == main
                within = int(stopping.rpartition("EXTEND_TIMEOUT_USEC=")[2]) / 1e6
                assert within >= stop_within(Settings())
                with trio.fail_after(PATIENCE):
                    assert await server.process.wait() == 0
            nursery.cancel_scope.cancel()
