"""What a timer or reminder is for, in words that the robot can say back."""

import pytest

from robi.brain.rehearsal_labels import reminder_label, timer_label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("que llame a mamá", "llamar a mamá"),
        ("de que saque la basura.", "sacar la basura"),
        ("que pague la luz, por favor", "pagar la luz"),
        ("que organice la fiesta", "organizar la fiesta"),
        ("que coma algo", "comer algo"),
        ("que riegue las plantas", "regar las plantas"),
        ("que me tome la pastilla", "tomarme la pastilla"),
        ("que no olvide las llaves", "no olvidar las llaves"),
        ("que tengo que llamar a Luis", "llamar a Luis"),
        ("that I have to call mum", "call mum"),
        ("llamar a mamá", "llamar a mamá"),
        ("de sacar la basura", "sacar la basura"),
        ("to call mum, please", "call mum"),
        ("about the meeting", "the meeting"),
        ("comprar pan para la cena", "comprar pan para la cena"),
        ("", ""),
    ],
)
def test_reminder_label_is_what_is_to_be_done(text: str, label: str) -> None:
    assert reminder_label(text, ()) == label


@pytest.mark.parametrize(
    "text",
    [
        "que tengo cita con el médico",
        "que vence el plazo",
        "que viene la abuela",
        "que la cena esté lista",
        "que José trae pan",
    ],
)
def test_reminder_label_that_no_rule_turns_keeps_its_words(text: str) -> None:
    assert reminder_label(text, ()) == text


def test_reminder_label_is_without_the_time() -> None:
    text = "mañana llamar a mamá a las nueve"
    assert reminder_label(text, ((0, 6), (20, 32))) == "llamar a mamá"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("pon un temporizador para la pasta", "la pasta"),
        ("temporizador para la pasta de", "la pasta"),
        ("set a timer for for the pasta", "the pasta"),
        ("a timer called tea, please", "tea"),
        ("set a pasta timer for", "pasta"),
        ("set a new timer", ""),
        ("pon un temporizador para mí", ""),
        ("pon un temporizador", ""),
    ],
)
def test_timer_label_is_what_it_is_for(text: str, label: str) -> None:
    assert timer_label(text, ()) == label
