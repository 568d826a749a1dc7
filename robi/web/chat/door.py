"""Who may ask as a reader, and how often.

Owns the order of it: the key and its role, the page that it comes from, what the key may take of
the model in a day, and the questions in a window: of a session, and of an address, or new sessions
would be a way around the first. A key is shared by all readers of a page, so that it is no measure
of one; REST's limit does not apply.
"""

from collections.abc import Callable, Collection

import trio
from attrs import define, field, frozen
from starlette.requests import Request

from robi.actors.keyring import READERS, KeyRole, Pass
from robi.errors import DatabaseError, KeyNotFit, RateLimitExceeded, ServerBusy
from robi.web.api.guard import RateLimit
from robi.web.attempts import house_of
from robi.web.handshake import origin_allowed

ADDRESS_FACTOR = 30
"""How many readers an address may be: a class behind one router."""

KEPT = 4_096
"""Sessions, and addresses, whose questions are remembered."""

OURS = (DatabaseError, ServerBusy)
"""Refusals that are the server's fault: such a question does not count."""


@frozen
class ReaderRules:
    """Whom the door asks.

    Args:
        check_key: says what a key opens to one at that address who does what only these roles may;
            raises for a bad one (`robi.web.entry`).
        origins: pages whose readers may ask, besides our own.
        spent_today: what the readers of a key have taken of the model today, in tokens.
        until_tomorrow: the seconds until that begins anew.
        questions: how many a session may ask in a window.
        window_s: how long that is.
    """

    check_key: Callable[[str | None, str, frozenset[KeyRole]], Pass]
    origins: Callable[[], Collection[str]]
    spent_today: Callable[[str], int]
    until_tomorrow: Callable[[], int]
    questions: int = 10
    window_s: float = 60.0


@define(eq=False)
class ReaderDoor:
    """Lets readers in."""

    rules: ReaderRules
    _of_session: RateLimit = field(init=False)
    _of_address: RateLimit = field(init=False)

    def __attrs_post_init__(self) -> None:
        most, window_s = self.rules.questions, self.rules.window_s
        self._of_session = RateLimit(most, window_s, KEPT)
        self._of_address = RateLimit(ADDRESS_FACTOR * most, window_s, KEPT)

    def let_in(self, request: Request) -> Pass:
        """Return what the key of a request opens.

        Raises:
            ApiKeyMissing, ApiKeyInvalid, ApiKeyExpired: it has no good key.
            KeyNotFit: the key is for something else, or for readers of other pages.
            RateLimitExceeded: too many wrong keys came from there.
            ServerBusy: the keys are not known yet.
        """
        key, address = request.headers.get("x-api-key"), request.state.address
        shown = self.rules.check_key(key, address, READERS)
        if shown.role == "reader":
            self._check_origin(shown, request)
        request.state.authenticated()
        return shown

    def _check_origin(self, shown: Pass, request: Request) -> None:
        origins = request.headers.getlist("origin")
        origin = origins[0] if origins else None
        if len(origins) > 1:
            good = False
        elif shown.origins:
            good = origin in shown.origins
        else:
            host = request.headers.get("host")
            good = origin_allowed(origin, host, frozenset(self.rules.origins()))
        if not good:
            raise KeyNotFit("the key is not for this page")

    def check_budget(self, shown: Pass) -> None:
        """Raise RateLimitExceeded if the readers of that key have taken all that they may today."""
        if shown.key_id is None or shown.daily_tokens is None:
            return
        if self.rules.spent_today(shown.key_id) >= shown.daily_tokens:
            wait = max(1, self.rules.until_tomorrow())
            raise RateLimitExceeded("the day's tokens of this key", retry_after=wait)

    def count(self, session_id: str | None, address: str) -> "Counted":
        """Count a question; one that makes a session is `counted_for` it later.

        Raises:
            RateLimitExceeded: there were too many.
        """
        now, house = trio.current_time(), house_of(address)
        if session_id is not None:
            self._check(self._of_session, session_id, now)
        try:
            self._check(self._of_address, house, now)
        except RateLimitExceeded:
            if session_id is not None:
                self._of_session.take_back(session_id, now)
            raise
        return Counted(session_id, house, now)

    def _check(self, limit: RateLimit, name: str, now: float) -> None:
        if wait := limit.wait_s(name, now):
            details = f"{limit.most} questions in {limit.window_s:g} s"
            raise RateLimitExceeded(details, retry_after=wait)

    def take_back(self, counted: "Counted") -> None:
        """Count a question no more."""
        if counted.session_id is not None:
            self._of_session.take_back(counted.session_id, counted.at)
        self._of_address.take_back(counted.house, counted.at)

    def counted_for(self, session_id: str, counted: "Counted") -> None:
        """Count a question for the session that it has made."""
        if counted.session_id is None:
            self._of_session.wait_s(session_id, counted.at)


@frozen
class Counted:
    """A question that was counted: for whom, and when."""

    session_id: str | None
    house: str
    at: float
