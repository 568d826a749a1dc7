"""The commands `load`, `soak` and `report`: what they take, and what they leave behind.

    ./dev chat load --robots 100 --time 2m talk=3 look=1 --report load.html
    ./dev chat soak --robots 300 --time 30m --json soak.json --report soak.html
    ./dev chat report soak.json

docs/load.md explains the figures. Durations are seconds, or end in s, m or h.
"""

import argparse
import random
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Final

import trio
from attrs import evolve

from tools.bench import machine
from tools.sim import summary
from tools.sim.board import Board
from tools.sim.campaign import Campaign, Watch, WorkerFailed
from tools.sim.exits import Exit
from tools.sim.fleet import Job
from tools.sim.here import NotStarted, site
from tools.sim.options import Address, find_server
from tools.sim.page import page
from tools.sim.result import Plan, Result
from tools.sim.scenario import ScenarioError, find_scenario
from tools.sim.vitals import Processes, Rest, listening

_UNITS: Final[Mapping[str, float]] = {"s": 1, "m": 60, "h": 3600}
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")
_PATIENCE_S: Final = 10.0

_NEVER: Final = "{} after so long on average; 0: never"
_ARRIVALS: Final = "an open loop: so many scenarios a second, whatever the server does"
_HERE: Final = "talk with a server of its own that has a stub of a model, and is gone afterwards"
_PID: Final = "a process of the server (default: who listens on its port here)"
_EPILOG: Final = """\
exit codes: 0 all that had to hold did · 1 something did not, or the fleet broke down · 2 wrong use
"""


def main(command: str, argv: Sequence[str], environ: Mapping[str, str], root: Path) -> int:
    """Do `command`, one of COMMANDS; return the exit code."""
    if command == "report":
        return _report(_report_parser().parse_args(argv))
    parser = _run_parser(command)
    asked = parser.parse_args(argv)
    try:
        address, api_key = find_server(asked.url, asked.key, environ, root)
        scenarios = tuple(asked.scenarios) or _DEFAULTS[command]
        mix = {find_scenario(name).name: weight for name, weight in scenarios}
    except (ScenarioError, ValueError) as error:
        parser.error(str(error))
    soaking = command == "soak"
    drawn = random.randrange(1 << 32)  # noqa: S311 - told in the result, to do the same again
    plan = Plan(
        kind="soak" if soaking else "load",
        url=address.url,
        robots=asked.robots,
        processes=min(asked.processes, asked.robots),
        ramp_s=asked.ramp,
        duration_s=asked.time,
        warm_up_s=min(asked.warm_up, asked.time / 2) if soaking else 0.0,
        arrivals=asked.arrivals,
        scenarios=mix,
        lifetime_s=asked.lifetime or None,
        trouble_s=asked.trouble or None,
        seed=drawn if asked.seed is None else asked.seed,
    )
    job = Job(
        url=address.url,
        api_key=api_key,
        scenarios=scenarios,
        robots=plan.robots,
        begins_at=0.0,
        ramp_s=plan.ramp_s,
        duration_s=plan.duration_s,
        pause_s=asked.pause,
        arrivals=plan.arrivals,
        lifetime_s=plan.lifetime_s,
        trouble_s=plan.trouble_s,
        patience_s=_PATIENCE_S,
        seed=plan.seed,
    )
    result: Result | None = None
    try:
        result = trio.run(_anywhere, plan, job, asked)
    except* (WorkerFailed, NotStarted) as failed:
        print(*_leaves(failed), sep="\n", file=sys.stderr)
    if result is None:
        return Exit.NO_ANSWER
    print(summary.text(result))
    if asked.json is not None:
        asked.json.write_bytes(result.to_json())
    if asked.report is not None:
        asked.report.write_text(page(result), encoding="utf-8")
    return Exit.OK if result.held else Exit.NO_ANSWER


async def _anywhere(plan: Plan, job: Job, asked: argparse.Namespace) -> Result:
    """Measure the server that there is, or one of our own."""
    if not asked.here:
        address = Address.parse(plan.url)
        local = address.host in _LOCAL
        pids = asked.pid or (listening(address.port) if local else ())
        return await _measure(plan, job, pids)
    async with site([name for name, _ in job.scenarios], plan.robots) as ours:
        job = evolve(job, url=ours.url, api_key=ours.api_key)
        return await _measure(evolve(plan, url=ours.url), job, (ours.pid,))


async def _measure(plan: Plan, job: Job, pids: Sequence[int]) -> Result:
    """Do it; Ctrl-C ends it early, with what was found until then."""
    watch = Watch([Processes(pid) for pid in pids], Rest.of(job.url, job.api_key))
    campaign = Campaign(plan, job, watch, Board(sys.stderr, plan), machine.describe())
    results: list[Result] = []
    async with trio.open_nursery() as nursery:
        await nursery.start(_heed_signals, campaign)
        results.append(await campaign.run())
        nursery.cancel_scope.cancel()
    return results[0]


def _leaves(group: BaseExceptionGroup[Exception]) -> Iterator[str]:
    """Yield what each exception in `group` says, however deep it is."""
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield str(one)


async def _heed_signals(campaign: Campaign, *, task_status: trio.TaskStatus[None]) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            await campaign.end()


def _report(asked: argparse.Namespace) -> int:
    try:
        result = Result.from_json(asked.result.read_bytes())
    except (OSError, ValueError) as error:
        print(f"{asked.result}: {error}", file=sys.stderr)
        return 2
    out: Path = asked.out or asked.result.with_suffix(".html")
    out.write_text(page(result), encoding="utf-8")
    print(summary.text(result))
    print(f"\n{out}")
    return Exit.OK


# ── the command lines ─────────────────────────────────────────────────────────────────────

COMMANDS: Final[Mapping[str, str]] = {
    "load": "Many robots talk with the server; how long do they wait?",
    "soak": "Robots come and go for hours, on bad networks; does the server stay as it is?",
    "report": "Show a result that was kept as one HTML page.",
}

_DEFAULTS: Final[Mapping[str, tuple[tuple[str, float], ...]]] = {
    "load": (("load/talk", 1.0),),
    "soak": (
        ("load/home", 8.0),
        ("visit", 1.0),
        ("load/interrupt", 1.0),
        ("supersede", 1.0),
        ("image", 1.0),
        ("audio", 1.0),
        ("malformed_meanwhile", 1.0),
    ),
}


def _run_parser(command: str) -> argparse.ArgumentParser:
    soaking = command == "soak"
    parser = _parser(command)
    parser.add_argument(
        "scenarios",
        nargs="*",
        type=_weighted,
        metavar="SCENARIO[=WEIGHT]",
        help="names or files; a weight of 3 is played three times as often as 1",
    )
    for name, kind, default, about in (
        ("--robots", _count, "100" if soaking else "20", "at most so many at once"),
        ("--time", _duration, "30m" if soaking else "1m", "how long"),
        ("--ramp", _seconds, "30s" if soaking else "5s", "they come one by one within it"),
        ("--pause", _seconds, "1s", "between two scenarios of a robot, on average"),
        ("--lifetime", _seconds, "1m" if soaking else "0", _NEVER.format("a robot goes for good")),
        ("--trouble", _seconds, "40s" if soaking else "0", _NEVER.format("a link goes wrong")),
        ("--processes", _count, "1", "of robots"),
        *((("--warm-up", _seconds, "5m", "growth until then is none; half at most"),) * soaking),
    ):
        parser.add_argument(
            name,
            type=kind,
            default=default,
            metavar="N" if kind is _count else "TIME",
            help=f"{about} (default: {default})",
        )
    add = parser.add_argument
    add("--arrivals", type=_rate, metavar="RATE", help=_ARRIVALS)
    add("--seed", type=int, metavar="N", help="of all that is drawn")
    add("--here", action="store_true", help=_HERE)
    add("--url", help="of the robots (default: as ./dev chat)")
    add("--key", help="default: as ./dev chat")
    add("--pid", type=_count, action="append", metavar="N", help=_PID)
    add("--json", type=Path, metavar="FILE", help="keep the result")
    add("--report", type=Path, metavar="FILE", help="show the result as an HTML page")
    return parser


def _report_parser() -> argparse.ArgumentParser:
    parser = _parser("report")
    parser.add_argument("result", type=Path, help="what load or soak has kept with --json")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: beside it, as .html")
    return parser


def _parser(command: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"./dev chat {command}",
        description=COMMANDS[command],
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _weighted(text: str) -> tuple[str, float]:
    """Read `name` or `name=weight`."""
    name, given, weight = text.rpartition("=")
    return (name, _rate(weight)) if given else (text, 1.0)


def _seconds(text: str) -> float:
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    try:
        seconds = float(number) * _UNITS[unit]
    except ValueError:
        seconds = inf
    if not 0 <= seconds < inf:
        msg = f"{text!r} is no length of time, such as 90, 2m or 1h"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _duration(text: str) -> float:
    if not (seconds := _seconds(text)):
        msg = "must be longer than nothing"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = inf
    if not 0 < rate < inf:
        msg = f"{text!r} is no number above 0"
        raise argparse.ArgumentTypeError(msg)
    return rate


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        msg = f"{text!r} is no whole number above 0"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
