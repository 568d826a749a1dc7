"""How far the erasure of a memory or of a turn reaches among what is kept of a person.

Owns the decision, pure, for both twins: from all that could be reached to what goes, and which
memories are current again. The two that take everything need none.
"""

from collections.abc import Collection, Iterable, Mapping, Set

from attrs import evolve, frozen

from robi.people.words import Gists
from robi.store.erasures import EraseMemory, EraseTurns, Receipt
from robi.store.rows import (
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    MemorySource,
    ReminderRow,
)

Turn = tuple[str, str]
"""The ids of a session and of a request in it."""


@frozen
class Belongings:
    """Rows of one person: those that are there, or those that go. No receipt counts `sources`."""

    memories: tuple[Memory, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    interactions: tuple[InteractionRow, ...] = ()
    media: tuple[MediaRow, ...] = ()
    reminders: tuple[ReminderRow, ...] = ()
    sources: tuple[MemorySource, ...] = ()

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
            reminders=len(self.reminders),
        )


@frozen
class Reach:
    """What goes, and the memories that stay with another `superseded_by`."""

    gone: Belongings
    changed: tuple[Memory, ...] = ()


def of_memories(erasure: EraseMemory, kept: Belongings) -> Reach:
    """Return what the erasure of some memories takes, superseded ones and sources included."""
    memories, turns = origins(erasure, kept.memories, kept.sources)
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
        tuple(
            row
            for row in kept.reminders
            if row in taken.reminders or (row.label and gists.are_in(row.label))
        ),
        _sources(turns, memories, kept),
    )
    return Reach(gone, _now_current(memories, kept))


def origins(
    erasure: EraseMemory, memories: Collection[Memory], sources: Iterable[MemorySource]
) -> tuple[tuple[Memory, ...], frozenset[Turn]]:
    """Return which memories go, and the turns that they came from: of all that the person has."""
    gone = _with_superseded(set(erasure.memory_ids), memories)
    if not erasure.superseded:
        wanted = {each.memory_id: each for each in gone if each.memory_id in erasure.memory_ids}
        # What says the same would come back in its place.
        same = Gists(memory.content for memory in wanted.values())
        gone = tuple(m for m in gone if m.memory_id in wanted or same.are_in(m.content))
    ids = {memory.memory_id for memory in gone}
    said: tuple[Memory | MemorySource, ...] = (
        *gone,
        *(source for source in sources if source.memory_id in ids),
    )
    return gone, frozenset(turn for each in said if (turn := _turn(each)) is not None)


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
    sources = _sources(turns, memories, kept)
    gone = evolve(_of_turns(turns, kept), memories=memories, sources=sources)
    return Reach(gone, _now_current(memories, kept))


def _of_turns(turns: Set[Turn], kept: Belongings) -> Belongings:
    """Return all of these turns but the memories and their sources.

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
        reminders=tuple(row for row in kept.reminders if _turn(row) in turns),
    )


def _sources(
    turns: Set[Turn], memories: Iterable[Memory], kept: Belongings
) -> tuple[MemorySource, ...]:
    """Return the sources that go with these turns and memories."""
    gone = {memory.memory_id for memory in memories}
    return tuple(row for row in kept.sources if row.memory_id in gone or _turn(row) in turns)


def _now_current(memories: Iterable[Memory], kept: Belongings) -> tuple[Memory, ...]:
    """Return what is current again, or superseded by another, once these memories are gone."""
    gone = {memory.memory_id: memory.superseded_by for memory in memories}
    return tuple(
        evolve(memory, superseded_by=_first_that_stays(memory.superseded_by, gone))
        for memory in kept.memories
        if memory.superseded_by in gone and memory.memory_id not in gone
    )


def _turn(
    row: Memory | MemorySource | HistoryRow | InteractionRow | MediaRow | ReminderRow,
) -> Turn | None:
    if row.session_id is None or row.request_id is None:
        return None
    return row.session_id, row.request_id


def _with_superseded(wanted: set[str], memories: Iterable[Memory]) -> tuple[Memory, ...]:
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
