"""What of an answer is for the server alone."""

from random import Random

import pytest

from robi.protocol.messages import ServerMessage, TextChunk
from robi.speech.answer import Answer
from robi.speech.endings import Ending


def answered(written: str) -> Answer:
    answer = Answer("r1", None, None, Random(0))
    messages = [*answer.feed(written), *answer.close()]
    assert words_of(messages) == answer.text
    return answer


def words_of(messages: list[ServerMessage]) -> str:
    return "".join(message.text for message in messages if isinstance(message, TextChunk))


@pytest.mark.parametrize(
    ("written", "consent"),
    [
        ("[emotion:happy] Hecho. [forget:that]", "forget_that"),
        ("Hecho. [forget:all][forget:that]", "forget_all"),
        ("Vale. [incognito:on]", "incognito"),
        ("Vale. [incognito:off]", "resume"),
        ("Vale.", None),
    ],
)
def test_wish_that_was_heard_is_kept_and_the_first_counts(
    written: str, consent: str | None
) -> None:
    assert answered(written).consent == consent


def test_wish_that_was_heard_is_not_spoken() -> None:
    assert answered("Hecho. [forget:that]").text == "Hecho."


def test_directions_for_readers_are_not_spoken() -> None:
    said = 'Es azul [cite:1 "el mar es azul"]. Y ya. [none:evidence]'
    assert answered(said).text == "Es azul. Y ya."


@pytest.mark.parametrize("before", ["Voy a ver.", "Voy a ver. ", "Voy a ver.\n"])
def test_answer_that_pauses_goes_on_as_other_words(before: str) -> None:
    answer = Answer("r1", None, None, Random(0))
    messages = [*answer.feed(before), *answer.pause(), *answer.feed("Son 3."), *answer.close()]
    assert words_of(messages).split() == ["Voy", "a", "ver.", "Son", "tres."]
    assert "  " not in answer.text


@pytest.mark.parametrize(
    ("written", "ending", "said"),
    [
        ("El mar es tan", "broken", "El mar es tan… Perdona, se me ha ido el hilo."),
        ("The sea is so", "broken", "The sea is so… Sorry, I lost my thread."),
        ("La mer est si", "broken", "La mer est si… Perdona, se me ha ido el hilo."),
        ("El mar es tan", "short", "El mar es tan… Y aquí lo dejo."),
        ("The sea is so", "short", "The sea is so… And I leave it there."),
        ("Cuesta 5 ", "broken", "Cuesta cinco… Perdona, se me ha ido el hilo."),
        ("Hola. [memory:fact:lik", "broken", "Hola."),
        ("¿Qué tal?", "broken", "¿Qué tal?"),
        ("Dijo «hola.» ", "short", "Dijo «hola.»"),
        ("Pues…", "short", "Pues…"),
        ("", "broken", ""),
        ("[emotion:happy]", "broken", ""),
    ],
)
def test_answer_that_the_model_did_not_end_ends_in_a_whole_sentence(
    written: str, ending: Ending, said: str
) -> None:
    answer = Answer("r1", None, None, Random(0))
    messages = [*answer.feed(written), *answer.end_as(ending, "es")]
    assert (answer.text, words_of(messages)) == (said, said)
