"""Bytes to characters, when nobody says for sure how they were written."""

import pytest

from robi.texts.decoding import decode, is_wide

SAID = "El ñandú corrió: «¡qué frío!»"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_text_in_any_usual_encoding_is_what_was_written(encoding: str) -> None:
    assert decode(SAID.encode(encoding)) == SAID


def test_latin_1_that_is_told_is_read_as_browsers_do() -> None:
    assert decode(b'<meta charset="iso-8859-1">\x93ma\xf1ana\x94') == (
        '<meta charset="iso-8859-1">“mañana”'
    )


def test_encoding_in_the_text_itself_is_believed_when_it_is_no_utf_8() -> None:
    page = '<meta charset="windows-1251">мир'
    assert decode(page.encode("cp1251")) == page


def test_encoding_that_is_unknown_or_no_text_is_not_believed() -> None:
    for name in ("klingon", "base64", "utf-16"):
        assert decode(f"charset={name} ñ".encode("cp1252")) == f"charset={name} ñ"


def test_text_cut_off_inside_a_letter_is_utf_8_all_the_same() -> None:
    assert decode("mañana ñ".encode()[:-1]) == "mañana \ufffd"


def test_nothing_is_nothing() -> None:
    assert decode(b"") == ""


def test_wide_letters_are_told_from_bytes_with_a_zero() -> None:
    assert is_wide("hola".encode("utf-16-le"))
    assert not is_wide(b"hola, que tal estas\0 hola, que tal estas")
