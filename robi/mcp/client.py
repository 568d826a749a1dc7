"""One connection to a server of tools: JSON-RPC 2.0, whatever carries it.

Owns the introduction, the list of tools and its changes, and which answer belongs to which call. A
call that is cancelled is taken back: the server is told, and its late answer is dropped.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from typing import Any, Final

import orjson
import structlog
import trio
from attrs import define, field, frozen

from robi.mcp.base import (
    MAX_TOOLS,
    CallRefused,
    Connection,
    Message,
    RemoteTool,
    ServerGone,
    Transport,
    Way,
)

log = structlog.get_logger()

VERSION: Final = "2025-06-18"
KNOWN_VERSIONS: Final = frozenset({"2024-11-05", "2025-03-26", VERSION, "2025-11-25"})

LISTED_EVERY_S: Final = 5.0
"""Seconds between two looks at what a server offers."""

INTRODUCED_WITHIN: Final = 30.0
"""Seconds that a server has to introduce itself and list its tools: `npx` may fetch it first."""

_MAX_PAGES: Final = 20
_MAX_SCHEMA: Final = 8 * 1024
_MAX_DESCRIPTION: Final = 1000
_TELL_WITHIN: Final = 1.0

Offer = Callable[[Connection, tuple[RemoteTool, ...]], None]


@define(eq=False)
class _Owed:
    """An answer that is waited for."""

    came: trio.Event = field(factory=trio.Event, init=False)
    message: Message = field(factory=dict, init=False)
    gone: ServerGone | None = field(default=None, init=False)
    asking: trio.CancelScope = field(factory=trio.CancelScope, init=False)

    def fail(self, why: ServerGone) -> None:
        """There will be no answer."""
        self.gone = why
        self.came.set()


@frozen
class McpServer:
    """A `robi.mcp.base.ToolServer` at the end of a way."""

    _way: Way

    @property
    def name(self) -> str:
        """What it is called here."""
        return self._way.name

    async def serve(self, offer: Offer) -> None:
        """Stay connected; `offer` is called with its tools, and again whenever they change.

        Raises:
            ServerGone: it could not be reached, or is gone. It never ends otherwise.
        """
        async with self._way.open() as transport, trio.open_nursery() as nursery:
            client = _Client(transport, nursery)
            try:
                async with trio.open_nursery() as working:
                    scope = working.cancel_scope
                    working.start_soon(client.until_gone, client.listen, scope)
                    working.start_soon(client.until_gone, partial(client.work, offer), scope)
            finally:
                client.close()
                nursery.cancel_scope.cancel()
        raise client.gone


@define(eq=False)
class _Client:
    """The connection while it lasts."""

    _transport: Transport
    _nursery: trio.Nursery
    _owed: dict[int, _Owed] = field(factory=dict, init=False)
    _last_id: int = field(default=0, init=False)
    _changed: trio.Event = field(factory=trio.Event, init=False)
    _closed: bool = field(default=False, init=False)
    gone: ServerGone = field(factory=lambda: ServerGone("it was let go"), init=False)

    async def until_gone(
        self, work: Callable[[], Awaitable[None]], scope: trio.CancelScope
    ) -> None:
        """Do `work` until the server is gone; then note why, and end all of it."""
        try:
            await work()
        except (ServerGone, CallRefused) as why:
            self.gone = ServerGone(str(why)) if isinstance(why, CallRefused) else why
            scope.cancel()

    def close(self) -> None:
        """Nothing will come any more: tell who waits."""
        self._closed = True
        while self._owed:
            self._owed.popitem()[1].fail(self.gone)

    # ── what comes ────────────────────────────────────────────────────────────────────────

    async def listen(self) -> None:
        """Take what the server sends, until it is gone. Raises ServerGone."""
        while True:
            message = await self._transport.receive()
            if "method" in message:
                self._take_request(message)
            elif isinstance(number := message.get("id"), int) and number in self._owed:
                owed = self._owed.pop(number)
                owed.message = message
                owed.came.set()

    def _take_request(self, message: Message) -> None:
        method, number = message["method"], message.get("id")
        if method == "notifications/tools/list_changed":
            self._changed.set()
        elif number is None:
            pass  # progress, logging: nothing that is asked for here
        elif method == "ping":
            self._tell({"jsonrpc": "2.0", "id": number, "result": {}})
        else:
            error = {"code": -32601, "message": "not offered by this client"}
            self._tell({"jsonrpc": "2.0", "id": number, "error": error})

    # ── what is asked ─────────────────────────────────────────────────────────────────────

    async def work(self, offer: Offer) -> None:
        """Introduce ourselves, and tell `offer` what tools there are. Raises ServerGone."""
        with trio.move_on_after(INTRODUCED_WITHIN) as limit:
            await self._introduce()
            tools = await self._list()
        if limit.cancelled_caught:
            raise ServerGone("no introduction within the limit")
        offer(self, tools)
        while True:
            await self._changed.wait()
            self._changed = trio.Event()
            before = tools
            with trio.move_on_after(INTRODUCED_WITHIN) as limit:
                tools = await self._list()
            if limit.cancelled_caught:
                raise ServerGone("no list of its tools within the limit")
            if tools != before:
                offer(self, tools)
            await trio.sleep(LISTED_EVERY_S)  # a server may say again and again that it changed

    async def call(self, name: str, arguments: Mapping[str, object]) -> str:
        """Call a tool; return what it answers as text. Raises ServerGone, CallRefused."""
        result = await self._ask("tools/call", {"name": name, "arguments": dict(arguments)})
        text = _text(result)
        if result.get("isError"):
            raise CallRefused(text or "the tool failed")
        return text

    async def _introduce(self) -> None:
        introduced = await self._ask(
            "initialize",
            {
                "protocolVersion": VERSION,
                "capabilities": {},
                "clientInfo": {"name": "robi", "version": version("robi")},
            },
        )
        agreed = introduced.get("protocolVersion")
        if agreed not in KNOWN_VERSIONS:
            raise ServerGone("it speaks no version of the protocol that is known here")
        self._transport.note_version(str(agreed))
        await self._transport.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    async def _list(self) -> tuple[RemoteTool, ...]:
        tools: list[RemoteTool] = []
        params: dict[str, object] = {}
        for _ in range(_MAX_PAGES):
            page = await self._ask("tools/list", params)
            listed = page.get("tools")
            tools += filter(None, map(_tool, listed if isinstance(listed, list) else ()))
            if not (cursor := page.get("nextCursor")) or len(tools) >= MAX_TOOLS:
                break
            params = {"cursor": cursor}
        if len(tools) > MAX_TOOLS:
            log.warning("mcp_tools_left_out", count=len(tools) - MAX_TOOLS)
        return tuple(tools[:MAX_TOOLS])

    async def _ask(self, method: str, params: Mapping[str, object]) -> Mapping[str, Any]:
        if self._closed:
            raise ServerGone("it is gone")
        self._last_id += 1
        number, owed = self._last_id, _Owed()
        self._owed[number] = owed
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": dict(params)}
        # Not in the task of who waits: the way may close in the middle of it.
        self._nursery.start_soon(self._send_asking, message, owed)
        try:
            await owed.came.wait()
        except trio.Cancelled:
            owed.asking.cancel()
            self._take_back(number)
            raise
        finally:
            self._owed.pop(number, None)
        if owed.gone is not None:
            raise owed.gone
        if "error" in owed.message:
            error = owed.message["error"]
            words = error.get("message") if isinstance(error, dict) else None
            raise CallRefused(str(words or "the server refused"))
        result = owed.message.get("result")
        return result if isinstance(result, dict) else {}

    def _take_back(self, number: int) -> None:
        params = {"requestId": number, "reason": "nobody waits for it any more"}
        method = "notifications/cancelled"
        self._tell({"jsonrpc": "2.0", "method": method, "params": params})

    def _tell(self, message: Message) -> None:
        """Send what nobody waits for, beside."""
        if not self._closed:
            self._nursery.start_soon(self._send, message)

    async def _send_asking(self, message: Message, owed: _Owed) -> None:
        with owed.asking:
            try:
                await self._transport.send(message)
            except ServerGone as why:
                owed.fail(why)

    async def _send(self, message: Message) -> None:
        with trio.move_on_after(_TELL_WITHIN), suppress(ServerGone):
            await self._transport.send(message)


def _tool(listed: object) -> RemoteTool | None:
    """Return a tool of a list; None if it is none, or too large to be put to a model."""
    if not isinstance(listed, dict) or not isinstance(name := listed.get("name"), str):
        return None
    schema = listed.get("inputSchema")
    if not isinstance(schema, dict) or len(orjson.dumps(schema)) > _MAX_SCHEMA:
        log.warning("mcp_tool_left_out", reason="no schema, or one that is too large")
        return None
    return RemoteTool(name, str(listed.get("description") or "")[:_MAX_DESCRIPTION], schema)


def _text(result: Mapping[str, Any]) -> str:
    """Return the text of a result; of what is no text, only that it is there."""
    content = result.get("content")
    parts = (
        [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    )
    texts = [
        str(part.get("text") or "") if part.get("type") == "text" else f"({part.get('type')})"
        for part in parts
    ]
    if not any(texts) and isinstance(structured := result.get("structuredContent"), dict):
        return orjson.dumps(structured).decode()
    return "\n".join(texts)
