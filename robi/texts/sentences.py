"""Where sentences end, in Spanish and English.

Owns what looks like an end and is none: abbreviations, initials, marks before a small
letter.
"""

import re
from collections.abc import Iterator
from typing import Final

_END: Final = re.compile(r"""[.!?…]["'»”)\]]*\s+(?=["'«“(\[¿¡]*[^\W_a-zà-öø-ÿ])""")
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(«“])(?:[A-ZÁÉÍÓÚÑ]|Sr|Sra|Srta|Dr|Dra|Prof|Mr|Mrs|Ms|St|fig|Fig|cap|vol|núm|pág|"
    r"p|pp|ej|etc|e\.g|i\.e|vs|No|ca|EE)\.\s+$"
)
_LOOKED_BACK: Final = 12


def begins(words: str) -> Iterator[int]:
    """Yield where each sentence but the first begins."""
    start = 0
    for end in _END.finditer(words):
        before = words[max(start, end.end() - _LOOKED_BACK) : end.end()]
        if not _ABBREVIATED.search(before):
            start = end.end()
            yield start
