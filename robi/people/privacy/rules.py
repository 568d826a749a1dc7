"""Rules: which themes must stand how near each other for a sentence to be private.

`Rule("kin ~6 illness")` is met where a word of the theme kin is followed, after six other words at
most, by one of illness; without `~` they stand side by side, and `a|b` is either theme. A rule is
not met where a word of `unless` stands in it or up to `before` words before it, or one of `after`
up to `behind` words behind it. The time taken grows with the number of words, not with its square.
"""

import bisect
from collections.abc import Iterator
from typing import Final

from robi.people.privacy.lexicon import Hits, Span

_BESIDE: Final = 0


class Rule:
    """Some themes in their order, and what makes them harmless."""

    def __init__(
        self, written: str, *, unless: str = "", before: int = 0, after: str = "", behind: int = 0
    ) -> None:
        self._steps: list[tuple[int, tuple[str, ...]]] = []
        gap = _BESIDE
        for part in written.split():
            if part.startswith("~"):
                gap = int(part[1:])
            else:
                self._steps.append((gap, tuple(part.split("|"))))
                gap = _BESIDE
        single = [themes[0] for _, themes in self._steps if len(themes) == 1]
        self._single = single[-1] if single else ""
        self._choices = [themes for _, themes in self._steps if themes != (self._single,)]
        self.first = self._steps[0][1]
        """The themes of which a sentence must hold one, to begin with."""
        self.key = (self._single,) if self._single else self._steps[-1][1]
        self._guards = ((tuple(unless.split()), before, 0), (tuple(after.split()), 0, behind))

    def met(self, hits: Hits) -> bool:
        """Return whether the sentence meets the rule."""
        return self._may_be_met(hits) and next(self.spans(hits), None) is not None

    def _may_be_met(self, hits: Hits) -> bool:
        """Return whether all that must be there is there: most rules are done with that."""
        if self._single and self._single not in hits:
            return False
        for themes in self._choices:
            for theme in themes:
                if theme in hits:
                    break
            else:
                return False
        return True

    def spans(self, hits: Hits) -> Iterator[Span]:
        """Yield the words that meet the rule, the nearest ones of each last step."""
        if not self._may_be_met(hits):
            return
        found = _merged(hits, self._steps[0][1])
        for gap, themes in self._steps[1:]:
            found = _followed(found, _merged(hits, themes), gap)
        if not found:
            return
        harmless = [
            (_Places(hits[theme]), before, behind)
            for themes, before, behind in self._guards
            for theme in themes
            if theme in hits
        ]
        for start, end in found:
            if not any(
                places.touch(start - before, end + behind) for places, before, behind in harmless
            ):
                yield start, end


class Rules:
    """Some rules, looked up by what a sentence holds."""

    def __init__(self, *rules: Rule) -> None:
        self._by_theme: dict[str, list[Rule]] = {}
        self.first = frozenset(theme for rule in rules for theme in rule.first)
        """The themes of which a sentence that meets any of them must hold one."""
        for rule in rules:
            for theme in rule.key:
                self._by_theme.setdefault(theme, []).append(rule)
        self.needed = frozenset(self._by_theme)
        """The same, chosen so that few sentences hold one."""

    def met(self, hits: Hits) -> bool:
        """Return whether any of the rules is met."""
        by_theme = self._by_theme
        for theme in by_theme if len(by_theme) < len(hits) else hits:
            if theme in by_theme and theme in hits:
                for rule in by_theme[theme]:
                    if rule.met(hits):
                        return True
        return False

    def spans(self, hits: Hits) -> Iterator[Span]:
        """Yield the words that meet each of the rules."""
        for theme in self._by_theme.keys() & hits.keys():
            for rule in self._by_theme[theme]:
                yield from rule.spans(hits)


class _Places:
    """Where a theme stands, to be asked often."""

    def __init__(self, spans: list[Span]) -> None:
        self._starts = [start for start, _ in spans]
        self._ends = sorted(end for _, end in spans)

    def touch(self, start: int, end: int) -> bool:
        """Return whether any span has a word from `start` to before `end`."""
        begun = bisect.bisect_left(self._starts, end)
        over = bisect.bisect_right(self._ends, start)
        return begun > over


def _merged(hits: Hits, themes: tuple[str, ...]) -> list[Span]:
    if len(themes) == 1:
        return hits.get(themes[0], [])
    return sorted(span for theme in themes for span in hits.get(theme, ()))


def _followed(found: list[Span], then: list[Span], gap: int) -> list[Span]:
    """Return from the nearest of `found` to each of `then`, if it is near enough."""
    by_end = sorted((end, start) for start, end in found)
    ends = [end for end, _ in by_end]
    joined = []
    for start, end in then:
        at = bisect.bisect_right(ends, start) - 1
        if at >= 0 and start - ends[at] <= gap:
            joined.append((by_end[at][1], end))
    return joined
