"""A server that is killed or restarted: its robots come back to their sessions and histories.

A turn counts as acknowledged once its rows are committed, which is begun when its `stream_end` is
taken by the link (docs/testing.md); the tests wait for that before they pull the plug.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trio

from robi.store import questions
from robi.store.base import HistoryRow
from robi.upkeep.exporting import reading
from tests.e2e.processes import KEY, Process, serving
from tests.e2e.proxy import FaultProxy
from tests.e2e.robots import PATIENCE, ResumingRobot, connect, resuming
from tools.gemini_stub import GeminiStub, Reply, Script

LONG = "érase una vez un robot que contaba cuentos muy largos a quien los quería oír"
MIDDLE = 6
"""Words after which the tale is cut short."""

STALLS = Reply(match="érase", times=1, stall_after=MIDDLE)
UNHURRIED = Reply(match="érase", chunk_delay_ms=20)

HELD_BEFORE = [("user", "uno"), ("model", "uno"), ("user", "dos"), ("model", "dos")]


class Street:
    """An address that stays while servers come and go behind it, and a model that stays too."""

    def __init__(self, folder: Path, stub: GeminiStub, model_url: str, proxy: FaultProxy) -> None:
        self.folder = folder
        self.stub = stub
        self.model_url = model_url
        self.proxy = proxy

    @asynccontextmanager
    async def server(self, **settings: str) -> AsyncIterator[Process]:
        async with serving(self.folder, self.model_url, **settings) as process:
            self.proxy.target = process.port
            yield process

    def robot(self, device_id: str = "d") -> ResumingRobot:
        return ResumingRobot(f"ws://127.0.0.1:{self.proxy.port}/ws/interact", KEY, device_id)

    def kept(self, session_id: str) -> Sequence[HistoryRow]:
        """What is on the disk now."""
        with reading(self.folder / "robi.db") as db:
            return questions.history(db, session_id)

    async def wait_kept(self, session_id: str, count: int) -> None:
        with trio.fail_after(PATIENCE):
            while len(self.kept(session_id)) < count:  # noqa: ASYNC110 - another process's disk
                await trio.sleep(0.01)

    def last_prompt(self) -> list[tuple[str, str]]:
        """Who said what, as the model was last told."""
        contents: Any = self.stub.requests[-1]["contents"]
        return [(c["role"], " ".join(part["text"] for part in c["parts"])) for c in contents]


@asynccontextmanager
async def open_street(folder: Path, *replies: Reply) -> AsyncIterator[Street]:
    async with trio.open_nursery() as nursery:
        stub = GeminiStub(Script(replies))
        model_url = await stub.serve(nursery)
        proxy = FaultProxy("127.0.0.1", 0)
        await proxy.serve(nursery)
        with trio.fail_after(3 * PATIENCE):
            yield Street(folder, stub, model_url, proxy)
        nursery.cancel_scope.cancel()


async def say_two_things(street: Street, robot: ResumingRobot) -> None:
    await robot.asks("uno", "r1")
    await robot.asks("dos", "r2")
    await street.wait_kept(robot.session_id, len(HELD_BEFORE))


async def test_server_killed_in_mid_sentence_is_resumed_with_the_history_that_was_kept(
    tmp_path: Path,
) -> None:
    async with open_street(tmp_path, STALLS) as street, resuming(street.robot()) as robot:
        async with trio.open_nursery() as person:
            async with street.server() as process:
                await say_two_things(street, robot)
                person.start_soon(robot.asks, LONG, "r3")
                await robot.hears_texts("r3.0", MIDDLE // 2)
                session_id, last_seq = robot.session_id, robot.last_seq
                await process.kill()
            async with street.server():
                greeting = await robot.wait_greeted(2)
                assert (greeting["resumed"], greeting["session_id"]) == (False, session_id)
                await robot.hears_answer("r3.1")
        assert robot.messages[last_seq]["seq"] == last_seq + 1
        assert robot.turns["r3.1"][-2]["response_text"] == LONG
        prompt = street.last_prompt()
        assert prompt[: len(HELD_BEFORE)] == HELD_BEFORE
        assert set(prompt[len(HELD_BEFORE) :]) == {("user", LONG)}  # no word of what was cut off


async def test_robot_that_knows_only_its_device_continues_a_killed_session_within_keep_alive(
    tmp_path: Path,
) -> None:
    async with open_street(tmp_path) as street:
        async with street.server() as process, resuming(street.robot()) as before:
            await say_two_things(street, before)
            await process.kill()
        async with street.server(), resuming(street.robot()) as after:
            greeting = await after.wait_greeted(1)
            assert (greeting["resumed"], greeting["session_id"]) == (True, before.session_id)
            await after.asks("tres", "r3")
        assert street.last_prompt() == [*HELD_BEFORE, ("user", "tres")]


async def test_robot_that_knows_only_its_device_begins_anew_after_keep_alive(
    tmp_path: Path,
) -> None:
    async with open_street(tmp_path) as street:
        async with street.server() as process, resuming(street.robot()) as before:
            await say_two_things(street, before)
            await process.kill()
        async with (
            street.server(CONVERSATION_KEEP_ALIVE_MS="1"),
            resuming(street.robot()) as after,
        ):
            greeting = await after.wait_greeted(1)
            assert greeting["resumed"] is False
            assert greeting["session_id"] != before.session_id
            await after.asks("tres", "r3")
        assert street.last_prompt() == [("user", "tres")]


async def test_session_killed_is_not_given_to_another_device(tmp_path: Path) -> None:
    async with open_street(tmp_path) as street:
        async with street.server() as process, resuming(street.robot("d")) as before:
            await say_two_things(street, before)
            await process.kill()
        async with street.server(), connect(before.url) as link:
            greeting = await link.authenticate(
                KEY, device_id="another", session_id=before.session_id, last_seq=before.last_seq
            )
        assert greeting["resumed"] is False
        assert greeting["session_id"] != before.session_id


async def test_server_restarted_by_sigterm_in_mid_sentence_ends_it_and_is_resumed_with_all_of_it(
    tmp_path: Path,
) -> None:
    async with open_street(tmp_path, UNHURRIED) as street, resuming(street.robot()) as robot:
        async with trio.open_nursery() as person, street.server() as process:
            await say_two_things(street, robot)
            person.start_soon(robot.asks, LONG, "r3")
            await robot.hears_texts("r3.0", MIDDLE // 2)
            session_id = robot.session_id
            assert await process.terminate() == 0
            await robot.hears_answer("r3.0")
        last_seq = robot.last_seq
        async with street.server():
            greeting = await robot.wait_greeted(2)
            assert (greeting["resumed"], greeting["session_id"]) == (False, session_id)
            await robot.asks("cuatro", "r4")
        assert robot.messages[last_seq]["seq"] == last_seq + 1
        assert robot.turns["r3.0"][-2]["response_text"] == LONG
        told = [("user", LONG), ("model", LONG), ("user", "cuatro")]
        assert street.last_prompt() == [*HELD_BEFORE, *told]
