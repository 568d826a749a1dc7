"""What was found in a turn and may become a memory, and which of it is worth keeping.

Owns the kinds of memories and what each weighs at first. A candidate comes from a model that was
asked about the turn, and then has to show the words of the person that it was made of; or from a
stage direction of the answer, `[memory:KIND:content]` (protocol.md §4). None is the normal case.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from attrs import field, frozen

from robi.people.slots import normal_slot, normal_subject, slot_of
from robi.people.words import all_words, listed, terms
from robi.speech.names import plain

Kind = Literal["fact", "preference", "event", "conversation"]

IMPORTANCE: Final[Mapping[Kind, int]] = MappingProxyType(
    {"fact": 6, "preference": 6, "event": 5, "conversation": 4}
)
"""What a stage direction weighs, of 1 to 10: recall without a clue begins at 5 (issue 4)."""

DROPPED_TO: Final = 3
"""What weighs this or less is not kept (issue 4, Capture)."""

PINNED: Final = 10
"""What was told explicitly to be remembered, and nothing else."""

MAX_CONTENT: Final = 300
MAX_CANDIDATES: Final = 3
"""Of one turn (issue 4, Capture)."""

LEAST_QUOTE: Final = 6
"""Characters of a quote of one word: shorter ones stand in too many turns by chance."""

_COURTESIES: Final = listed("""
hola buenas buenos dias tardes noches gracias adios luego manana pronto chao claro bien bueno ok
okay hello hi good morning afternoon evening night thanks thank bye goodbye see yes yeah sure
fine great
""")

_KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind: kind for kind in IMPORTANCE})


@frozen
class Candidate:
    """Something that may be remembered.

    Args:
        kind: a fact, a preference, an event or a matter of conversation.
        content: one sentence about the subject.
        importance: 1 to 10.
        subject: whom it is about; empty for the person who speaks.
        slot: what there is only one of, which this fills (`robi.people.slots`).
        quote: the words of the person that it was made of; empty if nobody had to show any.
    """

    kind: Kind
    content: str = field(repr=False)
    importance: int
    subject: str = field(default="", repr=False)
    slot: str | None = field(default=None, repr=False)
    quote: str = field(default="", repr=False)


@frozen
class _Noted(Candidate):
    """One of a stage direction: the answer was made of the turn, there is nothing to quote."""


def may_tell(words: str) -> bool:
    """Return whether there is more than courtesies in what a person said."""
    return not _COURTESIES.issuperset(terms(words))


def admissible(candidates: Iterable[Candidate], words: str) -> tuple[Candidate, ...]:
    """Return those of one turn that may be kept: at most MAX_CANDIDATES, each once, in order.

    Args:
        candidates: as a model proposed them, and those that `from_note` made.
        words: what the person said in the turn, which each quote has to be part of.

    Subject and slot are brought to one form. What the sentence itself says counts more than what
    the model says of it.
    """
    said = f" {' '.join(all_words(words))} "
    kept: dict[tuple[str, ...], Candidate] = {}
    for candidate in candidates:
        if len(kept) == MAX_CANDIDATES:
            break
        proper = _proper(candidate)
        if proper is not None and (isinstance(candidate, _Noted) or _quoted(candidate.quote, said)):
            kept.setdefault(tuple(all_words(proper.content)) or (proper.content,), proper)
    return tuple(kept.values())


def from_note(kind: str, content: str) -> Candidate:
    """Return what a stage direction `[memory:KIND:content]` proposes.

    An unknown kind weighs nothing, so it is not admissible.
    """
    known = _KINDS.get(kind.strip().lower())
    return _Noted(known or "conversation", content, IMPORTANCE[known] if known else 0)


def _proper(candidate: Candidate) -> Candidate | None:
    """Return a candidate in its one form; None if it says nothing, too little or no known kind."""
    content = plain(candidate.content)[:MAX_CONTENT].rstrip()
    if candidate.kind not in _KINDS or not content or candidate.importance <= DROPPED_TO:
        return None
    slot = normal_slot(candidate.slot) if candidate.slot else None
    subject = normal_subject(candidate.subject)
    if (found := slot_of(content)) is not None:
        # "Lives in Lugo" does not say who; a model that was asked does.
        subject, slot = found[0] or subject, found[1]
    return Candidate(
        candidate.kind,
        content,
        # To be pinned is the privilege of what was told explicitly.
        min(candidate.importance, PINNED - 1),
        subject,
        slot,
        plain(candidate.quote),
    )


def _quoted(quote: str, said: str) -> bool:
    """Return whether a quote says something and stands in what was said, word for word."""
    words = all_words(quote)
    long_enough = len(words) > 1 or len("".join(words)) >= LEAST_QUOTE
    return long_enough and bool(terms(quote)) and f" {' '.join(words)} " in said
