"""How much sound, picture and film goes to a model with one question. Pure.

Google's limit for media inside a request is 20 MB (findings.md, *Gemini under trio*); other
services have none or a larger one, but a phone on Wi-Fi takes as long to send it.
"""

from typing import Final

from robi.brain.base import BrainRequest
from robi.errors import MediaTooLarge
from robi.protocol.media import MEBIBYTE

MAX_INLINE_BYTES: Final = 20 * MEBIBYTE


def check_size(request: BrainRequest) -> None:
    """Refuse a question whose media are too much.

    Raises:
        MediaTooLarge: more than MAX_INLINE_BYTES in all.
    """
    said = (*request.history, request.utterance)
    size = sum(len(media.data) for one in said for media in one.media)
    if size > MAX_INLINE_BYTES:
        msg = f"{size} bytes of media, {MAX_INLINE_BYTES} at most"
        raise MediaTooLarge(msg)
