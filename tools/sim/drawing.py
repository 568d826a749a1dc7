"""What a robot would show and do, as characters and words. Pure.

Actions are drawn from the message as it came, not from decoded values: what is on the wire, in
either dialect, is what a person who looks at this tool wants to see.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from robi.protocol.emotions import DEFAULT_EMOTION, EMOTIONS
from tools.sim.words import Words

_JOINED: Final = " → "


def emoji(code: str) -> str:
    """Return the characters of OpenMoji code points such as `2764-FE0F`; `code` if it is none."""
    try:
        return "".join(chr(int(point, 16)) for point in code.split("-"))
    except (ValueError, OverflowError):
        return code


def face(emotion: str) -> str:
    """Return the first character of the group of `emotion`."""
    return emoji(EMOTIONS.get(emotion, EMOTIONS[DEFAULT_EMOTION])[0])


def draw_expression(plain: object) -> str:
    """Return the characters of `expression` with how they change, "" if there are none."""
    expression = _object(plain)
    codes = [emoji(code) for code in _list(expression.get("emojis")) if isinstance(code, str)]
    if not codes:
        return ""
    return " ".join(codes) + f"  ({expression.get('transition')})"


def draw_actions(plain: object, words: Words) -> Iterator[str]:
    """Yield each of `actions` in words, in either dialect; what is unknown as it came."""
    for action in map(_object, _list(plain)):
        if action.get("type") == "move_sequence":
            steps = _JOINED.join(_draw(_object(step), words) for step in _list(action.get("steps")))
            yield f"{steps}  ({action.get('total_duration_ms')} ms)"
        else:
            yield _draw(action, words)


def _draw(action: dict[str, object], words: Words) -> str:
    match action:
        case {"type": "move", "params": dict() as step}:
            return _draw(step, words)
        case {"direction": str() as direction, "duration_ms": duration, "speed": speed}:
            return _moved(direction, f"{duration} ms, {speed} %", words)
        case {"type": "light", "params": {"color": colour, "intensity": intensity}}:
            return words.light.format(colour=colour, amount=f"{intensity} %")
        case {"type": "led_color", "r": red, "g": green, "b": blue, "duration_ms": duration}:
            return words.light.format(colour=f"rgb({red},{green},{blue})", amount=f"{duration} ms")
        case {"type": str() as primitive} if primitive.startswith(("turn_", "move_", "stop")):
            return _draw_primitive(primitive, action, words)
        case _:
            return str(action)


def _draw_primitive(primitive: str, action: dict[str, object], words: Words) -> str:
    """`turn_right_deg` and its like: verb, direction, unit."""
    if primitive == "stop":
        return _moved(primitive, _amount(action, "duration_ms", " ms"), words)
    _verb, direction, unit = [*primitive.split("_"), "", ""][:3]
    match unit:
        case "deg":
            amount = _amount(action, "degrees", "°")
        case "cm":
            amount = _amount(action, "cm", " cm")
        case _:
            amount = _amount(action, "duration_ms", " ms")
    return _moved(direction, amount, words)


def _moved(direction: str, amount: str, words: Words) -> str:
    if direction == "stop":
        return f"{words.stop} {amount}".rstrip()
    sentence = words.turn if direction in ("left", "right") else words.drive
    named = words.directions.get(direction, direction)
    return sentence.format(direction=named, amount=amount).rstrip()


def _amount(action: dict[str, object], name: str, unit: str) -> str:
    return f"{action[name]}{unit}" if name in action else ""


def _object(plain: object) -> dict[str, object]:
    return plain if isinstance(plain, dict) else {}


def _list(plain: object) -> Iterable[object]:
    return plain if isinstance(plain, list) else ()
