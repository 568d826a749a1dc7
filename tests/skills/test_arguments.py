"""Arguments as models write them, small ones too."""

import pytest

from robi.skills.arguments import number, text
from robi.skills.trouble import Trouble


def test_text_comes_without_the_white_space_around_and_within() -> None:
    assert text({"label": "  la\n pasta "}, "label") == "la pasta"


def test_text_that_is_not_given_is_empty() -> None:
    assert text({}, "label") == text({"label": None}, "label") == ""


@pytest.mark.parametrize("value", [7, ["a"], {}, "x" * 301])
def test_text_of_another_type_or_too_long_is_refused(value: object) -> None:
    with pytest.raises(Trouble):
        text({"label": value}, "label")


@pytest.mark.parametrize(("value", "found"), [(5, 5.0), (0.5, 0.5), ("10", 10.0), (None, None)])
def test_number_may_stand_in_a_string(value: object, found: float | None) -> None:
    assert number({"minutes": value}, "minutes") == found


@pytest.mark.parametrize("value", [True, "ten", "nan", float("inf"), [1], 10**400])
def test_number_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(Trouble):
        number({"minutes": value}, "minutes")
