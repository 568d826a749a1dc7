"""A server of tools that is a program of its own, spoken to by its standard input and output.

Owns the process: it gets no environment but what a program needs and what was given for it, so that
no key of ours leaves; and it is ended within its grace (a closed input, SIGTERM, SIGKILL).
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
                stderr=subprocess.DEVNULL,
                env={**passed, **self.env},
                start_new_session=True,  # Ctrl-C in our terminal is ours to pass on
            )
        except (OSError, ValueError) as failure:
            raise ServerGone(f"it cannot be started: {type(failure).__name__}") from None
        try:
            into, out = cast("SendStream", process.stdin), cast("ReceiveStream", process.stdout)
            yield Pipes(into, out)
        finally:
            await _end(process)


@define(eq=False)
class Pipes:
    """Messages as lines, to and from a program."""

    _into: SendStream
    _out: ReceiveStream
    _read: bytearray = field(factory=bytearray, init=False)
    _scanned: int = field(default=0, init=False)
    _writing: trio.Lock = field(factory=trio.Lock, init=False)

    async def send(self, message: Message) -> None:
        """Have `message` on its way. Raises ServerGone.

        Once begun it is written whole: half a line would spoil the next.
        """
        async with self._writing:
            try:
                with trio.CancelScope(shield=True), trio.fail_after(LEFT_ALONE_S):
                    await self._into.send_all(orjson.dumps(message) + b"\n")
            except (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError):
                raise ServerGone("it takes nothing more") from None

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
                raise ServerGone("it has ended")
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
        if process.stdout is not None:
            await process.stdout.aclose()


def _signal(process: trio.Process, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signum)
