"""The budget before a brain: every attempt is counted, and at the end of the day's there is a rest.

Owns no numbers (those are in `ledger`), only when a question is let through. It is a `Brain` before
a `Brain`, in front of the gate: what is refused here takes no place. A turn that has begun is
brought to its end, calls of functions included; so a day may take one round of answers more than it
should, of as many turns as were under way.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Final

import structlog
from attrs import AttrsInstance, evolve

from robi.brain.base import BrainRequest, Fragment, MeasuredBrain, total
from robi.brain.ledger import BACKGROUND_SHARE, Ledger
from robi.errors import BrainError, DayUsedUp
from robi.protocol.messages import TokenUsage

log = structlog.get_logger()

CHARACTERS_A_TOKEN: Final = 4
"""In the languages that are spoken here, on the average."""


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
        with self._metered(request) as metered:
            async with self._brain.stream(metered) as fragments:
                yield fragments

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer; see `robi.brain.base.Brain.generate`. Raises as `stream` does."""
        with self._metered(request) as metered:
            return await self._brain.generate(metered)

    async def aclose(self) -> None:
        """Close the brain behind."""
        await self._brain.aclose()

    def _metered(self, request: BrainRequest) -> "_Metered":
        """Return the block of a question that may be put."""
        self._admit(request)
        return _Metered(self._ledger, request)

    def _admit(self, request: BrainRequest) -> None:
        if request.rounds:
            return
        talk = request.purpose == "talk"
        share = self._ledger.share()
        if share is None or share.part < (1.0 if talk else BACKGROUND_SHARE):
            return
        if (self._ledger.day, talk) not in self._told:
            self._told = {(day, of) for day, of in self._told if day == self._ledger.day}
            self._told.add((self._ledger.day, talk))
            log.warning(
                "daily_budget_used_up",
                ends="talk" if talk else "background",
                setting=share.setting,
                used=share.used,
                limit=share.limit,
            )
        details = f"{share.setting}: {share.used} of {share.limit} used"
        raise DayUsedUp(details, retry_after=self._ledger.until_tomorrow())


def _estimate(request: BrainRequest) -> TokenUsage:
    """Return about what a question takes.

    Some services say that at the end only. Whoever has a limit of their own and leaves before could
    ask for ever.
    """
    said = (request.system, request.utterance.text, *(each.text for each in request.history))
    return TokenUsage(sum(map(len, said)) // CHARACTERS_A_TOKEN, 0)


class _Metered(AbstractContextManager[BrainRequest]):
    """Gives the question to put: however it ends, what it took is counted, once."""

    def __init__(self, ledger: Ledger, request: BrainRequest) -> None:
        self._ledger = ledger
        self._request = request
        self._taken: list[TokenUsage] = []

    def __enter__(self) -> BrainRequest:
        return evolve(self._request, spent=self._spent)

    def __exit__(self, _kind: object, error: object, _traceback: object) -> None:
        request = self._request
        if request.payer and not self._taken and not isinstance(error, BrainError):
            self._taken.append(_estimate(request))
        if self._taken:
            self._ledger.count(request.payer or request.purpose, total(self._taken))

    def _spent(self, usage: TokenUsage) -> None:
        self._taken.append(usage)
        self._request.spent(usage)
