"""A run as a whole: how it is shared out, and one that finds nobody."""

import io
from traceback import format_exception
from typing import Any

import pytest
import trio
from attrs import evolve

from tests.tools.sim.fleets import PLAN
from tests.tools.sim.test_fleet import JOB
from tools.sim.board import Board
from tools.sim.campaign import Campaign, Watch, WorkerFailed, interval_s, jobs
from tools.sim.vitals import Rest

NOWHERE = "ws://127.0.0.1:1/ws/interact"


@pytest.mark.parametrize(("robots", "processes"), [(10, 3), (4, 4), (7, 1)])
def test_every_robot_is_in_one_process(robots: int, processes: int) -> None:
    shares = jobs(evolve(JOB, robots=robots, arrivals=5.0), processes)
    assert len(shares) == processes
    assert sum(one.robots for one in shares) == robots
    assert max(one.robots for one in shares) - min(one.robots for one in shares) <= 1
    assert sum(one.arrivals or 0 for one in shares) == pytest.approx(5.0)
    assert len({one.seed for one in shares}) == processes


def test_no_process_is_without_a_robot() -> None:
    assert len(jobs(evolve(JOB, robots=2), 5)) == 2


@pytest.mark.parametrize(("duration", "length"), [(2, 1), (60, 1), (1800, 6)])
def test_interval_is_a_second_at_least(duration: float, length: float) -> None:
    assert interval_s(duration) == length


def campaign(**changes: Any) -> Campaign:
    job = evolve(JOB, url=NOWHERE, **changes)
    plan = evolve(PLAN, url=NOWHERE, duration_s=job.duration_s, warm_up_s=0.0)
    watch = Watch([], Rest.of(NOWHERE, None))
    return Campaign(plan, job, watch, Board(io.StringIO(), plan), {"processor": "abacus"})


async def test_run_against_nobody_says_that_nothing_was_answered() -> None:
    run = campaign(scenarios=(("text", 1.0),), robots=2, duration_s=0.5, pause_s=0.2)
    with trio.fail_after(30):
        result = await run.run()
    assert not result.held
    assert result.answers == 0
    (failure,) = result.failures
    assert "no link" in failure


async def test_process_that_breaks_down_ends_the_run_with_its_words() -> None:
    run = campaign(scenarios=(("no-such-scenario", 1.0),), robots=1)
    with trio.fail_after(30), pytest.raises(ExceptionGroup) as raised:
        await run.run()
    failed, others = raised.value.split(WorkerFailed)
    assert others is None
    assert "no-such-scenario" in "".join(format_exception(failed))
