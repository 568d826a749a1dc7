"""A run from its first robot to its result: starts the processes, counts, watches the server.

Owns the processes of the fleet and the clock of the run, which all of them share.
"""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import cattrs
import orjson
import trio
from attrs import define, evolve, field, frozen

from tools.sim import verdict
from tools.sim.board import Board
from tools.sim.fleet import GRACE_S, Answer, Census, CutOff, Job, News, Play, Struck, news_converter
from tools.sim.result import Plan, Reading, Result
from tools.sim.tally import Tally
from tools.sim.vitals import Processes, Rest

ROOT: Final = Path(__file__).resolve().parents[2]

_PIECES: Final = 300
"""Intervals that a run is divided into, unless they would be shorter than a second."""
_REST_EVERY_S: Final = 10.0
"""Two requests each: an eighth of what a key may ask in a minute."""
_STARTING_S: Final = 1.0
"""What the processes have for their imports before the first robot is due."""
_LATE_S: Final = 10.0
"""Beyond the grace of the plays; a process that is not through by then is stopped."""


class WorkerFailed(Exception):
    """A process of the fleet ended before its time; the message is what it said last."""


@frozen
class Watch:
    """What is watched of the server: its processes, if they are here, and what it tells."""

    processes: Sequence[Processes]
    rest: Rest


def jobs(job: Job, processes: int) -> list[Job]:
    """Return `job` as shares for so many processes; none has no robot."""
    shares = [
        job.robots * (n + 1) // processes - job.robots * n // processes for n in range(processes)
    ]
    rate = None if job.arrivals is None else job.arrivals / job.robots
    return [
        evolve(
            job, robots=share, seed=job.seed + n, arrivals=None if rate is None else rate * share
        )
        for n, share in enumerate(shares)
        if share
    ]


@define(eq=False)
class Campaign:
    """One run.

    Args:
        plan: what is to be done.
        job: of all robots together; `begins_at` is set when it begins.
        watch: the server.
        board: what a person sees.
        machine: what the result names as the machine.
        python: what starts a process of the fleet.
    """

    plan: Plan
    job: Job
    watch: Watch
    board: Board
    machine: Mapping[str, str]
    _tally: Tally = field(factory=Tally, init=False)
    _readings: list[Reading] = field(factory=list, init=False)
    _values: dict[str, float] = field(factory=dict, init=False)
    """Of the server, each as last read."""
    _told: dict[str, float] = field(factory=dict, init=False)
    """What it has told of itself since the last reading was kept."""
    _playing: dict[int, int] = field(factory=dict, init=False)
    _processes: list[trio.Process] = field(factory=list, init=False)
    _begins_at: float = field(default=0.0, init=False)
    _ending: bool = field(default=False, init=False)

    async def run(self) -> Result:
        """Do it; return what was found.

        Raises:
            WorkerFailed: a process of the fleet broke down.
        """
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self._begins_at = time.monotonic() + _STARTING_S
        job = evolve(self.job, begins_at=self._begins_at)
        try:
            async with trio.open_nursery() as watching:
                watching.start_soon(self._keep_time)
                watching.start_soon(self._ask_server)
                async with trio.open_nursery() as workers:
                    workers.cancel_scope.deadline = (
                        trio.current_time() + _STARTING_S + job.duration_s + GRACE_S + _LATE_S
                    )
                    for number, share in enumerate(jobs(job, self.plan.processes)):
                        workers.start_soon(self._work, number, share)
                watching.cancel_scope.cancel()
            self._close_interval()
            self._told.update(await self.watch.rest.read())
            self._read_server()
        finally:
            self.board.clear()
            with trio.CancelScope(shield=True):
                await self.watch.rest.aclose()
        return self._result(started)

    async def end(self) -> None:
        """Let the robots go before the time is over; what was found until now is the result."""
        self._ending = True
        for process in self._processes:
            if process.stdin is not None:
                await process.stdin.aclose()

    @property
    def _at(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begins_at

    # ── the robots ────────────────────────────────────────────────────────────────────────

    async def _work(self, number: int, job: Job) -> None:
        """Have a process do `job`, and count what it tells."""
        converter = news_converter()
        order = orjson.dumps(converter.unstructure(job), option=orjson.OPT_APPEND_NEWLINE)
        errors = bytearray()
        async with trio.open_nursery() as nursery:
            process = await nursery.start(
                partial(
                    trio.run_process,
                    [sys.executable, "-m", "tools.sim.worker"],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    check=False,
                )
            )
            self._processes.append(process)
            nursery.start_soon(_collect, process.stderr, errors)
            await process.stdin.send_all(order)
            rest = b""
            async for piece in process.stdout:
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    self._count(number, converter, line)
        if process.returncode and not self._ending:
            raise WorkerFailed(errors.decode(errors="replace").strip())
        self._playing[number] = 0

    def _count(self, number: int, converter: cattrs.Converter, line: bytes) -> None:
        match converter.structure(orjson.loads(line), News):  # type: ignore[arg-type]
            case Answer(sample, troubled):
                self._tally.heard(sample, troubled=troubled)
            case Play(scenario, failure, faults, troubled):
                self._tally.played(scenario, failure, faults, troubled=troubled)
            case Struck(kind):
                self._tally.troubled(kind)
            case Census(playing):
                self._playing[number] = playing
            case CutOff(plays):
                self._tally.cut_off += plays

    # ── the server, and the clock ─────────────────────────────────────────────────────────

    async def _keep_time(self) -> None:
        """Close each interval as its time comes, and show how it goes each second."""
        await trio.sleep(_STARTING_S)
        length = interval_s(self.plan.duration_s)
        next_close = trio.current_time() + length
        while True:
            await trio.sleep_until(min(next_close, trio.current_time() + 1.0))
            if trio.current_time() >= next_close:
                next_close += length
                self._close_interval()
                self._read_server()
            self.board.show(self._tally, self._values, sum(self._playing.values()), self._at)

    def _close_interval(self) -> None:
        self._tally.close_interval(self._at, sum(self._playing.values()))

    def _read_server(self) -> None:
        read: dict[str, float] = {}
        for processes in self.watch.processes:
            for name, value in processes.read(time.monotonic()).items():
                read[name] = read.get(name, 0.0) + value
        read |= self._told
        self._told.clear()
        if read:
            self._values |= read
            self._readings.append(Reading(self._at, read))

    async def _ask_server(self) -> None:
        while True:
            self._told |= await self.watch.rest.read()
            await trio.sleep(_REST_EVERY_S)

    def _result(self, started: str) -> Result:
        tally = self._tally
        begin, end = self.plan.warm_up_s, self.plan.duration_s
        lines = verdict.trends(self._readings, begin, end) if self.plan.kind == "soak" else ()
        return Result(
            plan=self.plan,
            started=started,
            took_s=self._at,
            machine=self.machine,
            outcomes=dict(tally.outcomes),
            errors=dict(tally.errors),
            faults=dict(tally.faults),
            failures=dict(tally.failures),
            provoked=dict(tally.provoked),
            troubles=dict(tally.troubles),
            cut_off=tally.cut_off,
            latencies=tuple(tally.latencies.values()),
            scenarios=tally.scenarios(),
            intervals=tuple(tally.intervals),
            readings=tuple(self._readings),
            trends=lines,
            checks=tuple(verdict.checks(tally, self._readings, lines)),
        )


def interval_s(duration_s: float) -> float:
    """Return the length of an interval of a run that lasts for so long."""
    return max(1.0, duration_s / _PIECES)


async def _collect(stream: trio.abc.ReceiveStream, into: bytearray) -> None:
    async for piece in stream:
        into += piece
