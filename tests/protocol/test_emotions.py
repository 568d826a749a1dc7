import re

import pytest

from robi.protocol.emotions import DEFAULT_EMOTION, EMOTIONS, PHONE_STATES, is_emotion


def test_emotions_are_those_of_the_protocol() -> None:
    assert " ".join(EMOTIONS) == (
        "happy excited sad empathy confused surprised love cool greeting neutral curious worried"
        " playful"
    )


def test_phone_states_are_those_of_the_protocol() -> None:
    expected = "IDLE LISTENING THINKING SEARCHING REGISTERING ERROR DISCONNECTED"
    assert " ".join(PHONE_STATES) == expected


@pytest.mark.parametrize("code", sorted({*PHONE_STATES.values()}.union(*EMOTIONS.values())))
def test_face_is_code_points_in_hexadecimal(code: str) -> None:
    assert re.fullmatch(r"[0-9A-F]{4,5}(-[0-9A-F]{4,5})*", code)


@pytest.mark.parametrize(
    ("name", "known"), [(DEFAULT_EMOTION, True), ("Happy", False), ("angry", False), ("", False)]
)
def test_is_emotion_knows_the_names_as_they_are_written(name: str, known: bool) -> None:
    assert is_emotion(name) is known
