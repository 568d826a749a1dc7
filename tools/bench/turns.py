"""CPU of the server from socket to socket: what a turn costs it, and what each further chunk.

Owns how that is counted. Robots talk all at once, each asking again as soon as it has its answer;
the stub thinks no time. Counted is the CPU of the server's process from the first question until it
has settled after the last answer: what a turn leaves to write is part of the turn. Two lengths of
answer are measured, whose difference is the price of chunks, and two paces: `together`, when the
whole answer is in one packet, and `apart`, when each chunk comes in one of its own, as it does from
a real model. Robots are new in each run, so that their histories are equally short.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from attrs import frozen

from tools.bench import programs
from tools.bench.answers import PACES, Pace, question
from tools.bench.clock import settled_cpu_ns
from tools.bench.figures import Figure
from tools.bench.plan import BrainName, Plan
from tools.bench.progress import Progress

_NS_A_MS: Final = 1e6
_NS_A_US: Final = 1e3


def group(brain: BrainName) -> str:
    """Return the heading of these figures."""
    return f"CPU of the server, socket to socket, {brain}"


def further_chunk(pace: Pace) -> str:
    """Return the name of the figure that says what one more chunk costs."""
    return f"each further chunk, {pace}"


def kept_pace(plan: Plan) -> str:
    """Return the name of the figure that says whether chunks apart stayed apart.

    Where it is much longer than the stub's pace the machine was too busy: packets have been read
    together, and a chunk looks cheaper than it is.
    """
    pace_ms = (plan.long - 1) * plan.gap_ms
    return f"{plan.long} chunks, apart, on the clock; {pace_ms} at the stub's pace"


def measure(
    brain: BrainName, plan: Plan, progress: Progress, _before: Sequence[Figure]
) -> list[Figure]:
    """Measure turns of two lengths in two paces.

    Raises:
        ProgramFailed: the server, the stub or the robots did not go on.
    """
    short: dict[Pace, list[_Turn]] = {pace: [] for pace in PACES}
    long: dict[Pace, list[_Turn]] = {pace: [] for pace in PACES}
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (
            programs.stub(brain, plan, folder) as model_url,
            programs.server(brain, model_url, folder) as (pid, url),
            programs.fleet(url, folder) as fleet,
        ):
            site = _Site(plan, pid, fleet)
            # The first turns of a process pay for what is made once.
            site.turn("warm-up", plan.long, "together")
            for run in range(plan.runs):
                for pace in PACES:
                    for count, costs in ((plan.short, short), (plan.long, long)):
                        device = f"{pace}-{count}-{run}"
                        costs[pace].append(site.turn(device, count, pace))
                progress.step()
    heading = group(brain)
    more = plan.long - plan.short
    figures: list[Figure] = []
    for pace in PACES:
        turns = tuple(turn.cpu_ns / _NS_A_MS for turn in short[pace])
        chunks = tuple(
            (b.cpu_ns - a.cpu_ns) / more / _NS_A_US
            for a, b in zip(short[pace], long[pace], strict=True)
        )
        figures += [
            Figure(heading, f"a turn of {plan.short} chunks, {pace}", "ms", turns),
            Figure(heading, further_chunk(pace), "µs", chunks),
        ]
    took = tuple(turn.took_ms for turn in long["apart"])
    return [*figures, Figure(heading, kept_pace(plan), "ms", took)]


@frozen
class _Turn:
    """One of many turns at once: its CPU time, and how long it took."""

    cpu_ns: float
    took_ms: float


@frozen
class _Site:
    """A server and robots that talk with it."""

    plan: Plan
    pid: int
    fleet: programs.Fleet

    def turn(self, device: str, count: int, pace: Pace) -> _Turn:
        """Return what one turn of `count` chunks costs the server."""
        plan = self.plan
        turns = plan.turns if count == plan.short else 1  # of a long answer one tells enough
        self.fleet.gather(
            programs.Round(
                device=device,
                robots=plan.robots,
                turns=turns,
                warm_up=question(plan.short, "together"),
                say=question(count, pace),
                stagger_s=plan.gap_ms / 1000 / plan.robots,
            )
        )
        before = settled_cpu_ns(self.pid)
        begun = perf_counter()
        self.fleet.talk()
        took = perf_counter() - begun
        spent = settled_cpu_ns(self.pid) - before
        self.fleet.part()
        return _Turn(spent / (plan.robots * turns), took / turns * 1000)
