"""Words that are filled in."""

from tools.sim.utterances import fill, fill_object

WORDS = {"token": "qz", "person": "ana"}


def test_words_are_filled_in_wherever_they_stand() -> None:
    assert fill("{token} y {token}, {person}", WORDS) == "qz y qz, ana"
    assert fill_object({"a": ["{token}", {"b": "{person}"}], "c": 3, "d": None}, WORDS) == {
        "a": ["qz", {"b": "ana"}],
        "c": 3,
        "d": None,
    }


def test_braces_that_are_no_word_of_ours_stay() -> None:
    assert fill("{other} {} {", WORDS) == "{other} {} {"
