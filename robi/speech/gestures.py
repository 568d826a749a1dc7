"""From the gestures a model names to the steps a body takes.

Owns the repertoire (protocol.md §3, *Actions*), how one is written in `[actions:…]` (§4), and the
clamps: no step over 10 s, no sequence over 60 s, whatever is asked for. A gesture that turns
comes back to where it began, so that a robot that waves still looks at the person.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from types import MappingProxyType

from attrs import evolve, frozen

from robi.protocol.actions import (
    MAX_INTENSITY,
    MAX_SEQUENCE_MS,
    MAX_SPEED,
    MAX_STEP_MS,
    Action,
    Direction,
    Light,
    Move,
    MoveSequence,
    Step,
)
from robi.protocol.dialects import TRAVEL_MS as TEN_CM_MS
from robi.protocol.dialects import TURN_MS as QUARTER_TURN_MS
from robi.protocol.dialects import USUAL_SPEED as DRIVE_SPEED

TURN_SPEED = 40
LIGHT_INTENSITY = 80
LIGHT_MS = 2000

_EIGHTH = QUARTER_TURN_MS // 2
_GLANCE = QUARTER_TURN_MS // 3  # thirty degrees: a head that is shaken
_SHIVER = QUARTER_TURN_MS // 6
_NOD = TEN_CM_MS // 2

_SPEEDS: Mapping[Direction, int] = MappingProxyType({
    "forward": DRIVE_SPEED,
    "backward": DRIVE_SPEED,
    "left": TURN_SPEED,
    "right": TURN_SPEED,
    "stop": 0,
})  # fmt: skip


def _steps(*moves: tuple[Direction, int]) -> tuple[Step, ...]:
    return tuple(
        Step(direction, min(_SPEEDS[direction], MAX_SPEED), duration_ms)
        for direction, duration_ms in moves
    )


GESTURES: Mapping[str, tuple[Step, ...]] = MappingProxyType({
    "wave": _steps(("right", _EIGHTH), ("left", 2 * _EIGHTH), ("right", _EIGHTH)),
    "nod": _steps(("forward", _NOD), ("backward", _NOD), ("forward", _NOD), ("backward", _NOD)),
    "shake_head": _steps(
        ("left", _GLANCE), ("right", 2 * _GLANCE), ("left", 2 * _GLANCE), ("right", _GLANCE)
    ),
    "wiggle": _steps(
        ("left", _SHIVER),
        ("right", 2 * _SHIVER),
        ("left", 2 * _SHIVER),
        ("right", 2 * _SHIVER),
        ("left", _SHIVER),
    ),
    "rotate_left": _steps(("left", QUARTER_TURN_MS)),
    "rotate_right": _steps(("right", QUARTER_TURN_MS)),
    "move_forward": _steps(("forward", 2 * TEN_CM_MS)),
    "move_backward": _steps(("backward", 2 * TEN_CM_MS)),
    "pause": _steps(("stop", 500)),
    "stop": _steps(("stop", 200)),
})  # fmt: skip
"""Every gesture that is a movement, at its usual length."""

COLORS: Mapping[str, tuple[int, int, int]] = MappingProxyType({
    "red": (255, 0, 0), "rojo": (255, 0, 0),
    "orange": (255, 120, 0), "naranja": (255, 120, 0),
    "yellow": (255, 210, 0), "amarillo": (255, 210, 0),
    "green": (0, 200, 60), "verde": (0, 200, 60),
    "cyan": (0, 220, 220), "turquesa": (0, 220, 220),
    "blue": (0, 100, 255), "azul": (0, 100, 255),
    "purple": (150, 0, 255), "morado": (150, 0, 255),
    "pink": (255, 80, 160), "rosa": (255, 80, 160),
    "white": (255, 255, 255), "blanco": (255, 255, 255),
    "off": (0, 0, 0), "apagado": (0, 0, 0),
})  # fmt: skip
"""The colours a light may be asked for by name; `#RRGGBB` says any other."""

_HEX_COLOR = re.compile(r"#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s)?")
_LIGHTS = frozenset({"light", "luz"})
_MAX_DIGITS = 9
_MAX_VERB = 40


@frozen
class GestureRequest:
    """One gesture as the model asked for it; `duration_ms` of None or below 1 is the usual one."""

    verb: str
    duration_ms: int | None = None
    color: str | None = None


def parse(written: str) -> tuple[GestureRequest, ...]:
    """Read `verb[:ms]` separated by `|` or `,`; for a light `light:COLOR[:ms]`.

    Verbs are kept whether known or not. A duration that makes no sense is None.
    """
    return tuple(_parse_one(item) for item in re.split(r"[|,]", written) if item.strip(" \t\r\n:"))


def _parse_one(item: str) -> GestureRequest:
    first, *rest = (part.strip().lower() for part in item.split(":"))
    verb = re.sub(r"[\s-]+", "_", first)[:_MAX_VERB]
    base, _, suffix = verb.partition("_")
    if base not in _LIGHTS:
        return GestureRequest(verb, _duration(rest))
    color = suffix or None
    # Six digits are a colour (112233) and not two minutes.
    if color is None and rest and (_HEX_COLOR.fullmatch(rest[0]) or _duration(rest) is None):
        color = rest.pop(0)[:_MAX_VERB] or None
    return GestureRequest("light", _duration(rest), color)


def _duration(written: Sequence[str]) -> int | None:
    match = _DURATION.fullmatch(written[0]) if written else None
    if match is None:
        return None
    number, unit = match.groups()
    whole = number.partition(".")[0]
    if len(whole) > _MAX_DIGITS:
        return MAX_SEQUENCE_MS
    return round(float(number) * (1000 if unit == "s" else 1))


def expand(
    requests: Sequence[GestureRequest], emotion: str
) -> tuple[tuple[Action, ...], tuple[str, ...]]:
    """Return the actions of an answer, and the verbs that were dropped as unknown, for the log.

    Lights come first, each an action of its own, so that they shine while the body moves. All
    movements become one `MoveSequence` that shows `emotion`, or one `Move` if it is one step.
    """
    lights: list[Light] = []
    steps: list[Step] = []
    dropped: list[str] = []
    for request in requests:
        if request.verb == "light":
            rgb = _rgb(request.color)
            if rgb is None:
                dropped.append(f"light:{request.color}")
            else:
                lights.append(_light(rgb, request.duration_ms))
        elif request.verb in GESTURES:
            steps.extend(_scaled(GESTURES[request.verb], request.duration_ms))
        else:
            dropped.append(request.verb)
    return (*lights, *_movement(tuple(_within_sequence(steps)), emotion)), tuple(dropped)


def scan() -> tuple[Action, ...]:
    """Return how to look around for people: right, left, and back to where it began."""
    steps = _steps(
        ("right", QUARTER_TURN_MS),
        ("stop", 800),
        ("left", QUARTER_TURN_MS),
        ("stop", 800),
        ("left", QUARTER_TURN_MS),
        ("stop", 800),
        ("right", QUARTER_TURN_MS),
    )
    return (MoveSequence(steps, emotion_during="curious"),)


def _movement(steps: tuple[Step, ...], emotion: str) -> tuple[Action, ...]:
    if not steps:
        return ()
    if len(steps) == 1:
        return (Move(steps[0]),)
    return (MoveSequence(steps, emotion_during=emotion),)


def _scaled(steps: tuple[Step, ...], duration_ms: int | None) -> Iterator[Step]:
    """Yield `steps` stretched to `duration_ms` in all, shapes kept, no step over MAX_STEP_MS.

    A gesture too long is shortened as a whole: clamping its longest step alone would leave the
    robot turned away. Ends are rounded, not lengths, so that the sum is exact.
    """
    usual = [step.duration_ms for step in steps]
    total = sum(usual)
    longest = MAX_STEP_MS * total // max(usual)
    wanted = min(duration_ms, longest) if duration_ms is not None and duration_ms > 0 else total
    ends = [end * wanted // total for end in accumulate(usual, initial=0)]
    for step, (start, end) in zip(steps, pairwise(ends), strict=True):
        length = min(end - start, MAX_STEP_MS)
        if length > 0:
            yield evolve(step, duration_ms=length)


def _within_sequence(steps: Sequence[Step]) -> Iterator[Step]:
    left = MAX_SEQUENCE_MS
    for step in steps:
        if left <= 0:
            return
        yield evolve(step, duration_ms=min(step.duration_ms, left))
        left -= step.duration_ms


def _rgb(color: str | None) -> tuple[int, int, int] | None:
    if color is None:
        return COLORS["white"]
    match = _HEX_COLOR.fullmatch(color.lower())
    if match is not None:
        red, green, blue = (int(part, 16) for part in match.groups())
        return red, green, blue
    return COLORS.get(color.lower())


def _light(rgb: tuple[int, int, int], duration_ms: int | None) -> Light:
    """A light at its usual strength; black is a light that is off."""
    red, green, blue = rgb
    wanted = duration_ms if duration_ms is not None and duration_ms > 0 else LIGHT_MS
    return Light(
        red=red,
        green=green,
        blue=blue,
        intensity=min(LIGHT_INTENSITY, MAX_INTENSITY) if any(rgb) else 0,
        duration_ms=min(wanted, MAX_STEP_MS),
    )
