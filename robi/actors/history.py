"""What was said in one session, and to whom: the part of the conversation that the model sees.

Owns the order of the entries and who may see them: every entry belongs to one person (or to one
stranger, see `robi.people.identity`), and a prompt holds only the entries of whoever speaks now.
Entries are what was *heard*: of an answer that was cut off, the part before the cut (§6).

It keeps no file: each change is returned as writes for the store.
"""

from collections.abc import Iterable, Sequence

from attrs import define, evolve, field, frozen

from robi.speech.scene import Said


@frozen
class Entry:
    """One message of the conversation. `index` counts from 0 within the session."""

    index: int
    person_id: str
    said: Said = field(repr=False)
    request_id: str = ""


@define
class History:
    """The entries of one session, oldest first."""

    entries: list[Entry] = field(factory=list)

    @property
    def next_index(self) -> int:
        """The index of the next entry."""
        return self.entries[-1].index + 1 if self.entries else 0

    def append(self, person_id: str, request_id: str, sayings: Iterable[Said]) -> Sequence[Entry]:
        """Add what was said in one turn; return the new entries."""
        start = self.next_index
        added = [
            Entry(start + offset, person_id, said, request_id)
            for offset, said in enumerate(sayings)
        ]
        self.entries.extend(added)
        return added

    def shorten(self, request_id: str, heard: str) -> Entry | None:
        """Keep only `heard` of the answer of the turn `request_id`; return the entry, if any.

        Only the newest answer can be shortened: the person can cut in on nothing older.
        """
        for position in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[position]
            if entry.said.role == "robot":
                if entry.request_id != request_id or len(heard) >= len(entry.said.text):
                    return None
                said = evolve(entry.said, text=heard, cut_off=True)
                self.entries[position] = evolve(entry, said=said)
                return self.entries[position]
        return None

    def name_stranger(self, stranger_id: str, person_id: str) -> None:
        """Give what a stranger said to the person that the stranger turned out to be."""
        self.entries = [
            evolve(entry, person_id=person_id) if entry.person_id == stranger_id else entry
            for entry in self.entries
        ]

    def seen_by(self, person_id: str) -> tuple[Said, ...]:
        """Return what `person_id` said and heard here, oldest first, and nothing of others."""
        return tuple(entry.said for entry in self.entries if entry.person_id == person_id)
