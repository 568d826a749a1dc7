"""Who may call, and how often.

Owns the key of a request and the limit of protocol.md §9 (1004). The limit is exact: in no stretch
of a minute does a key get more than its number through. What was refused does not count, or an app
that repeats too eagerly would lock itself out for good.
"""

import hashlib
import math
from collections import OrderedDict, deque
from collections.abc import Callable

from attrs import define, field

from robi.errors import RateLimitExceeded

WINDOW_S = 60.0
KEYS_KEPT = 1024
"""Keys whose requests are remembered; of more, those that have been quiet longest are forgotten.
Only good keys get here, so it would take that many of ours."""


@define(eq=False)
class RateLimit:
    """A sliding window for each key, of times in seconds on whichever clock the caller has."""

    most: int
    _times: OrderedDict[bytes, deque[float]] = field(factory=OrderedDict, init=False)

    def wait_s(self, key: str, now: float) -> int:
        """Count a request and return 0, or return in how many whole seconds one may come."""
        name = hashlib.sha256(key.encode()).digest()  # a key is not kept for this
        times = self._times.setdefault(name, deque())
        self._times.move_to_end(name)
        if len(self._times) > KEYS_KEPT:
            self._times.popitem(last=False)
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= self.most:
            return max(1, math.ceil(times[0] + WINDOW_S - now))
        times.append(now)
        return 0


@define(eq=False)
class Guard:
    """Lets in who has a good key and is not too eager.

    Args:
        check_key: raises an AuthError for a bad key, in constant time.
    """

    _check_key: Callable[[str | None], None]
    _limit: RateLimit

    def recognise(self, key: str | None, authenticated: Callable[[], None]) -> None:
        """Let in who has a good key, however often; raises as `admit` does for a bad one."""
        self._check_key(key)
        authenticated()

    def admit(self, key: str | None, now: float, authenticated: Callable[[], None]) -> None:
        """Let a request in; `authenticated` is called once its key has proved good.

        Raises:
            ApiKeyMissing, ApiKeyInvalid, ApiKeyExpired: it has no good key.
            RateLimitExceeded: it comes too soon.
        """
        self.recognise(key, authenticated)
        if wait := self._limit.wait_s(key or "", now):
            raise RateLimitExceeded(f"{self._limit.most} requests a minute", retry_after=wait)
