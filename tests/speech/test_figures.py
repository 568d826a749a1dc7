"""Numbers are one if they are written as one number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.speech.figures import FIGURE, compared, spelt


def figures(text: str) -> list[str]:
    return [compared(written) for written in FIGURE.findall(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("4.7 m", ["4.7"]),
        ("3,14", ["3.14"]),
        ("1.500 km, 1,500 km, 1 500 km, 1\u00a0500 km, 1'500 km y 1500 km", ["1500"] * 6),
        ("1.500,25 y 1,500.25", ["1500.25"] * 2),
        ("1.234.567 y 1 234 567,5", ["1234567", "1234567.5"]),
        ("7.30 h, 7:30", ["7.30", "7.30"]),
        ("0.125", ["0.125"]),
        ("3.1416", ["3.1416"]),
        ("12.05.2020", ["12.05.2020"]),
        ("1:100", ["1.100"]),
        ("en 2020 500 más", ["2020", "500"]),
        ("10³ y 2½ y ½", ["10³", "2½", "½"]),
        ("50kg", ["50"]),
        ("CO2, B12", []),
        ("En 1779. 3. Fin", ["1779", "3"]),
        ("٣٤", ["34"]),
    ],
)
def test_number_is_compared_by_what_is_written(text: str, told: list[str]) -> None:
    assert figures(text) == told


@settings(deadline=None)
@given(st.text(alphabet="0159 .,:'³½") | st.text())
def test_each_character_of_a_number_comes_from_where_it_stands(text: str) -> None:
    for found in FIGURE.finditer(text):
        places = [at for _, at in spelt(found[0])]
        assert places == sorted(set(places))
        assert places[0] == 0
        assert places[-1] == len(found[0]) - 1


@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from([".", ",", " ", "'"]))
def test_number_divided_by_thousands_is_the_number(value: int, mark: str) -> None:
    assert figures(f"son {value:,} km".replace(",", mark)) == [str(value)]
