"""Whether the robot was asked to look, and has agreed to: for a model that forgets to say so.

Owns the words by which a request for a photo or a video is known (protocol.md §7). A stage
direction is the rule; this is the net below it, so it wants both: the person asks for a look, and
the answer promises one. Pure.
"""

import re
from typing import Final

from robi.protocol.messages import CaptureType

_ASKS_VIDEO: Final = re.compile(
    r"\b(?:graba(?:r|me|nos|lo)?|filma(?:r|me|nos)?|(?:haz|hazme|saca|toma)\b[^.?!]{0,20}\bv[ií]deo"
    r"|record|film (?:me|us|this|it)|(?:take|make|shoot)\b[^.?!]{0,20}\bvideo)\b",
    re.IGNORECASE,
)
_ASKS_PHOTO: Final = re.compile(
    r"\b(?:(?:haz|hazme|haznos|saca|sácame|toma|tómame|échame|echa)\b[^.?!]{0,20}\bfotos?"
    r"|mira(?:me|nos|lo)? (?:esto|eso|aquí|lo que|cómo|qué|mi|este|esta)|mira"
    r"|qué (?:ves|estás viendo|llevo puesto|tengo (?:aquí|en la mano))|(?:me|lo|la) ves"
    r"|take\b[^.?!]{0,20}\b(?:photos?|pictures?)|look at (?:this|that|me|us|my|what|how)|look"
    r"|what (?:do|can) you see|what am i (?:wearing|holding)|(?:do|can) you see (?:me|this|it))\b",
    re.IGNORECASE,
)
_PROMISES: Final = re.compile(
    r"\b(?:a ver|déjame (?:ver|mirar|echar)|(?:voy|vamos) a (?:mirar|ver|echar|hacer|sacar|grabar)"
    r"|(?:lo|la|te|os) miro|miro|echo un vistazo|hago (?:una|la) foto|saco (?:una|la) foto|grabo"
    r"|let me (?:see|look|take|have)|let's (?:see|have)|i(?:'ll| will| am going to|'m going to) "
    r"(?:take|look|have|record|see|film)|taking (?:a|the) (?:photo|picture|look)|looking"
    r"|recording)\b",
    re.IGNORECASE,
)


def promised(asked: str, answer: str) -> CaptureType | None:
    """Return what `answer` promises to take because of what the person `asked`, if anything."""
    if not _PROMISES.search(answer):
        return None
    if _ASKS_VIDEO.search(asked):
        return "video"
    return "photo" if _ASKS_PHOTO.search(asked) else None
