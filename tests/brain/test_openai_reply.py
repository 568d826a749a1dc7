"""OpenAI's protocol as servers write it: what is read, and what is ignored."""

import orjson
import pytest

from robi.brain.base import Fragment, ToolCall
from robi.brain.failures import EmptyAnswer
from robi.brain.openai_reply import Answer
from robi.brain.shapes import NO_ARGUMENTS
from robi.errors import BrainBlocked, BrainError, BrainUnavailable
from robi.protocol.messages import TokenUsage


def chunk(finish: str | None = None, **delta: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


DONE = b"[DONE]"
STOP = chunk("stop")


def read(*payloads: object, offered: bool = False, called: int = 0) -> list[Fragment]:
    answer = Answer(offered=offered, called=called)
    fragments = []
    for payload in payloads:
        raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        fragments += answer.take(raw)
    last = answer.end()
    return [*fragments, last] if last else fragments


@pytest.mark.parametrize(
    ("payloads", "words"),
    [
        pytest.param([chunk(content="a"), chunk("stop", content="b"), DONE], ["a", "b"],
                     id="plain"),
        pytest.param([chunk(role="assistant"), chunk(content="a"), STOP], ["a"], id="role alone"),
        pytest.param([chunk(content=None), chunk(content="a"), STOP], ["a"], id="null content"),
        pytest.param(
            [chunk(reasoning_content="hm"), chunk(reasoning="hm"), chunk(content="a"), STOP],
            ["a"],
            id="thoughts beside",
        ),
        pytest.param(
            [chunk(content="<thi"), chunk(content="nk>hm</think>\n\na"), STOP],
            ["a"],
            id="thoughts within",
        ),
        pytest.param([chunk(content="<th"), STOP], ["<th"], id="what only began like thoughts"),
        pytest.param([chunk(content="<th"), DONE], ["<th"], id="the same without a reason"),
        pytest.param([chunk(content="a"), DONE], ["a"], id="no reason, but done"),
        pytest.param([chunk(content="a"), STOP], ["a"], id="a reason, but not done"),
        pytest.param([chunk(content="a"), STOP, DONE, b"{", chunk(content="b")], ["a"],
                     id="what follows the end"),
        pytest.param([chunk("length", content="a")], ["a"], id="the limit is an end"),
        pytest.param([chunk(content="a"), chunk("content_filter")], ["a"], id="judged after words"),
        pytest.param([chunk("tired", content="a")], ["a"], id="an unknown end"),
        pytest.param([{"choices": [{"message": {"content": "ab"}, "finish_reason": "stop"}]}],
                     ["ab"], id="not streamed"),
        pytest.param(
            [chunk(content=[{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}]),
             STOP], ["a"], id="content in parts"),
        pytest.param([{"error": None, **chunk("stop", content="a")}], ["a"], id="no error"),
        pytest.param(
            [{}, {"choices": []}, {"choices": [{}]}, {"choices": [7]}, {"choices": None}, 7, None,
             "x", [], chunk(content=5), chunk(content=[5]), chunk(content="a"), STOP],
            ["a"], id="chunks of every emptiness and of wrong shapes"),
        pytest.param(
            [chunk(tool_calls=[{"index": 0, "function": {"name": "f"}}]), chunk(content="a"), STOP],
            ["a"], id="a call that nobody asked for"),
    ],
)  # fmt: skip
def test_answer_payloads_give_words(payloads: list[object], words: list[str]) -> None:
    assert [fragment.text for fragment in read(*payloads) if fragment.text] == words


def test_answer_counts_come_last_without_choices() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    answer = Answer()
    for one in (chunk(content="a"), STOP, {"choices": [], "usage": usage}):
        answer.take(orjson.dumps(one))
    assert answer.usage == TokenUsage(7, 3)


def test_answer_counts_of_a_wrong_shape_are_none() -> None:
    usage = {"prompt_tokens": "7", "completion_tokens": True}
    answer = Answer()
    answer.take(orjson.dumps({**chunk("stop", content="a"), "usage": usage}))
    assert answer.usage == TokenUsage(0, 0)


def piece(index: object = 0, **call: object) -> dict[str, object]:
    function = {name: call[name] for name in ("name", "arguments") if name in call}
    told = {"id": call["id"]} if "id" in call else {}
    return {"index": index, **told, "function": function}


@pytest.mark.parametrize(
    ("payloads", "calls"),
    [
        pytest.param(
            [chunk(tool_calls=[piece(id="x", name="f", arguments="")]),
             chunk(tool_calls=[piece(arguments='{"a"')]),
             chunk(tool_calls=[piece(arguments=":1}")]), chunk("tool_calls")],
            [ToolCall("x", "f", {"a": 1})], id="in pieces"),
        pytest.param(
            [chunk("tool_calls", tool_calls=[piece(0, id="x", name="f", arguments="{}"),
                                             piece(1, id="y", name="g", arguments="{}")])],
            [ToolCall("x", "f", {}), ToolCall("y", "g", {})], id="two"),
        pytest.param(
            [chunk(tool_calls=[piece(0, id="x", name="f", arguments="{}")]),
             chunk(tool_calls=[piece(0, id="y", name="g", arguments="{}")]), chunk("tool_calls")],
            [ToolCall("x", "f", {}), ToolCall("y", "g", {})], id="two under one index"),
        pytest.param(
            [chunk(tool_calls=[piece(None, name="f", arguments="{}"),
                               piece(None, name="g", arguments="{}")]), DONE],
            [ToolCall("call-4", "f", {}), ToolCall("call-5", "g", {})],
            id="without index, id or reason"),
        pytest.param([chunk("tool_calls", tool_calls=[piece(id="x", name="f")])],
                     [ToolCall("x", "f", {})], id="without arguments"),
        pytest.param([chunk("stop", tool_calls=[piece(id="x", name="f", arguments={"a": 1})])],
                     [ToolCall("x", "f", {"a": 1})], id="an object for JSON"),
        pytest.param([chunk("function_call", function_call={"name": "f", "arguments": "{}"})],
                     [ToolCall("call-4", "f", {})], id="the old way"),
    ],
)  # fmt: skip
def test_answer_calls_are_put_together(payloads: list[object], calls: list[ToolCall]) -> None:
    fragments = read(*payloads, offered=True, called=3)
    assert [call for fragment in fragments for call in fragment.calls] == calls


@pytest.mark.parametrize(
    ("given", "call"),
    [
        (piece(id="x", name="f", arguments='{"a'), ToolCall("x", "f", {}, {}, NO_ARGUMENTS)),
        (piece(id="x", name="f", arguments="[1]"), ToolCall("x", "f", {}, {}, NO_ARGUMENTS)),
        (
            piece(id="x", arguments="{}"),
            ToolCall("x", "nameless", {}, {}, "the call names no function"),
        ),
    ],
)
def test_answer_call_that_cannot_be_read_is_one_that_says_why(
    given: object, call: ToolCall
) -> None:
    (fragment,) = read(chunk("tool_calls", tool_calls=[given]), offered=True)
    assert fragment.calls == (call,)


@pytest.mark.parametrize(
    ("payloads", "kind", "details"),
    [
        ([chunk("content_filter")], BrainBlocked, "content_filter"),
        ([chunk(refusal="No."), STOP], BrainBlocked, "stop"),
        ([chunk(refusal="No."), DONE], BrainBlocked, "refusal"),
        ([STOP], EmptyAnswer, "empty answer, stop"),
        ([DONE], EmptyAnswer, "empty answer, no reason"),
        ([chunk(content="<think>hm"), chunk("length")], EmptyAnswer, "empty answer, length"),
        ([chunk(content="a")], BrainUnavailable, "broke off"),
        ([chunk(content="<th")], BrainUnavailable, "broke off"),
        ([], BrainUnavailable, "broke off"),
        ([b"{"], BrainUnavailable, "not JSON"),
    ],
)
def test_answer_that_is_none_raises(
    payloads: list[object], kind: type[BrainError], details: str
) -> None:
    with pytest.raises(kind) as caught:
        read(*payloads)
    assert (type(caught.value), caught.value.details) == (kind, details)


@pytest.mark.parametrize(
    ("finish", "short"),
    [("stop", False), ("length", True), ("content_filter", True), ("eos", False)],
)
@pytest.mark.parametrize("held", [False, True])
def test_answer_that_the_model_did_not_end_is_short(finish: str, short: bool, held: bool) -> None:
    words = "<thin" if held else "a"  # which may yet become a mark, and is let go at the end
    fragments = read(chunk(content=words), chunk(finish))
    assert "".join(fragment.text for fragment in fragments) == words
    assert any(fragment.short for fragment in fragments) is short
