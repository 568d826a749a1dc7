"""What a reader's turn rests on: passages of texts, or what the reader has selected on a page.

Owns the shapes; no rendering and no rules. A passage is data, whatever it says.
"""

from attrs import field, frozen


@frozen
class Passage:
    """A piece of a text.

    Args:
        text_id: of the text; empty where that is not known, of a selection.
        title: of the text.
        heading: the headings above it, the outermost first.
        anchor: the id of the innermost heading on its page, empty if it has none.
        place: where it is, for people: `p. 12`, `¶ 34`.
        words: what it says.
        url: the page it stands on, if that is known.
    """

    text_id: str
    title: str
    heading: tuple[str, ...]
    anchor: str
    place: str
    words: str = field(repr=False)
    url: str | None = None


@frozen
class Reading:
    """What the answer to a reader has to rest on.

    Args:
        passages: the best first; none: nothing was found.
        selected: whether the one passage is what the reader has selected.
        wanted: whether the reader asked about a text or a selection at all; if not, anything may be
            answered.
    """

    passages: tuple[Passage, ...] = ()
    selected: bool = False
    wanted: bool = True
