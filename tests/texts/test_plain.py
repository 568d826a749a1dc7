"""Plain text: paragraphs, and what has always been a heading."""

import pytest

from robi.errors import FileTooLarge
from robi.texts.document import Block, Section
from robi.texts.plain import read


def sections(text: str) -> tuple[Section, ...]:
    return read(text.encode()).sections


def test_paragraph_is_what_stands_between_empty_lines() -> None:
    text = (
        "Una línea larga que sigue y sigue y no se acaba nunca\r\nen otra.\r\n \t\r\nOtro.\r\n\r\n"
    )
    words = "Una línea larga que sigue y sigue y no se acaba nunca en otra."
    assert sections(text) == (Section(blocks=(Block(words), Block("Otro."))),)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("Capítulo IV", ("Capítulo IV",)),
        ("CHAPTER 12: The Moon", ("CHAPTER 12: The Moon",)),
        ("2. Rocas", ("2. Rocas",)),
        ("LAS ROCAS", ("LAS ROCAS",)),
        ("Las rocas\n=========", ("Las rocas",)),
        ("Las rocas\n---------", ("Las rocas",)),
    ],
)
def test_line_that_is_a_heading_heads_what_follows(line: str, path: tuple[str, ...]) -> None:
    assert sections(f"{line}\n\nSon duras.") == (Section(path, "", (Block("Son duras."),)),)


def test_numbers_of_headings_say_how_deep_they_are() -> None:
    found = sections("1. Rocas\n\na\n\n1.2 Duras\n\nb\n\n2. Mar\n\nc")
    assert [section.heading for section in found] == [
        ("1. Rocas",),
        ("1. Rocas", "1.2 Duras"),
        ("2. Mar",),
    ]


@pytest.mark.parametrize("line", ["Parte 2 de la luz.", "En 1905 nació.", "OK", "1905", "A"])
def test_sentence_or_number_is_no_heading(line: str) -> None:
    assert sections(line) == (Section(blocks=(Block(line),)),)


def test_verses_keep_their_lines() -> None:
    verses = "La Luna vino\n  a la fragua\ncon su polisón"
    assert sections(verses)[0].blocks == (Block(verses, lines=True),)


def test_text_of_one_line_of_three_megabytes_is_too_large() -> None:
    with pytest.raises(FileTooLarge):
        read(b"a" * 3_000_000)


@pytest.mark.parametrize("data", [b"", b"\n\n \n", b"\xef\xbb\xbf"])
def test_text_without_words_has_no_sections(data: bytes) -> None:
    assert read(data).sections == ()
