"""What of the model's notes about a person is worth keeping, and when two of them say the same.

Owns the kinds of memories and what each weighs at first. A note is the stage direction
`[memory:KIND:content]` (protocol.md §4); the privacy gate is not here yet.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from attrs import field, frozen

from robi.speech.names import plain

NoteKind = Literal["fact", "preference", "event", "conversation"]

IMPORTANCE: Final[Mapping[NoteKind, int]] = MappingProxyType(
    {"fact": 6, "preference": 6, "event": 5, "conversation": 4}
)
"""Of 1 to 10: above 3, since that much is dropped; recall without a clue begins at 5 (issue 4)."""

MOST_IMPORTANT: Final = 10
MAX_CONTENT: Final = 300
MAX_NOTES: Final = 3
"""Of one turn (issue 4, Capture); none is the normal case."""

_KINDS: Final[Mapping[str, NoteKind]] = MappingProxyType({kind: kind for kind in IMPORTANCE})


@frozen
class Note:
    """Something to remember: one line of at most MAX_CONTENT characters."""

    kind: NoteKind
    content: str = field(repr=False)

    @property
    def importance(self) -> int:
        """What it weighs when it is new."""
        return IMPORTANCE[self.kind]

    @property
    def key(self) -> str:
        """What is equal in notes that say the same."""
        return key_of(self.content)


def key_of(content: str) -> str:
    """Return what is equal in two contents that say the same. It is asked of every memory of a
    person for every note, so the white space is made alike before: when a note is taken."""
    return content.casefold()


def strengthened(importance: int) -> int:
    """Return what a memory weighs that was heard again."""
    return min(importance + 1, MOST_IMPORTANT)


def worth_keeping(notes: Iterable[tuple[str, str]]) -> tuple[Note, ...]:
    """Return the notes of one turn that may be kept, at most MAX_NOTES of them, each once.

    Args:
        notes: kind and content, as the model wrote them. Unknown kinds and blanks are no notes.
    """
    kept: dict[str, Note] = {}
    for kind, content in notes:
        known_kind = _KINDS.get(kind.strip().lower())
        line = plain(content)[:MAX_CONTENT].rstrip()
        if known_kind is not None and line and len(kept) < MAX_NOTES:
            note = Note(known_kind, line)
            kept.setdefault(note.key, note)
    return tuple(kept.values())
