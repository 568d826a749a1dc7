"""The picture that the robot has asked for: which question it answers, and whose it is.

Owns the rules of protocol.md §7: at most one is awaited, for ten seconds, and it answers under the
`request_id` of the question that led to it. Pure: it is told the time.
"""

from attrs import define, field, frozen

from robi.actors.turn import Utterance

AWAITED_FOR = 10.0
"""Seconds in which a picture that was asked for must come."""


@frozen
class _Awaited:
    request_id: str
    person_id: str
    question: str = field(repr=False)
    until: float


@define
class Captures:
    """What one robot was asked to show."""

    _awaited: _Awaited | None = field(default=None, init=False)

    @property
    def until(self) -> float | None:
        """When the request is forgotten, in seconds; None if there is none."""
        return self._awaited.until if self._awaited else None

    def ask(self, request_id: str, person_id: str, question: str, now: float) -> None:
        """Await the picture that answers the `question` of `person_id`."""
        self._awaited = _Awaited(request_id, person_id, question, now + AWAITED_FOR)

    def is_awaited(self, request_id: str) -> bool:
        """Whether a picture is awaited under this id."""
        return self._awaited is not None and self._awaited.request_id == request_id

    def expire(self, now: float) -> None:
        """Forget the request if its time has passed."""
        if self._awaited is not None and self._awaited.until <= now:
            self._awaited = None

    def forget(self, person_id: str) -> None:
        """Forget what that person has asked."""
        if self._awaited is not None and self._awaited.person_id == person_id:
            self._awaited = None

    def answered_by(self, utterance: Utterance, person_id: str) -> str | None:
        """Return the question to which `utterance` is the picture, and await it no more.

        None if it is the answer to nothing, or was asked by somebody else: nobody's question is
        told to another.
        """
        awaited = self._awaited
        if awaited is None or awaited.request_id != utterance.request_id or not utterance.media:
            return None
        self._awaited = None
        return awaited.question if awaited.person_id == person_id else None
