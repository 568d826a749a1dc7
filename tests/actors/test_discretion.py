"""Which turns are private, by what a person says and by the time that passes."""

import pytest

from robi.actors.discretion import BARE_WORDS, VISIT_S, Discretion, Intent
from robi.people.consent import Wish
from robi.speech.pieces import Consent
from robi.speech.scene import Wish as WishKind

ANA, LUIS, STRANGER = "user_ana", "user_luis", "stranger:1"
INCOGNITO = "esto no lo recuerdes"
RESUME = "ya puedes recordar"


def hear(text: str) -> Intent:
    return Discretion().hear(ANA, text, 0.0)


def visiting() -> Discretion:
    """The robot of Ana, who has asked at 0 s that nothing be kept."""
    discretion = Discretion()
    discretion.hear(ANA, INCOGNITO, 0.0)
    return discretion


@pytest.mark.parametrize("text", ["", "hola", "ayer olvidé las llaves"])
def test_words_that_ask_nothing_of_the_memory_are_kept(text: str) -> None:
    assert hear(text) == Intent(None, None, private=False, incognito=False, looks_back=False)


# ── incognito ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", [INCOGNITO, "don't remember this", "modo incógnito"])
def test_visit_is_private_from_the_words_that_begin_it(text: str) -> None:
    intent = hear(text)
    assert (intent.told, intent.private, intent.incognito) == ("incognito", True, True)


@pytest.mark.parametrize("text", ["", "tengo un secreto"])
def test_visit_lasts_whatever_is_said_or_in_sound(text: str) -> None:
    intent = visiting().hear(ANA, text, 1.0)
    assert (intent.told, intent.private, intent.incognito) == (None, True, True)


def test_visit_ends_with_the_words_that_let_the_robot_remember_again() -> None:
    discretion = visiting()
    intent = discretion.hear(ANA, RESUME, 1.0)
    assert (intent.told, intent.private, intent.incognito) == ("resume", False, False)
    assert not discretion.hear(ANA, "hola", 2.0).private


def test_visit_of_one_person_hides_nothing_of_another() -> None:
    assert not visiting().hear(LUIS, "hola", 1.0).private


def test_visit_lasts_for_who_comes_back_after_another_spoke() -> None:
    discretion = visiting()
    discretion.hear(LUIS, "hola", 1.0)
    assert discretion.hear(ANA, "hola otra vez", 2.0).private


def test_visit_is_the_same_before_every_robot_of_the_house() -> None:
    visits: dict[str, float] = {}
    Discretion(visits).hear(ANA, INCOGNITO, 0.0)
    assert Discretion(visits).hear(ANA, "hola", 1.0).private
    Discretion(visits).hear(ANA, RESUME, 2.0)
    assert visits == {}


def test_visit_covers_a_stranger_before_the_same_robot() -> None:
    assert visiting().hear(STRANGER, "hola", 1.0).private


def test_visit_covers_no_stranger_before_another_robot() -> None:
    discretion = visiting()
    assert not Discretion(discretion.visits).hear(STRANGER, "hola", 1.0).private


def test_visit_covers_no_stranger_once_it_is_over() -> None:
    discretion = visiting()
    discretion.hear(ANA, RESUME, 1.0)
    assert not discretion.hear(STRANGER, "hola", 2.0).private


def test_visit_is_not_made_longer_by_what_a_stranger_says() -> None:
    discretion = visiting()
    discretion.hear(STRANGER, "hola", VISIT_S)
    assert not discretion.hear(ANA, "hola", VISIT_S + 1).private


def test_visit_lasts_through_a_silence_that_is_short_enough() -> None:
    assert visiting().hear(ANA, "hola", VISIT_S).private


def test_visit_is_over_after_a_long_silence() -> None:
    assert not visiting().hear(ANA, "hola", VISIT_S + 0.001).private


def test_visit_lasts_as_long_as_the_silences_in_it_are_short() -> None:
    discretion = visiting()
    discretion.hear(ANA, "hola", VISIT_S)
    assert discretion.hear(ANA, "adiós", 2 * VISIT_S).private


@pytest.mark.parametrize(("kind", "private"), [("incognito", True), ("resume", False)])
def test_visit_that_is_wished_aloud_holds_for_the_next_words(kind: Consent, private: bool) -> None:
    discretion = Discretion() if private else visiting()
    discretion.wish(ANA, kind, 0.0)
    assert discretion.hear(ANA, "hola", 1.0).private is private


# ── forgetting ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("olvida eso", "forget_that"),
        ("forget that", "forget_that"),
        ("olvida lo que te dije de mi hermana", "forget_about"),
        ("olvida todo lo que sabes de mí", "forget_all"),
    ],
)
def test_wish_to_forget_is_private_for_this_turn_only(text: str, kind: WishKind) -> None:
    discretion = Discretion()
    intent = discretion.hear(ANA, text, 0.0)
    assert (intent.told, intent.private, intent.incognito) == (kind, True, False)
    assert not discretion.hear(ANA, "hola", 1.0).private


def test_forget_that_which_says_nothing_else_looks_back() -> None:
    assert hear("Robi, por favor, olvida eso").looks_back


def test_forget_that_beside_what_it_is_about_looks_back_at_nothing() -> None:
    text = "ayer discutí con mi hermana por el coche, olvida eso"
    assert len(text.split()) > BARE_WORDS
    intent = hear(text)
    assert (intent.told, intent.looks_back) == ("forget_that", False)


def test_wish_that_a_model_heard_looks_back_and_is_private() -> None:
    intent = Intent.heard("forget_that")
    assert (intent.wish, intent.private, intent.looks_back) == (Wish("forget_that"), True, True)


# ── remembering ───────────────────────────────────────────────────────────────────────────


def test_what_is_told_to_be_remembered_is_handed_on_in_the_words_of_the_person() -> None:
    intent = hear("Recuerda que mi perro se llama Toby")
    assert (intent.told, intent.remember) == ("remember", "mi perro se llama Toby")
    assert not intent.private


def test_what_is_too_private_to_be_remembered_is_not_handed_on() -> None:
    intent = hear("recuerda que mi PIN es 4821")
    assert (intent.told, intent.remember) == ("too_private", None)


def test_repr_of_an_intent_does_not_show_what_it_is_about() -> None:
    assert "Toby" not in repr(hear("recuerda que mi perro se llama Toby"))


def test_visit_begun_by_a_face_that_was_not_recognised_goes_on_when_it_is() -> None:
    discretion = Discretion()
    discretion.hear(STRANGER, INCOGNITO, 0.0)
    assert discretion.hear(ANA, "hola", 1.0).private


def test_visit_begun_by_a_face_that_was_not_recognised_is_ended_by_who_it_was() -> None:
    discretion = Discretion()
    discretion.hear(STRANGER, INCOGNITO, 0.0)
    discretion.hear(ANA, RESUME, 1.0)
    assert not discretion.hear(ANA, "hola", 2.0).private
