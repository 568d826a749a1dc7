"""The command: measures, shows tables, keeps a JSON."""

import argparse
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

from tools.bench import machine, tables
from tools.bench.figures import Figure, Report
from tools.bench.plan import FULL, QUICK, Plan

_ABOUT: Final = """What the server costs, measured on this machine: ./dev bench

The server, a model that thinks no time and robots are processes of their own on loopback; the
server has one core, all else the other. docs/performance.md explains the figures.

  ./dev bench                              everything, in some minutes on a quiet machine
  ./dev bench --only saturation added      a part of it
  ./dev bench --against HEAD~3             two revisions in turn, run by run, with their ratios
  ./dev bench --against main --only turns-gemini --runs 3
"""


QUICKLY: Final = "\n--quick: so few turns are for trying it out, not for figures."


def main(arguments: list[str] | None = None) -> int:
    """Measure, or show what was measured; return the exit status."""
    options = _parser().parse_args(arguments)
    if options.show is not None:
        print(tables.markdown(Report.from_json(options.show.read_bytes())))
        return 0
    if options.carried is not None:
        print(tables.carried(Report.from_json(options.carried.read_bytes())))
        return 0
    if options.over_time is not None:
        kept = sorted(options.over_time.glob("*.json"))
        print(tables.over_time(Report.from_json(path.read_bytes()) for path in kept))
        return 0
    if sys.platform != "linux":
        print("bench: the CPU time of another process is known on Linux only", file=sys.stderr)
        return 2
    return _measure(options)


def _measure(options: argparse.Namespace) -> int:
    # Showing a report needs none of the server, and so works wherever documents are made.
    from tools.bench.measurements import DISSECTIONS, measurements  # noqa: PLC0415
    from tools.bench.programs import ProgramFailed  # noqa: PLC0415
    from tools.bench.progress import Progress  # noqa: PLC0415
    from tools.bench.revisions import NoRevision, here, unpacked  # noqa: PLC0415
    from tools.bench.runs import measure  # noqa: PLC0415

    plan = _plan(options)
    served = measurements(plan)
    within = () if options.against or options.of else DISSECTIONS
    names = [*(one.name for one in served), *(one.name for one in within)]
    if unknown := sorted(set(options.only or ()) - set(names)):
        print(f"bench: no {', '.join(unknown)}; there is {', '.join(names)}", file=sys.stderr)
        return 2
    chosen = [one for one in served if not options.only or one.name in options.only]
    dissected = [one for one in within if not options.only or one.name in options.only]
    measured_on = machine.describe()
    with ExitStack() as stack:
        progress = Progress(sys.stderr, 0)
        try:
            names_of = (options.against, options.of)
            revisions = [stack.enter_context(unpacked(name)) for name in names_of if name]
            if options.of is None:
                revisions.append(stack.enter_context(here()))
            progress.total = (len(chosen) * len(revisions) + len(dissected)) * plan.runs
            found: list[list[Figure]] = [[] for _ in revisions]
            for measurement in chosen:
                progress.begin(measurement.about)
                measured = measure(measurement.opened, plan, revisions, progress)
                for figures, more in zip(found, measured, strict=True):
                    figures.extend(more)
            for dissection in dissected:
                progress.begin(dissection.about)
                found[-1] += dissection.measure(plan, progress, tuple(found[-1]))
        except (ProgramFailed, NoRevision) as failure:
            progress.end()
            print(f"bench: {failure}", file=sys.stderr)
            return 1
        progress.end()
    today = datetime.now(UTC).date().isoformat()
    reports = [
        Report(today, {"revision": one.name, **measured_on}, attrs.asdict(plan), tuple(figures))
        for one, figures in zip(revisions, found, strict=True)
    ]
    print(tables.compared(*reports) if options.against else tables.text(*reports))
    if options.keep is not None:
        for report in reports:
            name = f"{report.when}-{report.machine['revision']}.json"
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / name).write_bytes(report.to_json())
    if options.quick:
        print(QUICKLY)
    return 0


def _plan(options: argparse.Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    return plan if options.runs is None else attrs.evolve(plan, runs=options.runs)


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
    add("--keep", type=Path, metavar="FOLDER", help="keep all runs there, as DATE-REVISION.json")
    add("--against", metavar="REV", help="measure this revision too, run by run")
    add("--of", metavar="REV", help="measure this revision in place of what is checked out")
    add("--only", nargs="+", metavar="NAME", help="measure these alone, such as turns-gemini")
    add("--quick", action="store_true", help="only see that it works: the figures mean nothing")
    add("--runs", type=_runs, metavar="N", help="of which each figure is the median, by default 5")
    add("--show", type=Path, metavar="FILE", help="measure nothing; show a kept JSON as Markdown")
    add("--carried", type=Path, metavar="FILE", help="what one core carries, worked out from it")
    add("--over-time", type=Path, metavar="FOLDER", help="the same of all that were kept there")
    return parser
