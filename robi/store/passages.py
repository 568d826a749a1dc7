"""How passages of texts are found for a question, and when what is found is no evidence.

Owns what is searched, how far, the ranking, and the threshold: pure, for both twins.

A question's words are searched by their roots (`robi.store.roots`), each weighing what it tells:
its idf, high for a word that few passages have. Two figures come of them.

    score     ranks: BM25, the words of the headings counted with those of the passage, and once
              more what stands together in two sentences that follow each other.
    coverage  judges: the share of the question's weight that stands together in two such sentences
              or the headings above them. A word that no passage has weighs most of all, so that a
              question about something else has little of any passage. If no passage has enough,
              there is no evidence, and nothing is found.

A search has bounds: only entries of the rarer roots are looked at for candidates, and only the best
candidates are read.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Final

from attrs import field, frozen

from robi.store.roots import SENTENCE, of_question

MOST_ROOTS: Final = 24
"""Different roots of one question; the longest are taken, as they are the rarest."""

LOOKED_AT: Final = 2_000
"""Entries of the index that are looked at for candidates."""

CANDIDATES: Final = 48
"""Passages that are read to be ranked."""

EVIDENCE: Final = 0.24
"""The coverage that one passage needs at least (tests/texts/measure_reading.py)."""

BESIDE: Final = 0.5
"""The share of that which the others need, once there is one: noise is kept from a prompt."""

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

    The question's are all that evidence is judged by.
    """

    question: Mapping[str, float] = field(factory=dict)
    before: Mapping[str, float] = field(factory=dict)

    @property
    def roots(self) -> tuple[str, ...]:
        """All of them, each once."""
        return (*self.question, *self.before)


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


def looked_at(having: Mapping[str, int]) -> tuple[str, ...]:
    """Return the roots of which the entries are looked at: the rarest, and one in any case."""
    chosen: list[str] = []
    entries = 0
    for each in sorted(having, key=lambda each: (having[each], each)):
        if not having[each]:
            continue
        entries += having[each]
        if chosen and entries > LOOKED_AT:
            break
        chosen.append(each)
    return tuple(chosen)


def candidates(entries: Mapping[str, Iterable[int]], weight: Mapping[str, float]) -> list[int]:
    """Return the numbers of the passages that are worth reading.

    Args:
        entries: for each root that is looked at, the numbers of the passages that have it.
        weight: what each root tells.
    """
    ranks: dict[int, float] = {}
    for each, numbers in entries.items():
        tells = weight[each]
        for number in numbers:
            ranks[number] = ranks.get(number, 0.0) + tells
    best = sorted(ranks.items(), key=lambda item: (-item[1], item[0]))
    return [number for number, _ in best[:CANDIDATES]]


def ranked(
    question: Asked,
    weight: Mapping[str, float],
    read: Iterable[tuple[int, str, str]],
    limit: int,
) -> list[tuple[int, float]]:
    """Return the numbers of the passages that are evidence with their scores, the best first.

    Args:
        read: of each candidate its number, and the roots of its headings and of its words.
    """
    found = [
        (number, *_judged(question, weight, f" {headings} ", f" {words} "))
        for number, headings, words in read
    ]
    best = max((covered for _, _, covered in found), default=0.0)
    wanted = EVIDENCE * sum(weight[each] for each in question.question)
    if not best or best < wanted:
        return []
    evidence = [(number, score) for number, score, covered in found if covered >= BESIDE * wanted]
    return sorted(evidence, key=lambda item: (-item[1], item[0]))[:limit]


def _judged(
    question: Asked, weight: Mapping[str, float], headings: str, words: str
) -> tuple[float, float]:
    """Return the score of a passage, and what of the question's weight it covers."""
    longer = _SATURATION * (1 - _LENGTHS + _LENGTHS * words.count(" ") / _USUAL)
    score = above = 0.0
    inside: dict[str, float] = {}
    for each, tells in weight.items():
        token = f" {each} "
        in_heading = token in headings
        times = words.count(token)
        if stands := times + in_heading:
            score += tells * stands * (_SATURATION + 1) / (stands + longer)
        if in_heading and each in question.question:
            above += tells
        if times:
            inside[token] = tells
    together, covered = _together(question, inside, headings, words)
    return score + together, above + covered


def _together(
    question: Asked, inside: Mapping[str, float], headings: str, words: str
) -> tuple[float, float]:
    """Return the most that two sentences which follow each other have of all that is asked for,
    and of the question without what the headings have already.
    """
    own = {
        token: tells
        for token, tells in inside.items()
        if token not in headings and token[1:-1] in question.question
    }
    if len(inside) == 1:
        return sum(inside.values()), sum(own.values())
    most = covered = 0.0
    before: list[str] = []
    for sentence in words.split(SENTENCE):
        said = f" {sentence} "
        here = [token for token in inside if token in said]
        both = [token for token in inside if token in here or token in before]
        most = max(most, sum([inside[token] for token in both]))
        covered = max(covered, sum([own[token] for token in both if token in own]))
        before = here
    return most, covered
