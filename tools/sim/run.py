"""`./dev chat run`: scenarios played one after the other, each step shown as it passes.

For who writes a scenario, or wants to know whether a server keeps to the protocol: one robot at a
time, so that what is shown is in order. Many at once are `load` and `soak`.
"""

import argparse
import os
import secrets
import ssl
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol

import attrs
import cattrs
import orjson
import trio
from attrs import define, field, frozen

from tools.sim.exits import Exit
from tools.sim.link import open_link, open_stream
from tools.sim.options import Address, find_server
from tools.sim.player import new_part, play
from tools.sim.robot import Robot
from tools.sim.samples import Played, Sample, StepResult
from tools.sim.scenario import Scenario, ScenarioError, all_scenarios, find_scenario, flat
from tools.sim.screen import Screen, wants_colour
from tools.sim.steps import VERB_OF, Step
from tools.sim.witness import Identity, Witness

_HANDSHAKE_S: Final = 10.0
_WIDTH: Final = 76

_EPILOG = """\
Without a scenario it tells which ones come with Robi; `--all` plays them. Their expectations are
those of a model that answers as they say: `--model-script` writes it down for the stub.

    ./dev chat run --all --model-script said.json
    .venv/bin/python tools/gemini_stub.py --port 9100 --script said.json
    GEMINI_API_KEY=stub GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9100 ./dev serve
    ./dev chat run --all

exit codes: 0 all passed · 1 a step failed · 2 wrong use · 5 the server broke the protocol
"""


@frozen(kw_only=True)
class Options:
    """What is played, where, and how it is shown."""

    scenarios: tuple[Scenario, ...]
    address: Address
    api_key: str | None = field(repr=False)
    tls: ssl.SSLContext | None
    seed: int
    json: bool


class Report(Protocol):
    """Whoever is told how it goes."""

    def begin(self, scenario: Scenario) -> None:
        """A scenario begins."""

    def step(self, scenario: Scenario, result: StepResult) -> None:
        """A step is over."""

    def answer(self, sample: Sample) -> None:
        """An answer has its outcome."""

    def end(self, played: Played) -> None:
        """A scenario is over."""

    def finish(self, played: Sequence[Played]) -> None:
        """All are over."""


def main(arguments: Sequence[str], root: Path) -> int:
    """Play what `arguments` say and return the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    scenarios: list[Scenario] = []
    try:
        scenarios = all_scenarios() if asked.all else [*map(find_scenario, asked.scenario)]
    except ScenarioError as error:
        parser.error(f"not a scenario\n{error}")
    if not scenarios:
        _tell_what_there_is()
        return Exit.OK
    if asked.model_script is not None:
        return _write_script(parser, scenarios, asked.model_script)
    try:
        address, api_key = find_server(asked.url, asked.key, os.environ, root)
        tls = _trust(asked.cafile) if address.secure else None
    except (ValueError, OSError) as error:
        parser.error(str(error))
    seed = secrets.randbits(32) if asked.seed is None else asked.seed
    options = Options(
        scenarios=tuple(scenarios),
        address=address,
        api_key=api_key,
        tls=tls,
        seed=seed,
        json=asked.json,
    )
    screen = Screen(sys.stdout, wants_colour(sys.stdout, os.environ))
    report: Report = Machine(screen) if options.json else Person(screen)
    return trio.run(run, options, report)


async def run(options: Options, report: Report) -> Exit:
    """Play all scenarios of `options` and tell `report`."""
    dial = partial(
        open_link,
        options.address,
        partial(open_stream, options.address, options.tls),
        _HANDSHAKE_S,
    )

    def make_robot(identity: Identity, witness: Witness) -> Robot:
        return Robot(dial, identity, witness, _HANDSHAKE_S, persistent=True)

    rng = Random(options.seed)  # noqa: S311 - think times, not secrets
    told: list[Played] = []
    for scenario in options.scenarios:
        report.begin(scenario)
        played = await play(
            scenario,
            new_part(options.api_key, rng),
            make_robot,
            rng,
            observe=report.answer,
            step_done=partial(report.step, scenario),
        )
        report.end(played)
        told.append(played)
    report.finish(told)
    if any(played.faults for played in told):
        return Exit.ORDER
    return Exit.OK if all(played.passed for played in told) else Exit.NO_ANSWER


def describe(step: Step) -> str:
    """Return `step` as its file has it, in one line: what is as by default is left out."""
    values = {a: getattr(step, a.name) for a in attrs.fields(type(step)) if a.repr}
    said = [
        f"{a.name}={_value(value)}"
        for a, value in values.items()
        if a.name != "steps" and value not in (a.default, {})
    ]
    whole = " ".join([VERB_OF[type(step)], *said])
    return whole if len(whole) <= _WIDTH else f"{whole[: _WIDTH - 1]}…"


@define
class Person:
    """A line a step on `screen`, and what was otherwise below it."""

    screen: Screen
    _answers: list[Sample] = field(factory=list, init=False)

    def begin(self, scenario: Scenario) -> None:
        """Say what is played."""
        self._answers.clear()
        self.screen.line(f"{scenario.name}: {scenario.about}", "bold")

    def step(self, scenario: Scenario, result: StepResult) -> None:
        """Show whether it passed, and what it took if that is worth a look."""
        steps = list(flat(scenario.steps))
        # after the last one comes the wait for what nobody waited for
        known = result.number <= len(steps)
        what = describe(steps[result.number - 1]) if known else result.verb
        took = f"  {(result.ended_at - result.began_at) * 1000:.0f} ms"
        sign = "✓" if result.passed else "✗"
        line = f"  {sign} {result.number:>2} {what}"
        self.screen.line(line + took, None if result.passed else "red")
        if result.reason is not None:
            self.screen.line(f"       {result.reason}", "red")

    def answer(self, sample: Sample) -> None:
        """Keep it for the end."""
        self._answers.append(sample)

    def end(self, played: Played) -> None:
        """Show the rules that were broken, and how fast the answers came."""
        for rule in played.faults:
            self.screen.line(f"  ! the protocol was broken: {rule}", "red")
        firsts = [
            (sample.first_text_at - sample.sent_at) * 1000
            for sample in self._answers
            if sample.first_text_at is not None
        ]
        if firsts:
            shown = " ".join(f"{ms:.0f}" for ms in firsts)
            self.screen.line(f"    first text after {shown} ms", "dim")

    def finish(self, played: Sequence[Played]) -> None:
        """Show the sum of it."""
        failed = [one.scenario for one in played if not one.passed]
        self.screen.line()
        passed = f"{len(played) - len(failed)} of {len(played)} scenarios passed"
        if failed:
            self.screen.line(f"{passed}; not: {', '.join(failed)}", "red")
        else:
            self.screen.line(passed, "bold")


@define
class Machine:
    """One JSON object a line: `begin`, `step`, `answer` and `end`, as `samples` has them.

    Times are seconds since the scenario began.
    """

    screen: Screen
    _origin: float = field(default=0.0, init=False)

    def begin(self, scenario: Scenario) -> None:
        """Write it, and count the seconds from here."""
        self._origin = trio.current_time()
        self._write("begin", {"scenario": scenario.name, "about": scenario.about})

    def step(self, scenario: Scenario, result: StepResult) -> None:
        """Write it."""
        self._write("step", {"scenario": scenario.name, **attrs.asdict(result)})

    def answer(self, sample: Sample) -> None:
        """Write it."""
        self._write("answer", attrs.asdict(sample))

    def end(self, played: Played) -> None:
        """Write whether it passed."""
        plain = {"scenario": played.scenario, "passed": played.passed, "answers": played.answers}
        self._write("end", {**plain, "faults": played.faults})

    def finish(self, played: Sequence[Played]) -> None:
        """Say nothing: the exit code tells."""

    def _write(self, kind: str, plain: Mapping[str, Any]) -> None:
        told = {
            name: round(value - self._origin, 6) if name.endswith("_at") and value else value
            for name, value in plain.items()
        }
        self.screen.record(orjson.dumps({"type": kind, **told}).decode())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev chat run",
        description="Play scenarios against a server, and show each step.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("scenario", nargs="*", help="a file, or the name of one that comes with Robi")
    add("--all", action="store_true", help="all that come with Robi")
    add("--url", help="where the server is (default: as ./dev chat)")
    add("--key", help="default: as ./dev chat")
    add("--cafile", type=Path, metavar="FILE", help="whom to trust for wss://")
    add("--seed", type=int, metavar="N", help="of think times (default: another each time)")
    add("--json", action="store_true", help="one JSON object a line, for machines")
    add("--model-script", type=Path, metavar="FILE",
        help="play nothing: write what a stub must answer")  # fmt: skip
    return parser


def _trust(cafile: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=cafile)


def _tell_what_there_is() -> None:
    screen = Screen(sys.stdout)
    for scenario in all_scenarios():
        screen.line(f"{scenario.name:<20} {scenario.about}")


def _write_script(
    parser: argparse.ArgumentParser, scenarios: Sequence[Scenario], path: Path
) -> Exit:
    converter = cattrs.Converter(omit_if_default=True)
    replies = [converter.unstructure(reply) for one in scenarios for reply in one.model]
    try:
        path.write_bytes(orjson.dumps(replies, option=orjson.OPT_INDENT_2))
    except OSError as error:
        parser.error(f"{path}: {error.strerror}")
    return Exit.OK


def _value(value: object) -> str:
    """Return `value` as TOML writes it, near enough to be recognised."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return str(value)
