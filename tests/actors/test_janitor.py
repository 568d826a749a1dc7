"""The janitor: keeping, removing, the look of every minute, and a disk that is in trouble.

The store and the files are in RAM, so that hours pass at once; a look on a real disk is at the end.
"""

import threading
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Never

import pytest
import structlog
import trio
from attrs import define, evolve, field
from trio.testing import MockClock, wait_all_tasks_blocked

from robi.actors.ask import Ask
from robi.actors.child import Child
from robi.actors.errors import ActorDied, AskTimeout, MailboxFull
from robi.actors.janitor import BACKLOG_BYTES, LOOK_EVERY_S, TIDY_EVERY_S, JanitorActor
from robi.actors.janitor_mail import JanitorAddress, JanitorMessage, Keep
from robi.actors.mailbox import Mailbox
from robi.actors.restart import Intensity, Restart
from robi.actors.retention import DAY_S, HOUR_S, Retention
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.actors.supervisor import Supervisor
from robi.actors.ticker import Ticker
from robi.errors import DatabaseError, DiskFull, ServerBusy
from robi.files.base import DRAFT, File, Files, Removal
from robi.files.folder import FolderFiles
from robi.files.ram import RamFiles
from robi.store.base import (
    AddEvent,
    AddMedia,
    AddReminder,
    ErasePerson,
    EraseTurns,
    EventRow,
    MediaKind,
    MediaRow,
    Person,
    ReminderRow,
    SavePerson,
    SaveSession,
    SessionRow,
    Write,
    WriteRejected,
)
from robi.store.ram import RamStore

EPOCH = 1_000_000_000.0
"""The time at which the virtual clock begins, in Unix seconds."""

BEAT_S = LOOK_EVERY_S / 4
"""Rarer than in the house: a day has a third of a million of those."""

ANA = "user_ana_0a1b2c"
RULES = Retention(audio_s=24 * HOUR_S, vision_s=HOUR_S, budget=1_000_000, logs_s=30 * DAY_S)


def clock() -> float:
    return EPOCH + trio.current_time()


def name(number: int, extension: str = "ogg") -> str:
    return f"media_{number:032x}.{extension}"


def sound(data: bytes = b"hola", request_id: str = "r1", person_id: str = ANA) -> Keep:
    return Keep(person_id, "s1", request_id, "audio", "audio/ogg", data, clock())


def picture(data: bytes = b"cara") -> Keep:
    return Keep(ANA, "s1", "r1", "image", "image/jpeg", data, clock())


def row(number: int, age: float = 0.0, kind: MediaKind = "audio", size: int = 4) -> MediaRow:
    at = EPOCH - age
    kept = RULES.kept_for(kind)
    return MediaRow(name(number), ANA, "s1", "r1", kind, "audio/ogg", size, at, at + kept)


@define(eq=False)
class Rows(RamStore):
    """A store that knows Ana and a session of hers; while `stuck` it takes no write."""

    stuck: bool = False
    deaf: bool = False

    def __attrs_post_init__(self) -> None:
        self.write([SavePerson(Person(ANA, "Ana", EPOCH)), SaveSession(session())])

    def write(self, batch: Sequence[Write]) -> None:
        if self.stuck:
            reason = "SQLITE_BUSY"
            raise DatabaseError(reason)
        super().write(batch)

    def all_media(self) -> tuple[MediaRow, ...]:
        if self.deaf:
            reason = "SQLITE_IOERR"
            raise DatabaseError(reason)
        return super().all_media()


def session() -> SessionRow:
    return SessionRow("s1", "robot-1", ANA, EPOCH, EPOCH)


@define(eq=False)
class Disk(RamFiles):
    """A disk that fails as it is told; `room` in bytes, while it is not None."""

    illness: Exception | None = None
    room: int | None = None
    immovable: frozenset[str] = frozenset()
    writes: int = 0
    listings: int = 0
    tidied: int = 0

    def write(self, name: str, data: bytes) -> None:
        self.writes += 1
        if self.illness is not None:
            raise self.illness
        used = sum(len(kept) for kept in self.media.values())
        if self.room is not None and used + len(data) > self.room:
            reason = "ENOSPC"
            raise DiskFull(reason)
        super().write(name, data)

    def listing(self) -> tuple[File, ...]:
        self.listings += 1
        return super().listing()

    def remove_logs(self, before: float) -> int:
        self.tidied += 1
        return super().remove_logs(before)

    def remove(self, names: Iterable[str]) -> Removal:
        names = tuple(names)
        going = [name for name in names if name not in self.immovable]
        left = self.immovable.intersection(names) & self.media.keys()
        return evolve(super().remove(going), left=left)


@define(eq=False)
class Bench:
    """A janitor at work above a store in RAM, with a clock that ticks."""

    rows: Rows
    disk: Disk
    actor: JanitorActor
    address: JanitorAddress
    store: StoreAddress
    mailbox: Mailbox[JanitorMessage]

    def fact(self, detail: str) -> object:
        return self.actor.details()[detail]

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(row.name for row in self.rows.all_media()))


@asynccontextmanager
async def at_work(
    rows: Rows | None = None,
    disk: Disk | None = None,
    retention: Retention = RULES,
    forgotten: set[str] | None = None,
) -> AsyncIterator[Bench]:
    rows, disk = rows or Rows(), disk or Disk()
    of_store: Mailbox[StoreMessage] = Mailbox("store", 10_000)
    store = StoreAddress(of_store)
    mailbox: Mailbox[JanitorMessage] = Mailbox("janitor", 256)
    ticked: Mailbox[Never] = Mailbox("ticker")
    numbers = count(1)
    actor = JanitorActor(
        store,
        disk,
        retention,
        frozenset() if forgotten is None else forgotten,
        clock,
        lambda: f"{next(numbers):032x}",
    )
    async with trio.open_nursery() as below:
        below.start_soon(StoreActor(lambda: rows, store.reads).run, of_store, lambda: None)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(actor.run, mailbox, lambda: None)
            nursery.start_soon(Ticker([mailbox], BEAT_S).run, ticked, lambda: None)
            await wait_all_tasks_blocked()
            yield Bench(rows, disk, actor, JanitorAddress(mailbox), store, mailbox)
            ticked.request_stop()
            mailbox.request_stop()
        of_store.request_stop()


# ── keeping ───────────────────────────────────────────────────────────────────────────────


async def test_media_are_kept_as_a_file_and_a_row(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        await bench.address.keep(sound(), within=5)
        assert bench.disk.media == {name(1): b"hola"}
        (kept,) = bench.rows.all_media()
    assert kept == MediaRow(
        name(1), ANA, "s1", "r1", "audio", "audio/ogg", 4, EPOCH, EPOCH + 24 * HOUR_S
    )


async def test_media_that_nobody_waits_for_are_kept_too(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        bench.address.keep_soon(picture())
        await bench.address.settle(within=5)
        assert bench.names() == tuple(bench.disk.media) == (name(1, "jpg"),)


async def test_names_of_media_are_random() -> None:
    first, second = (JanitorActor(StoreAddress(Mailbox("s")), Disk(), RULES) for _ in "ab")
    assert first._new_digits() != second._new_digits()
    assert len(first._new_digits()) == 32


async def test_media_that_are_not_to_be_kept_are_answered_and_dropped(
    autojump_clock: MockClock,
) -> None:
    async with at_work(retention=evolve(RULES, vision_s=0)) as bench:
        await bench.address.keep(picture(), within=5)
        await bench.address.keep(sound(), within=5)
        assert bench.names() == tuple(bench.disk.media) == (name(1),)


async def test_media_whose_asker_left_before_their_turn_are_not_kept(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.rows.stuck = True
        bench.address.keep_soon(sound())
        with pytest.raises(AskTimeout):
            await bench.address.keep(picture(), within=1)
        bench.rows.stuck = False
        await bench.address.settle(within=60)
        assert bench.names() == (name(1),)


async def test_media_whose_row_is_refused_leave_no_file(autojump_clock: MockClock) -> None:
    class Refusing(Rows):
        def write(self, batch: Sequence[Write]) -> None:
            if any(isinstance(write, AddMedia) for write in batch):
                raise WriteRejected(0, "SQLITE_CONSTRAINT_FOREIGNKEY")
            super().write(batch)

    async with at_work(Refusing()) as bench:
        with pytest.raises(DatabaseError, match="rejected"):
            await bench.address.keep(sound(), within=5)
        assert bench.disk.media == {}
        assert (bench.fact("kept"), bench.fact("degraded")) == (0, False)


async def test_media_that_wait_for_a_store_that_is_stuck_are_kept_when_it_recovers(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        bench.rows.stuck = True
        bench.address.keep_soon(sound())
        await trio.sleep(10 * LOOK_EVERY_S)
        assert list(bench.disk.media) == [name(1)]
        bench.rows.stuck = False
        await bench.address.settle(within=60)
        assert bench.names() == (name(1),)


async def test_media_beyond_the_bytes_that_may_wait_are_shed_and_counted(
    autojump_clock: MockClock,
) -> None:
    large = bytes(BACKLOG_BYTES // 4)
    async with at_work(retention=evolve(RULES, budget=BACKLOG_BYTES)) as bench:
        bench.rows.stuck = True
        for number in range(4):
            bench.address.keep_soon(sound(large, f"r{number}"))
        with pytest.raises(ServerBusy):
            await bench.address.keep(sound(large), within=5)
        assert bench.fact("shed") == 2
        bench.rows.stuck = False
        await bench.address.settle(within=60)
        assert (bench.fact("kept"), bench.fact("waiting_bytes")) == (3, 0)


async def test_small_media_beyond_the_bound_are_shed_too(autojump_clock: MockClock) -> None:
    """Each weighs a KiB beside its data, so that no number of them is without a bound."""
    async with at_work() as bench:
        bench.rows.stuck = True
        bench.actor._waiting = BACKLOG_BYTES - 1024
        with pytest.raises(ServerBusy):
            await bench.address.keep(sound(b"."), within=5)
        bench.rows.stuck = False


# ── forgetting ────────────────────────────────────────────────────────────────────────────


async def test_files_that_are_removed_are_counted_once(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        for _ in range(3):
            await bench.address.keep(sound(), within=5)
        assert await bench.address.remove([name(1), name(2), name(9)], within=5) == 2
        assert await bench.address.remove([name(1), name(2)], within=5) == 0
        assert list(bench.disk.media) == [name(3)]
        assert (bench.fact("removed"), bench.fact("files")) == (2, 1)


async def test_files_are_removed_while_another_waits_for_its_row(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.address.keep(sound(), within=5)
        bench.rows.stuck = True
        bench.address.keep_soon(sound())
        assert await bench.address.remove([name(1)], within=1) == 1
        bench.rows.stuck = False


async def test_what_waits_when_a_turn_is_to_be_forgotten_is_forgotten_with_it(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        for request_id in ("r1", "r2", "r1"):
            bench.address.keep_soon(sound(request_id=request_id))
        await bench.address.settle(within=5)
        receipt = await bench.store.erase(EraseTurns(ANA, "s1", ("r1",)), within=5)
        assert sorted(receipt.files) == [name(1), name(3)]
        assert await bench.address.remove(receipt.files, within=5) == 2
        assert bench.names() == tuple(bench.disk.media) == (name(2),)


async def test_media_of_a_forgotten_person_are_answered_and_dropped(
    autojump_clock: MockClock,
) -> None:
    async with at_work(forgotten={ANA}) as bench:
        await bench.address.keep(sound(), within=5)
        assert (bench.disk.writes, bench.names()) == (0, ())


async def test_media_in_hand_when_their_person_is_forgotten_leave_no_file(
    autojump_clock: MockClock,
) -> None:
    forgotten: set[str] = set()

    class Forgetting(Disk):
        def write(self, name: str, data: bytes) -> None:
            super().write(name, data)
            bench.rows.erase(ErasePerson(ANA, clock()))
            forgotten.add(ANA)

    async with at_work(disk=Forgetting(), forgotten=forgotten) as bench:
        await bench.address.keep(sound(), within=5)
        assert (bench.disk.writes, bench.disk.media, bench.names()) == (1, {}, ())
        assert bench.fact("kept") == 0


async def test_media_whose_turn_is_forgotten_while_the_disk_hangs_leave_no_file_and_no_row(
    autojump_clock: MockClock,
) -> None:
    owed: Ask[None] = Ask(Keep(ANA, "s1", "r1", "audio", "audio/ogg", b"hola", EPOCH))

    class Hanging(Disk):
        def write(self, name: str, data: bytes) -> None:
            super().write(name, data)
            owed.abandon()  # as who keeps it does when the turn is forgotten

    async with at_work(disk=Hanging()) as bench:
        bench.mailbox.put_nowait(owed)
        await bench.address.settle(within=5)
        assert (bench.disk.writes, bench.disk.media, bench.names()) == (1, {}, ())
        assert bench.fact("kept") == 0


async def test_file_that_cannot_be_removed_fails_the_question_and_goes_when_it_can(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.address.keep(sound(), within=5)
        await bench.store.erase(EraseTurns(ANA, "s1", ("r1",)), within=5)
        bench.disk.immovable = frozenset({name(1)})
        with pytest.raises(DatabaseError):
            await bench.address.remove([name(1)], within=5)
        await trio.sleep(LOOK_EVERY_S + 1)
        assert bench.fact("degraded") is True
        bench.disk.immovable = frozenset()
        await trio.sleep(LOOK_EVERY_S + 1)
        assert (bench.disk.media, bench.fact("degraded")) == ({}, False)


# ── the look ──────────────────────────────────────────────────────────────────────────────


async def test_sound_goes_after_a_day_and_pictures_after_an_hour(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.address.keep(sound(), within=5)
        await bench.address.keep(picture(), within=5)
        await trio.sleep(HOUR_S - 1)
        assert bench.names() == (name(1), name(2, "jpg"))
        await trio.sleep(LOOK_EVERY_S + 1)
        assert bench.names() == tuple(bench.disk.media) == (name(1),)
        await trio.sleep(23 * HOUR_S - LOOK_EVERY_S - 1)
        assert bench.names() == (name(1),)
        await trio.sleep(LOOK_EVERY_S + 1)
        assert (bench.names(), bench.disk.media) == ((), {})


async def test_media_from_before_the_clock_jumped_back_go_after_their_hours(
    autojump_clock: MockClock,
) -> None:
    rows, disk = Rows(), Disk()
    rows.write([AddMedia(row(1, age=-9 * HOUR_S, kind="image")), AddMedia(row(2, age=-DAY_S))])
    disk.media = {name(1): b"cara", name(2): b"hola"}
    async with at_work(rows, disk) as bench:
        await trio.sleep(HOUR_S - LOOK_EVERY_S)
        assert bench.names() == (name(1), name(2))
        await trio.sleep(2 * LOOK_EVERY_S)
        assert bench.names() == tuple(disk.media) == (name(2),)
        await trio.sleep(23 * HOUR_S)
        assert (bench.names(), disk.media) == ((), {})


async def test_look_is_taken_at_the_start_and_once_a_minute(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        assert bench.disk.listings == 1
        await trio.sleep(LOOK_EVERY_S - 1)
        assert bench.disk.listings == 1
        await trio.sleep(2)
        assert bench.disk.listings == 2
        await trio.sleep(9 * LOOK_EVERY_S)
        assert bench.disk.listings == 11


async def test_leftovers_of_a_crash_are_found_at_the_start(autojump_clock: MockClock) -> None:
    rows, disk = Rows(), Disk()
    rows.write([AddMedia(row(n)) for n in (1, 2, 3)])
    disk.media = {
        name(1): b"hola",
        name(2): b"ho",
        name(4): b"hola",
        name(5) + DRAFT: b"h",
    }
    async with at_work(rows, disk) as bench:
        assert disk.media == {name(1): b"hola"}
        assert bench.names() == (name(1),)
        assert (bench.fact("files"), bench.fact("bytes")) == (1, 4)
        assert bench.fact("removed") == 3


async def test_many_leftover_rows_all_go(autojump_clock: MockClock) -> None:
    rows = Rows()
    rows.write([AddMedia(row(n)) for n in range(2500)])
    async with at_work(rows) as bench:
        assert bench.names() == ()


async def test_media_beyond_the_budget_go_at_once_oldest_first(autojump_clock: MockClock) -> None:
    async with at_work(retention=evolve(RULES, budget=100)) as bench:
        for _ in range(11):
            await bench.address.keep(sound(bytes(10)), within=5)
            await trio.sleep(1)
        assert bench.names() == tuple(name(n) for n in range(3, 12))
        assert bench.fact("bytes") == 90


async def test_file_that_is_kept_while_a_look_is_taken_stays(autojump_clock: MockClock) -> None:
    """Its file is listed before it has a row, or it has a row that was read after the listing."""

    class Slow(Disk):
        def listing(self) -> tuple[File, ...]:
            found = super().listing()
            if self.listings == 2:
                bench.address.keep_soon(sound())
            return found

    async with at_work(disk=Slow()) as bench:
        await trio.sleep(LOOK_EVERY_S + 1)
        assert bench.disk.listings == 2
        assert bench.names() == tuple(bench.disk.media) == (name(1),)
        await trio.sleep(2 * LOOK_EVERY_S)
        assert bench.names() == tuple(bench.disk.media) == (name(1),)
        assert (bench.fact("files"), bench.fact("bytes")) == (1, 4)


async def test_rows_that_come_between_the_listing_and_the_reading_stay_and_are_counted(
    autojump_clock: MockClock,
) -> None:
    """One file of which the row is acknowledged by then, one of which that is yet to be heard."""

    class Late(Rows):
        def all_media(self) -> tuple[MediaRow, ...]:
            if disk.listings == 2:
                sweeper = bench.actor._sweeper
                for number in (7, 8):
                    sweeper.begin(name(number))
                    disk.media[name(number)] = b"hola"
                    self.write([AddMedia(row(number))])
                    if number == 7:
                        sweeper.end(name(number), 4)
                disk.listings += 1
            return super().all_media()

    disk = Disk()
    async with at_work(Late(), disk) as bench:
        await trio.sleep(LOOK_EVERY_S + 1)
        assert bench.names() == tuple(disk.media) == (name(7), name(8))
        assert (bench.fact("files"), bench.fact("bytes")) == (1, 4)


async def test_row_of_a_file_that_cannot_be_removed_stays_until_it_can(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await bench.address.keep(picture(), within=5)
        bench.disk.immovable = frozenset(bench.disk.media)
        await trio.sleep(HOUR_S + LOOK_EVERY_S)
        assert bench.names() == tuple(bench.disk.media) == (name(1, "jpg"),)
        bench.disk.immovable = frozenset()
        await trio.sleep(LOOK_EVERY_S + 1)
        assert (bench.names(), bench.disk.media) == ((), {})


async def test_budget_that_cannot_be_looked_after_does_not_call_for_a_look_at_each_file(
    autojump_clock: MockClock,
) -> None:
    async with at_work(Rows(deaf=True), retention=evolve(RULES, budget=10)) as bench:
        for _ in range(5):
            await bench.address.keep(sound(), within=5)
        assert bench.disk.listings == 1


async def test_look_without_an_answer_of_the_store_removes_nothing_and_is_taken_again(
    autojump_clock: MockClock,
) -> None:
    rows, disk = Rows(deaf=True), Disk()
    disk.media = {name(1): b"hola"}
    with structlog.testing.capture_logs() as logs:
        async with at_work(rows, disk) as bench:
            assert list(disk.media) == [name(1)]
            assert bench.fact("degraded") is True
            rows.deaf = False
            await trio.sleep(LOOK_EVERY_S + 1)
            assert disk.media == {}
            assert bench.fact("degraded") is False
    reasons = [entry["reason"] for entry in logs if entry["event"] == "media_not_swept"]
    assert reasons == ["DatabaseError SQLITE_IOERR"]


async def test_old_events_and_rotated_logs_go_after_thirty_days(autojump_clock: MockClock) -> None:
    rows, disk = Rows(), Disk()
    day = 24 * HOUR_S
    rows.write([AddEvent(EventRow(f"e{n}", "started", EPOCH - n * day)) for n in (29, 31)])
    disk.logs = {"robi.log.1": EPOCH - 29 * day, "robi.log.2": EPOCH - 31 * day}
    async with at_work(rows, disk) as bench:
        assert [event.event_id for event in bench.rows.events()] == ["e29"]
        assert list(disk.logs) == ["robi.log.1"]
        await trio.sleep(DAY_S + TIDY_EVERY_S + LOOK_EVERY_S)
        assert (bench.rows.events(), disk.logs) == ((), {})


async def test_reminders_whose_robot_never_came_back_go_after_thirty_days(
    autojump_clock: MockClock,
) -> None:
    rows, day = Rows(), 24 * HOUR_S
    for name, due_at in (("old", EPOCH - 31 * day), ("late", EPOCH - 29 * day), ("due", EPOCH + 1)):
        rows.write([AddReminder(ReminderRow(name, "u", "d", "s", "r", "timer", "", due_at, 1.0))])
    async with at_work(rows, Disk()):
        assert [row.reminder_id for row in rows.reminders("u")] == ["late", "due"]


async def test_conversations_of_readers_who_are_gone_for_thirty_days_go(
    autojump_clock: MockClock,
) -> None:
    rows, day = Rows(), 24 * HOUR_S
    ages = {"chat_old": 31 * day, "chat_new": 29.5 * day, "s_old": 31 * day}
    rows.write(
        [SaveSession(SessionRow(name, None, None, 1.0, EPOCH - age)) for name, age in ages.items()]
    )
    async with at_work(rows, Disk()):
        assert [name for name in ages if rows.session(name)] == ["chat_new", "s_old"]
        await trio.sleep(day / 2 + TIDY_EVERY_S + LOOK_EVERY_S)
        assert [name for name in ages if rows.session(name)] == ["s_old"]


async def test_old_logs_are_looked_for_at_the_start_and_once_an_hour(
    autojump_clock: MockClock,
) -> None:
    async with at_work() as bench:
        await trio.sleep(TIDY_EVERY_S - 1)
        assert bench.disk.tidied == 1
        await trio.sleep(LOOK_EVERY_S)
        assert bench.disk.tidied == 2


# ── a disk in trouble ─────────────────────────────────────────────────────────────────────


async def test_file_that_meets_a_full_disk_is_kept_once_the_oldest_half_has_gone(
    autojump_clock: MockClock,
) -> None:
    async with at_work(disk=Disk(room=100), retention=evolve(RULES, budget=100)) as bench:
        for _ in range(10):
            await bench.address.keep(sound(bytes(10)), within=5)
            await trio.sleep(1)
        await bench.address.keep(sound(bytes(10)), within=5)
        assert bench.names() == tuple(sorted(bench.disk.media))
        assert bench.names() == tuple(name(n) for n in (7, 8, 9, 10, 11))
        assert bench.fact("degraded") is False


async def test_file_for_which_no_room_can_be_made_fails_with_disk_full(
    autojump_clock: MockClock,
) -> None:
    async with at_work(disk=Disk(illness=DiskFull("ENOSPC"))) as bench:
        with pytest.raises(DiskFull):
            await bench.address.keep(sound(), within=5)
        assert bench.disk.writes == 2
        assert bench.fact("degraded") is True
        assert bench.names() == ()


async def test_disk_that_stays_full_is_tried_once_a_file_and_looked_at_once_a_minute(
    autojump_clock: MockClock,
) -> None:
    async with at_work(disk=Disk(illness=DiskFull("ENOSPC"))) as bench:
        for _ in range(5):
            bench.address.keep_soon(sound())
        await bench.address.settle(within=5)
        assert (bench.disk.writes, bench.disk.listings) == (6, 2)


async def test_full_disk_is_emptied_to_half_the_budget_every_minute(
    autojump_clock: MockClock,
) -> None:
    async with at_work(retention=evolve(RULES, budget=100)) as bench:
        for _ in range(4):
            await bench.address.keep(sound(bytes(10)), within=5)
        bench.disk.illness = DiskFull("ENOSPC")
        with pytest.raises(DiskFull):
            await bench.address.keep(sound(bytes(10)), within=5)
        bench.rows.write([AddMedia(row(n, size=10)) for n in range(20, 22)])
        bench.disk.media |= {name(n): bytes(10) for n in range(20, 22)}
        await trio.sleep(LOOK_EVERY_S + 1)
        assert len(bench.disk.media) == 4


async def test_disk_that_takes_files_again_is_well_again(autojump_clock: MockClock) -> None:
    async with at_work(disk=Disk(illness=DiskFull("ENOSPC"))) as bench:
        with pytest.raises(DiskFull):
            await bench.address.keep(sound(), within=5)
        bench.disk.illness = None
        await bench.address.keep(sound(), within=5)
        assert bench.fact("degraded") is False
        assert len(bench.names()) == 1


async def test_file_that_meets_a_sick_disk_fails_at_the_first_try(
    autojump_clock: MockClock,
) -> None:
    async with at_work(disk=Disk(illness=DatabaseError("EIO"))) as bench:
        with pytest.raises(DatabaseError, match="EIO"):
            await bench.address.keep(sound(), within=5)
        assert (bench.disk.writes, bench.disk.listings) == (1, 1)
        assert bench.fact("degraded") is True


# ── the end ───────────────────────────────────────────────────────────────────────────────


async def test_stop_keeps_what_waits(autojump_clock: MockClock) -> None:
    async with at_work() as bench:
        for _ in range(3):
            bench.address.keep_soon(sound())
        bench.mailbox.request_stop()
    assert len(bench.names()) == 3


@define(eq=False)
class HungFiles(RamFiles):
    """A disk on which a write hangs until it is `freed`."""

    freed: threading.Event = field(factory=threading.Event)

    @property
    def blocking(self) -> bool:
        return True

    def write(self, name: str, data: bytes) -> None:
        self.freed.wait()
        super().write(name, data)


def tree_of(rows: RamStore, files: Files) -> tuple[Supervisor, JanitorAddress]:
    """Return a tree with a store and a janitor in it, and where the janitor is reached."""
    children = [
        Child("store", lambda: StoreActor(lambda: rows, store.reads), Restart.PERMANENT, 10),
        Child("janitor", lambda: JanitorActor(store, files, RULES), Restart.PERMANENT, 2),
    ]
    tree = Supervisor("robi", children, Intensity(3, 5.0))
    store = StoreAddress(tree.mailbox("store"))
    return tree, JanitorAddress(tree.mailbox("janitor"))


async def test_disk_that_hangs_holds_the_end_up_for_its_grace_only(mock_clock: MockClock) -> None:
    files = HungFiles()
    tree, address = tree_of(Rows(), files)
    try:
        async with trio.open_nursery() as nursery:
            await nursery.start(tree.run)
            address.keep_soon(Keep(ANA, "s1", "r1", "audio", "audio/ogg", b"hola", EPOCH))
            await wait_all_tasks_blocked(0.05)
            tree.request_stop()
            mock_clock.autojump_threshold = 0  # only now: it would not wait for a thread that works
        assert trio.current_time() == 2
    finally:
        files.freed.set()


async def test_crash_fails_what_was_in_hand_and_the_next_life_serves(
    autojump_clock: MockClock,
) -> None:
    tree, address = tree_of(Rows(), disk := Disk(illness=ZeroDivisionError("a bug")))
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        keep = Keep(ANA, "s1", "r1", "audio", "audio/ogg", b"hola", EPOCH)
        with pytest.raises(ActorDied):
            await address.keep(keep, within=5)
        disk.illness = None
        await address.settle(within=5)
        assert tree.snapshot().children[1].restarts == 1
        tree.request_stop()


async def test_media_for_a_mailbox_that_is_full_are_the_senders_to_shed() -> None:
    mailbox: Mailbox[JanitorMessage] = Mailbox("janitor", 1)
    address = JanitorAddress(mailbox)
    address.keep_soon(Keep(ANA, "s1", "r1", "audio", "audio/ogg", b"hola", EPOCH))
    with pytest.raises(MailboxFull):
        address.keep_soon(Keep(ANA, "s1", "r2", "audio", "audio/ogg", b"hola", EPOCH))


# ── with threads: no virtual clock here (findings.md, Testing) ────────────────────────────


async def test_media_on_a_real_disk_are_kept_removed_and_swept(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "media")
    files.write(name(9), b"left over")
    now = clock()
    tree, address = tree_of(rows := Rows(), files)
    async with trio.open_nursery() as nursery:
        await nursery.start(tree.run)
        for request_id in ("r1", "r2"):
            keep = Keep(ANA, "s1", request_id, "audio", "audio/ogg", b"hola", now)
            await address.keep(keep, within=30)
        first, second = (row.name for row in rows.all_media())
        assert await address.remove([first], within=30) == 1
        tree.request_stop()
    assert files.listing() == (File(second, 4),)
