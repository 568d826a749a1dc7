"""Numbers that are private by themselves: cards, accounts, documents.

A number counts by its check digits (python-stdnum), or by a shape that nothing else has. Numbers
whose check is weak or missing, such as a passport's, need a word beside them: `labelled` in
`labels.py`. Telephone numbers are not among the private classes and pass.
"""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban, luhn
from stdnum.ar import cbu, cuit
from stdnum.br import cpf
from stdnum.cl import rut
from stdnum.es import ccc, nif
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.mx import curp, rfc
from stdnum.pt import cc
from stdnum.us import ssn

from robi.people.privacy.classes import PrivateClass

CARD_DIGITS: Final = range(13, 20)
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

# Letters and digits of documents; what is between the parts is what people put there.
_IBAN: Final = re.compile(r"\b[a-z]{2}[ \-]?\d{2}(?=(?:[ .\-]{0,2}[a-z0-9]){11})")
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
_NIF: Final = re.compile(
    r"(?<![\w])(?<!\d[.\-])(?:\d{2}[ .]?\d{3}[ .]?\d{3}|[xyzklm][ \-]?\d(?:[ .]?\d{3}){2})[ "
    r"\-.,]{0,2}[a-z]\b"
)
_NIF_SPOKEN: Final = re.compile(r"(?<!\w)(?:[xyz][ \-]?)?(?:\d[ ,]{0,2}){7,8}[a-z]\b")
_SSN: Final = re.compile(r"(?<!\d)(?<!\d[ .\-])\d{3}([ .\-])\d{2}\1\d{4}(?![ .\-]?\d)")
_NINO: Final = re.compile(
    r"\b(?!bg|gb|nk|kn|tn|nt|zz)[abceghj-prstw-z][abceghj-nprstw-z][ \-]?\d{2}[ \-]?\d{2}[ "
    r"\-]?\d{2}[ \-]?[abcd]\b"
)
_CODICE_FISCALE: Final = re.compile(
    r"\b[a-z]{3}[ ]?[a-z]{3}[ ]?[0-9lmnp-v]{2}[a-ehlmpr-t][0-9lmnp-v]{2}[ "
    r"]?[a-z][0-9lmnp-v]{3}[a-z]\b"
)
_CARTAO: Final = re.compile(r"\b\d{8}[ \-]?\d[ \-]?[a-z0-9]{2}\d\b")
_CURP: Final = re.compile(r"\b[a-z]{4}[ \-]?\d{6}[ \-]?[hm][a-z]{5}[ \-]?[a-z0-9]\d\b")
_RFC: Final = re.compile(r"\b[a-z]{3,4}[ \-]?\d{6}[ \-]?[a-z0-9]{3}\b")
_CUIT: Final = re.compile(r"(?<!\d)(?<!\d[ .\-])\d{2}([ \-])\d{8}\1\d(?![ .\-]?\d)")
_RUT: Final = re.compile(r"(?<!\d)(?<!\d[ .\-])\d{1,2}[. ]?\d{3}[. ]?\d{3}-[\dk]\b(?![ .\-]?\d)")
_CPF: Final = re.compile(
    r"(?<![\d+])(?<!\d[ .\-])\d{3}[. ]?\d{3}[. ]?\d{3}[\- ]?\d{2}(?![ .\-]?\d)"
)

_DOCUMENTS: Final = (
    (_NIF, nif.is_valid),
    (_NIF_SPOKEN, nif.is_valid),
    (_SSN, ssn.is_valid),
    (_NINO, lambda _: True),
    (_CODICE_FISCALE, codicefiscale.is_valid),
    (_CARTAO, cc.is_valid),
    (_CURP, curp.is_valid),
    (_RFC, rfc.is_valid),
    (_CUIT, cuit.is_valid),
    (_RUT, rut.is_valid),
    (_CPF, cpf.is_valid),
)


def numbers(digits: str) -> Iterator[PrivateClass]:
    """Yield the class of each number that is private by itself (`digits` as in `Reading`)."""
    if sum(map(len, _GROUP.findall(digits))) < FEWEST_DIGITS:
        return
    for run in runs(digits):
        yield from _of_run(run)
    if any(_is_iban(digits, found.start()) for found in _IBAN.finditer(digits)):
        yield "bank"
    if any(
        valid(_SEPARATORS.sub("", found[0]))
        for pattern, valid in _DOCUMENTS
        for found in pattern.finditer(digits)
    ):
        yield "identity"


def runs(digits: str) -> Iterator[list[str]]:
    """Yield the numbers that are said one after the other, each as its groups of digits."""
    for found in _RUN.finditer(digits):
        yield _GROUP.findall(found[0])


def _of_run(groups: list[str]) -> Iterator[PrivateClass]:
    """Yield what is in a run: an expiry or other numbers may stand before or behind a card's."""
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
    match len(number):
        case 15 if nir.is_valid(number):
            return "identity"
        case 20 if ccc.is_valid(number):
            return "bank"
        case 22 if cbu.is_valid(number):
            return "bank"
    return None


def is_card(number: str) -> bool:
    """Return whether these digits are those of a card."""
    return (
        len(number) in CARD_DIGITS
        and _BRANDS.fullmatch(number) is not None
        and len(set(number)) > 1
        and luhn.is_valid(number)
    )


def _is_iban(digits: str, start: int) -> bool:
    """Return whether an IBAN begins here; its country says where it ends."""
    length = _IBAN_LENGTHS.get(digits[start : start + 2], 0)
    parts: list[str] = []
    at = start
    while len(parts) < length and (part := _IBAN_PARTS.match(digits, at)) is not None:
        parts.append(part[0][-1])
        at = part.end()
    return len(parts) == length > 0 and iban.is_valid("".join(parts))
