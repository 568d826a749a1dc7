"""Reading JSON of any shape: what is not as expected is absent."""

import pytest

from robi.brain import shapes


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("34.4s", 35),
        ("7s", 7),
        ("7", 7),
        ("0.001s", 1),
        ({"seconds": "34", "nanos": 400_000_000}, 35),
        ({"seconds": 34}, 34),
        ({"nanos": 1}, 1),
        ({}, None),
        ({"seconds": "-3"}, None),
        ({"seconds": 3.5}, None),
        ({"seconds": [3]}, None),
        ("-1s", None),
        ("1e9", None),
        ("9" * 400, None),
        ("soon", None),
        (3, None),
        (None, None),
    ],
)
def test_seconds_are_read_in_each_form_and_rounded_up(value: object, seconds: int | None) -> None:
    assert shapes.seconds(value) == seconds


@pytest.mark.parametrize("value", [None, True, 7, "x", ["x"], {"x": 1}])
def test_value_of_another_shape_is_absent(value: object) -> None:
    assert shapes.fields(value) == (value if isinstance(value, dict) else {})
    assert shapes.named(value) == (value if isinstance(value, dict) else {})
    assert shapes.items(value) == (value if isinstance(value, list) else [])
    assert shapes.text(value) == (value if isinstance(value, str) else "")
    assert shapes.count(value) == (7 if value == 7 else 0)


@pytest.mark.parametrize(
    ("value", "count"), [(-7, 0), (2**31 - 1, 2**31 - 1), (2**31, 2**31 - 1), (2**63, 2**31 - 1)]
)
def test_count_is_one_that_can_be_added_up_and_kept(value: int, count: int) -> None:
    assert shapes.count(value) == count
