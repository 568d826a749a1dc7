"""How something new about a person goes together with what is known already.

Owns the comparison and its verdicts. The same said again strengthens; in a slot, of which there is
only one, the new supersedes the old; of several that say the same the one that says most stays.

To take two things for one loses one of them, so outside of slots a memory only gives way to one
that has all of its words: what differs in a word ("té verde", "té negro"; "Eva", "Ana"), in a
number, in a negation, in whom it is about or in what it begins with is something else.
"""

from collections.abc import Iterable
from typing import Final, Protocol, TypeAlias

from attrs import field, frozen

from robi.people.candidates import PINNED, Candidate
from robi.people.slots import filled
from robi.people.words import all_words, listed, stem

LEAST_OVERLAP: Final = 0.5
"""Words that two memories share, of all words of both, if one is but the other in more words."""

SEVERAL: Final = 3
"""Alike ones, the new one among them, that are merged (issue 4, Reconciliation)."""


class Known(Protocol):
    """A current memory, as far as it is compared."""

    @property
    def memory_id(self) -> str: ...  # noqa: D102
    @property
    def content(self) -> str: ...  # noqa: D102
    @property
    def importance(self) -> int: ...  # noqa: D102
    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def slot(self) -> str | None: ...  # noqa: D102
    @property
    def created_at(self) -> float: ...  # noqa: D102


@frozen
class New:
    """Nothing like it is known."""


@frozen
class Strengthen:
    """It is known: that memory weighs `importance` from now on."""

    memory_id: str
    importance: int


@frozen
class Supersede:
    """It takes the place of these, of which the slot is, or which say less."""

    memory_ids: tuple[str, ...]


@frozen
class Merge:
    """Together with these it becomes one memory, with the content of the one that says most."""

    memory_ids: tuple[str, ...]
    content: str = field(repr=False)


Verdict: TypeAlias = New | Strengthen | Supersede | Merge


def strengthened(importance: int) -> int:
    """Return what a memory weighs that was heard again; to be pinned takes an explicit act."""
    return max(importance, min(importance + 1, PINNED - 1))


def reconcile(candidate: Candidate, in_slot: Iterable[Known], alike: Iterable[Known]) -> Verdict:
    """Return what is to be done with something new.

    Args:
        candidate: the new.
        in_slot: the current memories of its subject and slot; none if it has no slot.
        alike: current memories of the same person that share words with it.
    """
    holders = sorted(in_slot, key=_weight)
    if candidate.slot is not None and holders:
        same = [known for known in holders if _says_no_more(candidate, known)]
        if same:
            return _strengthen(candidate, same[-1])
        return Supersede(tuple(known.memory_id for known in holders))
    return _among(candidate, alike)


def _among(candidate: Candidate, alike: Iterable[Known]) -> Verdict:
    mine = _Sense.of(candidate)
    compared = [(known, _Sense.of(known)) for known in alike]
    richer = [pair for pair in compared if mine.is_within(pair[1])]
    richest = max(richer, key=lambda pair: (len(pair[1].stems), *_weight(pair[0])), default=None)
    most = mine if richest is None else richest[1]
    group = sorted((known for known, sense in compared if sense.is_within(most)), key=_weight)
    if not group:
        return New()
    if len(group) + 1 >= SEVERAL:
        content = candidate.content if richest is None else richest[0].content
        return Merge(tuple(known.memory_id for known in group), content)
    if richest is not None:
        return _strengthen(candidate, richest[0])
    return Supersede((group[0].memory_id,))


def _strengthen(candidate: Candidate, known: Known) -> Strengthen:
    explicit = candidate.importance == PINNED
    return Strengthen(known.memory_id, PINNED if explicit else strengthened(known.importance))


def _weight(known: Known) -> tuple[int, float, str]:
    return known.importance, known.created_at, known.memory_id


# ── when two say the same ─────────────────────────────────────────────────────────────────

# Small words in both languages. Verbs stay, for "was" is not "will be"; so does "te", for tea.
_SMALL: Final = listed("""
a al ante con de del desde e el ella ellas ellos en entre es la las le les lo los me mi mis o para
por que se su sus u un una unas uno unos y an and as at by for from he her hers his i in is it its
me my of on or she so s that the their them they to with
""")
_NEGATIONS: Final = listed("""
no nunca jamas ni tampoco sin nada nadie not never no longer t cannot without neither nor nobody
nothing
""")


@frozen
class _Sense:
    """What a memory says, as it is compared."""

    subject: str
    slot: str | None
    first: str
    stems: frozenset[str]
    negations: int

    @classmethod
    def of(cls, memory: Candidate | Known) -> "_Sense":
        words = all_words(memory.content)
        said = [stem(w) for w in words if w not in _SMALL and w not in _NEGATIONS] or words
        first = said[0] if said else ""
        negations = sum(word in _NEGATIONS for word in words)
        return cls(memory.subject, memory.slot, first, frozenset(said), negations)

    def is_within(self, other: "_Sense") -> bool:
        """Return whether all that this says the other says too, and not much more."""
        return (
            (self.subject, self.slot, self.first) == (other.subject, other.slot, other.first)
            and self.negations == other.negations
            and self.stems <= other.stems
            and len(self.stems) >= LEAST_OVERLAP * len(other.stems)
        )


def _says_no_more(candidate: Candidate, known: Known) -> bool:
    """Return whether what is new fills the slot with nothing but what fills it already."""
    new, old = filled(candidate.content), filled(known.content)
    if new is None or old is None or new.slot != old.slot:
        one, other = _Sense.of(candidate), _Sense.of(known)
        return one.negations == other.negations and one.stems <= other.stems
    return new.negated == old.negated and new.value <= old.value
