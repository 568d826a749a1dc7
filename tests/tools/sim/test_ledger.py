"""Turns as a robot sees them: pure, with times given."""

import pytest

from robi.protocol.messages import (
    AuthOk,
    CaptureRequest,
    ClientSettings,
    Emotion,
    ErrorReport,
    Expression,
    FaceScanActions,
    ResponseMeta,
    ServerMessage,
    StreamEnd,
    TextChunk,
)
from tools.sim.ledger import Ledger

FACE = Expression(("1F600",), "bounce")


def hello(session_id: str = "s1", *, resumed: bool = False) -> AuthOk:
    return AuthOk(session_id, resumed, "test", ClientSettings(1, 1, 1))


def new_ledger() -> Ledger:
    ledger = Ledger()
    ledger.hear(hello(), None, 0)
    return ledger


def answer(request_id: str, *texts: str) -> list[ServerMessage]:
    return [
        Emotion(request_id, "happy"),
        *(TextChunk(request_id, text) for text in texts),
        ResponseMeta(request_id, "".join(texts), FACE),
        StreamEnd(request_id, 1),
    ]


def hear_all(ledger: Ledger, messages: list[ServerMessage]) -> list[str]:
    rules: list[str] = []
    for message in messages:
        seq = (ledger.last_seq or 0) + 1
        rules += ledger.hear(message, seq, float(seq)).rules
    return rules


def test_turn_with_an_answer_sums_up_what_came_and_when() -> None:
    ledger = new_ledger()
    turn = ledger.ask("a", 0.5)
    assert hear_all(ledger, answer("a", "Ho", "la")) == []
    assert turn.summary() == {
        "type": "turn_summary",
        "turn": 1,
        "ok": True,
        "outcome": "ended",
        "request_id": "a",
        "text": "Hola",
        "emotion": "happy",
        "chunks": 2,
        "ms": {"emotion": 500.0, "first_text": 1500.0, "end": 4500.0},
    }


def test_turn_that_ends_in_an_error_is_not_ok() -> None:
    ledger = new_ledger()
    turn = ledger.ask("a", 0)
    report = ErrorReport("GEMINI_TIMEOUT", 3003, "Perdona", True, "t", request_id="a")
    assert ledger.hear(report, 1, 2).over
    summary = turn.summary()
    assert (summary["ok"], summary["outcome"]) == (False, "error")
    assert summary["error"] == {
        "code": 3003,
        "error_code": "GEMINI_TIMEOUT",
        "message": "Perdona",
    }


def test_turn_that_was_cut_short_is_ok_and_says_so() -> None:
    ledger = new_ledger()
    turn = ledger.ask("a", 0)
    hear_all(ledger, [Emotion("a", "sad"), StreamEnd("a", 1, interrupted=True)])
    assert (turn.summary()["ok"], turn.summary()["interrupted"]) == (True, True)


@pytest.mark.parametrize(
    ("messages", "rule"),
    [
        ([TextChunk("a", "x")], "invariant 1"),
        ([Emotion("a", "sad"), ResponseMeta("a", "other", FACE)], "invariant 2"),
        ([*answer("a", "x"), Emotion("a", "sad")], "invariant 6"),
        ([Emotion("a", "sad"), Emotion("b", "sad")], "invariant 6"),
    ],
)
def test_order_broken_is_told_once_with_its_rule(messages: list[ServerMessage], rule: str) -> None:
    ledger = new_ledger()
    ledger.ask("a", 0)
    broken = hear_all(ledger, [*messages, TextChunk("a", "more")])
    assert len(broken) == 1
    assert broken[0].startswith(rule)


@pytest.mark.parametrize("seq", [1, 3, None])
def test_seq_that_is_not_the_next_one_is_told(seq: int | None) -> None:
    ledger = new_ledger()
    ledger.hear(Emotion("a", "sad"), 1, 0)
    assert ledger.hear(TextChunk("a", "x"), seq, 0).rules != ()


def test_seq_of_a_new_session_starts_at_1() -> None:
    ledger = new_ledger()
    assert ledger.hear(Emotion("a", "sad"), 2, 0).rules == ("seq 2 where 1 was due",)


def test_seq_after_a_resumption_goes_on_where_it_was() -> None:
    ledger = new_ledger()
    ledger.hear(Emotion("a", "sad"), 1, 0)
    ledger.hang_up()
    ledger.hear(hello(resumed=True), None, 1)
    assert ledger.hear(TextChunk("a", "again"), 1, 1).rules == ("seq 1 where 2 was due",)


def test_seq_of_a_session_that_was_gone_may_start_anywhere() -> None:
    ledger = Ledger(session_id="s1", last_seq=7)
    ledger.hear(hello("s1"), None, 0)
    assert ledger.hear(Emotion("a", "sad"), 40, 0).rules == ()


def test_error_before_auth_ok_needs_no_seq() -> None:
    refusal = ErrorReport("API_KEY_INVALID", 1002, "No", False, "t")
    assert Ledger().hear(refusal, None, 0).rules == ()


def test_turn_resumed_in_the_middle_is_not_judged() -> None:
    ledger = Ledger(session_id="s1", last_seq=3)
    ledger.hear(hello(resumed=True), None, 0)
    rest: list[ServerMessage] = [TextChunk("a", "la"), ResponseMeta("a", "Hola", FACE)]
    assert hear_all(ledger, [*rest, StreamEnd("a", 1), TextChunk("b", "x")]) == [
        "invariant 1: TextChunk before emotion"
    ]


def test_turn_that_nobody_asked_for_is_timed_from_what_was_mentioned() -> None:
    ledger = new_ledger()
    ledger.mention("greeting", 0.25)
    turn = ledger.hear(Emotion("greeting", "greeting"), 1, 1).turn
    assert turn is not None
    assert turn.ms(turn.emotion_at) == 750


def test_reply_to_a_capture_is_a_turn_of_its_own_under_the_same_id() -> None:
    ledger = new_ledger()
    ledger.ask("a", 0)
    first = [*answer("a", "Mira")]
    first.insert(2, CaptureRequest("a", "photo"))
    assert hear_all(ledger, first) == []
    second = ledger.ask("a", 5)
    assert hear_all(ledger, answer("a", "Un gato")) == []
    assert (second.number, second.text) == (2, "Un gato")


def test_what_comes_after_giving_up_is_no_fault_and_no_second_outcome() -> None:
    ledger = new_ledger()
    turn = ledger.ask("a", 0)
    ledger.give_up(turn, 60)
    assert hear_all(ledger, answer("a", "tarde")) == []
    assert (turn.outcome, dict(ledger.outcomes)) == ("timeout", {"timeout": 1})
    assert turn.ms(turn.ended_at) is None


def test_lost_session_loses_its_turns_and_forgets_the_order() -> None:
    ledger = new_ledger()
    turn = ledger.ask("a", 0)
    hear_all(ledger, [Emotion("a", "sad")])
    assert ledger.lose(1) == [turn]
    assert (turn.outcome, ledger.running) == ("lost", None)
    assert hear_all(ledger, answer("b", "x")) == []


def test_running_is_the_latest_turn_without_an_outcome() -> None:
    ledger = new_ledger()
    ledger.ask("a", 0)
    latest = ledger.ask("b", 0)
    assert ledger.running is latest


def test_movements_of_a_scan_are_no_turn() -> None:
    ledger = new_ledger()
    ledger.hear(FaceScanActions("scan", ()), 1, 0)
    assert ledger.running is None


def test_answer_of_an_utterance_that_was_repeated_may_come_twice() -> None:
    """It was on the way when the robot lost patience: see protocol.md, *Ids used again*."""
    ledger = new_ledger()
    ledger.ask("r", 1)
    ledger.ask("r", 5)
    assert hear_all(ledger, [*answer("r", "Hola."), *answer("r", "Hola.")]) == []


def test_answer_of_an_utterance_that_was_said_once_comes_once() -> None:
    ledger = new_ledger()
    ledger.ask("r", 1)
    assert hear_all(ledger, [*answer("r", "Hola."), *answer("r", "Hola.")]) != []
