"""What the rehearsal reads out of a text, before the same answer that checks a model."""

from random import Random

import pytest
from attrs import evolve

from robi.brain.base import BrainRequest, Said, Scene
from robi.brain.rehearsal_reading import NO_EVIDENCE
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


PRIZES = Passage(
    "prizes",
    "Premios",
    ("Ciencia", "Los premios Nobel"),
    "nobel",
    "",
    "Marie Curie ganó dos premios Nobel. Se dan cada año en Estocolmo. El primero que los ganó "
    "siendo español fue Santiago Ramón y Cajal, que lo recibió en 1906. Un premio vale mucho.",
)
WAR = Passage("war", "Guerras", ("La guerra",), "", "", "La guerra mundial acabó. Duró 1500 días.")
PRIZED = Reading((PRIZES, WAR, PLANTS))


@pytest.mark.parametrize(
    "question",
    [
        "¿Quién ganó la liga?",  # a common verb is shared
        "¿Quién ganó el mundial?",  # and the half of it
        "¿Cuándo se recibió la carta del banco?",  # one word of three
        "¿Qué hora es?",  # nothing but common words
        "¿Y eso?",  # nothing at all
    ],
)
def test_text_that_shares_too_little_with_a_question_is_not_read_out(question: str) -> None:
    told = read(question, PRIZED)
    assert (told.declined, told.citations) == (True, [])


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("¿Quién ganó un premio Nobel?", "Marie Curie"),
        ("¿Cuándo ganó el primer español el Nobel?", "El primero"),
        ("¿Cuánto duró la guerra?", "Duró 1500 días"),
        ("premios", "Marie Curie"),
        ("¿Qué es la fotosíntesis?", "Las plantas fabrican"),
        ("¿Quién descrivió la fotosíntesis?", "La describió"),
    ],
)
def test_sentence_is_chosen_that_holds_what_is_asked_for(question: str, begins: str) -> None:
    assert any(each.quote.startswith(begins) for each in read(question, PRIZED).citations)


def test_question_that_goes_on_is_about_what_was_asked_before() -> None:
    before = Said("person", "¿Qué fue la guerra mundial?"), Said("robot", "No lo sé.")
    scene = Scene("es", "Robi", reading=PRIZED)
    asked = BrainRequest("", before, Said("person", "¿Y cuánto duró?"), scene, 100, 0.0)
    assert "1500" in answer(asked, Random(1)).text
    unasked = BrainRequest("", (), Said("person", "¿Y cuánto?"), scene, 100, 0.0)
    assert answer(unasked, Random(1)).text == NO_EVIDENCE


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Where does the energy come from?", "De la"),  # energía
        ("Who wrote this in 1779?", "La describió"),
        ("How does photosynthesis begin?", None),
        ("¿Qué dice?", "Las plantas"),
        ("¿Qué es esto?", "Las plantas"),
    ],
)
def test_selection_in_another_language_is_read_out_where_a_word_or_number_is_shared(
    question: str, begins: str | None
) -> None:
    told = read(question, Reading((evolve(PLANTS, heading=()),), selected=True))
    assert told.declined == (begins is None)
    assert begins is None or told.citations[0].quote.startswith(begins)


def test_question_about_nothing_is_told_that_it_is_a_rehearsal() -> None:
    told = read("¿Qué tal?", Reading(wanted=False))
    assert "ensayando" in told.text
    assert not told.declined
