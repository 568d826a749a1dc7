import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.speech.names import MAX_NAME, MAX_SLUG, clean_name, slug


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        (" Ana ", "Ana"),
        ("Ana\n María", "Ana María"),
        ("[Ana]", "Ana"),
        ("«José Luis».", "José Luis"),
        ("O'Neil-Pérez", "O'Neil-Pérez"),
        ("An\u202ea\x00", "Ana"),
        ("李小龍", "李小龍"),
        ("x" * 100, "x" * MAX_NAME),
    ],
)
def test_name_is_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize(
    "name", ["", " ", "[]", "unknown", "Unknown.", "NAME", "NOMBRE", "desconocido", "123", "😀"]
)
def test_name_that_is_none_is_rejected(name: str) -> None:
    assert clean_name(name) is None


@given(st.text())
def test_name_however_written_is_short_clean_and_stable(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned is None or (
        0 < len(cleaned) <= MAX_NAME
        and not set(cleaned) & set("[]\n\x00")
        and clean_name(cleaned) == cleaned
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana", "ana"),
        ("José María Núñez", "jose_maria_nunez"),
        ("Ærøskøbing", "aeroskobing"),
        ("Strauß", "strauss"),
        ("O'Neil-Pérez", "o_neil_perez"),
        ("李小龍", "friend"),
        ("", "friend"),
        ("a" * 31 + " b", "a" * 31),
    ],
)
def test_slug_of_a_name_is_plain(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text())
def test_slug_of_anything_is_a_bounded_word(name: str) -> None:
    assert re.fullmatch(rf"[a-z0-9_]{{1,{MAX_SLUG}}}", slug(name))
