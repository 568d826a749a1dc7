"""A structured answer, read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.speech.structured import objects, read, whole


def test_read_of_an_object_is_the_object() -> None:
    assert read(' {"a": [1, "ñ"]}\n') == {"a": [1, "ñ"]}


@pytest.mark.parametrize(
    "written", ["", "null", "[]", "3", '{"a": 1', "```json\n{}\n```", "{} {}", "[" * 100_000]
)
def test_read_of_anything_else_is_nothing(written: str) -> None:
    assert read(written) is None


@given(st.text())
def test_read_of_any_text_raises_nothing(written: str) -> None:
    assert read(written) is None or written.strip().startswith("{")


@pytest.mark.parametrize(
    ("value", "number"),
    [(0, 0), (-3, -3), (True, None), (1.0, None), ("1", None), (None, None)],
)
def test_whole_takes_whole_numbers_only(value: object, number: int | None) -> None:
    assert whole(value) == number
    assert not isinstance(whole(value), bool)


@pytest.mark.parametrize("value", [None, {}, "ab", [1], [{}, None]])
def test_objects_of_what_is_no_list_of_objects_is_nothing(value: object) -> None:
    assert objects(value) is None
