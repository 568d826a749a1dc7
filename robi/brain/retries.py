"""When a question to the model is put again, and how long is waited before: pure, no clock.

Owns the time limits of a call and the back-off between attempts. Why a stall counts apart: streams
stall in the field with no error, and a second call at once nearly always goes through (findings.md,
*Gemini under trio*), but a person who has waited through two stalls has waited long enough. Empty
answers are as such stalls, and each is paid for.
"""

from random import Random
from typing import Final

from attrs import define, field, frozen

from robi.brain.failures import EmptyAnswer, worth_retrying
from robi.errors import BrainError, BrainTimeout

STALLS_RETRIED: Final = 1
"""Of one question, and as many empty answers."""
_BACKOFF_S: Final = 0.5
_LONGEST_BACKOFF_S: Final = 4.0


@frozen
class Limits:
    """How long a person waits for the model, in seconds.

    `total_s` counts from the question to the end of the answer. `first_chunk_s` is that of one
    attempt; of several brains each has its part of both (`robi.brain.failover`).
    `queue_s` is for a place among the calls at once; `background_s` for one that nobody waits for.
    """

    total_s: float = 30.0
    first_chunk_s: float = 10.0
    gap_s: float = 8.0
    queue_s: float = 2.0
    background_s: float = 30.0


@define
class Retries:
    """The retries that one question has left.

    Full jitter (Marc Brooker, *Exponential Backoff and Jitter*, AWS 2015): any time from none to a
    bound that doubles, so that robots that failed together do not come back together.
    """

    rng: Random
    left: int
    _stalls_left: int = field(default=STALLS_RETRIED, init=False)
    _empty_left: int = field(default=STALLS_RETRIED, init=False)
    _bound: float = field(default=_BACKOFF_S, init=False)

    def after_error(self, error: BrainError, time_left: float) -> float | None:
        """Return the seconds to wait before asking again; None: give up, raise `error`.

        The service's own `retry_after` is kept to, and when that takes more than the `time_left`
        the person hears now rather than later that there is no answer.
        """
        if self.left == 0 or not worth_retrying(error):
            return None
        if isinstance(error, BrainTimeout):  # one of several brains stalled
            return 0.0 if self.after_stall(time_left) else None
        if isinstance(error, EmptyAnswer):
            if self._empty_left == 0:
                return None
            self._empty_left -= 1
        delay = self.rng.uniform(0, self._bound) + (error.retry_after or 0)
        if delay >= time_left:
            return None
        self.left -= 1
        self._bound = min(2 * self._bound, _LONGEST_BACKOFF_S)
        return delay

    def after_stall(self, time_left: float) -> bool:
        """Tell whether to ask again, at once, when nothing came within the limit."""
        if self.left == 0 or self._stalls_left == 0 or time_left <= 0:
            return False
        self.left -= 1
        self._stalls_left -= 1
        return True
