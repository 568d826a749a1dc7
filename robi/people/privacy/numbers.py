"""Numbers that are private by themselves: cards, accounts, documents.

A number counts by its check digits (python-stdnum), or by a shape that nothing else has. Numbers
whose check is weak or missing, such as a passport's, need a word beside them: `labelled` in
`labels.py`. Telephone numbers are not among the private classes and pass.
"""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Final

from robi.people.privacy.classes import PrivateClass

CARD_DIGITS: Final = range(13, 20)
_FRENCH_DIGITS: Final = 15
MOST_DIGITS: Final = 22
"""Of an Argentine account, the longest number without letters."""
FEWEST_DIGITS: Final = 6
"""Of a document: a national insurance number's. Most sentences hold fewer, and are done."""

_RUN: Final = re.compile(r"\d+(?:[ \t.,·/_\-]{1,3}\d+)*")
_GROUP: Final = re.compile(r"\d+")
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_BRANDS: Final = re.compile(
    r"""
      4(?:\d{12}|\d{15}|\d{18})                                   # Visa
    | (?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d+(?<=^\d{16})   # Mastercard
    | 220[0-4]\d{12,15}                                           # Mir
    | 3[47]\d{13} | 3(?:0[0-5]|09|[689]\d)\d{11} | 35\d{14}       # Amex, Diners, JCB
    | 6\d{15,18} | 5[06-8]\d{14,17} | 9792\d{12}              # Discover, UnionPay, Maestro, Troy
    """,
    re.VERBOSE,
)
"""How cards begin, by their length: a number of an order passes Luhn once in ten."""

_IBAN: Final = re.compile(
    r"\d\d(?:(?<=\b[a-z]{2}\d\d)|(?<=\b[a-z]{2}[ \-]\d\d))(?=(?:[ .\-]{0,2}[a-z0-9]){11})"
)
"""The check digits of one, found by them: there are fewer digits than letters in a text."""
_IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "no", 16: "be", 18: "dk fi fo gl nl", 19: "mk si", 20: "at ba ee kz lt lu xk",
        21: "ch cr hr li lv", 22: "bg bh de gb ge ie me rs", 23: "ae gi il",
        24: "ad cz es md pk ro sa se sk tn vg",
        25: "pt", 26: "is", 27: "fr gr it mc sm", 28: "al az cy do gt hu lb pl sv", 29: "br ps qa",
        30: "jo kw mu", 31: "mt",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN_PARTS: Final = re.compile(r"[ .\-]{0,2}[a-z0-9]")
_AMONG_LETTERS: Final = re.compile(r"\d(?:[a-z]+\d|(?<=[a-z]\d)\d[a-z])")


MOST_GROUPS: Final = 200
"""Groups of digits that are looked at of one run, half of them at each end: nobody tells a longer
number, and to look at each place of a flood of digits takes a second."""


def _checks() -> ModuleType:
    from robi.people.privacy import checks  # noqa: PLC0415 - takes a start 20 ms

    return checks


def numbers(digits: str) -> Iterator[PrivateClass]:
    """Yield the class of each number that is private by itself (`digits` as in `Reading`)."""
    if sum(map(len, _GROUP.findall(digits))) < FEWEST_DIGITS:
        return
    told = list(runs(digits))
    longest = max(sum(map(len, groups)) for groups in told)
    if longest >= CARD_DIGITS.start:
        for groups in told:
            yield from _of_run(groups)
    if any(_is_iban(digits, found.start()) for found in _IBAN.finditer(digits)):
        yield "bank"
    # Documents have digits enough together, or letters among them: their patterns cost time.
    if (longest >= FEWEST_DIGITS or _AMONG_LETTERS.search(digits)) and any(
        valid(_SEPARATORS.sub("", found[0]))
        for pattern, valid in _checks().DOCUMENTS
        for found in pattern.finditer(digits)
    ):
        yield "identity"


def runs(digits: str) -> Iterator[list[str]]:
    """Yield the numbers that are said one after the other, each as its groups of digits."""
    for found in _RUN.finditer(digits):
        yield _GROUP.findall(found[0])


def _of_run(groups: list[str]) -> Iterator[PrivateClass]:
    """Yield what is in a run: an expiry or other numbers may stand before or behind a card's."""
    if len(groups) > MOST_GROUPS:
        groups = [*groups[: MOST_GROUPS // 2], *groups[-MOST_GROUPS // 2 :]]
    for first in range(len(groups)):
        number = ""
        for at in range(first, min(first + MOST_DIGITS, len(groups))):
            number += groups[at]
            if len(number) > MOST_DIGITS:
                break
            if len(number) >= CARD_DIGITS.start and (found := _whole(number)) is not None:
                yield found
    for group in groups:  # written without blanks, the rest of the card sticks to it
        if len(group) > CARD_DIGITS.stop - 1 and is_card(group[:16]):
            yield "card"


def _whole(number: str) -> PrivateClass | None:
    if is_card(number):
        return "card"
    if len(number) == _FRENCH_DIGITS and _checks().is_french(number):
        return "identity"
    valid = _checks().ACCOUNTS.get(len(number))
    return "bank" if valid is not None and valid(number) else None


def is_card(number: str) -> bool:
    """Return whether these digits are those of a card."""
    return (
        len(number) in CARD_DIGITS
        and _BRANDS.fullmatch(number) is not None
        and len(set(number)) > 1
        and _checks().is_luhn(number)
    )


def _is_iban(digits: str, check: int) -> bool:
    """Return whether these are the check digits of an IBAN; its country says where it ends."""
    start = check - 2 if digits[check - 1].isalpha() else check - 3
    length = _IBAN_LENGTHS.get(digits[start : start + 2], 0)
    parts: list[str] = []
    at = start
    while len(parts) < length and (part := _IBAN_PARTS.match(digits, at)) is not None:
        parts.append(part[0][-1])
        at = part.end()
    return len(parts) == length > 0 and _checks().is_iban("".join(parts))
