"""A model that stalls, over sockets: a hundred turns of fifty robots, none in another's way.

Nothing here waits for the limits of a stall, which `tests/actors/test_stalling_brain.py` has under
a virtual clock: a robot that hears nothing asks anew, which ends its stalled turn.
"""

from pathlib import Path
from typing import Any

import trio

from tests.e2e.conftest import open_site
from tests.e2e.robots import Robot
from tools.gemini_stub import Reply, Script

ROBOTS = 50
TURNS = 2
STUCK_S = 60
STALLS = Script((Reply(match="nada", stall_after=0),), Reply())


def texts(messages: list[dict[str, Any]]) -> str:
    return "".join(m["text"] for m in messages if m["type"] == "text_chunk")


async def hears(robot: Robot, words: str) -> bool:
    """Ask, and tell whether the answer repeats it, whatever else comes before."""
    await robot.sends({"type": "text", "request_id": "last", "content": words})
    answer: list[dict[str, Any]] = []
    while not answer or answer[-1]["type"] not in {"stream_end", "error"}:
        message = await robot.hears()
        if message.get("request_id") == "last":
            answer.append(message)
    return texts(answer) == words


async def test_robots_are_answered_while_fifty_others_wait_for_a_model_that_stalls(
    tmp_path: Path,
) -> None:
    go_on = [trio.Event() for _ in range(TURNS)]
    recovered: list[bool] = []
    async with open_site(tmp_path, script=STALLS, BRAIN_MAX_CALLS=str(ROBOTS + 1)) as site:

        async def live(number: int) -> None:
            async with site.robot(device_id=f"stalled-{number}") as robot:
                for turn, event in enumerate(go_on):
                    stall = {"type": "text", "request_id": f"s{turn}", "content": "di nada"}
                    await robot.sends(stall)
                    await event.wait()
                recovered.append(await hears(robot, "buenos días"))

        with trio.fail_after(STUCK_S):
            async with site.robot() as lively, trio.open_nursery() as nursery:
                for number in range(ROBOTS):
                    nursery.start_soon(live, number)
                for turn, event in enumerate(go_on):
                    while len(site.stub.calls) < (turn + 1) * ROBOTS + turn:  # noqa: ASYNC110 - a poll
                        await trio.sleep(0.01)
                    assert sum(call.ending == "open" for call in site.stub.calls) >= ROBOTS
                    assert texts(await lively.asks("hola robot", f"r{turn}")) == "hola robot"
                    event.set()
    assert recovered == [True] * ROBOTS
