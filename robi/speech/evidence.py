"""Whether words stand in a passage: what makes a citation one that can be trusted.

Owns the comparison, in two strengths: a quote stands in a passage word for word, a sentence is
borne out by a place that says much the same. What is returned is always the passage's own words, in
its own spelling, so that nobody is ever shown a quote that the text does not have. Pure, and each
passage is looked through in time that grows with its length, whatever a model writes.

Words are compared without case and accents, and without all that is no letter or digit: a model
copies words faithfully, but seldom the marks of quotation, dashes and line ends between them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from robi.people.words import STOP_WORDS, fold, stem
from robi.speech.reading import Passage

LONGEST_QUOTE: Final = 300
"""Characters of a quote that are told; of a longer one its beginning is looked for and told."""

LEAST_WORDS: Final = 2
LEAST_CHARS: Final = 8
"""A quote has so many words, or else so many characters: a single short word stands everywhere."""

LEAST_STEMS: Final = 3
LEAST_SHARE: Final = 0.6
"""Of a sentence that is borne out by a place, so many stems stand there, and this share of them."""

_ROOT: Final = 6
"""Letters of a word that are compared: a sentence told anew has other endings."""

_SENTENCE: Final = re.compile(r"[^.!?…\n]*(?:[.!?…]+[\"'”’»)\]]*|\n|\Z)")  # noqa: RUF001
_ENDING: Final = re.compile(r"[\u0300-\u036f]*[%°]?(?:[.!?…]+(?!\w))?")
"""Accents of a last letter that stand by themselves, and the marks that end a sentence."""
_WORD: Final = re.compile(r"[^\W_]+")


@frozen
class Found:
    """Words of a passage, as they stand there; `index` is the passage's, from 0."""

    index: int
    quote: str = field(repr=False)


class Evidence:
    """What some passages say, to be looked for in them."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """Begin; a passage is read when it is first asked about."""
        self._passages = [_Read(passage.words) for passage in passages]

    def quoted(self, number: int | None, quote: str) -> Found | None:
        """Return where `quote` stands word for word, None if nowhere.

        Args:
            number: of the passage that is to have it, from 1. A quote that stands in another one
                is found there: it is the number that was wrong.
        """
        wanted = _folded(_shortened(quote))[0].strip()
        if len(wanted) < LEAST_CHARS and wanted.count(" ") + 1 < LEAST_WORDS:
            return None
        indexes = list(range(len(self._passages)))
        if number is not None and 0 < number <= len(indexes):
            indexes.insert(0, indexes.pop(number - 1))
        for index in indexes:
            passage = self._passages[index]
            if (span := passage.find(wanted)) is not None:
                return Found(index, passage.told(*span))
        return None

    def supporting(self, sentence: str) -> Found | None:
        """Return the one or two sentences on end that bear `sentence` out, None if there are none.

        They have most of its content, and every number in it.
        """
        stems, numbers = _content(sentence)
        if len(stems) < LEAST_STEMS:
            return None
        needed = max(LEAST_STEMS, LEAST_SHARE * len(stems))
        best: tuple[int, int, int] | None = None  # stems in common, shortness, place
        for place, (_, window) in enumerate(self._windows):
            common = len(stems & window.stems)
            if common >= needed and numbers <= window.stems:
                best = max(best or (0, 0, 0), (common, window.start - window.end, -place))
        if best is None:
            return None
        index, window = self._windows[-best[2]]
        return Found(index, self._passages[index].told(window.start, window.end))

    @cached_property
    def _windows(self) -> list[tuple[int, "_Window"]]:
        return [(index, w) for index, read in enumerate(self._passages) for w in read.windows()]


@frozen
class _Window:
    """A sentence of a passage, or two on end."""

    start: int
    end: int
    stems: frozenset[str] = field(repr=False)

    def and_(self, other: "_Window") -> "_Window":
        return _Window(self.start, other.end, self.stems | other.stems)


class _Read:
    """One passage, as it is compared."""

    def __init__(self, words: str) -> None:
        self._words = words

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        return _folded(self._words)

    def find(self, wanted: str) -> tuple[int, int] | None:
        """Return where the folded `wanted` begins and ends."""
        folded, positions = self._folded
        # Whole words, in scripts that put spaces between them: those are the ones with capitals.
        before = " " if wanted[0].islower() or wanted[0].isdecimal() else ""
        after = " " if wanted[-1].islower() or wanted[-1].isdecimal() else ""
        at = folded.find(f"{before}{wanted}{after}")
        if at < 0:
            return None
        first = at + len(before)
        return positions[first], positions[first + len(wanted) - 1] + 1

    def told(self, start: int, end: int) -> str:
        """Return the words between, with what ends them, and no more than LONGEST_QUOTE."""
        ending = _ENDING.match(self._words, end)
        end = ending.end() if ending is not None else end
        return _shortened(self._words[start:end].strip())

    def windows(self) -> Iterator[_Window]:
        """Yield every sentence and every two on end, if there is enough in it to bear one out."""
        sentences = [
            _Window(match.start(), match.end(), _content(match[0])[0])
            for match in _SENTENCE.finditer(self._words)
            if match[0].strip()
        ]
        for window in (*sentences, *(one.and_(other) for one, other in pairwise(sentences))):
            if len(window.stems) >= LEAST_STEMS:
                yield window


def _shortened(quote: str) -> str:
    """Return `quote`, or as many of its words as are told of one."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    cut = quote[: LONGEST_QUOTE + 1]
    return (cut.rpartition(" ")[0] or cut[:LONGEST_QUOTE]).rstrip()


_fold: Final = lru_cache(4096)(fold)


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the words of `text` as they are compared, and where each character comes from.

    One space stands between words, before the first and after the last.
    """
    chars, positions = [" "], [0]
    for at, char in enumerate(text):
        if char.isalnum():
            for each in _fold(char):
                if each.isalnum():
                    chars.append(each)
                    positions.append(at)
        elif chars[-1] != " " and _fold(char):  # not an accent of its own
            chars.append(" ")
            positions.append(at)
    if chars[-1] != " ":
        chars.append(" ")
        positions.append(len(text))
    return "".join(chars), positions


def content(text: str) -> frozenset[str]:
    """Return the roots of the words of `text` that say something."""
    return _content(text)[0]


def sentences(text: str) -> list[str]:
    """Return the sentences of a passage, as they stand there."""
    return [match[0].strip() for match in _SENTENCE.finditer(text) if match[0].strip()]


def _content(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roots of the words of `text` that say something, and which are numbers."""
    words = {w for w in _WORD.findall(fold(text)) if len(w) > 1 or w.isdecimal()} - STOP_WORDS
    numbers = frozenset(word for word in words if word.isdecimal())
    return frozenset(stem(word[:_ROOT]) for word in words - numbers) | numbers, numbers
