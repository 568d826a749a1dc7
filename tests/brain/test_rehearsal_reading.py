"""What the rehearsal reads out of a text, before the same answer that checks a model."""

from random import Random

import pytest
from attrs import evolve

from robi.brain.base import BrainRequest, Said, Scene
from robi.brain.rehearsal_reply import answer
from robi.errors import Language
from robi.speech.read_answer import ReadAnswer
from robi.speech.read_prompts import decline_words
from robi.speech.reading import Passage, Reading

PLANTS = Passage(
    "bio",
    "Biología",
    ("La fotosíntesis",),
    "f",
    "p. 12",
    "Las plantas fabrican su alimento. De la «luz» [solar] sacan la energía. La describió Jan "
    "Ingenhousz en 1779.",
)
MOON = Passage("sky", "The sky", (), "", "", "The moon reflects the light of the sun. It is far.")
TEXTS = Reading((PLANTS, MOON))


def read(question: str, reading: Reading, language: Language = "es") -> ReadAnswer:
    scene = Scene(language, "Robi", reading=reading)
    reply = answer(BrainRequest("", (), Said("person", question), scene, 100, 0.0), Random(1))
    written = reply.written()
    assert written.startswith("[emotion:")
    told = ReadAnswer("r1", Random(1), language)
    told.rest_on(reading)
    told.feed(written)
    told.close()
    assert told.dropped_citations == 0
    return told


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("¿Quién describió la fotosíntesis?", "La describió Jan Ingenhousz en 1779."),
        ("¿De dónde sacan la energía las plantas?", "De la «luz» [solar] sacan la energía."),
        ("What does the moon reflect?", "The moon reflects the light of the sun."),
    ],
)
def test_question_is_answered_with_the_sentence_that_has_most_to_do_with_it(
    question: str, quote: str
) -> None:
    told = read(question, TEXTS)
    assert quote in [citation.quote for citation in told.citations]
    assert quote.rstrip(".") in told.text
    assert "[1]" in told.text


def test_answer_is_in_the_language_of_the_question() -> None:
    assert "rehearsing" in read("What does the moon reflect?", TEXTS).text
    assert "ensayando" in read("¿Qué refleja the moon?", TEXTS, "en").text


@pytest.mark.parametrize("question", ["¿Cuánto cuesta un coche eléctrico?", "Who won the war?"])
@pytest.mark.parametrize("selected", [False, True])
def test_question_that_no_sentence_has_to_do_with_is_declined(
    question: str, selected: bool
) -> None:
    reading = evolve(TEXTS, passages=(PLANTS,), selected=selected)
    told = read(question, reading)
    assert (told.text, told.declined) == (decline_words("es", selected=selected), True)


@pytest.mark.parametrize(
    ("question", "honest"),
    [
        ("Explícamelo", "no sé explicarlo"),
        ("¿Qué significa esto?", "no sé explicarlo"),
        ("Resume", "no sé resumir"),
        ("Traduce esto", "no sé traducir"),
        ("¿De dónde sacan la energía?", "lo seleccionado dice"),
    ],
)
def test_selection_gets_an_honest_answer_that_quotes_it(question: str, honest: str) -> None:
    told = read(question, Reading((PLANTS,), selected=True))
    assert honest in told.text
    assert told.citations


def test_question_about_nothing_is_told_that_it_is_a_rehearsal() -> None:
    told = read("¿Qué tal?", Reading(wanted=False))
    assert "ensayando" in told.text
    assert not told.declined
