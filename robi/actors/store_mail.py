"""What can be put to the store: writes, questions, and the one address that takes both.

Owns these shapes only, so that who has something to keep need not know the actor. Two things must
never wait for each other, so two mailboxes stand behind a `StoreAddress`:

    writes   `Write`s that nobody waits for, and `Commit`s, answered once they are on the disk. It
             is the actor's own mailbox, read only as fast as the disk takes it, a batch a commit:
             while the disk is stuck they queue there, within its bound, and outlive a restart.
    reads    `Load`s, served beside by the reader's connection, however long a write takes.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeAlias, TypeVar, cast

from attrs import Factory, define, field, frozen

from robi.actors.address import Address
from robi.actors.ask import Ask, Question, ask
from robi.actors.mailbox import Mailbox
from robi.store.base import Embedding, HistoryRow, Memory, Person, SessionRow, Store, Write

READS_BOUND = 1024
"""Reads that may wait: a thousand phones that come back within a second each ask for a history."""

T = TypeVar("T")


@frozen
class Commit(Question[None]):
    """Write all of this or nothing; answered when it outlives a crash.

    Fails with WriteRejected if one of the writes can never be applied. It is written even when the
    asker has stopped waiting: then nobody was told, but it may be there.
    """

    writes: tuple[Write, ...]


class Load(Question[T], ABC, Generic[T]):
    """A read, as of the last commit. Fails with DatabaseError when the database does not answer."""

    __slots__ = ()

    @abstractmethod
    def read(self, store: Store) -> T:
        """Return the answer; called where it may block."""


@frozen
class LoadPerson(Load[Person | None]):
    """The person of that id, or None."""

    person_id: str

    def read(self, store: Store) -> Person | None:
        """See `Load.read`."""
        return store.person(self.person_id)


@frozen
class LoadPeople(Load[tuple[Person, ...]]):
    """Everyone, first met first."""

    def read(self, store: Store) -> tuple[Person, ...]:
        """See `Load.read`."""
        return store.people()


@frozen
class LoadMemories(Load[tuple[Memory, ...]]):
    """What is known of one person, most important first, then newest; `limit` None is all."""

    person_id: str
    limit: int | None = None

    def read(self, store: Store) -> tuple[Memory, ...]:
        """See `Load.read`."""
        return store.memories(self.person_id, self.limit)


@frozen
class Acquaintance:
    """What the store has of one person; `person` is None if it has nobody by that id."""

    person: Person | None
    memories: tuple[Memory, ...]


@frozen
class LoadAcquaintance(Load[Acquaintance]):
    """A person and the weightiest `limit` memories, in one go."""

    person_id: str
    limit: int

    def read(self, store: Store) -> Acquaintance:
        """See `Load.read`."""
        memories = store.memories(self.person_id, self.limit)
        return Acquaintance(store.person(self.person_id), memories)


@frozen
class LoadEmbeddings(Load[tuple[Embedding, ...]]):
    """The faces of one person, oldest first."""

    person_id: str

    def read(self, store: Store) -> tuple[Embedding, ...]:
        """See `Load.read`."""
        return store.embeddings(self.person_id)


@frozen
class Conversation:
    """A session and its history, as they were kept; the history in the order of its index."""

    session: SessionRow
    history: tuple[HistoryRow, ...]


@frozen
class LoadConversation(Load[Conversation | None]):
    """The conversation of that session; None if there is none."""

    session_id: str

    def read(self, store: Store) -> Conversation | None:
        """See `Load.read`."""
        return _conversation(store, store.session(self.session_id))


@frozen
class LoadConversationOf(Load[Conversation | None]):
    """The conversation that this device had last; None if there is none."""

    device_id: str

    def read(self, store: Store) -> Conversation | None:
        """See `Load.read`."""
        return _conversation(store, store.last_session_of(self.device_id))


def _conversation(store: Store, session: SessionRow | None) -> Conversation | None:
    if session is None:
        return None
    return Conversation(session, store.history(session.session_id))


StoreMessage: TypeAlias = Write | Ask[None]
"""What the mailbox of the actor takes: a write that nobody waits for, or a `Commit`."""


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

    async def read(self, load: Load[T], *, within: float) -> T:
        """Return what is kept, as of the last commit; wait at most `within` seconds.

        Raises:
            DatabaseError: the database does not answer.
            ActorDied, AskTimeout: the actor does not.
        """
        # One mailbox takes questions of every answer; `Load.read` says that each gets its own.
        return await ask(cast("Address[Ask[T]]", self.reads), load, timeout=within)
