"""A server of two processes: nobody who talks to it can tell.

Robots connect by the one port and are accepted by whichever process the kernel chooses, so every
test that opens some links has them handed over as well.
"""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import trio
from attrs import define, field

from robi.store import questions
from robi.upkeep.exporting import reading
from robi.workers.ownership import owner
from tests.e2e.processes import KEY, Process, serving
from tests.e2e.robots import PATIENCE, ResumingRobot, Robot, connect, resuming, spelled
from tools.gemini_stub import GeminiStub, Reply, Script

PACED = Reply(match="despacio", chunk_delay_ms=20)
ENDLESS = Reply(match="sin fin", chunks=("[emotion:happy]Uno,", " dos"), stall_after=2)
ANA = {"user_id": "user_ana"}


def device(process: int, number: int = 0) -> str:
    """A device that belongs to that process."""
    names = (f"phone-{n}" for n in range(1_000))
    return [name for name in names if owner(name, 2) == process][number]


def holding(folder: Path, text: bytes) -> list[Path]:
    """The files in which that stands."""
    return [path for path in folder.iterdir() if path.is_file() and text in path.read_bytes()]


async def wait_kept(folder: Path, session_id: str, rows: int) -> None:
    """Wait until so much of a conversation is on the disk."""
    kept = 0
    while kept < rows:
        await trio.sleep(0.01)
        with reading(folder / "robi.db") as db:
            kept = len(questions.history(db, session_id))


@define(eq=False)
class Pair:
    """The server of two processes, and the model behind it."""

    server: Process
    stub: GeminiStub
    client: httpx.AsyncClient
    _open: AsyncExitStack = field(factory=AsyncExitStack)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}/ws/interact"

    @asynccontextmanager
    async def robot(self, **auth: object) -> AsyncIterator[Robot]:
        async with connect(self.url) as robot:
            greeting = await robot.authenticate(KEY, **auth)
            assert greeting["type"] == "auth_ok", greeting
            yield robot

    def lasting(self, device_id: str) -> ResumingRobot:
        return ResumingRobot(self.url, KEY, device_id)

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pid(self, process: int) -> int:
        """Of the newest life of a process."""
        started = [e for e in self.server.log if e["event"] == "worker_started"]
        pids: list[int] = [entry["pid"] for entry in started if entry["number"] == process]
        return pids[-1]

    async def kill(self, process: int) -> None:
        """Kill a process as a power cut would, and wait until there are two again."""
        before = len(self.events("worker_started"))
        listened = len(self.events("listening"))
        os.kill(self.pid(process), signal.SIGKILL)
        lives = 1 if process else 2
        with trio.fail_after(PATIENCE):
            while (  # noqa: ASYNC110 - other processes' log
                len(self.events("worker_started")) < before + lives
                or len(self.events("listening")) < listened + lives
            ):
                await trio.sleep(0.01)

    def events(self, name: str) -> list[dict[str, Any]]:
        return [entry for entry in self.server.log if entry["event"] == name]

    def last_prompt(self) -> str:
        return str(self.stub.requests[-1])


@asynccontextmanager
async def two_processes(folder: Path, *replies: Reply, **settings: str) -> AsyncIterator[Pair]:
    async with trio.open_nursery() as nursery:
        stub = GeminiStub(Script(replies))
        model_url = await stub.serve(nursery)
        async with serving(folder, model_url, WORKERS="2", **settings) as server:
            base = f"http://127.0.0.1:{server.port}"
            async with httpx.AsyncClient(
                base_url=base, headers={"X-API-Key": KEY}, trust_env=False, timeout=PATIENCE
            ) as client:
                try:
                    with trio.fail_after(2 * PATIENCE):
                        yield Pair(server, stub, client)
                finally:  # a parent that is killed leaves its processes to end by themselves
                    server.process.terminate()
                    server.process.send_signal(signal.SIGINT)
                    with trio.move_on_after(PATIENCE, shield=True):
                        await server.process.wait()
        nursery.cancel_scope.cancel()


async def test_robots_talk_in_both_processes_and_views_show_all(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as pair, AsyncExitStack() as stack:
        robots: list[Robot] = []
        for number in range(12):
            link = pair.robot(device_id=f"phone-{number}")
            robots.append(await stack.enter_async_context(link))

        async def talk(robot: Robot, words: str) -> None:
            turn = await robot.asks(words)
            assert "".join(m["text"] for m in turn if m["type"] == "text_chunk") == words

        async with trio.open_nursery() as nursery:
            for number, robot in enumerate(robots):
                nursery.start_soon(talk, robot, spelled(f"soy el robot {number}"))

        tree = await pair.get("/api/tree")
        children = {child["name"]: child for child in tree["children"]}
        others = {child["name"]: child for child in children["worker/1"]["children"]}
        counts = [len(each["sessions"]["children"]) for each in (children, others)]
        here = sum(owner(f"phone-{number}", 2) == 0 for number in range(12))
        assert counts == [here, 12 - here]
        sessions = await pair.get("/api/sessions?limit=100")
        assert sessions["total"] == 12
        assert {s["session_id"] for s in sessions["sessions"]} == {r.session_id for r in robots}
        assert (await pair.get("/api/statistics"))["turns"] == 12
        health = await pair.get("/api/health")
        assert (health["status"], health["sessions"]) == ("ok", 12)
        metrics = (await pair.client.get("/metrics")).text
        assert 'worker="0"' in metrics
        assert 'worker="1"' in metrics
        assert {entry.get("worker") for entry in pair.server.log} == {None, 0, 1}
        assert KEY not in str(pair.server.log)


async def test_link_dropped_in_mid_answer_resumes_wherever_it_lands(tmp_path: Path) -> None:
    async with two_processes(tmp_path, PACED) as pair, AsyncExitStack() as stack:
        robots = [pair.lasting(device(process, n)) for process in (0, 1) for n in (0, 1)]
        for robot in robots:
            await stack.enter_async_context(resuming(robot))
            await robot.wait_greeted(1)

        async def listen(robot: ResumingRobot) -> None:
            words = spelled("despacio " + " ".join(f"{robot.device_id}w{n}" for n in range(20)))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(robot.asks, words, "t1")
                for heard in (2, 6, 10, 14):
                    await robot.hears_texts("t1.0", heard)
                    while (link := robot._link) is None:
                        await robot.wait_changed()
                    await link.drop()
                    while robot._link is link:
                        await robot.wait_changed()
            told = "".join(m["text"] for m in robot.turns["t1.0"] if m["type"] == "text_chunk")
            assert (
                told == words
            )  # each once and in order: `ResumingRobot` holds the numbers to that

        async with trio.open_nursery() as nursery:
            for robot in robots:
                nursery.start_soon(listen, robot)
        assert all(robot.counts["resumed"] == 4 for robot in robots)
        assert pair.events("link_handed_over")
        assert not pair.events("connection_crashed")


async def test_session_is_found_again_by_its_id_and_by_a_device_it_had_not(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as pair:
        async with pair.robot() as robot:
            session_id = robot.session_id
            await robot.asks("me gusta el queso azul")
        elsewhere = device(1 - owner(session_id, 2))
        for auth in (
            {"session_id": session_id, "last_seq": 0},
            {"session_id": session_id, "last_seq": 0, "device_id": elsewhere},
            {"session_id": session_id, "last_seq": 0},
            {"device_id": elsewhere},
        ):
            async with pair.robot(**auth) as robot:
                assert robot.session_id == session_id, auth
                await robot.asks("¿y ahora?", "r2")
                assert "queso azul" in pair.last_prompt(), auth
        sessions = await pair.get("/api/sessions")
        assert [s["session_id"] for s in sessions["sessions"]] == [session_id]


async def test_person_forgotten_by_rest_is_forgotten_in_the_other_process_too(
    tmp_path: Path,
) -> None:
    async with (
        two_processes(tmp_path) as pair,
        pair.robot(device_id=device(0)) as here,
        pair.robot(device_id=device(1)) as there,
    ):
        for robot in (here, there):
            text = {"type": "text", "request_id": "r1", "content": "mi gato es Bigotes", **ANA}
            await robot.sends(text)
            await robot.hears_turn()
            await wait_kept(tmp_path, robot.session_id, 2)
        answer = await pair.client.delete("/api/users/user_ana")
        assert answer.status_code == 200, answer.text
        assert answer.json()["history"] == 4
        for robot in (here, there):
            await robot.sends({"type": "text", "request_id": "r2", "content": "¿mi gato?", **ANA})
            await robot.hears_turn()
            assert "Bigotes" not in pair.last_prompt()
        assert not holding(tmp_path, b"Bigotes")


async def test_process_that_is_killed_costs_nobody_else_a_word(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as pair:
        theirs, ours = pair.lasting(device(1)), pair.lasting(device(0))
        async with resuming(theirs), resuming(ours):
            for robot in (theirs, ours):
                await robot.asks("me llamo Ana y vivo en Soria", "t1")
            await pair.kill(1)
            for robot in (theirs, ours):
                await robot.asks("hola otra vez", "t2")
                assert "Soria" in pair.last_prompt()
            assert (ours.counts["links"], theirs.counts["resumed"]) == (1, 0)
            assert len(theirs.greetings) == 2
            await pair.kill(0)
            for robot in (theirs, ours):
                await robot.asks("hola por fin", "t3")
                assert "Soria" in pair.last_prompt()
            assert {len(ours.greetings), len(theirs.greetings)} == {2, 3}
            health = await pair.get("/api/health")
            assert (health["status"], health["sessions"]) == ("ok", 2)


async def test_signal_drains_both_processes_and_exits_with_0(tmp_path: Path) -> None:
    async with two_processes(tmp_path, PACED) as pair, AsyncExitStack() as stack:
        robots = [
            await stack.enter_async_context(pair.robot(device_id=device(process)))
            for process in (0, 1)
        ]
        words = spelled("despacio y buena letra que el hacer las cosas bien")
        for robot in robots:
            await robot.sends({"type": "text", "request_id": "r1", "content": words})
            while (await robot.hears())["type"] != "text_chunk":
                pass
        pair.server.process.terminate()
        for robot in robots:
            turn = [*robot.seen, *await robot.hears_turn()]
            assert "".join(m["text"] for m in turn if m.get("type") == "text_chunk") == words
            assert await robot.close_code() == 1012
        with trio.fail_after(PATIENCE):
            assert await pair.server.process.wait() == 0
        ended = [entry["number"] for entry in pair.events("worker_ended")]
        assert ended == [1, 0]
        assert not [e for e in pair.server.log if e["level"] == "error"]
