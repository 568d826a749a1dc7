"""Functions that a model calls: over Gemini's API and over OpenAI's protocol, round for round."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from attrs import evolve

from robi.brain.base import (
    Brain,
    BrainRequest,
    Fragment,
    ToolCall,
    ToolResult,
    ToolRound,
    ToolSpec,
)
from robi.brain.gemini import GeminiBrain
from robi.brain.openai import OpenAIBrain
from robi.brain.shapes import NO_ARGUMENTS
from tests.brain.conftest import Stubbed, listening
from tools.stub.gemini import GeminiDialect
from tools.stub.openai import OpenAIDialect
from tools.stub.script import Reply

Ask = Callable[..., BrainRequest]

SUM = ToolSpec(
    "sum",
    "Adds two numbers.",
    {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
    },
)
CALL: dict[str, object] = {"name": "sum", "arguments": {"a": 2, "b": None, "c": ["ñ"]}}


@pytest.fixture(params=["gemini", "openai"])
async def site(request: pytest.FixtureRequest) -> AsyncGenerator[tuple[Brain, Stubbed]]:
    gemini = request.param == "gemini"
    async with listening(GeminiDialect() if gemini else OpenAIDialect()) as stub:
        brain: Brain = (
            GeminiBrain("key", stub.url, "gemini-3.5-flash-lite")
            if gemini
            else OpenAIBrain(stub.url, "llama")
        )
        yield brain, stub
        await brain.aclose()


async def read(brain: Brain, request: BrainRequest) -> list[Fragment]:
    async with brain.stream(request) as fragments:
        return [fragment async for fragment in fragments]


@pytest.mark.parametrize("split", [None, 1, 13])
async def test_call_comes_whole_after_the_words(
    site: tuple[Brain, Stubbed], ask: Ask, split: int | None
) -> None:
    brain, stub = site
    stub.answer(Reply(chunks=("A ", "ver."), calls=(CALL,), split=split))
    fragments = await read(brain, evolve(ask(), tools=(SUM,)))
    assert "".join(fragment.text for fragment in fragments) == "A ver."
    (call,) = [call for fragment in fragments for call in fragment.calls]
    assert (call.name, call.arguments) == ("sum", CALL["arguments"])


async def test_calls_of_one_answer_have_ids_of_their_own(
    site: tuple[Brain, Stubbed], ask: Ask
) -> None:
    brain, stub = site
    stub.answer(Reply(text="", calls=(CALL, CALL, {"name": "now"})))
    fragments = await read(brain, evolve(ask(), tools=(SUM,)))
    calls = [call for fragment in fragments for call in fragment.calls]
    assert [call.name for call in calls] == ["sum", "sum", "now"]
    assert calls[2].arguments == {}
    assert len({call.call_id for call in calls}) == 3


async def test_call_with_no_object_for_arguments_goes_back_with_what_was_wrong(
    site: tuple[Brain, Stubbed], ask: Ask
) -> None:
    brain, stub = site
    stub.answer(Reply(text="", calls=({"name": "sum", "arguments": [2, 3]},)))
    asked = evolve(ask(), tools=(SUM,))
    (call,) = [call for fragment in await read(brain, asked) for call in fragment.calls]
    assert (call.name, call.arguments, call.unreadable) == ("sum", {}, NO_ARGUMENTS)
    done = ToolRound("", (ToolResult(call, NO_ARGUMENTS),))
    assert await read(brain, evolve(asked, rounds=(done,)))


async def test_call_in_a_whole_answer_is_told(site: tuple[Brain, Stubbed], ask: Ask) -> None:
    brain, stub = site
    stub.answer(Reply(text="", calls=(CALL,)))
    answer = await brain.generate(evolve(ask(), tools=(SUM,)))
    assert [call.name for call in answer.calls] == ["sum"]


async def test_result_goes_back_and_the_answer_is_heard(
    site: tuple[Brain, Stubbed], ask: Ask
) -> None:
    brain, stub = site
    stub.answer(Reply(text="", calls=(CALL,)), Reply(match="cinco", chunks=("Son cinco.",)))
    asked = evolve(ask(), tools=(SUM,))
    (call,) = [call for fragment in await read(brain, asked) for call in fragment.calls]
    done = ToolRound("A ver.", (ToolResult(call, "cinco"),))
    fragments = await read(brain, evolve(asked, rounds=(done,)))
    assert "".join(fragment.text for fragment in fragments) == "Son cinco."


async def test_gemini_is_told_the_functions_and_gets_its_signature_back(
    stub: Any, ask: Ask
) -> None:
    stub.answer(Reply(text="", calls=(CALL, CALL)))
    brain = GeminiBrain("key", stub.url, "gemini-3.5-flash-lite")
    asked = evolve(ask("¿cuánto?"), tools=(SUM,))
    calls = [call for fragment in await read(brain, asked) for call in fragment.calls]
    results = (ToolResult(calls[0], '{"sum": 5}'), ToolResult(calls[1], "no number"))
    await read(brain, evolve(asked, rounds=(ToolRound("A ver.", results),)))
    await brain.aclose()
    (declared,) = stub.requests[0]["tools"][0]["functionDeclarations"]
    assert declared == {
        "name": "sum",
        "description": "Adds two numbers.",
        "parametersJsonSchema": SUM.parameters,
    }
    question, called, came = stub.requests[1]["contents"]
    part = {"functionCall": {"name": "sum", "args": CALL["arguments"]}}
    assert question["role"] == "user"
    assert called == {
        "role": "model",
        "parts": [{"text": "A ver."}, {**part, "thoughtSignature": "c3R1Yg=="}, part],
    }
    assert came["role"] == "user"
    assert [one["functionResponse"] for one in came["parts"]] == [
        {"name": "sum", "response": {"sum": 5}},
        {"name": "sum", "response": {"result": "no number"}},
    ]


async def test_gemini_call_with_an_id_gets_it_back(stub: Any, ask: Ask) -> None:
    part = {"functionCall": {"id": "x7", "name": "sum", "args": {}}}
    chunk: dict[str, object] = {
        "candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]
    }
    stub.answer(Reply(raw=(chunk,)))
    brain = GeminiBrain("key", stub.url, "gemini-3.5-flash-lite")
    asked = evolve(ask(), tools=(SUM,))
    (call,) = (await read(brain, asked))[0].calls
    assert call == ToolCall("x7", "sum", {}, {"id": "x7"})
    done = ToolRound("", (ToolResult(call, "5"),))
    await read(brain, evolve(asked, rounds=(done,)))
    await brain.aclose()
    _, called, came = stub.requests[1]["contents"]
    assert called["parts"] == [part]
    assert came["parts"][0]["functionResponse"] == {
        "id": "x7",
        "name": "sum",
        "response": {"result": "5"},
    }


@pytest.mark.parametrize(
    ("model", "signatures"),
    [
        ("gemini-3.5-flash-lite", ["skip_thought_signature_validator", None]),
        ("gemini-flash-lite-latest", ["skip_thought_signature_validator", None]),
        ("gemini-2.5-flash", [None, None]),
    ],
)
async def test_gemini_takes_over_a_round_of_another_model(
    stub: Any, ask: Ask, model: str, signatures: list[str | None]
) -> None:
    calls = (ToolCall("call_9", "sum", {"a": 1}), ToolCall("call_10", "sum", {"a": 2}))
    done = ToolRound("", tuple(ToolResult(call, "5") for call in calls))
    brain = GeminiBrain("key", stub.url, model)
    await read(brain, evolve(ask(), tools=(SUM,), rounds=(done,)))
    await brain.aclose()
    _, called, came = stub.requests[0]["contents"]
    assert [part.get("thoughtSignature") for part in called["parts"]] == signatures
    assert all("id" not in part["functionCall"] for part in called["parts"])
    assert all("id" not in part["functionResponse"] for part in came["parts"])


async def test_openai_is_told_the_functions_and_gets_the_call_back(
    openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(Reply(text="", calls=(CALL,)))
    brain = OpenAIBrain(openai_stub.url, "llama")
    asked = evolve(ask("¿cuánto?"), tools=(SUM,))
    fragments = await read(brain, asked)
    (call,) = [call for fragment in fragments for call in fragment.calls]
    await read(brain, evolve(asked, rounds=(ToolRound("", (ToolResult(call, "5"),)),)))
    await brain.aclose()
    assert openai_stub.requests[0]["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "sum",
                "description": "Adds two numbers.",
                "parameters": SUM.parameters,
            },
        }
    ]
    _, _, called, came = openai_stub.requests[1]["messages"]
    assert (called["role"], called["parts"]) == ("assistant", [{"text": ""}])
    assert called["tool_calls"] == [
        {
            "id": "stub-0",
            "type": "function",
            "function": {"name": "sum", "arguments": '{"a":2,"b":null,"c":["ñ"]}'},
        }
    ]
    assert came == {"role": "tool", "tool_call_id": "stub-0", "parts": [{"text": "5"}]}


async def test_calls_of_later_rounds_are_counted_on(stub: Any, ask: Ask) -> None:
    stub.answer(default=Reply(text="", calls=(CALL,)))
    brain = GeminiBrain("key", stub.url, "gemini-3.5-flash-lite")
    asked = evolve(ask(), tools=(SUM,))
    (first,) = (await read(brain, asked))[0].calls
    done = ToolRound("", (ToolResult(first, "5"),))
    (second,) = (await read(brain, evolve(asked, rounds=(done,))))[0].calls
    await brain.aclose()
    assert first.call_id != second.call_id
