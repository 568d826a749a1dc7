"""The picture that was asked for: one at a time, for ten seconds, for whoever asked."""

import pytest

from robi.actors.captures import AWAITED_FOR, Captures
from robi.actors.turn import Utterance
from robi.speech.scene import Media

PHOTO = Media("image/jpeg", b"jpeg")
ANA, LUIS = "user_ana", "user_luis"
QUESTION = "¿qué llevo?"


def asked(request_id: str = "r1") -> Captures:
    captures = Captures()
    captures.ask(request_id, ANA, QUESTION, now=100.0)
    return captures


def picture(request_id: str = "r1") -> Utterance:
    return Utterance(request_id, "image", media=(PHOTO,))


def test_picture_that_nobody_asked_for_answers_nothing() -> None:
    captures = Captures()
    assert (captures.until, captures.is_awaited("r1")) == (None, False)
    assert captures.answered_by(picture(), ANA) is None


def test_picture_that_was_asked_for_answers_its_question_once() -> None:
    captures = asked()
    assert captures.is_awaited("r1")
    assert captures.answered_by(picture(), ANA) == QUESTION
    assert (captures.until, captures.is_awaited("r1")) == (None, False)
    assert captures.answered_by(picture(), ANA) is None


@pytest.mark.parametrize(
    "other", [picture("r2"), Utterance("r1", "text", "espera")], ids=["another id", "no picture"]
)
def test_utterance_that_is_not_the_picture_leaves_it_awaited(other: Utterance) -> None:
    captures = asked()
    assert captures.answered_by(other, ANA) is None
    assert captures.answered_by(picture(), ANA) == QUESTION


def test_picture_of_somebody_else_is_told_no_question_and_ends_the_request() -> None:
    captures = asked()
    assert captures.answered_by(picture(), LUIS) is None
    assert captures.answered_by(picture(), ANA) is None


def test_request_is_forgotten_when_its_time_has_passed_and_not_before() -> None:
    captures = asked()
    assert captures.until == 100.0 + AWAITED_FOR
    captures.expire(100.0 + AWAITED_FOR - 0.001)
    assert captures.is_awaited("r1")
    captures.expire(100.0 + AWAITED_FOR)
    assert captures.until is None
    assert captures.answered_by(picture(), ANA) is None


def test_request_that_comes_after_another_takes_its_place() -> None:
    captures = asked("r1")
    captures.ask("r2", LUIS, "¿y yo?", now=105.0)
    assert (captures.is_awaited("r1"), captures.until) == (False, 105.0 + AWAITED_FOR)
    assert captures.answered_by(picture("r1"), ANA) is None
    assert captures.answered_by(picture("r2"), LUIS) == "¿y yo?"


def test_repr_of_captures_does_not_show_the_question() -> None:
    assert QUESTION not in repr(asked())


def test_request_of_a_person_who_is_forgotten_is_forgotten_too() -> None:
    captures = asked()
    captures.forget(ANA)
    assert (captures.until, captures.is_awaited("r1")) == (None, False)
    assert captures.answered_by(picture(), ANA) is None


def test_request_of_one_person_outlives_the_forgetting_of_another() -> None:
    captures = asked()
    captures.forget(LUIS)
    assert captures.answered_by(picture(), ANA) == QUESTION
