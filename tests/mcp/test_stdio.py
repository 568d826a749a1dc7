"""A server of tools that is a program: it starts, answers, gets no key of ours, and ends."""

import json
import signal
import sys
from pathlib import Path

import pytest
import trio

from robi.mcp.base import Connection, RemoteTool, ServerGone
from robi.mcp.client import McpServer
from robi.mcp.stdio import LONGEST_LINE, Program, last_line_of

TOOLBOX = str(Path(__file__).with_name("toolbox.py"))


async def connected(
    nursery: trio.Nursery, program: Program, ends: list[ServerGone] | None = None
) -> Connection:
    """Have it served until it ends, which is noted in `ends`; return the way to it."""
    found: list[Connection] = []
    listed = trio.Event()

    def offer(way: Connection, _tools: tuple[RemoteTool, ...]) -> None:
        found.append(way)
        listed.set()

    async def serve() -> None:
        try:
            await McpServer(program).serve(offer)
        except ServerGone as gone:
            if ends is None:
                raise
            ends.append(gone)

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


async def end_of(program: Program) -> ServerGone:
    """Let it serve; return why it does not."""
    with pytest.raises(ServerGone) as gone, trio.fail_after(30):
        await McpServer(program).serve(lambda *_: None)
    return gone.value


@pytest.mark.parametrize(
    ("given", "because"),
    [("/nowhere/at/all", "No such file or directory"), (TOOLBOX, "Permission denied")],
)
async def test_program_that_cannot_be_started_is_named_as_typed(given: str, because: str) -> None:
    gone = await end_of(Program("broken", [given, "--token", "SECRET"]))
    assert str(gone) == f"{given} cannot be started: {because}"
    assert (gone.exit_code, gone.last_line) == (None, None)


DYING = """
import sys
print("Traceback (most recent call last):\\n\\x1b[31mKeyError: 'TOKEN'\\x1b[0m\\n", file=sys.stderr)
sys.exit(3)
"""


async def test_program_that_dies_tells_its_exit_code_and_its_last_line() -> None:
    gone = await end_of(Program("dying", [sys.executable, "-c", DYING]))
    assert (str(gone), gone.exit_code) == ("it has ended", 3)
    assert gone.last_line == "[31mKeyError: 'TOKEN'[0m"


async def test_program_that_dies_without_a_word_tells_its_exit_code() -> None:
    gone = await end_of(Program("mute", [sys.executable, "-c", "pass"]))
    assert (str(gone), gone.exit_code, gone.last_line) == ("it has ended", 0, None)


async def test_program_that_is_killed_tells_the_signal() -> None:
    suicide = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    gone = await end_of(Program("killed", [sys.executable, "-c", suicide]))
    assert gone.exit_code == -signal.SIGKILL


async def test_program_that_closes_its_output_and_stays_has_no_exit_code() -> None:
    silent = "import os, time; os.close(1); time.sleep(1000)"
    gone = await end_of(Program("silent", [sys.executable, "-c", silent]))
    assert (str(gone), gone.exit_code) == ("it has closed its output", None)


async def test_program_that_was_given_a_key_and_shows_it_at_its_end_does_not_show_it() -> None:
    telling = "import os, sys; sys.exit('refused: ' + os.environ['TOKEN'] + os.environ['N'])"
    program = Program("telling", [sys.executable, "-c", telling], {"TOKEN": "SECRET", "N": "1"})
    assert (await end_of(program)).last_line == "refused: …1"


DYING_LATER = f"""
import sys
sys.path.insert(0, {str(Path(TOOLBOX).parent)!r})
import toolbox
def called(name, arguments):
    sys.exit("cannot do " + arguments["words"])
toolbox.called = called
toolbox.main()
"""


async def test_program_that_dies_of_what_was_said_does_not_tell_it() -> None:
    gone: list[ServerGone] = []
    async with trio.open_nursery() as nursery:
        way = await connected(nursery, Program("gossip", [sys.executable, "-c", DYING_LATER]), gone)
        with pytest.raises(ServerGone):
            await way.call("echo", {"words": "Luna"})
    assert [(str(end), end.exit_code, end.last_line) for end in gone] == [("it has ended", 1, None)]


async def test_program_that_says_much_on_its_standard_error_is_not_held_up() -> None:
    chatty = f"import sys; sys.stderr.write('x' * 10**6); sys.stderr.flush()\n{DYING_LATER}"
    async with trio.open_nursery() as nursery:
        await connected(nursery, Program("chatty", [sys.executable, "-c", chatty]))
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("written", "last"),
    [
        (b"", None),
        (b"\n \n\x07\n", None),
        (b"one\ntwo\n\n", "two"),
        (b"one\r\ntwo", "two"),
        (b"caf\xc3\xa9 \xff", "café �"),
        (b"x" * LONGEST_LINE, "x" * LONGEST_LINE),
        (b"x" * (LONGEST_LINE + 1), "x" * LONGEST_LINE + "…"),
    ],
    ids=["nothing", "nothing to see", "last", "crlf", "no utf-8", "long", "too long"],
)
def test_last_line_is_one_that_can_be_logged(written: bytes, last: str | None) -> None:
    assert last_line_of(written) == last


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
