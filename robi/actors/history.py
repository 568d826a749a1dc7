"""What was said in one session, and to whom: the part of the conversation that the model sees.

Owns the order of the entries and who may see them: every entry belongs to one person (or to one
stranger, see `robi.people.identity`), and a prompt holds only the entries of whoever speaks now.
Entries are what was *heard*: of an answer that was cut off, the part before the cut (§6).

When a conversation has become long its older part is folded into a summary. Making one takes as
long as a model takes, and the conversation goes on meanwhile; so a `Fold` holds the very entries
that it is about, and is applied to those or not at all (docs/decisions/0007-compaction.md).

It keeps no file: what changed is returned, for the keeper to write.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from attrs import define, evolve, field, frozen

from robi.speech.scene import Said
from robi.store.base import Role

KEPT: Final = 5
"""Newest messages that are never folded (issue 3, Compaction)."""


@frozen
class Entry:
    """One message of the conversation. `index` counts from 0 within the session.

    `compacted` marks a summary of earlier entries, which nobody said.
    """

    index: int
    person_id: str
    said: Said = field(repr=False)
    request_id: str = ""
    compacted: bool = False
    private: bool = False
    """Not to be written down: said in incognito, or too private to be kept."""


@frozen
class Fold:
    """The entries that one summary shall stand for: the oldest of one person, at least one."""

    entries: tuple[Entry, ...] = field(repr=False)

    @property
    def person_id(self) -> str:
        """Whose conversation it is."""
        return self.entries[0].person_id

    @property
    def first(self) -> int:
        """The index of the oldest entry."""
        return self.entries[0].index

    @property
    def earlier(self) -> str | None:
        """The summaries among the entries, as one; None if there is none."""
        return _summaries(self.entries)

    @property
    def messages(self) -> tuple[Said, ...]:
        """What was said, oldest first."""
        return _messages(self.entries)

    def becomes(self, summary: str) -> Entry:
        """Return what stands in the place of the entries, at the index of the newest of them."""
        said = Said("robot", summary)
        private = any(entry.private for entry in self.entries)
        newest = self.entries[-1].index
        return Entry(newest, self.person_id, said, compacted=True, private=private)


@define
class History:
    """The entries of one session, oldest first."""

    entries: list[Entry] = field(factory=list)
    _given: int = field(default=-1, init=False)

    @property
    def next_index(self) -> int:
        """The index of the next entry; never one that was given before, even to what is gone."""
        return max(self._given, self.entries[-1].index if self.entries else -1) + 1

    def append(
        self, person_id: str, request_id: str, sayings: Iterable[Said], *, private: bool = False
    ) -> Sequence[Entry]:
        """Add what was said in one turn; return the new entries."""
        start = self.next_index
        added = [
            Entry(start + offset, person_id, said, request_id, private=private)
            for offset, said in enumerate(sayings)
        ]
        self.entries.extend(added)
        return added

    def shorten(self, request_id: str, heard: str) -> Entry | None:
        """Keep only `heard` of the answer of the turn `request_id`; return the entry, if any.

        Only the newest answer can be shortened: the person can cut in on nothing older. One of
        which nothing was heard is no part of the history any more.
        """
        for position in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[position]
            if entry.said.role == "robot" and not entry.compacted:
                if entry.request_id != request_id or len(heard) >= len(entry.said.text):
                    return None
                shortened = evolve(entry, said=evolve(entry.said, text=heard, cut_off=True))
                self._given = self.next_index - 1
                self.entries[position : position + 1] = [shortened] if heard else []
                return shortened
        return None

    def name_stranger(self, stranger_id: str, person_id: str) -> None:
        """Give what a stranger said to the person that the stranger turned out to be."""
        self.entries = [
            evolve(entry, person_id=person_id) if entry.person_id == stranger_id else entry
            for entry in self.entries
        ]

    # ── forgetting ────────────────────────────────────────────────────────────────────────

    def last_turn_of(self, person_id: str, but: str | None = None) -> str | None:
        """Return the id of the newest turn of `person_id` that is not `but` nor folded away."""
        turns = (e.request_id for e in reversed(self._of(person_id)) if not e.compacted)
        return next((request_id for request_id in turns if request_id != but), None)

    def before(self, person_id: str, index: int) -> str:
        """Return what was said with `person_id` just before the entry `index`; may be empty.

        The last two messages, for the robot may have said something in between: "my PIN is…",
        "go on", "4821".
        """
        earlier = [e for e in self._of(person_id) if e.index < index and not e.compacted]
        return "\n".join(entry.said.text for entry in earlier[-2:])

    def has_private(self, person_id: str, but: Collection[str] = ()) -> bool:
        """Return whether something is told here of `person_id` that must not be written down.

        The turns `but` tell nothing.
        """
        return any(e.private and e.request_id not in but for e in self._of(person_id))

    def forget(
        self, concerns: Callable[[Entry], bool], *, summaries_of: str | None = None
    ) -> frozenset[str]:
        """Drop each turn of which an entry is concerned, and the summaries of `summaries_of`.

        Return the ids of those turns.
        """
        turns = {
            (entry.person_id, entry.request_id)
            for entry in self.entries
            if not entry.compacted and concerns(entry)
        }
        self._given = self.next_index - 1
        self.entries = [
            entry
            for entry in self.entries
            if not (
                (entry.person_id == summaries_of or concerns(entry))
                if entry.compacted
                else (entry.person_id, entry.request_id) in turns
            )
        ]
        return frozenset(request_id for _, request_id in turns)

    def holds_turn(self, request_id: str) -> bool:
        """Return whether that turn is among the entries, not folded away."""
        return any(e.request_id == request_id and not e.compacted for e in self.entries)

    def hush(self, request_id: str, role: Role | None = None) -> None:
        """Nothing of that turn is to be written down from now on; or nothing that `role` said.

        If it was folded away, no summary is: which one tells of it is not known.
        """
        folded = not self.holds_turn(request_id)
        self.entries = [
            evolve(entry, private=True)
            if (folded if entry.compacted else entry.request_id == request_id)
            and role in {None, entry.said.role}
            else entry
            for entry in self.entries
        ]

    # ── what is seen ──────────────────────────────────────────────────────────────────────

    def seen_by(self, person_id: str, newest: int | None = None) -> tuple[Said, ...]:
        """Return what `person_id` said and heard here, oldest first, and nothing of others.

        Without what was folded: that is `earlier`. At most the `newest`, from a message of the
        person on: an answer without its question tells a model nothing.
        """
        seen = _messages(self._of(person_id))
        if newest is None:
            return seen
        kept = seen[-newest:] if newest else ()
        first = next((n for n, said in enumerate(kept) if said.role == "person"), len(kept))
        return kept[first:]

    def keep_newest(self, count: int) -> None:
        """Let go of all but the `count` newest entries; indexes go on as they were."""
        if len(self.entries) > count:
            self._given = self.next_index - 1
            self.entries = self.entries[-count:]

    def earlier(self, person_id: str) -> str | None:
        """Return the summary of what `person_id` said and heard before, if there is one."""
        return _summaries(self._of(person_id))

    # ── folding ───────────────────────────────────────────────────────────────────────────

    def due(self, person_id: str, threshold: int) -> Fold | None:
        """Return what is to be folded of `person_id`: from `threshold` messages on, all but KEPT.

        Summaries do not count, but go into the next fold.
        """
        entries = self._of(person_id)
        if len(_messages(entries)) < threshold or len(entries) <= KEPT:
            return None
        return Fold(tuple(entries[:-KEPT]))

    def holds(self, fold: Fold) -> bool:
        """Return whether the entries of `fold` are still its person's oldest, all unchanged."""
        return tuple(self._of(fold.person_id)[: len(fold.entries)]) == fold.entries

    def apply(self, fold: Fold, summary: str) -> Entry | None:
        """Put `summary` in the place of the entries of `fold`; None if they have moved.

        A fold is applied once at most: afterwards its entries are gone.
        """
        if not self.holds(fold):
            return None
        folded = fold.becomes(summary)
        gone = {entry.index for entry in fold.entries}
        self.entries = [
            folded if entry.index == folded.index else entry
            for entry in self.entries
            if entry.index not in gone or entry.index == folded.index
        ]
        return folded

    def _of(self, person_id: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.person_id == person_id]


def _messages(entries: Iterable[Entry]) -> tuple[Said, ...]:
    return tuple(entry.said for entry in entries if not entry.compacted)


def _summaries(entries: Iterable[Entry]) -> str | None:
    """Two at most in practice: one person's, and that of a stranger who turned out to be them."""
    return " ".join(entry.said.text for entry in entries if entry.compacted) or None
