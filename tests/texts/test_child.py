"""What is said between the process that reads a text and the one that wants it read."""

import signal

import orjson
import pytest

from robi.errors import DatabaseError, FileTooLarge, UnsupportedFileFormat
from robi.texts import child
from robi.texts.base import MAX_CUT, Cut, Read, TextUnreadable, TextWithheld

READ = Read("Rocas", "markdown", (Cut(("a", "b"), "b", "¶ 1", "hola"),), 4, "/x", None)


def test_question_arrives_as_it_was_asked() -> None:
    asked = child.question(b"a\nb\0", "text/plain", "ñ\n.md")
    assert child.asked(asked) == (b"a\nb\0", "text/plain", "ñ\n.md")


def test_text_that_was_read_arrives_whole() -> None:
    assert child.answer(child.told(READ), 0) == READ


@pytest.mark.parametrize(
    "wrong", [TextUnreadable, TextWithheld, UnsupportedFileFormat, FileTooLarge]
)
def test_what_is_wrong_arrives_with_its_reason(
    wrong: type[TextUnreadable] | type[UnsupportedFileFormat] | type[FileTooLarge],
) -> None:
    with pytest.raises(wrong) as told:
        child.answer(child.told_wrong(wrong("it is locked")), 0)
    assert told.value.details == "it is locked"


def test_error_that_no_reader_has_is_not_told() -> None:
    with pytest.raises(DatabaseError):
        child.told_wrong(DatabaseError())


@pytest.mark.parametrize(
    ("exit_code", "why"),
    [
        (None, "too long"),
        (-signal.SIGXCPU, "too long"),
        (-signal.SIGKILL, "too long"),
        (-signal.SIGSEGV, "broke"),
        (1, "broke"),
    ],
)
def test_end_of_the_process_is_why_the_text_cannot_be_read(exit_code: int | None, why: str) -> None:
    with pytest.raises(TextUnreadable, match=why):
        child.answer(child.told(READ), exit_code)


PLAIN = orjson.loads(child.told(READ))


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        "x",
        {},
        {**PLAIN, "cuts": []},
        {**PLAIN, "cuts": [["a", "b"]]},
        {**PLAIN, "cuts": [[["a"], "", "", "x" * (MAX_CUT + 1)]]},
        {**PLAIN, "cuts": [[["a"], "", "", 5]]},
        {**PLAIN, "kind": "exe"},
        {**PLAIN, "title": "x" * 201},
        {"wrong": "KeyboardInterrupt", "why": "x"},
    ],
)
def test_answer_that_cannot_be_believed_is_a_text_that_cannot_be_read(said: object) -> None:
    with pytest.raises(TextUnreadable, match="broke"):
        child.answer(orjson.dumps(said), 0)


def test_answer_that_is_no_json_is_a_text_that_cannot_be_read() -> None:
    with pytest.raises(TextUnreadable, match="broke"):
        child.answer(b"{", 0)


def test_process_knows_nothing_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert not {"GEMINI_API_KEY", "PYTHONPATH"} & child.environment().keys()
