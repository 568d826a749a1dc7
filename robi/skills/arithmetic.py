"""Sums: an expression as text in, its value out, in decimals and bounded in every direction.

Owns a small grammar of its own, since `eval` is no calculator. Decimals, so that 0.1 + 0.2 is 0.3;
what cannot be exact says so.

    sum     = product { ("+" | "-") product }
    product = signed { ("*" | "/" | "//" | "%") signed }        7 % 3 is the rest of a division
    signed  = [ "+" | "-" ] signed | power
    power   = percent [ ("^" | "**") signed ]
    percent = value { "%" | "!" }                               20% is 0.2, if no value follows
    value   = number | "pi" | name "(" sum { "," sum } ")" | "(" sum ")"
"""

import re
from collections.abc import Callable, Mapping
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from types import MappingProxyType
from typing import Final

from attrs import define, field, frozen

from robi.skills.trouble import Trouble

LONGEST: Final = 200
"""Characters of an expression."""
_DEEPEST: Final = 25
"""Brackets and signs within each other: Python's own stack is not to be tried."""
_DIGITS: Final = 50
_LARGEST_EXPONENT: Final = 1000
_LARGEST_FACTORIAL: Final = 40
_SHOWN: Final = 12
"""Significant digits shown of what is not exact."""

_COMMAS: Final = "decimals have a point, thousands no sign"

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d{1,4})?|\.\d+)|(?P<name>[A-Za-zπ√]+)"
    r"|(?P<sign>\*\*|//|[-+*/^%!(),]))"
)
_SAME: Final = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", ":": "/"})  # noqa: RUF001
_FOLLOWS: Final = re.compile(r"[\d.A-Za-zπ√(]")
"""The beginning of a value: after it a `%` is the rest of a division."""


@frozen
class Value:
    """What an expression comes to, and whether that is all of it."""

    written: str
    exact: bool


def calculate(expression: str) -> Value:
    """Return the value of `expression`.

    Raises:
        Trouble: it cannot be read, has no value, or is too large.
    """
    if len(expression) > LONGEST:
        raise Trouble(f"the expression is longer than {LONGEST} characters")
    context = Context(
        prec=_DIGITS, Emin=-999, Emax=999, traps=[InvalidOperation, DivisionByZero, Overflow]
    )
    try:
        value = _Reader(_tokens(expression.translate(_SAME)), context).all()
    except DivisionByZero:
        raise Trouble("a division by zero has no value") from None
    except Overflow:
        raise Trouble("the result is too large") from None
    except (InvalidOperation, DecimalException):
        raise Trouble("that has no value among the real numbers, or is too large") from None
    exact = not context.flags[Inexact]
    if not exact:
        value = value.normalize(Context(prec=_SHOWN, rounding=ROUND_HALF_UP))
    return Value(_written(value), exact)


def _written(value: Decimal) -> str:
    value = value.normalize(Context(prec=_DIGITS))
    if value == 0:
        return "0"
    plain = format(value, "f")
    return plain if len(plain) <= _DIGITS + 2 else format(value, "E")


def _tokens(expression: str) -> list[str]:
    tokens, at, end = [], 0, len(expression.rstrip())
    while at < end:
        found = _TOKEN.match(expression, at)
        if found is None:
            raise Trouble(f"{expression[at:].strip()[:1]!r} is not understood in an expression")
        tokens.append(found.group(found.lastgroup or 0))
        at = found.end()
    if not tokens:
        raise Trouble("there is no expression")
    return tokens


@define
class _Reader:
    """Reads the tokens of one expression, and computes while it reads."""

    _left: list[str]
    _context: Context
    _depth: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._left.reverse()

    def all(self) -> Decimal:
        value = self._sum()
        if self._left:
            raise Trouble(f"there is something left over at {self._left[-1]!r} ({_COMMAS})")
        return value

    @property
    def _next(self) -> str:
        return self._left[-1] if self._left else ""

    def _take(self, *wanted: str) -> str:
        """Take the next token if it is one of those; return it, else nothing."""
        return self._left.pop() if self._next in wanted and self._left else ""

    def _sum(self) -> Decimal:
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            do = self._context.add if sign == "+" else self._context.subtract
            value = do(value, other)
        return value

    def _product(self) -> Decimal:
        value = self._signed()
        while sign := self._take("*", "/", "//", "%"):
            value = self._multiply(sign, value, self._signed())
        return value

    def _multiply(self, sign: str, value: Decimal, other: Decimal) -> Decimal:
        context = self._context
        match sign:
            case "*":
                return context.multiply(value, other)
            case "/":
                if other == 0:
                    raise DivisionByZero
                return context.divide(value, other)
        if other == 0:
            raise DivisionByZero
        # As Python's integers do, and people expect: the rest has the sign of the divisor.
        rest = context.remainder(value, other)
        if rest != 0 and (rest < 0) != (other < 0):
            rest = context.add(rest, other)
        if sign == "%":
            return rest
        return context.divide_int(context.subtract(value, rest), other)

    def _signed(self) -> Decimal:
        if sign := self._take("+", "-"):
            value = self._deeper(self._signed)
            return self._context.minus(value) if sign == "-" else value
        return self._power()

    def _power(self) -> Decimal:
        base = self._percent()
        if not self._take("^", "**"):
            return base
        exponent = self._deeper(self._signed)
        if abs(exponent) > _LARGEST_EXPONENT:
            raise Trouble(f"exponents go up to {_LARGEST_EXPONENT}")
        if base == 0 and exponent < 0:
            raise DivisionByZero
        if base == 0 and exponent == 0:
            return Decimal(1)
        return self._context.power(base, exponent)

    def _percent(self) -> Decimal:
        value = self._value()
        while True:
            if self._next == "%" and not self._is_rest():
                self._left.pop()
                value = self._context.divide(value, Decimal(100))
            elif self._take("!"):
                value = self._factorial(value)
            else:
                return value

    def _is_rest(self) -> bool:
        """Whether a value follows the `%` that comes next."""
        return len(self._left) > 1 and _FOLLOWS.match(self._left[-2]) is not None

    def _factorial(self, value: Decimal) -> Decimal:
        if value != value.to_integral_value() or not 0 <= value <= _LARGEST_FACTORIAL:
            raise Trouble(f"factorials are of whole numbers from 0 to {_LARGEST_FACTORIAL}")
        result = Decimal(1)
        for each in range(2, int(value) + 1):
            result = self._context.multiply(result, Decimal(each))
        return result

    def _value(self) -> Decimal:
        if not self._left:
            raise Trouble("the expression ends too early")
        token = self._left.pop()
        if token[0].isdigit() or token[0] == ".":
            return self._context.create_decimal(token)
        if token in {"pi", "π"}:
            self._context.flags[Inexact] = True
            return _PI
        if token == "(":  # noqa: S105 (no password)
            value = self._deeper(self._sum)
            self._close()
            return value
        function = _FUNCTIONS.get(token.lower())
        if function is None:
            raise Trouble(f"{token!r} is not understood in an expression")
        return self._called(token, function)

    def _called(
        self, name: str, function: Callable[[Context, list[Decimal]], Decimal | None]
    ) -> Decimal:
        if not self._take("("):
            raise Trouble(f"{name} needs brackets")
        values = [self._deeper(self._sum)]
        while self._take(","):
            values.append(self._deeper(self._sum))
        self._close()
        value = function(self._context, values)
        if value is None:
            raise Trouble(f"{name} takes another number of values")
        return value

    def _close(self) -> None:
        if not self._take(")"):
            raise Trouble(f"a bracket is not closed ({_COMMAS})")

    def _deeper(self, read: Callable[[], Decimal]) -> Decimal:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Trouble("the expression is nested too deeply")
        value = read()
        self._depth -= 1
        return value


_PI: Final = Decimal("3.14159265358979323846264338327950288419716939937510")


def _sqrt(context: Context, values: list[Decimal]) -> Decimal | None:
    return context.sqrt(values[0]) if len(values) == 1 else None


def _abs(context: Context, values: list[Decimal]) -> Decimal | None:
    return context.abs(values[0]) if len(values) == 1 else None


def _round(context: Context, values: list[Decimal]) -> Decimal | None:
    if not 1 <= len(values) <= 2:  # noqa: PLR2004 (the value, and to how many places)
        return None
    places = values[1] if len(values) > 1 else Decimal(0)
    if places != places.to_integral_value() or abs(places) > _SHOWN:
        raise Trouble(f"round goes to at most {_SHOWN} places")
    unit = Decimal(1).scaleb(-int(places))
    was_inexact = context.flags[Inexact]
    value = values[0].quantize(unit, rounding=ROUND_HALF_UP, context=context)
    context.flags[Inexact] = was_inexact  # what was asked for is exactly what it is
    return value


def _least(_context: Context, values: list[Decimal]) -> Decimal:
    return min(values)


def _most(_context: Context, values: list[Decimal]) -> Decimal:
    return max(values)


_FUNCTIONS: Final[Mapping[str, Callable[[Context, list[Decimal]], Decimal | None]]] = (
    MappingProxyType(
        {"sqrt": _sqrt, "√": _sqrt, "abs": _abs, "round": _round, "min": _least, "max": _most}
    )
)
