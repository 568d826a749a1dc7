"""Who answers: the server at its port, and the server in front (Caddy) where robots come in.

Owns how ours is known among others: by the number that it has drawn at its start, which its folder
and its health both tell.
"""

import contextlib
import errno
import os
import socket
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

import httpx
from attrs import frozen

from robi.config import Settings, certificate, folder
from robi.shell import local_url
from robi.upkeep import certs
from robi.upkeep.certs_commands import PUBLIC_PORT
from robi.upkeep.findings import Finding, advised, good, wrong

_WITHIN_S: Final = 5.0
_BEHIND_WITHIN_S: Final = 10.0
"""Caddy waits 5 s for a server that is just being started anew (deploy/caddy)."""

_UPGRADE: Final = (
    "GET /ws/interact HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_HANGS: Final = "restart it (systemctl restart robi), and look at the end of its log"


@frozen
class Front:
    """Where robots come in."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `host:port`; ValueError if it is none."""
        url = urlsplit(f"//{text}")
        if not url.hostname or url.path or url.query or url.username is not None:
            raise ValueError(text)
        return cls(url.hostname, url.port or PUBLIC_PORT)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def fronts_of(settings: Settings) -> list[Front]:
    """Return where robots come in by these settings."""
    return [Front(host, PUBLIC_PORT) for host in settings.server_ip]


def _answer_of(url: str, within_s: float) -> tuple[str, str | None]:
    """Return how the Robi is that answers there, and its number.

    Raises:
        httpx.TransportError, httpx.InvalidURL: nobody answers.
        ValueError: it is none; the words say what it answered.
    """
    # Looked at, and told no secret; the environment's proxies are for the model.
    with httpx.Client(timeout=within_s, trust_env=False, verify=False) as client:  # noqa: S501
        answer = client.get(url)
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict) or not str(told.get("server", "")).startswith("robi/"):
        msg = f"{answer.status_code}, and not as Robi does"
        raise ValueError(msg)
    return str(told.get("status")), told.get("instance")


def server(settings: Settings) -> Iterator[Finding]:
    """Look at who works in DATA_DIR, and who listens at HOST and PORT."""
    url = local_url(settings, "/api/health")
    try:
        process = folder.holder(settings.data_dir)
    except OSError as error:
        yield wrong(
            "server", f"{settings.data_dir / folder.LOCK}: {error.strerror}", "mend the rights"
        )
        return
    works = f"a server works in {settings.data_dir} (process {process})"
    try:
        status, number = _answer_of(url, _WITHIN_S)
    except httpx.TimeoutException:
        yield wrong("server", f"{url} takes the call and does not answer", _HANGS)
    except (httpx.TransportError, httpx.InvalidURL):
        if process is None:
            yield _port(settings)
        else:
            do = f"say where it is with --host and --port; if it is nowhere, {_HANGS}"
            yield wrong("server", f"{works}, and nobody answers at {url}", do)
    except ValueError as error:
        do = "stop that program, or set another PORT"
        yield wrong("port", f"another program has it: {url} answers {error}", do)
    else:
        if process is None or number != folder.instance(settings.data_dir):
            found = f"the Robi that answers at {url} works in another folder than DATA_DIR"
            yield wrong("server", found, "stop one of them, or set PORT and DATA_DIR for both")
        elif status == "ok":
            yield good("server", f"{works} and answers at {url}: ok")
        else:
            yield advised("server", f"{works}, and says that it is {status}", "robi tree says who")


def _port(settings: Settings) -> Finding:
    """Tell whether a server could listen there."""
    where = f"{settings.host} port {settings.port}"
    try:
        kind, *_, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(kind, socket.SOCK_STREAM) as ours:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ours.bind(address)
    except OSError as error:
        do = {
            errno.EADDRINUSE: "stop the program that has it, or set another PORT",
            errno.EACCES: "set a PORT above 1023",
        }.get(error.errno or 0, "set HOST to an address of this machine")
        return wrong("port", f"cannot listen on {where}: {error.strerror}", do)
    return good("port", f"{where} is free; no server runs in {settings.data_dir}")


def front(settings: Settings, fronts: Sequence[Front], now: float) -> Iterator[Finding]:
    """Look at the way robots come: TLS, the certificate, and whether it leads to our server."""
    if not fronts and settings.production:
        do = "set SERVER_IP to the address by which robots come, or say it with --front"
        yield advised("front", "SERVER_IP is not set: the way by TLS was not looked at", do)
    for each in fronts:
        yield from _front(settings, each, now)


def _front(settings: Settings, front: Front, now: float) -> Iterator[Finding]:
    try:
        shown = certs.read_live(front.host, front.port)
    except certificate.CertificateUnusable as error:
        judge = wrong if settings.production else advised
        yield judge("front", error.details or "", "start Caddy (deploy/), or look at its log")
        return
    ends = shown.not_after.timestamp()
    left = certificate.days_left(ends, now)
    renew = "renew it, and reload Caddy"
    if certificate.state(ends, now) == "expired":
        yield wrong("front", f"{front} shows a certificate that has ended", renew)
    ours = _public_key(certificate.path_of(settings))
    if ours is not None and shown.public_key.digest != ours:
        found = f"{front} shows another certificate than the one that is watched"
        yield wrong("front", found, "reload Caddy, or mend its `tls` line or TLS_CERT_FILE")
    url = f"https://{front}/api/health"
    try:
        _, number = _answer_of(url, _BEHIND_WITHIN_S)
    except httpx.TransportError as error:
        yield wrong("front", f"{url}: {type(error).__name__}", "look at Caddy's log")
    except ValueError as error:
        do = "start the server, and compare its PORT with reverse_proxy in the Caddyfile"
        yield wrong("front", f"{url} answers {error}", do)
    else:
        if number != folder.instance(settings.data_dir):
            found = f"{front} leads to a Robi of another folder than DATA_DIR"
            yield wrong("front", found, "compare PORT with reverse_proxy in the Caddyfile")
        elif not (told := _upgraded(front)).startswith("HTTP/1.1 101"):
            found = f"{front} lets no WebSocket through: {told or 'no answer'}"
            yield wrong("front", found, "compare the Caddyfile with the one in deploy/")
        else:
            yield good("front", f"{front} leads here, WebSocket too; certificate: {left} days more")


def _public_key(path: Path | None) -> bytes | None:
    with contextlib.suppress(certificate.CertificateUnusable):  # told of the certificate itself
        return None if path is None else certs.read_file(path).public_key.digest
    return None


def _upgraded(front: Front) -> str:
    """Return the first line of the answer to a robot that comes."""
    look = ssl.create_default_context()
    look.check_hostname = False  # as above: it is told no secret
    look.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((front.host, front.port), _WITHIN_S) as plain,
            look.wrap_socket(plain, server_hostname=front.host) as link,
        ):
            link.sendall(_UPGRADE.format(host=front).encode("ascii"))
            return link.recv(200).partition(b"\r\n")[0].decode("latin-1")
    except OSError as error:
        return os.strerror(error.errno) if error.errno else type(error).__name__
