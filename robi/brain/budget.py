"""The budget before a brain: every answer is counted, and at the end of the day's there is a rest.

Owns no numbers (those are in `ledger`), only when a question is let through. It is a `Brain` before
a `Brain`, in front of the gate: what is refused here takes no place. A turn that has begun is
brought to its end, calls of functions included; so a day may take one round of answers more than it
should, of as many turns as were under way.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
from attrs import AttrsInstance, define, field

from robi.brain.base import BrainRequest, Fragment, MeasuredBrain
from robi.brain.ledger import BACKGROUND_SHARE, Ledger
from robi.errors import DayUsedUp
from robi.protocol.messages import TokenUsage

log = structlog.get_logger()


@define(eq=False)
class _Meter:
    """The counts of one call so far; those of a later chunk take the place of earlier ones."""

    usage: TokenUsage | None = field(default=None)


class Budget:
    """A `Brain` that counts what another takes, and asks it only while the day has something left.

    Args:
        brain: the one that is asked; `aclose` closes it.
        ledger: where it is counted.
    """

    def __init__(self, brain: MeasuredBrain, ledger: Ledger) -> None:
        """Stand before `brain`; nobody is asked."""
        self._brain = brain
        self._ledger = ledger
        self._told: set[tuple[str, bool]] = set()

    @property
    def model(self) -> str:
        """The model's name."""
        return self._brain.model

    def statistics(self) -> AttrsInstance:
        """Return the counts of the brain behind."""
        return self._brain.statistics()

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`.

        Raises:
            DayUsedUp: nobody was asked.
            BrainError: what the brain behind raises.
        """
        with self._metered(request) as meter:
            async with self._brain.stream(request) as fragments:
                yield _Counted(fragments, meter)

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer; see `robi.brain.base.Brain.generate`. Raises as `stream` does."""
        with self._metered(request) as meter:
            answer = await self._brain.generate(request)
            meter.usage = answer.usage
            return answer

    async def aclose(self) -> None:
        """Close the brain behind."""
        await self._brain.aclose()

    @contextmanager
    def _metered(self, request: BrainRequest) -> Iterator[_Meter]:
        """Count a call, however it ends: what was cut short is paid for too."""
        self._admit(request)
        meter = _Meter()
        try:
            yield meter
        finally:
            if meter.usage is not None:
                self._ledger.count(request.purpose, meter.usage)

    def _admit(self, request: BrainRequest) -> None:
        if request.rounds:
            return
        talk = request.purpose == "talk"
        if self._ledger.used() < (1.0 if talk else BACKGROUND_SHARE):
            return
        if (self._ledger.day, talk) not in self._told:
            self._told = {(day, of) for day, of in self._told if day == self._ledger.day}
            self._told.add((self._ledger.day, talk))
            log.warning("daily_budget_used_up", ends="talk" if talk else "background")
        retry_after = self._ledger.until_tomorrow()
        raise DayUsedUp("the daily budget is used up", retry_after=retry_after)


class _Counted:
    """The fragments of one call, whose counts are noted as they pass."""

    def __init__(self, upstream: AsyncIterator[Fragment], meter: _Meter) -> None:
        self._upstream = upstream
        self._meter = meter

    def __aiter__(self) -> "_Counted":
        return self

    async def __anext__(self) -> Fragment:
        fragment = await anext(self._upstream)
        self._meter.usage = fragment.usage or self._meter.usage
        return fragment
