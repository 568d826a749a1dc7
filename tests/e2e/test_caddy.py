"""Behind Debian's Caddy: each new configuration cuts every WebSocket at once (findings.md)."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import trio
from attrs import frozen

from tests.e2e.conftest import KEY, open_site
from tests.e2e.proxy import FaultProxy
from tests.e2e.robots import PATIENCE, ResumingRobot, resuming, spelled
from tools.gemini_stub import GeminiStub, Reply, Script

CADDY = shutil.which("caddy") or ""
pytestmark = pytest.mark.skipif(not CADDY, reason="needs caddy (apt install caddy)")

TALE = spelled(" ".join(f"palabra{n}" for n in range(60)))
HEARD = 5
"""Texts after which the model is made to hold its breath."""

CONFIGURATION = """{{
	admin unix/{folder}/admin.sock
	auto_https off
	storage file_system {folder}
}}
http://127.0.0.1:{port} {{
	bind 127.0.0.1
	header X-Edition {edition}
	reverse_proxy 127.0.0.1:{server}
}}
"""


@frozen
class Caddy:
    """A Caddy in front of `server`, with everything that is its own in `folder`."""

    folder: Path
    server: int
    port: int

    def run(self, *arguments: str) -> list[str]:
        return [CADDY, *arguments, "--config", str(self.folder / "Caddyfile")]

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": os.defpath, "HOME": str(self.folder)}

    def configure(self, edition: int) -> None:
        text = CONFIGURATION.format(
            folder=self.folder, port=self.port, server=self.server, edition=edition
        )
        (self.folder / "Caddyfile").write_text(text, encoding="utf-8")

    async def reload(self, edition: int) -> None:
        """Give it another configuration; when this returns it is in force."""
        self.configure(edition)
        address = f"unix/{self.folder}/admin.sock"
        command = self.run("reload", "--address", address)
        await trio.run_process(command, env=self.environ, capture_stderr=True)


@asynccontextmanager
async def caddy_in_front(folder: Path, server: int) -> AsyncIterator[Caddy]:
    with trio.socket.socket() as free:  # nobody else on loopback wants a port in this moment
        await free.bind(("127.0.0.1", 0))
        caddy = Caddy(folder, server, free.getsockname()[1])
    caddy.configure(1)
    async with trio.open_nursery() as nursery:
        process = await nursery.start(
            partial(
                trio.run_process,
                caddy.run("run"),
                env=caddy.environ,
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        )
        serving = trio.Event()

        async def read_log() -> None:
            log = b""
            async for data in process.stderr:
                log += data
                if b"serving initial configuration" in log:
                    serving.set()

        nursery.start_soon(read_log)
        with trio.fail_after(PATIENCE):
            await serving.wait()
        try:
            yield caddy
        finally:
            nursery.cancel_scope.cancel()


async def test_reload_of_caddy_in_mid_sentence_loses_and_doubles_no_word(tmp_path: Path) -> None:
    async with trio.open_nursery() as nursery:
        stub = GeminiStub(Script((), Reply(chunk_delay_ms=5)))
        model_url = await stub.serve(nursery)
        model = FaultProxy("127.0.0.1", int(model_url.rpartition(":")[2]))
        model_port = await model.serve(nursery)
        async with (
            open_site(tmp_path, GOOGLE_GEMINI_BASE_URL=f"http://127.0.0.1:{model_port}") as site,
            caddy_in_front(tmp_path, site.house.port) as caddy,
        ):
            url = f"ws://127.0.0.1:{caddy.port}/ws/interact"
            async with resuming(ResumingRobot(url, KEY, "d")) as robot:
                answer: list[str] = []

                async def ask() -> None:
                    answer.append((await robot.asks(TALE, "r1"))[-2]["response_text"])

                with trio.fail_after(PATIENCE):
                    async with trio.open_nursery() as person:
                        person.start_soon(ask)
                        await robot.hears_texts("r1.0", HEARD)
                        model.passages[0].freeze()
                        await caddy.reload(2)
                        greeting = await robot.wait_greeted(2)
                        texts = [m["text"] for m in robot.messages if m["type"] == "text_chunk"]
                        assert len("".join(texts)) < len(TALE)
                        model.passages[0].thaw()
                assert greeting["resumed"] is True
                assert greeting["session_id"] == robot.greetings[0]["session_id"]
                texts = [m["text"] for m in robot.turns["r1.0"] if m["type"] == "text_chunk"]
                assert answer == [TALE] == ["".join(texts)]
                assert len(stub.calls) == 1
        nursery.cancel_scope.cancel()
