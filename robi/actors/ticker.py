"""The one clock: nobody else runs a periodic timer (pings, time-outs and expiries hang on it).

One task wakes once a period for everybody. A timer a session would cost half a core for
10,000 of them (findings.md, *WebSocket under trio*).
"""

from collections.abc import Callable, Mapping, Sequence
from math import floor
from typing import Never

import trio
from attrs import define, field, frozen, validators

from robi.actors.address import Address
from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail


@frozen
class Tick:
    """A period has passed. `now` is `trio.current_time()`, in seconds."""

    now: float


def next_beat(beat: int, elapsed: float, period: float) -> int:
    """Return the number of the beat after `beat` that is still to come.

    Beat n is due n periods after the start, whatever became of those before it: so lateness
    never adds up, and beats that were slept through are left out rather than made up for.
    """
    return max(beat, floor(elapsed / period)) + 1


@define(eq=False)
class Ticker:
    """Hands a `Tick` to each subscriber, every `period` seconds.

    The subscribers are given, not asked for: a ticker that was restarted forgets none. The
    tick goes by the urgent lane, since time-outs count most where the mailbox is full; a
    subscriber whose urgent lane is full too misses it, which is counted, and harms nobody:
    a tick says nothing that the next one does not.
    """

    _subscribers: Sequence[Address[Tick]]
    _period: float = field(default=1.0, validator=validators.gt(0.0))
    _late: Callable[[float], None] = lambda _seconds: None
    """Told at each tick how late it was: so long the loop had no time for whoever was due."""
    _ticks: int = field(default=0, init=False)
    _skipped: int = field(default=0, init=False)
    _missed: int = field(default=0, init=False)

    async def run(self, mailbox: Mailbox[Never], ready: Callable[[], None]) -> None:
        """Tick until asked to stop."""
        start = trio.current_time()
        beat = 1
        ready()
        while True:
            with trio.move_on_at(start + beat * self._period):
                await mailbox.wait_stopping()
                return
            now = trio.current_time()
            self._late(now - start - beat * self._period)
            self._tick(Tick(now))
            following = next_beat(beat, now - start, self._period)
            self._skipped += following - beat - 1
            beat = following

    def _tick(self, tick: Tick) -> None:
        self._ticks += 1
        for address in self._subscribers:
            try:
                address.put_urgent(tick)
            except (MailboxFull, ActorDied):  # dead ones are few: those stopped before the ticker
                self._missed += 1

    def details(self) -> Mapping[str, Detail]:
        """Periods ticked and skipped, and ticks that a subscriber missed."""
        return {"ticks": self._ticks, "skipped": self._skipped, "missed": self._missed}
