"""How a robot comes to its session: the live one, the one the store remembers, or a new one.

Owns the order of these three (protocol.md §5). It runs in the task of the link that asks: a store
that is slow makes one robot wait, and no other.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
import trio
from attrs import evolve, frozen

from robi.actors.address import Address
from robi.actors.ask import ask
from robi.actors.errors import ActorError
from robi.actors.mail import Attach, Attached, Origin, SessionMessage
from robi.actors.sessions import Find, LiveSession, Open, SessionsAddress
from robi.actors.store_mail import (
    Conversation,
    LoadConversation,
    LoadConversationOf,
    StoreAddress,
)
from robi.errors import DataError, ServerBusy
from robi.protocol.messages import Auth
from robi.store.base import READER_PREFIX

log = structlog.get_logger()

ANSWER_WITHIN = 5.0
"""Seconds in which the sessions, or one session, must answer."""

REMEMBER_WITHIN = 2.0
"""Seconds that a robot waits for the store before it begins anew: a conversation without a past
is better than silence (architecture.md, *When something fails*)."""

SETTLED_WITHIN = 0.5
"""Seconds that it waits for what was said before to be written: ten times what writes are gathered
for."""

RETRY_AFTER_S = 5

LARGEST_LAST_SEQ = 2**52
"""Numbers go on from here at most: beyond 2**53 a client that counts in floats goes wrong."""


@frozen
class Admission:
    """Finds or makes the session of a robot.

    `keep_alive` (seconds) is how long a conversation waits for its device, over a restart of the
    server too; `wall_clock` gives Unix seconds.
    """

    sessions: SessionsAddress
    store: StoreAddress
    keep_alive: float
    wall_clock: Callable[[], float]
    reclaim: Callable[[Auth], Awaitable[None]] | None = None
    """Has another process let go of the session, if one may have it (`robi.workers`)."""

    async def admit(self, auth: Auth) -> tuple[Address[SessionMessage], Attached]:
        """Take hold of the session that `auth` asks for, or of a new one.

        Raises:
            ServerBusy: there is no place, or the server is going away.
        """
        if (auth.session_id or "").startswith(READER_PREFIX):  # of a reader: nobody's, to a robot
            auth = evolve(auth, session_id=None)
        if self.reclaim is not None:
            await self.reclaim(auth)
        for _ in range(2):  # a session may be reaped between the two questions
            try:
                live = await self._live(auth)
                # Numbers count within a session: those of another one say nothing here.
                mine = live.session_id == auth.session_id
                attach = Attach(auth.last_seq if mine else None, auth.device_id or None)
                attached = await ask(live.mailbox, attach, timeout=ANSWER_WITHIN)
            except ActorError as failure:
                log.warning("admission_failed", reason=type(failure).__name__)
            else:
                return live.mailbox, attached
        raise ServerBusy("no session could be had", retry_after=RETRY_AFTER_S)

    async def _live(self, auth: Auth) -> LiveSession:
        find = Find(auth.session_id, auth.device_id)
        live = await ask(self.sessions.find, find, timeout=ANSWER_WITHIN)
        if live is not None:
            return live
        wanted = await self._remembered(auth)
        return await ask(self.sessions.open, wanted, timeout=ANSWER_WITHIN)

    async def _remembered(self, auth: Auth) -> Open:
        """Return what to open: with its past, if the store has one that this robot may have."""
        new = Open(auth.device_id)
        if not (auth.session_id or auth.device_id):
            return new
        until = trio.current_time() + REMEMBER_WITHIN
        with suppress(DataError, ActorError):  # the store is slow: what it has will do
            # A life of this session that has just ended may have said more than is written.
            await self.store.commit(within=SETTLED_WITHIN)
        try:
            if auth.session_id:
                kept = await self.store.read(
                    LoadConversation(auth.session_id), within=until - trio.current_time()
                )
                if kept is not None and _may_have(kept, auth.device_id):
                    device_id = auth.device_id or kept.session.device_id
                    last_seq = min(auth.last_seq or 0, LARGEST_LAST_SEQ)
                    return Open(device_id, kept, Origin.REMEMBERED, last_seq)
            if auth.device_id:
                kept = await self.store.read(
                    LoadConversationOf(auth.device_id), within=until - trio.current_time()
                )
                if kept and self.wall_clock() - kept.session.last_seen <= self.keep_alive:
                    return Open(auth.device_id, kept, Origin.CONTINUED)
        except (DataError, ActorError) as failure:
            log.warning("conversation_not_remembered", reason=type(failure).__name__)
        return new


def _may_have(kept: Conversation, device_id: str | None) -> bool:
    """A conversation goes to its own device only, as far as both are known."""
    return not (device_id and kept.session.device_id and device_id != kept.session.device_id)
