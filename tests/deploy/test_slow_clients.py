"""Clients that are slow on purpose, while 100 robots talk: with ROBI_LONG=1 and slowhttptest.

Three hundred connections each send a header in drops, a body in drops, or take an answer in drops,
against Caddy and against Robi itself. Every one must be gone in bounded time, and no robot may lose
its link or an answer.

    ROBI_LONG=1 ./dev test tests/deploy/test_slow_clients.py -s    # says what happened
"""

import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median

import pytest
import trio
from attrs import field, frozen
from websockets.trio.client import connect as open_socket

from tests.deploy.caddy import in_front_of, needs_caddy
from tests.e2e.processes import KEY, serving
from tests.e2e.robots import Robot
from tools.gemini_stub import GeminiStub, Reply, Script

SLOWHTTPTEST = shutil.which("slowhttptest") or ""
pytestmark = [
    needs_caddy,
    pytest.mark.skipif(os.environ.get("ROBI_LONG") != "1", reason="takes minutes: ROBI_LONG=1"),
    pytest.mark.skipif(not SLOWHTTPTEST, reason="needs slowhttptest (apt install slowhttptest)"),
]

ROBOTS = 100
PAUSE_S = 1.0
"""Between two questions of a robot."""
ATTACKERS = ("-c", "300", "-r", "300", "-p", "10")
QUIET_S = 5.0
"""After so long without an attacker there comes none."""
SPARE = 10
"""Sockets that may be there or not: of Caddy to Robi, of whoever looks whether the server lives."""
ATTACKS = {
    # Kind: how, and the seconds within which nobody may be left.
    "header": (("-H", "-i", "5", "-x", "24"), 40),
    "body": (("-B", "-i", "5", "-s", "8192", "-x", "24"), 150),
    "body, long pauses": (("-B", "-i", "15", "-s", "8192", "-x", "24"), 150),
    "answer": (("-X", "-w", "256", "-y", "512", "-n", "5", "-z", "32", "-k", "10"), 250),
}


@frozen
class Talk:
    """What 100 robots have noted."""

    seconds: list[float] = field(factory=list)
    """From each question to the end of its answer."""


async def talk(link: Robot, talk: Talk, over: trio.Event) -> None:
    """Ask, again and again; every answer must come, and whole."""
    turn = 0
    while not over.is_set():
        turn += 1
        begun = trio.current_time()
        meta, end = (await link.asks("hola", f"r{turn}"))[-2:]
        assert (meta["response_text"], end["type"]) == ("Hola, aquí estoy", "stream_end")
        talk.seconds.append(trio.current_time() - begun)
        with trio.move_on_after(PAUSE_S):
            await over.wait()


@asynccontextmanager
async def talking(url: str, context: ssl.SSLContext | None) -> AsyncIterator[Talk]:
    """Let 100 robots talk while the block runs."""
    told, over = Talk(), trio.Event()
    async with AsyncExitStack() as stack:
        links = []
        for number in range(ROBOTS):
            socket = open_socket(url, ssl=context, proxy=None, compression=None, ping_interval=None)
            link = Robot(await stack.enter_async_context(socket))
            await link.authenticate(KEY, device_id=f"robot-{number}")
            links.append(link)
        async with trio.open_nursery() as nursery:
            for link in links:
                nursery.start_soon(talk, link, told, over)
            yield told
            over.set()


def sockets(pid: int) -> int:
    """Return how many files a process has open; those that come and go are sockets."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def attacked(how: Sequence[str], pid: int, within: float) -> tuple[int, float]:
    """Attack the server of that process until it has left every attacker, in so many seconds.

    Whom it has left may go on for long by what the kernel still has for it: that costs nobody.
    Returns how many there were at once, and the seconds.
    """
    calm = most = sockets(pid)
    async with trio.open_nursery() as nursery:
        command = [SLOWHTTPTEST, *ATTACKERS, *how, "-l", str(round(2 * within))]
        run = partial(
            trio.run_process,
            command,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        attack: trio.Process = await nursery.start(run)
        begun = trio.current_time()
        last = begun
        with trio.fail_after(within):
            while trio.current_time() < last + QUIET_S:
                await trio.sleep(0.1)
                now = sockets(pid)
                if now > calm + SPARE:
                    most, last = max(most, now), trio.current_time()
        attack.kill()
    return most - calm, last - begun


@pytest.mark.parametrize("kind", ATTACKS)
@pytest.mark.parametrize("before", ["caddy", "robi"])
async def test_slow_clients_are_gone_in_time_and_robots_talk_on(
    tmp_path: Path, kind: str, before: str
) -> None:
    how, within = ATTACKS[kind]
    reply = Reply(chunks=("[emotion:happy]Hola,", " aquí estoy"))
    async with trio.open_nursery() as nursery:
        model = await GeminiStub(Script((), reply)).serve(nursery)
        async with serving(tmp_path / "robi", model) as server:
            with in_front_of(f"127.0.0.1:{server.port}", tmp_path / "caddy") as front:
                context = ssl.create_default_context(cafile=front.anchor)
                secure = before == "caddy"
                place = f"127.0.0.1:{front.port if secure else server.port}"
                robots = f"{'wss' if secure else 'ws'}://{place}/ws/interact"
                async with talking(robots, context if secure else None) as told:
                    await trio.sleep(3)
                    calm = len(told.seconds)
                    url = f"{'https' if secure else 'http'}://{place}/"
                    pid = front.pid if secure else server.process.pid
                    most, gone = await attacked([*how, "-u", url], pid, within)
        nursery.cancel_scope.cancel()
    before_ms, meanwhile_ms = (
        median(seconds) * 1000 for seconds in (told.seconds[:calm], told.seconds[calm:])
    )
    print(  # noqa: T201 - for whoever reruns it
        f"{before}, {kind}: {most} at once, gone after {gone:.0f} s; {calm} answers before, median"
        f" {before_ms:.0f} ms, {len(told.seconds) - calm} meanwhile, {meanwhile_ms:.0f} ms"
    )
