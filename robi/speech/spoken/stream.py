"""What may be said by now, and what must wait for the rest of its token.

Owns the state of an answer. Its cuts depend on the text alone and never on how it came, which is
why any split gives the same words; every other module of this package sees whole phrases.

- *Plain* words, of letters and plain punctuation, go out as they came, letter by letter. `cuts`
  says where they stop.
- A *phrase* begins with what is not plain (a number, a sign, an abbreviation) and ends with the
  plain word after it, which may be its unit or its noun (`21 años`, `5 km`, `$5 million`), at
  punctuation that closes a number, or at the end of the line. It is read as one. A word in it ends
  at white space, or after punctuation that follows its letters.
- What opens a bracket, a tag or a formula is one phrase up to where that closes.
- Letters that begin nothing else have gone out when a sign follows them (`ejemplo|.com`, `MP|3`):
  the phrase is read with them.

Held back is the token that is still incomplete, and no more: letters that may become an
abbreviation or an address, or a phrase. No word is longer than MOST_WORD, no phrase than MOST_OPEN
and a word: what is longer is cut there. And the last letter said, which a mark may join
(`graphemes`).
"""

# ruff: noqa: RUF001 - tables of words; the signs meant are the ones written

import re
from typing import Final

from robi.speech.spacing import Spacing
from robi.speech.spoken import controls, graphemes
from robi.speech.spoken.controls import Controls
from robi.speech.spoken.cuts import begin_of_phrase, certain, first_special, pending
from robi.speech.spoken.graphemes import FIRST_MARK, Graphemes
from robi.speech.spoken.guess import WINDOW, as_language, guess
from robi.speech.spoken.letters import LETTERS, MARKS, UNSPACED
from robi.speech.spoken.marks import unmarked
from robi.speech.spoken.readings import read

MOST_WORD: Final = 256
"""Characters of one word; a web address fits."""
MOST_PHRASE: Final = 64
"""Characters from which on a phrase ends with the word that reaches them."""
MOST_OPEN: Final = 240
"""The same for what has opened a bracket, a tag or a formula: the text of a link fits."""
MOST_GAP: Final = 64
"""Characters of white space between two words; of more the rest is dropped."""
MOST_HELD: Final = (
    MOST_OPEN + 2 * MOST_WORD + 2 * MOST_GAP + graphemes.MOST_HELD + controls.MOST_HELD
)
"""Characters held back at most: a phrase just short of its end, the word that will end it, white
space, the last letter, and an escape without an end."""
_MOST_RUN: Final = 128
"""Characters of a run of plain text that are remembered: twice what `cuts` looks at."""
_SLICE: Final = 2048
"""Characters looked at together, so that time stays linear in what is fed at once."""

_EAGER: Final = re.compile(rf"[¿¡(«“\"'‘]*{LETTERS}(?:['’-]{LETTERS})*[,;!?»”\")]")
"""A word in a phrase that its punctuation ends even if no white space follows."""
_LETTERS_BEFORE: Final = re.compile(rf"(?:{LETTERS}['’-]?)*\Z")
_WIDE: Final = re.compile(rf"\s{{{MOST_GAP + 1},}}")
_SPACE: Final = re.compile(r"\s+")
_TOKEN: Final = re.compile(rf"[{UNSPACED}][{MARKS}]*|[^\s{UNSPACED}]+")
_LEADING_MARKS: Final = re.compile(rf"[{MARKS}]+")
_ENDS_NUMBER: Final = re.compile(r"(?<!\(\d)(?<!\(\d\d)(?<!\(\d\d\d)[\d%€°ºª][,.;:!?»”\")]+\Z")
_CLOSING: Final = frozenset(".,;:!?…)]»”")
_JOINS: Final = frozenset(["x", "X", ":", "mil", "millones", "thousand", "million", "billion"])
"""Words that stand between two numbers, or a number and its unit: 2 x 3, 8 : 2, 5 mil km."""
_OPEN: Final = re.compile(
    r"\[[^\]]*\Z|\]\([^()]*(?:\([^()]*\)[^()]*)*\Z|<[A-Za-z/!][^<>]*\Z|\\[a-zA-Z]+\{[^{}]*\Z"
    r"|(?<![\w$])\$(?=[^\d\s$.,]|\d+(?![kKMB]\b)[a-zA-Z\\^_])"
    r"(?:(?!\s[^\W\d_]{3})[^$])*\Z"
)


class Speakable:
    """Makes an answer fit to be spoken while it comes; one for each answer.

    Args:
        language: `es` or `en`, in which the answer is expected; anything else is read as a
            language of which only the marks are taken out.
    """

    def __init__(self, language: str) -> None:
        """Begin an answer."""
        self._language = as_language(language)
        self._buffer = ""  # neither said nor part of the phrase
        self._phrase: str | None = None  # words that are read together, once their phrase ends
        self._gap = ""  # white space after all that
        self._line_begins = True  # the next word is the first of its line
        self._phrase_begins_line = False
        self._run = ""  # plain text since the last white space or phrase
        self._letters = ""  # said just before the phrase, without white space between
        self._before = ""  # the end of what has been read, as it was written
        self._skips = False  # the rest of a web address that is longer than a word
        self._spacing = Spacing()
        self._controls = Controls()
        self._graphemes = Graphemes()

    def feed(self, text: str) -> str:
        """Take what was written next, split anywhere; return what can be said by now."""
        if len(text) <= _SLICE:
            self._buffer += self._controls.drop(text)
            said = self._graphemes.say(self._read(end=False))
            return said + self._graphemes.release() if self._is_settled() else said
        slices = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
        return "".join(map(self.feed, slices))

    def close(self) -> str:
        """The answer has ended, or pauses: return what was held back."""
        self._controls.end()
        return self._graphemes.say(self._read(end=True)) + self._graphemes.release()

    @property
    def held(self) -> int:
        """Characters held back, MOST_HELD at most."""
        waiting = (self._buffer, self._phrase or "", self._gap, self._graphemes.held)
        return sum(map(len, waiting)) + self._controls.held

    def _is_settled(self) -> bool:
        """Whether something is there already that parts the last letter from what comes."""
        held = self._graphemes.held
        if len(held) != 1 or held >= FIRST_MARK:  # more may be joined by more than a mark
            return False
        if self._gap or self._phrase is not None:
            return True
        following = self._buffer[:1]
        return following.isascii() and following != "" and not following.isalpha()

    def _read(self, *, end: bool) -> str:
        out: list[str] = []
        if len(self._buffer) > MOST_GAP:
            self._buffer = _WIDE.sub(lambda found: found[0][:MOST_GAP], self._buffer)
        while self._buffer:
            space = _SPACE.match(self._buffer)
            if space is not None:
                self._gap = (self._gap + space[0])[:MOST_GAP]
                self._line_begins = self._line_begins or "\n" in self._gap
                self._run, self._skips = "", False
                self._buffer = self._buffer[space.end() :]
                continue
            if self._phrase and self._line_begins:
                out.append(self._end_phrase(ends_line=True))
            if self._phrase is None and not self._skips:
                if not end:
                    said = len(self._run)
                    there, waits = certain(self._run + self._buffer)
                    if there > said:
                        out.append(self._say_plain(self._buffer[: there - said]))
                        self._buffer = self._buffer[there - said :]
                        if waits:
                            break
                        continue
                cut, special = self._plain(end=end)
                if cut:
                    out.append(self._say_plain(self._buffer[:cut]))
                if special:
                    self._begin_phrase()
                elif not cut:
                    break
            elif cut := self._word(end=end):
                out.append(self._take(self._buffer[:cut]))
            else:
                break
            self._buffer = self._buffer[cut:]
        if end and self._phrase is not None:
            out.append(self._end_phrase(ends_line=True))
        return "".join(out)

    def _plain(self, *, end: bool) -> tuple[int, bool]:
        """Return how much of the buffer is plain by now, and whether a phrase begins there."""
        start = len(self._run)
        text = self._run + self._buffer
        limit = len(text) if end else pending(text, len(text))
        before = self._before + self._gap
        here, special = first_special(text, start, limit, before, end=end)
        if here < limit:
            here = begin_of_phrase(text, here)
        return here - start, special

    def _say_plain(self, words: str) -> str:
        body = words.rstrip()
        said = self._gap + body
        self._gap = words[len(body) :]
        self._line_begins = "\n" in self._gap
        self._run = "" if self._gap else (self._run + body).rsplit(None, 1)[-1][-_MOST_RUN:]
        self._before = (self._before + said)[-WINDOW:]
        return self._spacing.say(said)

    def _begin_phrase(self) -> None:
        letters = _LETTERS_BEFORE.search(self._run[-MOST_PHRASE:])
        self._letters = letters[0] if letters is not None else ""
        self._before = (self._before + self._gap)[-WINDOW:]
        self._spacing.say(self._gap)
        self._phrase, self._phrase_begins_line = "", self._line_begins
        self._gap, self._run, self._line_begins = "", "", False

    def _word(self, *, end: bool) -> int:
        """Return the length of the word that begins the buffer, 0 if it may go on."""
        buffer = self._buffer
        if (eager := _EAGER.match(buffer, 0, MOST_WORD)) is not None:
            return eager.end()
        token = _TOKEN.match(buffer)
        length = token.end() if token is not None else 1
        if length > MOST_WORD:
            return _whole_graphemes(buffer, MOST_WORD)
        return length if end or length < len(buffer) else 0

    def _take(self, word: str) -> str:
        """Take a word into the phrase; return what is said by that."""
        if self._phrase is None:  # the rest of an address
            return ""
        plain = self._word_is_plain(word)
        self._phrase += self._gap + word
        self._gap = ""
        long = len(self._phrase)
        self._skips = len(word) > MOST_WORD - graphemes.MOST_MARKS and "://" in word
        if not self._skips and long < MOST_OPEN and _OPEN.search(self._phrase) is not None:
            return ""
        if plain or self._skips or long >= MOST_PHRASE or _ENDS_NUMBER.search(word) is not None:
            return self._end_phrase(ends_line=False)
        return ""

    def _word_is_plain(self, word: str) -> bool:
        before = f"{self._before}{self._phrase}{self._gap}"
        _, special = first_special(word, 0, len(word), before, end=True)
        return not special and word not in _JOINS

    def _end_phrase(self, *, ends_line: bool) -> str:
        phrase, self._phrase = self._phrase or "", None
        language = guess(self._before, phrase, self._language)
        letters, before = self._letters, self._before
        text = unmarked(letters + phrase, begins_line=self._phrase_begins_line, ends_line=ends_line)
        text = read(text, language, before[: len(before) - len(letters)])
        if text.startswith(letters):
            text = text[len(letters) :]
        else:  # what was said cannot be taken back
            text = unmarked(phrase, begins_line=False, ends_line=ends_line)
            text = read(text, language, before)
        text = _LEADING_MARKS.sub("", text, count=1) if text[:1] > "\u0300" else text
        self._before = (self._before + phrase)[-WINDOW:]
        if not text or (text[0] != phrase[0] and (text[0].isspace() or text[0] in _CLOSING)):
            self._spacing.cross()  # something was taken out before that
        return self._spacing.say(text)


def _whole_graphemes(word: str, limit: int) -> int:
    """Return where to cut a word that is longer than `limit`, if possible between graphemes."""
    for cut in range(limit, limit - graphemes.MOST_MARKS, -1):
        if _LEADING_MARKS.match(word, cut) is None:
            return cut
    return limit
