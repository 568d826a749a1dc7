"""What can be put to the store: writes, questions, and the one address that takes both.

Owns these shapes only, so that who has something to keep need not know the actor. Two things must
never wait for each other, so two mailboxes stand behind a `StoreAddress`:

    writes   `Write`s that nobody waits for; `Commit`s, answered once they are on the disk;
             `Erase`s, answered once nothing is left there. It is the actor's own mailbox, read only
             as fast as the disk takes it, a batch a commit: while the disk is stuck they queue
             there, within its bound, and outlive a restart.
    reads    `Load`s, served beside by the reader's connection, however long a write takes.
"""

from typing import ClassVar, TypeAlias, TypeVar, cast

from attrs import Factory, define, field, frozen

from robi.actors.address import Address
from robi.actors.ask import Ask, Question, ask
from robi.actors.mailbox import Mailbox
from robi.actors.store_loads import (
    Acquaintance,
    Conversation,
    Load,
    LoadAcquaintance,
    LoadAllMedia,
    LoadConversation,
    LoadConversationOf,
    LoadDeviceOf,
    LoadEmbeddings,
    LoadForgotten,
    LoadKeys,
    LoadLooseReminders,
    LoadMemories,
    LoadMemory,
    LoadPassages,
    LoadPeople,
    LoadPerson,
    LoadRelevant,
    LoadRemembered,
    LoadReminders,
    LoadSlot,
    LoadText,
    LoadTexts,
    LoadUnchecked,
    LoadUnconsidered,
    LoadUsage,
    Remembered,
    Texts,
)
from robi.store.base import Erasure, Receipt, Write

__all__ = [
    "READS_BOUND",
    "Acquaintance",
    "Commit",
    "Conversation",
    "Erase",
    "Load",
    "LoadAcquaintance",
    "LoadAllMedia",
    "LoadConversation",
    "LoadConversationOf",
    "LoadDeviceOf",
    "LoadEmbeddings",
    "LoadForgotten",
    "LoadKeys",
    "LoadLooseReminders",
    "LoadMemories",
    "LoadMemory",
    "LoadPassages",
    "LoadPeople",
    "LoadPerson",
    "LoadRelevant",
    "LoadRemembered",
    "LoadReminders",
    "LoadSlot",
    "LoadText",
    "LoadTexts",
    "LoadUnchecked",
    "LoadUnconsidered",
    "LoadUsage",
    "Remembered",
    "StoreAddress",
    "StoreMessage",
    "Texts",
]

READS_BOUND = 1024
"""Reads that may wait: a thousand phones that come back within a second each ask for a history."""

T = TypeVar("T")


@frozen
class Commit(Question[None]):
    """Write all of this or nothing; answered when it outlives a crash.

    Fails with WriteRejected if one of the writes can never be applied. It is written even when the
    asker has stopped waiting: then nobody was told, but it may be there.
    """

    done_anyway: ClassVar[bool] = True
    writes: tuple[Write, ...]


@frozen
class Erase(Question[Receipt]):
    """Remove this from every table and from the disk; answered when it is gone.

    It comes after every write that was put before it. It is done even when the asker has stopped
    waiting.
    """

    done_anyway: ClassVar[bool] = True
    erasure: Erasure


StoreMessage: TypeAlias = Write | Ask[None] | Ask[Receipt]
"""What the mailbox of the actor takes: a write that nobody waits for, a `Commit`, an `Erase`."""


@define(eq=False)
class StoreAddress:
    """Where others reach the store, to write and to read.

    Owns the mailbox of reads, which each life of the actor is given.
    """

    _writes: Address[StoreMessage]
    reads: Mailbox[Ask[object]] = field(
        init=False,
        default=Factory(
            lambda self: Mailbox(f"{self._writes.name}.reads", READS_BOUND), takes_self=True
        ),
    )

    async def write(self, write: Write) -> None:
        """Have it written some time; wait for room only. Raises ActorDied."""
        await self._writes.put(write)

    def write_nowait(self, write: Write) -> None:
        """Have it written some time. Raises MailboxFull, ActorDied."""
        self._writes.put_nowait(write)

    async def commit(self, *writes: Write, within: float) -> None:
        """Have all of it or nothing written, and wait until it is, at most `within` seconds.

        Raises:
            WriteRejected: one of them can never be applied; nothing was.
            ActorDied, AskTimeout: it may be written, or not.
        """
        await ask(self._writes, Commit(writes), timeout=within)

    def settling(self) -> Ask[None]:
        """Return a question that is answered once all that was put before is on the disk.

        Raises MailboxFull, ActorDied.
        """
        owed: Ask[None] = Ask(Commit(()))
        self._writes.put_nowait(owed)
        return owed

    async def erase(self, erasure: Erasure, within: float) -> Receipt:
        """Have it removed, after all that was put before, and wait at most `within` seconds.

        Raises:
            WriteRejected: nothing can be kept under such an id.
            ActorDied, AskTimeout: it may be removed, or not, or later.
        """
        return await ask(self._writes, Erase(erasure), timeout=within)

    async def read(self, load: Load[T], *, within: float) -> T:
        """Return what is kept, as of the last commit; wait at most `within` seconds.

        Raises:
            DatabaseError: the database does not answer.
            ActorDied, AskTimeout: the actor does not.
        """
        # One mailbox takes questions of every answer; `Load.read` says that each gets its own.
        return await ask(cast("Address[Ask[T]]", self.reads), load, timeout=within)
