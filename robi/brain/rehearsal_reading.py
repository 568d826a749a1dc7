"""What the rehearsal reads out to a reader: what a text itself says of the question.

Owns the choice of the sentences, by the words that they share with the question (what these tell is
`rehearsal_asked`). It understands neither, and says so; what it quotes stands in the text, and it
cites it as a model would. Where no sentence or two have most of what is asked it tells that there
is no evidence: rather nothing, than something of the same words. Of a selection one word is enough.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from robi.brain.rehearsal_asked import Asked, asked, holds, roots
from robi.brain.rehearsal_memories import quoted
from robi.brain.rehearsal_written import Reply
from robi.errors import Language
from robi.speech.evidence import sentences
from robi.speech.names import plain
from robi.speech.reading import Reading

MOST_READ: Final = 2
"""Sentences of a text in one answer."""
LEAST_SHARE: Final = 0.55
"""Of what a question tells, so much has to stand in a sentence or two and the headings above."""
LEAST_WORDS: Final = 2
"""Words of a question that stand there, if it has so many: one is shared by chance."""
_FITTING: Final = 0.2
"""How much better a sentence fits that has the number, the name or the meaning that is wanted."""
_ABOUT: Final = 0.1
"""How much better one fits that begins with what is asked about."""
_SHORTER: Final = 0.05
"""How much better one sentence fits than two."""
_BEGINNING: Final = 5
"""Words with which a sentence says what it is about."""
_MOST_CHARS: Final = 400
_MOST_CITED: Final = 20
"""Words of a citation."""

_WANTED: Final = {
    "read_translate": re.compile(r"\btrad[uú](?:c|zc)\w*|\btranslat\w*", re.IGNORECASE),
    "read_summarise": re.compile(r"\bres[uú]m\w*|\bsummar\w*|\bin short\b", re.IGNORECASE),
    "read_explain": re.compile(
        r"\bexpl[ií](?:c|qu)\w*|\bexplain\w*|\bsignifica\w*|\bquiere decir\b"
        r"|\bwhat does\b.*\bmean\b|\baclara\w*|\bclarify\b",
        re.IGNORECASE,
    ),
}
"""What may be wanted of a selection as a whole."""

NO_EVIDENCE: Final = "[none:evidence]"


@frozen
class _Sentence:
    """A sentence of a passage; `number` is the passage's, from 1."""

    number: int
    text: str = field(repr=False)
    roots: frozenset[str] = field(repr=False)
    above: frozenset[str] = field(repr=False)
    """Roots of the headings."""


def read_out(
    reading: Reading, said: str, line: Callable[[str], str], language: Language, before: str = ""
) -> Reply:
    """Return what is read out to who asked `said`, and `before` that, if it asks on.

    `line` gives a sentence for an occasion.
    """
    if not reading.wanted:
        return Reply("neutral", line("read_anything"))
    found = list(_sentences(reading))
    if not reading.selected:
        return _reply(line("read_found"), _evidence(found, asked(said, before)), language)
    wanted = next((name for name, sign in _WANTED.items() if sign.search(said)), None)
    if wanted is not None or not (question := asked(said)).roots:
        return _reply(line(wanted or "read_selected"), found[:MOST_READ], language)
    return _reply(line("read_selected"), _closest(found, question), language)


def _reply(opening: str, told: Sequence[_Sentence], language: Language) -> Reply:
    if not told:
        return Reply("neutral", NO_EVIDENCE)
    parts = [f"{_shown(each.text, language)} {_cite(each)}" for each in told]
    return Reply("curious", " ".join([opening, *parts]))


def _sentences(reading: Reading) -> Iterator[_Sentence]:
    for number, passage in enumerate(reading.passages, 1):
        above = roots(" ".join(passage.heading))
        for text in sentences(passage.words):
            if there := roots(text):
                yield _Sentence(number, text, there, above)


def _evidence(found: list[_Sentence], question: Asked) -> Sequence[_Sentence]:
    """Return the sentence, or two that follow each other, that have most of what is asked."""
    weights = question.weights([each.roots | each.above for each in found])
    places = _places(found, question)
    held = [place for place in places if _has_most(place, weights, question)]
    return _best(held, weights, question)


def _closest(found: list[_Sentence], question: Asked) -> Sequence[_Sentence]:
    """Return the sentence of a selection that is nearest to a question, if any is.

    What was selected is before the reader's eyes; one telling word in common is enough.
    """
    weights = question.weights([each.roots for each in found])
    telling = question.telling or question.roots
    near = [[each] for each in found if each.roots & telling]
    return _best(near, weights, question)


def _places(found: list[_Sentence], question: Asked) -> Iterator[list[_Sentence]]:
    """Yield each sentence, and each two on end of one passage that both have a word of it."""
    for each in found:
        yield [each]
    for one, other in pairwise(found):
        both = one.roots & question.roots and other.roots & question.roots
        if both and one.number == other.number:
            yield [one, other]


def _has_most(place: Sequence[_Sentence], weights: Mapping[str, float], question: Asked) -> bool:
    """Return whether most of a question stands in a place, and more of it than one word has.

    What has but common words is about what headings say, or about nothing that can be told.
    """
    above = place[0].above
    if not question.telling:
        return bool(question.roots) and question.roots <= above
    there = _roots(place) | above
    return _share(weights, there) >= LEAST_SHARE and all(
        len(said & there) >= min(LEAST_WORDS, len(said))
        for said in (question.telling, question.roots)
    )


def _best(
    places: Sequence[Sequence[_Sentence]], weights: Mapping[str, float], question: Asked
) -> Sequence[_Sentence]:
    """Return the place that fits best, if there is any, the first of those that fit as well."""

    def fits(place: Sequence[_Sentence]) -> float:
        here = _roots(place)
        begins = roots(" ".join(place[0].text.split()[:_BEGINNING]))
        return (
            (_share(weights, here) + _share(weights, here | place[0].above)) / 2
            + _FITTING * any(holds(each.text, question.wants) for each in place)
            + _ABOUT * bool(begins & question.telling)
            - _SHORTER * (len(place) - 1)
        )

    return max(places, key=fits, default=())


def _roots(place: Sequence[_Sentence]) -> frozenset[str]:
    return frozenset().union(*(each.roots for each in place))


def _share(weights: Mapping[str, float], there: frozenset[str]) -> float:
    """Return how much of a question stands where these roots are."""
    return sum(tells for root, tells in weights.items() if root in there)


def _shown(sentence: str, language: Language) -> str:
    words = plain(sentence)
    if len(words) > _MOST_CHARS:
        words = words[:_MOST_CHARS].rsplit(" ", 1)[0] + "…"
    return quoted(words, language)


def _cite(sentence: _Sentence) -> str:
    words = re.sub(r"[\[\]\"“”«»]", "", plain(sentence.text)).split()[:_MOST_CITED]
    return f'[cite:{sentence.number} "{" ".join(words)}"]'
