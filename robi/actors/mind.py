"""How a conversation reaches what is known of people, and what becomes of what was said in it.

Owns the patience of a conversation with the memory and the janitor: next to none. A memory that is
slow or gone is as good as none, and nothing of this makes a person wait for a word.
"""

import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog
import trio
from attrs import frozen

from robi.actors.ask import Ask, ask
from robi.actors.errors import ActorError
from robi.actors.janitor_mail import JanitorAddress, Keep
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import (
    AddFace,
    Became,
    Forget,
    ForgetAbout,
    Heard,
    Meet,
    MemoryMessage,
    Named,
    News,
    Recall,
    Recollection,
    Removed,
    Saw,
)
from robi.actors.turn import Met
from robi.errors import DatabaseError, DataError, DiskFull, RobiError, ServerBusy

log = structlog.get_logger()

RECALL_WITHIN = 0.3
MEET_WITHIN = 1.0

FORGET_WITHIN = 5.0
"""Seconds after its last word that a turn waits to have forgotten what it said it would."""

KEEP_WITHIN = 60.0
"""Seconds that a file may take to be on the disk; nobody waits for it."""

Promise: TypeAlias = Callable[[], Awaitable[None]]


@frozen
class Mind:
    """What a session and its turns ask and tell.

    Args:
        memory: the mailbox of the memory.
        janitor: who has the files.
    """

    _memory: Mailbox[MemoryMessage]
    _janitor: JanitorAddress

    async def recall(self, person_id: str, words: str) -> Recollection | None:
        """Return what is known of the person; None if it cannot be had in time."""
        try:
            return await ask(self._memory, Recall(person_id, words), timeout=RECALL_WITHIN)
        except ActorError as failure:
            log.warning("recall_failed", reason=type(failure).__name__)
            return None

    async def meet(self, name: str, face: bytes | None) -> Met | None:
        """Make a person of a stranger; None if that cannot be done now, or not with that name."""
        try:
            person = await ask(self._memory, Meet(name, face), timeout=MEET_WITHIN)
        except (ActorError, RobiError) as failure:
            log.warning("meeting_failed", reason=type(failure).__name__)
            return None
        return Met(person.person_id, name)

    def named(self, person_id: str, name: str) -> None:
        """Someone of whom only the id was known told a name."""
        self._tell(Named(person_id, name))

    def saw(self, person_id: str, face: bytes | None) -> None:
        """A known person was there."""
        self._tell(Saw(person_id, time.time()))
        if face is not None:
            self._tell(AddFace(person_id, face))

    def heard(self, heard: Heard) -> None:
        """A turn is over."""
        self._tell(heard)

    def became(self, stranger_id: str, person_id: str) -> None:
        """A stranger got a name."""
        self._tell(Became(stranger_id, person_id))

    def forget(self, question: Forget | ForgetAbout) -> Promise:
        """Have something forgotten, whatever becomes of the turn; return the wait until it is.

        The wait raises DatabaseError when it takes too long; it is done all the same.
        """
        owed: Ask[Removed] = Ask(question)
        try:
            self._memory.put_urgent(owed)
        except ActorError as failure:
            log.error("not_forgotten", reason=type(failure).__name__)
            return _refuse

        async def wait() -> None:
            try:
                with trio.fail_after(FORGET_WITHIN):
                    await owed.answer()
            except (ActorError, DataError, trio.TooSlowError) as failure:
                log.warning("forgotten_later", reason=type(failure).__name__)
                raise DatabaseError("not forgotten yet") from None

        return wait

    async def keep(self, keep: Keep) -> None:
        """Keep a file. Raises DiskFull, which the person should know of; nothing else."""
        try:
            await self._janitor.keep(keep, within=KEEP_WITHIN)
        except DiskFull:
            raise
        except (ActorError, DataError, ServerBusy) as failure:
            log.warning("media_not_kept", reason=type(failure).__name__)

    def _tell(self, news: News) -> None:
        try:
            self._memory.put_nowait(news)
        except ActorError as failure:
            log.warning("memory_not_told", news=type(news).__name__, reason=type(failure).__name__)


async def _refuse() -> None:
    message = "the memory cannot be reached"
    raise DatabaseError(message)
