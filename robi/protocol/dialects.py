"""Two ways to say the same: clients that speak of users, and clients that speak of persons.

Owns every difference between them (protocol.md §3): the name of one message, the names of four
fields, and the words for movements and lights. Inside Robi there are only persons.

What a body is told in the person dialect
-----------------------------------------
Its primitives know no speed: a turn is an angle, a movement a distance or a time.

- A turn goes out in degrees. A quarter turn takes TURN_MS; the speed asked for is not looked at,
  since there is no way of asking such a body for another one.
- A movement at USUAL_SPEED goes out in centimetres, ten to TRAVEL_MS. At any other speed the
  distance would be a guess, so that the time is sent instead, which is what was asked for. The same
  holds for a movement too short to make a centimetre.
- A stop says how long it lasts, lest a pause between two steps vanish.
- A light has no intensity of its own: its colour is dimmed by it.
"""

from collections.abc import Mapping
from enum import Enum

from robi.protocol.actions import MAX_INTENSITY, Action, Light, Move, MoveSequence, Step
from robi.protocol.messages import Emotion, InteractionStart, PersonRegistered, Text

Fields = dict[str, object]
"""A JSON object in the making."""

USUAL_SPEED = 50
"""The speed at which a body drives when it is not told one."""
TURN_DEGREES = 90
TURN_MS = 420
TRAVEL_CM = 10
TRAVEL_MS = 350


class Dialect(Enum):
    """How a client calls the one who is talking to the robot."""

    USER = "user"
    PERSON = "person"


PERSON_FIELDS: Mapping[Dialect, Mapping[type, str]] = {
    Dialect.USER: {
        InteractionStart: "user_id",
        Text: "user_id",
        PersonRegistered: "user_id",
        Emotion: "user_identified",
    },
    Dialect.PERSON: {Emotion: "person_identified"},
}
"""What stands for `person_id` in a message. Any other is the same for all: `person_detected` says
`person_id` even in the app that otherwise speaks of users (protocol.md §2)."""


def registered_type(dialect: Dialect) -> str:
    """Return the `type` of the message that tells the name of someone new."""
    return f"{dialect.value}_registered"


def to_dialect(message: type, fields: Fields, dialect: Dialect) -> Fields:
    """Return `fields` of a `message` with `person_id` named as `dialect` does."""
    if "person_id" in fields and (theirs := PERSON_FIELDS[dialect].get(message)) is not None:
        fields[theirs] = fields.pop("person_id")
    return fields


def from_any_dialect(message: type, fields: Fields) -> Fields:
    """Return `fields` of a `message` from the server with `person_id` named as Robi does."""
    for names in PERSON_FIELDS.values():
        if (theirs := names.get(message)) is not None and theirs in fields:
            fields["person_id"] = fields.pop(theirs)
    return fields


# ── movements and lights ──────────────────────────────────────────────────────────────────


def write_action(action: Action, dialect: Dialect) -> Fields:
    """Return `action` as JSON in the words of `dialect`."""
    if dialect is Dialect.USER:
        return _params(action)
    return _primitive(action)


def _params(action: Action) -> Fields:
    match action:
        case Move(step):
            return {"type": "move", "params": _step(step)}
        case MoveSequence(steps, emotion_during):
            return {
                "type": "move_sequence",
                "total_duration_ms": action.total_duration_ms,
                "emotion_during": emotion_during,
                "steps": [_step(step) for step in steps],
            }
        case Light(red, green, blue, intensity):
            color = f"rgb({red},{green},{blue})"
            return {"type": "light", "params": {"color": color, "intensity": intensity}}


def _step(step: Step) -> Fields:
    return {"direction": step.direction, "speed": step.speed, "duration_ms": step.duration_ms}


def _primitive(action: Action) -> Fields:
    match action:
        case Move(step):
            return _primitive_step(step)
        case MoveSequence(steps):
            return {
                "type": "move_sequence",
                "total_duration_ms": action.total_duration_ms,
                "steps": [_primitive_step(step) for step in steps],
            }
        case Light():
            return {
                "type": "led_color",
                "r": _dimmed(action.red, action.intensity),
                "g": _dimmed(action.green, action.intensity),
                "b": _dimmed(action.blue, action.intensity),
                "duration_ms": action.duration_ms,
            }


def _primitive_step(step: Step) -> Fields:
    match step.direction:
        case "left" | "right":
            degrees = round(step.duration_ms * TURN_DEGREES / TURN_MS)
            return {"type": f"turn_{step.direction}_deg", "degrees": degrees}
        case "forward" | "backward":
            cm = round(step.duration_ms * TRAVEL_CM / TRAVEL_MS)
            if step.speed == USUAL_SPEED and cm > 0:
                return {"type": f"move_{step.direction}_cm", "cm": cm}
            kind = f"move_{step.direction}_duration"
            return {"type": kind, "duration_ms": step.duration_ms}
        case "stop":
            return {"type": "stop", "duration_ms": step.duration_ms}


def _dimmed(channel: int, intensity: int) -> int:
    return round(channel * intensity / MAX_INTENSITY)
