"""What the rehearsal takes for private: a short list of words, and it is no more than that.

Owns the stand-in for the model that classifies (`robi.speech.classification`). It knows a few plain
phrases of each class. The wall that does hold without a model are the rules, which look first.
"""

import json
import re
from typing import Final

from robi.brain.base import BrainRequest
from robi.speech.classification import NONE, PrivateClass, asked

_PHRASES: Final[dict[PrivateClass, str]] = {
    "secret": r"(?:contraseña|clave|pin|password|passcode)\b.{0,20}(?:\b(?:es|is)\b|:)",
    "card": r"(?:tarjeta|visa|mastercard|card)\b[^.]{0,60}\d{4}",
    "bank": r"(?:iban|cuenta|account)\b[^.]{0,60}\d{4}",
    "identity": r"(?:dni|nie|pasaporte|passport|social security)\b[^.]{0,60}\d{4}",
    "health": r"(?:diabetes|c[aá]ncer|depresi[oó]n|antidepresivos|antidepressants|depression|vih"
    r"|hiv|embarazada|pregnant|diagnosticado|diagnosed with)\b",
    "confidence": r"(?:no se lo (?:digas|cuentes) a nadie|es un secreto|nadie lo sabe"
    r"|in confidence|don['\u2019]t tell anyone|it['\u2019]s a secret|nobody knows)\b",
}
_SIGNS: Final = tuple(
    (name, re.compile(rf"\b{phrase}", re.IGNORECASE)) for name, phrase in _PHRASES.items()
)


def private_class(text: str) -> PrivateClass | None:
    """Return what `text` seems to reveal, None if no phrase is known."""
    return next((name for name, sign in _SIGNS if sign.search(text)), None)


def classified(request: BrainRequest) -> str:
    """Return the class of each sentence that `request` asks about, as JSON."""
    classes = [private_class(text) or NONE for text in asked(request.utterance.text)]
    return json.dumps({"classes": classes})
