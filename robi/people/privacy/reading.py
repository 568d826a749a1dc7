"""Text as the rules read it: sentences, without disguise, in words.

Owns what does not count: case, accents, invisible characters, the width and script of digits,
apostrophes, letters set apart ("P.I.N."). The rules see `Reading`; only `sentences` touches the
text that is given back.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from attrs import field, frozen

from robi.people.privacy.lexicon import Hits
from robi.people.privacy.measures import measures_out
from robi.people.privacy.spelled import in_digits
from robi.people.privacy.themes import themes

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
_BETWEEN_LETTERS: Final = re.compile(r"[.\-·*_ ]+")
_QUOTES: Final = re.compile(r"(?<=[^\W\d_])['`´](?=[^\W\d_])")  # noqa: RUF001
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
    return _QUOTES.sub("", _SHORT_IS.sub(" is", text.casefold()))


def _plain(found: re.Match[str]) -> str:
    kept = []
    for character in unicodedata.normalize("NFKD", found[0].replace(_KEYCAP_TEN, "10")):
        if unicodedata.category(character) not in _DROPPED:
            digit = unicodedata.decimal(character, None)
            kept.append(character if digit is None else str(digit))
    return "".join(kept).replace("’", "'")  # noqa: RUF001


@frozen(slots=False)
class Reading:
    """One text (most often a sentence) in the forms that the rules ask for."""

    text: str = field(repr=False)

    @cached_property
    def folded(self) -> str:
        """Small letters, punctuation as it was, letters set apart put together."""
        return _APART.sub(lambda apart: _BETWEEN_LETTERS.sub("", apart[0]), folded(self.text))

    @cached_property
    def digits(self) -> str:
        """As folded, with numbers that were spelled out in digits."""
        return in_digits(self.folded)

    @cached_property
    def bare_digits(self) -> str:
        """As `digits`, with `#` for dates, times, prices, measures and telephone numbers."""
        return measures_out(self.digits)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of `bare_digits`, and `:` or `=` where they say that a value follows."""
        return tuple(_WORDS.findall(self.bare_digits + " "))

    @cached_property
    def hits(self) -> Hits:
        """Where the words of each theme stand among `words`."""
        return themes(self.words)
