"""Questions that say how they are to be answered."""

import pytest

from tools.bench.answers import Kind, asked, chunks, question


@pytest.mark.parametrize("count", [2, 10, 110])
def test_answer_has_as_many_chunks_as_asked_for(count: int) -> None:
    answer = chunks(count)
    assert len(answer) == count
    assert answer[0].startswith("[emotion:")
    assert answer[-1].endswith("[actions:nod]")


def test_answer_about_a_text_quotes_it_first() -> None:
    plain, quoting = chunks(10), chunks(10, cites=True)
    assert "[cite:1 " in quoting[0]
    assert quoting[1:] == plain[1:]


@pytest.mark.parametrize("kind", [Kind(2), Kind(110, 50, 15), Kind(10, 50, 15, cites=True)])
def test_question_tells_its_kind_and_its_number(kind: Kind) -> None:
    assert asked(question(kind, 1905).encode()) == (kind, 1905)


def test_question_has_no_digits() -> None:
    assert not any(letter.isdigit() for letter in question(Kind(110, 50, 15), 1234567890))


def test_question_after_others_is_the_one_that_is_asked() -> None:
    before, now = question(Kind(2), 1), question(Kind(3), 2)
    assert asked(f"{before} … {now} (or so)".encode()) == (Kind(3), 2)


def test_question_of_someone_else_asks_for_nothing() -> None:
    assert asked("¿Qué tal (hoy)?".encode()) is None
