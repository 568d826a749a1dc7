"""How an answer ends that the model did not end: in a whole sentence, which says so. Pure.

Owns these closing words, and when an answer needs them. What was spoken stays spoken; a robot that
falls silent in mid-sentence is taken for broken, so it says itself that it lost its thread.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from robi.errors import Language

Ending = Literal["broken", "short"]
"""`broken`: the model's stream failed in mid-answer. `short`: the model was stopped, by its limit
of tokens or by its own judge, and there is nothing wrong beside that."""

_CLOSING: Final[Mapping[Ending, Mapping[Language, str]]] = MappingProxyType(
    {
        "broken": {
            "es": "… Perdona, se me ha ido el hilo.",
            "en": "… Sorry, I lost my thread.",
        },
        "short": {"es": "… Y aquí lo dejo.", "en": "… And I leave it there."},
    }
)

_WHOLE: Final = re.compile(
    r"[.!?…。！？।؟](?:\[\d+\]|[)\]»”’\"'*_\s])*\Z"  # noqa: RUF001 - those of any script
)
"""Marks of quotation and emphasis, and the numbers of citations, may follow the end."""


def closing(text: str, ending: Ending, language: Language) -> str:
    """Return what is to be said after `text`, of which all was said; empty if it ends by itself."""
    return "" if not text or _WHOLE.search(text) else _CLOSING[ending][language]
