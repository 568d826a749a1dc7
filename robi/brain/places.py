"""Places for calls at once, and who gets the next one: each asker in turn.

Owns the lines. Who asks is a robot's session; one with twenty calls waiting gets one place, then
each other that waits gets one (round robin, as in Nagle, *On Packet Switches With Infinite
Storage*, RFC 970, 1985). What a person waits for goes before what nobody waits for.
"""

from collections import OrderedDict, deque
from contextlib import AbstractAsyncContextManager
from math import ceil
from typing import Final, Generic, TypeVar

import trio
from attrs import define, field

from robi.errors import ServerBusy

T = TypeVar("T")


@define(eq=False)
class Line(Generic[T]):
    """A line of tickets: first come first served within an asker, in turn among askers. Pure."""

    _waiting: OrderedDict[str, deque[T]] = field(factory=OrderedDict, init=False)
    """By asker; whose turn it is stands first."""

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def join(self, asker: str, ticket: T) -> None:
        """Wait behind the asker's other tickets; an asker that had none is the last in turn."""
        self._waiting.setdefault(asker, deque()).append(ticket)

    def leave(self, asker: str, ticket: T) -> None:
        """Stop waiting."""
        tickets = self._waiting[asker]
        tickets.remove(ticket)
        if not tickets:
            del self._waiting[asker]

    def take(self) -> T:
        """Return whose turn it is. Raises KeyError if nobody waits."""
        asker, tickets = self._waiting.popitem(last=False)
        ticket = tickets.popleft()
        if tickets:
            self._waiting[asker] = tickets
        return ticket


class Places:
    """So many places, and a line for each kind of asker.

    Not a trio.CapacityLimiter: that counts by task, and is first come first served.

    Args:
        count: of places.
    """

    def __init__(self, count: int) -> None:
        """All are free."""
        self.count: Final = count
        self.free = count
        self._talk: Line[trio.lowlevel.Task] = Line()
        self._background: Line[trio.lowlevel.Task] = Line()

    @property
    def waiting(self) -> int:
        """How many wait to be heard."""
        return len(self._talk)

    @property
    def waiting_background(self) -> int:
        """How many wait of those for which nobody waits."""
        return len(self._background)

    def take_free(self) -> bool:
        """Take a place if one is free, and tell whether; no checkpoint."""
        if not self.free:  # if one is, nobody waits
            return False
        self.free -= 1
        return True

    async def acquire(self, asker: str, *, background: bool = False) -> None:
        """Wait for a place; cancelled it has none. A checkpoint."""
        await trio.lowlevel.checkpoint_if_cancelled()
        if self.take_free():
            await trio.lowlevel.cancel_shielded_checkpoint()
            return
        line = self._background if background else self._talk
        task = trio.lowlevel.current_task()

        def leave(_raise_cancel: trio.lowlevel.RaiseCancelT) -> trio.lowlevel.Abort:
            # At once, and not when the task next runs: until then it might be given a place.
            line.leave(asker, task)
            return trio.lowlevel.Abort.SUCCEEDED

        line.join(asker, task)
        await trio.lowlevel.wait_task_rescheduled(leave)

    def release(self) -> None:
        """Give the place to whose turn it is."""
        line = self._talk or self._background
        if line:
            trio.lowlevel.reschedule(line.take())
        else:
            self.free += 1


class Place(AbstractAsyncContextManager[None]):
    """A place for the time of a block, waited for in line; no checkpoint if one is free."""

    def __init__(self, places: Places, asker: str, patience_s: float, *, background: bool) -> None:
        self._places = places
        self._asker = asker
        self._patience_s = patience_s
        self._background = background

    async def __aenter__(self) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        if self._places.take_free():
            return
        with trio.move_on_after(self._patience_s) as scope:
            await self._places.acquire(self._asker, background=self._background)
        if scope.cancelled_caught:
            msg = "no place for a call to the model"
            raise ServerBusy(msg, retry_after=max(1, ceil(self._patience_s)))

    async def __aexit__(self, *_: object) -> None:
        self._places.release()
