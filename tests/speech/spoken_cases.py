"""The table of what is written and what is said: `spoken_cases.txt`, by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

FILE: Final = Path(__file__).with_suffix(".txt")


@frozen
class Case:
    """A row: the hint, what the model writes, what is said."""

    line: int
    language: str
    written: str
    said: str


def cases() -> Iterator[Case]:
    """Yield the rows of the table."""
    for number, row in enumerate(FILE.read_text("utf-8").splitlines(), 1):
        if row and not row.startswith("# "):
            language, _, rest = row.partition(" | ")
            written, _, said = rest.partition(" => ")
            yield Case(number, language, _unescaped(written), _unescaped(said))


def _unescaped(text: str) -> str:
    return text.replace("⏎", "\n").replace(r"\|", "|")
