"""The keyring: which keys are known, and what each opens.

Owns what is known of the keys while the server runs. It is read by whoever lets somebody in, and
kept up to date by the actor beside it (`keys`), so that nobody waits for a disk to come in. Besides
the keys of the store there is `API_KEY`, which opens everything and is kept nowhere.
"""

from collections.abc import Callable, Iterable, Iterator
from math import inf

from attrs import define, field, frozen

from robi.errors import ApiKeyExpired, ApiKeyInvalid, ApiKeyRevoked, AuthError, ServerBusy
from robi.store.base import KEY_PREFIX, KeyRole, KeyRow, UseKey, key_digest

__all__ = ["OPERATORS", "READERS", "ROBOTS", "ApiKey", "KeyRole", "Keyring", "Pass"]

ROBOTS: frozenset[KeyRole] = frozenset({"robot", "operator"})
"""Who may be a robot: talk, and ask what a phone asks."""

READERS: frozenset[KeyRole] = frozenset({"reader", "operator"})
"""Who may ask as a reader."""

OPERATORS: frozenset[KeyRole] = frozenset({"operator"})
"""Who may look at the server."""

WRITTEN_EVERY_S = 60.0
"""How exactly the last use of a key is kept."""

RETRY_AFTER_S = 2


@frozen
class Pass:
    """What a key has proved of whoever showed it.

    Args:
        key_id: its name in lists and in the log; None for `API_KEY`.
        device_id: the only device that may use it; None for any.
        origins: of a reader, the pages that may use it; others may not.
        daily_tokens: of a reader, what the key may take of the model in a day; None for no bound.
    """

    role: KeyRole
    key_id: str | None = None
    device_id: str | None = None
    origins: tuple[str, ...] = ()
    daily_tokens: int | None = None


@frozen
class ApiKey:
    """The key of the settings.

    Args:
        matches: compares in constant time.
        guessable: whether it is so short that guesses at it must be few.
    """

    matches: Callable[[str], bool]
    guessable: bool = False


@define(eq=False)
class Keyring:
    """Every key, by what it is known by.

    Args:
        wall_clock: gives Unix seconds.
    """

    _api_key: ApiKey | None
    _wall_clock: Callable[[], float]
    known: bool = field(default=False, init=False)
    """Whether the store has told of its keys yet."""
    _by_digest: dict[str, KeyRow] = field(factory=dict, init=False)
    _by_id: dict[str, KeyRow] = field(factory=dict, init=False)
    _used: dict[str, float] = field(factory=dict, init=False)
    _told: dict[str, float] = field(factory=dict, init=False)
    """The uses that the store was told of."""

    def __len__(self) -> int:
        """Return how many keys there are in the store."""
        return len(self._by_id)

    def learn(self, rows: Iterable[KeyRow]) -> None:
        """Know these keys from now on, and no others."""
        self._by_id = {row.key_id: row for row in rows}
        self._by_digest = {row.digest: row for row in self._by_id.values()}
        self._used = {key_id: at for key_id, at in self._used.items() if key_id in self._by_id}
        self._told = {key_id: at for key_id, at in self._told.items() if key_id in self._by_id}
        self.known = True

    # ── who comes ─────────────────────────────────────────────────────────────────────────

    def recognise(self, given: str, *, heard: bool = True) -> Pass:
        """Return what a key opens.

        A key of the store is found by its digest: how long that takes tells nothing of the keys
        there are. Whoever guesses is not heard for a while (`heard` is False); that is for keys
        that can be guessed, and the others are known then too: a flood of guesses from a house
        locks none of its robots out.

        Raises:
            ApiKeyInvalid, ApiKeyExpired: it opens nothing.
            ServerBusy: it may be one of the store's, of which nothing is known yet.
        """
        row = self._by_digest.get(key_digest(given)) if given.startswith(KEY_PREFIX) else None
        if row is not None:
            if (trouble := self._trouble_with(row)) is not None:
                raise trouble
            self._used[row.key_id] = self._wall_clock()
            return Pass(row.role, row.key_id, row.device_id, row.origins, row.daily_tokens)
        key = self._api_key
        if key is not None and (heard or not key.guessable) and key.matches(given):
            return Pass("operator")
        if given.startswith(KEY_PREFIX) and not self.known:
            raise ServerBusy("the keys are not known yet", retry_after=RETRY_AFTER_S)
        raise ApiKeyInvalid

    def trouble_with(self, shown: Pass) -> AuthError | None:
        """Return why whoever came in by that key must leave now; None if they may stay.

        Whoever stays is using it.
        """
        if shown.key_id is None:
            return None
        row = self._by_id.get(shown.key_id)
        if row is None:
            return ApiKeyInvalid("the key is gone")
        trouble = self._trouble_with(row)
        if trouble is None:
            self._used[row.key_id] = self._wall_clock()
        return trouble

    def _trouble_with(self, row: KeyRow) -> AuthError | None:
        if row.revoked_at is not None:
            return ApiKeyRevoked("the key was revoked")
        return ApiKeyExpired() if row.is_expired(self._wall_clock()) else None

    def origins(self) -> frozenset[str]:
        """Return the pages that some reader's key is good for now."""
        now = self._wall_clock()
        good = (row for row in self._by_id.values() if row.is_good(now))
        return frozenset(origin for row in good for origin in row.origins)

    # ── last uses ─────────────────────────────────────────────────────────────────────────

    def uses(self) -> Iterator[UseKey]:
        """Yield what the store is to know of uses: of each key once a minute at most."""
        for key_id, at in self._used.items():
            kept = self._by_id[key_id].last_used_at
            last = max(self._told.get(key_id, -inf), -inf if kept is None else kept)
            if at - last >= WRITTEN_EVERY_S:
                yield UseKey(key_id, at)

    def told(self, use: UseKey) -> None:
        """Note that the store was told of it."""
        self._told[use.key_id] = use.at
