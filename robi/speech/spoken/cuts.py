"""Where plain words end and what must be read begins.

Owns what is *special* in a text (a number, a sign, an abbreviation), and how much of what stands
before a special character is read with it. Each answer here depends on the text before a place and
on no more than is there already when it is asked: that is why the same text is cut at the same
places, however it comes.

- `first_special` finds the first place where words stop to be plain.
- `certain` finds words of which that is known at once: most of an answer.
- `pending` says from where on letters and opening marks before a place may still belong to
  something special there: what is before that can be said at once.
"""

# ruff: noqa: RUF001, SIM905 - tables of words; the signs meant are the ones written

import re
from typing import Final

from robi.speech.spoken import guess
from robi.speech.spoken.letters import BEYOND_LATIN, LETTERS, MARKS
from robi.speech.spoken.shortened import is_abbreviation, is_numeral, may_begin

WINDOW: Final = 64
"""Characters before a place that are looked at."""
_MOST_OPENING: Final = 16
"""Opening marks in a row, from which on they are special themselves."""

_OPENING: Final = "¿¡(«“\"'‘’:…-"
"""What may stand before letters that are read otherwise, or be special by what comes next."""
_ALONE: Final = rf"(?<![\w{MARKS}].)(?<![\w{MARKS}]['’-].)"
"""Looks behind the first character of something: it does not stand within a word."""
_ENDS: Final = rf"(?![\w{MARKS}])"
_CODES: Final = "USD EUR GBP MXN ARS COP CLP PEN BRL CHF CAD AUD CNY INR JPY BTC".split()
_DAYS: Final = """
    Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun Lun Mar Mié Jue Vie Sáb Dom
""".split()

_SPECIAL: Final = re.compile(
    r"(?=[^a-z ,áéíóúñ])(?:"  # most characters are looked past at once
    rf"[^\w\s,;:!?¿¡()«»“”\"'‘’—…、。「」『』！？，；：（）。।॥؟،؛{MARKS}-]"
    r"|[\d_ºª¹²³⁰-₟¼-¾⅐-ↈ①-⓿ℹ]"
    rf"|{BEYOND_LATIN}(?<![\w{MARKS}].)(?<=[{MARKS}])"  # a mark on nothing
    rf"|-(?:(?![^\W\d_])|(?<![^\W\d_]-)(?<![{MARKS}]-))"  # a hyphen that is in no word
    rf"|[IVXLC]{_ALONE}[IVXLC]{{0,11}}{_ENDS}|[πΔ]{_ALONE}{_ENDS}"
    rf"|[A-JMPU]{_ALONE}(?:{'|'.join(f'(?<={code[0]}){code[1:]}' for code in _CODES)}){_ENDS}"
    rf"|[DFJLMSTVW]{_ALONE}(?:{'|'.join(f'(?<={day[0]}){day[1:]}' for day in _DAYS)}){_ENDS}"
    rf"|:(?=[-/()DP|])|…(?=[….])|[{_OPENING}]{{{_MOST_OPENING}}})"
)
"""What makes a word more than plain, unless `_is_harmless` says otherwise."""
_SCHEME: Final = rf"(?<![\w{MARKS}])(?<![\w{MARKS}]['’-])(?:https?|ftp|wss?|mailto):"
_TAIL: Final = re.compile(
    rf"(?:((?<=[\w{MARKS}])['’-])|(?:[{_OPENING}]|(?<!\S)[;!])*(?:{_SCHEME}[{_OPENING}]*)?)"
    rf"({LETTERS})?\Z"
)
_WORD: Final = rf"(?:[a-záéíóúüñ]|(?!(?:{'|'.join(_DAYS)})\b)[A-ZÁÉÍÓÚÑ][a-záéíóúüñ])[a-záéíóúüñ]*+"
_CERTAIN: Final = re.compile(rf"((?:[¿¡]?{_WORD}[,;!?.]? )*)(?:[¿¡]?({_WORD})([,;!?.]?)\Z)?")
"""Words of small letters, the first maybe a capital, each with the space behind it, and a last one
that may go on. What `_SPECIAL` would find among them is no more than full stops."""
_STOPPED: Final = re.compile(rf"{_WORD}\.")
_NUMERAL: Final = re.compile(r"(?:[IVXLC]{1,12}|[πΔ])\Z")
_WORD_BEFORE: Final = re.compile(rf"{LETTERS}(?:['’-]{LETTERS})*\Z")
_STOP: Final = re.compile(r"[.:][»”\"')]{0,8}")


def certain(text: str) -> tuple[int, bool]:
    """Return how much of `text` is plain, as far as that shows at the first look.

    Where it does, it is what `pending` and `first_special` would say of it.

    Returns:
        The place; and whether all that is left there is a full stop, which has to wait.
    """
    found = _CERTAIN.match(text)
    if found is None or ("." in found[1] and any(map(is_abbreviation, _STOPPED.findall(found[1])))):
        return 0, False
    _, last, mark = found.groups()
    if last is None or (mark in {"", "."} and may_begin(last)):
        return found.end(1), False
    return (found.start(3), True) if mark == "." else (found.end(), False)


def first_special(text: str, start: int, limit: int, before: str, *, end: bool) -> tuple[int, bool]:
    """Return where in `text`, from `start` on, words stop to be plain, `limit` at most.

    Args:
        text: what is there; what stands before `start` has been said.
        start: where to begin.
        limit: where to stop: what comes from there on may still change its meaning.
        before: what was written before `start`.
        end: whether nothing follows.

    Returns:
        The place; and whether it is known to be special. If not, the words up to there are plain.
    """
    at = start
    while (found := _SPECIAL.search(text, at)) is not None and found.start() < limit:
        here = found.start()
        harmless = _is_harmless(text, found, start, before, end=end)
        if not harmless:
            return here, harmless is False
        at = here + 1
    return limit, False


def pending(text: str, here: int) -> int:
    """Return where begins what stands just before `here` and may have to be read with it.

    Letters that begin nothing else, and what they follow, are not read again: they may be said.
    """
    tail = _TAIL.search(text, _word_begins(text, here), here)
    if tail is None:
        return here
    inner, letters = tail.groups()
    if letters and (inner or not (may_begin(letters) or _NUMERAL.match(letters))):
        return here
    return tail.start()


def begin_of_phrase(text: str, special: int) -> int:
    """Return where what is read begins, of which the character at `special` is the first sign."""
    return pending(text, special + (text[special] in _OPENING))


def _is_harmless(
    text: str, found: re.Match[str], start: int, before: str, *, end: bool
) -> bool | None:
    """Whether a word is plain in spite of what was found in it; None if that shows later."""
    here = found.start()
    if found[0] == "I":
        return not is_numeral("I", (before + text[start:here])[-guess.WINDOW :])
    if text[here] not in ".:":
        return False
    stop = _STOP.match(text, here)
    after = text[stop.end() : stop.end() + 1] if stop is not None else "x"
    if not after and not end:
        return None
    word = _WORD_BEFORE.search(text, _word_begins(text, here), here)
    if (after and not after.isspace()) or word is None:
        return False
    return text[here] == ":" or not is_abbreviation(word[0] + ".")


def _word_begins(text: str, here: int) -> int:
    """Return where to look for the word before `here`: a space at most saves time."""
    return max(text.rfind(" ", 0, here) + 1, here - WINDOW)
