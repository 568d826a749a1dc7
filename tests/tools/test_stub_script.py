"""What a stub of a model answers: pure."""

from pathlib import Path
from random import Random
from typing import Literal

import cattrs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_load_script_unknown_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(cattrs.BaseValidationError):
        load_script(written(tmp_path, [{"chunk": ["a"]}]), Reply())
