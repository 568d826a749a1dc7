"""Words as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.people.words import SHORTEST_STEM, STOP_WORDS, all_words, fold, gist, stem, terms


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Árbol", "arbol"),
        ("a\u0301rbol", "arbol"),
        ("CIGÜEÑA", "ciguena"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("℡", "tel"),
        ("İzmir", "izmir"),
        ("Rock & Roll", "rock & roll"),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_text_folded_twice_is_as_folded_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Le gusta el ajedrez", ("gusta", "ajedrez")),
        ("¿Te acuerdas de cómo se llama mi perro?", ("llama", "perro")),
        ("Ana's dog doesn't bark", ("ana", "dog", "bark")),
        ("Do you remember my sister?", ("sister",)),
        ("Tiene 2 hijos y un gato", ("tiene", "2", "hijos", "gato")),
        ("gato, Gato y GATO", ("gato",)),
        ("a_b snake_case", ("snake", "case")),
        ("¿Y tú qué?", ()),
        ("", ()),
    ],
)
def test_terms_are_what_says_something(text: str, said: tuple[str, ...]) -> None:
    assert terms(text) == said


@given(st.text())
def test_terms_of_anything_are_its_words_each_once_and_in_order(text: str) -> None:
    said = terms(text)
    first_seen = {word: place for place, word in reversed(list(enumerate(all_words(text))))}
    assert sorted(said, key=first_seen.__getitem__) == list(said)
    assert len(set(said)) == len(said)
    assert not STOP_WORDS & set(said)


@given(st.text())
def test_terms_of_the_terms_are_the_same(text: str) -> None:
    said = terms(text)
    assert terms(" ".join(said)) == said


@pytest.mark.parametrize(
    ("memory", "words"),
    [
        ("Vive en Lugo", "Yo vivo en Lugo"),
        ("Le gusta el ajedrez", "me encanta el ajedrez"),
        ("Likes chess", "I love chess"),
        ("Su perro se llama Toby", "mi perro se llama Toby"),
    ],
)
def test_gist_of_a_memory_is_that_of_the_words_it_came_from(memory: str, words: str) -> None:
    assert gist(memory) == gist(words)


def test_gist_of_grammar_alone_is_the_terms() -> None:
    assert gist("Le gusta su trabajo") == ("gusta", "trabajo")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("gato", "gatos"),
        ("color", "colores"),
        ("coche", "coches"),
        ("padre", "padres"),
        ("dog", "dogs"),
        ("box", "boxes"),
        ("watch", "watches"),
        ("story", "stories"),
        ("rey", "reyes"),
    ],
)
def test_stem_of_one_is_that_of_many(one: str, many: str) -> None:
    assert stem(one) == stem(many)


@pytest.mark.parametrize(
    ("one", "other"),
    [("gato", "gata"), ("te", "tes"), ("negro", "verde"), ("eva", "evo"), ("glass", "gla")],
)
def test_stems_of_different_words_differ(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@given(st.text())
def test_stem_begins_its_word_and_is_not_too_short(text: str) -> None:
    for term in terms(text):
        assert term.startswith(stem(term))
        assert len(stem(term)) >= min(len(term), SHORTEST_STEM)


@pytest.mark.parametrize("text", ["el té", "EL TÉ", "el te\u0301"])
def test_tea_is_a_word_that_says_something(text: str) -> None:
    assert terms(text) == ("te",)


def test_pronoun_that_is_written_like_tea_says_nothing() -> None:
    assert terms("te quiero") == ("quiero",)
