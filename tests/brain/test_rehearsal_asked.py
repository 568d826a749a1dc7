"""What the rehearsal takes of a reader's question."""

import pytest

from robi.brain.rehearsal_asked import Wanted, asked, holds, roots


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("crystal", "cristal"),
        ("atmosphere", "atmósfera"),
        ("inbentó", "inventó"),
        ("volcanes", "Volcán"),
        ("1969", "1969"),
    ],
)
def test_words_that_sound_alike_have_one_root(one: str, other: str) -> None:
    assert roots(one) == roots(other) != frozenset()


def test_word_that_begins_like_one_of_asking_tells() -> None:
    assert asked("¿Cuál es la capital?").telling == roots("capital")
    assert asked("¿Qué dice el capítulo?").roots == frozenset()


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("¿Cuántas lunas tiene Júpiter?", "number"),
        ("¿En qué año se pisó la Luna?", "number"),
        ("when did it begin", "number"),
        ("How far is the sun?", "number"),
        ("¿Quién inventó el láser?", "name"),
        ("cómo se llamaba la nave", "name"),
        ("Who wrote it?", "name"),
        ("¿Qué es un quásar?", "meaning"),
        ("What is a quasar?", "meaning"),
        ("¿Por qué llueve?", None),
    ],
)
def test_what_is_wanted_is_told_from_the_question(question: str, wants: Wanted | None) -> None:
    assert asked(question).wants == wants


@pytest.mark.parametrize(
    ("sentence", "wanted", "there"),
    [
        ("Tiene 95 lunas.", "number", True),
        ("Tiene veinte lunas.", "number", True),
        ("Cobraba la mitad.", "number", True),
        ("Tiene una luna.", "number", False),
        ("Lo hizo Theodore Maiman.", "name", True),
        ("Él lo hizo.", "name", False),
        ("Un quásar es un núcleo.", "meaning", True),
        ("Brilla mucho.", "meaning", False),
        ("Tiene 95 lunas.", None, False),
    ],
)
def test_what_is_wanted_is_found_in_a_sentence(
    sentence: str, wanted: Wanted | None, there: bool
) -> None:
    assert holds(sentence, wanted) is there


def test_words_of_asking_tell_nothing_and_common_ones_are_no_subject() -> None:
    question = asked("¿Puedes explicarme quién ganó la liga?")
    assert question.telling == roots("liga")
    assert question.roots == roots("liga ganó")
    assert asked("¿Qué dice el texto?").roots == frozenset()


def test_question_in_common_words_is_asked_together_with_the_one_before() -> None:
    assert asked("¿Y cuánto tarda?", "¿Quién inventó el láser?").telling == roots("inventó láser")
    assert asked("¿Y cuánto tarda?").telling == frozenset()
    assert asked("¿Y el maser?", "¿Quién inventó el láser?").telling == roots("maser")


def test_weights_are_shares_of_a_question_and_rare_long_words_have_most() -> None:
    question = asked("¿Por qué ganó la liga el campeonato?")
    places = [roots("ganó la liga"), roots("la liga de campeonato"), roots("otra cosa")]
    weights = question.weights(places)
    assert sum(weights.values()) == pytest.approx(1.0)
    liga, campeonato, gano = (weights[next(iter(roots(w)))] for w in ("liga", "campeonato", "ganó"))
    assert gano < liga < campeonato
    assert asked("").weights(places) == {}
