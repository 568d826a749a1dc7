"""The lines from home to the other processes, and who of them knows what.

Owns the promise that nothing is erased before each of them knows of it
(docs/decisions/0021-workers.md). A process that does not take news in time, or is out of reach,
must not go on as if nothing was forgotten: it is given up, and its sessions go on from the store.
"""

from collections.abc import Callable, Mapping
from math import inf
from typing import Final

import structlog
import trio
from attrs import define, field

from robi.actors.ask import Ask, ask
from robi.actors.errors import ActorDied, ActorError, AskTimeout
from robi.actors.line import Line
from robi.actors.mail import Forgot, Hushed
from robi.workers.news import Flushed, Look, Portrait, Told

log = structlog.get_logger()

TAKEN_WITHIN_S: Final = 10.0
"""Seconds in which a process must have given news to its sessions, or say that it lives."""

LOOK_WITHIN_S: Final = 1.0
"""Seconds in which a process must say how it is, to be in a view."""


@define(eq=False)
class Branches:
    """The lines to the other processes, by their numbers; they outlive a crash of who serves them.

    Args:
        expected: the numbers of the others.
        give_up: has a process ended at once, by its number and its id: one that does not answer, or
            that we no longer reach.
    """

    expected: tuple[int, ...]
    _give_up: Callable[[int, int], None]
    lines: dict[int, Line] = field(factory=dict, init=False)
    _pids: dict[int, int] = field(factory=dict, init=False)
    """Of each that has come, its process."""
    _untold: dict[Ask[None], int] = field(factory=dict, init=False)
    """News that a process has not taken."""

    def came(self, worker: int, pid: int, line: Line) -> None:
        """A process has come, with its line."""
        self.lines[worker], self._pids[worker] = line, pid

    def lost(self, worker: int, pid: int, line: Line) -> None:
        """The line of a process is lost: if it still lives, its sessions would hear no news."""
        if self.lines.get(worker) is line:
            del self.lines[worker]
            self._give_up(worker, pid)

    def left(self, worker: int) -> None:
        """A process has no sessions any more."""
        self.lines.pop(worker, None)

    def tell(self, message: object, but: int | None = None) -> None:
        """Tell every process, except who has told us."""
        for worker, line in list(self.lines.items()):
            if worker != but:
                self._put(line, message)

    def announce(self, news: Forgot | Hushed) -> None:
        """Tell every process news that it must have taken before anything is erased."""
        for worker, line in list(self.lines.items()):
            owed = Ask(Told(news))
            if self._put(line, owed):
                self._untold[owed] = worker

    @staticmethod
    def _put(line: Line, message: object) -> bool:
        """Return whether it was put: a process that has just died needs to know nothing."""
        try:
            line.put_nowait(message)
        except ActorDied:
            return False
        return True

    async def all_told(self) -> None:
        """Wait until every process has taken all news, and what it had put before is here.

        One that has died has no sessions any more, and nothing of it comes.
        """
        for owed, worker in list(self._untold.items()):
            await self._taken(owed, worker)
            del self._untold[owed]
        async with trio.open_nursery() as nursery:
            for worker, line in list(self.lines.items()):
                nursery.start_soon(self._flushed, line, worker, self._pids[worker])

    async def _taken(self, owed: Ask[None], worker: int) -> None:
        while True:
            with trio.move_on_after(TAKEN_WITHIN_S):
                try:
                    await owed.answer()
                except ActorDied:
                    log.info("news_outlived_worker", number=worker)
                return
            log.error("news_not_taken", number=worker)
            self._give_up(worker, self._pids[worker])

    async def _flushed(self, line: Line, worker: int, pid: int) -> None:
        """Wait as long as it takes: a mailbox here may be full. But not for one that hangs."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._give_up_if_it_hangs, line, worker, pid)
            try:
                await ask(line, Flushed(), timeout=inf)
            except ActorDied:
                log.info("worker_lost", line=line.name)
            nursery.cancel_scope.cancel()

    async def _give_up_if_it_hangs(self, line: Line, worker: int, pid: int) -> None:
        """Until cancelled, or the line is lost."""
        while True:
            await trio.sleep(TAKEN_WITHIN_S)
            try:
                await ask(line, Look(), timeout=TAKEN_WITHIN_S)
            except AskTimeout:
                log.error("worker_hangs", number=worker)
                self._give_up(worker, pid)
            except ActorDied:
                return

    async def look(self, question: Look) -> Mapping[int, Portrait | None]:
        """Return how the others are; None for one that is not there or does not say in time."""
        seen: dict[int, Portrait | None] = dict.fromkeys(self.expected)

        async def one(worker: int, line: Line) -> None:
            try:
                portrait: Portrait = await ask(line, question, timeout=LOOK_WITHIN_S)
                seen[worker] = portrait
            except ActorError as failure:
                log.warning("worker_silent", number=worker, reason=type(failure).__name__)

        async with trio.open_nursery() as nursery:
            for worker, line in list(self.lines.items()):
                nursery.start_soon(one, worker, line)
        return seen
