"""Text as the rules read it: sentences, without disguise, in words.

Owns what does not count: case, accents, invisible characters, the width and script of digits,
apostrophes, letters set apart ("P.I.N."). The rules see `Reading`; only `sentences` touches the
text that is given back.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from robi.people.privacy.lexicon import Hits
from robi.people.privacy.measures import measures_out
from robi.people.privacy.spelled import in_digits, starts_number
from robi.people.privacy.themes import announcing, themes

PRIVATE_MARK: Final = "(…)"
"""What stands where something private stood, in any language. It is a sentence of its own,
announces nothing and joins no numbers, so that masking twice is masking once."""

_SENTENCE: Final = re.compile(
    r"""
    \s*                                         # white space belongs to what follows it
    (?: \(…\)
      | -----BEGIN[^-]{0,40}KEY-----            # a key in PEM has lines, and is one secret
        (?: (?!-----END)[\s\S] )* (?:-----END[^-]{0,40}-----)?
      | (?: [^.!?…\n(]+ | \((?!…\))
          | (?<=\b[^\W\d_]) [.] (?!\n)          # one letter and a dot end nothing: "P. I. N."
          | [.!?…]+ (?=[^\s.!?…])
        )+ [.!?…]*
      | [.!?…]+ )
    """,
    re.VERBOSE,
)
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_APART: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_][.\-·*_ ]\s?){2,}[^\W\d_](?![^\W_])\.?")
_MAYBE_APART: Final = re.compile(r"[.\-·*_\s][^\W\d_][.\-·*_ ]\s?[^\W\d_](?![^\W_])")
"""How such letters end, beginning with what stands before the last but one: quickly not found."""
_BETWEEN_LETTERS: Final = re.compile(r"[.\-·*_ ]+")
_QUOTES: Final = re.compile(r"(?<=[^\W\d_])['`´](?=[^\W\d_])")  # noqa: RUF001
_MARKS: Final = frozenset("'`´")  # noqa: RUF001
_SHORT_IS: Final = re.compile(r"(?<=ord|pin|ode|key)'s\b")  # my password's …
_WORDS: Final = re.compile(r"[^\W_]+|#|[:=]+(?=\D)")
_KEYCAP_TEN: Final = "\U0001f51f"
_DROPPED: Final = frozenset({"Mn", "Me", "Cf"})


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends, in order; white space is in between."""
    at = 0
    while (found := _SENTENCE.match(text, at)) is not None and found.end() > at:
        start = found.end() - len(found[0].lstrip())
        if start < found.end():
            yield start, found.end()
        at = found.end()


def folded(text: str) -> str:
    """Return the text in small letters and ASCII digits, without accents and what is not seen."""
    if not text.isascii():
        text = _NOT_ASCII.sub(_plain, text)
    text = text.casefold()
    if not _MARKS.isdisjoint(text):
        text = _QUOTES.sub("", _SHORT_IS.sub(" is", text))
    return text


def put_together(folded_text: str) -> str:
    """Return a folded text with letters that are set apart as one word."""
    if _MAYBE_APART.search(folded_text) is None:
        return folded_text
    return _APART.sub(lambda apart: _BETWEEN_LETTERS.sub("", apart[0]), folded_text)


def _plain(found: re.Match[str]) -> str:
    known = _KNOWN.get(found[0])
    return _plainly(found[0]) if known is None else known


def _plainly(text: str) -> str:
    kept = []
    for character in unicodedata.normalize("NFKD", text.replace(_KEYCAP_TEN, "10")):
        if unicodedata.category(character) not in _DROPPED:
            digit = unicodedata.decimal(character, None)
            kept.append(character if digit is None else str(digit))
    return "".join(kept).replace("’", "'")  # noqa: RUF001


_KNOWN: Final = {character: _plainly(character) for character in map(chr, range(0x80, 0x180))}
"""The letters and marks of Spanish and its neighbours, which are in every other sentence."""


@frozen
class Reading:
    """One text (most often a sentence) in the forms that the rules ask for."""

    text: str = field(repr=False)
    folded: str = field(repr=False)
    """Small letters, punctuation as it was, letters set apart put together."""
    digits: str = field(repr=False)
    """As folded, with numbers that were spelled out in digits."""
    bare_digits: str = field(repr=False)
    """As `digits`, with `#` for dates, times, prices, measures and telephone numbers."""
    words: tuple[str, ...] = field(repr=False)
    """The words of `bare_digits`, and `:` or `=` where they say that a value follows."""
    hits: Hits = field(repr=False)
    """Where the words of each theme stand among `words`."""
    lettered: bool
    """Whether there are words, all of them of letters, and none that a number begins with."""


def may_announce(text: str) -> bool:
    """Return whether the text may announce something; most texts do not, and need no reading."""
    return bool(announcing(_WORDS.findall(put_together(folded(text)) + " ")))


def read(text: str) -> Reading:
    """Return the text as the rules read it."""
    plain = put_together(folded(text))
    words = tuple(_WORDS.findall(plain + " "))
    letters = "".join(words)
    # Most sentences tell no number: they are written as they will be.
    lettered = letters.isalpha() and letters.isascii() and not starts_number(words)
    if lettered:
        return Reading(text, plain, plain, plain, words, themes(words), lettered=True)
    digits = in_digits(plain)
    bare_digits = measures_out(digits)
    if bare_digits != plain:
        words = tuple(_WORDS.findall(bare_digits + " "))
    return Reading(text, plain, digits, bare_digits, words, themes(words), lettered=False)
