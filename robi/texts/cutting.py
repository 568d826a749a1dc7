"""From a document to passages: by heading, then by length.

Owns where a text is cut. A passage stands under one heading and on one page, and has at most
`MAX_CUT` characters; small paragraphs go together, and one that is longer is divided where a
sentence ends, or a line of a list, else between words. Every word of the document is in exactly one
passage, and they keep their order; a heading is not a passage.
"""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from robi.errors import FileTooLarge
from robi.texts import sentences
from robi.texts.base import MAX_CUT, MAX_CUTS, Cut
from robi.texts.document import Document, Section

_BETWEEN: Final = "\n\n"


@frozen
class _Piece:
    """What fits into one passage: a block, or a part of one."""

    words: str
    glue: str
    """What stands between it and the piece before, if both are in one passage."""
    number: int
    """Of its block, counted over the text."""
    page: int | None


def cut(document: Document, most: int = MAX_CUT) -> tuple[Cut, ...]:
    """Return the passages of a document, none of more than `most` characters.

    Raises:
        FileTooLarge: there are more than `MAX_CUTS`.
    """
    cuts: list[Cut] = []
    count = 0
    for section in document.sections:
        for words, place in _packed(_pieces(section, count, most), most):
            cuts.append(Cut(section.heading, section.anchor, place, words))
            if len(cuts) > MAX_CUTS:
                message = f"the text has more than {MAX_CUTS:,} passages: divide it"
                raise FileTooLarge(message)
        count += len(section.blocks)
    return tuple(cuts)


def _pieces(section: Section, count: int, most: int) -> Iterator[_Piece]:
    for number, block in enumerate(section.blocks, count + 1):
        glue = _BETWEEN
        parts = block.words.split("\n") if block.lines else [block.words]
        if len(block.words) <= most:
            parts = [block.words]
        for part in parts:
            for words in _sentences(part) if len(part) > most else (part,):
                for fitting in _fitting(words, most):
                    yield _Piece(fitting, glue, number, block.page)
                    glue = " "
            glue = "\n"


def _packed(pieces: Iterator[_Piece], most: int) -> Iterator[tuple[str, str]]:
    """Yield passages and their places: as many pieces of a page as fit, one after the other."""
    said = ""
    run: list[_Piece] = []
    for piece in pieces:
        fits = len(said) + len(piece.glue) + len(piece.words) <= most
        if run and fits and piece.page == run[0].page:
            said += piece.glue + piece.words
        else:
            if run:
                yield said, _place(run[0], run[-1])
            said = piece.words.lstrip()
            run.clear()
        run.append(piece)
    if run:
        yield said, _place(run[0], run[-1])


def _place(first: _Piece, last: _Piece) -> str:
    if first.page is not None:
        return f"p. {first.page}"
    return f"¶ {first.number}" + (f"\u2013{last.number}" if last.number > first.number else "")


def _sentences(words: str) -> Iterator[str]:
    start = 0
    for begin in sentences.begins(words):
        yield words[start:begin].rstrip()
        start = begin
    if start < len(words):
        yield words[start:]


def _fitting(words: str, most: int) -> Iterator[str]:
    """Yield pieces that are not too long, cut between words; a longer word is cut through."""
    words = words.rstrip()
    while len(words) > most:
        space = words.rfind(" ", 0, most + 1)
        end = space if space > 0 else most
        yield words[:end].rstrip()
        words = words[end:].lstrip()
    if words:
        yield words
