"""A process that is not home: its line there, by which it hears what all must know.

Owns what becomes of what home tells and asks: news are for the sessions, and are taken when each
has them before it; who is incognito, who speaks of what, and what the model has counted elsewhere
are noted. When the line is lost home is gone: then this process is of no use, and crashes until it
is ended.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from math import inf
from typing import Any, Final, Never

import structlog
import trio
from attrs import define, field

from robi.actors.address import Address
from robi.actors.ask import Ask, ask
from robi.actors.bookkeeping import LAST_WITHIN_S
from robi.actors.erasing import SETTLE_WITHIN
from robi.actors.errors import ActorDied, ActorError
from robi.actors.line import Line
from robi.actors.mailbox import Mailbox
from robi.actors.remote import Dial, Flush
from robi.actors.snapshot import Detail
from robi.brain.base import total
from robi.brain.ledger import Ledger
from robi.protocol.messages import TokenUsage
from robi.workers.news import (
    Digests,
    Flushed,
    Lapsed,
    Leaving,
    Look,
    MaySpeak,
    Portrait,
    Released,
    Spent,
    SpentByAll,
    Standing,
    Taken,
    Told,
    Unhand,
    Visited,
    VisitOver,
)
from robi.workers.shared import ClaimsElsewhere, ForgottenElsewhere, Visits

log = structlog.get_logger()

COUNTED_EVERY_S: Final = 1.0
_NOTHING: Final = TokenUsage(0, 0)
FLUSH_AGAIN_S: Final = 0.1
BRANCH: Final = "branch"
"""What is dialled for the line of news."""


@define(eq=False)
class WayHome:
    """What this process tells home; it outlives the actor that has the line."""

    line: Line | None = field(default=None, init=False)
    _nursery: trio.Nursery | None = field(default=None, init=False)

    def open(self, line: Line | None, nursery: trio.Nursery | None) -> None:
        """From now on this is the line, and where answers are waited for. For its actor."""
        self.line, self._nursery = line, nursery

    def tell(self, message: object) -> None:
        """Tell home, if it is there; where it is gone all begins anew from the store."""
        if self.line is not None:
            with suppress(ActorDied):
                self.line.put_nowait(message)

    def may_speak(self, question: MaySpeak, answered: Callable[[bool], None]) -> None:
        """Ask home, and call `answered`; False if it does not say in time."""
        if self._nursery is None:
            answered(False)
            return
        self._nursery.start_soon(self._ask, question, answered)

    async def _ask(self, question: MaySpeak, answered: Callable[[bool], None]) -> None:
        may = False
        try:
            if self.line is not None:
                may = await ask(self.line, question, timeout=COUNTED_EVERY_S)
        except ActorError as failure:
            log.warning("home_silent", reason=type(failure).__name__)
        answered(may)


@define(eq=False)
class CountsForHome:
    """The books of a process that keeps none: home counts for all (`BrainActor` asks for these)."""

    counts: Ledger
    _way: WayHome
    _told: dict[str, TokenUsage] = field(factory=dict, init=False)
    """What home was told, of the last day of which it was told anything."""
    _written: dict[tuple[str, str], TokenUsage] = field(factory=dict, init=False)

    async def keep(self) -> None:
        """Tell home what has changed, until cancelled."""
        while True:
            await trio.sleep(COUNTED_EVERY_S)
            self._tell()

    async def close(self) -> None:
        """Tell home the last."""
        with trio.move_on_after(LAST_WITHIN_S):
            await trio.lowlevel.checkpoint()
            self._tell()

    def _tell(self) -> None:
        if self._way.line is None:
            return
        for (day, purpose), usage in self.counts.changed().items():
            before = self._written.get((day, purpose), _NOTHING)
            more = _less(usage, before)
            self._way.tell(Spent(day, purpose, more))
            self._written[day, purpose] = usage
            self._told = {day: total((self._told.get(day, _NOTHING), more))}
            self.counts.written((day, purpose), usage)
        today = self.counts.day
        self._written = {key: usage for key, usage in self._written.items() if key[0] == today}

    def note(self, spent: SpentByAll) -> None:
        """Note what all have taken: what is not of this process is from elsewhere."""
        own = self._told.get(spent.day, _NOTHING)
        self.counts.note_elsewhere(spent.day, _less(spent.usage, own))


def _less(usage: TokenUsage, part: TokenUsage) -> TokenUsage:
    return TokenUsage(
        max(0, usage.input_tokens - part.input_tokens),
        max(0, usage.output_tokens - part.output_tokens),
    )


@define(eq=False)
class BranchActor:
    """One life of the line to home.

    Args:
        inform: has every session told what `forgotten` has of news. Raises ActorDied.
        store: the mailbox here of the store at home.
        files: that of the janitor, for which nobody waits long: a disk may hang.
        unhand: has a session of this process ended.
        look: tells how this process is.
    """

    _dial: Dial
    _way: WayHome
    _forgotten: ForgottenElsewhere
    _visits: Visits
    _claims: ClaimsElsewhere
    _books: CountsForHome
    _inform: Callable[[], Awaitable[None]]
    _store: Address[Ask[None]]
    _files: Address[Ask[None]]
    _unhand: Callable[[Ask[None], Unhand], Awaitable[None]]
    _look: Callable[[Look], Awaitable[Portrait]]
    _came: trio.Event = field(factory=trio.Event, init=False)

    def details(self) -> Mapping[str, Detail]:
        """Whether home is there."""
        return {"degraded": not self._came.is_set()}

    async def run(self, mailbox: Mailbox[Never], ready: Callable[[], None]) -> None:
        """Listen to home until asked to stop.

        Raises:
            LineLost: home is gone.
        """
        async with trio.open_nursery() as nursery:

            async def take(message: Any) -> None:
                await trio.lowlevel.checkpoint()
                self._take(message, nursery)

            line = Line("home", await self._dial(BRANCH), take)
            nursery.start_soon(line.run)
            await self._came.wait()
            self._way.open(line, nursery)
            try:
                ready()
                await mailbox.wait_stopping()
                with suppress(ActorError):  # what was told last has arrived, or will not
                    await ask(line, Leaving(), timeout=LAST_WITHIN_S)
            finally:
                self._way.open(None, None)
            nursery.cancel_scope.cancel()

    def _take(self, message: Any, nursery: trio.Nursery) -> None:
        match message:
            case Standing():
                self._begin(message)
            case Ask(question=Told(news)):
                self._forgotten.take(news)
                nursery.start_soon(self._inform_sessions, message)
            case Ask(question=Flushed()):
                nursery.start_soon(self._flush, message)
            case Ask(question=Unhand() as asked):
                nursery.start_soon(self._unhand, message, asked)
            case Ask(question=Look() as asked):
                nursery.start_soon(self._answer_look, message, asked)
            case Lapsed(about):
                self._forgotten.lapse(about)
            case Digests():
                self._forgotten.change(message)
            case Visited(person_id):
                self._visits.note(person_id)
            case VisitOver(person_id):
                self._visits.end(person_id)
            case Taken() | Released():
                self._claims.note(message)
            case SpentByAll():
                self._books.note(message)
            case _:
                raise TypeError(type(message).__name__)

    def _begin(self, standing: Standing) -> None:
        self._forgotten.begin_with(standing)
        for person_id, seconds_ago in standing.visits:
            self._visits.note(person_id, seconds_ago)
        for reminder_id, session_id in standing.taken:
            self._claims.note(Taken(reminder_id, session_id))
        self._came.set()

    async def _inform_sessions(self, owed: Ask[None]) -> None:
        """Have every session told; where they have crashed, nobody is left to be told."""
        try:
            await self._inform()
        except ActorDied:
            log.info("nobody_to_inform")
        owed.reply(None)

    async def _flush(self, owed: Ask[None]) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._flush_one, self._store)
            nursery.start_soon(self._flush_files)
        owed.reply(None)

    async def _flush_files(self) -> None:
        with trio.move_on_after(SETTLE_WITHIN) as scope:
            await self._flush_one(self._files)
        if scope.cancelled_caught:
            log.warning("files_not_flushed")

    @staticmethod
    async def _flush_one(lane: Address[Ask[None]]) -> None:
        """Wait until all is there; a life of the lane that ends leaves what waits to the next."""
        while True:
            try:
                await ask(lane, Flush(), timeout=inf)
            except ActorDied:
                await trio.sleep(FLUSH_AGAIN_S)
            else:
                return

    async def _answer_look(self, owed: Ask[Portrait], asked: Look) -> None:
        owed.reply(await self._look(asked))
