"""What a frame may be, whichever way its JSON is written."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.errors import InvalidMessage
from robi.protocol.frames import MAX_DEPTH, read_object

# Quotation marks and backslashes in every combination, which the count of names must see through.
tricky = st.text(st.sampled_from('"\\/uaé\n'), max_size=6)
values = st.recursive(
    st.none() | st.integers(0, 9) | tricky,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(tricky, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(tricky, values, max_size=4)


@given(objects, st.booleans())
def test_read_object_of_any_object_returns_it(value: dict[str, object], ascii_only: bool) -> None:
    assert read_object(orjson.dumps(value)) == value
    assert read_object(json.dumps(value, ensure_ascii=ascii_only, indent=1)) == value


@given(st.dictionaries(tricky, values, min_size=1, max_size=4), values, st.booleans())
def test_read_object_with_a_name_said_twice_refuses_it(
    value: dict[str, object], again: object, ascii_only: bool
) -> None:
    name = json.dumps(next(iter(value)), ensure_ascii=ascii_only)
    raw = f"{json.dumps(value)[:-1]}, {name}: {json.dumps(again)}}}"
    with pytest.raises(InvalidMessage, match="twice"):
        read_object(raw)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_read_object_at_the_depth_limit_is_read_and_beyond_it_refused(
    opening: str, closing: str
) -> None:
    def nested(depth: int) -> str:
        inner = depth - 2
        return '{"a":' + opening * inner + '{"b": 1}' + closing * inner + "}"

    assert read_object(nested(MAX_DEPTH))
    with pytest.raises(InvalidMessage, match="nested too deeply"):
        read_object(nested(MAX_DEPTH + 1))
