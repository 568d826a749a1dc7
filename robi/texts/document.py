"""A text as all readers hand it over: sections of blocks under headings.

Owns the shapes and what white space means. A reader gives blocks as they come; `Outline` keeps the
path of headings above them.
"""

import re
import unicodedata
from typing import Final

from attrs import define, field, frozen

from robi.errors import FileTooLarge
from robi.texts.base import MAX_CHARACTERS, MAX_TITLE

_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Soft hyphens, zero-width characters and marks of direction: none is a part of a word."""
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_WIDE_SPACE: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SPACE: Final = re.compile(r"\s+")
_DEEPEST: Final = 6


@frozen
class Block:
    """A paragraph, or what is read line by line: a list, a table, code.

    Args:
        lines: whether it may be divided only where a line ends.
        page: on which page of a PDF it begins, from 1.
    """

    words: str
    lines: bool = False
    page: int | None = None


@frozen
class Section:
    """What stands under one heading, before the next."""

    heading: tuple[str, ...] = ()
    anchor: str = ""
    blocks: tuple[Block, ...] = ()


@frozen
class Document:
    """A text. `slug` and `name` are as in `robi.texts.base.Read`."""

    title: str
    sections: tuple[Section, ...]
    slug: str | None = None
    name: str | None = None


@define
class Outline:
    """Takes headings and blocks in their order, and makes sections of them."""

    _sections: list[tuple[tuple[str, ...], str, list[Block]]] = field(factory=list)
    _path: list[tuple[int, str]] = field(factory=list)
    _characters: int = 0

    def head(self, level: int, words: str, anchor: str = "") -> None:
        """Begin what stands under this heading; one without words is none.

        Args:
            level: from 1, the outermost; it ends all that are as deep or deeper.
        """
        title = shortened(one_line(words))
        if not title:
            return
        level = min(level, _DEEPEST)
        self._path = [above for above in self._path if above[0] < level]
        self._path.append((level, title))
        self._sections.append((tuple(words for _, words in self._path), anchor, []))

    def add(self, words: str, *, lines: bool = False, page: int | None = None) -> None:
        """Put a block under the last heading; one without words is none. Raises FileTooLarge."""
        tidied = many_lines(words) if lines else one_line(words)
        if not tidied:
            return
        self._characters += len(tidied)
        if self._characters > MAX_CHARACTERS:
            message = f"the text is longer than {MAX_CHARACTERS:,} characters: divide it"
            raise FileTooLarge(message)
        if not self._sections:
            self._sections.append(((), "", []))
        self._sections[-1][2].append(Block(tidied, lines, page))

    def sections(self) -> tuple[Section, ...]:
        """Return what there is, also the headings under which there is nothing."""
        return tuple(
            Section(path, anchor, tuple(blocks)) for path, anchor, blocks in self._sections
        )


def clean(text: str) -> str:
    """Return the text without what cannot be seen, any space a space; lines end with a feed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize(
        "NFC", _CONTROL.sub(" ", _WIDE_SPACE.sub(" ", _UNSEEN.sub("", text)))
    )


def one_line(text: str) -> str:
    """Return the words of a paragraph with one space between them."""
    return _SPACE.sub(" ", clean(text)).strip()


def many_lines(text: str) -> str:
    """Return lines as they stand, without those that are empty; what all are indented by is not."""
    lines = [line.expandtabs(4).rstrip() for line in clean(text).split("\n")]
    full = [line for line in lines if line]
    indent = min((len(line) - len(line.lstrip()) for line in full), default=0)
    return "\n".join(line[indent:] for line in full)


def shortened(title: str) -> str:
    """Return a title that is not longer than a title may be."""
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}…"
