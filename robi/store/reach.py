"""How far the erasure of a memory or of a turn reaches among what is kept of a person.

Owns the decision, pure, for both twins: from all that could be reached to what goes, and which
memories are current again. The two that take everything need none.
"""

from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from robi.people.words import gist, stems, terms
from robi.store.erasures import EraseMemory, EraseTurns, Receipt
from robi.store.rows import HistoryRow, InteractionRow, MediaRow, Memory

Turn = tuple[str, str]
"""The ids of a session and of a request in it."""


@frozen
class Belongings:
    """Rows of one person: those that are there, or those that go."""

    memories: tuple[Memory, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    interactions: tuple[InteractionRow, ...] = ()
    media: tuple[MediaRow, ...] = ()

    def receipt(self) -> Receipt:
        """Return the receipt for these rows."""
        summaries = sum(row.compacted for row in self.history)
        return Receipt(
            memories=len(self.memories),
            history=len(self.history) - summaries,
            summaries=summaries,
            interactions=len(self.interactions),
            media=len(self.media),
            files=tuple(row.name for row in self.media),
        )


@frozen
class Reach:
    """What goes, and the memories that stay with another `superseded_by`."""

    gone: Belongings
    changed: tuple[Memory, ...] = ()


def of_memories(erasure: EraseMemory, kept: Belongings) -> Reach:
    """Return what the erasure of some memories takes, superseded ones and sources included."""
    memories = with_superseded(set(erasure.memory_ids), kept.memories)
    turns = {turn for memory in memories if (turn := _turn(memory)) is not None}
    gists = Gists(memory.content for memory in memories)
    taken = _of_turns(turns, kept)
    history = {*taken.history, *(row for row in kept.history if gists.are_in(row.content))}
    told = (row for row in kept.interactions if row.summary and gists.are_in(row.summary))
    interactions = {*taken.interactions, *told}
    gone = Belongings(
        memories,
        tuple(row for row in kept.history if row in history),
        tuple(row for row in kept.interactions if row in interactions),
        taken.media,
    )
    return Reach(gone)


def of_turns(erasure: EraseTurns, kept: Belongings) -> Reach:
    """Return what the erasure of some turns takes, and what they had superseded."""
    turns = {(erasure.session_id, request_id) for request_id in erasure.request_ids}
    told = [memory for memory in kept.memories if _turn(memory) in turns]
    # What several alike were merged into has the words of one of them, and the turn of another.
    merged = {(memory.superseded_by, memory.content) for memory in told}
    memories = tuple(
        memory
        for memory in kept.memories
        if _turn(memory) in turns or (memory.memory_id, memory.content) in merged
    )
    gone = {memory.memory_id: memory.superseded_by for memory in memories}
    changed = tuple(
        evolve(memory, superseded_by=_first_that_stays(memory.superseded_by, gone))
        for memory in kept.memories
        if memory.superseded_by in gone and memory.memory_id not in gone
    )
    return Reach(evolve(_of_turns(turns, kept), memories=memories), changed)


class Gists:
    """What some memories say, to find it in other texts.

    A text says it if it has every word of the gist, in singular or plural. A memory without any
    word of its own is found nowhere. Owns a table from one word of each gist, since thousands of
    memories may be sought in thousands of rows.
    """

    def __init__(self, contents: Iterable[str]) -> None:
        self._by_word: dict[str, list[frozenset[str]]] = {}
        for content in contents:
            if wanted := stems(gist(content)):
                self._by_word.setdefault(max(wanted, key=len), []).append(wanted)

    def are_in(self, text: str) -> bool:
        """Return whether the text says what any of the memories says."""
        said = stems(terms(text))
        return any(wanted <= said for word in said for wanted in self._by_word.get(word, ()))


def _of_turns(turns: set[Turn], kept: Belongings) -> Belongings:
    """Return all of these turns but the memories.

    A summary goes if it may hold what the person said in one of them: if that is no longer there.
    """
    heard = {_turn(row) for row in kept.history if row.role == "person" and not row.compacted}
    summed_up = {session_id for session_id, request_id in turns - heard}
    return Belongings(
        history=tuple(
            row
            for row in kept.history
            if (row.compacted and row.session_id in summed_up)
            or (not row.compacted and _turn(row) in turns)
        ),
        interactions=tuple(row for row in kept.interactions if _turn(row) in turns),
        media=tuple(row for row in kept.media if _turn(row) in turns),
    )


def _turn(row: Memory | HistoryRow | InteractionRow | MediaRow) -> Turn | None:
    if row.session_id is None or row.request_id is None:
        return None
    return row.session_id, row.request_id


def with_superseded(wanted: set[str], memories: Iterable[Memory]) -> tuple[Memory, ...]:
    """Return the wanted memories and all that gave way to them, step by step."""
    by_id: dict[str, Memory] = {}
    gave_way: dict[str, list[str]] = {}
    for memory in memories:
        by_id[memory.memory_id] = memory
        if memory.superseded_by is not None:
            gave_way.setdefault(memory.superseded_by, []).append(memory.memory_id)
    gone: dict[str, Memory] = {}
    waiting = sorted(wanted)
    while waiting:
        memory_id = waiting.pop()
        if memory_id in by_id and memory_id not in gone:
            gone[memory_id] = by_id[memory_id]
            waiting += gave_way.get(memory_id, ())
    return tuple(gone.values())


def _first_that_stays(memory_id: str | None, gone: Mapping[str, str | None]) -> str | None:
    """Return who took its place of those that stay; the way there has an end (SupersedeMemory)."""
    while memory_id is not None and memory_id in gone:
        memory_id = gone[memory_id]
    return memory_id
