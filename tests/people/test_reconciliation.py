"""How something new goes together with what is known."""

from random import Random

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from robi.people.candidates import PINNED, Candidate
from robi.people.reconciliation import (
    Merge,
    New,
    Strengthen,
    Supersede,
    Verdict,
    reconcile,
    strengthened,
)
from robi.people.slots import slot_of


@frozen
class Known:
    memory_id: str
    content: str
    importance: int = 6
    subject: str = ""
    slot: str | None = None
    created_at: float = 0.0


def new(content: str, importance: int = 6) -> Candidate:
    subject, slot = slot_of(content) or ("", None)
    return Candidate("fact", content, importance, subject, slot)


def told(content: str, *known: str, importance: int = 6) -> Verdict:
    """Return the verdict on `content` when this is known: memories m0, m1, …"""
    memories = []
    for number, text in enumerate(known):
        subject, slot = slot_of(text) or ("", None)
        memories.append(Known(f"m{number}", text, 6, subject, slot, float(number)))
    candidate = new(content, importance)
    place = (candidate.subject, candidate.slot)
    in_slot = [m for m in memories if m.slot is not None and (m.subject, m.slot) == place]
    return reconcile(candidate, in_slot, memories)


@pytest.mark.parametrize(
    ("known", "content"),
    [
        ("Le gusta el ajedrez", "Le gusta el ajedrez"),
        ("Le gusta el ajedrez", "Le encanta el ajedrez."),
        ("Likes chess", "Loves playing chess"),
        ("Vive en Lugo con su hermana", "vive en LUGO"),
        ("Ya no vive en Lugo", "No vive en Lugo"),
        ("Tiene 34 años", "Ha cumplido 34 años"),
        ("Mañana va al dentista", "Mañana va al dentista"),
        ("Tiene un perro blanco muy viejo", "Tiene un perro muy viejo"),
    ],
)
def test_same_said_again_strengthens(known: str, content: str) -> None:
    assert told(content, known) == Strengthen("m0", 7)


@pytest.mark.parametrize(
    ("known", "content"),
    [
        ("Vive en Bilbao", "Se ha mudado a Madrid"),
        ("Vive en Bilbao", "Ya no vive en Bilbao"),
        ("Vive en Bilbao", "Vive en Bilbao con su hermana"),
        ("Le gusta el ajedrez", "Ya no le gusta el ajedrez"),
        ("No le gusta el ajedrez", "Le gusta el ajedrez"),
        ("Likes chess", "Hates chess"),
        ("Tiene 34 años", "Tiene 35 años"),
        ("Su madre se llama Eva", "Su madre se llama Ana"),
        ("Su color favorito es el azul", "Su color favorito es el verde"),
        ("Tiene un perro viejo", "Tiene un perro viejo y blanco"),
    ],
)
def test_new_supersedes_the_old_in_its_slot_or_with_fewer_words(known: str, content: str) -> None:
    assert told(content, known) == Supersede(("m0",))


@pytest.mark.parametrize(
    ("known", "content"),
    [
        ("Le gusta el té verde", "Le gusta el té negro"),
        ("Le gusta el té", "Le gusta el té verde"),
        ("Su hija se llama Eva", "Su hija se llama Ana"),
        ("Tiene una hija, Eva", "Tiene una hija, Ana"),
        ("Su hija vive en Lugo", "Su hija vive en Vigo"),
        ("Su madre vive en Lugo", "Vive en Lugo"),
        ("Tiene dos hijos", "Tiene tres hijos"),
        ("Tiene 2 hijos", "Tiene 3 hijos"),
        ("Va al cine los lunes", "No va al cine los lunes"),
        ("Come carne", "Nunca come carne"),
        ("Tiene un perro", "Su hermana tiene un perro"),
        ("Quiere a Eva", "Eva quiere a Ana"),
        ("Eva quiere a Ana", "Ana quiere a Eva"),
        ("Va al dentista", "Va al dentista el lunes con su hermana la pequeña en coche"),
        ("Fue al dentista", "Va al dentista"),
        ("Ha comprado un coche", "Toca el piano"),
    ],
)
def test_something_else_is_new(known: str, content: str) -> None:
    assert told(content, known) == New()


def test_several_alike_become_the_one_that_says_most() -> None:
    alike = ("Toca el piano clásico", "Toca el piano clásico muy bien", "Baila bien")
    assert told("Toca el piano muy bien", *alike) == Merge(("m0", "m1"), alike[1])
    richest = "Toca el piano clásico muy bien siempre"
    assert told(richest, *alike) == Merge(("m0", "m1"), richest)


@pytest.mark.parametrize(("before", "after"), [(1, 2), (8, 9), (9, 9), (10, 10)])
def test_memory_heard_again_weighs_more_but_is_not_pinned_by_it(before: int, after: int) -> None:
    assert strengthened(before) == after


@pytest.mark.parametrize("known", ["Vive en Lugo", "Toca el piano"])
def test_memory_told_again_on_purpose_is_pinned(known: str) -> None:
    assert told(known, known, importance=PINNED) == Strengthen("m0", PINNED)


def test_memory_that_is_alike_but_of_somebody_else_is_left_alone() -> None:
    candidate = Candidate("fact", "Toca el piano", 6, "eva")
    assert reconcile(candidate, [], [Known("m0", "Toca el piano")]) == New()


def test_slot_that_only_the_model_knows_is_superseded_unless_the_same_is_said() -> None:
    candidate = Candidate("fact", "Estudia en el Instituto Norte", 6, slot="school")
    same = Known("m0", "Estudia en el Instituto Norte", slot="school")
    other = Known("m1", "Estudia en el colegio", slot="school")
    assert reconcile(candidate, [same], []) == Strengthen("m0", 7)
    assert reconcile(candidate, [other], []) == Supersede(("m1",))


WORDS = st.sampled_from(
    [
        "Eva",
        "Ana",
        "Lugo",
        "Vigo",
        "gusta",
        "le",
        "té",
        "verde",
        "negro",
        "no",
        "nunca",
        "vive",
        "en",
        "tiene",
        "un",
        "perro",
        "gato",
        "2",
        "3",
        "hija",
    ]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


@given(SENTENCES)
def test_memory_told_again_word_for_word_always_strengthens(content: str) -> None:
    assert told(content, content) == Strengthen("m0", 7)


@given(SENTENCES, st.lists(SENTENCES, max_size=6))
def test_memory_gives_way_only_in_its_slot_or_to_all_of_its_words(
    content: str, known: list[str]
) -> None:
    match told(content, *known):
        case Supersede(memory_ids):
            stays = content
        case Merge(memory_ids, content=stays):
            assert stays in {content, *known}
        case _:
            return
    for memory_id in memory_ids:
        old = known[int(memory_id[1:])]
        small = {"en", "un", "le", "te"}
        in_slot = slot_of(old) is not None and slot_of(old) == slot_of(content)
        assert in_slot or set(old.lower().split()) - small <= set(stays.lower().split())


@given(SENTENCES, st.lists(SENTENCES, max_size=6), st.randoms())
def test_verdict_does_not_depend_on_the_order_of_what_is_known(
    content: str, known: list[str], shuffle: Random
) -> None:
    memories = [
        Known(f"m{n}", text, 6, *(slot_of(text) or ("", None))) for n, text in enumerate(known)
    ]
    mixed = list(memories)
    shuffle.shuffle(mixed)
    assert reconcile(new(content), [], memories) == reconcile(new(content), [], mixed)
