"""Names of people as they may be kept and spoken, and the slug that goes into an identifier.

Pure text rules. That an identifier is `user_<slug>_<6 hex>` is protocol.md §8; making one is for
who owns the people.
"""

import re
import unicodedata

MAX_NAME = 60
MAX_SLUG = 32

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Categories of characters that are not seen: control, format, and those that are none."""

_BRACKETS = str.maketrans("", "", "[]{}<>()|`\\")
_OUTER = " .,;:!?¡¿…\"'«»“”*_-/\u2013\u2014\u2018\u2019"
# Names that are none: what a client calls a stranger, and the placeholders of our own prompt.
_NOBODY = frozenset({
    "unknown", "desconocido", "desconocida", "stranger", "name", "nombre", "your name", "tu nombre",
    "none", "null", "nobody", "nadie", "anonymous", "n/a",
})  # fmt: skip
# Letters that Unicode does not decompose; the last is the dotless i.
_LETTERS = str.maketrans({
    "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
    "\u0131": "i",
})  # fmt: skip
_WORDLESS = "friend"


def plain(text: str) -> str:
    """Return `text` without control and format characters, each run of white space as one space.

    Format characters go because a name or a memory with an invisible turn of direction in it
    reads otherwise than it is written.
    """
    words = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in UNSEEN
    )
    return " ".join(words.split())


def clean_name(name: str) -> str | None:
    """Return `name` fit to be kept, at most MAX_NAME characters; None if it is no name.

    A name has a letter, no brackets and no control characters, and is not "unknown" or NAME.
    """
    cleaned = plain(name.translate(_BRACKETS)).strip(_OUTER)[:MAX_NAME].rstrip(_OUTER)
    if cleaned.casefold() in _NOBODY or not any(char.isalpha() for char in cleaned):
        return None
    return cleaned


def slug(name: str) -> str:
    """Return `name` as 1..MAX_SLUG characters of `a-z0-9_`; never empty.

    Accents are folded. A name in a script of other letters becomes `friend`: the six hex digits
    beside the slug tell people apart, the slug only helps a reader.
    """
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    ascii_only = "".join(char for char in folded if not unicodedata.combining(char))
    words = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")
    return words[:MAX_SLUG].rstrip("_") or _WORDLESS
