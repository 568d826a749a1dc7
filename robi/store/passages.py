"""How passages of texts are found for a question, and when what is found is no evidence.

Owns what is searched, how far, the ranking, and the threshold: pure, for both twins.

A question's words are searched by their roots (`robi.store.roots`), each weighing what it tells:
its idf, high for a word that few passages have. A word of the question that no passage has stands
for those that it may be a misspelling of (`robi.store.spelling`).

    score      ranks: BM25, the words of the headings counted with those of the passage, and once
               more what stands together in two sentences that follow each other.
    threshold  a passage is evidence that has a word of the question beyond the commonest of the
               language, or one that it may be a misspelling of. It is low: how much of the question
               a passage has does not tell whether it has the answer (decision 28), and behind it
               the model is told to decline, and must cite.

A search has bounds: so many words are mended, only entries of the rarer roots are looked at for
candidates, and only the best candidates are read.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Final

from attrs import field, frozen

from robi.store import spelling
from robi.store.roots import LIGHT, SENTENCE, of_question

MOST_ROOTS: Final = 24
"""Different roots of one question; the longest are taken, as they are the rarest."""

LOOKED_AT: Final = 2_000
"""Entries of the index that are looked at for candidates."""

CANDIDATES: Final = 32
"""Passages that are read to be ranked."""

MENDED: Final = 6
"""Words of one question for which is looked whether they are misspelt; the longest are taken."""

MEANT: Final = 3
"""Words that a misspelt one stands for at most."""

_MEANT: Final = 0.7
"""How much less a word tells that the question may have meant, and did not say."""

_BEFORE: Final = 0.3
"""How much less a word tells that was in the question before."""

_SATURATION: Final = 1.2
_LENGTHS: Final = 0.5
"""BM25's k1 and b: how soon a word said again tells nothing new, and how much length matters."""

_USUAL: Final = 90
"""Content words of a passage, as it is usually cut."""


@frozen
class Asked:
    """What is searched for: roots of a question, and of what was asked before; how much each tells.

    Only the question's make a passage evidence.
    """

    question: Mapping[str, float] = field(factory=dict)
    before: Mapping[str, float] = field(factory=dict)

    @property
    def roots(self) -> tuple[str, ...]:
        """All of them, each once."""
        return (*self.question, *self.before)

    @property
    def telling(self) -> frozenset[str]:
        """Those of which evidence has one: common ones only if there are no others."""
        said = self.question
        return frozenset(each for each in said if said[each] > LIGHT) or frozenset(said)


def asked(words: Sequence[str]) -> Asked:
    """Return what is searched for `words`: the question, then those before it.

    A question that has no word of its own ("¿Y por qué?") is the one before it, once more; one that
    has but common words ("¿Y cuánto tiempo tarda?") is asked together with it.
    """
    told = [roots for text in words if (roots := _longest(of_question(text)))]
    if not told:
        return Asked()
    question, *others = told
    if others and max(question.values()) < 1:
        question = _longest({**question, **others[0]})
    before: dict[str, float] = {}
    for roots in others:
        for each, tells in roots.items():
            if each not in question:
                before.setdefault(each, tells * _BEFORE)
    return Asked(question, _longest(before))


def _longest(roots: Mapping[str, float]) -> dict[str, float]:
    longest = sorted(roots, key=lambda each: (-len(each), each))[:MOST_ROOTS]
    return {each: roots[each] for each in longest}


def unknown(question: Asked, having: Mapping[str, int]) -> tuple[str, ...]:
    """Return the roots of the question that may be misspelt: telling ones that no passage has."""
    roots = (
        each
        for each, tells in question.question.items()
        if tells > LIGHT and not having[each] and spelling.mistakes(each)
    )
    return tuple(sorted(roots, key=lambda each: (-len(each), each))[:MENDED])


def mended(
    question: Asked, near: Mapping[str, Mapping[str, int]], having: Mapping[str, int]
) -> Asked:
    """Return the question with the nearest words that there are instead of its unknown ones.

    Args:
        near: of unknown roots, those which may have been meant, with the mistakes that each takes.
        having: how many passages have each of those; none, if it is not there.
    """
    said = dict(question.question)
    for each, words in near.items():
        there = {word: made for word, made in words.items() if having.get(word)}
        nearest = sorted(word for word in there if there[word] == min(there.values()))
        for word in nearest[:MEANT]:
            said[word] = max(said.get(word, 0.0), said[each] * _MEANT)
        if there:
            del said[each]
    before = {each: tells for each, tells in question.before.items() if each not in said}
    return Asked(said, before)


def weights(question: Asked, having: Mapping[str, int], known: int) -> dict[str, float]:
    """Return what each root tells of passages.

    Args:
        having: how many passages have it.
        known: how many passages there are.
    """
    return {
        each: tells * log(1 + (known - having[each] + 0.5) / (having[each] + 0.5))
        for told in (question.question, question.before)
        for each, tells in told.items()
    }


def looked_at(question: Asked, having: Mapping[str, int]) -> tuple[str, ...]:
    """Return the roots of which the entries are looked at: telling ones first, then the rarest."""
    telling = question.telling
    chosen: list[str] = []
    entries = 0
    for each in sorted(having, key=lambda each: (each not in telling, having[each], each)):
        if not having[each]:
            continue
        entries += having[each]
        if chosen and entries > LOOKED_AT:
            break
        chosen.append(each)
    return tuple(chosen)


def candidates(
    question: Asked, entries: Mapping[str, Iterable[int]], weight: Mapping[str, float]
) -> list[int]:
    """Return the numbers of the passages that are worth reading: each has a telling root.

    Args:
        entries: for each root that is looked at, the numbers of the passages that have it.
        weight: what each root tells.
    """
    telling = question.telling
    ranks = {number: 0.0 for each in telling for number in entries.get(each, ())}
    for each, numbers in entries.items():
        tells = weight[each]
        for number in numbers:
            if number in ranks:
                ranks[number] += tells
    best = sorted(ranks.items(), key=lambda item: (-item[1], item[0]))
    return [number for number, _ in best[:CANDIDATES]]


def ranked(
    weight: Mapping[str, float],
    read: Iterable[tuple[int, str, str]],
    limit: int,
) -> list[tuple[int, float]]:
    """Return the numbers of passages with their scores, the best first.

    Args:
        weight: what each root tells.
        read: of each candidate its number, and the roots of its headings and of its words.
    """
    evidence = [
        (number, _score(weight, f" {headings} ", f" {words} ")) for number, headings, words in read
    ]
    return sorted(evidence, key=lambda item: (-item[1], item[0]))[:limit]


def _score(weight: Mapping[str, float], headings: str, words: str) -> float:
    """Return how well a passage fits what is asked for."""
    longer = _SATURATION * (1 - _LENGTHS + _LENGTHS * words.count(" ") / _USUAL)
    score = 0.0
    inside: dict[str, float] = {}
    for each, tells in weight.items():
        token = f" {each} "
        times = words.count(token)
        if stands := times + (token in headings):
            score += tells * stands * (_SATURATION + 1) / (stands + longer)
        if times:
            inside[token] = tells
    return score + _together(inside, words)


def _together(inside: Mapping[str, float], words: str) -> float:
    """Return the most that two sentences which follow each other have of what is asked for."""
    if len(inside) == 1:
        return sum(inside.values())
    most = 0.0
    before: list[str] = []
    for sentence in words.split(SENTENCE):
        said = f" {sentence} "
        here = [token for token in inside if token in said]
        both = [tells for token, tells in inside.items() if token in here or token in before]
        most = max(most, sum(both))
        before = here
    return most
