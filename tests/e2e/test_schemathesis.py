"""Schemathesis against a whole server: what the served document says is what happens.

It runs as the program of that name, in a process of its own, so that neither its threads nor its
plugin for pytest are here. `ROBI_LONG=1` has it ask a hundred times as much, never the same again.
"""

import os
import subprocess
import sys
from pathlib import Path

import trio

from robi.web.api.table import OPERATIONS
from tests.e2e.conftest import KEY, open_site

PROGRAM = Path(sys.executable).with_name("schemathesis")
HERE = Path(__file__).parent
LONG = bool(os.environ.get("ROBI_LONG"))
HOW_MUCH = ["--max-examples=1000"] if LONG else ["--max-examples=10", "--generation-deterministic"]
PATIENCE = 1800 if LONG else 120


async def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    async with open_site(
        tmp_path, RATE_LIMIT_REQUESTS="100000", RATE_LIMIT_QUESTIONS="100000"
    ) as site:
        with trio.fail_after(PATIENCE):
            done = await trio.run_process(
                [
                    os.fspath(PROGRAM),
                    f"--config-file={HERE / 'schemathesis.toml'}",
                    "--no-color",
                    "run",
                    f"{site.http}/openapi.json",
                    f"--header=X-API-Key: {KEY}",
                    *HOW_MUCH,
                ],
                env={"PATH": os.defpath, "PYTHONPATH": os.fspath(HERE)},
                cwd=tmp_path,  # it keeps what it found beside itself
                check=False,
                capture_stdout=True,
                stderr=subprocess.STDOUT,
            )
    told = done.stdout.decode()
    assert done.returncode == 0, told
    assert f"Tested: {len(OPERATIONS)}" in told
