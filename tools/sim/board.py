"""What a person sees while a fleet runs: live lines on a terminal, else a line each ten seconds.

Owns how figures are written for reading: times, sizes and rates in three digits.
"""

from collections.abc import Iterator, Mapping
from shutil import get_terminal_size
from typing import Final, TextIO

from attrs import define, field

from tools.sim import vitals
from tools.sim.result import Interval, Plan
from tools.sim.tally import EMOTION, END, FIRST_TEXT, Tally

_BAR: Final = 32
_PLAIN_EVERY_S: Final = 10.0
_SPARKS: Final = "▁▂▃▄▅▆▇█"
_NOTHING: Final = "-"

_MIB: Final = 1024 * 1024
_MINUTE: Final = 60


def ms(seconds: float | None) -> str:
    """Return a time for reading: `4.2 ms`, `310 ms`, `14.0 s`."""
    if seconds is None:
        return _NOTHING
    if seconds >= 10:  # noqa: PLR2004 - three digits
        return f"{seconds:.1f} s"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"  # noqa: PLR2004 - three digits


def clock(seconds: float) -> str:
    """Return a length of time: `0:07`, `12:30`, `1:02:05`."""
    minutes, seconds = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def spark(values: list[float | None]) -> str:
    """Return `values` as a row of blocks, the highest a full one."""
    known = [value for value in values if value is not None]
    top = max(known, default=0.0) or 1.0
    steps = len(_SPARKS) - 1
    return "".join(
        " " if value is None else _SPARKS[round(value / top * steps)] for value in values
    )


@define
class Board:
    """Shows a run on `out`."""

    out: TextIO
    plan: Plan
    _lines: int = field(default=0, init=False)
    """Lines that stand on the terminal and are to be drawn over."""
    _told_at: float = field(default=0.0, init=False)

    def show(self, tally: Tally, values: Mapping[str, float], robots: int, at: float) -> None:
        """Show how it goes at `at` seconds; `values` of the server as last read."""
        if self.out.isatty():
            self._draw(list(self._rows(tally, values, robots, at)))
        elif at - self._told_at >= _PLAIN_EVERY_S:
            self._told_at = at
            self.out.write(self._row(tally, values, robots, at) + "\n")
            self.out.flush()

    def clear(self) -> None:
        """Take the live lines away: what follows is the result."""
        self._draw([])

    def _row(self, tally: Tally, values: Mapping[str, float], robots: int, at: float) -> str:
        first = tally.latencies[FIRST_TEXT].corrected
        told = [
            clock(at).rjust(7),
            f"{robots} robots",
            f"{tally.answers} answers",
            f"first text p50 {ms(first.percentile(50))} p99 {ms(first.percentile(99))}",
            f"{_amiss(tally)} amiss",
            *_server(values),
        ]
        return " · ".join(told)

    def _rows(
        self, tally: Tally, values: Mapping[str, float], robots: int, at: float
    ) -> Iterator[str]:
        full = min(_BAR, int(_BAR * at / self.plan.duration_s))
        bar = "█" * full + "·" * (_BAR - full)
        yield f"{bar} {clock(at)} of {clock(self.plan.duration_s)}"
        newest = tally.intervals[-_BAR:]
        yield (
            f"{spark([float(one.answers) for one in newest]):>{_BAR}} "
            f"{tally.answers} answers, {_rate(newest)} a second, {robots} robots"
        )
        yield f"{spark([one.p95 for one in newest]):>{_BAR}} first text, p95 of each interval"
        yield f"{'':>{_BAR}} {'p50':>9}{'p95':>9}{'p99':>9}{'slowest':>9}"
        for name in (EMOTION, FIRST_TEXT, END):
            corrected = tally.latencies[name].corrected
            shown = (f"{ms(corrected.percentile(share)):>9}" for share in (50, 95, 99, 100))
            yield f"{name:>{_BAR}} {''.join(shown)}"
        yield f"{'server':>{_BAR}}  {' · '.join(_server(values)) or 'not watched'}"
        yield f"{'amiss':>{_BAR}}  {_amiss(tally)}, links troubled {tally.troubles.total()}"

    def _draw(self, lines: list[str]) -> None:
        if not self.out.isatty():
            return
        wide = get_terminal_size().columns - 1  # a line that wraps would be two
        up = f"\x1b[{self._lines}A" if self._lines else ""
        self.out.write(up + "".join(f"\r\x1b[K{line[:wide]}\n" for line in lines) + "\x1b[J")
        self.out.flush()
        self._lines = len(lines)


def _amiss(tally: Tally) -> int:
    return tally.faults.total() + tally.failures.total() + tally.unheard


def _rate(intervals: list[Interval]) -> str:
    if len(intervals) < 2:  # noqa: PLR2004 - the ends of a length
        return _NOTHING
    length = intervals[-1].at - intervals[0].at
    return f"{sum(one.answers for one in intervals[1:]) / length:.1f}" if length else _NOTHING


def _server(values: Mapping[str, float]) -> Iterator[str]:
    if vitals.CPU in values:
        yield f"CPU {values[vitals.CPU]:.0%}"
    if vitals.MEMORY in values:
        yield f"{values[vitals.MEMORY] / _MIB:.0f} MiB"
    for name in (vitals.SESSIONS, vitals.TASKS, vitals.DESCRIPTORS, vitals.THREADS):
        if name in values:
            yield f"{values[name]:.0f} {name}"
