"""Sixty questions about a textbook, each from the reader to the citations that come back.

The floors are figures of `measure_flow` with a margin, so that a chapter may be mended. What has no
margin is what no text may ever change: what is cited stands where it is said to, and of what a text
does not hold nothing is told.
"""

from collections.abc import Sequence

import pytest
import trio

from tests.texts.measure_flow import (
    Answer,
    Question,
    Scripted,
    answers,
    faithful,
    in_own_words,
    inventing,
    outcomes,
    questions,
    rehearsal,
)

ASKED = questions()


def faults(told: Sequence[Answer]) -> list[str]:
    return [fault for each in told for fault in each.faults()]


@pytest.fixture(scope="module")
def rehearsed() -> list[Answer]:
    return trio.run(answers, ASKED, rehearsal())


@pytest.fixture(scope="module")
def of_the_faithful() -> list[Answer]:
    return trio.run(answers, ASKED, Scripted(faithful(ASKED)))


@pytest.fixture(scope="module")
def of_the_inventing() -> list[Answer]:
    return trio.run(answers, ASKED, Scripted(inventing))


def test_questions_are_thirty_and_fifteen_and_fifteen() -> None:
    kinds = [each.kind for each in ASKED]
    assert [kinds.count(kind) for kind in ("answered", "holds", "lacks", "absent")] == [
        30, 9, 6, 15,
    ]  # fmt: skip


def test_rehearsal_tells_nothing_of_what_the_book_does_not_hold(rehearsed: list[Answer]) -> None:
    assert outcomes(rehearsed, "absent")["declined"] >= 14
    assert faults(rehearsed) == []


def test_rehearsal_reads_out_little_and_what_it_does_is_of_the_right_passage(
    rehearsed: list[Answer],
) -> None:
    """They are asked in other words than the book's, on purpose."""
    came = outcomes(rehearsed, "answered")
    assert came["passage"] >= 1
    assert came["chapter"] + came["elsewhere"] <= 2
    assert outcomes(rehearsed, "holds")["passage"] >= 3


def test_rehearsal_asked_in_the_words_of_the_book_reads_out_the_passage() -> None:
    asked = in_own_words(ASKED)
    told = trio.run(answers, asked, rehearsal())
    assert outcomes(told, "answered")["passage"] >= 28
    assert outcomes(told, "holds") == {"passage": 9}
    assert faults(told) == []


def test_faithful_model_answers_what_is_found_and_declines_the_rest(
    of_the_faithful: list[Answer],
) -> None:
    came = outcomes(of_the_faithful, "answered")
    assert came["passage"] >= 18
    assert came["passage"] + came["declined"] == 30
    assert outcomes(of_the_faithful, "holds") == {"passage": 9}
    assert outcomes(of_the_faithful, "lacks") == {"declined": 6}
    assert outcomes(of_the_faithful, "absent") == {"declined": 15}
    assert faults(of_the_faithful) == []


def test_inventing_model_tells_nothing_of_a_text_and_cites_nothing(
    of_the_inventing: list[Answer],
) -> None:
    assert outcomes(of_the_inventing, "answered") == {"declined": 30}
    assert outcomes(of_the_inventing, "absent") == {"declined": 15}
    assert not any("Pamplinas" in each.text for each in of_the_inventing if each.declined)
    assert faults(of_the_inventing) == []


def test_inventing_model_is_heard_about_a_selection_but_without_a_citation(
    of_the_inventing: list[Answer],
) -> None:
    """What was selected is before the reader's eyes; no mark says that it bears the words out."""
    assert outcomes(of_the_inventing, "holds") == {"uncited": 9}
    assert outcomes(of_the_inventing, "lacks") == {"uncited": 6}


@pytest.mark.parametrize(
    ("quote", "text", "wrong"),
    [
        ("gira que te gira", "Gira. [1]", "stands nowhere"),
        ("El cielo", "Gira.", "marks"),
        ("El cielo", "Gira. [1] [2]", "marks"),
    ],
)
def test_measure_finds_what_is_told_and_not_so(quote: str, text: str, wrong: str) -> None:
    question = Question("holds", "¿?", selection="El cielo es azul.")
    told = Answer(question, text, ({"number": 1, "quote": quote, "heading": []},))
    (fault,) = told.faults()
    assert fault.startswith(wrong)
