"""The gate before a brain: so many calls at once, so long for each, a retry where it may help.

Owns the time limits on the model, and the counts of how calls end; the lines before it are in
`places`, what watches over an answer that has begun in `watching`. It is a `Brain` before a
`Brain`: a turn does not know whether there is one. Nothing here runs in a task of its own: whoever
asks does the waiting, and cancelling that cancels whatever it is at, in the queue, in a back-off or
in the call, with the call closed before the block is left.

Scopes, since a block of `async with` is left by other ways than it is entered: `_opened` has one
cancel scope around the whole of an attempt, whose deadline holds until the first fragment is there
and is lifted before the block's body runs. From then on it is cancelled only while the body waits
in `__anext__`, which turns that into `BrainTimeout`: so the body never sees a `Cancelled` of ours,
unless it goes on inside of the block as if that had not been.
"""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from math import inf
from random import Random
from types import TracebackType
from typing import Final

import trio
from attrs import evolve, frozen

from robi.brain.base import Brain, BrainRequest, Fragment
from robi.brain.begun import wait_begun
from robi.brain.breaker import degraded
from robi.brain.places import Place, Places
from robi.brain.retries import Limits, Retries
from robi.brain.watching import Patrol, Time, Watched
from robi.errors import BrainError, BrainTimeout, ServerBusy

RETRIES: Final = 3

_NO_ANSWER: Final = "no answer within the limit"
_NO_FIRST_CHUNK: Final = "no first chunk within the limit"


@frozen
class GateStatistics:
    """What goes on at the gate, and went on since the start.

    `calls` are under way, or between two attempts (they keep their place, or the rush would only
    grow while the service asks for less), `waiting` are in line to be heard, and behind them
    `waiting_background`. Of all `asked`, each ends as one of `answered`, `refused` (no place),
    `timed_out`, `failed` or `left` (the asker went away, or went wrong). `retried` counts attempts
    after the first, `stalled` those among all attempts that brought nothing in time. It is
    `degraded` while a circuit is open.
    """

    degraded: bool
    calls: int
    waiting: int
    waiting_background: int
    asked: int
    answered: int
    refused: int
    timed_out: int
    failed: int
    left: int
    retried: int
    stalled: int


class Gate:
    """A `Brain` that guards another.

    Args:
        brain: the one that is asked; `aclose` closes it.
        max_calls: at once; further ones wait in line, each asker in turn. As many may wait that
            nobody waits for.
        limits: see `Limits`.
        retries: attempts after the first, before the first fragment only: what a robot has begun
            to say it cannot begin again.
        rng: for the jitter.
        patrol: looks after the answers, and costs less than to do without.
    """

    def __init__(  # noqa: PLR0913 (what stands around a call)
        self,
        brain: Brain,
        max_calls: int,
        limits: Limits | None = None,
        *,
        retries: int = RETRIES,
        rng: Random | None = None,
        patrol: Patrol | None = None,
    ) -> None:
        """Stand before `brain`; nobody is asked."""
        self._brain = brain
        self._limits = limits or Limits()
        self._retries = retries
        self._rng = rng or Random()  # noqa: S311 (jitter is no secret)
        self._places = Places(max_calls)
        self._patrol = patrol or Patrol()
        self._lent: dict[trio.CancelScope, None] = {}
        self._counts: Counter[str] = Counter()

    @property
    def model(self) -> str:
        """The model's name."""
        return self._brain.model

    def statistics(self) -> GateStatistics:
        """Return the counts as they are now."""
        counts = self._counts
        return GateStatistics(
            degraded=degraded(self._brain),
            calls=self._places.count - self._places.free,
            waiting=self._places.waiting,
            waiting_background=self._places.waiting_background,
            asked=counts["asked"],
            answered=counts["answered"],
            refused=counts["refused"],
            timed_out=counts["timed_out"],
            failed=counts["failed"],
            left=counts["left"],
            retried=counts["retried"],
            stalled=counts["stalled"],
        )

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`.

        Raises:
            ServerBusy: no place in time.
            BrainTimeout: a limit was passed; from the block's entry or from its iterator.
            BrainError: what the last attempt raised.
        """
        asked_at = trio.current_time()
        with _Counted(self._counts):
            async with self._place(request):
                waited_s = trio.current_time() - asked_at
                time = Time(asked_at + self._limits.total_s, self._limits.gap_s, waited_s)
                async with self._opened(request, time) as fragments:
                    yield fragments

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer; see `robi.brain.base.Brain.generate`. Raises as `stream` does.

        A whole answer comes at once: of the limits only the total applies, from the moment that
        there is a place.
        """
        with _Counted(self._counts):
            async with self._place(request):
                deadline = trio.current_time() + self._limits.total_s
                retries = Retries(self._rng, self._retries)
                while True:
                    request.still()
                    try:
                        with trio.move_on_at(deadline):
                            return await self._brain.generate(request)
                    except BrainError as error:
                        await self._back_off(retries, error, deadline)
                    else:
                        raise BrainTimeout(_NO_ANSWER)

    async def aclose(self) -> None:
        """Close the brain behind the gate."""
        await self._brain.aclose()

    def _place(self, request: BrainRequest) -> AbstractAsyncContextManager[None]:
        """Hold a place, waiting for it in line.

        Nobody waits to hear what is not talk: it waits longer, behind all talk, and what it has is
        lent, so that it is refused (ServerBusy) in the middle once a turn lacks a place.
        """
        if request.purpose != "talk":
            return self._lent_place(request.asker)
        if self._lent and not self._places.free:
            youngest, _ = self._lent.popitem()  # the one with the least to lose
            youngest.cancel()
        return self._in_line(request.asker, self._limits.queue_s, background=False)

    def _in_line(self, asker: str, patience_s: float, *, background: bool) -> Place:
        return Place(self._places, asker, patience_s, background=background)

    @asynccontextmanager
    async def _lent_place(self, asker: str) -> AsyncGenerator[None]:
        if self._places.waiting_background >= self._places.count:
            msg = "too much waits for the model in the background"
            raise ServerBusy(msg)
        async with self._in_line(asker, self._limits.background_s, background=True):
            with trio.CancelScope() as scope:
                self._lent[scope] = None
                try:
                    yield
                finally:
                    self._lent.pop(scope, None)
            if scope.cancelled_caught:
                msg = "the place was wanted back"
                raise ServerBusy(msg)

    @asynccontextmanager
    async def _opened(
        self, request: BrainRequest, time: Time
    ) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Open calls until one brings a fragment; give that and what follows.

        A fragment is asked for before the block is entered: until it is there the call may be
        thrown away for another.
        """
        retries = Retries(self._rng, self._retries)
        opened = False
        late: BrainTimeout | None = None
        while True:
            request.still()
            deadline = min(trio.current_time() + self._limits.first_chunk_s, time.deadline)
            try:
                with trio.CancelScope(deadline=deadline) as attempt:
                    async with self._brain.stream(request) as upstream:
                        begun = await wait_begun(upstream)
                        attempt.deadline = inf
                        if attempt.cancel_called:  # It came, but in the instant of the limit.
                            await trio.lowlevel.checkpoint_if_cancelled()
                        opened = True
                        first = begun.first
                        if first is not None and time.waited_s:
                            first = evolve(first, waited_s=time.waited_s)
                        watched = Watched(first, begun.rest, time, attempt, self._patrol)
                        self._patrol.add(watched)
                        try:
                            yield watched
                        except BrainTimeout as error:
                            late = error
                            raise
                        finally:
                            self._patrol.remove(watched)
                        return
            except BrainError as error:
                if opened:  # Raised by a later fragment, or by the body: not ours to repair.
                    raise
                await self._back_off(retries, error, time.deadline)
            else:
                if late is not None:  # and closing the call saw that it was cancelled
                    raise late
                if opened:
                    return
                self._counts["stalled"] += 1
                if not retries.after_stall(time.deadline - trio.current_time()):
                    raise BrainTimeout(_NO_FIRST_CHUNK)
                self._counts["retried"] += 1

    async def _back_off(self, retries: Retries, error: BrainError, deadline: float) -> None:
        """Wait before the next attempt, or raise `error` if there is none."""
        delay = retries.after_error(error, deadline - trio.current_time())
        if delay is None:
            raise error
        self._counts["retried"] += 1
        await trio.sleep(delay)


class _Counted(AbstractContextManager[None]):
    """Counts how a question ends, from its first moment to the end of the asker's block."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts

    def __enter__(self) -> None:
        self._counts["asked"] += 1

    def __exit__(
        self, _kind: object, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        match error:
            case None:
                ending = "answered"
            case ServerBusy():
                ending = "refused"
            case BrainTimeout():
                ending = "timed_out"
            case BrainError():
                ending = "failed"
            case _:
                ending = "left"
        self._counts[ending] += 1
