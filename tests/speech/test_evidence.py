"""Whether words stand in a passage, in whatever script and spelling."""

import re

import pytest
from hypothesis import assume, given, settings
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
        ("Son 1.500 km.", "son 1500 km", "Son 1.500 km."),
        ("Van a 300 000 km/s hoy", "van a 300.000 km/s", "Van a 300 000 km/s"),
        ("Vale 3,14 y más", "vale 3.14", "Vale 3,14"),
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


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("The tide is 4.7 metres.", "the tide is 47 metres"),
        ("The tide is 4.7 metres.", "the tide is 4"),
        ("The tide is 4.7 metres.", "7 metres"),
        ("The tide is 47 metres.", "the tide is 4.7 metres"),
        ("Son 1.500 km.", "son 1"),
        ("Son 1 500 km.", "500 km"),
        ("Son 10³ km.", "son 103 km"),
        ("Son 2½ kg.", "son 212 kg"),
    ],
)
def test_quote_with_another_number_or_a_part_of_one_is_not_found(words: str, quote: str) -> None:
    assert evidence(words).quoted(1, quote) is None


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
    assume(re.search("1 1", words) is None)  # may be one number
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


# ── numbers, and what is denied ───────────────────────────────────────────────────────────

TIDE = "In Vigo the spring tide rises 4.7 metres, e.g. in March. Dr. Sal measured 1.500 ships."


@pytest.mark.parametrize(
    "sentence",
    [
        "The spring tide rises 4.7 metres in Vigo.",
        "The spring tide rises 4,7 metres in Vigo.",
        "Dr. Sal measured 1500 ships.",
        "Dr. Sal measured 1 500 ships.",
    ],
)
def test_sentence_with_a_number_written_otherwise_is_borne_out(sentence: str) -> None:
    assert evidence(TIDE).supporting(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "The spring tide rises 4 metres in Vigo.",
        "The spring tide rises 7 metres in Vigo.",
        "The spring tide rises 47 metres in Vigo.",
        "The spring tide rises 4.75 metres in Vigo.",
        "The spring tide rises 4.7³ metres in Vigo.",
        "Dr. Sal measured 1.5 ships.",
        "Dr. Sal measured 500 ships.",
    ],
)
def test_sentence_with_another_number_is_not_borne_out(sentence: str) -> None:
    assert evidence(TIDE).supporting(sentence) is None


def test_sentence_with_another_number_within_a_word_is_not_borne_out() -> None:
    words = evidence("La vitamina B12 protege nervios y sangre.")
    assert words.supporting("La vitamina B12 protege nervios.") is not None
    assert words.supporting("La vitamina B6 protege nervios y sangre.") is None


def test_place_that_bears_a_sentence_out_ends_where_the_sentence_does() -> None:
    found = evidence(TIDE).supporting("The spring tide rises 4.7 metres in Vigo.")
    assert found == Found(0, "In Vigo the spring tide rises 4.7 metres, e.g. in March.")


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ("Los gatos persas comen pescado.", "Los gatos persas no comen pescado."),
        ("Los gatos persas comen pescado.", "Los gatos persas nunca comen pescado."),
        ("Los gatos persas comen pescado.", "Ningún gato persa come pescado."),
        ("Los gatos persas comen pescado.", "Los gatos persas jama\u0301s comen pescado."),
        ("Persian cats eat fish.", "Persian cats do not eat fish."),
        ("Persian cats eat fish.", "Persian cats don't eat fish."),
        ("Persian cats eat fish.", "Persian cats don’t eat fish."),  # noqa: RUF001
        ("Persian cats eat fish.", "Persian cats never eat fish."),
        ("Persian cats eat fish.", "Persian cats cannot eat fish."),
    ],
)
def test_sentence_is_borne_out_only_by_a_place_that_denies_as_it_does(
    said: str, denied: str
) -> None:
    assert evidence(denied).supporting(said) is None
    assert evidence(said).supporting(denied) is None
    assert evidence(denied, said).supporting(said) == Found(1, said)
    assert evidence(said, denied).supporting(denied) == Found(1, denied)


@pytest.mark.parametrize(
    "words",
    [
        "Sin embargo, los gatos persas comen pescado.",
        "El n.º 3: los gatos persas comen pescado.",
        "El nº 3: los gatos persas comen pescado.",
        "No. 3: los gatos persas comen pescado.",
        "No obstante, los gatos persas comen pescado.",
    ],
)
def test_word_that_only_looks_like_a_negation_is_none(words: str) -> None:
    assert evidence(words).supporting("Los gatos persas comen pescado.") is not None


# ── where a long quote is cut ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        ("uno dos tres", "uno"),
        ("uno\ndos tres", "uno"),
        ("uno\u00a0dos tres", "uno"),
        ("1 500 km", ""),
        ("1.500 km", ""),
        ("3,1416 km", ""),
    ],
)
@pytest.mark.parametrize("room", [3, 4])
def test_quote_that_is_long_is_never_cut_within_a_word_or_number(
    tail: str, kept: str, room: int
) -> None:
    begin = "a" * (LONGEST_QUOTE - room - 3) + " b "
    found = evidence(f"{begin}{tail} fin").quoted(1, f"{begin}{tail} fin")
    assert found == Found(0, f"{begin}{kept}".rstrip())


def test_quote_without_spaces_is_cut_at_a_mark_and_else_within_no_number() -> None:
    marked = "uno," * LONGEST_QUOTE
    found = evidence(marked).supporting("uno dos tres")
    assert found is None
    told = evidence(f"x{marked}y").quoted(1, marked[4:])
    assert told is not None
    assert told.quote.endswith("uno")
    digits = "月" * (LONGEST_QUOTE - 2) + "12345"
    assert evidence(digits).quoted(1, digits) == Found(0, "月" * (LONGEST_QUOTE - 2))
