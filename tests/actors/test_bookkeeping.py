"""Bookkeeping: the counts of a day go over a restart, and through a store in trouble."""

from datetime import UTC, datetime

import pytest
import trio
from attrs import define, field
from trio.testing import MockClock

from robi.actors.bookkeeping import EVERY_S, Bookkeeping
from robi.actors.errors import ActorDied, AskTimeout
from robi.actors.mailbox import Mailbox
from robi.actors.store_mail import Load, StoreAddress, T
from robi.brain.ledger import Ledger
from robi.errors import DatabaseError
from robi.protocol.messages import TokenUsage
from robi.store.base import KeepUsage, UsageRow, Write
from robi.store.ram import RamStore

DAY = "2026-11-21"


@define(eq=False)
class Moody(StoreAddress):
    """A store that raises what it is given first, and then does what it is asked."""

    store: RamStore = field(factory=RamStore, kw_only=True)
    failures: list[Exception] = field(factory=list, kw_only=True)
    writes: int = field(default=0, init=False)
    stuck: bool = field(default=False, kw_only=True)

    async def write(self, write: Write) -> None:
        await trio.lowlevel.checkpoint()
        if self.stuck:
            await trio.sleep_forever()
        if self.failures:
            raise self.failures.pop(0)
        self.writes += 1
        self.store.write([write])

    async def read(self, load: Load[T], *, within: float) -> T:  # noqa: ARG002
        await trio.lowlevel.checkpoint()
        if self.failures:
            raise self.failures.pop(0)
        return load.read(self.store)


@define(eq=False)
class Desk:
    """Books, and what they are written in."""

    address: Moody = field(factory=lambda: Moody(Mailbox("store")))
    ledger: Ledger = field(
        factory=lambda: Ledger(lambda: datetime(2026, 11, 21, 12, tzinfo=UTC)), init=False
    )
    books: Bookkeeping = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.books = Bookkeeping(self.ledger, self.address)

    @property
    def kept(self) -> tuple[UsageRow, ...]:
        return self.address.store.usage("")

    def count(self, tokens: int) -> None:
        self.ledger.count("talk", TokenUsage(tokens, 1))


async def test_what_is_counted_is_written_down_within_seconds(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    desk = Desk()
    nursery.start_soon(desk.books.keep)
    desk.count(50)
    await trio.sleep(EVERY_S + 1)
    assert desk.kept == (UsageRow(DAY, "talk", 50, 1),)
    nursery.cancel_scope.cancel()


async def test_what_has_not_changed_is_not_written_again(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    desk = Desk()
    nursery.start_soon(desk.books.keep)
    desk.count(50)
    await trio.sleep(10 * EVERY_S)
    assert desk.address.writes == 1
    nursery.cancel_scope.cancel()


async def test_next_server_goes_on_counting_where_the_last_ended(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    desk = Desk()
    desk.address.store.write([KeepUsage(UsageRow(DAY, "talk", 50, 1))])
    desk.address.store.write([KeepUsage(UsageRow("2026-11-20", "talk", 9, 9))])
    desk.count(7)  # before the books are open
    nursery.start_soon(desk.books.keep)
    await trio.sleep(EVERY_S + 1)
    assert desk.ledger.today() == TokenUsage(57, 2)
    assert desk.kept[-1] == UsageRow(DAY, "talk", 57, 2)
    nursery.cancel_scope.cancel()


async def test_next_life_of_who_keeps_them_reads_nothing_twice(autojump_clock: MockClock) -> None:
    desk = Desk()
    desk.address.store.write([KeepUsage(UsageRow(DAY, "talk", 50, 1))])
    for _ in range(2):
        with trio.move_on_after(1):
            await desk.books.keep()
    assert desk.ledger.today() == TokenUsage(50, 1)


@pytest.mark.parametrize(
    "failure", [DatabaseError("EIO"), ActorDied("store"), AskTimeout("store")], ids=repr
)
async def test_counts_that_cannot_be_read_are_read_later(
    failure: Exception, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    desk = Desk()
    desk.address.store.write([KeepUsage(UsageRow(DAY, "talk", 50, 1))])
    desk.address.failures = [failure, failure]
    desk.count(7)
    nursery.start_soon(desk.books.keep)
    await trio.sleep(EVERY_S)
    assert desk.kept == (UsageRow(DAY, "talk", 50, 1),), "nothing before it is known what there was"
    await trio.sleep(5 * EVERY_S)
    assert desk.kept == (UsageRow(DAY, "talk", 57, 2),)
    nursery.cancel_scope.cancel()


async def test_counts_that_could_not_be_written_are_written_later(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    desk = Desk()
    nursery.start_soon(desk.books.keep)
    await trio.sleep(1)
    desk.address.failures = [ActorDied("store")]
    desk.count(50)
    await trio.sleep(3 * EVERY_S)
    assert desk.kept == (UsageRow(DAY, "talk", 50, 1),)
    nursery.cancel_scope.cancel()


async def test_close_writes_down_what_is_left(autojump_clock: MockClock) -> None:
    desk = Desk()
    with trio.move_on_after(1):
        await desk.books.keep()
    desk.count(50)
    await desk.books.close()
    assert desk.kept == (UsageRow(DAY, "talk", 50, 1),)


async def test_close_without_room_in_the_store_takes_a_moment_only(
    autojump_clock: MockClock,
) -> None:
    desk = Desk()
    with trio.move_on_after(1):
        await desk.books.keep()
    desk.count(50)
    desk.address.stuck = True
    began = trio.current_time()
    await desk.books.close()
    assert trio.current_time() - began == 1
