"""One connection to a server of tools, on a way in a test's hands."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import define, field
from structlog.testing import capture_logs
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.mcp.base import MAX_TOOLS, CallRefused, Connection, Message, RemoteTool, ServerGone
from robi.mcp.client import INTRODUCED_WITHIN, LISTED_EVERY_S, VERSION, McpServer
from tests.mcp.toolbox import PARAMETERS, answer, tools


@define(eq=False)
class Wire:
    """A way whose far end is `answers`: it returns the answer to a message, or None."""

    answers: Callable[[Message], Any] = answer
    name: str = "toolbox"
    sent: list[Message] = field(factory=list)
    version: str = ""
    open_now: bool = False
    _put: Any = field(init=False)
    _come: Any = field(init=False)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["Wire"]:
        self._put, self._come = trio.open_memory_channel[Any](100)
        self.open_now = True
        try:
            with self._put, self._come:
                yield self
        finally:
            self.open_now = False

    async def send(self, message: Message) -> None:
        await trio.lowlevel.checkpoint()
        self.sent.append(message)
        told = self.answers(message)
        if isinstance(told, Exception):
            raise told
        if told is not None:
            self.comes(told)

    async def receive(self) -> Message:
        message = await self._come.receive()
        if isinstance(message, Exception):
            raise message
        return dict(message)

    def note_version(self, version: str) -> None:
        self.version = version

    def comes(self, message: Any) -> None:
        self._put.send_nowait(message)

    def methods(self) -> list[str]:
        return [message.get("method", "") for message in self.sent]


@define(eq=False)
class Kept:
    """What was offered, and how it ended."""

    offers: list[tuple[RemoteTool, ...]] = field(factory=list)
    way: Connection | None = None
    gone: str = ""

    async def serve(self, wire: Wire) -> None:
        try:
            await McpServer(wire).serve(self.offer)
        except ServerGone as why:
            self.gone = str(why)

    def offer(self, way: Connection, offered: tuple[RemoteTool, ...]) -> None:
        self.way = way
        self.offers.append(offered)

    @property
    def connection(self) -> Connection:
        assert self.way is not None
        return self.way


async def connected(nursery: trio.Nursery, wire: Wire) -> Kept:
    kept = Kept()
    nursery.start_soon(kept.serve, wire)
    await wait_all_tasks_blocked()
    return kept


async def test_connection_introduces_itself_and_lists_all_pages(nursery: trio.Nursery) -> None:
    wire = Wire()
    kept = await connected(nursery, wire)
    assert wire.methods() == ["initialize", "notifications/initialized", "tools/list", "tools/list"]
    assert (wire.version, wire.sent[0]["params"]["clientInfo"]["name"]) == (VERSION, "robi")
    assert [tool.name for tool in kept.offers[0]] == ["echo", "refuse", "env"]
    assert kept.offers[0][0] == RemoteTool("echo", "does echo", PARAMETERS)


async def test_call_is_answered_with_its_text(nursery: trio.Nursery) -> None:
    kept = await connected(nursery, Wire())
    assert await kept.connection.call("echo", {"words": "hola"}) == "hola"


async def test_call_that_the_tool_refuses_raises_its_words(nursery: trio.Nursery) -> None:
    kept = await connected(nursery, Wire())
    with pytest.raises(CallRefused, match="not today"):
        await kept.connection.call("refuse", {})


async def test_call_that_is_answered_by_an_error_raises_its_words(nursery: trio.Nursery) -> None:
    def broken(message: Message) -> Any:
        if message.get("method") == "tools/call":
            return {"id": message["id"], "error": {"code": -32602, "message": "unknown tool"}}
        return answer(message)

    kept = await connected(nursery, Wire(broken))
    with pytest.raises(CallRefused, match="unknown tool"):
        await kept.connection.call("echo", {})


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"structuredContent": {"degrees": 21}}, '{"degrees":21}'),
        ({"content": [{"type": "image", "data": "…"}]}, "(image)"),
        ({"content": "nonsense"}, ""),
        ({}, ""),
    ],
)
async def test_result_of_another_kind_becomes_text(
    nursery: trio.Nursery, result: dict[str, Any], text: str
) -> None:
    def other(message: Message) -> Any:
        if message.get("method") == "tools/call":
            return {"id": message["id"], "result": result}
        return answer(message)

    kept = await connected(nursery, Wire(other))
    assert await kept.connection.call("echo", {}) == text


async def test_calls_at_once_get_their_own_answers(nursery: trio.Nursery) -> None:
    waiting: list[Message] = []

    def later(message: Message) -> Any:
        if message.get("method") == "tools/call":
            waiting.append(message)
            return None
        return answer(message)

    wire = Wire(later)
    kept = await connected(nursery, wire)
    said: dict[str, str] = {}

    async def call(words: str) -> None:
        said[words] = await kept.connection.call("echo", {"words": words})

    for words in ("one", "two"):
        nursery.start_soon(call, words)
        await wait_all_tasks_blocked()
    for message in reversed(waiting):
        wire.comes(answer(message))
    await wait_all_tasks_blocked()
    assert said == {"one": "one", "two": "two"}


async def test_call_that_is_cancelled_is_taken_back_and_its_late_answer_dropped(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    def never(message: Message) -> Any:
        return None if message.get("method") == "tools/call" else answer(message)

    wire = Wire(never)
    kept = await connected(nursery, wire)
    with trio.move_on_after(1):
        await kept.connection.call("echo", {})
    await wait_all_tasks_blocked()
    assert wire.methods()[-2:] == ["tools/call", "notifications/cancelled"]
    number = wire.sent[-2]["id"]
    assert wire.sent[-1]["params"]["requestId"] == number
    wire.comes({"id": number, "result": {}})
    await wait_all_tasks_blocked()
    assert kept.gone == ""


async def test_list_that_changed_is_read_again(nursery: trio.Nursery) -> None:
    names: list[tuple[str, ...]] = [("echo",)]
    wire = Wire(lambda message: answer(message, names[-1]))
    kept = await connected(nursery, wire)
    names.append(("echo", "more"))
    wire.comes({"method": "notifications/tools/list_changed"})
    await wait_all_tasks_blocked()
    assert [len(offered) for offered in kept.offers] == [1, 2]


async def test_server_that_says_again_and_again_that_it_changed_is_asked_now_and_then(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    wire = Wire(answer)
    kept = await connected(nursery, wire)
    for _ in range(100):
        wire.comes({"method": "notifications/tools/list_changed"})
        await trio.sleep(0.1)
    asked = [message for message in wire.sent if message["method"] == "tools/list"]
    first_pages = [message for message in asked if not message.get("params")]
    assert len(first_pages) == 1 + 10 / LISTED_EVERY_S
    assert len(kept.offers) == 1


async def test_ping_of_the_server_is_answered_and_all_else_refused(nursery: trio.Nursery) -> None:
    wire = Wire()
    await connected(nursery, wire)
    wire.comes({"id": 7, "method": "ping"})
    wire.comes({"id": 8, "method": "sampling/createMessage"})
    wire.comes({"method": "notifications/progress"})
    await wait_all_tasks_blocked()
    by_id = {message["id"]: message for message in wire.sent if message.get("id") in {7, 8}}
    assert (by_id[7]["result"], by_id[8]["error"]["code"]) == ({}, -32601)


async def test_server_that_goes_fails_the_calls_that_wait_and_all_later(
    nursery: trio.Nursery,
) -> None:
    def never(message: Message) -> Any:
        return None if message.get("method") == "tools/call" else answer(message)

    wire = Wire(never)
    kept = await connected(nursery, wire)
    why: list[str] = []

    async def call() -> None:
        try:
            await kept.connection.call("echo", {})
        except ServerGone as gone:
            why.append(str(gone))

    nursery.start_soon(call)
    await wait_all_tasks_blocked()
    wire.comes(ServerGone("it has ended"))
    await wait_all_tasks_blocked()
    await call()
    assert (why, kept.gone) == (["it has ended", "it is gone"], "it has ended")
    assert not wire.open_now


async def test_server_that_says_nothing_is_let_go(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    kept = await connected(nursery, Wire(lambda _message: None))
    await trio.sleep(INTRODUCED_WITHIN + 1)
    assert ("introduction" in kept.gone, kept.offers) == (True, [])


@pytest.mark.parametrize(
    "introduction",
    [
        {"result": {"protocolVersion": "1999-01-01"}},
        {"result": {}},
        {"result": "?"},
        {"error": {"code": 1, "message": "no"}},
    ],
)
async def test_server_of_an_unknown_version_is_let_go(
    nursery: trio.Nursery, introduction: dict[str, Any]
) -> None:
    kept = await connected(nursery, Wire(lambda message: {"id": message["id"], **introduction}))
    assert kept.gone != ""


async def test_tools_that_are_odd_or_too_many_are_left_out(nursery: trio.Nursery) -> None:
    big = {"name": "big", "inputSchema": {"x": "y" * 9000}}
    odd: list[Any] = [7, {"name": 3}, {"name": "bare"}, big]
    listed = [*odd, *tools(*(f"t{number}" for number in range(MAX_TOOLS + 5)))]

    def many(message: Message) -> Any:
        if message.get("method") == "tools/list":
            return {"id": message["id"], "result": {"tools": listed}}
        return answer(message)

    with capture_logs():
        kept = await connected(nursery, Wire(many))
    assert [tool.name for tool in kept.offers[0]] == [f"t{number}" for number in range(MAX_TOOLS)]
