"""Gemini as a dialect of the stub: pure."""

from typing import Any

import pytest

from tools.stub.dialect import Question
from tools.stub.gemini import GeminiDialect, one_chunk
from tools.stub.script import Reply

QUESTION = Question("m", streamed=True, events=True, words="uno dos", schema=None, record={})


def test_chunks_only_the_last_has_a_finish_reason() -> None:
    candidates: Any = [chunk["candidates"] for chunk in GeminiDialect().chunks(Reply(), QUESTION)]
    assert [one[0].get("finishReason") for one in candidates] == [None, "STOP"]


def test_one_chunk_joins_the_parts_of_all() -> None:
    whole: Any = one_chunk(GeminiDialect().chunks(Reply(), QUESTION))
    assert "".join(part["text"] for part in whole["candidates"][0]["content"]["parts"]) == (
        "[emotion:happy]uno dos"
    )


@pytest.mark.parametrize(
    ("form", "delay"),
    [("string", "1.25s"), ("object", {"seconds": "1", "nanos": 250_000_000}), ("header", None)],
)
def test_error_tells_when_to_come_back_in_the_form_that_is_wanted(form: Any, delay: object) -> None:
    error: Any = GeminiDialect().error(429, Reply(retry_after="1.25s", retry_form=form))["error"]
    details = error.get("details", [{"retryDelay": None}])
    assert details[0]["retryDelay"] == delay
