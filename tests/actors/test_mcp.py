"""The servers of tools: at hand while they are there, and never in the way."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from itertools import pairwise
from typing import Never

import pytest
import trio
from attrs import define, field
from structlog.testing import capture_logs
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.mailbox import Mailbox
from robi.actors.mcp import AGAIN_S, CALL_WITHIN, STEADY_S, McpActor, Shelf
from robi.actors.tools import Calls, Occasion
from robi.brain.base import ToolCall
from robi.mcp.base import CallRefused, Connection, RemoteTool, ServerGone

SCHEMA = {"type": "object"}
SECRET = "the cat is called Luna"

Offer = Callable[[Connection, tuple[RemoteTool, ...]], None]


@define(eq=False)
class Toolbox:
    """A server in a test's hands: reachable while `there`, gone when told."""

    name: str = "toolbox"
    there: bool = True
    tools: tuple[str, ...] = ("echo",)
    tries: list[float] = field(factory=list)
    failure: Exception = field(factory=lambda: ServerGone("it is not there"))
    slow: float = 0
    _go: trio.Event = field(factory=trio.Event)

    async def serve(self, offer: Offer) -> None:
        await trio.lowlevel.checkpoint()
        self.tries.append(trio.current_time())
        if not self.there:
            raise self.failure
        offer(self, tuple(RemoteTool(name, f"does {name}", SCHEMA) for name in self.tools))
        self._go = trio.Event()
        await self._go.wait()
        raise ServerGone("it has ended")

    def goes(self, *, there: bool) -> None:
        self.there = there
        self._go.set()

    async def call(self, name: str, arguments: Mapping[str, object]) -> str:
        await trio.sleep(self.slow)
        if name == "refuse":
            raise CallRefused("not today")
        if name == "gone":
            raise ServerGone(SECRET)
        return f"{name} {arguments['words']}"


@define
class Silent:
    """A server that never says what it has."""

    name: str = "silent"

    async def serve(self, _offer: Offer) -> None:
        await trio.sleep_forever()


@pytest.fixture
async def shelf(nursery: trio.Nursery) -> AsyncIterator[Shelf]:
    yield Shelf()
    nursery.cancel_scope.cancel()


async def started(nursery: trio.Nursery, shelf: Shelf, *servers: Toolbox) -> Mailbox[Never]:
    mailbox: Mailbox[Never] = Mailbox("mcp", 1)
    actor = McpActor(servers, shelf)
    nursery.start_soon(actor.run, mailbox, lambda: None)
    await wait_all_tasks_blocked()
    return mailbox


def names(shelf: Shelf) -> list[str]:
    return [tool.name for tool in shelf.all]


async def answered(shelf: Shelf, name: str) -> str:
    calls = [ToolCall("c", name, {"words": "hola"})]
    (result,) = await Calls(shelf.all, Occasion()).answer(calls, 1e9)
    return result.content


async def test_tool_of_a_server_known_by_its_address_has_a_name_that_models_take(
    nursery: trio.Nursery, shelf: Shelf
) -> None:
    with capture_logs():
        await started(nursery, shelf, Toolbox("127-0-0-1"), Toolbox("-", tools=("x" * 99,)))
    assert names(shelf)[0] == "_127-0-0-1__echo"
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", name) for name in names(shelf))


async def test_tools_are_at_hand_under_the_name_of_their_server(
    nursery: trio.Nursery, shelf: Shelf
) -> None:
    with capture_logs():
        await started(nursery, shelf, Toolbox(tools=("echo", "a.b/c")), Toolbox("home"))
    assert names(shelf) == ["toolbox__echo", "toolbox__a_b_c", "home__echo"]
    assert shelf.all[0].spec.description == "does echo"
    assert await answered(shelf, "toolbox__echo") == "echo hola"


async def test_name_that_is_long_fits_what_models_take(nursery: trio.Nursery, shelf: Shelf) -> None:
    with capture_logs():
        await started(nursery, shelf, Toolbox(tools=("x" * 100, "x" * 101)))
    assert [len(name) for name in names(shelf)] == [64]


async def test_refusal_and_loss_are_results(nursery: trio.Nursery, shelf: Shelf) -> None:
    with capture_logs() as logs:
        await started(nursery, shelf, Toolbox(tools=("refuse", "gone")))
        assert await answered(shelf, "toolbox__refuse") == '{"error":"not today"}'
        assert "gone" in await answered(shelf, "toolbox__gone")
    assert SECRET not in str(logs)


async def test_call_that_is_slow_is_stopped(
    nursery: trio.Nursery, shelf: Shelf, autojump_clock: MockClock
) -> None:
    with capture_logs():
        await started(nursery, shelf, Toolbox(slow=CALL_WITHIN * 2))
        assert "too long" in await answered(shelf, "toolbox__echo")


async def test_server_that_goes_takes_its_tools_and_comes_back_with_others(
    nursery: trio.Nursery, shelf: Shelf, autojump_clock: MockClock
) -> None:
    toolbox = Toolbox()
    with capture_logs():
        await started(nursery, shelf, toolbox, Toolbox("home"))
        toolbox.goes(there=False)
        await trio.sleep(0.1)
        assert names(shelf) == ["home__echo"]
        toolbox.there, toolbox.tools = True, ("more",)
        await trio.sleep(10)
    assert names(shelf) == ["toolbox__more", "home__echo"]


@pytest.mark.parametrize("failure", [ServerGone("no"), ValueError("odd")])
async def test_server_that_is_not_there_is_tried_less_and_less_often(
    nursery: trio.Nursery, shelf: Shelf, autojump_clock: MockClock, failure: Exception
) -> None:
    toolbox = Toolbox(there=False, failure=failure)
    with capture_logs() as logs:
        await started(nursery, shelf, toolbox)
        await trio.sleep(sum(AGAIN_S) + AGAIN_S[-1] + 1)
    waits = [after - before for before, after in pairwise(toolbox.tries)]
    assert waits == pytest.approx([*AGAIN_S, AGAIN_S[-1]])
    assert {entry["event"] for entry in logs} == {"mcp_server_gone"}


async def test_server_that_was_steady_is_tried_again_at_once(
    nursery: trio.Nursery, shelf: Shelf, autojump_clock: MockClock
) -> None:
    toolbox = Toolbox(there=False)
    with capture_logs():
        await started(nursery, shelf, toolbox)
        await trio.sleep(AGAIN_S[0] + AGAIN_S[1])
        toolbox.there = True
        await trio.sleep(AGAIN_S[2] + STEADY_S + 1)
        toolbox.goes(there=False)
        await trio.sleep(0.1)
        before = toolbox.tries[-1]
        toolbox.there = True
        await trio.sleep(AGAIN_S[0] + 0.1)
    assert toolbox.tries[-1] > before
    assert names(shelf) == ["toolbox__echo"]


async def test_actor_is_ready_whatever_its_servers_do(nursery: trio.Nursery, shelf: Shelf) -> None:
    ready = trio.Event()
    nursery.start_soon(McpActor([Silent()], shelf).run, Mailbox("mcp", 1), ready.set)
    await wait_all_tasks_blocked()
    assert ready.is_set()


async def test_actor_that_stops_leaves_no_tools(nursery: trio.Nursery, shelf: Shelf) -> None:
    with capture_logs():
        mailbox = await started(nursery, shelf, Toolbox())
    assert names(shelf) == ["toolbox__echo"]
    mailbox.request_stop()
    await wait_all_tasks_blocked()
    assert names(shelf) == []


async def test_end_of_a_program_is_logged_with_what_it_said(
    nursery: trio.Nursery, shelf: Shelf, autojump_clock: MockClock
) -> None:
    end = ServerGone("it has ended", exit_code=1, last_line="KeyError: 'TOKEN'")
    with capture_logs() as logs:
        await started(nursery, shelf, Toolbox(there=False, failure=end))
    assert logs[0] == {
        "event": "mcp_server_gone",
        "log_level": "warning",
        "server": "toolbox",
        "reason": "it has ended",
        "exit_code": 1,
        "last_line": "KeyError: 'TOKEN'",
        "retry_s": AGAIN_S[0],
    }


async def test_details_name_each_server_with_its_state_and_its_tools(
    nursery: trio.Nursery, shelf: Shelf, autojump_clock: MockClock
) -> None:
    toolbox = Toolbox(tools=("echo", "more"))
    actor = McpActor([toolbox, Toolbox("tools", there=False), Silent()], shelf)
    with capture_logs():
        nursery.start_soon(actor.run, Mailbox("mcp", 1), lambda: None)
        await wait_all_tasks_blocked()
        before = actor.details()
        toolbox.goes(there=False)
        await wait_all_tasks_blocked()
    assert before == {
        "servers": 3,
        "tools": 2,
        "toolbox.state": "connected",
        "toolbox.tools": 2,
        "tools.state": "gone",
        "tools.tools": 0,
        "silent.state": "connecting",
        "silent.tools": 0,
    }
    after = actor.details()
    assert (after["toolbox.state"], after["toolbox.tools"], after["tools"]) == ("gone", 0, 0)
