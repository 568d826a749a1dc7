"""The emoji that stay on the face after an answer, and how they come in.

Owns which transition goes with which emotion; the emoji of an emotion are `EMOTIONS`
(protocol.md §3, *Emotions*).
"""

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from robi.protocol.emotions import DEFAULT_EMOTION, EMOTIONS
from robi.protocol.messages import Expression, Transition
from robi.speech.emojis import is_code

MAX_EMOJIS = 4

TRANSITIONS: Mapping[str, Transition] = MappingProxyType(
    {
        "happy": "bounce",
        "excited": "bounce",
        "sad": "fade",
        "empathy": "fade",
        "confused": "slide",
        "surprised": "bounce",
        "love": "fade",
        "cool": "slide",
        "greeting": "bounce",
        "neutral": "fade",
        "curious": "slide",
        "worried": "fade",
        "playful": "bounce",
    }
)
"""What jumps is glad, what fades is calm or sorry, what slides is thinking."""


def choose(emotion: str, codes: Sequence[str], rng: random.Random) -> Expression:
    """Return the expression of an answer.

    Args:
        emotion: of the answer; an unknown one counts as neutral.
        codes: what the model chose for the topic; the first MAX_EMOJIS valid ones are shown, each
            once.
        rng: picks one of the emotion's emoji when there is none of those.
    """
    known = emotion if emotion in EMOTIONS else DEFAULT_EMOTION
    valid = tuple(dict.fromkeys(code for code in codes if is_code(code)))[:MAX_EMOJIS]
    return Expression(valid or (rng.choice(EMOTIONS[known]),), TRANSITIONS[known])
