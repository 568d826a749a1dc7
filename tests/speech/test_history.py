import pytest

from robi.speech.history import words
from robi.speech.scene import Said


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said("robot", "Hola, Ana."), "Hola, Ana."),
        (Said("robot", "Había una vez ", cut_off=True), "Había una vez…"),
        (Said("robot", "Pues…", cut_off=True), "Pues…"),
        (Said("robot", "", cut_off=True), ""),
    ],
)
def test_words_of_an_answer_end_in_an_ellipsis_only_if_cut_off(said: Said, expected: str) -> None:
    assert words(said) == expected
