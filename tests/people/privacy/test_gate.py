"""What the gate finds, and what it leaves of a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.people.privacy import PRIVATE_MARK, classes, masked
from robi.people.privacy.gate import _across, _announced, _Piece
from robi.people.privacy.numbers import numbers
from robi.people.privacy.reading import folded, may_announce, put_together, read
from robi.people.privacy.reading import sentences as sentences_of
from robi.people.privacy.spelled import in_digits
from tests.people.labelled import Sentence, sentences

SAID = list(sentences())
PRIVATE = [s for s in SAID if s.private and not s.model_only]
PIECES = st.lists(
    st.sampled_from([s.text for s in SAID])
    | st.text(max_size=12)
    | st.sampled_from(
        [PRIVATE_MARK, "\n", "...", "?", " ", "4111", "1111", "uno", "(", "…", "Z. "]
    ),
    max_size=8,
)


def test_text_that_holds_nothing_private_stays_word_for_word() -> None:
    text = "  Vivo en Lugo.\nTengo 3 gatos…  ¿Y tú?"
    assert masked(text) == (text, frozenset())


def test_sentence_that_is_private_gives_way_and_others_stay() -> None:
    text = "Vivo en Lugo.  Mi PIN es 4821.\n¡Me gusta el pan!"
    assert masked(text) == (
        f"Vivo en Lugo.  {PRIVATE_MARK}\n¡Me gusta el pan!",
        frozenset({"secret"}),
    )


def test_number_cut_by_a_full_stop_is_found() -> None:
    assert masked("Hola. 4111 1111. 1111 1111.") == ("Hola. (…) (…)", frozenset({"card"}))


@pytest.mark.parametrize(
    "text",
    [
        "Hola. 4111 1111 1111 111. Uno. Adiós.",
        "Cuatro uno. Uno uno, uno. Y uno. Uno uno 1111 1111. Uno.",
        "Tengo un perro. 4111 1111. 1111 1111. Y una gata.",
    ],
)
def test_number_that_is_spelled_over_several_sentences_is_found(text: str) -> None:
    assert classes(text) == {"card"}


@given(st.lists(PIECES.map(" ".join), max_size=5).map(". ".join))
@settings(max_examples=300, deadline=None)
def test_sentences_together_hold_the_numbers_of_their_text(text: str) -> None:
    pieces = [_Piece(read(text[start:end]), start, end) for start, end in sentences_of(text)]
    joined = put_together(folded(" ".join(p.reading.folded.rstrip(".…!? ") for p in pieces)))
    has_digits = any(character.isdecimal() for p in pieces for character in p.reading.digits)
    assert _across(pieces) == (frozenset(numbers(in_digits(joined))) if has_digits else frozenset())


def test_digits_said_one_sentence_each_after_a_question_are_found() -> None:
    kept, found = masked("Cuatro. Ocho. Dos. Uno. Adiós.", before="¿Cuál es tu PIN?")
    assert (kept, found) == ("(…) (…) (…) (…) Adiós.", frozenset({"secret"}))


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("¿Cuál es tu PIN?", {"secret"}),
        ("What's your card number?", {"card"}),
        ("¿Cuál es tu color favorito?", set()),
        ("", set()),
    ],
)
def test_bare_number_is_what_was_asked_for(before: str, found: set[str]) -> None:
    assert classes("482 193", before) == found


def test_key_of_several_lines_is_one_secret() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\nIBADAN\n-----END PRIVATE KEY-----"
    assert masked(f"Hola.\n{key}\nAdiós.") == (
        f"Hola.\n{PRIVATE_MARK}\nAdiós.",
        frozenset({"secret"}),
    )


@pytest.mark.parametrize("said", PRIVATE, ids=lambda said: said.text[:40])
def test_private_sentence_is_replaced_to_its_last_digit(said: Sentence) -> None:
    kept, _ = masked(f"Hola. {said.text}", said.before)
    assert kept.endswith(PRIVATE_MARK)
    assert not any(character.isdigit() for character in kept)


@given(PIECES)
@settings(deadline=None, max_examples=300)
def test_masking_twice_is_masking_once(pieces: list[str]) -> None:
    kept, _ = masked(" ".join(pieces))
    assert masked(kept) == (kept, frozenset())


@given(st.text(st.characters(), max_size=200), st.text(st.characters(), max_size=60))
@settings(deadline=None)
def test_no_text_is_too_strange(text: str, before: str) -> None:
    kept, found = masked(text, before)
    assert classes(text, before) == found
    assert bool(found) or kept == text


@pytest.mark.parametrize(
    "unit", ["1 ", "11.", "a", "A1+", "uno ", "mil ", "mi clave de ", "tengo ", "ES91", ". "]
)
def test_text_of_100_kb_is_read_to_its_end(unit: str) -> None:
    """Bounded by the test run's own time limit: a quadratic rule takes minutes here."""
    text = (unit * 100_000)[:100_000]
    kept, _ = masked(f"{text}\nMi PIN es 4821")
    assert kept.endswith(PRIVATE_MARK)


def test_number_behind_an_announcement_and_a_word_in_between_is_private() -> None:
    before = "Te voy a decir el PIN de mi tarjeta\nVale, dímelo."
    assert classes("7391", before)
    assert not classes("hola, ¿qué tal?", before)


def test_card_at_either_end_of_a_flood_of_digits_is_found() -> None:
    card, flood = "4111 1111 1111 1111", "4. " * 5_000
    assert "card" in classes(f"{card} {flood}")
    assert "card" in classes(f"{flood} {card}")


def test_text_that_announces_something_is_known_to_at_the_first_look() -> None:
    told = {line for s in SAID for line in (s.text, *s.before.split("\n")) if line}
    announcing = [line for line in told if _announced(read(line))]
    assert len(announcing) > len(told) / 10
    assert [line for line in announcing if not may_announce(line)] == []
    assert sum(map(may_announce, told)) < len(told) * 0.9
