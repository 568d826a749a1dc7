"""Tokens: how it is known that no two robots hear each other's answers."""

from random import Random

from tools.sim.parts import Part, new_part

MINE = Part("key", "d", "qzabcdefghijklmn")
OTHER = "qzaaaaaaaaaaaaaa"


def test_parts_differ_and_keep_their_key_to_themselves() -> None:
    rng = Random(1)
    first, second = new_part("secret", rng), new_part("secret", rng)
    assert first.token != second.token
    assert first.device_id != second.device_id
    assert "secret" not in repr(first)


def test_tokens_of_others_are_found_and_the_own_one_is_not() -> None:
    assert MINE.foreign(f"{MINE.token} y {OTHER.capitalize()}, {OTHER}.") == [OTHER]
    assert MINE.foreign(f"Hola, {MINE.token}.") == []


def test_token_is_found_by_whoever_it_does_not_belong_to() -> None:
    rng = Random(1)
    first, second = new_part(None, rng), new_part(None, rng)
    assert first.foreign(second.token) == [second.token]
