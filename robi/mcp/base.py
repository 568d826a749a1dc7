"""The port of a server of tools: what it offers, how it is called, and how its way is lost.

Owns these shapes, and the bounds of what is taken from a server that nobody here has written.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol, TypeAlias

from attrs import field, frozen

MAX_MESSAGE_BYTES: Final = 1024 * 1024
"""Of one message; a server that sends more is let go."""

MAX_TOOLS: Final = 64
"""Of one server: all of them go into every question to the model."""

Message: TypeAlias = dict[str, Any]
"""A JSON-RPC message, decoded."""


class ServerGone(Exception):
    """There is no way to the server, or none any more; `args[0]` says why, in our words.

    Of a program that has ended: `exit_code` (negative: the signal that killed it), and `last_line`,
    what it wrote last on its standard error, cut to be logged.
    """

    def __init__(
        self, why: str, *, exit_code: int | None = None, last_line: str | None = None
    ) -> None:
        super().__init__(why)
        self.exit_code = exit_code
        self.last_line = last_line


class CallRefused(Exception):
    """The server has answered that it cannot do that; `args[0]` are its own words."""


@frozen
class RemoteTool:
    """A tool as its server describes it; `parameters` is the JSON Schema of an object."""

    name: str
    description: str = field(repr=False)
    parameters: Mapping[str, object] = field(repr=False)


class Transport(Protocol):
    """The way to one server while it is open."""

    async def send(self, message: Message) -> None:
        """Have `message` on its way. What answers it comes by `receive`. Raises ServerGone."""

    async def receive(self) -> Message:
        """Return the next message of the server. Raises ServerGone when there will be none."""

    def note_version(self, version: str) -> None:
        """The two have agreed on a version of the protocol."""


class Way(Protocol):
    """Where a server is, and how to get there."""

    @property
    def name(self) -> str:
        """What it is called here: the beginning of the names of its tools."""

    def open(self) -> AbstractAsyncContextManager[Transport]:
        """Open a way, and close it within its grace. Raises ServerGone."""


class Connection(Protocol):
    """A server that has introduced itself."""

    async def call(self, name: str, arguments: Mapping[str, object]) -> str:
        """Call a tool; return what it answers as text. Raises ServerGone, CallRefused."""


class ToolServer(Protocol):
    """A server of tools, reachable or not."""

    @property
    def name(self) -> str:
        """What it is called here."""

    async def serve(self, offer: Callable[[Connection, tuple[RemoteTool, ...]], None]) -> None:
        """Stay connected; `offer` is called with its tools, and again whenever they change.

        Raises:
            ServerGone: it could not be reached, or is gone. It never ends otherwise.
        """
