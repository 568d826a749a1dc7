"""What a scenario expects of an answer, and what is told when it is otherwise."""

import pytest

from robi.protocol.messages import ErrorReport
from tools.sim.answers import Answer
from tools.sim.expectations import holds, unmet
from tools.sim.ledger import Turn
from tools.sim.steps import Expect, Plain


def answer(**of_turn: object) -> Answer:
    """An answer of two chunks, the first after 40 ms, the end after 90."""
    turn = Turn(1, "r", 10.0, emotion="happy", texts=["Ho", "la"], outcome="ended")
    turn.first_text_at, turn.ended_at = 10.04, 10.09
    for name, value in of_turn.items():
        setattr(turn, name, value)
    kinds = ("emotion", "text_chunk", "text_chunk", "response_meta", "stream_end")
    messages: list[Plain] = [{"type": kind, "request_id": "r"} for kind in kinds]
    return Answer(turn, messages)


def reasons(expect: Expect, given: Answer, *beside: Plain, resumed: bool = False) -> list[str]:
    return list(unmet(expect, given, beside, resumed=resumed))


@pytest.mark.parametrize(
    "expect",
    [
        Expect(),
        Expect(outcome="answered", text="^Ho", emotion="happy", at_least_chunks=2),
        Expect(order=("emotion", "text_chunk", "response_meta", "stream_end")),
        Expect(message="emotion", fields={"request_id": "r"}),
        Expect(first_text_within_ms=41, end_within_ms=91),
        Expect(resumed=False),
    ],
)
def test_answer_as_expected_has_nothing_unmet(expect: Expect) -> None:
    assert reasons(expect, answer()) == []


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        (Expect(outcome="interrupted"), "the answer is answered, not interrupted"),
        (Expect(text="adiós"), "the text is 'Hola'"),
        (Expect(emotion="sad"), "the emotion is happy"),
        (Expect(at_least_chunks=3), "it has 2 chunks"),
        (Expect(error="X"), "error is none, not X"),
        (
            Expect(order=("stream_end",)),
            "the order is emotion, text_chunk, response_meta, stream_end",
        ),
        (Expect(message="capture_request"), "no capture_request with {}: none came"),
        (
            Expect(message="emotion", fields={"emotion": "sad"}),
            "no emotion with {'emotion': 'sad'}: {'type': 'emotion', 'request_id': 'r'}",
        ),
        (Expect(first_text_within_ms=30), "the first text came after 40.0 ms, not within 30"),
        (Expect(end_within_ms=30), "the end came after 90.0 ms, not within 30"),
        (Expect(resumed=True), "resumed is false"),
    ],
)
def test_answer_that_is_otherwise_is_told_how(expect: Expect, told: str) -> None:
    assert reasons(expect, answer()) == [told]


def test_answer_that_was_cut_or_still_runs_or_failed_is_not_answered() -> None:
    wanted = Expect(outcome="answered")
    assert reasons(wanted, answer(interrupted=True)) == ["the answer is interrupted, not answered"]
    assert reasons(wanted, answer(outcome=None)) == ["the answer is still running, not answered"]
    error = ErrorReport("GEMINI_BLOCKED", 3004, "m", True, "t")
    failed = answer(outcome="error", error=error)
    assert reasons(wanted, failed) == ["the answer is error (GEMINI_BLOCKED), not answered"]


def test_time_of_what_never_came_is_not_within_any() -> None:
    assert reasons(Expect(first_text_within_ms=30), answer(first_text_at=None)) == [
        "the first text came after None ms, not within 30"
    ]


def test_no_answer_is_told_only_if_one_was_expected() -> None:
    assert reasons(Expect(outcome="answered"), Answer()) == ["there is no answer"]
    assert reasons(Expect(resumed=False), Answer()) == []


def test_message_and_error_may_come_beside_the_answer() -> None:
    beside = {"type": "error", "error_code": "WS_INVALID_MESSAGE_FORMAT"}
    assert reasons(Expect(error="WS_INVALID_MESSAGE_FORMAT"), Answer(), beside) == []
    fields = {"error_code": "WS_INVALID_MESSAGE_FORMAT"}
    assert reasons(Expect(message="error", fields=fields), answer(), beside) == []


def test_long_answer_is_quoted_in_part() -> None:
    (told,) = reasons(Expect(text="z"), answer(texts=["a" * 1000]))
    assert len(told) < 250
    assert told.endswith("…")


@pytest.mark.parametrize(
    ("wanted", "given", "held"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True),
        ({"a": 1}, {"b": 1}, False),
        ([1, {"a": 1}], [1, {"a": 1, "b": 2}], True),
        ([1], [1, 2], False),
        (True, 1, False),
        (1, 1.0, True),
    ],
)
def test_object_holds_another_if_it_has_all_fields_that_are_named(
    wanted: object, given: object, *, held: bool
) -> None:
    assert holds(wanted, given) is held
