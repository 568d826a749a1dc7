"""What of a turn is worth keeping."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.people.candidates import (
    IMPORTANCE,
    MAX_CANDIDATES,
    MAX_CONTENT,
    PINNED,
    Candidate,
    Kind,
    admissible,
    from_note,
    may_tell,
)

SAID = "Hola, yo vivo en Lugo y me gusta mucho el ajedrez."


def candidate(
    content: str = "Vive en Lugo", importance: int = 6, quote: str = "vivo en Lugo"
) -> Candidate:
    return Candidate("fact", content, importance, quote=quote)


def test_candidate_with_a_quote_of_the_turn_is_admitted_with_its_slot() -> None:
    (admitted,) = admissible([candidate()], SAID)
    assert admitted == Candidate("fact", "Vive en Lugo", 6, "", "home", "vivo en Lugo")


@pytest.mark.parametrize(
    "quote", ["VIVO EN LUGO", "vivo  en\nlugo", "vivo en Lugo y me gusta", "ajedrez", "Lugo, y"]
)
def test_quote_is_compared_without_case_accents_and_white_space(quote: str) -> None:
    assert len(admissible([candidate(quote=quote)], SAID)) == 1


@pytest.mark.parametrize(
    "quote",
    ["", " ", "vivo en Vigo", "Lugo", "me", "yo", "y me", "ivo en Lug", "ajedre", "gusta ajedrez"],
)
def test_quote_that_is_not_of_the_turn_or_says_nothing_is_none(quote: str) -> None:
    assert admissible([candidate(quote=quote)], SAID) == ()


@pytest.mark.parametrize(("importance", "kept"), [(0, 0), (3, 0), (4, 1), (9, 1)])
def test_candidate_of_little_importance_is_dropped(importance: int, kept: int) -> None:
    assert len(admissible([candidate(importance=importance)], SAID)) == kept


def test_candidate_that_a_model_finds_is_never_pinned() -> None:
    (admitted,) = admissible([candidate(importance=PINNED)], SAID)
    assert admitted.importance == PINNED - 1


def test_candidate_of_an_unknown_kind_is_none() -> None:
    strange = Candidate(cast("Kind", "password"), "Vive en Lugo", 6, quote="vivo en Lugo")
    assert admissible([strange], SAID) == ()


@pytest.mark.parametrize("content", ["", "  ", "\n\t", "\u200b"])
def test_candidate_that_says_nothing_is_none(content: str) -> None:
    assert admissible([candidate(content), from_note("fact", content)], SAID) == ()


def test_candidates_that_say_the_same_are_one() -> None:
    same = [candidate(), candidate("vive  en LUGO."), from_note("event", "Vive en Lugo")]
    assert len(admissible(same, SAID)) == 1


def test_candidates_beyond_those_of_a_turn_are_left_out() -> None:
    many = [candidate("no quote", quote=""), *(candidate(f"Vive en {n}") for n in range(9))]
    assert [each.content for each in admissible(many, SAID)] == [f"Vive en {n}" for n in range(3)]


def test_slot_that_the_sentence_shows_counts_more_than_that_of_the_model() -> None:
    wrong = Candidate("fact", "Vive en Lugo", 6, "", "like:lugo", "vivo en Lugo")
    assert admissible([wrong], SAID)[0].slot == "home"


def test_slot_and_subject_of_the_model_count_where_the_sentence_shows_none() -> None:
    told = Candidate("fact", "Estudia mucho", 6, "hermana Eva", "School", "vivo en Lugo")
    (admitted,) = admissible([told], SAID)
    assert (admitted.subject, admitted.slot) == ("sister eva", "school")


def test_subject_that_only_the_model_knows_is_kept() -> None:
    told = Candidate("fact", "Vive en Lugo", 6, "Eva", None, "vivo en Lugo")
    (admitted,) = admissible([told], SAID)
    assert (admitted.subject, admitted.slot) == ("eva", "home")


@pytest.mark.parametrize("kind", list(IMPORTANCE))
def test_note_of_a_known_kind_needs_no_quote_and_weighs_what_its_kind_does(kind: Kind) -> None:
    (admitted,) = admissible([from_note(f" {kind.upper()} ", "vive en Lugo")], "")
    assert (admitted.kind, admitted.importance) == (kind, IMPORTANCE[kind])


@pytest.mark.parametrize("kind", ["", "secret", "facts", "password"])
def test_note_of_another_kind_is_none(kind: str) -> None:
    assert admissible([from_note(kind, "vive en Lugo")], "") == ()


def test_candidate_does_not_show_what_it_says() -> None:
    assert "Lugo" not in repr(candidate())


@given(st.lists(st.tuples(st.text(), st.integers(), st.text())), st.text())
def test_candidates_admitted_are_few_short_and_quoted_whatever_the_model_writes(
    written: list[tuple[str, int, str]], words: str
) -> None:
    proposed = [
        *(Candidate("fact", content, weight, quote=quote) for content, weight, quote in written),
        *(from_note("event", content) for content, _, _ in written),
    ]
    admitted = admissible(proposed, words)
    assert len(admitted) <= MAX_CANDIDATES
    for each in admitted:
        assert 0 < len(each.content) <= MAX_CONTENT
        assert each.content.split() == each.content.split(" ")
        assert 3 < each.importance < PINNED


@pytest.mark.parametrize("words", ["", "hola", "Buenas noches, Robi", "sí, gracias", "OK, bye!"])
def test_courtesies_tell_nothing(words: str) -> None:
    assert not may_tell(words)


@pytest.mark.parametrize("words", ["soy médico", "me gusta el té", "I'm vegan", "hola, soy Eva"])
def test_words_beside_courtesies_may_tell_something(words: str) -> None:
    assert may_tell(words)
