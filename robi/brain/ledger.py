"""What the model counts and costs in a day, and how much of it may be: pure.

Owns the counts by day and purpose since the start, the prices, and what a day may take. Days are
those of the house: local time, from midnight to midnight. Counts are the service's own; what it
does not count (a call that broke off before it said a number) is not in them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from attrs import define, field, frozen

from robi.protocol.messages import TokenUsage

BACKGROUND_SHARE: Final = 0.8
"""Of what a day may take; the rest is for conversation."""

_NOTHING: Final = TokenUsage(0, 0)
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

    @property
    def day(self) -> str:
        """Today's date."""
        return self._clock().date().isoformat()

    def count(self, purpose: str, usage: TokenUsage) -> None:
        """Count what one answer took."""
        key = (self.day, purpose)
        self._counts[key] = _sum((self._counts.get(key, _NOTHING), usage))
        self._changed[key] = None

    def restore(self, counts: Mapping[tuple[str, str], TokenUsage]) -> None:
        """Add what was counted before the start, by day and purpose; once."""
        for key, usage in counts.items():
            self._counts[key] = _sum((self._counts.get(key, _NOTHING), usage))

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

    def today(self) -> TokenUsage:
        """Return what was counted today."""
        today = self.day
        return _sum(usage for (day, _), usage in self._counts.items() if day == today)

    def used(self) -> float:
        """Return how much of what today may take is used up: 0 is nothing, 1 all or more."""
        today, allowance = self.today(), self.allowance
        tokens = today.input_tokens + today.output_tokens
        of_tokens = tokens / allowance.tokens if allowance.tokens else 0.0
        of_cost = self.prices.cost(today) / allowance.cost if allowance.cost else 0.0
        return min(1.0, max(of_tokens, of_cost))

    def until_tomorrow(self) -> int:
        """Return the seconds until midnight, rounded up; an hour off on two days of the year."""
        now = self._clock()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return ceil((midnight - now).total_seconds())

    def details(self) -> dict[str, int | float]:
        """Return what the tree tells of today."""
        today = self.today()
        told: dict[str, int | float] = {
            "tokens_today": today.input_tokens + today.output_tokens,
        }
        if self.prices != Prices():
            told["cost_today"] = round(self.prices.cost(today), 6)
        if self.allowance != Allowance():
            told["budget_used"] = round(self.used(), 3)
        return told


def _sum(usages: Iterable[TokenUsage]) -> TokenUsage:
    total_in = total_out = 0
    for usage in usages:
        total_in += usage.input_tokens
        total_out += usage.output_tokens
    return TokenUsage(total_in, total_out)
