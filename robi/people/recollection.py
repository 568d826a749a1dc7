"""Which memories come to mind for what was just said, and how they read on another day.

Owns the order of recall: a handful enters a prompt, beside what the person told the robot to keep.
A memory comes the sooner the more it has to do with the words, the weightier it is and the newer:

    score = rank / best rank * importance / 10 * (1 + 2 ** (-age / half-life)) / 2

The product, since each can say "not this one" alone. Age takes away half at most: whoever asks
about something old means what is old. An event fades in weeks, for it is over; a fact or a liking
stays. What the words do not bring up is filled with what weighs enough, newest first, so that the
robot never meets a friend empty-handed.

What is remembered stands in the words of the day it was told; "tomorrow" without that day misleads.
"""

import math
import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Final, Protocol, TypeVar

from robi.errors import Language
from robi.people.candidates import PINNED, Kind
from robi.people.words import fold

RECALLED: Final = 5
"""Memories of a prompt (issue 4, Recall)."""

WEIGHTY_FROM: Final = 5
"""Importance of what is recalled though the words say nothing of it (issue 4, Recall)."""

_DAY_S: Final = 86_400.0
HALF_LIFE_S: Final[dict[Kind, float]] = {
    "fact": 365 * _DAY_S,
    "preference": 365 * _DAY_S,
    "event": 30 * _DAY_S,
    "conversation": 14 * _DAY_S,
}

_SAID: Final[dict[Language, str]] = {"es": "(dicho el {day})", "en": "(said on {day})"}
# On folded text. What recurs ("los lunes", "por la mañana", "on Mondays") is of no one day.
_DAY_ES: Final = "(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)"
_DAY_EN: Final = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SPAN_ES: Final = (
    r"(?:minutos?|horas?|dias?|semanas?|mes(?:es)?|anos?|finde|fin de semana|verano|otono"
    r"|invierno|primavera|curso)"
)
_SPAN_EN: Final = (
    r"(?:minutes?|hours?|days?|weeks?|weekend|months?|years?|summer|autumn|winter|spring|term)"
)
_COUNT_ES: Final = (
    r"(?:\d+|una?|un[oa]s|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|quince|pocos)"
)
_COUNT_EN: Final = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|a few|a couple of|some)"
)
_OF_THAT_DAY: Final = re.compile(
    r"\b(?:hoy(?! en dia)|(?<!\bla )(?<!\blas )(?<!\bcada )manana|(?:ante)?ayer|anoche"
    r"|esta (?:manana|tarde|noche|semana)"
    rf"|est[ea] (?:{_DAY_ES}|{_SPAN_ES})"
    rf"|el (?:(?:proximo|pasado) )?{_DAY_ES}"
    rf"|(?:el|la) (?:(?:proxim|pasad)[oa] {_SPAN_ES}|{_SPAN_ES} (?:que viene|pasad[oa]|proxim[oa]))"
    rf"|(?:dentro de|hace|en) {_COUNT_ES} {_SPAN_ES}"
    r"|today|tonight|tomorrow|yesterday|last night|this (?:morning|afternoon|evening)"
    rf"|(?:this|next|last) (?:{_DAY_EN}|{_SPAN_EN})"
    rf"|on {_DAY_EN}(?! (?:morning|afternoon|evening|night)s)"
    rf"|in {_COUNT_EN} {_SPAN_EN}|{_COUNT_EN} {_SPAN_EN} ago)\b"
)


class Remembered(Protocol):
    """A memory, as far as its recall depends on it."""

    @property
    def memory_id(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> Kind: ...  # noqa: D102
    @property
    def importance(self) -> int: ...  # noqa: D102
    @property
    def created_at(self) -> float: ...  # noqa: D102
    @property
    def valid_until(self) -> float | None: ...  # noqa: D102
    @property
    def superseded_by(self) -> str | None: ...  # noqa: D102


M = TypeVar("M", bound=Remembered)


def best(
    scored: Iterable[tuple[M, float]],
    weighty: Iterable[M],
    now: float,
    most: int = RECALLED,
    *,
    told: Iterable[Remembered] | None = None,
) -> tuple[M, ...]:
    """Return the memories to be recalled, the best first, each once.

    Args:
        scored: memories that have something to do with the words, with a rank; higher is more.
        weighty: memories that may fill what is left.
        now: Unix seconds.
        most: how many at most.
        told: pinned memories that are told anyway and so left out here; all pinned ones if None.
    """
    told_ids = None if told is None else {memory.memory_id for memory in told}

    def may_come(memory: M) -> bool:
        is_told = memory.importance >= PINNED if told_ids is None else memory.memory_id in told_ids
        return not is_told and _is_current(memory, now)

    found = [(memory, rank) for memory, rank in scored if rank > 0 and may_come(memory)]
    highest = max((rank for _, rank in found), default=1.0)
    found.sort(key=lambda pair: (-score(pair[0], pair[1] / highest, now), *_newest(pair[0])))
    filling = sorted(
        (each for each in weighty if each.importance >= WEIGHTY_FROM and may_come(each)),
        key=_newest,
    )
    recalled: dict[str, M] = {}
    for memory in (*(memory for memory, _ in found), *filling):
        if len(recalled) >= most:
            break
        recalled.setdefault(memory.memory_id, memory)
    return tuple(recalled.values())


def score(memory: Remembered, relevance: float, now: float) -> float:
    """Return how much a memory asks to be recalled, 0 to 1. `relevance` is 0 to 1."""
    age = max(now - memory.created_at, 0.0)
    freshness = (1 + math.exp2(-age / HALF_LIFE_S[memory.kind])) / 2
    return relevance * memory.importance / PINNED * freshness


def dated(content: str, created_at: float, language: Language, zone: tzinfo | None = None) -> str:
    """Return a memory as it is recalled: with the day it was told, if its words depend on that.

    Args:
        content: the memory.
        created_at: when it was told, in Unix seconds.
        language: of the note beside it.
        zone: where the day is counted; None for the zone of the machine.
    """
    if not _OF_THAT_DAY.search(fold(content)):
        return content
    day = datetime.fromtimestamp(created_at, zone).date().isoformat()
    return f"{content.rstrip('. ')} {_SAID[language].format(day=day)}"


def _is_current(memory: Remembered, now: float) -> bool:
    return memory.superseded_by is None and (memory.valid_until is None or now < memory.valid_until)


def _newest(memory: Remembered) -> tuple[float, str]:
    return -memory.created_at, memory.memory_id
