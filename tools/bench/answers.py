"""What the model says in every measurement, and how a question tells it what to say. Pure.

Owns the words: chunks of four or five, as a small model writes them to a robot, with an emotion at
the beginning, a number in every tenth and a gesture at the end. The same for both brains and for
all that is measured, so that figures can be subtracted from each other.

A question carries its answer's `Kind` and a name of its own, by which the model's side of a turn
and the robot's are laid beside each other. Both are written in letters: numbers would be read by
the rules about privacy, which is a cost of numbers and not of turns.
"""

import re
from itertools import cycle, islice
from typing import Final

from attrs import frozen

_PHRASES: Final = (
    "Ayer estuve en el parque ", "con un perro muy alegre, ", "y entre los dos contamos ",
    "21 pájaros sobre la hierba. ", "Al principio no se movían, ", "pero luego uno cantó ",
    "y los demás le siguieron. ", "¿Sabes qué fue lo mejor? ", "Que nadie tenía prisa, ",
    "y que el sol calentaba. ",
)  # fmt: skip

_LETTERS: Final = "bcdfghjklm"
"""For the digits 0 to 9."""

_BETWEEN: Final = "n"
"""Stands between two numbers: what is told is one word, as each costs a search something."""

_TOLD: Final = re.compile(
    rb"\((%b)\)" % _BETWEEN.encode().join([rb"[%b]+" % _LETTERS.encode()] * 5)
)

_TO_A_ROBOT: Final = "Cuéntame qué hiciste en el parque, por favor"
_OF_A_TEXT: Final = "Con el brazo estirado, ¿cuántos grados abarca el puño cerrado en el cielo?"
"""What only one passage of the textbook of the tests has to do with (`programs.TEXTBOOK`)."""

_CITED: Final = '[cite:1 "el puño cerrado abarca"] '
"""Words of that passage."""


@frozen
class Kind:
    """How an answer comes: `chunks` of words, the first after `first_ms`, then every `gap_ms`.

    Without a gap all of it comes in one packet. One that `cites` is about a text, and its first
    chunk quotes it.
    """

    chunks: int
    first_ms: int = 0
    gap_ms: int = 0
    cites: bool = False


def chunks(count: int, *, cites: bool = False) -> tuple[str, ...]:
    """Return an answer of `count` chunks, two at least."""
    first, *between, last = islice(cycle(_PHRASES), count)
    quoted = f"{first.rstrip()}{_CITED}" if cites else first
    return (f"[emotion:happy]{quoted}", *between, f"{last.rstrip()}[actions:nod]")


def question(kind: Kind, number: int) -> str:
    """Return what a person says to be answered so; `number` is the question's own."""
    numbers = (kind.chunks, kind.first_ms, kind.gap_ms, int(kind.cites), number)
    return f"{_OF_A_TEXT if kind.cites else _TO_A_ROBOT} ({_BETWEEN.join(map(_letters, numbers))})"


def asked(body: bytes) -> tuple[Kind, int] | None:
    """Return what the last question in `body` asks for, with its number; None if there is none."""
    found = _TOLD.findall(body)
    if not found:
        return None
    count, first_ms, gap_ms, cites, number = map(_number, found[-1].decode("ascii").split(_BETWEEN))
    return Kind(count, first_ms, gap_ms, bool(cites)), number


def _letters(number: int) -> str:
    return "".join(_LETTERS[int(digit)] for digit in str(number))


def _number(letters: str) -> int:
    return int("".join(str(_LETTERS.index(letter)) for letter in letters))
