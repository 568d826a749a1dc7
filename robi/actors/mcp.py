"""The servers of tools that were named in the settings: kept connected, and their tools at hand.

Owns one task a server, and what each offers now. A server that is down or slow costs a turn
nothing: its tools are not offered, and it is tried again beside, less and less often. It is off
unless a server is named (docs/decisions/0016-tools.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, Never

import structlog
import trio
from attrs import define, field

from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail
from robi.actors.tools import Occasion, Result, Tool
from robi.brain.base import ToolSpec
from robi.mcp.base import CallRefused, Connection, RemoteTool, ServerGone, ToolServer
from robi.skills.trouble import Trouble

log = structlog.get_logger()

CALL_WITHIN: Final = 10.0
"""Seconds that a call may take."""

AGAIN_S: Final = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds between tries to reach a server; the last over and over."""

STEADY_S: Final = 60.0
"""Seconds of being connected after which the tries are counted anew."""

State = Literal["connecting", "connected", "gone"]
"""Of the way to a server; one that is gone is tried again after a while."""

_LONGEST_NAME: Final = 64
_LONGEST_REFUSAL: Final = 500
_ODD: Final = re.compile(r"[^A-Za-z0-9_-]+")


@define(eq=False)
class Shelf:
    """The tools of other programs that are at hand now; it outlives the actor."""

    _by_server: dict[str, tuple[Tool, ...]] = field(factory=dict, init=False)
    all: tuple[Tool, ...] = field(default=(), init=False)

    def put(self, server: str, tools: tuple[Tool, ...]) -> None:
        """From now on these are the tools of `server`. For the actor."""
        self._by_server[server] = tools
        self.all = tuple(tool for each in self._by_server.values() for tool in each)

    def count(self, server: str) -> int:
        """Return how many tools of `server` are at hand."""
        return len(self._by_server.get(server, ()))


@define(eq=False)
class McpActor:
    """Keeps `servers` connected, from start to stop."""

    _servers: Sequence[ToolServer]
    _shelf: Shelf
    _states: dict[str, State] = field(factory=dict, init=False)

    async def run(self, mailbox: Mailbox[Never], ready: Callable[[], None]) -> None:
        """Keep them connected until asked to stop; nothing waits for a server that is slow."""
        self._clear()  # and so they are always offered in the order of the settings
        try:
            async with trio.open_nursery() as nursery:
                for server in self._servers:
                    nursery.start_soon(self._keep, server)
                ready()
                await mailbox.wait_stopping()
                nursery.cancel_scope.cancel()
        finally:
            self._clear()

    def _clear(self) -> None:
        for server in self._servers:
            self._states[server.name] = "connecting"
            self._shelf.put(server.name, ())

    def details(self) -> Mapping[str, Detail]:
        """How many servers there are and how many tools they offer now, in all and each by name."""
        told: dict[str, Detail] = {"servers": len(self._servers), "tools": len(self._shelf.all)}
        for name, state in self._states.items():
            told[f"{name}.state"] = state  # no name holds a dot, so that none is one of ours
            told[f"{name}.tools"] = self._shelf.count(name)
        return told

    async def _keep(self, server: ToolServer) -> None:
        tries = 0
        while True:
            began = trio.current_time()
            self._states[server.name] = "connecting"
            known: dict[str, str | int] = {}
            try:
                await server.serve(lambda way, tools: self._offer(server.name, way, tools))
            except ServerGone as gone:
                known = _known_of(gone)
            except Exception as crash:  # noqa: BLE001 (a program of others never stops us)
                known = {"reason": type(crash).__name__}
            self._states[server.name] = "gone"
            self._shelf.put(server.name, ())
            if trio.current_time() - began >= STEADY_S:
                tries = 0
            wait = AGAIN_S[min(tries, len(AGAIN_S) - 1)]
            log.warning("mcp_server_gone", server=server.name, **known, retry_s=wait)
            tries += 1
            await trio.sleep(wait)

    def _offer(self, name: str, way: Connection, tools: tuple[RemoteTool, ...]) -> None:
        offered: dict[str, Tool] = {}
        for remote in tools:
            tool = _tool(name, way, remote)
            offered.setdefault(tool.name, tool)
        self._states[name] = "connected"
        self._shelf.put(name, tuple(offered.values()))
        log.info("mcp_tools_listed", server=name, tools=len(offered))


def _known_of(gone: ServerGone) -> dict[str, str | int]:
    """Return what the log tells of the end of a server."""
    known: dict[str, str | int] = {"reason": str(gone)}
    if gone.exit_code is not None:
        known["exit_code"] = gone.exit_code
    if gone.last_line is not None:
        known["last_line"] = gone.last_line
    return known


def _tool(server: str, way: Connection, remote: RemoteTool) -> Tool:
    async def run(arguments: Mapping[str, object], _occasion: Occasion) -> Result:
        try:
            return await way.call(remote.name, arguments)
        except CallRefused as refusal:
            raise Trouble(str(refusal)[:_LONGEST_REFUSAL]) from None
        except ServerGone:
            raise Trouble("the server of this tool is gone") from None

    name = _ODD.sub("_", f"{server}__{remote.name}")
    if not name[0].isalpha():  # a server known by its address; Gemini refuses the whole question
        name = f"_{name}"
    name = name[:_LONGEST_NAME]
    return Tool(ToolSpec(name, remote.description, remote.parameters), run, CALL_WITHIN)
