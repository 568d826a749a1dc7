"""The check digits of cards, accounts and documents, by python-stdnum.

Apart from `numbers.py`, which reads it when the first number comes: python-stdnum takes a start
some 20 ms, and most sentences hold no number.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

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

Check: TypeAlias = Callable[[str], bool]

# Letters and digits of documents; what is between the parts is what people put there.
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

DOCUMENTS: Final[tuple[tuple[re.Pattern[str], Check], ...]] = (
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
"""How each kind of document looks, and what its check says of it."""
ACCOUNTS: Final[Mapping[int, Check]] = {20: ccc.is_valid, 22: cbu.is_valid}
"""Accounts that are digits only, by their length: Spanish and Argentine."""


def is_luhn(number: str) -> bool:
    """Return whether the check digit of a card's number is right."""
    return luhn.is_valid(number)


def is_iban(number: str) -> bool:
    """Return whether the check digits of an IBAN are right, whatever its bank."""
    return iban.is_valid(number, check_country=False)


def is_french(number: str) -> bool:
    """Return whether this is a French social security number."""
    return nir.is_valid(number)
