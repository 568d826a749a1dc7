"""What it is time for, in words, and in the prompt."""

import pytest

from robi.errors import Language
from robi.speech.due import due_in_words
from robi.speech.prompts import question, system_instruction
from robi.speech.scene import DueNow, Scene

AT = "2026-02-08T18:30+01:00"
PASTA = DueNow("timer", "la pasta", AT)
CALL = DueNow("reminder", "llamar a Luis", AT, late=True)
BARE = DueNow("timer", "", AT)
ANOTHER = DueNow("timer", "", AT, theirs=False, late=True)


def scene(*due: DueNow, language: Language = "es") -> Scene:
    return Scene(language, "Robi", "user_ana", "Ana", due=due)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ((PASTA,), "Ha terminado un temporizador: la pasta."),
        ((BARE,), "Ha terminado un temporizador."),
        ((ANOTHER,), "Ha sonado un temporizador."),
        ((ANOTHER, ANOTHER), "Ha sonado un temporizador."),
        (
            (CALL,),
            "Perdona, no pude decírtelo a tiempo. Me pediste que te recordara esto: llamar a Luis.",
        ),
        (
            (PASTA, BARE),
            "Ha terminado un temporizador: la pasta. Ha terminado un temporizador.",
        ),
        ((DueNow("reminder", "", AT),), "Me pediste que te avisara a esta hora."),
        ((DueNow("timer", "{label}", AT),), "Ha terminado un temporizador: {label}."),
    ],
)
def test_what_is_due_is_said_without_a_model(due: tuple[DueNow, ...], said: str) -> None:
    assert due_in_words(scene(*due), "es") == said


def test_what_is_due_is_said_in_the_language_of_the_robot() -> None:
    assert due_in_words(scene(PASTA), "en") == "A timer is over: la pasta."


def test_prompt_of_what_is_due_has_it_as_data_with_its_time() -> None:
    prompt = system_instruction(scene(PASTA))
    assert '{"timer": "la pasta"}' in prompt
    assert f'{{"due_at": "{AT}"}}' in prompt
    assert "hablas tú" in prompt


def test_prompt_of_what_is_late_says_so_and_of_what_is_not_does_not() -> None:
    late = "no pudiste decirlo"
    assert [late in system_instruction(scene(due)) for due in (CALL, PASTA, ANOTHER)] == [
        True,
        False,
        False,
    ]


def test_prompt_of_another_s_timer_has_neither_time_nor_kind() -> None:
    prompt = system_instruction(scene(ANOTHER))
    assert "due_at" not in prompt
    assert "no es de quien" in prompt


def test_question_of_what_is_due_is_that_nobody_said_anything() -> None:
    assert question(scene(PASTA), "") == "(Es la hora. Nadie ha dicho nada.)"
    assert question(scene(PASTA, language="en"), "").startswith("(It is time.")
