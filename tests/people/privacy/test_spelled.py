"""Numbers in words, and words that are none."""

import pytest

from robi.people.privacy.spelled import in_digits


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
