"""How a reader comes to a session: the live one, the one the store remembers, or a new one.

Owns the order of these, and the wall between readers and robots: the id of a reader's session
begins with `READER_PREFIX`, so that no robot has one and no reader another. It runs in the task of
whoever asks. Unlike a robot, which would rather begin anew than wait, a reader is told when a
conversation is not there or cannot be read.
"""

import structlog
from attrs import frozen

from robi.actors.address import Address
from robi.actors.admission import ANSWER_WITHIN, REMEMBER_WITHIN, RETRY_AFTER_S, SETTLED_WITHIN
from robi.actors.ask import ask
from robi.actors.attachment import Attachment
from robi.actors.errors import ActorError, as_database
from robi.actors.farewell import let_go
from robi.actors.library import EVERY_TEXT
from robi.actors.mail import Attach, Origin, SessionMessage
from robi.actors.reader import NEWEST
from robi.actors.sessions_mail import Find, LiveSession, Open, SessionsAddress
from robi.actors.store_mail import LoadConversation, LoadText, StoreAddress
from robi.errors import ServerBusy, SessionNotFound, TextNotFound
from robi.store.base import READER_PREFIX

log = structlog.get_logger()


@frozen
class Attended:
    """The hold of a request on a session; `last_seq`: the newest message that was taken before."""

    session_id: str
    mailbox: Address[SessionMessage]
    attachment: Attachment
    last_seq: int


@frozen
class Reception:
    """Finds or makes the session of a reader."""

    sessions: SessionsAddress
    store: StoreAddress

    async def attend(self, session_id: str | None, last_seq: int | None = None) -> Attended:
        """Take hold of that session, or of a new one; with `last_seq` go on after that message.

        Raises:
            SessionNotFound: there is none of that id, or what came after is not there any more.
            DatabaseError: it cannot be said whether there is one.
            ServerBusy: there is no place, or the server is going away.
        """
        if session_id is not None and not session_id.startswith(READER_PREFIX):
            raise SessionNotFound
        for _ in range(2):  # a session may be reaped between the two questions
            live = await self._live(session_id, last_seq)
            try:
                attached = await ask(live.mailbox, Attach(last_seq), timeout=ANSWER_WITHIN)
            except ActorError as failure:
                log.warning("reception_failed", reason=type(failure).__name__)
                continue
            attachment = attached.attachment
            if last_seq is None or attached.resumed:
                return Attended(live.session_id, live.mailbox, attachment, attached.last_seq)
            await let_go(live.mailbox, attachment)
            raise SessionNotFound("what came after is not there any more")
        raise ServerBusy("no session could be had", retry_after=RETRY_AFTER_S)

    async def check_text(self, text_id: str) -> None:
        """Raise TextNotFound if there is no such text; `*` is always there."""
        if text_id == EVERY_TEXT:
            return
        with as_database():
            row = await self.store.read(LoadText(text_id), within=REMEMBER_WITHIN)
        if row is None:
            raise TextNotFound

    async def _live(self, session_id: str | None, last_seq: int | None) -> LiveSession:
        if session_id is None:
            return await self._open(Open(None, reader=True))
        try:
            live = await ask(self.sessions.find, Find(session_id, None), timeout=ANSWER_WITHIN)
        except ActorError as failure:
            raise _busy(failure) from failure
        if live is not None:
            return live
        if last_seq is not None:
            raise SessionNotFound("its stream is not there any more")
        with as_database():
            # A life of this session that has just ended may have said more than is written.
            await self.store.commit(within=SETTLED_WITHIN)
            kept = await self.store.read(
                LoadConversation(session_id, NEWEST), within=REMEMBER_WITHIN
            )
        if kept is None:
            raise SessionNotFound
        return await self._open(Open(None, kept, Origin.REMEMBERED, reader=True))

    async def _open(self, wanted: Open) -> LiveSession:
        try:
            return await ask(self.sessions.open, wanted, timeout=ANSWER_WITHIN)
        except ActorError as failure:
            raise _busy(failure) from failure


def _busy(failure: ActorError) -> ServerBusy:
    log.warning("reception_failed", reason=type(failure).__name__)
    return ServerBusy("no session could be had", retry_after=RETRY_AFTER_S)
