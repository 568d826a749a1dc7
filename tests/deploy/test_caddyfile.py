"""The Caddyfiles of `deploy/`: who is answered with what, what reaches Robi, and what is logged."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import field, frozen
from cryptography import x509

from robi.web.http import HttpLimits
from tests.deploy.caddy import CADDY, certify, environ_of, in_front_of, lay_out, needs_caddy

pytestmark = needs_caddy

FILES = ("Caddyfile", "Caddyfile.internal", "Caddyfile.domain")
FORGED = {
    "Forwarded": "for=192.0.2.7",
    "X-Real-IP": "192.0.2.7",
    "X-Client-IP": "192.0.2.7",
    "X-Cluster-Client-IP": "192.0.2.7",
    "True-Client-IP": "192.0.2.7",
    "CF-Connecting-IP": "192.0.2.7",
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Server": "evil.example",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
}
SECOND_NS = 1_000_000_000


@frozen
class Upstream:
    """A server that notes the headers of each request."""

    address: str
    asked: list[dict[str, str]] = field(factory=list)


@contextmanager
def upstream(port: int = 0) -> Iterator[Upstream]:
    class Notes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Notes) as server:
        there = Upstream(f"127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield there
        finally:
            server.shutdown()
            thread.join()


def free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def shown(port: int, anchor: Path, name: str | None) -> x509.Certificate:
    """Shake hands as a client that trusts `anchor`; `name` is what it asks for, if it names any."""
    context = ssl.create_default_context(cafile=anchor)
    context.check_hostname = name is not None
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=name) as encrypted,
    ):
        der = encrypted.getpeercert(binary_form=True)
        assert der is not None
        return x509.load_der_x509_certificate(der)


@pytest.mark.parametrize("file", ["Caddyfile", "Caddyfile.internal"])
def test_client_is_answered_by_address_without_sni_and_by_name(tmp_path: Path, file: str) -> None:
    with upstream() as robi, in_front_of(robi.address, tmp_path, file) as front:
        # Python sends no SNI for an address, and none where no name is given.
        for name in ("127.0.0.1", "localhost", None):
            shown(front.port, front.anchor, name)
        context = ssl.create_default_context(cafile=front.anchor)
        assert httpx.get(front.url, verify=context, trust_env=False).status_code == 204


def test_robi_hears_from_caddy_who_is_there_whatever_a_client_says(tmp_path: Path) -> None:
    with upstream() as robi, in_front_of(robi.address, tmp_path) as front:
        context = ssl.create_default_context(cafile=front.anchor)
        httpx.get(front.url, headers=FORGED, verify=context, trust_env=False)
    (heard,) = robi.asked
    told = {name: heard[name.lower()] for name in FORGED if name.lower() in heard}
    assert told == {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": f"127.0.0.1:{front.port}",
        "X-Forwarded-Proto": "https",
    }


def test_request_is_kept_until_robi_is_back_for_some_seconds(tmp_path: Path) -> None:
    nobody = free_address()
    with in_front_of(nobody, tmp_path) as front:
        context = ssl.create_default_context(cafile=front.anchor)
        answers: list[int] = []

        def ask() -> None:
            got = httpx.get(front.url, verify=context, trust_env=False, timeout=60)
            answers.append(got.status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        with upstream(int(nobody.rpartition(":")[2])):
            asking.join()
        assert answers == [204]


def test_key_of_a_robot_is_not_in_the_log_of_an_error(tmp_path: Path) -> None:
    key = "a-key-that-nobody-may-read"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        with in_front_of(f"127.0.0.1:{server.getsockname()[1]}", tmp_path) as front:
            context = ssl.create_default_context(cafile=front.anchor)
            sent = {"X-API-Key": key, "Authorization": f"Bearer {key}"}
            got = httpx.post(front.url, headers=sent, verify=context, trust_env=False, timeout=60)
            assert got.status_code == 502
        hanging_up.join()
    log = "".join(front.log)
    assert '"status":502' in log
    assert "headers" not in log
    assert key not in log


def test_reload_by_force_takes_a_renewed_certificate(tmp_path: Path) -> None:
    with upstream() as robi, in_front_of(robi.address, tmp_path) as front:
        before = shown(front.port, front.anchor, "127.0.0.1").serial_number
        certify(tmp_path)
        front.caddy("reload", "--config", "Caddyfile", "--force")
        assert shown(front.port, front.anchor, "127.0.0.1").serial_number != before


# ── the files themselves ──────────────────────────────────────────────────────────────────────


def adapted(folder: Path, file: str) -> dict[str, Any]:
    """Return the configuration as Caddy understands it."""
    lay_out(folder)
    certify(folder)
    environ = environ_of(folder, "127.0.0.1:8000", 9393)
    command = [CADDY, "validate", "--config", file]
    subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=True)
    command = [CADDY, "adapt", "--config", file]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("file", FILES)
def test_caddyfile_is_valid_and_bounds_every_wait(tmp_path: Path, file: str) -> None:
    config = adapted(tmp_path, file)
    server = config["apps"]["http"]["servers"]["srv0"]
    waits = ("read_header_timeout", "read_timeout", "write_timeout", "idle_timeout")
    assert [server[wait] / SECOND_NS for wait in waits] == [10, 120, 120, 60]
    (proxy,) = proxies(server)
    kept = proxy["transport"]["keep_alive"]["idle_timeout"] / SECOND_NS
    assert kept < HttpLimits().idle_s  # else Caddy uses connections that Robi is closing
    assert config["admin"]["listen"].startswith("unix/")


def proxies(routes: Any) -> list[dict[str, Any]]:
    """Return every reverse proxy below, each once."""
    found: dict[str, dict[str, Any]] = {}

    def look(at: Any) -> None:
        if isinstance(at, dict):
            if at.get("handler") == "reverse_proxy":
                found[json.dumps(at)] = at
            at = list(at.values())
        if isinstance(at, list):
            for each in at:
                look(each)

    look(routes)
    return list(found.values())


def test_caddyfile_for_a_domain_serves_it_at_both_ports(tmp_path: Path) -> None:
    config = adapted(tmp_path, "Caddyfile.domain")
    servers = config["apps"]["http"]["servers"].values()
    assert sorted(port for server in servers for port in server["listen"]) == [
        "127.0.0.1:443",
        "127.0.0.1:9393",
    ]
    hosts = [r["match"][0]["host"] for s in servers for r in s["routes"]]
    assert hosts == [["robi.example"]] * 2


@pytest.mark.parametrize("file", FILES)
def test_caddyfile_is_formatted(tmp_path: Path, file: str) -> None:
    lay_out(tmp_path)
    command = [CADDY, "fmt", file]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == (tmp_path / file).read_text(encoding="utf-8")
