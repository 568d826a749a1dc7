"""Reads a text in a process of its own.

Owns that process: it has its limits (`robi.texts.child`), knows nothing of ours, and is ended when
it takes too long, says too much, or nobody waits for it any more.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, cast

import trio
from trio.abc import ReceiveStream, SendStream

from robi.texts import child
from robi.texts.base import Read, TextUnreadable

_CHUNK: Final = 256 * 1024


async def read_apart(
    data: bytes,
    told: str | None,
    name: str,
    *,
    command: Sequence[str] | None = None,
    within: float = child.WITHIN,
) -> Read:
    """Return what is in a file: `robi.texts.base.ReadText`.

    Args:
        command: what is run in place of the reader.
        within: seconds that it may take.

    Raises:
        TextUnreadable, UnsupportedFileFormat, FileTooLarge: each says why.
    """
    try:
        process = await trio.lowlevel.open_process(
            list(command or child.command()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may hold what the text says
            env=child.environment(),
            start_new_session=True,
        )
    except OSError as failure:
        message = f"no process can be started to read it ({failure.strerror})"
        raise TextUnreadable(message) from None
    said, exit_code = bytearray(), None
    try:
        with trio.move_on_after(within):
            async with trio.open_nursery() as nursery:
                question = child.question(data, told, name)
                nursery.start_soon(_ask, cast("SendStream", process.stdin), question)
                if await _hear(cast("ReceiveStream", process.stdout), said):
                    exit_code = await process.wait()
                nursery.cancel_scope.cancel()  # it may have ended before it had read all
    finally:
        await _end(process)
    if len(said) > child.MAX_ANSWER:
        message = "its reader never ends"
        raise TextUnreadable(message)
    return child.answer(bytes(said), exit_code)


async def _ask(into: SendStream, question: bytes) -> None:
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        async with into:
            await into.send_all(question)


async def _hear(out: ReceiveStream, said: bytearray) -> bool:
    """Take all that it says into `said`; return whether that came to an end."""
    while chunk := await out.receive_some(_CHUNK):
        said += chunk
        if len(said) > child.MAX_ANSWER:
            return False
    return True


async def _end(process: trio.Process) -> None:
    """End it, if it has not ended, and let go of it."""
    with trio.CancelScope(shield=True):
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
        await process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                await stream.aclose()
