"""The command: measures, shows a table, keeps a JSON."""

import argparse
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

from tools.bench import figures, machine
from tools.bench.figures import Figure, Report

_ABOUT: Final = """What the server costs, measured on this machine: ./dev bench

The server, a stub of the model and the robots are processes of their own on loopback; counted is
the CPU time of the server alone. Takes two minutes. docs/performance.md explains the figures.
"""


QUICKLY: Final = "\n--quick: so few turns are for trying it out, not for figures."
_TERMINATED: Final = 128 + signal.SIGTERM


def main(arguments: list[str] | None = None) -> int:
    """Measure, or show what was measured; return the exit status."""
    options = _parser().parse_args(arguments)
    if options.show is not None:
        print(figures.markdown(Report.from_json(options.show.read_bytes())))
        return 0
    if sys.platform != "linux":
        print("bench: the CPU time of another process is known on Linux only", file=sys.stderr)
        return 2
    return _measure(options)


def _measure(options: argparse.Namespace) -> int:
    # Showing a report needs none of the server, and so works wherever documents are made.
    from tools.bench.measurements import FULL, MEASUREMENTS, QUICK  # noqa: PLC0415
    from tools.bench.programs import ProgramFailed  # noqa: PLC0415
    from tools.bench.progress import Progress  # noqa: PLC0415

    names = [one.name for one in MEASUREMENTS]
    if unknown := sorted(set(options.only or ()) - set(names)):
        print(f"bench: no {', '.join(unknown)}; there is {', '.join(names)}", file=sys.stderr)
        return 2
    plan = QUICK if options.quick else FULL
    if options.runs is not None:
        plan = attrs.evolve(plan, runs=options.runs)
    chosen = [one for one in MEASUREMENTS if not options.only or one.name in options.only]
    progress = Progress(sys.stderr, len(chosen) * plan.runs)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # leave no program behind
    measured_on = machine.describe()
    found: list[Figure] = []
    try:
        for measurement in chosen:
            progress.begin(measurement.about)
            found += measurement.measure(plan, progress, tuple(found))
    except ProgramFailed as failure:
        progress.end()
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    progress.end()
    report = Report(
        datetime.now(UTC).date().isoformat(),
        measured_on,
        attrs.asdict(plan),
        tuple(found),
    )
    print(figures.text(report))
    if options.quick:
        print(QUICKLY)
    if options.json is not None:
        options.json.write_bytes(report.to_json())
    return 0


def _runs(value: str) -> int:
    runs = int(value)
    if runs < 1:
        raise ValueError
    return runs


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--json", type=Path, metavar="FILE", help="keep the figures, every run of them")
    add("--only", nargs="+", metavar="NAME", help="measure these alone, such as turns-gemini")
    add("--quick", action="store_true", help="only see that it works: the figures mean nothing")
    add("--runs", type=_runs, metavar="N", help="of which each figure is the median, by default 5")
    add("--show", type=Path, metavar="FILE", help="measure nothing; show a kept JSON as Markdown")
    return parser
