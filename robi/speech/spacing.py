"""The white space of speech from which stage directions were taken out.

Owns one rule: what is said reads as if the directions had never been written. No white space at
either end, no double space and no words glued together where one was; elsewhere every character
as it came. Space is therefore held back until something follows it. In Markdown the white space at
the beginning of a line means something, so there that rule has an exception (`MarkdownSpacing`).
"""

from attrs import define

_CLOSING = frozenset(".,;:!?…)]}»”%")
_OPENING = frozenset("¿¡([{«“")


@define
class Spacing:
    """The state between two runs of text; feed it runs by `say`, directions by `cross`."""

    _last: str = ""  # the last character said; none yet: leading space is dropped
    _gap: str = ""  # white space since the last character or direction
    _crossed: bool = False  # a direction was taken out since the last character
    _before: str = ""  # the best white space before that direction

    def say(self, text: str) -> str:
        """Return what of `text` is to be said now, with the space held back before it."""
        body = text.rstrip()
        if not body:
            self._gap += text
            return ""
        trailing = text[len(body) :]
        if self._gap or self._crossed or not self._last:
            body = self._join(body)
        self._gap = trailing
        self._last = body[-1]
        return body

    def cross(self) -> None:
        """A direction was taken out here."""
        self._before = _better(self._before, self._gap)
        self._gap = ""
        self._crossed = True

    def _join(self, body: str) -> str:
        rest = body.lstrip()
        gap = self._gap + body[: len(body) - len(rest)]
        if not self._last:
            space = self._begin(gap)
        elif self._crossed:
            space = self._bridge(gap, rest[0])
        else:
            space = gap
        self._crossed = False
        self._before = ""
        return space + rest

    def _begin(self, _gap: str) -> str:
        """Return the white space before the first character."""
        return ""

    def _bridge(self, after: str, following: str) -> str:
        """Return the white space where directions were, before the character `following`."""
        if not after and following in _CLOSING:
            return ""  # "Hola [capture:photo]." had its space for the direction's sake
        last = self._last
        glued = (last.isalnum() or last in _CLOSING) and (
            following.isalnum() or following in _OPENING
        )
        return _better(self._before, after) or (" " if glued else "")


class MarkdownSpacing(Spacing):
    """White space of Markdown: where a line begins, its indentation stays as it was written."""

    def _begin(self, gap: str) -> str:
        return _indentation(gap)

    def _bridge(self, after: str, following: str) -> str:
        space = super()._bridge(after, following)
        if "\n" not in after:
            return space
        return space[: space.rfind("\n") + 1] + _indentation(after)


def _indentation(gap: str) -> str:
    """Return the white space of `gap` after its last line end; none if it has no line end."""
    return gap[gap.rfind("\n") + 1 :] if "\n" in gap else ""


def _better(one: str, other: str) -> str:
    """Of two white spaces beside a direction keep one: a new line or paragraph wins."""
    return other if other.count("\n") > one.count("\n") or not one else one
