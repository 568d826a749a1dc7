"""Emoji, movements and lights in words."""

import pytest

from robi.protocol.actions import Action, Light, Move, MoveSequence, Step
from robi.protocol.dialects import Dialect, write_action
from tools.sim.drawing import draw_actions, draw_expression, emoji, face
from tools.sim.words import ENGLISH

RIGHT = Step("right", 40, 840)
FORWARD = Step("forward", 50, 700)


@pytest.mark.parametrize(
    ("code", "character"),
    [
        ("1F600", "😀"),
        ("2764-FE0F", "\u2764\ufe0f"),
        ("nonsense", "nonsense"),
        ("110000", "110000"),
    ],
)
def test_emoji_is_the_character_of_its_code_points(code: str, character: str) -> None:
    assert emoji(code) == character


def test_face_of_an_unknown_emotion_is_neutral() -> None:
    assert face("no such thing") == "🙂"


def test_expression_is_drawn_with_its_transition() -> None:
    plain = {"emojis": ["1F389", "2728"], "duration_per_emoji": 2000, "transition": "fade"}
    assert draw_expression(plain) == "🎉 ✨  (fade)"


@pytest.mark.parametrize("plain", [None, {}, {"emojis": []}, {"emojis": "x"}, 3])
def test_expression_without_emojis_is_not_drawn(plain: object) -> None:
    assert draw_expression(plain) == ""


@pytest.mark.parametrize(
    ("action", "dialect", "drawn"),
    [
        (Move(RIGHT), Dialect.USER, "turns right 840 ms, 40 %"),
        (Move(RIGHT), Dialect.PERSON, "turns right 180°"),
        (Move(FORWARD), Dialect.USER, "moves forward 700 ms, 50 %"),
        (Move(FORWARD), Dialect.PERSON, "moves forward 20 cm"),
        (Move(Step("backward", 80, 500)), Dialect.PERSON, "moves backward 500 ms"),
        (Move(Step("stop", 0, 300)), Dialect.USER, "stops 300 ms, 0 %"),
        (Move(Step("stop", 0, 300)), Dialect.PERSON, "stops 300 ms"),
        (Light(0, 100, 200, 50, 2000), Dialect.USER, "light rgb(0,100,200) 50 %"),
        (Light(0, 100, 200, 50, 2000), Dialect.PERSON, "light rgb(0,50,100) 2000 ms"),
        (
            MoveSequence((RIGHT, FORWARD), "happy"),
            Dialect.USER,
            "turns right 840 ms, 40 % → moves forward 700 ms, 50 %  (1540 ms)",
        ),
        (
            MoveSequence((RIGHT, FORWARD), "happy"),
            Dialect.PERSON,
            "turns right 180° → moves forward 20 cm  (1540 ms)",
        ),
    ],
)
def test_action_is_drawn_in_words(action: Action, dialect: Dialect, drawn: str) -> None:
    assert list(draw_actions([write_action(action, dialect)], ENGLISH)) == [drawn]


def test_action_that_is_unknown_is_drawn_as_it_came() -> None:
    assert list(draw_actions([{"type": "sing"}], ENGLISH)) == ["{'type': 'sing'}"]
