"""`robi serve` as a process, and signals: the end is in order, and comes whatever others do.

How long it may take is tested under a virtual clock, in tests/test_tree.py.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
import trio
from websockets.frames import Frame, Opcode

from tests.e2e.processes import KEY, Process, serving
from tests.e2e.robots import PATIENCE, Robot, connect
from tools.gemini_stub import GeminiStub, Reply, Script

BEFORE_AND_AFTER = Reply(chunks=("[emotion:happy]Uno,", " dos,", " tres"), chunk_delay_ms=500)
ENDLESS = Reply(chunks=("[emotion:happy]Uno,", " dos"), stall_after=2)
HUGE = Reply(chunks=("[emotion:happy]" + "bla " * 16_384,) * 128, stall_after=128)
"""Eight megabytes, more than the sockets between us hold; and then no end."""


@asynccontextmanager
async def model(reply: Reply | None = None) -> AsyncIterator[str]:
    async with trio.open_nursery() as nursery:
        yield await GeminiStub(Script((), reply or Reply())).serve(nursery)
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def robot_of(server: Process) -> AsyncIterator[Robot]:
    async with connect(f"ws://127.0.0.1:{server.port}/ws/interact") as robot:
        await robot.authenticate(KEY)
        yield robot


async def begin(robot: Robot) -> None:
    """Have it ask, and hear the first words."""
    await robot.sends({"type": "text", "request_id": "r1", "content": "cuenta"})
    while (await robot.hears())["type"] != "text_chunk":
        pass


async def until_draining(server: Process) -> None:
    """Ask for its health until it says so: a signal is not answered."""
    with trio.fail_after(PATIENCE):
        async with httpx.AsyncClient(trust_env=False) as client:
            health = f"http://127.0.0.1:{server.port}/api/health"
            while (await client.get(health)).json()["status"] != "draining":
                pass


async def exit_code(server: Process) -> int:
    with trio.fail_after(PATIENCE):
        return await server.process.wait()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_signal_lets_the_sentence_end_then_closes_with_1012_and_exits_with_0(
    tmp_path: Path, signum: signal.Signals
) -> None:
    async with (
        model(BEFORE_AND_AFTER) as url,
        serving(tmp_path, url) as server,
        robot_of(server) as robot,
    ):
        await begin(robot)
        server.process.send_signal(signum)
        meta, end = (await robot.hears_turn())[-2:]
        assert meta["response_text"] == "Uno, dos, tres"
        assert "interrupted" not in end
        assert await robot.close_code() == 1012
        assert await exit_code(server) == 0


async def test_robots_while_draining_are_refused_with_retry_after(tmp_path: Path) -> None:
    async with (
        model(ENDLESS) as url,
        serving(tmp_path, url) as server,
        robot_of(server) as robot,
    ):
        await begin(robot)
        server.process.terminate()
        await until_draining(server)
        await robot.sends({"type": "text", "request_id": "r2", "content": "¿y?"})
        refusal = await robot.hears()
        while refusal["type"] != "error":
            refusal = await robot.hears()
        assert (refusal["error_code"], refusal["request_id"]) == ("SERVER_BUSY", "r2")
        async with connect(f"ws://127.0.0.1:{server.port}/ws/interact") as late:
            answer = await late.authenticate(KEY)
            assert answer["error_code"] == "SERVER_BUSY"
            assert answer["retry_after"] > 0
            assert await late.close_code() == 1013


async def test_second_signal_does_not_wait_for_the_sentence(tmp_path: Path) -> None:
    async with (
        model(ENDLESS) as url,
        serving(tmp_path, url, DRAIN_TIMEOUT_S="600") as server,
        robot_of(server) as robot,
    ):
        await begin(robot)
        server.process.send_signal(signal.SIGINT)
        server.process.send_signal(signal.SIGTERM)
        assert (await robot.hears_turn())[-1]["interrupted"] is True
        assert await robot.close_code() == 1012
        assert await exit_code(server) == 0


async def test_model_that_never_ends_does_not_keep_the_server(tmp_path: Path) -> None:
    async with (
        model(ENDLESS) as url,
        serving(tmp_path, url, DRAIN_TIMEOUT_S="0.5") as server,
        robot_of(server) as robot,
    ):
        await begin(robot)
        server.process.terminate()
        assert (await robot.hears_turn())[-1]["interrupted"] is True
        assert await robot.close_code() == 1012
        assert await exit_code(server) == 0


async def test_robot_that_stops_reading_does_not_keep_the_server(tmp_path: Path) -> None:
    settings = {"DRAIN_TIMEOUT_S": "0.5", "SEND_TIMEOUT": "300"}
    async with model(HUGE) as url, serving(tmp_path, url, **settings) as server:
        stream = await reads_nothing(server.port)
        async with stream, robot_of(server) as witness:
            await begin(witness)
            server.process.terminate()
            assert await exit_code(server) == 0


async def reads_nothing(port: int) -> trio.SocketStream:
    """Connect, ask, and never read a word of the answer."""
    client = trio.socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await client.connect(("127.0.0.1", port))
    stream = trio.SocketStream(client)
    await stream.send_all(
        b"GET /ws/interact HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        b"X-API-Key: " + KEY.encode() + b"\r\n\r\n"
    )
    await stream.receive_some(4096)
    for message in (
        b'{"type": "auth"}',
        b'{"type": "text", "request_id": "r", "content": "cuenta"}',
    ):
        await stream.send_all(Frame(Opcode.TEXT, message).serialize(mask=True))
    return stream


async def test_hangup_lets_the_log_go_on_in_a_new_file(tmp_path: Path) -> None:
    """The log is a pipe with a name: to open it waits for the other side, so nothing is guessed."""
    log = tmp_path / "log"
    os.mkfifo(log)
    environ = {
        "PATH": os.defpath,
        "ENVIRONMENT": "production",
        "API_KEY": KEY,
        "PORT": "0",
        "DATA_DIR": os.fspath(tmp_path),
        "LOG_FILE": os.fspath(log),
    }
    command = [sys.executable, "-m", "robi.cli", "serve"]
    with trio.fail_after(PATIENCE):
        async with trio.open_nursery() as nursery:
            run = partial(trio.run_process, command, env=environ, stdout=subprocess.DEVNULL)
            process: trio.Process = await nursery.start(run)
            async with await trio.open_file(log, "rb") as before:
                async for line in before:
                    if b'"listening"' in line:
                        break
                log.rename(tmp_path / "log.1")
                os.mkfifo(log)
                process.send_signal(signal.SIGHUP)
                async with await trio.open_file(log, "rb") as after:
                    assert await before.read() == b""  # the server has let go of it
                    process.terminate()
                    assert b'"stopped"' in await after.read()
            assert await process.wait() == 0
