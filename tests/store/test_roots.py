"""Roots: what of a word finds its family, and what of a question tells something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.store.roots import LIGHT, of_heading, of_passage, of_question, root


@pytest.mark.parametrize(
    "family",
    [
        "volcan volcanes volcanico volcanicas",
        "fotosintesis fotosintetico fotosintetica",
        "planta plantas planto",
        "agua aguas",
        "luz luces",
        "crater crateres",
        "celula celulas celular celulares",
        "girar gira giran girando girado",
        "nacer nacimiento",
        "planet planets planeta planetas",
        "invento inbento inventos",
        "huevo uevo huevos",
        "gas gases",
    ],
)
def test_words_of_one_family_have_one_root(family: str) -> None:
    assert len({root(word) for word in family.split()}) == 1


@pytest.mark.parametrize(
    "strangers", ["sol sal", "roca rio", "luna lima", "hielo hierro", "chico hico"]
)
def test_words_of_different_families_have_different_roots(strangers: str) -> None:
    words = strangers.split()
    assert len({root(word) for word in words}) == len(words)


@given(st.text(st.characters(categories=["Ll", "Nd"]), min_size=1))
def test_root_of_a_word_is_never_empty_and_never_two(word: str) -> None:
    assert root(word)
    assert len(root(word).split()) == 1


def test_sentences_of_a_passage_stand_apart() -> None:
    assert of_passage("El magma sube. ¿Y la lava? Mide 2,5 km\nCielo") == (
        f"magm sub . lab . mid 2 5 km . {root('cielo')}"
    )
    assert of_passage("¡¿…?! —") == of_passage("") == ""


def test_headings_are_one_line_without_words_that_say_nothing() -> None:
    assert of_heading(("El mar", "La Luna")) == "mar lun"
    assert of_heading(()) == ""


def test_question_has_the_words_that_tell_something_and_how_much() -> None:
    assert of_question("¿Por qué tarda tanto tiempo la luz? Explícame el ejemplo") == {
        root("tarda"): LIGHT,
        root("tiempo"): LIGHT,
        "luc": 1.0,
    }
    assert of_question("¿Y por qué?") == of_question("Can you explain that?") == {}


def test_word_that_tells_more_in_another_form_counts_as_that() -> None:
    assert of_question("pone ponente") == {root("pone"): LIGHT, root("ponente"): 1.0}
    assert of_question("vida vidas") == {root("vida"): 1.0}


def test_numbers_are_words_and_single_letters_are_none() -> None:
    assert of_question("q paso en 1960 con 7 x") == {"pas": LIGHT, "1960": 1.0, "7": 1.0}
