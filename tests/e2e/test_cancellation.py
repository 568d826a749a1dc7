"""Who interrupts, or leaves for good, ends the call to the model: over real sockets, every time.

At once is shown by order and not by a clock, which on a shared machine tells more of the neighbours
than of us: the model has seen its call end before the robot hears the answer to what it says next.
That no time passes at all, under a virtual clock: tests/actors/test_turn_cancellation.py.
"""

import random
from pathlib import Path
from time import monotonic

import trio

from tests.e2e.conftest import Site, open_site
from tools.gemini_stub import Reply

TRIES = 100

ENDLESS = Reply(
    chunks=("[emotion:happy]", *(f" palabra {n}" for n in range(8))),
    first_delay_ms=4,
    chunk_delay_ms=3,
    split=64,
    stall_after=9,
)
"""Speaks for some 30 ms and never ends: no call is over before it is cut."""

LATEST = 0.04
"""Seconds after the question at which the last ones break in; the first do before it is asked."""


def moments() -> list[float]:
    lots = random.Random(7)
    return [lots.uniform(0, LATEST) for _ in range(TRIES)]


def still_open(site: Site, before: float) -> list[int]:
    """Return the numbers of the calls that began `before` and are open.

    One that is cut while it is being made reaches the stub when it is already over.
    """
    calls = site.stub.calls
    return [call.number for call in calls if call.ending == "open" and call.opened_s < before]


async def all_closed_by_client(site: Site) -> None:
    with trio.fail_after(30):  # a call that is not cut stays open for ever
        for call in site.stub.calls:
            await call.wait_closed()
    assert {call.ending for call in site.stub.calls} == {"closed_by_client"}
    assert len(site.stub.calls) > TRIES / 2  # the others were cut before they were made


async def test_hundred_interruptions_each_close_the_call_before_the_next_answer(
    tmp_path: Path,
) -> None:
    async with (
        # A summary is a call that nobody cuts.
        open_site(tmp_path, default=ENDLESS, CONVERSATION_COMPACTION_THRESHOLD="1000") as site,
        site.robot() as robot,
    ):
        for number, moment in enumerate(moments()):
            request_id = f"r{number}"
            await robot.sends({"type": "text", "request_id": request_id, "content": "habla"})
            await trio.sleep(moment)
            await robot.sends({"type": "interrupt", "request_id": request_id})
            assert (await robot.hears_turn())[-1]["interrupted"] is True
            ended_at = monotonic()
            await robot.sends({"type": "face_scan_mode", "request_id": f"s{number}"})
            assert (await robot.hears())["type"] == "face_scan_actions"
            assert not still_open(site, ended_at)
        await all_closed_by_client(site)


async def test_hundred_robots_that_leave_for_good_each_close_their_call(tmp_path: Path) -> None:
    async def ask_and_leave(device: str, moment: float) -> None:
        async with site.robot(device_id=device) as robot:
            await robot.sends({"type": "text", "request_id": "r1", "content": "habla"})
            await trio.sleep(moment)

    async with open_site(tmp_path, default=ENDLESS) as site:
        async with trio.open_nursery() as nursery:
            for number, moment in enumerate(moments()):
                nursery.start_soon(ask_and_leave, f"robot-{number}", moment)
        await all_closed_by_client(site)
