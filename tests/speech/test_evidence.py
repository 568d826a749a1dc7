"""Whether words stand in a passage, in whatever script and spelling."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.speech.evidence import LONGEST_QUOTE, Evidence, Found, content, sentences
from robi.speech.reading import Passage


def evidence(*words: str) -> Evidence:
    return Evidence([Passage("t", "T", (), "", "", each) for each in words])


@pytest.mark.parametrize(
    ("words", "quote", "told"),
    [
        ("La ñ y la ü, ¡también!", "la n y la u tambien", "La ñ y la ü, ¡también!"),
        ("Straße und Fluß", "STRASSE und fluss", "Straße und Fluß"),
        ("cafe\u0301 solo", "café solo", "cafe\u0301 solo"),
        ("solo cafe\u0301", "solo café", "solo cafe\u0301"),
        ("月は太陽の光を反射します。", "太陽の光を反射し", "太陽の光を反射し"),
        ("القمر يعكس ضوء الشمس", "يعكس ضوء", "يعكس ضوء"),
        ("Луна светит.", "луна светит", "Луна светит."),
        ("Pesa 1,5 kg y 3.", "pesa 1.5 kg", "Pesa 1,5 kg"),
        ("Es el 40 % del total", "es el 40", "Es el 40"),
        ("ﬁn de la oﬁcina", "fin de la oficina", "ﬁn de la oﬁcina"),
    ],
)
def test_quote_is_found_without_case_accents_and_marks(words: str, quote: str, told: str) -> None:
    assert evidence(words).quoted(1, quote) == Found(0, told)


@pytest.mark.parametrize(
    "quote", ["", "…", "a", "sol", "el solo", "sol es", "es el", "1 5", "sol, el"]
)
def test_quote_that_is_too_short_or_not_of_whole_words_is_not_found(quote: str) -> None:
    assert evidence("El sol. Pesa 15 kg, y ves elegantes.").quoted(1, quote) is None


@settings(deadline=None)
@given(st.lists(st.text(), max_size=3), st.text(), st.none() | st.integers())
def test_quote_that_is_told_stands_in_its_passage(
    passages: list[str], quote: str, number: int | None
) -> None:
    found = evidence(*passages).quoted(number, quote)
    if found is not None:
        assert found.quote in passages[found.index]
        assert 0 < len(found.quote) <= LONGEST_QUOTE


@settings(deadline=None)
@given(st.text(alphabet="aáBñ1 .,-«»\n\u0301", min_size=1), st.data())
def test_quote_of_whole_words_is_always_found(words: str, data: st.DataObject) -> None:
    said = [word for word in words.split() if any(char.isalnum() for char in word)]
    if len(said) >= 2:
        start = data.draw(st.integers(0, len(said) - 2))
        quote = " ".join(said[start : data.draw(st.integers(start + 2, len(said)))])
        assert evidence(words).quoted(1, quote) is not None


def test_sentence_is_borne_out_by_the_shortest_place_that_has_most_of_it() -> None:
    one, two = "Los gatos persas duermen mucho. Comen pescado fresco.", "Los perros ladran mucho."
    found = evidence(two, one).supporting("Un gato persa duerme siempre mucho tiempo.")
    assert found == Found(1, "Los gatos persas duermen mucho.")


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=3), st.text(max_size=80))
def test_place_that_bears_a_sentence_out_stands_in_its_passage(
    passages: list[str], sentence: str
) -> None:
    found = evidence(*passages).supporting(sentence)
    assert found is None or found.quote in passages[found.index]


def test_content_leaves_out_what_says_nothing() -> None:
    assert content("¿Qué es lo que producen las plantas en 1779?") == {"produc", "planta", "1779"}


def test_sentences_end_with_their_marks_and_lines() -> None:
    assert sentences("Uno. ¿Dos?\ntres  «Cuatro.» ") == ["Uno.", "¿Dos?", "tres  «Cuatro.»"]
