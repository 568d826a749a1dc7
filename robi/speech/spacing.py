"""The white space of speech from which stage directions were taken out.

Owns one rule: what is said reads as if the directions had never been written. No white space at
either end, no double space and no words glued together where one was; elsewhere every character
as it came. Space is therefore held back until something follows it.
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
            space = ""
        elif self._crossed:
            space = _bridge(self._last, self._before, gap, rest[0])
        else:
            space = gap
        self._crossed = False
        self._before = ""
        return space + rest


def _better(one: str, other: str) -> str:
    """Of two white spaces beside a direction keep one: a new line or paragraph wins."""
    return other if other.count("\n") > one.count("\n") or not one else one


def _bridge(last: str, before: str, after: str, following: str) -> str:
    if not after and following in _CLOSING:
        return ""  # "Hola [capture:photo]." had its space for the direction's sake
    glued = (last.isalnum() or last in _CLOSING) and (following.isalnum() or following in _OPENING)
    return _better(before, after) or (" " if glued else "")
