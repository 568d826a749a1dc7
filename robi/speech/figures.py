"""Numbers as they are compared: by what is written, however it is divided.

Owns where a number begins and ends in a text, and how each way of writing it is spelt for
comparison: digits, and `.` where its parts are joined. `1.500`, `1,500`, `1 500` and `1500` are
one; so are `3,14` and `3.14`; `4.7` is neither `4` nor `47`. A mark before three digits divides
thousands, whatever the language: texts of both are read. What is raised
or a fraction (`10³`, `2½`) stays as it is.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_SPACES: Final = " \u00a0\u2009\u202f"
_JOINTS: Final = ".,:'’"  # noqa: RUF001 - as they are written
_THOUSANDS: Final = frozenset(f"{_SPACES}.,'’")  # noqa: RUF001
_FRACTIONS: Final = "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_RAISED: Final = f"⁰¹²³⁴⁵⁶⁷⁸⁹{_FRACTIONS}"
_GROUP: Final = 3

FIGURE: Final = re.compile(
    rf"(?<![^\W_])(?:(?:[1-9]\d{{0,2}}(?:[{_SPACES}]\d{{3}}(?!\d))+|\d+)(?:[{_JOINTS}]\d+)*[{_RAISED}]*"
    rf"|[{_FRACTIONS}])"
)
"""A number: it begins no later than a word with digits in it does (`CO2`), of which it is none."""
_JOINT: Final = re.compile(rf"[{_SPACES}{_JOINTS}]")


def compared(written: str) -> str:
    """Return by what a number is compared that is `written` so."""
    return "".join(char for char, _ in spelt(written))


def spelt(written: str) -> Iterator[tuple[str, int]]:
    """Yield the characters by which a number is compared, and where in it each stands."""
    joints = [joint.start() for joint in _JOINT.finditer(written)]
    joining = frozenset(joints) - _dividing(written, joints) if joints else frozenset()
    for at, char in enumerate(written):
        if at in joining:
            yield ".", at
        elif _JOINT.match(char) is None:
            digit = unicodedata.decimal(char, None)
            yield char if digit is None else str(digit), at


def _dividing(written: str, joints: list[int]) -> frozenset[int]:
    """Return the joints that do no more than divide thousands."""
    kinds = {written[joint] for joint in joints}
    last_is_another = len(kinds) > 1  # 1.500,5
    dividing = joints[: len(joints) - last_is_another]
    if len({written[joint] for joint in dividing}) != 1 or written[dividing[0]] not in _THOUSANDS:
        return frozenset()
    first, *groups = _JOINT.split(written.rstrip(_RAISED))
    whole = len(first) <= _GROUP and first[0] != "0"
    if whole and all(len(group) == _GROUP for group in groups[: len(dividing)]):
        return frozenset(dividing)
    return frozenset()
