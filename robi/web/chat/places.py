"""Where the stream of each conversation stands: from where it can be taken up again.

Owns what the ids of events mean. Before anything came, the place of a stream is its question; then
the number of the newest message:

    <session_id>/<request_id>      from its beginning
    <session_id>/<seq>             after that message

Only the newest question of a session has a stream; whoever comes with a place of an older one is
told so before the session is touched, for that would cut the newer one off. What is not known here
any more, as after a restart, is not there any more. No I/O.
"""

from collections import OrderedDict

from attrs import define, field

from robi.errors import InvalidRequestFormat, SessionNotFound

KEPT = 4_096
"""Conversations that are remembered; of more, those that were asked longest ago are forgotten."""

MAX_CHARS = 256


@define(eq=False)
class Place:
    """Where the stream of the newest question of a session stands.

    Args:
        request_id: of that question.
        before: the number of the last message before it.
        last_seq: the number of the newest message of the session that was taken.
        end: the number of the message that ended it.
    """

    session_id: str
    request_id: str
    before: int
    last_seq: int
    end: int | None = None

    @property
    def beginning(self) -> str:
        """The id of where it begins."""
        return f"{self.session_id}/{self.request_id}"

    def after(self, seq: int) -> str:
        """Return the id of a message."""
        return f"{self.session_id}/{seq}"

    def is_over(self, seq: int) -> bool:
        """Whether nothing is left to come after that message."""
        return self.end is not None and seq >= self.end

    def passed(self, seq: int) -> None:
        """Note that a message was taken."""
        self.last_seq = max(self.last_seq, seq)


@define(eq=False)
class Places:
    """The places of all streams."""

    _by_session: OrderedDict[str, Place] = field(factory=OrderedDict, init=False)

    def __len__(self) -> int:
        return len(self._by_session)

    def begin(self, session_id: str, request_id: str, last_seq: int) -> Place:
        """Note a new question of a session, asked after message `last_seq`.

        The stream of the one before is over.
        """
        place = Place(session_id, request_id, before=last_seq, last_seq=last_seq)
        self._by_session[session_id] = place
        self._by_session.move_to_end(session_id)
        if len(self._by_session) > KEPT:
            self._by_session.popitem(last=False)
        return place

    def find(self, event_id: str) -> tuple[Place, int]:
        """Return the stream of which `event_id` is the newest id that came, and of what message.

        Raises:
            InvalidRequestFormat: it is none of ours.
            SessionNotFound: what came after it is not there any more.
        """
        session_id, slash, within = event_id.partition("/")
        if not (session_id and slash and within) or len(event_id) > MAX_CHARS:
            raise InvalidRequestFormat("Last-Event-ID: not an id of an event")
        place = self._by_session.get(session_id)
        if place is None:
            raise SessionNotFound("its stream is not there any more")
        if within == place.request_id:
            return place, place.before
        if within.isascii() and within.isdecimal():
            seq = int(within)
            if place.before < seq <= place.last_seq:
                return place, seq
        raise SessionNotFound("another question was asked since")
