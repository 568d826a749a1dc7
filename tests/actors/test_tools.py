"""The calls of one round: at once, bounded, and never an exception."""

from collections.abc import Awaitable, Callable, Mapping

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from robi.actors.tools import MOST_CALLS, MOST_CHARS, Calls, Occasion, Result, Tool
from robi.brain.base import ToolCall, ToolSpec
from robi.errors import DatabaseError
from robi.skills.trouble import Trouble

SECRET = "the cat is called Luna"


def tool(name: str, run: Callable[[], Awaitable[Result]], within: float = 5.0) -> Tool:
    async def called(_arguments: Mapping[str, object], _occasion: Occasion) -> Result:
        return await run()

    return Tool(ToolSpec(name, "", {"type": "object"}), called, within)


async def luna() -> Result:
    await trio.lowlevel.checkpoint()
    return {"said": SECRET}


async def slowly() -> Result:
    await trio.sleep(3)
    return {"slow": True}


def call(name: str, number: int = 1) -> ToolCall:
    return ToolCall(f"c{number}", name, {"secret": SECRET})


async def answered(tools: list[Tool], *calls: ToolCall, until: float = 1e9) -> list[str]:
    results = await Calls(tools, Occasion()).answer(calls, until)
    assert [result.call for result in results] == list(calls)
    return [result.content for result in results]


async def test_call_is_answered_as_json() -> None:
    assert await answered([tool("cat", luna)], call("cat")) == [f'{{"said":"{SECRET}"}}']


async def test_calls_run_at_once_and_answer_in_their_order(autojump_clock: MockClock) -> None:
    began = trio.current_time()
    tools = [tool("slow", slowly), tool("cat", luna)]
    first, second, third = await answered(tools, call("slow"), call("cat", 2), call("slow", 3))
    assert (first, third, SECRET in second) == ('{"slow":true}', '{"slow":true}', True)
    assert trio.current_time() - began == 3


async def test_call_of_a_tool_that_does_not_exist_is_told_so() -> None:
    assert await answered([], call("cat")) == ['{"error":"there is no such tool"}']


async def test_call_that_cannot_be_read_is_not_carried_out_and_told_so() -> None:
    wrong = ToolCall("c1", "cat", {}, unreadable="no JSON")
    with capture_logs() as logs:
        assert await answered([tool("cat", luna)], wrong) == ['{"error":"no JSON"}']
    assert [entry["outcome"] for entry in logs] == ["unreadable"]


async def test_call_over_its_time_is_stopped_and_told_so(autojump_clock: MockClock) -> None:
    (content,) = await answered([tool("slow", slowly, within=1)], call("slow"))
    assert "too long" in content
    assert trio.current_time() == pytest.approx(1)


async def test_call_beyond_the_time_of_the_turn_is_stopped(autojump_clock: MockClock) -> None:
    (content,) = await answered([tool("slow", slowly)], call("slow"), until=2)
    assert "too long" in content


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Trouble("there is none"), "there is none"),
        (DatabaseError(SECRET), "DATABASE_ERROR"),
        (ValueError(SECRET), "the tool failed"),
    ],
)
async def test_failure_is_a_result_without_what_it_holds(failure: Exception, told: str) -> None:
    async def fails() -> Result:
        await trio.lowlevel.checkpoint()
        raise failure

    with capture_logs() as logs:
        (content,) = await answered([tool("bad", fails)], call("bad"))
    assert content == f'{{"error":"{told}"}}'
    assert SECRET not in str(logs)


async def test_call_too_many_is_refused_and_the_others_are_not() -> None:
    calls = [call("cat", number) for number in range(MOST_CALLS + 1)]
    contents = await answered([tool("cat", luna)], *calls)
    assert ["error" in content for content in contents] == [False] * MOST_CALLS + [True]


async def test_result_that_is_long_is_cut_and_says_so() -> None:
    async def long() -> Result:
        await trio.lowlevel.checkpoint()
        return "x" * (MOST_CHARS * 2)

    (content,) = await answered([tool("long", long)], call("long"))
    assert (content[:MOST_CHARS], "cut off" in content) == ("x" * MOST_CHARS, True)


async def test_log_of_a_call_has_its_name_and_outcome_and_nothing_said() -> None:
    with capture_logs() as logs:
        await answered([tool("cat", luna)], call("cat"), call(SECRET, 2))
    told = {(entry["tool"], entry["outcome"]) for entry in logs}
    assert told == {("cat", "done"), (None, "unknown")}
    assert SECRET not in str(logs)


async def test_calls_end_with_the_turn_that_is_cancelled() -> None:
    ended = trio.Event()

    async def forever() -> Result:
        try:
            await trio.sleep_forever()
        finally:
            ended.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(answered, [tool("slow", forever)], call("slow"))
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert ended.is_set()
