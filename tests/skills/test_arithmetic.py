"""Sums: exact, bounded, and never `eval`."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.skills.arithmetic import LONGEST, Value, calculate
from robi.skills.trouble import Trouble


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("12*7", "84"),
        ("0.1 + 0.2", "0.3"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("-2^2", "-4"),
        ("2^3^2", "512"),
        ("2**-2", "0.25"),
        ("--3", "3"),
        ("20% * 50", "10"),
        ("50%", "0.5"),
        ("7 % 3", "1"),
        ("-7 % 3", "2"),
        ("-7 // 3", "-3"),
        ("7 // -3", "-3"),
        ("2^100", "1267650600228229401496703205376"),
        ("10 / 4", "2.5"),
        ("3\u00d74", "12"),
        ("12\u00f74", "3"),
        ("sqrt(16) + abs(-2)", "6"),
        ("round(2.675, 2)", "2.68"),
        ("round(2.5)", "3"),
        ("max(1, 2, 3) - min(4, 5)", "-1"),
        ("5!", "120"),
        ("1e3", "1000"),
        ("0^0", "1"),
        (".5 + 1.", "1.5"),
    ],
)
def test_expression_with_an_exact_value_gives_all_of_it(expression: str, value: str) -> None:
    assert calculate(expression) == Value(value, exact=True)


@pytest.mark.parametrize(
    ("expression", "value"),
    [("1/3", "0.333333333333"), ("sqrt(2)", "1.41421356237"), ("pi * 2", "6.28318530718")],
)
def test_expression_without_an_exact_value_says_so(expression: str, value: str) -> None:
    assert calculate(expression) == Value(value, exact=False)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "   ",
        "1 +",
        "1 2",
        "(1",
        "1)",
        "1,5 * 2",
        "10 / 0",
        "5 % 0",
        "5 // 0",
        "0^-1",
        "sqrt(-1)",
        "(-8)^0.5",
        "sqrt(1, 2)",
        "round(1, 99)",
        "round(1, 2, 3)",
        "sqrt 4",
        "41!",
        "2.5!",
        "10^1000",
        "2^1001",
        "1e400 * 1e900",
        "__import__('os')",
        "a + 1",
        "1 = 1",
        "1;2",
        "(" * 60 + "1" + ")" * 60,
        "-" * 60 + "1",
        "1+" * LONGEST + "1",
    ],
)
def test_expression_of_no_use_is_refused_in_words(expression: str) -> None:
    with pytest.raises(Trouble):
        calculate(expression)


@given(st.text("0123456789.+-*/%^() ,!eEsqrtroundmaxpi\u00d7\u00f7", max_size=40))
def test_whatever_is_written_has_a_short_value_or_is_refused(expression: str) -> None:
    try:
        value = calculate(expression)
    except Trouble:
        return
    assert len(value.written) <= 60
    assert Decimal(value.written).is_finite()


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_sums_of_whole_numbers_are_those_of_python(one: int, other: int) -> None:
    assert calculate(f"{one} + {other}").written == str(one + other)
    assert calculate(f"{one} * {other}").written == str(one * other)
    if other:
        assert calculate(f"({one}) // ({other})").written == str(one // other)
        assert calculate(f"({one}) % ({other})").written == str(one % other)
