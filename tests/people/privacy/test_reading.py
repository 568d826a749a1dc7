"""Text as the rules read it."""

import pytest

from robi.people.privacy.reading import read


def test_sentence_without_a_number_is_read_as_it_is_folded() -> None:
    reading = read("¿Dónde está MI perro?")
    assert reading.lettered
    assert reading.folded == reading.digits == reading.bare_digits == "¿donde esta mi perro?"
    assert reading.words == ("donde", "esta", "mi", "perro")


@pytest.mark.parametrize(
    ("text", "digits", "bare_digits", "words"),
    [
        ("Son dos.", "son 2.", "son 2.", ("son", "2")),
        ("Cuesta 5 euros.", "cuesta 5 euros.", "cuesta # euros .", ("cuesta", "#", "euros")),
        ("El PIN: 4.", "el pin: 4.", "el pin: 4.", ("el", "pin", ":", "4")),
        ("٣ gatos", "3 gatos", "3 gatos", ("3", "gatos")),
        ("…", "...", "...", ()),
    ],
)
def test_sentence_with_a_number_or_a_sign_is_read_in_every_form(
    text: str, digits: str, bare_digits: str, words: tuple[str, ...]
) -> None:
    reading = read(text)
    assert not reading.lettered
    assert (reading.digits, reading.bare_digits, reading.words) == (digits, bare_digits, words)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("P. I. N. secreto", "pin secreto"),
        ("el p-i-n", "el pin"),
        ("y a mí", "y a mi"),
        ("Don't", "dont"),
        ("my password's red", "my password is red"),
        ("my password\u2019s red", "my password is red"),
        ("\uff23\uff21\uff32\uff24 \u200b№", "card no"),
        ("¡Ñandú!", "¡nandu!"),
    ],
)
def test_disguise_of_words_does_not_count(text: str, folded: str) -> None:
    assert read(text).folded == folded
