"""Numbers in words and in figures, up to the hundred thousands."""

import pytest

from robi.brain.rehearsal_figures import fold, in_figures, value_of
from robi.errors import Language
from robi.speech.spoken.numerals import cardinal


@pytest.mark.parametrize("language", ["es", "en"])
def test_number_in_words_is_read_as_it_is_spoken(language: Language) -> None:
    values = [*range(1100), *range(1100, 1_000_000, 6_173)]
    read = [in_figures(fold(cardinal(value, language))) for value in values]
    assert read == [str(value) for value in values]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("a", 1),
        ("una", 1),
        ("0", 0),
        ("1234", 1234),
        ("doscientas tres", 203),
        ("two hundred five", 205),
        ("a hundred and one", 101),
        ("one million two hundred thousand and five", 1_200_005),
        ("dos mil millones", 2_000_000_000),
    ],
)
def test_number_is_worth_what_it_says(said: str, value: int) -> None:
    assert value_of(said) == value


@pytest.mark.parametrize(
    ("said", "figures"),
    [
        ("dos por dos", "2 por 2"),
        ("dos dos", "2 2"),
        ("la mitad", "la mitad"),
        ("someone often", "someone often"),
        ("treinta y tres y uno", "33 y 1"),
    ],
)
def test_words_around_numbers_are_left(said: str, figures: str) -> None:
    assert in_figures(said) == figures


def test_fold_leaves_each_character_in_its_place() -> None:
    assert fold("¿Qué hará Íñigo?") == "¿que hara inigo?"
