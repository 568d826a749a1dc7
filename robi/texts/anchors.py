"""The ids that headings get on a page that is made of Markdown.

Owns the rules that GitHub and Docusaurus share: small letters, marks dropped, a hyphen for a space,
and a number for what is there already. An id that is written into the heading stands as it is.
"""

import re
import unicodedata
from typing import Final

from attrs import define, field

_OWN: Final = re.compile(r"\s*(?:\{#([^\s{}]+)\}|\{/\*\s*#([^\s*]+)\s*\*/\})\s*$")
_KEPT: Final = ("L", "M")
_KEPT_TOO: Final = ("Nd", "Nl", "Pc")


def own(heading: str) -> tuple[str, str | None]:
    """Return the words of a heading, and the id that is written behind them, if there is one."""
    if (found := _OWN.search(heading)) is None:
        return heading, None
    return heading[: found.start()], found[1] or found[2]


@define
class Anchors:
    """Gives ids to the headings of one page, in their order."""

    _times: dict[str, int] = field(factory=dict)

    def of(self, words: str) -> str:
        """Return the id of a heading that says these words."""
        made = first = "".join(map(_slug, words.lower()))
        while made in self._times:
            self._times[first] += 1
            made = f"{first}-{self._times[first]}"
        self._times[made] = 0
        return made


def _slug(letter: str) -> str:
    if letter in " -":
        return "-"
    category = unicodedata.category(letter)
    return letter if category.startswith(_KEPT) or category in _KEPT_TOO else ""
