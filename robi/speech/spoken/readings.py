"""All that is written otherwise than it is said, read out.

Owns the order, in which no reading meets another's work: addresses before the dots and signs in
them, dates before fractions, units before bare numbers, and what is left over last.
"""

import re
from typing import Final

from robi.errors import Language
from robi.speech.spoken.addresses import addresses
from robi.speech.spoken.amounts import amounts
from robi.speech.spoken.calendar import calendar
from robi.speech.spoken.shortened import expand, numerals
from robi.speech.spoken.symbols import operators, signs

_SPACES: Final = re.compile(r"  +")
_BEFORE_END: Final = re.compile(r" +(?=[,;:!?…)»”]|\.(?![^\W\d_]))")
"""Before punctuation, but not before the name of what begins with a stop: .NET."""


def read(text: str, language: Language | None, before: str) -> str:
    """Return a phrase without marks as it is said; `before` is what was written before it.

    In other languages than Spanish and English only addresses are shortened.
    """
    if language is None:
        return addresses(text, None)
    read_out = addresses(expand(text, language, before), language)
    read_out = numerals(read_out, language, before)
    read_out = calendar(read_out, language, before)
    read_out = operators(read_out, language)
    read_out = amounts(read_out, language, before)
    read_out = signs(read_out, language)
    if read_out == text:
        return text
    return _BEFORE_END.sub("", _SPACES.sub(" ", read_out))
