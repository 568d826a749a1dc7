"""Why a model's service cannot be reached: what is told, and whom a proxy stands between."""

import errno
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any, Never

import httpx
import pytest
import trio
from cryptography import x509  # comes with google-genai
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from robi.brain.failures import BrainRefused, BrainUnreachable, by_status
from robi.brain.reach import check_proxies, connecting, may_need_proxy, transport_errors
from robi.brain.wire import Body, Wire
from robi.errors import BrainError, BrainUnavailable, ProxyUnusable


def verdict(status: int, _headers: object, _body: bytes) -> BrainError:
    return by_status(status, "no answer")


ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


async def read(body: Body) -> bytes:
    pieces = []
    while piece := await body.receive_some():
        pieces.append(piece)
    return b"".join(pieces)


async def ask(url: str) -> bytes:
    """Ask on a wire of its own; return the answer."""
    wire = Wire({}, setting="MODEL_URL")
    try:
        async with wire.to(url).post(b"{}", verdict) as body:
            return await read(body)
    finally:
        await wire.aclose()


async def answering(stream: trio.abc.Stream, answer: bytes, heads: list[bytes]) -> None:
    """Answer whatever is said, and note its first line."""
    async with stream:
        try:
            heads.append(bytes(await stream.receive_some()).partition(b"\r\n")[0])
            await stream.send_all(answer)
        except trio.BrokenResourceError:  # the client liked the handshake less than we did
            return


Serve = Callable[..., Awaitable[tuple[int, list[bytes]]]]


@pytest.fixture
async def serve(nursery: trio.Nursery) -> Serve:
    """Start servers that answer anything with the same; give port and first lines."""

    async def start(answer: bytes, context: SSLContext | None = None) -> tuple[int, list[bytes]]:
        heads: list[bytes] = []
        handler = partial(answering, answer=answer, heads=heads)
        (tcp,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        listener = trio.SSLListener(tcp, context) if context else tcp
        nursery.start_soon(trio.serve_listeners, handler, [listener])
        return tcp.socket.getsockname()[1], heads

    return start


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def test_nobody_listening_is_told_as_such_with_what_to_look_at() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(
            BrainUnreachable, match=r"^ConnectError, ConnectionRefusedError$"
        ) as got:
            await ask(f"http://user:SECRET@127.0.0.1:{port}/SECRET?key=SECRET")
    assert got.value.address == f"127.0.0.1:{port}"
    assert got.value.advice == (
        "nobody listens there: is the model's server running? MODEL_URL holds its address"
    )


NO_HANDSHAKE = ssl.SSLError(1, "SECRET")
NO_HANDSHAKE.reason = "SSLV3_ALERT_HANDSHAKE_FAILURE"
SITE = httpx.URL("http://user:SECRET@[::1]/SECRET")


def raised_by(cause: Exception) -> httpx.ConnectError:
    """Return what httpx raises for something of the system's."""
    error = httpx.ConnectError("SECRET")
    error.__cause__ = cause
    return error


class Lost(trio.abc.HostnameResolver):
    """A resolver that knows no name."""

    async def getaddrinfo(self, *_: object) -> Never:
        await trio.lowlevel.checkpoint()
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known: SECRET")

    async def getnameinfo(self, *_: object) -> Never:
        raise NotImplementedError


class Here(trio.abc.HostnameResolver):
    """A resolver for which every name is that of this machine."""

    async def getaddrinfo(self, _host: bytes | None, port: object, *_: object) -> Any:
        await trio.lowlevel.checkpoint()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(str(port))))]

    async def getnameinfo(self, *_: object) -> Never:
        raise NotImplementedError


@pytest.mark.usefixtures("no_proxies")
async def test_name_that_nobody_knows_is_told_as_such() -> None:
    trio.socket.set_custom_hostname_resolver(Lost())
    with pytest.raises(BrainUnreachable, match=r"^ConnectError, gaierror$") as caught:
        await ask("https://user:SECRET@model.example/SECRET")
    assert caught.value.address == "model.example:443"
    assert "is MODEL_URL right" in caught.value.advice
    assert "SECRET" not in caught.value.advice


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx.ConnectTimeout("SECRET"), BrainUnreachable),
        (raised_by(OSError(errno.EHOSTUNREACH, "SECRET")), BrainUnreachable),
        (raised_by(NO_HANDSHAKE), BrainUnavailable),
        (raised_by(trio.BrokenResourceError("SECRET")), BrainUnavailable),
        (httpx.ReadError("SECRET"), BrainUnavailable),
    ],
    ids=["silence", "no route", "no handshake", "hung up", "later"],
)
def test_address_is_doubted_only_where_there_is_no_way_to_it(
    raised: httpx.HTTPError, kind: type[BrainError]
) -> None:
    with pytest.raises(kind) as caught, transport_errors(), connecting(SITE, "MODEL_URL"):
        raise raised
    assert type(caught.value) is kind
    assert "SECRET" not in str(vars(caught.value))
    if isinstance(caught.value, BrainUnreachable):
        assert (caught.value.address, "MODEL_URL" in caught.value.advice) == ("[::1]:80", True)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file = tmp_path / "certificate.pem"
    file.write_bytes(built.public_bytes(pem) + secret)
    return file


@pytest.mark.usefixtures("no_proxies")
async def test_certificate_that_nobody_knows_says_what_to_do(
    serve: Serve, certificate: Path
) -> None:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    port, _ = await serve(ANSWER, context)
    with pytest.raises(BrainRefused, match=r"^ConnectError, SSLCertVerificationError$") as caught:
        await ask(f"https://localhost:{port}")
    assert "SSL_CERT_FILE" in (caught.value.advice or "")


@pytest.mark.usefixtures("no_proxies")
async def test_certificate_named_in_ssl_cert_file_is_trusted(
    serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    port, _ = await serve(ANSWER, context)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert await ask(f"https://localhost:{port}") == b"{}"


@pytest.mark.usefixtures("no_proxies")
async def test_connection_with_tls_is_used_again(
    nursery: trio.Nursery, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    connections = 0
    large = b"x" * 100_000  # in more than one record

    async def answer_each(stream: trio.abc.Stream) -> None:
        nonlocal connections
        connections += 1
        async with stream:
            while await stream.receive_some():
                length = b"content-length: %d\r\n\r\n" % len(large)
                await stream.send_all(ANSWER.partition(b"content-length")[0] + length + large)

    (tcp,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, answer_each, [trio.SSLListener(tcp, context)])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    wire = Wire({}, setting="MODEL_URL")
    route = wire.to(f"https://localhost:{tcp.socket.getsockname()[1]}")
    for _ in range(3):
        async with route.post(b"{}", verdict) as body:
            assert await read(body) == large
    await wire.aclose()
    assert connections == 1


@pytest.mark.usefixtures("no_proxies")
async def test_server_without_tls_says_what_to_do(serve: Serve) -> None:
    port, _ = await serve(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
    with pytest.raises(BrainRefused, match=r"^ConnectError, SSLError$") as caught:
        await ask(f"https://127.0.0.1:{port}")
    assert "http://" in (caught.value.advice or "")


# ── proxies of the environment ────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("no_proxies")
async def test_model_elsewhere_is_asked_by_the_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, heads = await serve(ANSWER)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    assert await ask("http://model.example/v1") == b"{}"
    assert heads == [b"POST http://model.example/v1 HTTP/1.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.usefixtures("no_proxies")
async def test_model_on_this_machine_is_asked_without_the_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    port, heads = await serve(ANSWER)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert await ask(f"http://{host}:{port}/v1") == b"{}"
    assert heads == [b"POST /v1 HTTP/1.1"]


@pytest.mark.parametrize(
    ("environment", "url", "may"),
    [
        ({}, "http://model.example", False),
        ({"HTTPS_PROXY": "http://p"}, "https://model.example", True),
        ({"HTTPS_PROXY": "http://p"}, "http://model.example", False),
        ({"ALL_PROXY": "http://p"}, "http://model.example", True),
        ({"ALL_PROXY": "http://p"}, "https://[::1]:8080", False),
        ({"ALL_PROXY": "http://p", "NO_PROXY": "model.example"}, "http://model.example", True),
    ],
)
@pytest.mark.usefixtures("no_proxies")
def test_proxy_may_be_needed_where_one_is_named(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, *, may: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert may_need_proxy(httpx.URL(url)) is may


@pytest.mark.usefixtures("no_proxies")
async def test_model_that_no_proxy_excepts_is_asked_without_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    trio.socket.set_custom_hostname_resolver(Here())
    port, heads = await serve(ANSWER)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "model.example")
    assert await ask(f"http://model.example:{port}/v1") == b"{}"
    assert heads == [b"POST /v1 HTTP/1.1"]


@pytest.mark.parametrize("proxy", ["socks5://SECRET@127.0.0.1:9", "ftp://x", "http://x:port"])
@pytest.mark.usefixtures("no_proxies")
def test_proxy_that_cannot_be_used_raises(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ProxyUnusable, match="ALL_PROXY") as caught:
        check_proxies()
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("no_proxy", ["", "*"])
@pytest.mark.usefixtures("no_proxies")
def test_proxy_that_is_not_asked_or_can_be_used_raises_nothing(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9" if no_proxy else "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    check_proxies()
