"""The one clock: no drift, no burst, and no subscriber that harms another."""

from typing import Never

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.mailbox import Mailbox
from robi.actors.ticker import Tick, Ticker, next_beat

Ticks = Mailbox[Tick]


def never_mind() -> None:
    """Hear that the ticker is ready."""


async def tick_for(seconds: float, ticker: Ticker) -> None:
    with trio.move_on_after(seconds):
        await ticker.run(Mailbox("ticker"), never_mind)


async def test_ticker_ticks_each_period_without_drift(autojump_clock: MockClock) -> None:
    mailbox, start = Ticks("a"), trio.current_time()
    await tick_for(0.35, Ticker([mailbox], 0.1))
    mailbox.request_stop()
    ages = [tick.now - start async for tick in mailbox]
    assert ages == pytest.approx([0.1, 0.2, 0.3])


async def test_ticker_ends_when_asked_to_stop(autojump_clock: MockClock) -> None:
    mailbox: Mailbox[Never] = Mailbox("ticker")
    start = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Ticker([]).run, mailbox, never_mind)
        await trio.sleep(0.5)
        mailbox.request_stop()
    assert trio.current_time() - start == 0.5


async def test_ticker_that_slept_through_periods_skips_them(mock_clock: MockClock) -> None:
    mailbox = Ticks("a")
    ticker = Ticker([mailbox], 1.0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ticker.run, Mailbox[Never]("ticker"), never_mind)
        for jump in (1.0, 3.5, 0.4, 0.1):
            await wait_all_tasks_blocked()
            mock_clock.jump(jump)
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    mailbox.request_stop()
    assert [tick.now async for tick in mailbox] == [1.0, 4.5, 5.0]
    assert ticker.details() == {"ticks": 3, "skipped": 2, "missed": 0}


async def test_ticker_counts_what_a_full_or_dead_subscriber_misses(
    autojump_clock: MockClock,
) -> None:
    stuck, dead, well = Ticks("stuck", 1, urgent_bound=1), Ticks("dead"), Ticks("well")
    dead.close()
    ticker = Ticker([stuck, dead, well], 1.0)
    await tick_for(3.5, ticker)
    assert well.statistics().urgent_depth == 3
    assert ticker.details() == {"ticks": 3, "skipped": 0, "missed": 2 + 3}


async def test_tick_overtakes_what_is_not_urgent(autojump_clock: MockClock) -> None:
    mailbox: Mailbox[Tick | str] = Mailbox("a")
    mailbox.put_nowait("audio")
    await tick_for(1.5, Ticker([mailbox]))
    assert isinstance(await anext(mailbox), Tick)


@given(
    beat=st.integers(1, 10**6),
    late=st.floats(0, 100),
    period=st.floats(0.001, 60),
)
def test_next_beat_is_later_than_now_and_at_most_one_period_away(
    beat: int, late: float, period: float
) -> None:
    elapsed = beat * period + late
    following = next_beat(beat, elapsed, period)
    assert following > beat
    assert following * period - elapsed <= period * (1 + 1e-6)
    assert following * period >= elapsed * (1 - 1e-9)
