"""A server of tools that is a program of its own, spoken to by its standard input and output.

Owns the process: it gets no environment but what a program needs and what was given for it, so that
no key of ours leaves; and it is ended within its grace (a closed input, SIGTERM, SIGKILL). What it
writes on its standard error is read, since else it would wait once the pipe is full; the last line
is kept, to say of what it has died.
"""

import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, cast

import orjson
import trio
from attrs import define, field, frozen
from trio.abc import ReceiveStream, SendStream

from robi.mcp.base import MAX_MESSAGE_BYTES, Message, ServerGone

LEFT_ALONE_S: Final = 1.0
"""Seconds that a program has to end after its input was closed, …"""
TERMINATED_S: Final = 0.5
"""… and after SIGTERM. Together less than the grace of the actor."""

ENDING_S: Final = 0.5
"""Seconds that a program which has closed its output has to end, so that its exit code is known."""

LONGEST_LINE: Final = 200
"""Characters of what a program wrote last that are logged."""

_LONGEST_TAIL: Final = 4 * 1024
_SHORTEST_SECRET: Final = 6
"""What was given for a program and is shorter (a number, `true`) is no secret."""

_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "SHELL", "TERM")
_CHUNK: Final = 64 * 1024


@frozen
class Program:
    """A `robi.mcp.base.Way` to a program that is started for it."""

    name: str
    command: Sequence[str] = field(repr=False)
    env: Mapping[str, str] = field(factory=dict, repr=False)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["Pipes"]:
        """Start it, and end it within its grace. Raises ServerGone."""
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        try:
            process = await trio.lowlevel.open_process(
                list(self.command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**passed, **self.env},
                start_new_session=True,  # Ctrl-C in our terminal is ours to pass on
            )
        except (OSError, ValueError) as failure:
            because = failure.strerror if isinstance(failure, OSError) else type(failure).__name__
            raise ServerGone(f"{self.command[0]} cannot be started: {because}") from None
        into, out = cast("SendStream", process.stdin), cast("ReceiveStream", process.stdout)
        ending = _Ending(process, tuple(self.env.values()))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ending.listen)
            try:
                yield Pipes(into, out, ending)
            finally:
                await _end(process)


@define(eq=False)
class _Ending:
    """Of what a program dies: its exit code, and the last line of its standard error.

    That line is not told once a tool was called: from then on it may hold what people have said.
    """

    _process: trio.Process
    _given: Sequence[str]
    called: bool = field(default=False, init=False)
    _tail: bytes = field(default=b"", init=False)
    _heard: trio.Event = field(factory=trio.Event, init=False)

    async def listen(self) -> None:
        """Read its standard error until either side closes it: at its end it may say much."""
        errors = cast("ReceiveStream", self._process.stderr)
        with (
            trio.CancelScope(shield=True),
            suppress(trio.BrokenResourceError, trio.ClosedResourceError),
        ):
            while chunk := await errors.receive_some(_CHUNK):
                self._tail = (self._tail + chunk)[-_LONGEST_TAIL:]
        self._heard.set()

    async def tell(self, why: str) -> ServerGone:
        """Return why there is no way to it any more: what we have seen, and how it ended, if so."""
        with trio.move_on_after(ENDING_S):
            await self._process.wait()
            await self._heard.wait()  # what it has started may hold it open
        if (exit_code := self._process.returncode) is None:
            return ServerGone(why)
        last_line = None if self.called else last_line_of(self._tail, self._given)
        return ServerGone("it has ended", exit_code=exit_code, last_line=last_line)


def last_line_of(written: bytes, secrets: Sequence[str] = ()) -> str | None:
    """Return the last line that says something, without `secrets`, as one that can be logged."""
    text = written.decode(errors="replace")
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "…")
    lines = ("".join(filter(str.isprintable, line)).strip() for line in text.splitlines())
    last = next(filter(None, reversed(list(lines))), None)
    if last is None or len(last) <= LONGEST_LINE:
        return last
    return f"{last[:LONGEST_LINE]}…"


@define(eq=False)
class Pipes:
    """Messages as lines, to and from a program."""

    _into: SendStream
    _out: ReceiveStream
    _ending: _Ending
    _read: bytearray = field(factory=bytearray, init=False)
    _scanned: int = field(default=0, init=False)
    _writing: trio.Lock = field(factory=trio.Lock, init=False)

    async def send(self, message: Message) -> None:
        """Have `message` on its way. Raises ServerGone.

        Once begun it is written whole: half a line would spoil the next.
        """
        self._ending.called |= message.get("method") == "tools/call"
        async with self._writing:
            try:
                with trio.CancelScope(shield=True), trio.fail_after(LEFT_ALONE_S):
                    await self._into.send_all(orjson.dumps(message) + b"\n")
            except (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError):
                raise await self._ending.tell("it takes nothing more") from None

    async def receive(self) -> Message:
        """Return the next message of the server. Raises ServerGone when there will be none."""
        while True:
            line = await self._line()
            try:
                message = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # programs print; it is no message
            if isinstance(message, dict):
                return message

    def note_version(self, version: str) -> None:
        """Nothing: a pipe has no head to say it in."""

    async def _line(self) -> bytes:
        while (end := self._read.find(b"\n", self._scanned)) < 0:
            self._scanned = len(self._read)
            if self._scanned > MAX_MESSAGE_BYTES:
                raise ServerGone("a message that does not end")
            try:
                chunk = await self._out.receive_some(_CHUNK)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                chunk = b""
            if not chunk:
                raise await self._ending.tell("it has closed its output")
            self._read += chunk
        line = bytes(self._read[:end])
        del self._read[: end + 1]
        self._scanned = 0
        return line


async def _end(process: trio.Process) -> None:
    """End a program and what it has started, politely at first."""
    with trio.CancelScope(shield=True):
        if process.stdin is not None:
            await process.stdin.aclose()
        for signum, patience in ((None, LEFT_ALONE_S), (signal.SIGTERM, TERMINATED_S)):
            if signum is not None:
                _signal(process, signum)
            with trio.move_on_after(patience):
                await process.wait()
            if process.returncode is not None:
                break
        _signal(process, signal.SIGKILL)  # what it has started and left behind, too
        await process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                await stream.aclose()


def _signal(process: trio.Process, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signum)
