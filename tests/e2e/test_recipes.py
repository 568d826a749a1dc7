"""The recipes of docs/robot-app.md, run as they stand there, against a server over a bad network.

That in Kotlin is compiled, which takes a minute: with `ROBI_LONG=1`, and where there are a
compiler, OkHttp and org.json (docs/robot-app.md says which of Debian's packages).
"""

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
import trio

from robi.config import Settings
from robi.protocol.codec import decode_server
from robi.protocol.order import OrderChecker
from robi.upkeep import certs_making
from robi.upkeep.certs import Fingerprint
from robi.upkeep.certs_qr import Invitation
from tests.e2e.conftest import KEY, open_site
from tests.e2e.proxy import BOTH, End, FaultProxy, Faults
from tests.pages import ROBOT_APP, blocks
from tools.console.node import node
from tools.gemini_stub import Reply, Script

STORY = "Érase un faro que se aburría."
REPLIES = (
    Reply(match="faro", text=f"[emotion:happy]{STORY}", chunk_delay_ms=20),
    Reply(match="tren", chunks=("[emotion:happy]Érase un tren muy lento ", "…"), stall_after=1),
)
HERE = Path(__file__).with_name("recipes")
JARS = [Path("/usr/share/java") / f"{n}.jar" for n in ("okhttp", "okio", "com.android.json")]
HAS_KOTLIN = shutil.which("kotlinc") is not None and all(jar.exists() for jar in JARS)

Heard = list[dict[str, Any]]

LONG = os.environ.get("ROBI_LONG") == "1"
AFTER = (0, 350, 500, 700, 900, 1100) if LONG else (0, 500, 1100)
"""Bytes of the server's after which the first link ends: before `auth_ok`, after it, and later."""


@asynccontextmanager
async def behind_a_bad_network(folder: Path, faults: Iterator[Faults]) -> AsyncIterator[int]:
    """Run a server, and give the port of a proxy in front of it."""
    async with (
        open_site(folder, script=Script(REPLIES)) as site,
        trio.open_nursery() as nursery,
    ):
        yield await FaultProxy("127.0.0.1", site.house.port, faults).serve(nursery)
        nursery.cancel_scope.cancel()


def once(end: End, after: int) -> Iterator[Faults]:
    """End the first connection after so many bytes, and no other."""
    return chain([Faults(end=end, after=after, ways=BOTH)], repeat(Faults()))


def check(heard: Heard) -> None:
    """All was heard once and in order, and each question has its whole answer."""
    assert heard.pop() == {"type": "over", "code": 1000}
    order, last_seq = OrderChecker(), 0
    turns: dict[str, Heard] = {}
    for message in heard:
        if message["type"] == "auth_ok":
            if not message["resumed"]:
                order, turns, last_seq = OrderChecker(), {}, 0
            continue
        assert message["seq"] > last_seq
        last_seq = message["seq"]
        order.feed(decode_server(json.dumps(message)).message)
        turns.setdefault(message["request_id"], []).append(message)
    assert words(turns["story"]) == turns["story"][-2]["response_text"] == STORY
    assert turns["train"][-1]["interrupted"]
    assert turns["sound"][-1]["type"] in {"stream_end", "error"}


def words(turn: Heard) -> str:
    return "".join(message["text"] for message in turn if message["type"] == "text_chunk")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe in JavaScript, and what drives it."""
    folder = tmp_path_factory.mktemp("javascript")
    (recipe,) = blocks(ROBOT_APP, "js")
    (folder / "robi.mjs").write_text(recipe, encoding="utf-8")
    shutil.copy(HERE / "drive.mjs", folder)
    return folder / "drive.mjs"


async def javascript(page: Path, port: int) -> Heard:
    url = f"ws://127.0.0.1:{port}/ws/interact"
    told = await trio.to_thread.run_sync(partial(node, str(page), url, KEY, within=60))
    return [json.loads(line) for line in told.splitlines()]


@pytest.mark.parametrize("after", AFTER)
async def test_javascript_that_loses_its_link_hears_all_once(
    page: Path, tmp_path: Path, after: int
) -> None:
    async with behind_a_bad_network(tmp_path, once(End.RESET, after)) as port:
        check(await javascript(page, port))


async def test_javascript_whose_session_is_gone_asks_again(page: Path, tmp_path: Path) -> None:
    async with (
        open_site(tmp_path / "first", script=Script(REPLIES)) as site,
        open_site(tmp_path / "other", script=Script(REPLIES)) as other,
        trio.open_nursery() as nursery,
    ):

        def faults() -> Iterator[Faults]:
            yield Faults(end=End.RESET, after=AFTER[-1], ways=BOTH)
            proxy.target = other.house.port
            yield from repeat(Faults())

        proxy = FaultProxy("127.0.0.1", site.house.port, faults())
        heard = await javascript(page, await proxy.serve(nursery))
        nursery.cancel_scope.cancel()
    assert [one["resumed"] for one in heard if one["type"] == "auth_ok"] == [False, False]
    check(heard)


# ── in Kotlin ─────────────────────────────────────────────────────────────────────────────

needs_kotlin = pytest.mark.skipif(
    not LONG or not HAS_KOTLIN,
    reason="compiles Kotlin: ROBI_LONG=1, and kotlinc, OkHttp and org.json",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Compile the recipes, and what drives them; the command that runs it."""
    folder = tmp_path_factory.mktemp("kotlin")
    sources = [folder / f"{name}.kt" for name in ("Robi", "Pairing")]
    for source, code in zip(sources, blocks(ROBOT_APP, "kotlin"), strict=True):
        source.write_text(code, encoding="utf-8")
    jar = folder / "app.jar"
    libraries = os.pathsep.join(map(str, JARS))
    compiler = ("kotlinc", "-cp", libraries, "-include-runtime", "-d", jar)
    program: list[str | Path] = [*compiler, *sources, HERE / "Drive.kt"]
    subprocess.run(program, check=True, capture_output=True, timeout=300)
    return ["java", "-cp", os.pathsep.join([libraries, str(jar)]), "DriveKt"]


def context_of(certificate: certs_making.Made) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key_path)
    return context


@asynccontextmanager
async def tls(port: int, certificate: certs_making.Made) -> AsyncIterator[int]:
    """Speak TLS in front of `port`; give the port of that."""

    async def carry(source: trio.abc.Stream, sink: trio.abc.Stream) -> None:
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            while data := await source.receive_some(65536):
                await sink.send_all(data)
        await trio.aclose_forcefully(sink)

    async def lead(app: trio.SSLStream[trio.SocketStream]) -> None:
        server = await trio.open_tcp_stream("127.0.0.1", port)
        async with trio.open_nursery() as ways:
            ways.start_soon(carry, app, server)
            ways.start_soon(carry, server, app)

    async with trio.open_nursery() as nursery:
        serve = partial(trio.serve_ssl_over_tcp, lead, 0, context_of(certificate), host="127.0.0.1")
        (listener,) = await nursery.start(serve)
        tcp = listener.transport_listener
        assert isinstance(tcp, trio.SocketListener)
        yield tcp.socket.getsockname()[1]
        nursery.cancel_scope.cancel()


async def kotlin(app: list[str], port: int, certificate: certs_making.Made) -> Heard:
    async with tls(port, certificate) as secure:
        code = Invitation(f"127.0.0.1:{secure}", certificate.certificate.public_key, KEY).uri
        with trio.fail_after(60):
            done = await trio.run_process([*app, code], capture_stdout=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def certificate(tmp_path: Path) -> certs_making.Made:
    settings = Settings(data_dir=tmp_path / "data")
    return certs_making.make(settings, ("127.0.0.1",), 30, datetime.now(UTC))


@needs_kotlin
@pytest.mark.parametrize("after", AFTER)
async def test_kotlin_that_loses_its_link_hears_all_once_over_tls(
    app: list[str], certificate: certs_making.Made, tmp_path: Path, after: int
) -> None:
    async with behind_a_bad_network(tmp_path, once(End.RESET, after)) as port:
        check(await kotlin(app, port, certificate))


@needs_kotlin
async def test_kotlin_with_the_pin_of_another_does_not_come_through_tls(
    app: list[str], certificate: certs_making.Made
) -> None:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener, trio.open_nursery() as nursery:
        port = listener.socket.getsockname()[1]
        code = Invitation(f"127.0.0.1:{port}", Fingerprint(bytes(32)), KEY).uri
        nursery.start_soon(partial(trio.run_process, [*app, code], stdout=subprocess.DEVNULL))
        with trio.fail_after(60):
            stream = trio.SSLStream(
                await listener.accept(), context_of(certificate), server_side=True
            )
            with pytest.raises(trio.BrokenResourceError) as refused:
                await stream.receive_some()
            await trio.aclose_forcefully(stream)
        assert "certificate" in str(refused.value.__cause__).lower()
        nursery.cancel_scope.cancel()
