"""Headings and blocks as they come, and what is seen of a text."""

import pytest

from robi.errors import FileTooLarge
from robi.texts.base import MAX_CHARACTERS, MAX_TITLE
from robi.texts.document import Outline, clean, many_lines, one_line, shortened


def test_path_of_a_heading_is_all_that_are_less_deep() -> None:
    outline = Outline()
    for level, words in ((3, "a"), (1, "b"), (2, "c"), (9, "d"), (2, "e")):
        outline.head(level, words)
    assert [section.heading for section in outline.sections()] == [
        ("a",),
        ("b",),
        ("b", "c"),
        ("b", "c", "d"),
        ("b", "e"),
    ]


def test_text_over_its_bound_is_refused() -> None:
    outline = Outline()
    outline.add("a" * MAX_CHARACTERS)
    with pytest.raises(FileTooLarge):
        outline.add("a")


def test_what_cannot_be_seen_is_taken_away_and_letters_are_composed() -> None:
    assert clean("an\u0303o\u00ad\u200b\ufeff\r\nb\x07\u00a0c\r") == "año\nb  c\n"


def test_white_space_of_a_paragraph_is_one_space_and_of_lines_their_common_indent_goes() -> None:
    assert one_line(" a\n\tb  c ") == "a b c"
    assert many_lines("\n    a\n\n      b  c  \n") == "a\n  b  c"


def test_long_title_is_shortened() -> None:
    assert shortened("a" * MAX_TITLE) == "a" * MAX_TITLE
    assert shortened("a" * (MAX_TITLE + 1)) == "a" * (MAX_TITLE - 1) + "…"
