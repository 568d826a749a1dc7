"""What the model counts and costs in a day, and how much of it may be: pure.

Owns the counts by day and purpose since the start, the prices, and what a day may take. Days are
those of the house: local time, from midnight to midnight. Counts are the service's own; what it
does not count (a call that broke off before it said a number) is not in them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from attrs import define, field, frozen

from robi.brain.base import total
from robi.protocol.messages import TokenUsage

BACKGROUND_SHARE: Final = 0.8
"""Of what a day may take; the rest is for conversation."""

_NOTHING: Final = TokenUsage(0, 0)
_ELSEWHERE: Final = "elsewhere"
_MILLION: Final = 1_000_000


@frozen
class Prices:
    """What a million tokens cost, in whatever currency; 0 where that is not known."""

    input: float = 0.0
    output: float = 0.0

    def cost(self, usage: TokenUsage) -> float:
        """Return what so many tokens cost."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / _MILLION


@frozen
class Allowance:
    """What a day may take, in money and in tokens; 0 is no limit."""

    cost: float = 0.0
    tokens: int = 0


@frozen
class Share:
    """How much of one limit a day has taken; `setting` is the one that sets it."""

    setting: str
    used: int | float
    limit: int | float

    @property
    def part(self) -> float:
        """Return what is used up: 0 is nothing, 1 all or more."""
        return min(1.0, self.used / self.limit)


@define(eq=False)
class Ledger:
    """The counts of today, and of earlier days that are not written down yet.

    Args:
        clock: local time with its zone.
    """

    _clock: Callable[[], datetime]
    prices: Prices = field(factory=Prices)
    allowance: Allowance = field(factory=Allowance)
    _counts: dict[tuple[str, str], TokenUsage] = field(factory=dict, init=False)
    _changed: dict[tuple[str, str], None] = field(factory=dict, init=False)
    counted: dict[str, TokenUsage] = field(factory=dict, init=False)
    """What was counted since the start, by purpose; it only grows."""

    @property
    def day(self) -> str:
        """Today's date."""
        return self._clock().date().isoformat()

    def count(self, purpose: str, usage: TokenUsage) -> None:
        """Count what one answer took."""
        key = (self.day, purpose)
        self._counts[key] = total((self._counts.get(key, _NOTHING), usage))
        self._changed[key] = None
        self.counted[purpose] = total((self.counted.get(purpose, _NOTHING), usage))

    def add(self, key: tuple[str, str], usage: TokenUsage) -> None:
        """Count what another process of the server has taken, by day and purpose."""
        self._counts[key] = total((self._counts.get(key, _NOTHING), usage))
        self._changed[key] = None

    def note_elsewhere(self, day: str, usage: TokenUsage) -> None:
        """Note what all others have taken that day: it counts here, and others write it down."""
        self._counts[day, _ELSEWHERE] = usage

    def restore(self, counts: Mapping[tuple[str, str], TokenUsage]) -> None:
        """Add what was counted before the start, by day and purpose; once."""
        for key, usage in counts.items():
            self._counts[key] = total((self._counts.get(key, _NOTHING), usage))

    def changed(self) -> dict[tuple[str, str], TokenUsage]:
        """Return the counts that are not written down; of other days nothing else is kept."""
        today = self.day
        self._counts = {
            key: usage
            for key, usage in self._counts.items()
            if key[0] == today or key in self._changed
        }
        return {key: self._counts[key] for key in self._changed}

    def written(self, key: tuple[str, str], usage: TokenUsage) -> None:
        """These counts are written down."""
        if self._counts[key] == usage:
            self._changed.pop(key, None)

    def tokens_of(self, purpose: str) -> int:
        """Return the tokens that were counted today for one purpose."""
        usage = self._counts.get((self.day, purpose), _NOTHING)
        return usage.input_tokens + usage.output_tokens

    def today(self) -> TokenUsage:
        """Return what was counted today."""
        today = self.day
        return total(usage for (day, _), usage in self._counts.items() if day == today)

    def share(self) -> Share | None:
        """Return how much is used up of the limit that is nearest; None if there is no limit."""
        today, allowance = self.today(), self.allowance
        shares = []
        if allowance.tokens:
            tokens = today.input_tokens + today.output_tokens
            shares.append(Share("DAILY_TOKENS", tokens, allowance.tokens))
        if allowance.cost and self.prices != Prices():
            cost = round(self.prices.cost(today), 6)
            shares.append(Share("DAILY_BUDGET", cost, allowance.cost))
        return max(shares, key=lambda share: share.used / share.limit, default=None)

    def until_tomorrow(self) -> int:
        """Return the seconds until midnight, rounded up; an hour off on two days of the year."""
        now = self._clock()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return ceil((midnight - now).total_seconds())

    def details(self) -> dict[str, int | float | str]:
        """Return what the tree tells of today."""
        today = self.today()
        told: dict[str, int | float | str] = {
            "tokens_today": today.input_tokens + today.output_tokens,
        }
        if self.prices != Prices():
            told["cost_today"] = round(self.prices.cost(today), 6)
        if (share := self.share()) is not None:
            told["budget_used"] = round(share.part, 3)
            told["budget_setting"] = share.setting
            told["budget_limit"] = share.limit
        return told
