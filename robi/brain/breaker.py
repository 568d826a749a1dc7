"""The circuit breaker before one model: a service that is down is left alone, and told of at once.

Owns the judgement on a service, from how calls to it end. It is a `Brain` before a `Brain`, behind
the gate, which owns the time limits; so what is cancelled after a long silence is a failure too.
After Michael Nygard, *Release It!* (2007).

    closed ── FAILURES in WINDOW_S, none answered meanwhile ──▶ open ── pause is over ──▶ one probe
      ▲   └── our key or our model's name is refused ──────────▶  ▲                        │   │
      └───────────────────────── it answers ─────────────────────┼────────────────────────┘   │
                                                                 └── it fails: longer pause ───┘

While it is open whoever asks hears of it in no time, instead of after two stalls. The probe is the
question of whoever asks first when the pause is over: nothing here runs in a task of its own.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from math import ceil
from random import Random
from typing import Final, Protocol, runtime_checkable

import structlog
import trio
from attrs import define, field

from robi.brain.base import Brain, BrainRequest, Fragment
from robi.brain.begun import wait_begun
from robi.brain.failures import (
    BrainRefused,
    BrainUnreachable,
    CircuitOpen,
    ContextTooShort,
    EmptyAnswer,
)
from robi.brain.retries import Limits
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
)

log = structlog.get_logger()

FAILURES: Final = 5
"""More than the four attempts of one turn: a single robot's bad luck opens nothing."""
WINDOW_S: Final = 60.0
QUICK_S: Final = 1.0
"""Calls that fail sooner, and began before the last failure was known, are one failure: two hundred
robots that speak at once are refused together when a service takes no more at that instant."""

FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 60.0
REFUSED_PAUSE_S: Final = 300.0
"""The longest where we are refused: a key is mended by people, not by time. The first is as short
as any: one odd status of a router or a captive portal shall not silence a house for minutes."""

STALLED: Final = 0.9
"""A stream that was left after so much of its time without a word has failed, whoever left it: a
little less than the least patience of those who ask, which is that of `robi.brain.failover`."""


@runtime_checkable
class Watched(Protocol):
    """A brain that knows how its service is."""

    @property
    def degraded(self) -> bool:
        """Whether a service is left alone."""


def degraded(brain: Brain) -> bool:
    """Tell whether a service behind `brain` is left alone; False for a brain that does not know."""
    return isinstance(brain, Watched) and brain.degraded


@define(eq=False)
class Call:
    """One call, as the circuit sees it."""

    began: float
    probe: bool
    answers_before: int
    judged: bool = False


@define(eq=False)
class Circuit:
    """Open or closed; pure, with the time given from outside.

    A call that began before the last answer says nothing against the service: it answered others
    since. So fifty streams that stall at the same time, among as many that do not, open nothing.

    Args:
        model: for the log.
        rng: for the jitter.
    """

    model: str
    _rng: Random
    _answers: int = field(default=0, init=False)
    _failed_at: deque[float] = field(factory=deque, init=False)
    _open_until: float | None = field(default=None, init=False)
    _pause: float = field(default=FIRST_PAUSE_S, init=False)
    _probing: bool = field(default=False, init=False)
    _reason: str = field(default="", init=False)
    _refused: bool = field(default=False, init=False)

    @property
    def is_open(self) -> bool:
        """Whether calls are refused, but for a probe now and then."""
        return self._open_until is not None

    def admit(self, now: float) -> Call:
        """Let a call through. Raises CircuitOpen."""
        if self._open_until is not None and (self._probing or now < self._open_until):
            retry_after = max(1, ceil(self._open_until - now))
            raise CircuitOpen(
                f"not asked, since {self._reason}", retry_after=retry_after, refused=self._refused
            )
        self._probing = self.is_open
        return Call(now, self._probing, self._answers)

    def answered(self, call: Call) -> None:
        """The service has answered, if only that it will not speak of this."""
        call.judged = True
        self._answers += 1
        self._failed_at.clear()
        self._probing = False
        if self.is_open:
            self._open_until = None
            self._pause = FIRST_PAUSE_S
            log.info("brain_circuit_closed", model=self.model)

    def failed(self, call: Call, now: float, error: BrainError) -> None:
        """The call has come to nothing."""
        call.judged = True
        if call.probe:
            self._probing = False
        if call.answers_before != self._answers:
            return
        refused = isinstance(error, BrainRefused) and error.advice is not None
        if self.is_open:
            if call.probe:
                self._leave_alone(now, error, refused=refused)
            return
        if self._failed_at and call.began < self._failed_at[-1] and now - call.began < QUICK_S:
            return
        self._failed_at.append(now)
        while self._failed_at[0] < now - WINDOW_S:
            self._failed_at.popleft()
        if not refused and len(self._failed_at) < FAILURES:
            return
        self._leave_alone(now, error, refused=refused)
        log.error("brain_circuit_open", model=self.model, reason=self._reason, **_known_of(error))

    def undecided(self, call: Call) -> None:
        """The call says nothing about the service; was it a probe, the next one is."""
        call.judged = True
        if call.probe:
            self._probing = False

    def _leave_alone(self, now: float, error: BrainError, *, refused: bool) -> None:
        """Pause, at least half of what is due, so that many servers do not come back together."""
        self._reason = error.details or error.error_code
        self._refused = refused
        bound = REFUSED_PAUSE_S if refused else LONGEST_PAUSE_S
        pause = min(self._pause, bound)
        self._open_until = now + pause / 2 + self._rng.uniform(0, pause / 2)
        self._pause = min(2 * self._pause, max(bound, FIRST_PAUSE_S))


def _known_of(error: BrainError) -> Mapping[str, str]:
    """Return what helps an operator who reads of it."""
    match error:
        case BrainRefused(advice=str(advice)):
            return {"advice": advice}
        case BrainUnreachable():
            return {"address": error.address, "advice": error.advice}
    return {}


class Breaker:
    """A `Brain` that asks another only as long as that makes sense.

    Args:
        brain: the one that is asked; `aclose` closes it.
        brains: among how many the gate's time is divided. One alone is judged as one of two: a
            person has no more patience than another brain.
        rng: for the jitter.
    """

    def __init__(self, brain: Brain, *, brains: int = 1, rng: Random | None = None) -> None:
        """Stand before `brain`; nobody is asked."""
        self._brain = brain
        self._part = STALLED / max(brains, 2)
        self._limits = Limits()
        self._circuit = Circuit(brain.model, rng or Random())  # noqa: S311 (jitter is no secret)

    @property
    def model(self) -> str:
        """The model's name."""
        return self._brain.model

    @property
    def degraded(self) -> bool:
        """Whether the circuit is open."""
        return self._circuit.is_open

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; see `robi.brain.base.Brain.stream`.

        Raises:
            CircuitOpen: nobody was asked.
            BrainError: what the brain behind raises.
        """
        with self._judged(self._part * self._limits.first_chunk_s) as call:
            async with self._brain.stream(request) as fragments:
                begun = await wait_begun(fragments)
                self._circuit.answered(call)
                yield begun

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer; see `robi.brain.base.Brain.generate`. Raises as `stream` does."""
        with self._judged(self._part * self._limits.total_s) as call:
            answer = await self._brain.generate(request)
            self._circuit.answered(call)
            return answer

    async def aclose(self) -> None:
        """Close the brain behind."""
        await self._brain.aclose()

    def _judged(self, stalled_s: float) -> "_Judged":
        """Let a call through, to be judged in a block. Raises CircuitOpen."""
        return _Judged(self._circuit, self._circuit.admit(trio.current_time()), stalled_s)


class _Judged(AbstractContextManager[Call]):
    """Judges a call by the first thing that comes of it; what comes later is another matter."""

    def __init__(self, circuit: Circuit, call: Call, stalled_s: float) -> None:
        self._circuit = circuit
        self._call = call
        self._stalled_s = stalled_s

    def __enter__(self) -> Call:
        return self._call

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        call = self._call
        if call.judged:
            return
        if isinstance(error, BrainError):
            self._judge(call, error)
            return
        now = trio.current_time()  # it was left, or went wrong on our side
        if now - call.began >= self._stalled_s:
            self._circuit.failed(call, now, BrainTimeout("no answer within the limit"))
        else:
            self._circuit.undecided(call)

    def _judge(self, call: Call, error: BrainError) -> None:
        match error:
            case EmptyAnswer() | ContextTooShort():
                self._circuit.answered(call)
            case BrainRefused(advice=str()):
                self._circuit.failed(call, trio.current_time(), error)
            case BrainRateLimited() if not call.probe:  # neither well nor down: the gate waits
                self._circuit.undecided(call)
            case BrainRefused() | BrainBlocked() | BrainRateLimited():  # it answers, if only no
                self._circuit.answered(call)
            case BrainUnavailable() | BrainTimeout():
                self._circuit.failed(call, trio.current_time(), error)
            case _:  # what was refused before it was sent
                self._circuit.undecided(call)
