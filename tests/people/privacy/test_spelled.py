"""Numbers in words, and words that are none."""

import pytest

from robi.people.privacy.spelled import goes_on, in_digits, starts_number


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("cuatro ocho dos uno", "4 8 2 1"),
        ("cuarenta y ocho veintiuno", "48 21"),
        ("cuatro mil ochocientos veintiuno", "4821"),
        ("four thousand eight hundred and twenty-one", "4821"),
        ("double five one nine", "55 1 9"),
        ("triple ocho", "888"),
        ("uno uno", "1 1"),
        ("doce zeta", "12 z"),
        ("pin cuatro, ocho", "pin 4 8"),
    ],
)
def test_number_in_words_is_written_in_digits(said: str, written: str) -> None:
    assert in_digits(said) == written


@pytest.mark.parametrize(
    "said", ["un perro y una gata", "this one is mine", "once upon a time", "la pe de pan", ""]
)
def test_words_that_are_no_number_stay(said: str) -> None:
    assert in_digits(said) == said


@pytest.mark.parametrize(
    ("said", "written"), [("uno y uno", "1 1"), ("ge uno", "g 1"), ("pero uno canta", None)]
)
def test_word_that_may_be_a_number_is_one_among_digits_if_others_stand_beside_it(
    said: str, written: str | None
) -> None:
    assert in_digits(said) == said
    assert in_digits(said, among_digits=True) == (written or said)


@pytest.mark.parametrize(
    "rest", ["cuatro", "y dos", ", coma, 7", "hundred", "ele", "- 3", "", " ... "]
)
def test_text_may_go_on_with_a_number(rest: str) -> None:
    assert goes_on(rest)


@pytest.mark.parametrize("rest", ["pero uno", "¿dos?", "y nada"])
def test_text_that_begins_with_another_word_goes_on_with_none(rest: str) -> None:
    assert not goes_on(rest)


def test_only_words_of_which_a_number_may_begin_start_one() -> None:
    assert starts_number(["hola", "mil"])
    assert not starts_number(["hola", "ele", "hundred", "4"])
