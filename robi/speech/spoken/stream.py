"""What may be said by now, and what must wait for the rest of its token.

Owns where an answer is cut. The cuts depend on the text alone and never on how it came, which is
why any split gives the same words; every other module of this package sees whole phrases.

- A *word* ends at white space, or after punctuation that follows its letters (`_EAGER`). A word of
  letters and plain punctuation is *plain*, and goes out as it came.
- A *phrase* begins with a word that is not plain (a number, a sign, an abbreviation) and ends with
  the plain word after it, which may be its unit or its noun (`21 años`, `5 km`, `$5 million`), at
  punctuation that closes a number, or at the end of the line. It is read as one.
- What opens a bracket, a tag or a formula is one phrase up to where that closes.

- Letters that begin nothing else go out before their word ends, so that no chunk waits for the
  next; a sign after them (`ejemplo|.com`, `MP|3`) begins a phrase that is read with them.

Held back is the token that is still incomplete, and no more: letters that may become an
abbreviation or an address, or a phrase. No word is longer than MOST_WORD, no phrase than MOST_OPEN
and a word: what is longer is cut there. No piece begins with a combining mark or what else belongs
to the character before it: letters of scripts that live with such marks leave with the letter after
them. Latin, Greek and Cyrillic letters do not wait for one, since models write them composed and
every chunk ends in one; a mark that comes apart from these begins a piece.
"""

# ruff: noqa: RUF001 - tables of words; the signs meant are the ones written

import re
from typing import Final

from robi.speech.spacing import Spacing
from robi.speech.spoken.guess import WINDOW, as_language, guess
from robi.speech.spoken.letters import LETTERS, MARKS, UNSPACED
from robi.speech.spoken.marks import unmarked
from robi.speech.spoken.readings import read
from robi.speech.spoken.shortened import is_abbreviation, is_numeral, may_begin

MOST_WORD: Final = 256
"""Characters of one word; a web address fits."""
MOST_PHRASE: Final = 64
"""Characters from which on a phrase ends with the word that reaches them."""
MOST_OPEN: Final = 240
"""The same for what has opened a bracket, a tag or a formula: the text of a link fits."""
MOST_GAP: Final = 64
"""Characters of white space between two words; of more the rest is dropped."""
MOST_HELD: Final = MOST_OPEN + 2 * MOST_WORD + 2 * MOST_GAP
"""Characters held back at most: a phrase just short of its end, the word that will end it, and
white space."""
_MOST_MARKS: Final = 32
"""Combining marks on a letter, where a word is cut: two more than Unicode's stream-safe text has
(UAX 15). A letter with more is split."""
_SLICE: Final = 2048
"""Characters looked at together, so that time stays linear in what is fed at once."""

_SPECIAL: Final = re.compile(
    rf"[^\w\s,;:!?¿¡()«»“”\"'’‘—…、。「」『』！？，；：（）。।॥؟،؛{MARKS}-]"
    r"|[\d_¹²³⁰-₟¼-¾⅐-ↈ①-⓿ℹ]"
    rf"|[{MARKS}](?<![\w{MARKS}].)"  # a mark on nothing
    r"|-(?![^\W\d_])|(?<![^\W\d_])-"  # no hyphen within a word
    r"|\b[IVXLC]+\b|\b[πΔ]\b"
    r"|\b(?=[A-Z]{3}\b)(?:USD|EUR|GBP|MXN|ARS|COP|CLP|PEN|BRL|CHF|CAD|AUD|CNY|INR|JPY|BTC)\b"
    r"|:(?=[-/()DP|])|…(?=[….])"
)
"""What makes a word more than plain, unless `_is_plain` finds it harmless."""
_PERHAPS_PLAIN: Final = frozenset(".:I")
_PLAIN_END: Final = re.compile(rf"[¿¡(«“\"'‘]*{LETTERS}(?:['’-]{LETTERS})*[.:][»”\"')]*\Z")
_EAGER: Final = re.compile(rf"[¿¡(«“\"'‘]*{LETTERS}(?:['’-]{LETTERS})*[,;!?»”\")]+")
"""A word that its punctuation ends even if no white space follows."""
_BEGUN: Final = re.compile(rf"[¿¡(«“\"'‘]*({LETTERS}(?:['’-]{LETTERS})*)")
_RUN: Final = re.compile(rf"(?:{LETTERS}['’-]?)*\Z")
_WAITS_FROM: Final = "\u0530"
"""After Latin, Greek and Cyrillic come the scripts that live with combining marks."""
_PUNCTUATION: Final = tuple(',;!?»”)"')
_MORE: Final = re.compile(r"[,;!?»”)\"]+")
_SPACE: Final = re.compile(r"\s+")
_TOKEN: Final = re.compile(rf"[{UNSPACED}][{MARKS}]*|[^\s{UNSPACED}]+")
_ENDS_NUMBER: Final = re.compile(r"(?<!\(\d)(?<!\(\d\d)(?<!\(\d\d\d)[\d%€°ºª][,.;:!?»”\")]+\Z")
_CLOSING: Final = frozenset(".,;:!?…)]»”")
_JOINS: Final = frozenset("xX")
"""Words that stand between two numbers: 2 x 3."""
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
        self._buffer = ""  # not yet cut into words
        self._phrase = ""  # words that are read together, once their phrase ends
        self._gap = ""  # white space after all that
        self._line_begins = True  # the next word is the first of its line
        self._phrase_begins_line = False
        self._letters = ""  # said just before the phrase, without white space between
        self._before = ""  # the end of what has been read, as it was written
        self._skips = False  # the rest of a web address that is longer than a word
        self._spacing = Spacing()

    def feed(self, text: str) -> str:
        """Take what was written next, split anywhere; return what can be said by now."""
        if len(text) <= _SLICE:
            self._buffer += text
            return self._read(end=False)
        slices = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
        return "".join(map(self.feed, slices))

    def close(self) -> str:
        """The answer has ended, or pauses: return what was held back."""
        return self._read(end=True)

    @property
    def held(self) -> int:
        """Characters held back, MOST_HELD at most."""
        return len(self._buffer) + len(self._phrase) + len(self._gap)

    def _read(self, *, end: bool) -> str:
        out: list[str] = []
        while self._buffer:
            space = _SPACE.match(self._buffer)
            if space is not None:
                self._gap = (self._gap + space[0])[:MOST_GAP]
                self._line_begins = self._line_begins or "\n" in space[0]
                self._skips = False
                self._buffer = self._buffer[space.end() :]
                continue
            if self._phrase and self._line_begins:
                out.append(self._end_phrase(ends_line=True))
            plain = not self._phrase and not self._skips
            if plain and (cut := self._plain(self._buffer, end=end)):
                out.append(self._say_plain(self._buffer[:cut]))
            elif cut := self._word(end=end):
                out.append(self._take(self._buffer[:cut]))
            else:
                break
            self._buffer = self._buffer[cut:]
        if end and self._phrase:
            out.append(self._end_phrase(ends_line=True))
        return "".join(out)

    def _plain(self, buffer: str, *, end: bool) -> int:
        """Return how much of `buffer`, which begins with a word or goes on with one, is plain."""
        if not self._gap and self._before.endswith(_PUNCTUATION):
            more = _MORE.match(buffer)  # of the punctuation that has ended a word
            if more is not None:
                return more.end()
        said = self._said_letters()
        text, offset = said + buffer, len(said)
        start = offset
        while (special := _SPECIAL.search(text, start)) is not None:
            here = special.start()
            begin = _last_cut(text, here)
            space = _SPACE.search(text, here)
            if text[here] not in _PERHAPS_PLAIN or (space is None and not end):
                return max(0, _letters_end(text, begin, here) - offset)
            start = len(text) if space is None else space.start()
            if start - begin > MOST_WORD or not self._is_plain(
                self._before + self._gap + buffer[: max(0, begin - offset)], text[begin:start]
            ):
                return max(0, _letters_end(text, begin, here) - offset)
        if end and len(buffer) <= MOST_WORD:
            return len(buffer)
        cut = _last_cut(text, len(text))
        if text[-1] < _WAITS_FROM:
            cut = _letters_end(text, cut, len(text))
        return max(0, cut - offset)

    def _said_letters(self) -> str:
        """Return the letters that were said just before what is in the buffer."""
        if self._gap or not self._before or self._before[-1].isspace():
            return ""
        run = _RUN.search(self._before[-MOST_PHRASE:].rsplit(None, 1)[-1])
        return run[0] if run is not None else ""

    def _is_plain(self, before: str, word: str) -> bool:
        """Whether `word` is plain though it has something special at its end, or is `I`."""
        if word.startswith("I"):
            return word.rstrip('.,;:!?»”")') == "I" and not is_numeral("I", before)
        return _PLAIN_END.match(word) is not None and not is_abbreviation(word)

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
        if self._skips:
            return ""
        if not self._phrase and self._word_is_plain(word):
            return self._say_plain(word)
        if not self._phrase:
            self._letters = self._said_letters()
            self._before = (self._before + self._gap)[-WINDOW:]
            self._spacing.say(self._gap)
            self._phrase, self._phrase_begins_line = word, self._line_begins
        else:
            self._phrase += self._gap + word
        self._gap, self._line_begins = "", False
        long = len(self._phrase)
        self._skips = len(word) > MOST_WORD - _MOST_MARKS and "://" in word
        if self._skips or long >= MOST_OPEN:
            return self._end_phrase(ends_line=False)
        if _OPEN.search(self._phrase) is not None:
            return ""
        ends = long >= MOST_PHRASE or _ENDS_NUMBER.search(word) is not None
        if ends or self._word_is_plain(word):
            return self._end_phrase(ends_line=False)
        return ""

    def _word_is_plain(self, word: str) -> bool:
        said = "" if self._phrase else self._said_letters()
        special = _SPECIAL.search(said + word, len(said))
        if special is None:
            return word not in _JOINS
        return (said + word)[special.start()] in _PERHAPS_PLAIN and self._is_plain(
            self._before + self._phrase + self._gap, word
        )

    def _say_plain(self, words: str) -> str:
        said = self._gap + words
        body = words.rstrip()
        self._gap = words[len(body) :][:MOST_GAP]
        self._line_begins = "\n" in words[len(body) :]
        said = said[: len(said) - len(words) + len(body)]
        self._before = (self._before + said)[-WINDOW:]
        return self._spacing.say(said)

    def _end_phrase(self, *, ends_line: bool) -> str:
        phrase, self._phrase = self._phrase, ""
        language = guess(self._before + phrase, self._language)
        letters, before = self._letters, self._before
        text = unmarked(letters + phrase, begins_line=self._phrase_begins_line, ends_line=ends_line)
        text = read(text, language, before[: len(before) - len(letters)])
        if text.startswith(letters):
            text = text[len(letters) :]
        else:  # what was said cannot be taken back
            text = unmarked(phrase, begins_line=False, ends_line=ends_line)
            text = read(text, language, before)
        self._before = (self._before + phrase)[-WINDOW:]
        if not text or (text[0] != phrase[0] and (text[0].isspace() or text[0] in _CLOSING)):
            self._spacing.cross()  # something was taken out before that
        return self._spacing.say(text)


def _letters_end(text: str, begin: int, here: int) -> int:
    """Return `here` if the letters before it begin nothing else, or `begin`, where they begin."""
    word = _BEGUN.match(text, begin, here)
    if word is None or word.end() < here or here - begin > MOST_WORD or may_begin(word[1]):
        return begin
    return here


def _last_cut(buffer: str, limit: int) -> int:
    """Return where the last word begins that may go on at `limit`, of a buffer of plain words."""
    cut = max(buffer.rfind(" ", 0, limit), buffer.rfind("\n", 0, limit)) + 1
    while (word := _EAGER.match(buffer, cut, limit)) is not None:
        cut = word.end()
    while (token := _TOKEN.match(buffer, cut, limit)) is not None and token.end() < limit:
        cut = token.end()
    return cut


def _whole_graphemes(word: str, limit: int) -> int:
    """Return where to cut a word that is longer than `limit`, if possible between graphemes."""
    for cut in range(limit, limit - _MOST_MARKS, -1):
        if re.match(f"[{MARKS}]", word[cut]) is None and word[cut - 1] != "\u200d":
            return cut
    return limit
