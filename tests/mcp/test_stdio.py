"""A server of tools that is a program: it starts, answers, gets no key of ours, and ends."""

import json
import sys
from pathlib import Path

import pytest
import trio

from robi.mcp.base import Connection, RemoteTool, ServerGone
from robi.mcp.client import McpServer
from robi.mcp.stdio import Program

TOOLBOX = str(Path(__file__).with_name("toolbox.py"))


async def connected(nursery: trio.Nursery, program: Program) -> Connection:
    found: list[Connection] = []
    listed = trio.Event()

    def offer(way: Connection, _tools: tuple[RemoteTool, ...]) -> None:
        found.append(way)
        listed.set()

    async def serve() -> None:
        await McpServer(program).serve(offer)

    nursery.start_soon(serve)
    with trio.fail_after(30):
        await listed.wait()
    return found[0]


async def test_program_is_started_called_and_ended_with_its_way() -> None:
    async with trio.open_nursery() as nursery:
        way = await connected(nursery, Program("toolbox", [sys.executable, TOOLBOX]))
        assert await way.call("echo", {"words": "¡hola!\n"}) == "¡hola!\n"
        nursery.cancel_scope.cancel()
    with pytest.raises(ServerGone):
        await way.call("echo", {})


async def test_program_gets_no_key_of_ours_and_what_was_given_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "secret-of-ours")
    async with trio.open_nursery() as nursery:
        program = Program("toolbox", [sys.executable, TOOLBOX], {"THEIR_KEY": "theirs"})
        way = await connected(nursery, program)
        env = json.loads((await way.call("env", {})).partition("\n")[0])
        nursery.cancel_scope.cancel()
    assert (env.get("THEIR_KEY"), "GEMINI_API_KEY" in env) == ("theirs", False)


@pytest.mark.parametrize("command", [["/nowhere/at/all"], [sys.executable, "-c", "pass"]])
async def test_program_that_cannot_serve_is_gone(command: list[str]) -> None:
    with pytest.raises(ServerGone), trio.fail_after(30):
        await McpServer(Program("broken", command)).serve(lambda *_: None)


async def test_program_that_never_ends_its_line_is_let_go() -> None:
    endless = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    with pytest.raises(ServerGone, match="does not end"), trio.fail_after(30):
        await McpServer(Program("endless", [sys.executable, "-c", endless])).serve(lambda *_: None)


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
print(child.pid, flush=True)
time.sleep(1000)
"""


async def test_program_that_does_not_want_to_end_is_killed_with_what_it_has_started() -> None:
    program = Program("stubborn", [sys.executable, "-c", STUBBORN])
    async with program.open() as pipes:
        with trio.fail_after(30):
            child = int(await pipes._line())
    with trio.fail_after(10):
        while is_running(child):  # whoever is its parent now still has to reap it
            await trio.lowlevel.checkpoint()


def is_running(pid: int) -> bool:
    """Return whether a process is neither gone nor a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
