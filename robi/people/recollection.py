"""Which memories come to mind for what was just said.

Owns the order of recall: a handful enters a prompt, beside what the person told the robot to keep.
A memory comes the sooner the more it has to do with the words, the weightier it is and the newer:

    score = rank / best rank * importance / 10 * (1 + 2 ** (-age / half-life)) / 2

The product, since each can say "not this one" alone. Age takes away half at most: whoever asks
about something old means what is old. An event fades in weeks, for it is over; a fact or a liking
stays. What the words do not bring up is filled with what weighs enough, newest first, so that the
robot never meets a friend empty-handed.
"""

import math
from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

from robi.people.candidates import PINNED, Kind

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


def _is_current(memory: Remembered, now: float) -> bool:
    return memory.superseded_by is None and (memory.valid_until is None or now < memory.valid_until)


def _newest(memory: Remembered) -> tuple[float, str]:
    return -memory.created_at, memory.memory_id
