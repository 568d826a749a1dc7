"""Numbers in words, Spanish and English, written in digits.

People dictate digit by digit ("cuatro ocho dos uno"), in pairs ("cuarenta y ocho veintiuno"), as
one number ("four thousand eight hundred and twenty-one") or with "double five". All of it becomes
groups of digits with blanks between; how the groups belong together is for the rules of numbers
to say.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

_UNITS: Final = {
    "cero": 0, "uno": 1, "un": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6,
    "siete": 7, "ocho": 8, "nueve": 9,
    "zero": 0, "oh": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS: Final = {
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16,
    "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veintiuno": 21, "veintiun": 21,
    "veintiuna": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veinticinco": 25,
    "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
    "ochenta": 80, "noventa": 90,
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_HUNDREDS: Final = {
    "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300,
    "trescientas": 300, "cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500,
    "quinientas": 500, "seiscientos": 600, "seiscientas": 600, "setecientos": 700,
    "setecientas": 700, "ochocientos": 800, "ochocientas": 800, "novecientos": 900,
    "novecientas": 900,
}  # fmt: skip
_THOUSANDS: Final = frozenset({"mil", "thousand"})
_TIMES: Final = {"doble": 2, "double": 2, "triple": 3, "treble": 3}
_LETTERS: Final = {
    "ele": "l", "eme": "m", "ene": "n", "ese": "s", "efe": "f", "erre": "r", "ere": "r", "ka": "k",
    "hache": "h", "jota": "j", "equis": "x", "zeta": "z", "zed": "z", "zee": "z", "uve": "v",
    "ge": "g", "pe": "p", "cu": "q", "ce": "c", "ye": "y",
}  # fmt: skip
"""Names of letters, read as such beside a number: the letter of a DNI. Those that are everyday
words ("de", "te") are not here."""
_ALONE_A_WORD: Final = frozenset({"un", "una", "uno", "one", "oh", "once", "ten"})
"""Numbers only beside other numbers: "un perro", "this one", "once upon a time"."""
_BETWEEN: Final = frozenset(
    {"y", "and", "then", "luego", "despues", "guion", "dash", "hyphen", "espacio", "space", "eh"}
    | {"coma", "comma", "punto", "dot", "um", "uh", "barra", "slash"}
)
"""What is said between the groups of one number."""
_ENDS: Final = {"y", "and"}
_STARTS: Final = frozenset({*_UNITS, *_TEENS, *_TENS, *_HUNDREDS, *_THOUSANDS, *_TIMES})
_BEGINNINGS: Final = frozenset({*_STARTS, *_LETTERS})
_GOING_ON: Final = _BEGINNINGS | {"hundred"}
_BLANKS: Final = " \t\n,.-"
_PIECES: Final = re.compile(r"[a-z]+|\d+|[\s,.\-]+|.", re.DOTALL)
_WORDS: Final = re.compile(r"[a-z]+")
_DIGIT: Final = re.compile(r"\d")


def in_digits(folded: str, *, among_digits: bool = False) -> str:
    """Return a folded text with its spelled-out numbers in digits; all else as it was.

    `among_digits` is whether the text is part of one that has digits: then a single letter's name
    or "one" may belong to them.
    """
    if not _may_hold_numbers(folded, among_digits=among_digits):
        return folded
    pieces = _PIECES.findall(folded)
    written: list[str] = []
    at = 0
    for start, piece in enumerate(pieces):
        if start < at or (piece not in _BEGINNINGS and not piece.isdigit()):
            continue
        written += pieces[at:start]
        end, groups = _run(pieces, start)
        if groups:
            written.append(" ".join(groups))
            at = end
        else:
            at = max(end, start + 1)
            written += pieces[start:at]
    return "".join([*written, *pieces[at:]])


def starts_number(words: Iterable[str]) -> bool:
    """Return whether any of the words begins a number that is spelled out."""
    return not _STARTS.isdisjoint(words)


def goes_on(folded: str) -> bool:
    """Return whether a folded text may begin in the middle of a number that is spelled out."""
    for found in _PIECES.finditer(folded):
        piece = found[0]
        if piece in _GOING_ON or piece.isdigit():
            return True
        if piece not in _BETWEEN and piece[0] not in _BLANKS:
            return False
    return True


def _may_hold_numbers(folded: str, *, among_digits: bool) -> bool:
    """Return whether there is anything to write in digits: "un" and "one" alone are not."""
    words = _WORDS.findall(folded)
    starts = [word for word in words if word in _STARTS]
    digits = _DIGIT.search(folded) is not None
    if not starts:
        return digits and not _LETTERS.keys().isdisjoint(words)
    if digits or not _ALONE_A_WORD.issuperset(starts):
        return True
    if among_digits:
        return len(starts) > 1 or not _LETTERS.keys().isdisjoint(words)
    return len(starts) > 1 and any(
        word in _ALONE_A_WORD and follows in _ALONE_A_WORD for word, follows in pairwise(words)
    )


def _run(pieces: list[str], start: int) -> tuple[int, list[str]]:
    """Return where the run of numbers from here ends, and its groups; none if it is no number."""
    groups: list[str] = []
    at = end = start
    spelled = False
    while at < len(pieces):
        piece = pieces[at]
        if piece.isdigit():
            at, group = at + 1, piece
        elif piece in _STARTS:
            at, group = _number(pieces, at)
            spelled = True
        elif piece in _LETTERS and (groups or _digit_follows(pieces, at)):
            at, group = at + 1, _LETTERS[piece]
            spelled = True
        else:
            break
        groups.append(group)
        end = at
        at = _skip(pieces, at)
    if not spelled or (len(groups) == 1 and pieces[start] in _ALONE_A_WORD):
        return end, []
    return end, groups


def _number(pieces: list[str], at: int) -> tuple[int, str]:
    """Return the piece after one number, and the number's digits."""
    word = pieces[at]
    if word in _TIMES:
        follows = _word_after(pieces, at)
        if follows is None or pieces[follows] not in _UNITS:
            return at + 1, word
        return follows + 1, str(_UNITS[pieces[follows]]) * _TIMES[word]
    if word in _THOUSANDS:
        value, end = 1, at - 1
    else:
        value, end = _below_thousand(pieces, at)
        follows = _word_after(pieces, end)
        if follows is None or pieces[follows] not in _THOUSANDS or value == 0:
            return end + 1, str(value)
        end = follows - 1
    end += 1  # the "thousand" itself
    value *= 1000
    follows = _word_after(pieces, end, over=_ENDS)
    if follows is not None and pieces[follows] not in _THOUSANDS and _counts(pieces[follows]):
        rest, end = _below_thousand(pieces, follows)
        value += rest
    return end + 1, str(value)


def _below_thousand(pieces: list[str], at: int) -> tuple[int, int]:
    """Return a number below a thousand, and its last piece."""
    word = pieces[at]
    if word in _HUNDREDS:
        value, end = _HUNDREDS[word], at
    else:
        value, end = _below_hundred(pieces, at)
        follows = _word_after(pieces, end)
        if follows is None or pieces[follows] != "hundred" or not value:
            return value, end
        value, end = value * 100, follows
    follows = _word_after(pieces, end, over=_ENDS)
    if follows is not None and _counts(pieces[follows]) and pieces[follows] not in _HUNDREDS:
        rest, last = _below_hundred(pieces, follows)
        if rest:
            return value + rest, last
    return value, end


def _below_hundred(pieces: list[str], at: int) -> tuple[int, int]:
    word = pieces[at]
    if word not in _TENS:
        return _UNITS.get(word, _TEENS.get(word, 0)), at
    follows = _word_after(pieces, at, over=_ENDS)
    unit = 0 if follows is None else _UNITS.get(pieces[follows], 0)
    return (_TENS[word] + unit, follows) if follows is not None and unit else (_TENS[word], at)


def _counts(word: str) -> bool:
    return word in _UNITS or word in _TEENS or word in _TENS or word in _HUNDREDS


def _word_after(pieces: list[str], at: int, over: set[str] | None = None) -> int | None:
    """Return the next piece that is said at once after this one, over blanks and `over`."""
    after = at + 1
    for _ in range(2):
        if after < len(pieces) and pieces[after] in {" ", "-", "  "}:
            after += 1
        if over and after < len(pieces) and pieces[after] in over:
            after += 1
    return after if after < len(pieces) else None


def _digit_follows(pieces: list[str], at: int) -> bool:
    after = _skip(pieces, at + 1)
    return after < len(pieces) and (pieces[after].isdigit() or pieces[after] in _STARTS)


def _skip(pieces: list[str], at: int) -> int:
    """Return the next piece after blanks, punctuation and what is said between groups."""
    skipped = 0
    while at < len(pieces) and skipped < 6:  # noqa: PLR2004 - blank, word, blank, word, blank
        if pieces[at] not in _BETWEEN and pieces[at][0] not in _BLANKS:
            break
        at += 1
        skipped += 1
    return at
