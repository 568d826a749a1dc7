"""From the bytes of a text to its characters, when nobody says for sure how it was written.

Owns the order of trust: a mark at its beginning, zeros between its letters, UTF-8 if it is, what it
says of itself, else Windows-1252, in which old Spanish and English files are written.
"""

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_MARKS: Final = tuple(mark for mark, encoding in _MARKS if encoding != "utf-8")
_DECLARED: Final = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""")
_HEAD: Final = 2_048
_LETTERS: Final = 64
"""First letters in which zeros are looked for: two in three have one if it is UTF-16."""
_MOST: Final = 0.3


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the characters; what fits no encoding becomes U+FFFD.

    Args:
        declared: the encoding that a header has named.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if (wide := _wide(data[:_LETTERS])) is not None:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A file that was cut off inside a letter is UTF-8 all the same, if it has others.
        if error.reason == "unexpected end of data" and not data[: error.start].isascii():
            return data.decode("utf-8", errors="replace")
    named = _DECLARED.search(data[:_HEAD])
    for name in (declared, named and named[1].decode("ascii")):
        if name and (known := _known(name)):
            return data.decode(known, errors="replace")
    return data.decode("cp1252", errors="replace")


def is_wide(data: bytes) -> bool:
    """Return whether letters are of two or four bytes, some of them zero."""
    return data.startswith(_WIDE_MARKS) or _wide(data[:_LETTERS]) is not None


def _wide(start: bytes) -> str | None:
    pairs = len(start) // 2
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > pairs * _MOST and not even:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * _MOST and not odd else None


def _known(name: str) -> str | None:
    """Return what Python calls it; browsers, too, take Latin-1 for Windows-1252."""
    try:
        found = codecs.lookup(name)
    except LookupError:
        return None
    if not getattr(found, "_is_text_encoding", True) or found.name.startswith("utf"):
        return None
    return "cp1252" if found.name in {"iso8859-1", "ascii"} else found.name
