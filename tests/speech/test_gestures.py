import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.protocol.actions import Action, Light, Move, MoveSequence, Step
from robi.speech.gestures import COLORS, GESTURES, GestureRequest, expand, parse, scan

MOVEMENTS = sorted(GESTURES)


def steps_of(actions: tuple[Action, ...]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for action in actions:
        if isinstance(action, Move):
            steps.append(action.step)
        elif isinstance(action, MoveSequence):
            steps.extend(action.steps)
    return tuple(steps)


def turned(steps: tuple[Step, ...]) -> int:
    """Milliseconds turned to the right, less those to the left."""
    signs = {"right": 1, "left": -1}
    return sum(signs.get(step.direction, 0) * step.duration_ms for step in steps)


# ── as written ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "requests"),
    [
        ("wave", [GestureRequest("wave")]),
        ("wave:800|nod:400", [GestureRequest("wave", 800), GestureRequest("nod", 400)]),
        ("wave, nod", [GestureRequest("wave"), GestureRequest("nod")]),
        (" Shake Head : 500 ", [GestureRequest("shake_head", 500)]),
        ("wave:1.5s", [GestureRequest("wave", 1500)]),
        ("wave:800ms", [GestureRequest("wave", 800)]),
        ("wave:soon", [GestureRequest("wave")]),
        ("wave:-5", [GestureRequest("wave")]),
        ("wave:" + "9" * 5000, [GestureRequest("wave", 60_000)]),
        ("|,: ,", []),
        ("light:blue", [GestureRequest("light", None, "blue")]),
        ("light_Azul:900", [GestureRequest("light", 900, "azul")]),
        ("light:#FF8800:3000", [GestureRequest("light", 3000, "#ff8800")]),
        ("light:112233", [GestureRequest("light", None, "112233")]),
        ("light:900", [GestureRequest("light", 900)]),
        ("light", [GestureRequest("light")]),
        ("lighthouse", [GestureRequest("lighthouse")]),
    ],
)
def test_actions_as_written_are_parsed(written: str, requests: list[GestureRequest]) -> None:
    assert list(parse(written)) == requests


@given(st.text())
def test_actions_written_in_any_way_expand_within_the_limits(written: str) -> None:
    actions, _dropped = expand(parse(written), "happy")
    assert sum(step.duration_ms for step in steps_of(actions)) <= 60_000


# ── as steps ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", MOVEMENTS)
@pytest.mark.parametrize("duration_ms", [None, 0, -100])
def test_gesture_without_a_usable_duration_has_its_usual_steps(
    verb: str, duration_ms: int | None
) -> None:
    actions, _ = expand([GestureRequest(verb, duration_ms)], "happy")
    assert steps_of(actions) == GESTURES[verb]


@given(st.sampled_from(MOVEMENTS), st.integers(1, 10_000))
def test_gesture_with_a_duration_lasts_exactly_that_long(verb: str, duration_ms: int) -> None:
    actions, _ = expand([GestureRequest(verb, duration_ms)], "happy")
    assert sum(step.duration_ms for step in steps_of(actions)) == duration_ms


@pytest.mark.parametrize("verb", ["wave", "nod", "shake_head", "wiggle"])
@pytest.mark.parametrize("duration_ms", [None, 2400, 10**9])
def test_gesture_of_greeting_or_answer_ends_facing_the_start(
    verb: str, duration_ms: int | None
) -> None:
    actions, _ = expand([GestureRequest(verb, duration_ms)], "happy")
    assert abs(turned(steps_of(actions))) <= 4


def test_gesture_of_a_quarter_turn_takes_420_ms() -> None:
    actions, _ = expand([GestureRequest("rotate_left")], "happy")
    assert actions == (Move(Step("left", 40, 420)),)


def test_gesture_longer_than_a_step_may_be_is_clamped_to_ten_seconds() -> None:
    actions, _ = expand([GestureRequest("move_forward", 25_000)], "happy")
    assert actions == (Move(Step("forward", 50, 10_000)),)


def test_pause_is_a_stop_step() -> None:
    actions, _ = expand([GestureRequest("pause", 700)], "happy")
    assert actions == (Move(Step("stop", 0, 700)),)


def test_movements_of_an_answer_become_one_sequence_with_its_emotion() -> None:
    actions, _ = expand([GestureRequest("rotate_left"), GestureRequest("pause")], "playful")
    assert actions == (
        MoveSequence((Step("left", 40, 420), Step("stop", 0, 500)), emotion_during="playful"),
    )


def test_sequence_longer_than_sixty_seconds_is_cut_there() -> None:
    actions, _ = expand([GestureRequest("move_forward", 9_000)] * 8, "happy")
    assert [step.duration_ms for step in steps_of(actions)] == [9_000] * 6 + [6_000]


def test_unknown_verbs_are_dropped_and_returned() -> None:
    actions, dropped = expand([GestureRequest("fly"), GestureRequest("pause")], "happy")
    assert (len(actions), dropped) == (1, ("fly",))


def test_no_gestures_give_no_actions() -> None:
    assert expand([], "happy") == ((), ())


def test_light_is_an_action_of_its_own_before_the_movements() -> None:
    requests = [GestureRequest("pause"), GestureRequest("light", 1000, "azul")]
    actions, _ = expand(requests, "happy")
    assert actions == (Light(0, 100, 255, 80, 1000), Move(Step("stop", 0, 500)))


@pytest.mark.parametrize(
    ("color", "rgb"), [("#ff8000", (255, 128, 0)), ("FF8000", (255, 128, 0)), *COLORS.items()]
)
def test_light_of_a_color_has_its_components(color: str, rgb: tuple[int, int, int]) -> None:
    (light,), _ = expand([GestureRequest("light", None, color)], "happy")
    assert isinstance(light, Light)
    assert (light.red, light.green, light.blue) == rgb


def test_light_that_is_off_has_no_intensity() -> None:
    (light,), _ = expand([GestureRequest("light", None, "off")], "happy")
    assert isinstance(light, Light)
    assert light.intensity == 0


def test_light_of_an_unknown_color_is_dropped() -> None:
    assert expand([GestureRequest("light", None, "mud")], "happy") == ((), ("light:mud",))


_REQUESTS = st.lists(
    st.builds(
        GestureRequest,
        st.sampled_from([*MOVEMENTS, "light", "fly"]),
        st.none() | st.integers(-(10**12), 10**12),
        st.none() | st.sampled_from(sorted(COLORS)),
    ),
    max_size=30,
)


@given(_REQUESTS)
def test_whatever_is_asked_for_no_limit_is_passed(requests: list[GestureRequest]) -> None:
    actions, _ = expand(requests, "happy")
    steps = steps_of(actions)
    lights = [action for action in actions if isinstance(action, Light)]
    assert all(0 < step.duration_ms <= 10_000 and 0 <= step.speed <= 100 for step in steps)
    assert sum(step.duration_ms for step in steps) <= 60_000
    assert all(0 < light.duration_ms <= 10_000 and light.intensity <= 100 for light in lights)


def test_scan_is_one_sequence_that_looks_both_ways() -> None:
    (sequence,) = scan()
    assert isinstance(sequence, MoveSequence)
    assert {"left", "right"} <= {step.direction for step in sequence.steps}


def test_scan_ends_facing_the_start() -> None:
    assert turned(steps_of(scan())) == 0
