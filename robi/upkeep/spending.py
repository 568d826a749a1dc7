"""What the model took: by day and by what it was asked for, and by person. For `robi usage`.

Owns the words of the table. The counts of a day are of all that was asked; those of a person are of
that person's turns, as far as these are kept, and so without what is asked in the background. A
turn is written down at its end, the counts of a day every few seconds, so that of today the latter
may be behind: the table says so.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from robi.config import Settings
from robi.people.identity import is_stranger
from robi.store import questions
from robi.store.rows import SpentRow, UsageRow
from robi.upkeep.exporting import reading

STRANGERS = "strangers"
NOBODY = "without a name"

_MILLION = 1_000_000


@frozen
class Limit:
    """What today may take, by the setting of that name, and what it has taken."""

    setting: str
    limit: int | float
    used: int | float

    @property
    def left(self) -> int | float:
        """Return what today may still take."""
        return max(0, self.limit - self.used)

    def line(self) -> str:
        """Return it in words."""
        form, what = (",", " tokens") if isinstance(self.limit, int) else (",.4f", "")
        left = f"{self.left:{form}} left" if self.left else "nothing left until midnight"
        return f"Today: {self.used:{form}} of {self.limit:{form}}{what} ({self.setting}), {left}."


@frozen
class Spending:
    """What was taken in the last `asked` days, today's included, and what today may take."""

    asked: int
    days: tuple[UsageRow, ...]
    people: tuple[SpentRow, ...]
    names: dict[str, str]
    prices: tuple[float, float]
    limits: tuple[Limit, ...]

    def cost(self, row: UsageRow | SpentRow) -> float:
        """Return what it cost by the prices of today's settings; 0 if they are not known."""
        of_input, of_output = self.prices
        return (row.prompt_tokens * of_input + row.answer_tokens * of_output) / _MILLION

    def plain(self) -> dict[str, Any]:
        """Return all of it as values that become JSON."""
        return {
            "days": [attrs.asdict(row) | {"cost": self.cost(row)} for row in self.days],
            "people": [
                {
                    "user_id": row.person_id,
                    "name": self.names.get(row.person_id),
                    "turns": row.turns,
                    "prompt_tokens": row.prompt_tokens,
                    "answer_tokens": row.answer_tokens,
                    "cost": self.cost(row),
                }
                for row in self.people
            ],
            "today": [attrs.asdict(limit) | {"left": limit.left} for limit in self.limits],
        }

    def lines(self) -> Iterator[str]:
        """Yield the table for a terminal."""
        if self.days or any(spent.prompt_tokens for spent in self.people):
            yield "By day, for the whole house, as far as it is written down (every 5 s):"
            yield from self._of_days() if self.days else ("  nothing yet",)
        else:
            days = "today" if self.asked == 1 else f"in the last {self.asked} days"
            yield f"Nothing was counted {days}: no model was asked, or it does not count."
        if self.people:
            yield "By person, their turns:"
        for spent in self.people:
            turns = "1 turn" if spent.turns == 1 else f"{spent.turns} turns"
            yield f"{self._line(self.names.get(spent.person_id, NOBODY), [spent])}  {turns}"
        for limit in self.limits:
            yield limit.line()

    def _of_days(self) -> Iterator[str]:
        for day, rows in groupby(self.days, key=lambda row: row.day):
            of_day = list(rows)
            yield self._line(day, of_day)
            for each in of_day:
                yield self._line(f"  {each.purpose}", [each])

    def _line(self, name: str, rows: Iterable[UsageRow | SpentRow]) -> str:
        of_line = list(rows)
        prompt = sum(row.prompt_tokens for row in of_line)
        answer = sum(row.answer_tokens for row in of_line)
        cost = f"  {sum(map(self.cost, of_line)):>10.4f}" if any(self.prices) else ""
        return f"  {name:<18} {prompt:>11,} in  {answer:>9,} out{cost}"


def spending(settings: Settings, path: Path, days: int, today: date) -> Spending:
    """Return what was taken in the last `days`, today's included.

    Raises:
        ConfigurationError, DatabaseError: as `reading`.
    """
    first = today - timedelta(days=days - 1)
    with reading(path) as db:
        known = questions.people(db, None, 0)
        spent = questions.spent(db, datetime.combine(first, time()).timestamp())
        told = Spending(
            days,
            questions.usage(db, first.isoformat()),
            tuple(_strangers_as_one(spent)),
            {STRANGERS: STRANGERS, **{p.person_id: p.name for p in known if p.name}},
            (settings.price_input, settings.price_output),
            limits=(),
        )
    return attrs.evolve(told, limits=tuple(_limits(settings, told, today.isoformat())))


def _limits(settings: Settings, told: Spending, today: str) -> Iterator[Limit]:
    rows = [row for row in told.days if row.day == today]
    if settings.daily_tokens:
        tokens = sum(row.prompt_tokens + row.answer_tokens for row in rows)
        yield Limit("DAILY_TOKENS", settings.daily_tokens, tokens)
    if settings.daily_budget and any(told.prices):  # without prices it limits nothing
        yield Limit("DAILY_BUDGET", settings.daily_budget, round(sum(map(told.cost, rows)), 6))


def _strangers_as_one(rows: Iterable[SpentRow]) -> Iterator[SpentRow]:
    strangers = SpentRow(STRANGERS, 0, 0, 0)
    for row in rows:
        if not is_stranger(row.person_id):
            yield row
            continue
        strangers = SpentRow(
            STRANGERS,
            strangers.turns + row.turns,
            strangers.prompt_tokens + row.prompt_tokens,
            strangers.answer_tokens + row.answer_tokens,
        )
    if strangers.turns:
        yield strangers
