"""Robi installed as the Dockerfile says, in an empty folder, and run as its unit has it.

With ROBI_LONG=1, as root: where tests are, neither a container engine nor systemd runs. The
steps of the image's first stage are done by hand; then the server lives under the restrictions of
robi.service (`confined.py`, `confine.sh`) and has a conversation.
"""

import errno
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.deploy.caddy import ROOT
from tests.deploy.test_units import ANALYZE, needs_systemd, unit

HERE = Path(__file__).parent
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
LONG = os.environ.get("ROBI_LONG") == "1"
PYTHON = Path("/usr/bin/python3")
UNSHARE = shutil.which("unshare") or ""
KEY = "a-key-of-some-length-0123456789"
FAMILIES = {"AF_UNIX": socket.AF_UNIX, "AF_INET": socket.AF_INET, "AF_INET6": socket.AF_INET6}

long_as_root = pytest.mark.skipif(
    not (LONG and os.geteuid() == 0 and UNSHARE and PYTHON.exists()),
    reason="installs and confines a server: ROBI_LONG=1, as root, with Debian's Python",
)


def steps() -> list[list[str]]:
    """Return what the first stage of the image does, from its working folder on."""
    stage = DOCKERFILE.read_text(encoding="utf-8").split("WORKDIR /src\n")[1].split("\nFROM ")[0]
    return [shlex.split(line) for line in stage.splitlines() if line and line[0] != "#"]


def test_image_takes_the_locked_uv() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    locked = next(package["version"] for package in packages if package["name"] == "uv")
    assert f"uv=={locked}\n" in DOCKERFILE.read_text(encoding="utf-8")


def test_what_the_image_copies_is_not_ignored() -> None:
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = {name for step in steps() if step[0] == "COPY" for name in step[1:-1]}
    assert copied == {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do those steps in an empty folder; the environment that they make."""
    source, made = tmp_path_factory.mktemp("src"), tmp_path_factory.mktemp("opt")
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": os.environ.get("HOME", "/"),
        "UV_PROJECT_ENVIRONMENT": os.fspath(made),
        "UV_PYTHON": os.fspath(PYTHON),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "copy",
        **{k: v for k, v in os.environ.items() if k.startswith(("UV_", "SSL_", "HTTP"))},
    }
    for verb, *words in steps():
        if verb == "COPY":
            for name in words[:-1]:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, source / words[-1])
                else:
                    shutil.copy(ROOT / name, source)
        else:
            assert verb == "RUN"
            subprocess.run(words, cwd=source, env=environ, check=True, capture_output=True)
    shutil.rmtree(source)  # an installation stands by itself
    made.chmod(0o755)
    return made


def system_calls(filters: Sequence[str]) -> list[str]:
    """Return the names that lines of SystemCallFilter= allow."""

    def named(words: str) -> set[str]:
        found: set[str] = set()
        for word in words.split():
            if word.startswith("@"):
                command = [ANALYZE, "--no-pager", "syscall-filter", word]
                said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                inner = [line.strip() for line in said.splitlines()[1:]]
                found |= named(" ".join(line for line in inner if line and line[0] != "#"))
            else:
                found.add(word)
        return found

    allowed: set[str] = set()
    for line in filters:
        allowed = allowed - named(line[1:]) if line[0] == "~" else allowed | named(line)
    return sorted(allowed)


def confined(installed: Path, *command: str, **environ: str) -> list[str]:
    """Return the command that runs `command` as robi.service would."""
    text = (ROOT / "deploy" / "systemd" / "robi.service").read_text(encoding="utf-8")
    calls = system_calls(re.findall(r"^SystemCallFilter=(.+)$", text, re.MULTILINE))
    families = unit("robi.service")["Service"]["RestrictAddressFamilies"].split()
    numbers = ",".join(str(int(FAMILIES[family])) for family in families)
    return [
        *(UNSHARE, "--mount", "--propagation", "private"),
        *(os.fspath(HERE / "confine.sh"), os.fspath(installed)),
        *("/usr/bin/env", "-i", *(f"{name}={value}" for name, value in environ.items())),
        *("/opt/robi/bin/python", os.fspath(HERE / "confined.py"), ",".join(calls), numbers),
        *("/opt/robi/bin/python", *command),
    ]


PROBE = """
import ctypes, mmap, os, socket
def refused(act):
    try:
        act()
    except OSError as error:
        return error.errno
print(
    refused(lambda: os.mkdir("/var/lib/probe")),
    refused(lambda: os.listdir("/root")),
    refused(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)),
    refused(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
    refused(lambda: os.setuid(0)),
    refused(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))),
    refused(lambda: os.mkdir("/mnt/data")),
)
"""


@long_as_root
@needs_systemd
def test_what_the_unit_forbids_is_refused(installed: Path) -> None:
    done = subprocess.run(
        confined(installed, "-c", PROBE), capture_output=True, text=True, check=False
    )
    refused = (errno.EROFS, errno.EACCES, errno.EACCES, *(errno.EPERM,) * 3)
    assert done.stdout.split() == [*map(str, refused), "None"], done.stderr


UPKEEP = """
import os
from robi.cli import main
os.environ |= {"DATA_DIR": "/mnt/robi", "SERVER_IP": "192.168.1.20"}
from robi.config import Settings
from robi.store.sqlite import SqliteStore
os.mkdir("/mnt/robi")
store = SqliteStore(Settings.load().data_dir / "robi.db")
store.open()
store.close()
assert [main(["certs", "make", "--if-expiring"]) for _ in range(2)] == [0, 0]
assert main(["backup", "--keep", "14"]) == 0
print(*sorted(os.listdir("/mnt/robi")))
"""


@long_as_root
@needs_systemd
def test_timers_can_do_their_work_under_it(installed: Path) -> None:
    done = subprocess.run(
        confined(installed, "-c", UPKEEP), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"backups", "certs"} <= set(done.stdout.splitlines()[-1].split())


@contextmanager
def serving(installed: Path, workers: int) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Run the server confined; give its process and port."""
    command = confined(
        installed,
        *("-m", "robi.cli", "serve"),
        ENVIRONMENT="production",
        API_KEY=KEY,
        PORT="0",
        DATA_DIR="/mnt/robi",
        WORKERS=str(workers),
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = (json.loads(line) for line in process.stdout)
            listening = (entry["port"] for entry in said if entry["event"] == "listening")
            ports = [next(listening) for _ in range(workers)]
            yield process, ports[0]
        finally:
            process.kill()


@long_as_root
@needs_systemd
@pytest.mark.parametrize("workers", [1, 2])
def test_installed_server_talks_and_ends_well_under_its_unit(installed: Path, workers: int) -> None:
    with serving(installed, workers) as (process, port):
        with connect(f"ws://127.0.0.1:{port}/ws/interact", proxy=None) as link:
            link.send(json.dumps({"type": "auth", "api_key": KEY}))
            link.send(json.dumps({"type": "text", "request_id": "r1", "content": "Hola"}))
            heard = [json.loads(link.recv(30))]
            while heard[-1]["type"] != "stream_end":
                heard.append(json.loads(link.recv(30)))
        assert any("response_text" in message for message in heard)
        process.terminate()
        rest, _ = process.communicate(timeout=100)
        assert process.returncode == 0
    entries = [json.loads(line) for line in rest.splitlines()]
    assert {entry["event"] for entry in entries if entry["level"] in {"error", "warning"}} == set()
