"""Several brains as one: the next is asked when one is unavailable before its first fragment.

Owns the order (`BRAIN`). It is a `Brain` before `Brain`s, behind the gate: each has an equal part
of what is left of the gate's time for a first chunk, the last one all of it, so that each is heard
before the gate gives up. After the first fragment nothing is begun again, for a robot cannot unsay
what it said; what was blocked is not put to another judge. What a brain cannot hear or see, another
may: that too is asked on.

When none answers, the failure that is told is the likeliest to pass: by it the gate decides whether
to ask again, and the person what to think. So a second brain never makes the first weaker.

The scopes are as in `robi.brain.gate`: each attempt has one around it, lifted once its first
fragment is there.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from math import inf

import structlog
import trio

from robi.brain.base import Brain, BrainRequest, Fragment
from robi.brain.begun import wait_begun
from robi.brain.breaker import degraded
from robi.brain.failures import CircuitOpen, likeliest_to_pass, worth_asking_another
from robi.brain.retries import Limits
from robi.errors import BrainError, BrainTimeout

log = structlog.get_logger()


class Failover:
    """A `Brain` that asks several in turn.

    Args:
        brains: one or more, the best first; `aclose` closes them all.
        limits: those of the gate.
    """

    def __init__(self, brains: Sequence[Brain], limits: Limits | None = None) -> None:
        """Stand before `brains`; nobody is asked."""
        self._brains = tuple(brains)
        self._limits = limits or Limits()

    @property
    def model(self) -> str:
        """The models' names, in their order."""
        return ", ".join(brain.model for brain in self._brains)

    @property
    def degraded(self) -> bool:
        """Whether the service of one of them is left alone."""
        return any(map(degraded, self._brains))

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`.

        Raises:
            BrainError: none answered; of their failures the likeliest to pass.
        """
        failures: list[BrainError] = []
        for brain, following, until in self._in_turn(self._limits.first_chunk_s):
            request.still()
            opened = False
            failure: BrainError = BrainTimeout("no first chunk")
            try:
                with trio.move_on_at(until) as attempt:
                    async with brain.stream(request) as fragments:
                        begun = await wait_begun(fragments)
                        attempt.deadline = inf
                        if attempt.cancel_called:  # It came, but in the instant of the limit.
                            await trio.lowlevel.checkpoint_if_cancelled()
                        opened = True
                        yield begun
                        return
            except BrainError as error:
                if opened or not worth_asking_another(error):
                    raise
                failure = error
            failures.append(failure)
            _tell(brain, following, failure)
        raise likeliest_to_pass(failures)

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer; see `robi.brain.base.Brain.generate`. Raises as `stream` does."""
        failures: list[BrainError] = []
        for brain, following, until in self._in_turn(self._limits.total_s):
            request.still()
            failure: BrainError = BrainTimeout("no answer")
            try:
                with trio.move_on_at(until):
                    return await brain.generate(request)
            except BrainError as error:
                if not worth_asking_another(error):
                    raise
                failure = error
            failures.append(failure)
            _tell(brain, following, failure)
        raise likeliest_to_pass(failures)

    async def aclose(self) -> None:
        """Close all brains."""
        async with trio.open_nursery() as nursery:
            for brain in self._brains:
                nursery.start_soon(brain.aclose)

    def _in_turn(self, patience_s: float) -> Iterator[tuple[Brain, Brain | None, float]]:
        """Give each brain when its turn has come, with the next one and until when it has time."""
        end = trio.current_time() + patience_s
        for place, brain in enumerate(self._brains):
            following = self._brains[place + 1 :]
            now = trio.current_time()
            until = now + (end - now) / (1 + len(following)) if following else inf
            yield brain, following[0] if following else None, until


def _tell(brain: Brain, following: Brain | None, failure: BrainError) -> None:
    if following is None or isinstance(failure, CircuitOpen):  # told by the breaker, once
        return
    log.warning(
        "next_brain_asked",
        model=brain.model,
        next_model=following.model,
        error_code=failure.error_code,
        details=failure.details,
    )
