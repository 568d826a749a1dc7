"""Debian's Caddy, run from `deploy/caddy` in an empty folder, as an operator's is from /etc/caddy.

The one thing that differs: it listens on loopback alone.
"""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import field, frozen

from robi.config import Settings
from robi.upkeep import certs_making

ROOT = Path(__file__).parents[2]
DEPLOYED = ROOT / "deploy" / "caddy"
CADDY = shutil.which("caddy") or ""
needs_caddy = pytest.mark.skipif(not CADDY, reason="needs caddy (apt install caddy)")

NAMES = ("127.0.0.1", "robi.local")
STARTS_WITHIN = 60


@frozen
class Front:
    """A Caddy that serves. `anchor` is what its clients must trust."""

    folder: Path
    environ: dict[str, str]
    port: int
    anchor: Path
    pid: int
    log: list[str] = field(factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def caddy(self, *arguments: str) -> str:
        """Run the command on the configuration that is in force; return what it says."""
        done = subprocess.run(
            [CADDY, *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def lay_out(folder: Path) -> None:
    """Put there what is deployed."""
    shutil.copytree(DEPLOYED, folder, dirs_exist_ok=True)
    with (folder / "robi.caddy").open("a", encoding="utf-8") as site:
        site.write("bind 127.0.0.1\n")


def environ_of(folder: Path, server: str, port: int) -> dict[str, str]:
    certs = folder / "data" / "certs"
    return {
        "PATH": os.defpath,
        "HOME": os.fspath(folder),
        "CADDY_ADMIN": f"unix/{folder}/admin.sock",
        "HTTPS_PORT": str(port),
        "ROBI": server,
        "ROBI_CERT": os.fspath(certs / "robi.pem"),
        "ROBI_KEY": os.fspath(certs / "robi.key"),
        "SERVER_IP": "127.0.0.1",
        "DOMAIN": "robi.example",
    }


def certify(folder: Path) -> Path:
    """Do `robi certs make` there; return the certificate."""
    settings = Settings(data_dir=folder / "data")
    return certs_making.make(settings, NAMES, 825, datetime.now(UTC)).path


@contextmanager
def in_front_of(server: str, folder: Path, file: str = "Caddyfile") -> Iterator[Front]:
    """Run Caddy before the server at that host and port, with everything of its own in `folder`."""
    lay_out(folder)
    with socket.socket() as free:  # nobody else on loopback wants a port in this moment
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    anchor = certify(folder)
    if file == "Caddyfile.internal":
        with (folder / "bounds.caddy").open("a", encoding="utf-8") as options:
            options.write("debug\n")  # else it does not say when a certificate is in use
        anchor = folder / ".local/share/caddy/pki/authorities/local/root.crt"
    environ = environ_of(folder, server, port)
    with subprocess.Popen(
        [CADDY, "run", "--config", file],
        cwd=folder,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        front = Front(folder, environ, port, anchor, process.pid)
        serving = threading.Event()
        awaited = ["serving initial configuration"]
        if file == "Caddyfile.internal":  # its certificates are made meanwhile, and then taken in
            awaited += ["added certificate to cache"] * 2

        def read_log() -> None:
            for line in process.stderr or ():
                front.log.append(line)
                said = next((said for said in awaited if said in line), None)
                if said is not None:
                    awaited.remove(said)
                if not awaited:
                    serving.set()

        reader = threading.Thread(target=read_log)
        reader.start()
        try:
            assert serving.wait(STARTS_WITHIN), front.log
            yield front
        finally:
            process.terminate()
            reader.join()
