"""Sums in words and figures become expressions that the tool computes; nothing else does."""

import pytest

from robi.brain.rehearsal_sums import expression_in
from robi.errors import Language
from robi.skills.arithmetic import calculate


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "what is twelve times seven?", "84"),
        ("en", "What's 12 times 7", "84"),
        ("en", "what twelve times seven is", "84"),
        ("es", "¿Cuánto es doce por siete?", "84"),
        ("es", "cuántas son siete por ocho", "56"),
        ("es", "¿Y ocho por ocho?", "64"),
        ("es", "Robi, dime cuánto es 5 x 5, por favor", "25"),
        ("es", "la raíz de 144", "12"),
        ("es", "¿Cuál es la raíz cuadrada de ciento cuarenta y cuatro?", "12"),
        ("en", "the square root of 144", "12"),
        ("es", "20% de 50", "10"),
        ("es", "el veinte por ciento de ochenta", "16"),
        ("en", "what is 20 percent of 50", "10"),
        ("en", "half of 9", "4.5"),
        ("es", "la mitad de nueve", "4.5"),
        ("es", "un tercio de nueve", "3"),
        ("en", "a quarter of 100", "25"),
        ("es", "el doble de doce", "24"),
        ("en", "twice six", "12"),
        ("en", "triple four", "12"),
        ("es", "tres al cuadrado", "9"),
        ("en", "two cubed", "8"),
        ("en", "2 to the power of 10", "1024"),
        ("es", "mil doscientos treinta y cuatro más seis", "1240"),
        ("en", "how much is two thousand three hundred and five plus forty-five?", "2350"),
        ("es", "quince menos veinte", "-5"),
        ("en", "what is 12 divided by 4?", "3"),
        ("es", "doce dividido entre cuatro", "3"),
        ("en", "divide 12 by 4", "3"),
        ("en", "multiply three by four", "12"),
        ("es", "tres multiplicado por cuatro", "12"),
        ("es", "¿Cuánto suman 3 y 4?", "7"),
        ("en", "the sum of three and four", "7"),
        ("en", "what's two and two", "4"),
        ("es", "tres coma cinco más uno", "4.5"),
        ("es", "3,5 más 1", "4.5"),
        ("es", "dos y medio por dos", "5"),
        ("en", "two and a half times two", "5"),
        ("es", "1.000 más 1", "1001"),
        ("en", "1,000 plus 1", "1001"),
        ("en", "2+2=", "4"),
        ("en", "(2 + 3) × 4", "20"),  # noqa: RUF001 (what a person types)
        ("es", "5 - 3", "2"),
        ("en", "what is 1/2?", "0.5"),
    ],
)
def test_sum_is_understood(language: Language, text: str, value: str) -> None:
    expression = expression_in(text, language)
    assert expression is not None
    assert calculate(expression).written == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "por",
        "what is it?",
        "what is my name?",
        "¿Cuánto es eso?",
        "¿Qué es 5G?",
        "¿Qué hora es?",
        "one more time",
        "soy uno más",
        "Son las 12",
        "tengo dos perros y tres gatos",
        "doce",
        "20%",
        "600-123-456",
        "600 123 456",
        "21/11/2026",
        "2026-11-21",
        "¿Cuánto es 2 2?",
        "three point one four times two",
    ],
)
def test_what_is_no_sum_is_none(text: str) -> None:
    assert expression_in(text, "es") is None
