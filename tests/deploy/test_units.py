"""The units of `deploy/systemd`: their numbers against Robi's, and what systemd says of them.

That the server can live with what its unit forbids is tried by `test_installed.py`.
"""

import os
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from robi.config import Settings
from robi.tree import stop_within
from tests.deploy.caddy import ROOT

UNITS = ROOT / "deploy" / "systemd"
SERVICES = ("robi", "robi-backup", "robi-certs")
MOST_EXPOSED = 1.5
"""Of 10, by `systemd-analyze security`; it calls up to 2 safe, and up to 5 OK."""

ANALYZE = shutil.which("systemd-analyze") or ""
needs_systemd = pytest.mark.skipif(
    not ANALYZE, reason="needs systemd-analyze (apt install systemd)"
)


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((UNITS / name).read_text(encoding="utf-8"))
    return parser


def test_service_waits_longer_for_the_end_than_it_may_take() -> None:
    assert unit("robi.service").getint("Service", "TimeoutStopSec") > stop_within(Settings())


def test_service_holds_more_files_open_than_sessions_need() -> None:
    # A robot that talks has its link and a call to the model.
    most = 2 * Settings().max_sessions + Settings().max_unauthenticated
    assert unit("robi.service").getint("Service", "LimitNOFILE") > 4 * most


@pytest.mark.parametrize("name", [f"{name}.service" for name in SERVICES])
def test_units_agree_on_user_folder_and_program(name: str) -> None:
    service = unit(name)["Service"]
    assert (service["User"], service["WorkingDirectory"]) == ("robi", "/etc/robi")
    assert re.search(r"^/opt/robi/\.venv/bin/robi \w+", service["ExecStart"]) or (
        name == "robi-backup.service"
    )


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A root in which the units are installed, and what they start."""
    installed = tmp_path / "etc/systemd/system"
    installed.mkdir(parents=True)
    for path in UNITS.iterdir():
        if path.suffix in {".service", ".timer", ".path"}:
            shutil.copy(path, installed)
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    for program in ("opt/robi/.venv/bin/robi", "usr/bin/find", "usr/bin/kill", "usr/bin/systemctl"):
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n", encoding="ascii")
        path.chmod(0o755)
    return tmp_path


def analyze(machine: Path, *arguments: str) -> str:
    done = subprocess.run(
        [ANALYZE, f"--root={machine}", "--no-pager", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(machine: Path) -> None:
    ours = sorted(
        path for path in (machine / "etc/systemd/system").iterdir() if (UNITS / path.name).exists()
    )
    assert len(ours) == 7
    assert [analyze(machine, "verify", os.fspath(path)) for path in ours] == [""] * len(ours)


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_systemd_finds_little_exposed(machine: Path, name: str) -> None:
    said = analyze(machine, "security", "--offline=yes", f"{name}.service")
    found = re.search(r"Overall exposure level for [\w.-]+: ([\d.]+)", said)
    assert found is not None, said
    assert float(found[1]) <= MOST_EXPOSED
