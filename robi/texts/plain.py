"""Plain text: paragraphs between empty lines, and headings as people have always marked them.

Owns what is a heading there: a line alone that is underlined with `=` or `-`, or begins with a word
for a chapter, or a number of one (`2.1 Rocas`), or is all in capitals. What is indented, or whose
lines are all short, is kept line by line: verses, tables, addresses.
"""

import re
from typing import Final

from robi.texts.decoding import decode
from robi.texts.document import Document, Outline, clean

_EMPTY: Final = re.compile(r"\n(?:[ \t\f]*\n)+")
_UNDERLINED: Final = re.compile(r"={3,}|-{3,}")
_CHAPTER: Final = re.compile(
    r"(?:cap[ií]tulo|chapter|parte|part|libro|book|unidad|unit|lecci[oó]n|lesson|section|secci[oó]n|"
    r"tema|anexo|appendix|ap[eé]ndice)\s+(?:[0-9]{1,3}|[IVXLC]{1,7})\b",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(?:[0-9]{1,2}\.){1,4}[0-9]{0,2}\.?\s+\S")
_LONGEST: Final = 90
"""Characters of a heading."""
_NARROW: Final = 50
"""Characters that a line of a paragraph has, or it is a verse."""
_FEWEST: Final = 2


def read(data: bytes) -> Document:
    """Read it. Raises FileTooLarge."""
    outline = Outline()
    for group in _EMPTY.split(clean(decode(data))):
        lines = [line for line in group.split("\n") if line.strip()]
        if not lines:
            continue
        if len(lines) >= _FEWEST and _UNDERLINED.fullmatch(lines[1].strip()):
            outline.head(1 if lines[1].strip()[0] == "=" else 2, lines[0])
            lines = lines[2:]
        elif len(lines) == 1 and (level := _level(lines[0])):
            outline.head(level, lines[0])
            continue
        outline.add("\n".join(lines), lines=_by_lines(lines))
    return Document("", outline.sections())


def _level(line: str) -> int | None:
    words = line.strip()
    if len(words) > _LONGEST or words.endswith((".", ",", ";", ":")):
        return None
    if _CHAPTER.match(words):
        return 1
    if numbered := _NUMBERED.match(words):
        return 1 + numbered[0].split()[0].strip(".").count(".")
    letters = [letter for letter in words if letter.isalpha()]
    return 2 if len(letters) > _FEWEST and all(map(str.isupper, letters)) else None


def _by_lines(lines: list[str]) -> bool:
    if len(lines) < _FEWEST:
        return False
    indented = all(line[0] in " \t" for line in lines)
    listed = sum(line.lstrip().startswith(("- ", "* ", "• ")) for line in lines)
    return indented or listed >= _FEWEST or max(map(len, lines[:-1])) < _NARROW
