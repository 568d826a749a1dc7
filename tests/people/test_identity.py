"""Who is speaking."""

import math
import struct
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.people.identity import (
    MAX_ID,
    UNLIKE_BELOW,
    Speaker,
    is_stranger,
    new_stranger_id,
    readable,
    recognised,
    resolve,
    unlike,
)

ANA = Speaker("user_ana_0a1b2c", 0.9)
SOMEONE = Speaker("stranger:1", 0.2)


def numbered() -> str:
    return "stranger:new"


@pytest.mark.parametrize("confidence", [None, 0.70, 0.99, 1.0])
def test_person_named_and_sure_enough_is_recognised(confidence: float | None) -> None:
    assert recognised("user_ana_0a1b2c", confidence) == "user_ana_0a1b2c"


@pytest.mark.parametrize("confidence", [0.0, 0.69, 0.6999, math.nan, -1.0])
def test_person_named_without_being_sure_is_nobody(confidence: float) -> None:
    assert recognised("user_ana_0a1b2c", confidence) is None


@pytest.mark.parametrize(
    "person_id",
    [
        None,
        "",
        "  ",
        "unknown",
        " UNKNOWN ",
        "stranger:0011",
        "Stranger:0011",
        "x" * (MAX_ID + 1),
        "user_\nana",
    ],
)
def test_id_that_is_none_is_nobody(person_id: str | None) -> None:
    assert recognised(person_id, 0.99) is None


def test_id_from_before_our_time_is_taken_as_it_is() -> None:
    assert recognised(" María José 42 ", None) == "María José 42"


@pytest.mark.parametrize("before", [None, ANA, SOMEONE])
def test_speaker_who_is_recognised_is_that_person(before: Speaker | None) -> None:
    assert resolve(before, "user_luis", 0.8) == Speaker("user_luis", 0.8)


@pytest.mark.parametrize("before", [None, ANA])
def test_stranger_after_nobody_or_a_person_is_a_new_one(before: Speaker | None) -> None:
    assert resolve(before, "unknown", 0.3, new_id=numbered) == Speaker("stranger:new", 0.3)


def test_stranger_after_a_stranger_is_still_the_same() -> None:
    assert resolve(SOMEONE, "unknown", None, new_id=numbered) == Speaker("stranger:1", None)


def test_person_of_whom_nobody_is_sure_is_not_that_person() -> None:
    assert resolve(ANA, ANA.person_id, 0.5, new_id=numbered).person_id == "stranger:new"


def test_stranger_whom_a_client_invents_is_not_that_stranger() -> None:
    other = resolve(None, SOMEONE.person_id, 0.9, new_id=numbered)
    assert other.person_id == "stranger:new"


def test_ids_of_strangers_are_known_as_such_and_differ() -> None:
    first, second = new_stranger_id(), new_stranger_id()
    assert first != second
    assert is_stranger(first)


@given(st.lists(st.sampled_from(["unknown", "user_ana", "user_luis"])))
def test_two_strangers_with_a_person_between_never_share(named: list[str]) -> None:
    numbers = count()
    speaker: Speaker | None = None
    encounters: list[str] = []
    for name in named:
        speaker = resolve(speaker, name, new_id=lambda: f"stranger:{next(numbers)}")
        encounters.append(speaker.person_id)
    for place, (name, who) in enumerate(zip(named, encounters, strict=True)):
        assert is_stranger(who) == (name == "unknown")
        if name == "unknown" and "unknown" in named[:place] and named[place - 1] != "unknown":
            assert who not in encounters[:place]


# ── faces ─────────────────────────────────────────────────────────────────────────────────


def face(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def at_cosine(cosine: float) -> bytes:
    """Return an embedding whose cosine with (1, 0) is `cosine`; its length says nothing."""
    return face(7 * cosine, 7 * math.sqrt(1 - cosine**2))


@pytest.mark.parametrize(
    ("person_id", "said"),
    [
        ("user_ana_0a1b2c", "user_ana_0a1b2c"),
        ("user_4111111111111111", "user_4111111111111111"),
        ("user_B18C8632-2266-4668-8665-0967dbc38a39", "user_"),
        ("0c5f1c3bd40542188145694270717ff0", ""),
        ("41111111111111114111111111111111", "41111111111111114111111111111111"),
    ],
)
def test_id_says_all_of_it_but_a_uuid(person_id: str, said: str) -> None:
    assert readable(person_id) == said


@pytest.mark.parametrize(
    ("cosine", "surely_not"),
    [
        (-1.0, True),
        (0.0, True),
        (UNLIKE_BELOW - 0.01, True),
        (UNLIKE_BELOW + 0.01, False),
        (0.5, False),
        (1.0, False),
    ],
)
def test_two_faces_are_unlike_below_the_cosine_only(cosine: float, surely_not: bool) -> None:
    assert unlike(face(1, 0), at_cosine(cosine)) is surely_not
    assert unlike(at_cosine(cosine), face(1, 0)) is surely_not


@pytest.mark.parametrize(
    "other",
    [None, b"", face(-1), face(0, 0), face(-1, 0, 0), face(math.nan, -1)],
    ids=["none", "empty", "shorter", "zero", "longer", "not a number"],
)
def test_face_that_cannot_be_compared_is_not_unlike(other: bytes | None) -> None:
    assert unlike(face(1, 0), other) is False
    assert unlike(other, face(1, 0)) is False


@given(st.binary(max_size=64).map(lambda raw: raw[: len(raw) // 4 * 4]))
def test_face_of_any_bytes_is_never_unlike_itself(raw: bytes) -> None:
    assert unlike(raw, raw) is False
