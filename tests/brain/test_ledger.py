"""What is counted in a day: pure, with a clock in the test's hands."""

from datetime import datetime, timedelta, timezone

import pytest
from attrs import define

from robi.brain.ledger import Allowance, Ledger, Prices
from robi.protocol.messages import TokenUsage

MADRID = timezone(timedelta(hours=1))


@define
class Clock:
    now: datetime = datetime(2026, 11, 21, 22, 30, tzinfo=MADRID)

    def __call__(self) -> datetime:
        return self.now


def counted(
    *usages: TokenUsage, allowance: Allowance | None = None, purpose: str = "talk"
) -> Ledger:
    ledger = Ledger(Clock(), Prices(1.0, 10.0), allowance or Allowance())
    for usage in usages:
        ledger.count(purpose, usage)
    return ledger


def test_ledger_adds_up_a_day_over_all_purposes() -> None:
    ledger = counted(TokenUsage(100, 10), TokenUsage(50, 5))
    ledger.count("summary", TokenUsage(1, 2))
    assert ledger.today() == TokenUsage(151, 17)


def test_ledger_day_ends_at_midnight_of_the_house() -> None:
    clock = Clock()
    ledger = Ledger(clock)
    ledger.count("talk", TokenUsage(100, 10))
    assert (ledger.day, ledger.until_tomorrow()) == ("2026-11-21", 90 * 60)
    clock.now += timedelta(minutes=89)
    assert ledger.today() == TokenUsage(100, 10)
    clock.now += timedelta(minutes=1)
    assert (ledger.day, ledger.today()) == ("2026-11-22", TokenUsage(0, 0))


@pytest.mark.parametrize(
    ("allowance", "setting", "used", "part"),
    [
        pytest.param(Allowance(tokens=240_000), "DAILY_TOKENS", 120_000, 0.5, id="tokens"),
        pytest.param(Allowance(cost=1.2), "DAILY_BUDGET", 0.3, 0.25, id="cost"),
        pytest.param(
            Allowance(cost=1.2, tokens=240_000), "DAILY_TOKENS", 120_000, 0.5, id="the tighter one"
        ),
        pytest.param(
            Allowance(cost=0.1, tokens=60_000), "DAILY_BUDGET", 0.3, 1.0, id="the more exceeded one"
        ),
        pytest.param(Allowance(tokens=1), "DAILY_TOKENS", 120_000, 1.0, id="more than all"),
    ],
)
def test_ledger_tells_how_much_of_a_day_is_used(
    allowance: Allowance, setting: str, used: float, part: float
) -> None:
    share = counted(TokenUsage(100_000, 20_000), allowance=allowance).share()
    assert share is not None
    assert (share.setting, share.used) == (setting, used)
    assert share.part == pytest.approx(part)


@pytest.mark.parametrize(
    ("prices", "allowance"),
    [(Prices(1.0, 10.0), Allowance()), (Prices(), Allowance(cost=1.0))],
    ids=["no limit", "a limit of what has no price"],
)
def test_ledger_of_a_day_without_end_has_no_share(prices: Prices, allowance: Allowance) -> None:
    ledger = Ledger(Clock(), prices, allowance)
    ledger.count("talk", TokenUsage(10**9, 1))
    assert ledger.share() is None
    assert "budget_used" not in ledger.details()


def test_ledger_adds_what_was_counted_before_the_start() -> None:
    ledger = counted(TokenUsage(1, 1))
    ledger.restore(
        {("2026-11-21", "talk"): TokenUsage(10, 10), ("2026-11-21", "x"): TokenUsage(2, 2)}
    )
    assert ledger.today() == TokenUsage(13, 13)
    assert ledger.changed() == {("2026-11-21", "talk"): TokenUsage(11, 11)}


def test_ledger_what_is_written_is_not_to_be_written_again() -> None:
    ledger = counted(TokenUsage(1, 1))
    for key, usage in ledger.changed().items():
        ledger.written(key, usage)
    assert ledger.changed() == {}
    assert ledger.today() == TokenUsage(1, 1)


def test_ledger_what_changed_while_it_was_written_is_written_again() -> None:
    ledger = counted(TokenUsage(1, 1))
    ((key, usage),) = ledger.changed().items()
    ledger.count("talk", TokenUsage(1, 1))
    ledger.written(key, usage)
    assert ledger.changed() == {key: TokenUsage(2, 2)}


def test_ledger_yesterday_stays_until_it_is_written() -> None:
    clock = Clock()
    ledger = Ledger(clock)
    ledger.count("talk", TokenUsage(1, 1))
    clock.now += timedelta(days=1)
    ((key, usage),) = ledger.changed().items()
    assert (key, usage) == (("2026-11-21", "talk"), TokenUsage(1, 1))
    ledger.written(key, usage)
    assert ledger.changed() == {}


def test_ledger_tells_the_tree_what_is_known() -> None:
    bare = Ledger(Clock())
    bare.count("talk", TokenUsage(9, 1))
    assert bare.details() == {"tokens_today": 10}
    ledger = counted(TokenUsage(100_000, 20_000), allowance=Allowance(cost=0.6))
    assert ledger.details() == {
        "tokens_today": 120_000,
        "cost_today": 0.3,
        "budget_used": 0.5,
        "budget_setting": "DAILY_BUDGET",
        "budget_limit": 0.6,
    }


def test_ledger_counts_since_the_start_over_midnight_and_without_what_was_before() -> None:
    clock = Clock()
    ledger = Ledger(clock)
    ledger.restore({(ledger.day, "talk"): TokenUsage(1000, 1000)})
    ledger.count("talk", TokenUsage(100, 10))
    clock.now += timedelta(days=1)
    ledger.count("talk", TokenUsage(1, 2))
    ledger.count("summary", TokenUsage(3, 4))
    assert ledger.counted == {"talk": TokenUsage(101, 12), "summary": TokenUsage(3, 4)}
