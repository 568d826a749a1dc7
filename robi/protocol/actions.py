"""Movements and lights as values, free of dialect: what a body is asked to do.

Owns the limits of protocol.md §3, *Actions*. `robi.speech.gestures` makes these from what the
model asks for; `robi.protocol.dialects` writes them in the words of either kind of client.
"""

from typing import Literal

from attrs import frozen

Direction = Literal["forward", "backward", "left", "right", "stop"]

MAX_STEP_MS = 10_000
MAX_SEQUENCE_MS = 60_000
MAX_SPEED = 100
MAX_INTENSITY = 100


@frozen
class Step:
    """One movement: speed 0..100, `duration_ms` at most MAX_STEP_MS."""

    direction: Direction
    speed: int
    duration_ms: int


@frozen
class Move:
    """A single movement."""

    step: Step


@frozen
class MoveSequence:
    """Several movements in a row, MAX_SEQUENCE_MS at most, with the face to show meanwhile."""

    steps: tuple[Step, ...]
    emotion_during: str

    @property
    def total_duration_ms(self) -> int:
        """The sum of the steps."""
        return sum(step.duration_ms for step in self.steps)


@frozen
class Light:
    """A light of `red`, `green`, `blue` (0..255) and `intensity` 0..100 for `duration_ms`."""

    red: int
    green: int
    blue: int
    intensity: int
    duration_ms: int


Action = Move | MoveSequence | Light
