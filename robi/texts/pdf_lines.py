"""The lines of a PDF's pages, with their size and height.

Owns what of a page is no text: running titles and page numbers at its edges, what browsers print
there, tables of contents.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from attrs import frozen

from robi.texts.document import one_line

LARGER: Final = 1.12
"""How much larger than the text a heading is: 12 pt over 11 is 1.09, and often a footnote's."""
_LIGATURES: Final = dict(
    zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
)
_EDGE: Final = 2
"""Lines at the top and the bottom of a page that may be a running title or a page number."""
_RECURRING: Final = 3
"""Pages on which such a line stands, at least, …"""
_APART: Final = 2
"""… none farther from the next: left and right pages have titles of their own."""
_NUMBER: Final = re.compile(r"\d+")
_TO_PAGE: Final = re.compile(r"(?:\. ?){5,}\s*(?:\d+|[ivxlc]+)$")
"""How a line of a table of contents ends, which leads elsewhere and says nothing."""
_ADDRESS: Final = re.compile(r"(?:https?|file)://\S*")
_WHEN: Final = re.compile(
    r"\d{1,4}([./-])\d{1,2}\1\d{1,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]\.? ?m\.?)?",
    re.IGNORECASE,
)
_OF: Final = r"(?<!\d){}(?: ?/ ?| of | de ){}(?!\d)"
"""How a browser counts pages: `1/2`, `1 of 2`."""
_ELIDED: Final = "…"


@frozen
class Line:
    """A line of a page, counted from 1; `size` is that of most of its letters, in points."""

    words: str
    page: int
    size: float
    height: float | None = None
    """From the bottom of the page, where that is known."""


def lines_of(page: Any, number: int) -> list[Line]:
    """Return the lines of a page as they stand in it, from pieces with their matrices."""
    lines: list[Line] = []
    said: list[tuple[str, float, float]] = []

    def end() -> None:
        words = one_line("".join(piece for piece, _, _ in said).translate(_LIGATURES))
        # Soft hyphens are taken away with what is not seen; one at the end divides a word.
        if "".join(piece for piece, _, _ in said).rstrip().endswith("\u00ad"):
            words += "-"
        if words and not _TO_PAGE.search(words):
            seen = [piece for piece in said if piece[0].strip()]
            sizes = Counter[float]()
            for piece, size, _ in seen:
                sizes[size] += len(piece.strip())
            lines.append(Line(words, number, sizes.most_common(1)[0][0], seen[0][2]))
        said.clear()

    def take(text: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        height = float(tm[4]) * float(cm[1]) + float(tm[5]) * float(cm[3]) + float(cm[5])
        scale = abs(float(tm[0]) * float(cm[0]) + float(tm[1]) * float(cm[2])) or abs(
            float(tm[1]) * float(cm[2])
        )
        seen = round(abs(float(size)) * (scale or 1.0), 1)
        first, *others = text.replace("\r\n", "\n").split("\n")
        said.append((first, seen, height))
        for other in others:
            end()
            said.append((other, seen, height))

    page.extract_text(visitor_text=take)
    end()
    return lines


def without_edges(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Leave out what recurs at the edges of pages: running titles, and numbers that count them."""
    places: dict[str, list[int]] = {}
    largest = common_size([line for page in pages for line in page]) * LARGER
    for number, page in enumerate(pages):
        for line in _edges(page):
            if line.size < largest:
                for key in _keys(line.words, number):
                    places.setdefault(key, []).append(number)
    recurring = {key for key, found in places.items() if _is_running(sorted(set(found)))}
    kept: list[list[Line]] = []
    for number, page in enumerate(pages):
        gone = {id(line) for line in _edges(page) if recurring & _keys(line.words, number)}
        kept.append([line for line in page if id(line) not in gone])
    return kept


def without_print(pages: Sequence[list[Line]], title: str) -> list[list[Line]]:
    """Leave out what browsers print at the edges: address, page of pages, date with time, title.

    A line is that if it is made of these alone, and of two of them, or is the address of a file.
    Other than a running title it is known on a single page.

    Args:
        title: which the PDF tells of itself, perhaps none.
    """
    kept: list[list[Line]] = []
    for number, page in enumerate(pages, 1):
        count = re.compile(_OF.format(number, len(pages)), re.IGNORECASE)
        gone = {id(line) for line in _edges(page) if _is_print(line.words, count, title)}
        kept.append([line for line in page if id(line) not in gone])
    return kept


def _is_print(words: str, count: re.Pattern[str], title: str) -> bool:
    rest, parts = words, 0
    for known in (_ADDRESS, _WHEN, count):
        rest, found = known.subn("", rest, count=1)
        parts += found
    rest = rest.strip()
    if rest and title and _is_title(rest, title):
        rest, parts = "", parts + 1
    return not rest and (parts > 1 or words.startswith("file://"))


def _is_title(words: str, title: str) -> bool:
    return words == title or (words.endswith(_ELIDED) and title.startswith(words[:-1].rstrip()))


def _edges(page: list[Line]) -> list[Line]:
    return page if len(page) <= 2 * _EDGE else [*page[:_EDGE], *page[-_EDGE:]]


def _keys(words: str, number: int) -> set[str]:
    """Return as what a running title recurs: as it is, or but for a number that counts pages."""
    keys = {words}
    for found in _NUMBER.finditer(words):
        counted = int(found[0][:9]) - number
        keys.add(f"{words[: found.start()]}#{counted}{words[found.end() :]}")
    return keys


def _is_running(numbers: list[int]) -> bool:
    """Return whether these pages follow each other; left and right ones may differ."""
    run = 1
    for before, number in pairwise(numbers):
        run = run + 1 if number - before <= _APART else 1
        if run >= _RECURRING:
            return True
    return False


def common_size(lines: Sequence[Line]) -> float:
    """Return the size in which most of the text is."""
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.words)
    return sizes.most_common(1)[0][0] if sizes else 1.0
