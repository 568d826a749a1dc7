"""Which words a misspelt one may have been meant for.

Owns how far a word may be from what was meant, and the letters that one begins with by mistake for
another. It works on roots (`robi.store.roots`), where `b` and `v` are one letter already. What is
nearly the same in English and Spanish ("crystal", "atmosphere") is as near as what is misspelt.

It is asked for words that no passage has: a word that stands somewhere is taken as it was written.
"""

from collections.abc import Iterable
from typing import Final

from robi.store import roots

SHORTEST: Final = 5
"""Letters of a root that may be misspelt: shorter ones have too many neighbours."""

LONG: Final = 8
"""Letters of a root that may have two mistakes."""

NEIGHBOURS: Final = 32
"""Words that one may have been meant for at most: no language has as many, but a text might."""

# Written for one another at the beginning of a word, as they sound alike: "selula", "jirar". The
# `p` is that of "photo", which is without its mute `h`.
_ALIKE: Final = {
    "c": "csk", "s": "scz", "z": "zcs", "g": "gj", "j": "jg", "k": "kcq", "q": "qck", "p": "pf",
}  # fmt: skip


def mistakes(root: str) -> int:
    """Return how many mistakes a root may have: a letter more, less, wrong, or two exchanged."""
    if len(root) < SHORTEST or root.isdecimal():
        return 0
    return 1 if len(root) < LONG else 2


def initials(root: str) -> str:
    """Return the letters with which what was meant may begin."""
    first, second = root[0], root[1]
    alike = _ALIKE.get(first, first)
    return alike if second in alike else alike + second


def lengths(root: str) -> tuple[int, int]:
    """Return how many letters what was meant has at least and at most."""
    return min(len(form) - most for form, most in _forms(root)), len(root) + mistakes(root)


def near(root: str, vocabulary: Iterable[str]) -> dict[str, int]:
    """Return the words that may have been meant, each with the mistakes that it takes.

    They are the nearest, and if there are too many, those that come first by the alphabet.
    """
    begins, (shortest, longest) = initials(root), lengths(root)
    forms = [(form, most, set(form)) for form, most in _forms(root)]
    found: dict[str, int] = {}
    for word in vocabulary:
        if word[0] not in begins or not shortest <= len(word) <= longest:
            continue
        for form, most, letters in forms:
            # A mistake changes two of the letters that a word has at most: that is soon seen.
            if abs(len(word) - len(form)) <= most and len(letters ^ set(word)) <= 2 * most:
                made = _made(form, word, most)
                if made <= most:
                    found[word] = min(made, found.get(word, made))
    nearest = sorted(found.items(), key=lambda item: (item[1], item[0]))
    return dict(nearest[:NEIGHBOURS])


def _forms(root: str) -> tuple[tuple[str, int], ...]:
    """Return the root, and the root of that if there is one, with the mistakes of each.

    "Volcano" has an ending more than "volcán" to lose.
    """
    shorter = roots.root(root)
    if SHORTEST - 1 <= len(shorter) < len(root):
        return (root, mistakes(root)), (shorter, mistakes(shorter))
    return ((root, mistakes(root)),)


def _made(one: str, other: str, most: int) -> int:
    """Return how many mistakes lead from one word to the other (optimal string alignment).

    What both begin and end with takes none. It is given up as soon as it takes more than `most`.
    """
    start, least = 0, min(len(one), len(other))
    while start < least and one[start] == other[start]:
        start += 1
    end = 0
    while end < least - start and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[start : len(one) - end], other[start : len(other) - end]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        here = [at]
        for place, meant in enumerate(other, 1):
            made = min(row[place] + 1, here[-1] + 1, row[place - 1] + (letter != meant))
            exchanged = at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == meant
            here.append(min(made, before[place - 2] + 1) if exchanged else made)
        before, row = row, here
        if min(*before, *row) > most:
            break
    return row[-1]
