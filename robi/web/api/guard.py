"""Who may call, and how often.

Owns the key of a request and the limit of protocol.md §9 (1004). The limit is exact: in no stretch
of its window does a key get more than its number through. What was refused does not count, or an
app that repeats too eagerly would lock itself out for good.
"""

import hashlib
import math
from collections import OrderedDict, deque
from collections.abc import Callable

from attrs import define, field, frozen

from robi.actors.keyring import KeyRole
from robi.errors import RateLimitExceeded

WINDOW_S = 60.0
KEYS_KEPT = 1024
"""Keys whose requests are remembered; of more, those that have been quiet longest are forgotten.
Only good keys get here, so it would take that many of ours. It is not only keys that are limited:
whoever has others says how many."""


@frozen
class Caller:
    """Whoever sends a request.

    Args:
        authenticated: to be called once the key has proved good.
    """

    key: str | None = field(repr=False)
    address: str
    authenticated: Callable[[], None]


@define(eq=False)
class RateLimit:
    """A sliding window for each key, of times in seconds on whichever clock the caller has.

    Args:
        most: how many requests fit in it.
        window_s: how long it is.
        kept: how many keys are remembered.
    """

    most: int
    window_s: float = WINDOW_S
    kept: int = KEYS_KEPT
    _times: OrderedDict[bytes, deque[float]] = field(factory=OrderedDict, init=False)

    def wait_s(self, key: str, now: float) -> int:
        """Count a request and return 0, or return in how many whole seconds one may come."""
        times = self._times_of(key)
        while times and times[0] <= now - self.window_s:
            times.popleft()
        if len(times) >= self.most:
            return max(1, math.ceil(times[0] + self.window_s - now))
        times.append(now)
        return 0

    def take_back(self, key: str, at: float) -> None:
        """Count a request no more that was let through at that time."""
        times = self._times_of(key)
        if at in times:
            times.remove(at)

    def _times_of(self, key: str) -> deque[float]:
        name = hashlib.sha256(key.encode()).digest()  # a key is not kept for this
        times = self._times.setdefault(name, deque())
        self._times.move_to_end(name)
        if len(self._times) > self.kept:
            self._times.popitem(last=False)
        return times


@define(eq=False)
class Guard:
    """Lets in who has a good key and is not too eager.

    Args:
        check: says what a key opens to one at that address who does what only these roles may;
            raises for a bad one (`robi.web.entry`).
    """

    _check: Callable[[str | None, str, frozenset[KeyRole]], object]
    _limit: RateLimit

    def recognise(self, caller: Caller, roles: frozenset[KeyRole]) -> None:
        """Let in who has a good key, however often; raises as `admit` does for a bad one."""
        self._check(caller.key, caller.address, roles)
        caller.authenticated()

    def admit(self, caller: Caller, roles: frozenset[KeyRole], now: float) -> None:
        """Let a request in, of one who has a good key and is not too eager.

        Raises:
            ApiKeyMissing, ApiKeyInvalid, ApiKeyExpired, KeyNotFit: it has no good key.
            RateLimitExceeded: it comes too soon, or from where too many wrong keys came.
            ServerBusy: the keys are not known yet.
        """
        self.recognise(caller, roles)
        if wait := self._limit.wait_s(caller.key or "", now):
            raise RateLimitExceeded(f"{self._limit.most} requests a minute", retry_after=wait)
