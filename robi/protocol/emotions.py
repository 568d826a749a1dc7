"""The faces of the robot: which emotions there are and how each may look.

Owns the table of protocol.md §3, *Emotions*. A face is an OpenMoji code point in hexadecimal, or
several joined by hyphens (`2764-FE0F` is a heart with its variation selector).
"""

from collections.abc import Mapping
from types import MappingProxyType

EMOTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "happy": ("1F600", "1F603", "1F604", "1F60A"),
        "excited": ("1F929", "1F389", "1F38A", "2728"),
        "sad": ("1F622", "1F625", "1F62D"),
        "empathy": ("1F97A", "1F615", "2764-FE0F"),
        "confused": ("1F615", "1F914", "2753"),
        "surprised": ("1F632", "1F62E", "1F92F"),
        "love": ("2764-FE0F", "1F60D", "1F970", "1F498"),
        "cool": ("1F60E", "1F44D", "1F525"),
        "greeting": ("1F44B", "1F917"),
        "neutral": ("1F642", "1F916"),
        "curious": ("1F9D0", "1F50D"),
        "worried": ("1F61F", "1F628"),
        "playful": ("1F61C", "1F609", "1F638"),
    }
)
"""The robot's own emotions, each with the faces of which one is picked at random."""

PHONE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "IDLE": "1F916",
        "LISTENING": "1F442",
        "THINKING": "1F914",
        "SEARCHING": "1F50D",
        "REGISTERING": "2753",
        "ERROR": "1F615",
        "DISCONNECTED": "1F50C",
    }
)
"""What the phone shows by itself between answers; the server never sends these."""

DEFAULT_EMOTION = "neutral"
"""What is shown when the model names no emotion, or an unknown one (protocol.md §4)."""


def is_emotion(name: str) -> bool:
    """Return whether `name` is one of the robot's emotions, written as in the table."""
    return name in EMOTIONS
