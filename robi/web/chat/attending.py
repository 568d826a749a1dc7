"""The hold of one request on the session of a reader, from its question to its last message.

Owns how a question is put to a session, and which of what the session says answers it. However the
request ends, the session is told: an answer that nobody waits for is not paid for.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import orjson
import structlog
from attrs import define, field, frozen

from robi.actors.attachment import Detached
from robi.actors.errors import ActorDied
from robi.actors.farewell import let_go
from robi.actors.mail import FromReader
from robi.actors.reception import Attended
from robi.actors.turn import Utterance
from robi.errors import ServerBusy, StreamInterrupted
from robi.web.chat.places import Place, Places

log = structlog.get_logger()

RETRY_AFTER_S = 2
TERMINAL = frozenset({"stream_end", "error"})


class Attends(Protocol):
    """What is needed of a `robi.actors.reception.Reception`."""

    async def attend(self, session_id: str | None, last_seq: int | None = None) -> Attended:
        """See `Reception.attend`."""

    async def check_text(self, text_id: str) -> None:
        """See `Reception.check_text`."""


@frozen
class Told:
    """A message of an answer, and the id of its event."""

    kind: str
    fields: Mapping[str, Any] = field(repr=False)
    place: str

    @property
    def is_last(self) -> bool:
        """Whether the answer ends with it."""
        return self.kind in TERMINAL


@define(eq=False)
class Attention:
    """The hold of a request on a session.

    Args:
        leaves_for_good: whether nobody takes the answer up again if the request goes away.
    """

    _attended: Attended
    place: Place
    leaves_for_good: bool
    resumed: bool = False
    gone: bool = field(default=False, init=False)
    """Whether the client has left before the end."""

    @property
    def session_id(self) -> str:
        """Of the session."""
        return self._attended.session_id

    async def told(self) -> list[Told]:
        """Wait for the next messages of the answer; there may be none among what came.

        Raises:
            StreamInterrupted: another request has taken the session over, or the session ended.
        """
        try:
            frames = await self._attended.attachment.frames()
        except Detached as detached:
            raise StreamInterrupted(detached.reason or "another request goes on") from None
        return [told for told in map(self._read, frames) if told is not None]

    def _read(self, frame: bytes) -> Told | None:
        fields = orjson.loads(frame)
        seq, kind = fields["seq"], fields["type"]
        self.place.passed(seq)
        if fields.get("request_id") != self.place.request_id:
            return None  # of a question before this one
        told = Told(kind, {**fields, "session_id": self.session_id}, self.place.after(seq))
        if told.is_last:
            self.place.end = seq
        return told

    async def let_go(self) -> None:
        """Have the session know that nobody listens any more."""
        attended, left = self._attended, self.gone and self.leaves_for_good
        await let_go(attended.mailbox, attended.attachment, left=left)


@asynccontextmanager
async def put_question(
    attended: Attended,
    places: Places,
    utterance: Utterance,
    payer: str,
    *,
    leaves_for_good: bool,
) -> AsyncGenerator[Attention]:
    """Put a question; the session is let go of at the end, however that comes.

    Raises:
        ServerBusy: the session has ended in the meantime.
        StreamInterrupted: another request has taken it over.
    """
    # Who was taken over may be woken after who took over, and must not stand in their place.
    if attended.attachment.ended:
        await let_go(attended.mailbox, attended.attachment)
        raise StreamInterrupted("another request goes on")
    place = places.begin(attended.session_id, utterance.request_id, attended.last_seq)
    attention = Attention(attended, place, leaves_for_good)
    try:
        try:
            await attended.mailbox.put(FromReader(attended.attachment, utterance, payer))
        except ActorDied:
            raise ServerBusy("the session is over", retry_after=RETRY_AFTER_S) from None
        yield attention
    finally:
        await attention.let_go()


@asynccontextmanager
async def taking_up(attended: Attended, place: Place) -> AsyncGenerator[Attention]:
    """Go on with a stream that was cut; the session is let go of as in `put_question`."""
    attention = Attention(attended, place, leaves_for_good=False, resumed=True)
    try:
        yield attention
    finally:
        await attention.let_go()
