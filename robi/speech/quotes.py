"""Where the quote of a citation ends: `[cite:2 "words [as they stand]"]`.

Owns the marks of quotation that a model may use. Words of a text have whatever brackets they have,
so a `]` ends the direction only once the quote has ended; of a quote that never ends it is told how
far it may go at most. Whether it stands in the text is `evidence`.
"""

# ruff: noqa: RUF001 - marks of quotation, as they are

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NUMBER: Final = r"[\s#]{0,4}\d{0,3}[\s:,.]{0,4}"

REACH: Final = re.compile(
    rf"{_NUMBER}(?:[\"“„«”](?:[^\n\[\]\"”»]|\[[^\n\[\]]*\]|\[)*[\"”»\]]?"
    r"|['‘‹`](?:[^\n\[\]'’›`]|['’](?=\w)|\[[^\n\[\]]*\]|\[)*[\]'’›`]?"
    r"|[^\n\]]*\]?)"
)
"""How far a citation goes that nothing closes: to the mark that ends the quote, else to a bracket
that closes nothing, else to the end of the line."""

_BEGUN: Final = re.compile(rf"{_NUMBER}([\"“„«”'‘‹`])")
_ENDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys('"“„”', ('"', "“", "”")),
        **dict.fromkeys("«‹", ("»", "›")),
        **dict.fromkeys("'‘`", ("'", "’", "‘", "`")),
    }
)


def has_begun(content: str) -> bool:
    """Whether `content`, the beginning of a citation's, opens a quote with a mark."""
    return _BEGUN.match(content) is not None


def goes_on(content: str) -> bool:
    """Whether `content` opens a quote with a mark, and does not end with its other one."""
    begun = _BEGUN.match(content)
    return begun is not None and not content[begun.end() :].rstrip().endswith(_ENDS[begun[1]])
