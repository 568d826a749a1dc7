"""The mailbox of an actor: bounded, two lanes, one reader; it outlives the actor's restarts.

The supervisor owns it and gives it to each new life of the actor in turn. What was not yet
read when a life ended waits for the next one. A message that was read is in the actor's hand
and dies with it, so one that kills its reader kills it once; an `Ask` in hand is answered
`ActorDied` (see ask.py).

How it is made, since every session has one (figures: docs/supervision.md):

- One list for both lanes: the urgent messages stand before the others, in their own order. Not a
  deque: an empty one takes 0.7 KiB of every session, and a list as short as this is as fast.
- One reader, the actor: so a wake-up is one task to reschedule, not a lot to park in.
- Who waits for room stands in line with the message in hand, and the reader moves it in:
  strictly first come first served, and a cancelled putter takes its message with it.
- The line, the hand and the stop event are made when first needed: few mailboxes ever do.

trio's rules hold, with one exception. Every async method is a cancellation point, and one that
is cancelled has put or taken nothing. Every one is a schedule point too, but for reading what
is already there, which is one only each `BATCH` messages: that costs a seventh, and it is the
putters who have to be slowed down, not the reader.
"""

from collections import OrderedDict
from typing import Any, Generic, Self, TypeVar

import trio
from attrs import frozen

from robi.actors.ask import Ask
from robi.actors.errors import ActorDied, MailboxFull

M = TypeVar("M")

URGENT_BOUND = 16
"""Urgent messages (interrupt, close, tick) that may wait: an actor with more is stuck anyway."""

BATCH = 32
"""Messages read between two schedule points, at most."""


@frozen
class MailboxStatistics:
    """A mailbox at one moment, in messages; `in_hand` counts `Ask`s read and not yet answered."""

    depth: int
    bound: int
    urgent_depth: int
    urgent_bound: int
    putters_waiting: int
    in_hand: int


class Mailbox(Generic[M]):
    """The messages of one actor.

    Args:
        name: the actor's.
        bound: messages that may wait in the normal lane, at least 1.
        urgent_bound: the same for the urgent lane.
    """

    __slots__ = (
        "_batch",
        "_closed",
        "_hand",
        "_line",
        "_messages",
        "_reader",
        "_stop_event",
        "_urgent",
        "bound",
        "name",
        "stopping",
        "urgent_bound",
    )

    def __init__(self, name: str, bound: int = 64, urgent_bound: int = URGENT_BOUND) -> None:
        if min(bound, urgent_bound) < 1:
            msg = f"mailbox {name!r}: a bound is at least 1"
            raise ValueError(msg)
        self.name = name
        self.bound = bound
        self.urgent_bound = urgent_bound
        self.stopping = False
        """Whether the supervisor has asked the actor to end."""
        self._messages: list[M] = []
        self._urgent = 0  # so many at the left end are urgent
        self._batch = 0  # read since the last schedule point
        self._closed = False
        self._reader: trio.lowlevel.Task | None = None
        self._line: OrderedDict[trio.lowlevel.Task, M] | None = None
        self._hand: set[Ask[Any]] | None = None
        self._stop_event: trio.Event | None = None

    # For everybody: to put.

    async def put(self, message: M) -> None:
        """Put `message` at the end of the normal lane; wait for room when it is full.

        Raises:
            ActorDied: the actor is gone for good, or went while this waited for room.
        """
        await trio.lowlevel.checkpoint_if_cancelled()
        self._refuse_if_closed()
        if self._has_room():
            self._messages.append(message)
            self._wake_reader()
            await trio.lowlevel.cancel_shielded_checkpoint()
        else:
            await self._stand_in_line(message)

    def put_nowait(self, message: M) -> None:
        """Put `message` at the end of the normal lane.

        Raises:
            MailboxFull: there is no room.
            ActorDied: the actor is gone for good.
        """
        self._refuse_if_closed()
        if not self._has_room():
            raise MailboxFull(self.name)
        self._messages.append(message)
        self._wake_reader()

    def put_urgent(self, message: M) -> None:
        """Put `message` before all that is not urgent. Raises as `put_nowait` does."""
        self._refuse_if_closed()
        if self._urgent >= self.urgent_bound:
            raise MailboxFull(self.name)
        self._messages.insert(self._urgent, message)
        self._urgent += 1
        self._wake_reader()

    def statistics(self) -> MailboxStatistics:
        """Return how full it is and who waits, now."""
        return MailboxStatistics(
            depth=len(self._messages) - self._urgent,
            bound=self.bound,
            urgent_depth=self._urgent,
            urgent_bound=self.urgent_bound,
            putters_waiting=len(self._line or ()),
            in_hand=len(self._hand or ()),
        )

    # For the actor: to read.

    def __aiter__(self) -> Self:
        """Iterate over the messages: urgent ones first, each lane in the order of putting."""
        return self

    async def __anext__(self) -> M:
        """Take the next message; end once a stop was requested and nothing is left.

        Raises:
            trio.BusyResourceError: somebody else is reading; a mailbox has one reader.
        """
        if self._reader is not None:
            msg = f"mailbox {self.name!r} has a reader"
            raise trio.BusyResourceError(msg)
        if self._messages and self._batch < BATCH:
            await trio.lowlevel.checkpoint_if_cancelled()
        elif self._messages or self.stopping:
            await trio.lowlevel.checkpoint()
            self._batch = 0
        while not self._messages:
            if self.stopping:
                raise StopAsyncIteration
            self._reader = trio.lowlevel.current_task()
            self._hand = self._hand or None  # an empty set takes 0.2 KiB of every idle session
            await trio.lowlevel.wait_task_rescheduled(self._stop_reading)
            self._batch = 0
        self._batch += 1
        return self._take()

    async def wait_stopping(self) -> None:
        """Wait until the supervisor asks the actor to end."""
        if self.stopping:
            await trio.lowlevel.checkpoint()
            return
        if self._stop_event is None:
            self._stop_event = trio.Event()
        await self._stop_event.wait()

    # For the supervisor: to end a life, or all of them.

    def request_stop(self) -> None:
        """Ask the actor to end: its iteration ends when nothing is left. Idempotent.

        Putting goes on: the actor decides with its last breath what it still takes.
        """
        self.stopping = True
        if self._stop_event is not None:
            self._stop_event.set()
        self._wake_reader()

    def fail_in_hand(self) -> None:
        """A life of the actor is over: answer `ActorDied` to what it had in hand."""
        hand, self._hand = self._hand, None
        for owed in list(hand or ()):
            owed.fail(ActorDied(self.name))

    def close(self) -> None:
        """The actor is gone for good: refuse all that waits and all that will come. Idempotent."""
        self._closed = True
        self.fail_in_hand()
        while self._messages:
            message = self._messages.pop(0)
            if isinstance(message, Ask):
                message.fail(ActorDied(self.name))
        self._urgent = 0
        for putter in self._line or ():
            trio.lowlevel.reschedule(putter)  # who wakes and still stands in line was refused

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ActorDied(self.name)

    def _has_room(self) -> bool:
        return len(self._messages) - self._urgent < self.bound

    def _wake_reader(self) -> None:
        if self._reader is not None:
            trio.lowlevel.reschedule(self._reader)
            self._reader = None

    def _stop_reading(self, _: object) -> trio.lowlevel.Abort:
        self._reader = None
        return trio.lowlevel.Abort.SUCCEEDED

    def _take(self) -> M:
        message = self._messages.pop(0)
        if self._urgent:
            self._urgent -= 1
        elif self._line:
            putter, waiting = self._line.popitem(last=False)
            self._messages.append(waiting)
            trio.lowlevel.reschedule(putter)
        if isinstance(message, Ask):
            if self._hand is None:
                self._hand = set()
            message.taken_in(self._hand)
        return message

    async def _stand_in_line(self, message: M) -> None:
        if self._line is None:
            self._line = OrderedDict()
        line, putter = self._line, trio.lowlevel.current_task()
        line[putter] = message

        def leave(_: object) -> trio.lowlevel.Abort:
            del line[putter]
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(leave)
        if putter in line:
            del line[putter]
            raise ActorDied(self.name)
