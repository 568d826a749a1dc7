"""OpenMoji code points out of what a model writes: `1F600`, `U+2764-FE0F`, or the emoji itself.

Owns what counts as a code point that a face may show (protocol.md §4, `emojis`). Whether OpenMoji
has a drawing for it is for the phone to know.
"""

import re

_CODE = re.compile(r"[0-9A-F]{4,6}(?:-[0-9A-F]{4,6})*")
_KEYCAP = "20E3"

EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
"""The inside of a regex class of the characters that an emoji may begin with.

Wider than Unicode's own property, which the standard library lacks.
"""

_SINGLE = f"[{EMOJI}](?:\ufe0f|[\U0001f3fb-\U0001f3ff])*"
_SEQUENCE = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a flag: two regional indicators
    "|[0-9#*]\ufe0f?\u20e3"  # a keycap
    f"|{_SINGLE}(?:\u200d{_SINGLE})*"  # one emoji, or several joined
)


def is_code(code: str) -> bool:
    """Tell whether `code` is upper-case hex code points of an emoji, joined by `-`.

    A letter or a digit is not (`0041`, `FACE`), unless it is a keycap (`0031-20E3`).
    """
    if _CODE.fullmatch(code) is None:
        return False
    try:
        chars = [chr(int(part, 16)) for part in code.split("-")]
    except ValueError:  # beyond the last code point of Unicode
        return False
    if any("\ud800" <= char <= "\udfff" for char in chars):
        return False
    return code.endswith(_KEYCAP) or not (chars[0].isascii() or chars[0].isalnum())


def read_codes(written: str) -> tuple[str, ...]:
    """Return the code points in `written`, in order; what is none is left out."""
    codes: list[str] = []
    for token in re.split(r"[\s,|;]+", written):
        drawn = [
            "-".join(f"{ord(char):04X}" for char in emoji) for emoji in _SEQUENCE.findall(token)
        ]
        codes.extend(drawn or [token.upper().removeprefix("U+")])
    return tuple(filter(is_code, codes))
