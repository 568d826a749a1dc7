"""What can be put to the janitor: media to keep, and files to remove.

Owns these shapes only, and the one address that takes them, so that who has something to keep need
not know the actor.
"""

from collections.abc import Sequence
from typing import TypeAlias, cast

from attrs import field, frozen

from robi.actors.address import Address
from robi.actors.ask import Ask, Question, ask
from robi.actors.ticker import Tick
from robi.store.base import MediaKind


@frozen
class Keep(Question[None]):
    """Keep what a person said or showed in a turn; answered once the file and its row are there.

    What is not to be kept (its retention is 0), or was forgotten meanwhile, is answered all the
    same. Fails with DiskFull, DatabaseError, or ServerBusy where too much waits already. If nobody
    waits for the answer any more before its row is written, it is not kept.
    """

    person_id: str
    session_id: str
    request_id: str
    kind: MediaKind
    mime: str
    data: bytes = field(repr=False)
    at: float


@frozen
class Settle(Question[None]):
    """Answered when nothing waits that was put before: what is there to forget has its row."""


@frozen
class Remove(Question[int]):
    """Remove these files, of which the rows are gone; the answer is how many were there.

    Fails with DatabaseError if one could not be removed: it will be, as soon as the disk lets go.
    """

    names: Sequence[str]


JanitorMessage: TypeAlias = Ask[None] | Ask[int] | Tick
"""What the mailbox of the actor takes: a `Keep` or a `Settle`, a `Remove`, a tick."""


@frozen
class JanitorAddress:
    """Where others reach the janitor.

    To forget, in this order: `settle`, then erase in the store, then `remove` the files that the
    receipt names. Without `settle`, a file that still waits would get its row after the erasure.
    """

    _mailbox: Address[JanitorMessage]

    def keep_soon(self, keep: Keep) -> None:
        """Have it kept some time, and hear no more of it. Raises MailboxFull, ActorDied."""
        self._mailbox.put_nowait(Ask(keep))

    async def keep(self, keep: Keep, *, within: float) -> None:
        """Have it kept, and wait until it is, at most `within` seconds.

        Raises:
            DiskFull, DatabaseError, ServerBusy: it is not kept.
            ActorDied, AskTimeout: it may be kept, or not.
        """
        await ask(cast("Address[Ask[None]]", self._mailbox), keep, timeout=within)

    async def settle(self, *, within: float) -> None:
        """Wait until nothing is on its way to the disk that was put before.

        Raises:
            ActorDied, AskTimeout: something may be.
        """
        await ask(cast("Address[Ask[None]]", self._mailbox), Settle(), timeout=within)

    async def remove(self, names: Sequence[str], *, within: float) -> int:
        """Remove these files; return how many were there.

        Raises:
            DatabaseError: one could not be removed yet.
            ActorDied, AskTimeout: they may be there or not; those without a row do not stay.
        """
        return await ask(cast("Address[Ask[int]]", self._mailbox), Remove(names), timeout=within)
