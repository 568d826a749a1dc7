"""What a person asks the robot's body to do: for the rehearsal.

Owns the patterns for movements and lights in Spanish and English, and the step to the gestures of
protocol.md §3, written as a model would write them in `[actions:…]`.
"""

import re
from collections.abc import Iterator
from typing import Final

_I: Final = re.IGNORECASE
_QUARTER_MS: Final = 420
_CM_MS: Final = 35

_COLORS: Final = {
    "rojo": "red", "roja": "red", "naranja": "orange", "amarillo": "yellow", "amarilla": "yellow",
    "verde": "green", "turquesa": "cyan", "azul": "blue", "morado": "purple", "morada": "purple",
    "rosa": "pink", "blanco": "white", "blanca": "white",
    "red": "red", "orange": "orange", "yellow": "yellow", "green": "green", "cyan": "cyan",
    "blue": "blue", "purple": "purple", "pink": "pink", "white": "white",
}  # fmt: skip
_COLOR: Final = re.compile(rf"\b(?:{'|'.join(_COLORS)})\b", _I)
_LIGHT: Final = re.compile(r"\b(?:luz|luces|lights?|led)\b|\bil[uú]min\w*", _I)
_LIGHT_VERB: Final = re.compile(
    r"\b(?:enci[eé]nd\w*|pon\w*|ap[aá]ga\w*|cambia\w*|ilum[ií]na\w*|turn|switch|make|set|put|shine"
    r"|show|light up)\b|^\W*(?:luz|luces|lights?)\b",
    _I,
)
_OFF: Final = re.compile(r"\bap[aá]g\w*|\b(?:turn|switch)\b.*\boff\b|\blights? off\b", _I)

_REST: Final = r"(?:(?! (?:y|e|and|then|luego|despu[eé]s)\b)[^.,;])*"
_TURN: Final = r"\b(?:gira\w*|vu[eé]lvete|turn|rotate)\b"
_VERBS: Final = re.compile(
    rf"(?P<rotate_left>{_TURN}{_REST}\b(?:izquierda|left)\b{_REST})"
    rf"|(?P<rotate_right>\b(?:g[ií]ra(?:te)?|vu[eé]lvete|rotate|spin|da(?:te)? \w+ vuelta)"
    rf"\b{_REST}|\bturn\b(?={_REST}(?:\bright\b|\baround\b|\d)){_REST})"
    rf"|(?P<move_forward>\bavanza\w*{_REST}|\bac[eé]rcate\b"
    rf"|\b(?:ve|ven|anda|camina|mu[eé]vete) (?:hacia |para )?adelante\b{_REST}|^\W*adelante\W*$"
    rf"|\b(?:go|move|come|drive) (?:forwards?|closer|ahead)\b{_REST})"
    rf"|(?P<move_backward>\bretrocede\w*{_REST}|\bal[eé]jate\b"
    rf"|\b(?:ve|anda|camina|mu[eé]vete) (?:hacia |para )?atr[aá]s\b{_REST}|^\W*atr[aá]s\W*$"
    rf"|\b(?:go|move|drive) back(?:wards?)?\b{_REST}|\bback up\b{_REST})"
    rf"|(?P<wiggle>\bbail(?:a|as|emos|ar|ame)\b|\bdance\b|\bwiggle\b)"
    rf"|(?P<wave>\bsaluda(?:me|nos|r)?\b|\bwave\b)"
    rf"|(?P<nod>\basiente\b|\bdi que s[ií]\b|\bnod\b)"
    rf"|(?P<shake_head>\bdi que no\b|\bshake your head\b)"
    rf"|(?P<stop>^\W*(?:para|p[aá]rate|detente|alto|stop|halt)\W*$)",
    _I,
)
_HALF: Final = re.compile(r"\bmedia vuelta\b|\bla vuelta\b|\bhalf\b|\bturn around\b", _I)
_WHOLE: Final = re.compile(r"\buna vuelta\b|\bvuelta entera\b|\bfull\b|\bspin\b", _I)
_AMOUNT: Final = re.compile(
    r"(?P<number>\d{1,4})\s*(?P<unit>cm|cent[ií]m|m\b|metros?\b|meters?\b|grad|deg|°|s\b|seg|sec)",
    _I,
)


def gestures_in(text: str) -> Iterator[str]:
    """Yield the lights and movements that `text` asks for, as they stand in `[actions:…]`."""
    lit = _LIGHT.search(text) is not None and _LIGHT_VERB.search(text) is not None
    if lit:
        color = _COLOR.search(text)
        if _OFF.search(text):
            yield "light:off"
        else:
            yield f"light:{_COLORS[color[0].lower()] if color else 'white'}"
    for match in _VERBS.finditer(text):
        verb = str(match.lastgroup)
        if lit and match[0].lower().startswith("turn"):
            continue  # "Turn the light on the right blue."
        duration = _duration_ms(verb, match[0])
        yield f"{verb}:{duration}" if duration else verb


def _duration_ms(verb: str, asked: str) -> int | None:
    """Return how long "20 cm", "90 grados" or "3 seconds" take; None is the gesture's usual."""
    turns = verb.startswith("rotate")
    amount = _AMOUNT.search(asked)
    if amount is None:
        quarters = 2 if _HALF.search(asked) else 4 if _WHOLE.search(asked) else 0
        return quarters * _QUARTER_MS if turns and quarters else None
    number, unit = int(amount["number"]), amount["unit"].lower()
    if unit.startswith("s"):
        return number * 1000
    if unit.startswith(("g", "d", "°")):
        return number * _QUARTER_MS // 90 if turns else None
    return None if turns else number * _CM_MS * (1 if unit.startswith("c") else 100)
