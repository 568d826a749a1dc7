"""Tables of words, and where they stand in a sentence.

A table names a theme ("kin") and lists its words, folded, with blanks between. `madre*` is a stem,
`*ar` an ending, `a|b` either, and `_` joins what is said in one breath: `entre_tu|vos_y_yo`. One
pass over a sentence finds the words of all tables; what they mean together is for `rules.py`. A
line that begins with `|` or `_` goes on with the one before. `*` alone is any word.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int, int]
"""From which word, and before which."""
Hits: TypeAlias = dict[str, list[Span]]
"""Where the words of each theme stand, in order."""

_INDEXED: Final = 3
"""Letters by which stems are found; a shorter stem is an error."""


_GOES_ON: Final = re.compile(r"\s+(?=[|_])")


class _Word:
    """One word of a phrase: any of some words, stems and endings."""

    __slots__ = ("endings", "loose", "stems", "words")

    def __init__(self, written: str) -> None:
        choices = written.split("|")
        self.words = frozenset(choice for choice in choices if "*" not in choice)
        self.stems = tuple(choice[:-1] for choice in choices if choice.endswith("*"))
        self.endings = tuple(choice[1:] for choice in choices if choice.startswith("*"))
        self.loose = bool(self.stems or self.endings)

    def loosely(self, word: str) -> bool:
        """Return whether a stem or an ending fits the word."""
        return self.loose and (word.startswith(self.stems) or word.endswith(self.endings))


_Behind: TypeAlias = tuple[str, tuple[_Word, ...]]
"""A theme, and the words that follow the first."""

_NONE: Final[Mapping[str, tuple[_Behind, ...]]] = {}


class _Phrases:
    """What is said with one first word, found by the second.

    There are thousands, most with one theme and nothing behind: what is empty is shared.
    """

    __slots__ = ("_endings", "_exact", "_loose", "_stems", "alone")

    def __init__(self) -> None:
        self.alone: tuple[str, ...] = ()
        self._exact = _NONE
        self._loose: tuple[_Behind, ...] = ()
        self._stems: tuple[str, ...] = ()
        self._endings: tuple[str, ...] = ()

    def add(self, theme: str, behind: tuple[_Word, ...]) -> None:
        if not behind:
            self.alone += (theme,)
            return
        phrase = (theme, behind)
        exact = {word: (*self._exact.get(word, ()), phrase) for word in behind[0].words}
        if exact:
            self._exact = {**self._exact, **exact}
        if behind[0].loose:
            self._loose += (phrase,)
            self._stems += behind[0].stems
            self._endings += behind[0].endings

    def note(self, hits: Hits, words: Sequence[str], at: int) -> None:
        """Add to `hits` what begins with this word."""
        for theme in self.alone:
            hits.setdefault(theme, []).append((at, at + 1))
        if at + 1 == len(words):
            return
        second = words[at + 1]
        if second in self._exact:
            for theme, behind in self._exact[second]:
                if len(behind) == 1 or _follow(words, at + 2, behind[1:]):
                    hits.setdefault(theme, []).append((at, at + 1 + len(behind)))
        if not (second.startswith(self._stems) or second.endswith(self._endings)):
            return
        for theme, behind in self._loose:
            if behind[0].loosely(second) and _follow(words, at + 2, behind[1:]):
                hits.setdefault(theme, []).append((at, at + 1 + len(behind)))


def _follow(words: Sequence[str], at: int, behind: Sequence[_Word]) -> bool:
    if at + len(behind) > len(words):
        return False
    for word in behind:
        if not (words[at] in word.words or word.loosely(words[at])):
            return False
        at += 1
    return True


class Lexicon:
    """The words of all themes, found in one pass."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        self._words: dict[str, _Phrases] = {}
        self._stems: dict[str, dict[str, _Phrases]] = {}
        word = cache(_Word)  # many phrases have the same
        for theme, table in tables.items():
            for phrase in _GOES_ON.sub("", table).split():
                first, *rest = phrase.split("_")
                behind = tuple(map(word, rest))
                for choice in first.split("|"):
                    self._beginning(choice).add(theme, behind)
        self._begun = {letters: tuple(stems) for letters, stems in self._stems.items()}

    def _beginning(self, first: str) -> _Phrases:
        if not first.endswith("*"):
            return self._words.setdefault(first, _Phrases())
        stem = first[:-1]
        if len(stem) < _INDEXED:
            raise ValueError(f"stem {first!r} is too short")
        return self._stems.setdefault(stem[:_INDEXED], {}).setdefault(stem, _Phrases())

    def hits(self, words: Sequence[str]) -> Hits:
        """Return where the words of each theme stand."""
        hits: Hits = {}
        exact, begun = self._words, self._begun
        for at, word in enumerate(words):
            phrases = exact.get(word)
            if phrases is not None:
                phrases.note(hits, words, at)
            letters = word[:_INDEXED]
            if letters in begun and word.startswith(begun[letters]):
                for stem, begun_so in self._stems[letters].items():
                    if word.startswith(stem):
                        begun_so.note(hits, words, at)
        return hits


def word_set(words: str) -> frozenset[str]:
    """Return words that are written with blanks between."""
    return frozenset(words.split())
