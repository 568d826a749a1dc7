"""What must hold of a run, and whether it did. Pure.

Owns the limits: which values of the server may not grow, and from what on growth is worth speaking
of. Latency is not judged: how fast is fast enough is for who asked to say.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from tools.sim import vitals
from tools.sim.result import Check, Reading, Trend
from tools.sim.slopes import slope
from tools.sim.tally import Tally

_TOLD: Final = 3
"""Kinds of a failure that are named; the JSON has them all."""


@frozen
class _Steady:
    """A value that may not grow by more than `unit` and `share` of itself."""

    name: str
    unit: float
    share: float


_MIB: Final = 1024 * 1024

STEADY: Final = (
    _Steady(vitals.MEMORY, 2 * _MIB, 0.02),
    _Steady(vitals.TASKS, 5, 0.02),
    _Steady(vitals.DESCRIPTORS, 5, 0.02),
    _Steady(vitals.THREADS, 1, 0.02),
)


def trends(readings: Sequence[Reading], begin: float, end: float) -> tuple[Trend, ...]:
    """Return how each value that should be steady went from `begin` to `end`, in seconds.

    Nothing of what was not to be read.
    """
    readings = [reading for reading in readings if begin <= reading.at <= end]
    found: list[Trend] = []
    for steady in STEADY:
        points = [(r.at, r.values[steady.name]) for r in readings if steady.name in r.values]
        line = slope(points)
        if line is not None:
            grows = line.grows(unit=steady.unit, share=steady.share)
            found.append(Trend(steady.name, line.hourly, line.low, line.high, line.level, grows))
    return tuple(found)


def checks(tally: Tally, readings: Sequence[Reading], lines: Sequence[Trend]) -> Iterator[Check]:
    """Yield what must hold of every run, then what must of one with these trends."""
    yield Check("something was answered", tally.answers > 0, f"{tally.answers} answers")
    yield _none("no rule of the protocol broken", tally.faults)
    yield Check("no answer missing", not tally.unheard, f"{tally.unheard} waited for in vain")
    yield _none("scenarios as they are written", tally.failures)
    counts = [r.values[vitals.RESTARTS] for r in readings if vitals.RESTARTS in r.values]
    if counts:
        restarted = int(counts[-1] - counts[0])
        yield Check("no actor restarted", not restarted, f"{restarted} restarts")
    for line in lines:
        found = f"{per_hour(line)}, {'grows' if line.grows else 'steady'}"
        yield Check(f"{line.name} does not grow", not line.grows, found)


def per_hour(line: Trend) -> str:
    """Return a slope and its confidence in words."""
    scale, unit = (_MIB, " MiB") if line.name == vitals.MEMORY else (1, "")
    hourly, low, high = (one / scale for one in (line.hourly, line.low, line.high))
    return f"{hourly:+.1f}{unit} an hour (95 %: {low:+.1f} to {high:+.1f})"


def _none(name: str, counts: Mapping[str, int]) -> Check:
    """A check that nothing was counted."""
    worst = sorted(counts.items(), key=lambda item: -item[1])[:_TOLD]
    told = "; ".join(f"{count} x {what}" for what, count in worst)
    return Check(name, not counts, told or "none")
