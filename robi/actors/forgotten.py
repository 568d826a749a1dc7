"""Who is forgotten: ids that mean nobody any more, until that person is registered again.

Owns the set of their digests while the server lives, and what is still to be removed. It outlives
the lives of the memory actor, which fills it from the store at its start
(docs/decisions/0009-forgetting.md). It holds digests, as the store does: an id has the person's
name in it.

A phone that still knows the face goes on naming the id. Whoever comes with it is a stranger then.
"""

from attrs import define, field

from robi.actors.memory_mail import Forget, ForgetAbout
from robi.store.base import digest


@define(eq=False)
class Forgotten:
    """The ids that were forgotten."""

    unfinished: list[Forget | ForgetAbout] = field(factory=list, init=False)
    """What is to be removed from the store and is there yet: a memory that crashes goes on with it,
    for whoever asked was told that it is being done."""
    _digests: set[str] = field(factory=set, init=False)

    def __contains__(self, person_id: object) -> bool:
        return (
            isinstance(person_id, str)
            and bool(self._digests)
            and digest(person_id) in self._digests
        )

    def load(self, digests: frozenset[str]) -> None:
        """Take what the store knows."""
        self._digests.update(digests)

    def add(self, person_id: str) -> None:
        """From now on this id is nobody's."""
        self._digests.add(digest(person_id))

    def readmit(self, person_id: str) -> None:
        """This id is somebody's again."""
        self._digests.discard(digest(person_id))
