"""How a server does, as its process and its own words tell."""

import os
import socket
import sys
from pathlib import Path

import httpx
import pytest

from tools.sim import vitals
from tools.sim.vitals import Processes, Rest, listening, metric_values

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")


def made_up(proc: Path, pid: int, *, ticks: int, pages: int, children: str = "") -> None:
    """A process in a `/proc` of our own: 2 threads, 3 descriptors."""
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True, exist_ok=True)
    (folder / "task" / str(pid)).mkdir(parents=True, exist_ok=True)
    (folder / "task" / str(pid) / "children").write_text(children)
    for fd in range(3):
        (folder / "fd" / str(fd)).touch()
    fields = ["S", *["0"] * 10, str(ticks), "0", *["0"] * 4, "2", "0", "0", "0", str(pages)]
    (folder / "stat").write_text(f"{pid} (a (strange) name) {' '.join(fields)} 0 0\n")


def test_process_is_read_with_all_that_it_has_started(tmp_path: Path) -> None:
    made_up(tmp_path, 10, ticks=0, pages=100, children="11 ")
    made_up(tmp_path, 11, ticks=0, pages=50)
    read = Processes(10, tmp_path).read(now=0.0)
    assert read == {vitals.MEMORY: 150 * PAGE, vitals.THREADS: 4, vitals.DESCRIPTORS: 6}


def test_cpu_is_what_was_used_between_two_readings(tmp_path: Path) -> None:
    processes = Processes(10, tmp_path)
    made_up(tmp_path, 10, ticks=5 * TICKS, pages=1)
    assert vitals.CPU not in processes.read(now=100.0)
    made_up(tmp_path, 10, ticks=6 * TICKS, pages=1)
    assert vitals.CPU not in processes.read(now=100.1)  # too soon to tell
    assert processes.read(now=102.0)[vitals.CPU] == pytest.approx(0.5)


def test_process_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    assert Processes(10, tmp_path).read(now=0.0) == {}


@on_linux
def test_own_process_is_read_as_it_is() -> None:
    read = Processes(os.getpid()).read(now=0.0)
    assert read[vitals.MEMORY] > 5e6
    assert read[vitals.THREADS] >= 1
    assert read[vitals.DESCRIPTORS] >= 3


@on_linux
def test_who_listens_on_a_port_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert os.getpid() in listening(port)
    assert listening(port) == ()


def test_metrics_that_we_know_are_summed_over_their_labels() -> None:
    text = """\
# HELP robi_tasks Tasks.
# TYPE robi_tasks gauge
robi_tasks{worker="0"} 12
robi_tasks{worker="1"} 30.0
robi_tasks_more 7

robi_unknown 1
"""
    assert metric_values(text) == {vitals.TASKS: 42.0}


TREE = {
    "name": "robi", "restarts": 0, "mailbox_depth": 0,
    "children": [
        {"name": "brain", "restarts": 2, "mailbox_depth": 3, "children": []},
        {"name": "sessions", "restarts": 0, "mailbox_depth": 1, "children": [
            {"name": "session/a", "restarts": 0, "mailbox_depth": 5, "children": []},
        ]},
    ],
}  # fmt: skip


def server(status: int) -> Rest:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/metrics":
            return httpx.Response(status, text="robi_tasks 9\n")
        return httpx.Response(status, json=TREE)

    transport = httpx.MockTransport(answer)
    return Rest(httpx.AsyncClient(base_url="http://robi", transport=transport))


async def test_server_tells_its_restarts_sessions_mailboxes_and_tasks() -> None:
    rest = server(200)
    assert await rest.read() == {
        vitals.RESTARTS: 2, vitals.WAITING: 9, vitals.SESSIONS: 1, vitals.TASKS: 9,
    }  # fmt: skip
    assert rest.restarts == {"brain": 2}
    await rest.aclose()


async def test_lateness_of_the_loop_is_of_the_time_since_it_was_read_before() -> None:
    counted = iter([(2.0, 100), (3.0, 150), (3.0, 150)])

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/metrics":
            return httpx.Response(404)
        late, beats = next(counted)
        name = "robi_loop_lateness_seconds"
        return httpx.Response(200, text=f"{name}_sum {late}\n{name}_count {beats}\n")

    transport = httpx.MockTransport(answer)
    rest = Rest(httpx.AsyncClient(base_url="http://robi", transport=transport))
    assert [(await rest.read()).get(vitals.LATENESS) for _ in range(3)] == [0.02, 0.02, None]
    await rest.aclose()


@pytest.mark.parametrize("status", [401, 404, 429, 503])
async def test_server_that_does_not_tell_leaves_it_out(status: int) -> None:
    rest = server(status)
    assert await rest.read() == {}
    await rest.aclose()


def test_rest_is_where_the_robots_are() -> None:
    rest = Rest.of("wss://robi.example:8443/ws/interact", "key")
    assert str(rest.client.base_url) == "https://robi.example:8443"
    assert rest.client.headers["X-API-Key"] == "key"
