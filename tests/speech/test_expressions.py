from random import Random

import pytest

from robi.protocol.emotions import EMOTIONS
from robi.speech.expressions import TRANSITIONS, choose


def rng() -> Random:
    return Random(7)


def test_codes_of_the_model_are_shown_in_order() -> None:
    assert choose("happy", ["1F431", "1F382"], rng()).emojis == ("1F431", "1F382")


def test_codes_beyond_four_are_left_out() -> None:
    codes = ["1F431", "1F382", "1F600", "1F389", "1F44B"]
    assert choose("happy", codes, rng()).emojis == tuple(codes[:4])


def test_codes_that_are_invalid_or_repeated_do_not_count() -> None:
    assert choose("happy", ["x", "1F431", "0041", "1F431"], rng()).emojis == ("1F431",)


@pytest.mark.parametrize("emotion", sorted(EMOTIONS))
def test_no_codes_show_one_of_the_emotion(emotion: str) -> None:
    (code,) = choose(emotion, [], rng()).emojis
    assert code in EMOTIONS[emotion]


def test_no_codes_show_every_one_of_the_group_in_time() -> None:
    dice = rng()
    shown = {choose("happy", [], dice).emojis[0] for _ in range(200)}
    assert shown == set(EMOTIONS["happy"])


def test_unknown_emotion_shows_neutral() -> None:
    assert choose("melancholy", [], rng()) == choose("neutral", [], rng())


def test_every_emotion_has_a_transition() -> None:
    assert set(TRANSITIONS) == set(EMOTIONS)


def test_each_emoji_is_shown_two_seconds() -> None:
    assert choose("happy", [], rng()).duration_per_emoji == 2000
