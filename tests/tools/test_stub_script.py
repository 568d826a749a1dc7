"""What a stub of a model answers: pure."""

import re
from pathlib import Path
from random import Random
from typing import Literal

import cattrs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.stub import script
from tools.stub.script import Reply, Script, cut, load_script, texts


@pytest.mark.parametrize(
    ("reply", "words", "pieces"),
    [
        pytest.param(Reply(), "uno dos", ("[emotion:happy]uno ", "dos"), id="a word a chunk"),
        pytest.param(
            Reply(count=2), "uno dos tres", ("[emotion:happy]uno ", "dos tres"), id="fewer chunks"
        ),
        pytest.param(
            Reply(count=3), "uno dos", ("[emotion:happy]uno ", "dos ", "uno"), id="more chunks"
        ),
        pytest.param(Reply(text="a b"), "uno", ("a ", "b"), id="a given text, as it is"),
        pytest.param(Reply(chunks=("x", "y")), "uno", ("x", "y"), id="given chunks"),
        pytest.param(Reply(), "", (), id="nothing"),
        pytest.param(Reply(calls=({"name": "f"},)), "uno", (), id="a call alone"),
    ],
)
def test_texts_of_a_reply(reply: Reply, words: str, pieces: tuple[str, ...]) -> None:
    assert texts(reply, words) == pieces


def test_script_reply_that_matches_comes_before_the_next_in_order() -> None:
    script = Script((Reply(text="next"), Reply(match="hola", text="matched")), Reply(text="rest"))
    asked = ["uno", "hola tú", "dos", "hola"]
    assert [script.choose(words).text for words in asked] == ["next", "matched", "rest", "matched"]


def test_script_reply_is_used_so_many_times() -> None:
    script = Script((Reply(match="hola", times=1, text="once"), Reply(times=2, text="twice")))
    asked = ["hola", "hola", "hola", "hola"]
    assert [script.choose(words).text for words in asked] == ["once", "twice", "twice", None]


SCHEMA: dict[str, object] = {"type": "array", "items": {"type": "string"}, "minItems": 1}


def test_script_structured_question_uses_up_no_reply_of_the_conversation() -> None:
    script = Script((Reply(text="next"), Reply(match="hola", text="matched", times=1)))
    assert script.choose("hola", SCHEMA).text == '[""]'
    assert [script.choose(words).text for words in ("uno", "hola")] == ["next", "matched"]


def test_script_reply_for_structured_questions_is_for_no_other() -> None:
    script = Script((Reply(match="hola", structured=True, text='["a  b"]'),), Reply(text="rest"))
    assert script.choose("hola").text == "rest"
    assert texts(script.choose("hola", SCHEMA), "hola") == ('["a  b"]',)


def test_script_structured_question_goes_wrong_as_the_default_does() -> None:
    script = Script((), Reply(error="503", text="Hola", chunks=("Hola",), first_delay_ms=5))
    reply = script.choose("hola", SCHEMA)
    assert (reply.error, reply.first_delay_ms) == ("503", 5)
    assert texts(reply, "hola") == ('[""]',)


@given(body=st.binary(max_size=200), split=st.one_of(st.integers(1, 50), st.just("random")))
def test_cut_loses_nothing(body: bytes, split: int | Literal["random"]) -> None:
    pieces = cut(body, split, Random(0))
    assert b"".join(pieces) == body
    assert all(pieces)


@pytest.mark.parametrize("error", ["299", "600", "teapot", ""])
def test_reply_error_that_is_none_is_refused(error: str) -> None:
    with pytest.raises(ValueError, match="neither a status"):
        Reply(error=error)


@pytest.mark.parametrize(
    "call", [{}, {"name": 7}, {"name": "f", "args": {}}], ids=["nameless", "odd name", "unknown"]
)
def test_reply_call_that_is_none_is_refused(call: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="calls: each is an object"):
        Reply(calls=(call,))


def written(path: Path, script: object) -> Path:
    file = path / "script.json"
    file.write_bytes(orjson.dumps(script))
    return file


def test_load_script_list_of_replies(tmp_path: Path) -> None:
    file = written(tmp_path, [{"match": "hola", "chunks": ["a", "b"], "split": "random"}])
    script = load_script(file, Reply(text="x"))
    assert script.replies == (Reply(match="hola", chunks=("a", "b"), split="random"),)
    assert script.default == Reply(text="x")


def test_load_script_with_a_default_of_its_own(tmp_path: Path) -> None:
    file = written(tmp_path, {"replies": [], "default": {"error": "500"}})
    assert load_script(file, Reply()).default == Reply(error="500")


def test_load_script_takes_whole_chunks_thoughts_and_calls_as_they_are(tmp_path: Path) -> None:
    given: list[dict[str, object]] = [
        {"raw": [{"candidates": [{"x": None}]}, {}]},
        {"thoughts": ["a", "b"], "calls": [{"name": "f", "arguments": {"a": [1, {"b": "ñ"}]}}]},
    ]
    raw, calling = load_script(written(tmp_path, given), Reply()).replies
    assert raw == Reply(raw=({"candidates": [{"x": None}]}, {}))
    assert calling.thoughts == ("a", "b")
    assert calling.calls == ({"name": "f", "arguments": {"a": [1, {"b": "ñ"}]}},)


@pytest.mark.parametrize("given", [{"raw": ["x"]}, {"calls": [{}]}, {"calls": "f"}])
def test_load_script_that_calls_nothing_or_sends_no_objects_is_refused(
    tmp_path: Path, given: object
) -> None:
    with pytest.raises(cattrs.BaseValidationError):
        load_script(written(tmp_path, [given]), Reply())


def test_load_script_reads_the_examples_of_its_description(tmp_path: Path) -> None:
    examples = re.findall(r"^    \[\{.*?\}\]$", script.__doc__ or "", re.DOTALL | re.MULTILINE)
    assert [len(load_script(written(tmp_path, orjson.loads(each)), Reply()).replies)
            for each in examples] == [4, 2]  # fmt: skip


def test_load_script_unknown_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(cattrs.BaseValidationError):
        load_script(written(tmp_path, [{"chunk": ["a"]}]), Reply())
