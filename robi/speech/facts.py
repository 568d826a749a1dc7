"""What the robot knows at this moment, as data: facts in, names and contents out. Pure.

Owns which facts of a scene a model is shown, and under what names. Nothing of a person is shown
before it is sure enough that it is them; what is to be forgotten is not told, so that it cannot be
repeated. How a fact is marked as data belongs to `robi.speech.data`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from robi.errors import Language
from robi.protocol.messages import Context
from robi.speech.data import Value
from robi.speech.scene import FORGETTING, Scene

RECOGNISED: Final = 0.70
"""Below this confidence a face is nobody's: no name and no memory may be told (issue 4)."""

_WEEKDAYS: Final[Mapping[Language, Sequence[str]]] = MappingProxyType(
    {
        "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    }
)


def recognised(scene: Scene) -> bool:
    """Tell whether it is sure enough who is there, to tell what is known of them."""
    return scene.person_id is not None and (
        scene.confidence is None or scene.confidence >= RECOGNISED
    )


def facts(scene: Scene) -> Iterator[tuple[str, Value]]:
    """Yield what is known now, the name of each fact and its content, in the order of the block."""
    if recognised(scene):
        if scene.name is not None:
            yield "name", scene.name
        if scene.confidence is not None:
            yield "face_confidence", round(scene.confidence, 2)
        if scene.wish not in FORGETTING:  # what is not told cannot be repeated
            for memory in scene.memories:
                yield "memory", memory
    if scene.context.location:
        yield "location", scene.context.location
    if scene.local_time is not None:
        yield "local_time", scene.local_time
        today = datetime.fromisoformat(scene.local_time).weekday()
        yield "weekday", _WEEKDAYS[scene.language][today]
    yield from _body(scene.context)
    for due in scene.due:
        if due.theirs:
            yield due.kind, due.label
            yield "due_at", due.at
    if scene.asked_to_look is not None:
        yield "asked_to_look", scene.asked_to_look
    if scene.earlier is not None:
        yield "earlier", scene.earlier


def _body(context: Context) -> Iterator[tuple[str, Value]]:
    """Yield what the body measures: names and values are the app's, so that both are data."""
    for key, level in (
        ("battery", context.battery_level),
        ("battery_robot", context.battery_robot),
        ("battery_phone", context.battery_phone),
    ):
        if level is not None:
            yield key, level
    if measured := ", ".join(_measured(context.sensors)):
        yield "sensors", measured


def _measured(sensors: Mapping[str, object], name: str = "") -> Iterator[str]:
    for key, value in sensors.items():
        if isinstance(value, dict) and not name:  # sensors of several values: imu.pitch
            yield from _measured(value, f"{key}.")
        elif isinstance(value, str | int | float):
            yield f"{name}{key}: {value}"
