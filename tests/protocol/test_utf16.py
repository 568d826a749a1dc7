import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.protocol.utf16 import length_utf16, prefix_utf16


@pytest.mark.parametrize(
    ("text", "units", "prefix"),
    [
        ("hola", 2, "ho"),
        ("hola", 0, ""),
        ("hola", -1, ""),
        ("hola", 99, "hola"),
        ("ñandú", 5, "ñandú"),
        ("a😀b", 1, "a"),
        ("a😀b", 2, "a"),
        ("a😀b", 3, "a😀"),
        ("a😀b", 4, "a😀b"),
        ("\ud800b", 1, "\ud800"),
    ],
)
def test_prefix_utf16_counts_as_kotlin_does(text: str, units: int, prefix: str) -> None:
    assert prefix_utf16(text, units) == prefix


@given(st.text())
def test_length_utf16_is_the_length_in_code_units(text: str) -> None:
    assert length_utf16(text) == len(text.encode("utf-16-le")) // 2


@given(st.text(), st.integers(0, 40))
def test_prefix_utf16_is_the_longest_that_fits(text: str, units: int) -> None:
    prefix = prefix_utf16(text, units)
    assert text.startswith(prefix)
    assert length_utf16(prefix) <= units
    assert prefix == text or length_utf16(text[: len(prefix) + 1]) > units
