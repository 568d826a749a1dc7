"""What the model says in every measurement, and how the stub is told to say it. Pure.

Owns the words: chunks of four or five, as a small model writes them to a robot, with an emotion at
the beginning, a number in every tenth and a gesture at the end. The same for both brains and for
all that is measured, so that figures can be subtracted from each other.
"""

from itertools import cycle, islice
from typing import Final, Literal

import orjson

Pace = Literal["together", "apart"]
"""Whether an answer comes all at once, or each chunk in a packet of its own."""

PACES: Final[tuple[Pace, ...]] = ("together", "apart")

_PHRASES: Final = (
    "Ayer estuve en el parque ", "con un perro muy alegre, ", "y entre los dos contamos ",
    "21 pájaros sobre la hierba. ", "Al principio no se movían, ", "pero luego uno cantó ",
    "y los demás le siguieron. ", "¿Sabes qué fue lo mejor? ", "Que nadie tenía prisa, ",
    "y que el sol calentaba. ",
)  # fmt: skip


def chunks(count: int) -> tuple[str, ...]:
    """Return an answer of `count` chunks, two at least."""
    first, *between, last = islice(cycle(_PHRASES), count)
    return (f"[emotion:happy]{first}", *between, f"{last.rstrip()}[actions:nod]")


def question(count: int, pace: Pace) -> str:
    """Return what a person says to be answered with `count` chunks."""
    return f"Cuéntame qué hiciste en el parque, por favor ({count} {pace})"


def script(counts: tuple[int, ...], gap_ms: int) -> bytes:
    """Return the stub's script for answers of these lengths, in either pace."""
    replies = [
        {
            "match": f"({count} {pace})",
            "chunks": chunks(count),
            "chunk_delay_ms": gap_ms if pace == "apart" else 0,
        }
        for count in counts
        for pace in PACES
    ]
    return orjson.dumps(replies)
