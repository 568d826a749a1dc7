"""`deploy/systemd/install.sh` into a folder: what is where, for whom to read, and what is kept."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from robi.config import Settings
from tests.deploy.caddy import DEPLOYED
from tests.deploy.test_units import UNITS


def install(into: Path) -> None:
    """Run the script, which then leaves the machine alone."""
    subprocess.run(
        [UNITS / "install.sh"],
        env={"PATH": os.defpath, "DESTDIR": os.fspath(into)},
        check=True,
        capture_output=True,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    install(tmp_path)
    return tmp_path


def test_every_unit_is_installed(machine: Path) -> None:
    units = {
        path.name for path in UNITS.iterdir() if path.suffix in {".service", ".timer", ".path"}
    }
    there = machine / "etc/systemd/system"
    assert {path.name for path in there.iterdir()} == units | {"caddy.service.d"}
    assert (there / "caddy.service.d/robi.conf").exists()
    assert {path.name for path in (machine / "etc/caddy").iterdir()} == {
        "Caddyfile",
        "bounds.caddy",
        "robi.caddy",
    }


def test_settings_are_good_for_production_and_for_few_to_read(machine: Path) -> None:
    path = machine / "etc/robi/.env"
    assert (mode(path), mode(path.parent), mode(machine / "var/lib/robi")) == (0o640, 0o750, 0o700)
    settings = Settings.load({}, dotenv_path=path)
    assert settings.production
    assert settings.api_key is not None
    assert len(settings.api_key.reveal()) == 48
    assert settings.data_dir == Path("/var/lib/robi")


def test_each_installation_has_a_key_of_its_own(machine: Path, tmp_path: Path) -> None:
    install(tmp_path / "another")
    ours, theirs = (root / "etc/robi/.env" for root in (machine, tmp_path / "another"))
    assert ours.read_text(encoding="utf-8") != theirs.read_text(encoding="utf-8")


def test_update_brings_units_and_keeps_what_was_changed(machine: Path) -> None:
    mine = [machine / "etc/robi/.env", machine / "etc/caddy/Caddyfile"]
    for path in mine:
        path.write_text("# mine\n", encoding="utf-8")
    unit = machine / "etc/systemd/system/robi.service"
    unit.write_text("", encoding="utf-8")
    install(machine)
    assert [path.read_text(encoding="utf-8") for path in mine] == ["# mine\n"] * 2
    assert unit.read_bytes() == (UNITS / "robi.service").read_bytes()


def test_caddyfile_that_was_there_is_laid_aside(tmp_path: Path) -> None:
    there = tmp_path / "etc/caddy"
    there.mkdir(parents=True)
    (there / "Caddyfile").write_text("# another site\n", encoding="utf-8")
    install(tmp_path)
    aside = (there / "Caddyfile.before-robi").read_text(encoding="utf-8")
    assert aside == "# another site\n"
    assert (there / "Caddyfile").read_bytes() == (DEPLOYED / "Caddyfile").read_bytes()


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck")
def test_shellcheck_finds_nothing() -> None:
    scripts = [*UNITS.glob("*.sh"), *Path(__file__).parent.glob("*.sh")]
    command = ["shellcheck", *map(os.fspath, scripts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
