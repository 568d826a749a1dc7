"""How movements and lights are told to either kind of client (protocol.md §3, *Actions*)."""

import pytest

from robi.protocol.actions import Action, Direction, Light, Move, MoveSequence, Step
from robi.protocol.dialects import USUAL_SPEED, Dialect, write_action


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (
            Move(Step("forward", 50, 2000)),
            {"type": "move", "params": {"direction": "forward", "speed": 50, "duration_ms": 2000}},
        ),
        (
            MoveSequence((Step("right", 40, 800), Step("stop", 0, 1600)), "happy"),
            {
                "type": "move_sequence",
                "total_duration_ms": 2400,
                "emotion_during": "happy",
                "steps": [
                    {"direction": "right", "speed": 40, "duration_ms": 800},
                    {"direction": "stop", "speed": 0, "duration_ms": 1600},
                ],
            },
        ),
        (
            Light(0, 100, 255, 80, 500),
            {"type": "light", "params": {"color": "rgb(0,100,255)", "intensity": 80}},
        ),
    ],
)
def test_write_action_for_a_user_client_nests_params(
    action: Action, told: dict[str, object]
) -> None:
    assert write_action(action, Dialect.USER) == told


@pytest.mark.parametrize(
    ("direction", "speed", "duration_ms", "told"),
    [
        ("right", 40, 420, {"type": "turn_right_deg", "degrees": 90}),
        ("left", 40, 420, {"type": "turn_left_deg", "degrees": 90}),
        ("left", 100, 1000, {"type": "turn_left_deg", "degrees": 214}),
        ("forward", USUAL_SPEED, 350, {"type": "move_forward_cm", "cm": 10}),
        ("backward", USUAL_SPEED, 1000, {"type": "move_backward_cm", "cm": 29}),
        ("forward", 30, 350, {"type": "move_forward_duration", "duration_ms": 350}),
        ("backward", 80, 350, {"type": "move_backward_duration", "duration_ms": 350}),
        ("forward", USUAL_SPEED, 10, {"type": "move_forward_duration", "duration_ms": 10}),
        ("stop", 0, 600, {"type": "stop", "duration_ms": 600}),
    ],
)
def test_write_action_for_a_person_client_is_a_flat_primitive(
    direction: Direction, speed: int, duration_ms: int, told: dict[str, object]
) -> None:
    assert write_action(Move(Step(direction, speed, duration_ms)), Dialect.PERSON) == told


def test_write_action_of_a_sequence_for_a_person_client_holds_primitives() -> None:
    sequence = MoveSequence((Step("left", 40, 420), Step("forward", USUAL_SPEED, 350)), "happy")
    assert write_action(sequence, Dialect.PERSON) == {
        "type": "move_sequence",
        "total_duration_ms": 770,
        "steps": [{"type": "turn_left_deg", "degrees": 90}, {"type": "move_forward_cm", "cm": 10}],
    }


def test_write_action_of_a_light_for_a_person_client_dims_its_colour() -> None:
    led = {"type": "led_color", "r": 0, "g": 80, "b": 204, "duration_ms": 500}
    assert write_action(Light(0, 100, 255, 80, 500), Dialect.PERSON) == led
