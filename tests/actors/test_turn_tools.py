"""A turn in which the model has tools called."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
import trio
from attrs import evolve
from structlog.testing import capture_logs
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.rounds import ANSWER_WITHIN, MOST_ROUNDS, TOOLS_WITHIN
from robi.actors.tools import Occasion, Result, Tool
from robi.brain.base import Fragment, ToolCall, ToolSpec
from robi.errors import BrainUnavailable
from robi.protocol.messages import Emotion, ErrorReport, StreamEnd, TokenUsage
from robi.speech.scene import DueNow, Said
from tests.actors.stage import Recited, Stage, Step

HELLO = "[emotion:happy] Hola"
ANA = "user_ana"

Run = Callable[[Occasion], Awaitable[Result]]


async def yes(_occasion: Occasion) -> Result:
    await trio.lowlevel.checkpoint()
    return {"yes": True}


def a_tool(run: Run = yes, name: str = "look_up") -> Tool:
    async def called(_arguments: Mapping[str, object], occasion: Occasion) -> Result:
        return await run(occasion)

    return Tool(ToolSpec(name, "", {"type": "object"}), called, within=60)


def calling(*names: str) -> Fragment:
    return Fragment(
        calls=tuple(ToolCall(f"c{number}", name, {}) for number, name in enumerate(names))
    )


def with_scripts(*scripts: list[Step], run: Run = yes, **changes: Any) -> Stage:
    return Stage(Recited(list(scripts)), tools=(a_tool(run),), **changes)


async def test_turn_offers_its_tools() -> None:
    stage = with_scripts([HELLO])
    await stage.plays()
    assert [tool.name for tool in stage.asked.tools] == ["look_up"]


async def test_turn_that_calls_no_tool_asks_once_and_waits_for_nothing_more() -> None:
    """The same checkpoints, one by one, as a turn without tools."""

    async def messages_at_each_checkpoint(stage: Stage) -> list[int]:
        counts: list[int] = []
        async with trio.open_nursery() as nursery:

            async def watch() -> None:
                while True:
                    counts.append(len(stage.said))
                    await trio.lowlevel.checkpoint()

            nursery.start_soon(watch)
            await stage.plays()
            nursery.cancel_scope.cancel()
        return counts

    script: list[Step] = [HELLO, ", Ana"]
    without = Stage(Recited([list(script)]))
    with_tools = with_scripts(list(script))
    assert len(await messages_at_each_checkpoint(with_tools)) == pytest.approx(
        len(await messages_at_each_checkpoint(without)), abs=1
    )
    assert (len(with_tools.questions), with_tools.kinds) == (1, without.kinds)


async def test_turn_that_calls_a_tool_asks_again_with_what_came_of_it() -> None:
    stage = with_scripts(["[emotion:curious] A ver.", calling("look_up")], ["Sí."])
    await stage.plays()
    second = stage.questions[1]
    (only,) = second.rounds
    assert only.text == "[emotion:curious] A ver."
    assert [result.content for result in only.results] == ['{"yes":true}']
    assert evolve(second, rounds=()) == stage.questions[0]


async def test_what_was_said_before_a_call_stays_said_and_the_emotion_comes_once() -> None:
    stage = with_scripts(
        ["[emotion:curious] A ver.", calling("look_up")], ["[emotion:happy] Sí, claro."]
    )
    await stage.plays()
    assert stage.text == "A ver. Sí, claro."
    assert [m.emotion for m in stage.said if isinstance(m, Emotion)] == ["curious"]
    assert isinstance(stage.said[0], Emotion)
    assert stage.kinds[-2:] == ["ResponseMeta", "StreamEnd"]


async def test_what_was_said_before_a_call_is_heard_while_the_tool_runs(
    nursery: trio.Nursery,
) -> None:
    done = trio.Event()

    async def wait(_occasion: Occasion) -> Result:
        await done.wait()
        return "done"

    stage = with_scripts(["[emotion:curious] A ver", calling("look_up")], ["Sí."], run=wait)
    nursery.start_soon(stage.plays)
    await wait_all_tasks_blocked()
    assert stage.text == "A ver"
    done.set()
    await wait_all_tasks_blocked()
    assert stage.text == "A ver Sí."


async def test_direction_that_a_call_cuts_in_two_is_never_said() -> None:
    stage = with_scripts(["[emotion:curious][actions:no", calling("look_up")], ["Sí."])
    await stage.plays()
    assert "[" not in stage.text
    assert stage.text == "Sí."


async def test_turn_after_the_last_round_is_asked_without_tools() -> None:
    scripts: list[list[Step]] = [[calling("look_up")] for _ in range(MOST_ROUNDS)]
    stage = with_scripts(*scripts, [HELLO])
    await stage.plays()
    offered = [bool(request.tools) for request in stage.questions]
    assert offered == [True] * MOST_ROUNDS + [False]
    assert len(stage.questions[-1].rounds) == MOST_ROUNDS
    assert (stage.text, stage.kinds[-1]) == ("Hola", "StreamEnd")


async def test_turn_that_calls_for_ever_ends(autojump_clock: MockClock) -> None:
    stage = with_scripts([calling("look_up")])
    with capture_logs():
        await stage.plays()
    assert len(stage.questions) == MOST_ROUNDS + 1
    assert stage.the(ErrorReport).error_code == BrainUnavailable.error_code


async def test_tools_over_their_time_are_stopped_and_the_turn_goes_on(
    autojump_clock: MockClock,
) -> None:
    async def forever(_occasion: Occasion) -> Result:
        await trio.sleep_forever()

    stage = with_scripts([calling("look_up")], [HELLO], run=forever)
    await stage.plays()
    assert stage.questions[1].tools == ()
    assert "too long" in stage.questions[1].rounds[0].results[0].content
    assert stage.the(StreamEnd).processing_time_ms == TOOLS_WITHIN * 1000


async def test_model_that_stalls_after_a_call_ends_within_the_limit(
    autojump_clock: MockClock,
) -> None:
    stage = with_scripts([calling("look_up")], [trio.sleep_forever])
    with capture_logs():
        await stage.plays()
    assert stage.the(ErrorReport).error_code == "GEMINI_TIMEOUT"
    assert trio.current_time() == pytest.approx(ANSWER_WITHIN)


async def test_usage_is_the_sum_over_the_rounds() -> None:
    stage = with_scripts(
        [TokenUsage(10, 1), TokenUsage(0, 1), calling("look_up")],
        [TokenUsage(20, 5), HELLO],
    )
    await stage.plays()
    assert stage.the(StreamEnd).usage == TokenUsage(30, 7)


async def test_turn_that_is_cancelled_ends_its_tools_at_once(nursery: trio.Nursery) -> None:
    ended = trio.Event()

    async def forever(_occasion: Occasion) -> Result:
        try:
            await trio.sleep_forever()
        finally:
            ended.set()

    stage = with_scripts([calling("look_up")], [HELLO], run=forever)
    turn = stage.turn()
    nursery.start_soon(turn.run)
    await wait_all_tasks_blocked()
    turn.cancel()
    await wait_all_tasks_blocked()
    assert (ended.is_set(), stage.said, len(stage.questions)) == (True, [], 1)


# ── whose turn it is ──────────────────────────────────────────────────────────────────────


async def occasion_of(**changes: Any) -> Occasion:
    seen: list[Occasion] = []

    async def look(occasion: Occasion) -> Result:
        await trio.lowlevel.checkpoint()
        seen.append(occasion)
        return {}

    stage = with_scripts([calling("look_up")], [HELLO], run=look, **changes)
    await stage.plays()
    (occasion,) = seen
    return occasion


async def test_tool_is_called_for_the_person_who_speaks() -> None:
    assert (await occasion_of(person_id=ANA)).person_id == ANA


async def test_tool_is_called_for_nobody_in_the_turn_of_a_stranger() -> None:
    assert (await occasion_of()).person_id is None


async def test_tool_is_called_for_nobody_in_a_private_turn() -> None:
    assert (await occasion_of(person_id=ANA, private=True)).person_id is None


# ── what it is time for ───────────────────────────────────────────────────────────────────

PASTA = DueNow("timer", "la pasta", "2026-02-08T10:30+00:00")


async def test_turn_of_the_robots_own_accord_has_no_tools() -> None:
    stage = with_scripts([HELLO], kind="due", due=(PASTA,))
    await stage.plays()
    assert stage.asked.tools == ()


@pytest.mark.parametrize(
    "script", [[BrainUnavailable("gone")], ["[emotion:ha", BrainUnavailable("gone")], [""]]
)
async def test_what_is_due_is_told_plainly_when_no_model_does(script: list[Step]) -> None:
    stage = Stage(Recited([script]), kind="due", due=(PASTA,))
    with capture_logs() as logs:
        turn = await stage.plays()
    assert stage.text == "Ha terminado un temporizador: la pasta."
    assert (turn.error, stage.kinds[-1]) == (None, "StreamEnd")
    assert "pasta" not in str(logs)


async def test_what_is_due_is_told_plainly_in_the_language_of_the_talk() -> None:
    history = (Said("person", "Set a timer for the pasta, please"), Said("robot", "It is running."))
    stage = Stage(
        Recited([[BrainUnavailable("gone")]]), kind="due", words="", due=(PASTA,), history=history
    )
    with capture_logs():
        await stage.plays()
    assert stage.text == "A timer is over: la pasta."


async def test_what_is_due_and_broke_off_is_not_told_twice() -> None:
    stage = Stage(Recited([[HELLO, BrainUnavailable("gone")]]), kind="due", due=(PASTA,))
    with capture_logs():
        await stage.plays()
    assert stage.text == "Hola… Perdona, se me ha ido el hilo."
    assert stage.kinds[-1] == "ErrorReport"
