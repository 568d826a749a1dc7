"""Fifty robots on a bad network: every word of every answer exactly once, in order.

`ROBI_LONG=1 ./dev test tests/e2e/test_faults.py` lasts two minutes instead of some seconds
(docs/testing.md). The faults of each connection are drawn by seed and strike after so many bytes,
in mid-message; which robot meets which is up to the scheduler, and must not matter.
"""

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import trio

from tests.e2e.conftest import KEY, open_site
from tests.e2e.proxy import FaultProxy, random_faults
from tests.e2e.robots import ResumingRobot, resuming, spelled
from tools.gemini_stub import Reply

ROBOTS = 50
SECONDS = 120 if os.environ.get("ROBI_LONG") == "1" else 8
SLACK = 60
"""Seconds after which robots that do not come to an end are stuck."""

SEED = 20261121
WORDS = 12
PACED = Reply(chunk_delay_ms=80)
EVERY_KIND = {"delay", "throttle", "cut", "reset", "freeze up", "freeze down", "freeze up+down"}


def words_of(messages: list[dict[str, Any]]) -> str:
    return "".join(m["text"] for m in messages if m["type"] == "text_chunk")


async def converse(robot: ResumingRobot, until: float) -> int:
    """Talk until then; return how many turns that were. Each word has the robot's own tag."""
    turn = 0
    while trio.current_time() < until:
        words = spelled(" ".join(f"{robot.device_id}t{turn}w{n}" for n in range(WORDS)))
        answer = await robot.asks(words, f"t{turn}")
        assert words_of(answer) == words
        turn += 1
    return turn


def check_whole(robot: ResumingRobot, turns: int) -> None:
    """All that one robot was told, once more as a whole."""
    assert [m["seq"] for m in robot.messages] == list(range(1, len(robot.messages) + 1))
    assert {greeting["session_id"] for greeting in robot.greetings} == {robot.session_id}
    assert all(greeting["resumed"] for greeting in robot.greetings[1:])
    ended = [t for t in robot.turns.values() if t and t[-1]["type"] == "stream_end"]
    whole = [turn for turn in ended if not turn[-1].get("interrupted")]
    assert len(whole) == turns
    for turn in ended:  # one that was cut ends early, and tells no word that is not its own
        tag = f"{robot.device_id}{turn[0]['request_id'].partition('.')[0]}"
        heard = words_of(turn).split()
        assert heard == [spelled(f"{tag}w{n}") for n in range(len(heard))]


async def test_fifty_robots_under_random_faults_hear_every_word_exactly_once(
    tmp_path: Path,
) -> None:
    robots = [ResumingRobot("", KEY, f"r{n}", patience=2.0) for n in range(ROBOTS)]
    turns: dict[str, int] = {}
    async with (
        open_site(tmp_path, default=PACED, WS_PING_INTERVAL="1", WS_PING_TIMEOUT="2") as site,
        trio.open_nursery() as network,
    ):
        proxy = FaultProxy("127.0.0.1", site.house.port, random_faults(SEED))
        url = f"ws://127.0.0.1:{await proxy.serve(network)}/ws/interact"

        async def live(robot: ResumingRobot, until: float) -> None:
            robot.url = url
            async with resuming(robot):
                turns[robot.device_id] = await converse(robot, until)

        with trio.fail_after(SECONDS + SLACK):
            async with trio.open_nursery() as nursery:
                for robot in robots:
                    nursery.start_soon(live, robot, trio.current_time() + SECONDS)
        network.cancel_scope.cancel()
    for robot in robots:
        check_whole(robot, turns[robot.device_id])
    assert min(turns.values()) >= 1
    assert set(proxy.struck) == EVERY_KIND
    tell(turns, robots, proxy)


def tell(turns: dict[str, int], robots: list[ResumingRobot], proxy: FaultProxy) -> None:
    """Say what it was like: `-s` shows it."""
    counts = sum((robot.counts for robot in robots), Counter[str]())
    messages = sum(len(robot.messages) for robot in robots)
    sys.stderr.write(
        f"\n{SECONDS} s: {sum(turns.values())} turns, {messages} messages, "
        f"{proxy.carried} connections; faults {dict(proxy.struck)}; robots {dict(counts)}\n"
    )
