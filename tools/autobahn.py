"""Autobahn's fuzzing client against `ws_echo.py`: does our WebSocket keep to RFC 6455?

    PYTHON27=/path/to/python2.7 python tools/autobahn.py [CASES ...]

Autobahn's test suite is the reference and still lives on Python 2.7: it gets a virtual environment
of its own, in `--home` (by default a folder in the system's temporary one), made at the first run.
All goes over loopback, within `--minutes`. Prints how many cases ended how, and exits with 1 when
one failed: OK, NON-STRICT and INFORMATIONAL are fine, for what the case asks and for how the
connection was closed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import orjson
import trio

SUITE = "autobahntestsuite==25.10.1"
VIRTUALENV = "virtualenv==20.15.1"
"""The last that runs on Python 2.7."""

CASES = ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*")
"""All but 12 and 13, which are about compression: we do not negotiate it."""

FINE = frozenset({"OK", "NON-STRICT", "INFORMATIONAL"})

Report = Mapping[str, Mapping[str, str]]
"""By the number of the case: `behavior`, `behaviorClose`, and more."""


def count(report: Report) -> Counter[str]:
    """Return how many cases ended how."""
    return Counter(case["behavior"] for case in report.values())


def failures(report: Report) -> list[str]:
    """Return the cases that are not fine, with what they did."""
    return [
        f"{number}: {case['behavior']}, close {case['behaviorClose']}"
        for number, case in report.items()
        if not {case["behavior"], case["behaviorClose"]} <= FINE
    ]


async def make_environment(home: Path, python27: str) -> Path:
    """Return the suite's own Python, made ready at the first run."""
    python = home / "venv" / "bin" / "python"
    if not (home / "ready").exists():
        tools = home / "tools"
        pip = [python27, "-m", "pip", "--disable-pip-version-check", "install"]
        await trio.run_process([*pip, "--quiet", "--target", str(tools), VIRTUALENV])
        await trio.run_process(
            [python27, "-m", "virtualenv", "--quiet", str(home / "venv")],
            env={**os.environ, "PYTHONPATH": str(tools)},
        )
        await trio.run_process([str(python), *pip[1:], "--quiet", SUITE])
        (home / "ready").touch()
    return python


async def read_url(echo: trio.Process) -> str:
    """Return the address that `ws_echo.py` prints once it listens."""
    said = b""
    while b"ws://" not in said or not said.endswith(b"\n"):
        if echo.stdout is None or not (more := await echo.stdout.receive_some()):
            msg = "ws_echo.py ended before it listened"
            raise RuntimeError(msg)
        said += more
    return next(word for word in said.decode().split() if word.startswith("ws://"))


async def run_suite(home: Path, python27: str, cases: Sequence[str]) -> Report:
    """Run `cases` and return the suite's report."""
    python = await make_environment(home, python27)
    reports = home / "reports"
    async with trio.open_nursery() as nursery:
        command = [sys.executable, str(Path(__file__).with_name("ws_echo.py"))]
        run = partial(trio.run_process, command, stdout=subprocess.PIPE)
        echo = await nursery.start(run)
        server = {"agent": "robi", "url": await read_url(echo), "options": {"version": 18}}
        spec = {"outdir": str(reports), "servers": [server], "cases": cases, "exclude-cases": []}
        (home / "spec.json").write_bytes(orjson.dumps(spec))
        suite = "import sys; from autobahntestsuite.wstest import run; sys.exit(run())"
        arguments = ["-m", "fuzzingclient", "-s", str(home / "spec.json")]
        await trio.run_process([str(python), "-c", suite, *arguments], cwd=home)
        nursery.cancel_scope.cancel()
    report: dict[str, Report] = orjson.loads((reports / "index.json").read_bytes())
    return report["robi"]


async def main(options: argparse.Namespace) -> int:
    """Run the suite within its time and print what came of it."""
    options.home.mkdir(parents=True, exist_ok=True)
    with trio.fail_after(options.minutes * 60):
        report = await run_suite(options.home, options.python27, options.cases)
    counts = ", ".join(f"{number} {name}" for name, number in count(report).most_common())
    print(f"{len(report)} cases: {counts}")
    bad = failures(report)
    for line in bad:
        print(line)
    return 1 if bad or not report else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Autobahn's fuzzing client against ws_echo.py")
    parser.add_argument("cases", nargs="*", default=CASES, help=f"default: {' '.join(CASES)}")
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "robi-autobahn")
    parser.add_argument("--python27", default=os.environ.get("PYTHON27", "python2.7"))
    parser.add_argument("--minutes", type=float, default=20)
    sys.exit(trio.run(main, parser.parse_args()))
