"""What reading a text comes to, and what can be wrong with it.

Owns the shapes that leave this room and its bounds; whoever reads texts needs no more of it than
this.
"""

from collections.abc import Awaitable, Callable
from typing import Final, Literal, TypeAlias, get_args

from attrs import field, frozen

from robi.errors import FileTooLarge, InvalidRequestFormat, RobiError, UnsupportedFileFormat

Kind: TypeAlias = Literal["markdown", "plain", "html", "pdf", "epub"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

MAX_BYTES: Final = 32 * 1024 * 1024
"""Of a file: a scanned book is larger, and has no text."""
MAX_CHARACTERS: Final = 2_000_000
"""Of a text without its mark-up: three times *Don Quijote*'s first part."""
MAX_CUTS: Final = 5_000
MAX_CUT: Final = 1_200
"""Characters of a cut: half a printed page, and five of them are a fair part of a prompt."""
MAX_TITLE: Final = 200
"""Characters of a title or a heading."""


class TextUnreadable(InvalidRequestFormat):
    """A file of which no text can be had; `details` says why, so that a person understands it."""


class TextWithheld(TextUnreadable):
    """A text that says of itself that it is not to be read yet, or not to be found."""


WRONG: Final[dict[str, type[RobiError]]] = {
    wrong.__name__: wrong
    for wrong in (FileTooLarge, TextUnreadable, TextWithheld, UnsupportedFileFormat)
}
"""Everything that reading may raise, by the name under which a child tells it."""


@frozen
class Cut:
    """A passage of a text, as it was cut.

    Args:
        heading: the headings above it, the outermost first.
        anchor: the id of the innermost heading on its page, empty if it has none.
        place: where it is, for people: `p. 12` in a PDF, else `¶ 34` (paragraphs, lists
            and tables counted over the text), of several from which to which.
        words: 1 to `MAX_CUT` characters.
    """

    heading: tuple[str, ...]
    anchor: str
    place: str
    words: str = field(repr=False)


@frozen
class Read:
    """A text that was read.

    Args:
        kind: what it is, whatever it was said to be.
        characters: of all cuts together.
        slug: what the text itself says of its address on a site; `name` is what it says of the last
            part only (Docusaurus' `slug` and `id`).
    """

    title: str
    kind: Kind
    cuts: tuple[Cut, ...] = field(repr=False)
    characters: int
    slug: str | None = None
    name: str | None = None


ReadText: TypeAlias = Callable[[bytes, str | None, str], Awaitable[Read]]
"""Reads the bytes of a file, which is said to be of that kind or media type, and is named so.

Raises TextUnreadable, UnsupportedFileFormat and FileTooLarge, each with `details`.
"""
