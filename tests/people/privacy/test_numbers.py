"""Numbers that are private by themselves, and those that pass."""

import pytest

from robi.people.privacy.measures import measures_out
from robi.people.privacy.numbers import numbers


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("4111 1111 1111 1111", {"card"}),
        ("4111 1111 1111 1112", set()),
        ("ref 12 4111111111111111 08 27", {"card"}),
        ("es91 2100 0418 4502 0005 1332", {"bank"}),
        ("es91 2100 0418 4502 0005 1333", set()),
        ("2850590940090418135201", {"bank"}),
        ("12345678z", {"identity"}),
        ("12345678a", set()),
        ("536-22-1234", {"identity"}),
        ("hegg560427mvzrrl04", {"identity"}),
        ("rccmnl83s18d969h", {"identity"}),
        ("612 345 678", set()),
        ("nada", set()),
    ],
)
def test_number_counts_by_its_check_digits(said: str, found: set[str]) -> None:
    assert set(numbers(said)) == found


@pytest.mark.parametrize(
    "said", ["14 de marzo", "3/5/2015", "17:45", "49,99 euros", "20 minutos", "tel 612 345 678"]
)
def test_number_that_is_no_secret_is_taken_out(said: str) -> None:
    left = measures_out(said)
    assert "#" in left
    assert not any(character.isdigit() for character in left)


def test_number_that_may_be_a_secret_stays() -> None:
    assert measures_out("mi pin es 4821") == "mi pin es 4821"
