"""How memories are ranked by what they have of some words, with a bound on the work.

Owns what is put into the index, what is searched, how far, and the ranking: pure, for both twins.

A memory is a sentence or two, in which a word seldom stands twice: so of BM25 only the weight of a
word is left, which is high for one that few memories have (its *idf*). That makes the rank a sum,
the same in both twins.

A word that thousands of memories have says little, and would be all of the work. So all words
together may look at `LOOKED_AT` entries of the index, each at its share, newest first: of a common
word only its newest memories count, a rarer one is always looked at whole.
"""

from collections.abc import Iterable, Sequence
from math import log
from typing import Final

from robi.people.words import all_words, stem

LOOKED_AT: Final = 1600
"""Entries of the index that one search looks at: a millisecond (tests/store/measure_recall.py)."""

MOST_STEMS: Final = 16
"""Different words of one search; the longest are taken, as they are the rarest."""


def indexed(content: str) -> tuple[str, ...]:
    """Return the stems by which a memory is found, each once.

    Whoever changes them has to index again what is there, in a migration.
    """
    return tuple(dict.fromkeys(map(stem, all_words(content))))


def searched(words: Iterable[str]) -> tuple[str, ...]:
    """Return the stems to search for."""
    found = dict.fromkeys(stem(word) for text in words for word in all_words(text))
    return tuple(sorted(found, key=lambda each: (-len(each), each))[:MOST_STEMS])


def share(stems: Sequence[str]) -> int:
    """Return how many of the newest memories that have it are looked at for each of `stems`."""
    return LOOKED_AT // max(1, len(stems))


def ranked(found: Iterable[Sequence[int]], known: int) -> list[tuple[int, float]]:
    """Return numbers of memories with their rank: the best first, of equals the newest.

    Args:
        found: for each stem, the numbers of those that have it; a higher number is newer.
        known: how many memories there are.
    """
    ranks: dict[int, float] = {}
    for numbers in found:
        having = len(numbers)
        weight = log(1 + (max(known, having) - having + 0.5) / (having + 0.5))
        for number in numbers:
            ranks[number] = ranks.get(number, 0.0) + weight
    return sorted(ranks.items(), key=lambda item: (item[1], item[0]), reverse=True)
