"""The brain's actor: it owns the one client to the model for as long as the server lives.

A stream runs in the task of the turn that asked for it, inside the turn's own cancel scope
(architecture.md, *A session*): a mailbox in between would only make a cancelled turn wait. What is
owned here is what all turns share, the door (`BrainDoor`) by which they reach it, and the books of
what it takes. Door and books outlive the actor: while there is no brain behind it, whoever knocks
is told so at once.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Never

import attrs
import trio
from attrs import define, field

from robi.actors.bookkeeping import Books
from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail
from robi.brain.base import Brain, BrainRequest, Fragment, MeasuredBrain
from robi.errors import BrainUnavailable


@define(eq=False)
class BrainDoor:
    """A `Brain` that is whichever one lives now."""

    _inside: Brain | None = field(default=None, init=False)

    @property
    def model(self) -> str:
        """The name of the model, empty while there is none."""
        return self._inside.model if self._inside else ""

    def stream(self, request: BrainRequest) -> AbstractAsyncContextManager[AsyncIterator[Fragment]]:
        """Ask the brain that lives now; raises as `Brain.stream` does."""
        return self._brain().stream(request)

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask the brain that lives now; raises as `Brain.generate` does."""
        return await self._brain().generate(request)

    async def aclose(self) -> None:
        """Nothing: the brain belongs to its actor."""

    def admit(self, brain: Brain | None) -> None:
        """From now on this is the brain. For its actor."""
        self._inside = brain

    def _brain(self) -> Brain:
        if self._inside is None:
            raise BrainUnavailable("the brain is being restarted")
        return self._inside


@define(eq=False)
class BrainActor:
    """Holds the brain that `make` makes, from start to stop."""

    _make: Callable[[], MeasuredBrain]
    _door: BrainDoor
    _books: Books
    _patrol: Callable[[], Awaitable[None]] = trio.sleep_forever
    """Looks after the answers that are under way, until it is cancelled."""
    _brain: MeasuredBrain | None = field(default=None, init=False)

    async def run(self, mailbox: Mailbox[Never], ready: Callable[[], None]) -> None:
        """Hold the brain until asked to stop."""
        self._brain = brain = self._make()
        self._door.admit(brain)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._books.keep)
                nursery.start_soon(self._patrol)
                ready()
                await mailbox.wait_stopping()
                nursery.cancel_scope.cancel()
            await self._books.close()
        finally:
            self._door.admit(None)
            await brain.aclose()

    def details(self) -> Mapping[str, Detail]:
        """The model, what it counts today, and the counts of the gate.

        It is `degraded` while a service of a model is left alone (`robi.brain.breaker`).
        """
        counts = attrs.asdict(self._brain.statistics()) if self._brain else {}
        return {"model": self._door.model, **self._books.counts.details(), **counts}
