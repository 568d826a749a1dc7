"""Ids of headings, as GitHub and Docusaurus make them."""

import pytest

from robi.texts.anchors import Anchors, own


@pytest.mark.parametrize(
    ("words", "anchor"),
    [
        ("Hello World", "hello-world"),
        ("¿Qué es una roca?", "qué-es-una-roca"),
        ("1.2 Sí & no", "12-sí--no"),
        ("a_b-c", "a_b-c"),
        ("C++ / C#", "c--c"),
        ("«Fin»", "fin"),
        ("Ñandú 🦤", "ñandú-"),
        ("日本語", "日本語"),
        ("!", ""),
    ],
)
def test_anchor_is_small_letters_with_hyphens_for_spaces(words: str, anchor: str) -> None:
    assert Anchors().of(words) == anchor


def test_anchor_that_is_there_already_gets_a_number() -> None:
    anchors = Anchors()
    assert [anchors.of(words) for words in ("A", "A", "A 1", "a", "A 1")] == [
        "a",
        "a-1",
        "a-1-1",
        "a-2",
        "a-1-2",
    ]


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("Rocas {#las-rocas}", ("Rocas", "las-rocas")),
        ("Rocas {/* #las-rocas */}", ("Rocas", "las-rocas")),
        ("Rocas {x}", ("Rocas {x}", None)),
        ("{#a} Rocas", ("{#a} Rocas", None)),
    ],
)
def test_id_behind_a_heading_is_its_own(heading: str, parts: tuple[str, str | None]) -> None:
    assert own(heading) == parts
