"""PDF: pages on which letters were placed, and of which the text has to be made again.

Owns the way back from lines (`pdf_lines`): words divided at the end of one, paragraphs, and
headings, which are those of the PDF's outline, if it has one, else lines larger than the text.
A paragraph that goes over pages is one of each, so that whoever cites it says the right one; the
sentence in its middle stays on the page on which it begins.

Of what pypdf finds nothing is reordered. A PDF that was scanned has no text, and is refused.
"""

import io
import logging
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any, Final

import pypdf
from attrs import define, evolve, field, frozen
from pypdf.errors import PyPdfError

from robi.texts import sentences
from robi.texts.base import TextUnreadable
from robi.texts.document import Document, Outline, one_line, shortened
from robi.texts.pdf_lines import LARGER, Line, common_size, lines_of, without_edges, without_print

_MAX_PAGES: Final = 5_000
_FEWEST: Final = 40
"""Letters of a PDF that has a text: a scanned one may have a stamp."""
_LONGEST: Final = 150
_GAP: Final = 1.35
"""A paragraph begins where lines are so much farther apart than they mostly are."""
_LEADING: Final = 1.5
"""How far apart lines of a paragraph are at most, in their size; slides have one line each."""
_SHORT: Final = 0.8
"""A line that ends a sentence and is so much shorter than most ends a paragraph."""
_LEVELS: Final = 3
_TAIL: Final = 400
"""Characters on the next page after which a sentence is none, but a list or a table."""
_DIVIDED: Final = re.compile(r"(\w*[^\W\d_])-$")
_ITEM: Final = re.compile(r"(?:[•◦▪‣\u2013—*-]|\(?\d{1,2}[.)]|[a-z]\))\s+\S")
_OF_FILE: Final = re.compile(r"\.\w{2,5}$|^(?:untitled|sin t[ií]tulo)", re.IGNORECASE)
_ENDED: Final = re.compile(r"""[.!?…:]["'»”)\]]*$""")


def read(data: bytes) -> Document:
    """Read it. Raises TextUnreadable, FileTooLarge."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each fault it can mend
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            message = "the PDF is encrypted: save it without a password"
            raise TextUnreadable(message)
        if len(reader.pages) > _MAX_PAGES:
            message = f"the PDF has more than {_MAX_PAGES:,} pages"
            raise TextUnreadable(message)
        pages = [lines_of(page, number) for number, page in enumerate(reader.pages, 1)]
        contents = tuple(_contents(reader, reader.outline, 1))
        title = _told(reader.metadata.title if reader.metadata else None)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # Of a PDF that is broken pypdf says so in many ways.
        message = "the PDF is damaged or cut off"
        raise TextUnreadable(message) from error
    if sum(len(line.words) for page in pages for line in page) < _FEWEST:
        message = "the PDF has no text, only pictures of it: scan it with text recognition (OCR)"
        raise TextUnreadable(message)
    pages = without_edges(without_print(pages, title))
    lines = [line for page in pages for line in page]
    outline = Outline()
    _Writing(outline, lines, _headings(lines, contents)).write()
    # A title that is only how its file was called is none.
    return Document("" if _OF_FILE.search(title) else shortened(title), outline.sections())


def _told(title: Any) -> str:
    return one_line(title) if isinstance(title, str) else ""


# ── headings ──────────────────────────────────────────────────────────────────────────────


@frozen
class _Heading:
    level: int
    words: str
    page: int
    until: int = 0
    """The number of the line after it."""


def _contents(reader: pypdf.PdfReader, entries: Any, level: int) -> Iterator[_Heading]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _contents(reader, entry, level + 1)
        elif (page := reader.get_destination_page_number(entry)) is not None and page >= 0:
            yield _Heading(level, one_line(str(entry.title)), page + 1)


def _headings(lines: Sequence[Line], contents: Sequence[_Heading]) -> dict[int, _Heading]:
    """Return the headings by the number of their first line."""
    if len(contents) > 1:
        return _by_contents(lines, contents)
    return _by_size(lines)


def _by_contents(lines: Sequence[Line], contents: Sequence[_Heading]) -> dict[int, _Heading]:
    """Find where on its page each entry stands; if it is not there, it begins the page."""
    firsts: dict[int, int] = {}
    for at, line in enumerate(lines):
        firsts.setdefault(line.page, at)
    found: dict[int, _Heading] = {}
    after = 0
    for heading in contents:
        if not heading.words:
            continue
        start = next((firsts[page] for page in sorted(firsts) if page >= heading.page), None)
        if start is None:
            continue
        at, until = _standing(lines, max(start, after), heading)
        while at in found:  # two on one page of which neither stands there
            at, until = at + 1, at + 1
        found[at] = evolve(heading, until=until)
        after = until
    return found


def _standing(lines: Sequence[Line], start: int, heading: _Heading) -> tuple[int, int]:
    wanted = _letters(heading.words)
    for at in range(start, len(lines)):
        if lines[at].page > heading.page:
            break
        said = ""
        for until in range(at, min(at + _LEVELS, len(lines))):
            said += _letters(lines[until].words)
            if said == wanted or (said.endswith(wanted) and said[: -len(wanted)].isdigit()):
                return at, until + 1
            if not wanted.startswith(said):
                break
    return start, start


def _letters(words: str) -> str:
    return "".join(letter for letter in words.casefold() if letter.isalnum())


def _by_size(lines: Sequence[Line]) -> dict[int, _Heading]:
    """Take for headings what is larger than the text; the largest are the outermost."""
    least = common_size(lines) * LARGER
    runs: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if line.size < least or not any(map(str.isalpha, line.words)):
            continue
        before = runs[-1] if runs else None
        if before and before[1] == at and _same(lines[at - 1], line):
            runs[-1] = (before[0], at + 1)
        else:
            runs.append((at, at + 1))
    told = {
        (at, until): " ".join(line.words for line in lines[at:until])
        for at, until in runs
        if until - at <= _LEVELS
    }
    told = {run: words for run, words in told.items() if len(words) <= _LONGEST}
    sizes = sorted({lines[at].size for at, _ in told}, reverse=True)
    return {
        at: _Heading(min(sizes.index(lines[at].size) + 1, 6), words, lines[at].page, until)
        for (at, until), words in told.items()
    }


def _same(one: Line, other: Line) -> bool:
    return one.size == other.size and one.page == other.page


# ── paragraphs ────────────────────────────────────────────────────────────────────────────


@define
class _Writing:
    """Puts lines together to paragraphs, under their headings."""

    _outline: Outline
    _lines: Sequence[Line]
    _headings: dict[int, _Heading]
    _gap: float = field(init=False)
    _length: float = field(init=False)
    _compounds: frozenset[str] = field(init=False)
    _said: list[Line] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        gaps = [
            gap for one, other in pairwise(self._lines) if (gap := _gap(one, other)) is not None
        ]
        # The smaller ones: where paragraphs have two lines, every other gap is between them.
        usual = sorted(gaps)[len(gaps) // 4] if gaps else 0.0
        self._gap = min(usual, common_size(self._lines) * _LEADING)
        self._length = median(len(line.words) for line in self._lines) if self._lines else 0
        written = (re.findall(r"\w+-\w+", line.words) for line in self._lines)
        self._compounds = frozenset(word.casefold() for words in written for word in words)

    def write(self) -> None:
        at = 0
        while at < len(self._lines):
            if heading := self._headings.get(at):
                self._end()
                self._outline.head(heading.level, heading.words)
                if heading.until > at:
                    at = heading.until
                    continue
            line = self._lines[at]
            if self._said and self._begins(self._said[-1], line):
                self._end()
            self._said.append(line)
            at += 1
        self._end()

    def _begins(self, before: Line, line: Line) -> bool:
        """Return whether a paragraph begins with this line."""
        if _ITEM.match(line.words):
            return True
        ended = bool(_ENDED.search(before.words))
        if before.page != line.page:
            return ended
        gap = _gap(before, line)
        if gap is not None and self._gap and gap > self._gap * _GAP:
            return True
        return ended and len(before.words) < self._length * _SHORT

    def _end(self) -> None:
        if self._said:
            for words, page in _by_page(*self._joined()):
                self._outline.add(words, page=page)
        self._said.clear()

    def _joined(self) -> tuple[str, list[tuple[int, int]]]:
        """Return the paragraph, and where in it each of its pages begins."""
        words = self._said[0].words
        pages = [(0, self._said[0].page)]
        for line in self._said[1:]:
            divided = _DIVIDED.search(words)
            if divided and line.words[:1].islower():
                rest = re.match(r"\w+", line.words)
                whole = f"{divided[1]}-{rest[0] if rest else ''}".casefold()
                words = words if whole in self._compounds else words[:-1]
                begins = words.rfind(" ") + 1
            else:
                words = f"{words} "
                begins = len(words)
            if line.page != pages[-1][1]:
                pages.append((begins, line.page))
            words += line.words
        return words, pages


def _by_page(words: str, pages: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """Yield what of a paragraph is on each page; a sentence is on the page on which it begins."""
    ends = [*sentences.begins(words), len(words)]
    start, page = 0, pages[0][1]
    for begins, following in pages[1:]:
        ended = next(end for end in ends if end >= begins)
        until = max(start, ended if ended - begins <= _TAIL else begins)
        yield words[start:until], page
        start, page = until, following
    yield words[start:], page


def _gap(one: Line, other: Line) -> float | None:
    if one.page != other.page or one.height is None or other.height is None:
        return None
    gap = one.height - other.height
    return gap if gap > 0 else None
