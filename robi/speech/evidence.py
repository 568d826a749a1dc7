"""Whether words stand in a passage: what makes a citation one that can be trusted.

Owns the comparison, in two strengths: a quote stands in a passage word for word, a sentence is
borne out by a place that says much the same, with the same numbers, and denies as it does. What is
returned is always the passage's own words, in its own spelling, so that nobody is ever shown a
quote that the text does not have. Pure, and each passage is looked through in time that grows with
its length, whatever a model writes.

Words are compared without case and accents, and without all that is no letter or digit: a model
copies words faithfully, but seldom the marks of quotation, dashes and line ends between them. How
numbers are compared is `figures`, where sentences end is `sentences`.
"""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from robi.people.words import STOP_WORDS, fold, stem
from robi.speech.figures import FIGURE, compared, spelt
from robi.speech.reading import Passage
from robi.speech.sentences import spans

LONGEST_QUOTE: Final = 300
"""Characters of a quote that are told; of a longer one its beginning is looked for and told."""

LEAST_WORDS: Final = 2
LEAST_CHARS: Final = 8
"""A quote has so many words, or else so many characters: a single short word stands everywhere."""

LEAST_STEMS: Final = 3
LEAST_SHARE: Final = 0.6
"""Of a sentence that is borne out by a place, so many stems stand there, and this share of them."""

_AT_HAND: Final = 64
"""Passages of texts whose sentences are kept at hand: a class asks about the same few pages. What
was selected is never among them."""

_ROOT: Final = 6
"""Letters of a word that are compared: a sentence told anew has other endings."""

_ENDING: Final = re.compile(r"[\u0300-\u036f]*[%°]?(?:[.!?…]+(?!\w))?")
"""Accents of a last letter that stand by themselves, and the marks that end a sentence."""
_WORD: Final = re.compile(r"[^\W_]+")
_FIGURE_WITHIN: Final = re.compile(r"\d")
_NEGATION: Final = re.compile(
    r"\b(?:no(?!\.\s?\d| obstante| doubt)|ni|nunca|jamas|nada|nadie|ningun[oa]?s?|tampoco"
    r"|sin(?! embargo| duda)|apenas|not|never|none|nobody|nothing|nowhere|neither|nor|without"
    r"|cannot|hardly|barely|scarcely|(?:do|does|did|is|are|was|were|has|have|had|ca|could|wo|would"
    r"|should)n['’]?t)\b"  # noqa: RUF001
)
_BREAKS: Final = (
    re.compile(r"(?<!\d)\s|\s(?!\d)"),
    re.compile(r"(?<!\d)[^\w\s\u0300-\u036f]|[^\w\s\u0300-\u036f](?!\d)"),
)
"""Where a quote may be cut: between words, else at a mark, and in neither case within a number."""
_CUT_NUMBER: Final = re.compile(r"\d+\Z")


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

        They have most of its content and every number in it, and a negation if it has one.
        """
        stems, numbers = _content(sentence)
        denies = _denies(sentence)
        if len(stems) < LEAST_STEMS:
            return None
        needed = max(LEAST_STEMS, LEAST_SHARE * len(stems))
        best: tuple[int, int, int] | None = None  # stems in common, shortness, place
        for place, (_, window) in enumerate(self._windows):
            common = len(stems & window.stems)
            if common >= needed and numbers <= window.stems and denies == window.denies:
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
    denies: bool
    """Whether there is a negation in it, of whatever."""

    def and_(self, other: "_Window") -> "_Window":
        stems, denies = self.stems | other.stems, self.denies or other.denies
        return _Window(self.start, other.end, stems, denies)


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

    def windows(self) -> tuple[_Window, ...]:
        """Return every sentence and every two on end, if there is enough in it to bear one out."""
        return _windows(self._words)


@lru_cache(_AT_HAND)
def _windows(words: str) -> tuple[_Window, ...]:
    each = [
        _Window(start, end, _content(said)[0], _denies(said))
        for start, end in spans(words)
        if (said := words[start:end]).strip()
    ]
    both = (one.and_(other) for one, other in pairwise(each))
    return tuple(window for window in (*each, *both) if len(window.stems) >= LEAST_STEMS)


def _shortened(quote: str) -> str:
    """Return `quote`, or as many of its words as are told of one."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    for between in _BREAKS:
        ends = [m.start() for m in between.finditer(quote, 1, LONGEST_QUOTE + 2)]
        if fitting := [end for end in ends if end <= LONGEST_QUOTE]:
            return quote[: fitting[-1]].rstrip()
    cut = quote[:LONGEST_QUOTE]
    return (_CUT_NUMBER.sub("", cut) if quote[LONGEST_QUOTE].isdecimal() else "") or cut


_fold: Final = lru_cache(4096)(fold)


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the words of `text` as they are compared, and where each character comes from.

    One space stands between words, before the first and after the last.
    """
    chars, positions = [" "], [0]
    read = 0
    for figure in FIGURE.finditer(text):
        _fold_words(text, read, figure.start(), chars, positions)
        for char, at in spelt(figure[0]):
            chars.append(char)
            positions.append(figure.start() + at)
        read = figure.end()
    _fold_words(text, read, len(text), chars, positions)
    if chars[-1] != " ":
        chars.append(" ")
        positions.append(len(text))
    return "".join(chars), positions


def _fold_words(text: str, start: int, end: int, chars: list[str], positions: list[int]) -> None:
    for at in range(start, end):
        char = text[at]
        if char.isalnum():
            for each in _fold(char):
                if each.isalnum():
                    chars.append(each)
                    positions.append(at)
        elif chars[-1] != " " and _fold(char):  # not an accent of its own
            chars.append(" ")
            positions.append(at)


def content(text: str) -> frozenset[str]:
    """Return the roots of the words of `text` that say something."""
    return _content(text)[0]


def sentences(text: str) -> list[str]:
    """Return the sentences of a passage, as they stand there."""
    return [said for start, end in spans(text) if (said := text[start:end].strip())]


def _content(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roots of the words of `text` that say something, and which of them are numbers,
    or have one (`CO2`).
    """
    figures = {compared(written) for written in set(FIGURE.findall(text))}
    words = {w for w in _WORD.findall(fold(FIGURE.sub(" ", text))) if len(w) > 1 or w.isdecimal()}
    numbers = frozenset(figures | {word for word in words if _FIGURE_WITHIN.search(word)})
    return frozenset(stem(word[:_ROOT]) for word in words - STOP_WORDS - numbers) | numbers, numbers


def _denies(text: str) -> bool:
    """Return whether there is a negation in `text`; `n.º` and `No. 5` are none."""
    return _NEGATION.search(fold(text.replace("º", ""))) is not None
