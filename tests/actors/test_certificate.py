"""The watch over the certificate: what it shows, and how often it says it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import define, field
from structlog.testing import capture_logs
from trio.testing import wait_all_tasks_blocked

from robi.actors.certificate import CertificateActor, Standing
from robi.actors.mailbox import Mailbox
from robi.actors.ticker import Tick
from robi.errors import ConfigurationError

DAY_S = 86_400.0
HOUR_S = 3_600.0


@define(eq=False)
class Watch:
    """An actor that reads what is written here, and a clock that is turned by hand."""

    state: str = "valid"
    readings: int = 0
    start: float = 0.0
    mailbox: Mailbox[Tick] = field(factory=lambda: Mailbox("certificate"))
    actor: CertificateActor = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.actor = CertificateActor(self.read, lambda: 1_000.0)

    def read(self, now: float) -> Standing:
        self.readings += 1
        if self.state == "unreadable":
            raise ConfigurationError("robi.pem cannot be read")
        return Standing(self.state, now + 5, 0)

    async def at(self, seconds: float) -> None:
        """Let it be so long after the start, and the actor have done what it does then."""
        self.mailbox.put_urgent(Tick(self.start + seconds))
        await wait_all_tasks_blocked()


@asynccontextmanager
async def running(watch: Watch) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        started = trio.Event()
        nursery.start_soon(watch.actor.run, watch.mailbox, started.set)
        await started.wait()
        watch.start = trio.current_time()
        yield
        watch.mailbox.request_stop()


@pytest.fixture(autouse=True)
def without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in place, so that a task that is blocked has done what it had to do."""

    async def in_place(read: Callable[..., Any], *arguments: object, **_: object) -> Any:
        await trio.lowlevel.checkpoint()
        return read(*arguments)

    monkeypatch.setattr(trio.to_thread, "run_sync", in_place)


async def test_certificate_is_read_at_the_start_and_each_hour() -> None:
    watch = Watch()
    async with running(watch):
        assert watch.readings == 1
        for seconds, readings in [(1, 1), (HOUR_S - 1, 1), (HOUR_S, 2), (HOUR_S + 1, 2)]:
            await watch.at(seconds)
            assert watch.readings == readings


async def test_certificate_shows_its_end_to_whoever_asks() -> None:
    watch = Watch("expiring")
    async with running(watch):
        assert watch.actor.details() == {
            "state": "expiring",
            "not_after": 1_005.0,
            "days_left": 0,
            "degraded": False,
        }


async def test_certificate_that_has_expired_is_degraded() -> None:
    watch = Watch("expired")
    async with running(watch):
        assert watch.actor.details()["degraded"] is True


@pytest.mark.parametrize(
    ("state", "event", "level"),
    [
        ("expiring", "certificate_expiring", "warning"),
        ("expired", "certificate_expired", "error"),
        ("unreadable", "certificate_unreadable", "warning"),
    ],
)
async def test_certificate_that_is_not_well_is_told_once_a_day(
    state: str, event: str, level: str
) -> None:
    with capture_logs() as entries:
        watch = Watch(state)
        async with running(watch):
            for hour in range(1, 50):
                await watch.at(hour * HOUR_S)
    assert [(entry["event"], entry["log_level"]) for entry in entries] == [(event, level)] * 3


async def test_certificate_that_is_valid_is_told_once() -> None:
    with capture_logs() as entries:
        watch = Watch()
        async with running(watch):
            for day in range(1, 5):
                await watch.at(day * DAY_S)
    assert [entry["event"] for entry in entries] == ["certificate_valid"]


async def test_certificate_that_is_renewed_is_told_at_the_next_look() -> None:
    with capture_logs() as entries:
        watch = Watch("expiring")
        async with running(watch):
            watch.state = "valid"
            await watch.at(HOUR_S)
    assert [entry["event"] for entry in entries] == ["certificate_expiring", "certificate_valid"]


async def test_certificate_that_cannot_be_read_any_more_keeps_its_last_known_end() -> None:
    watch = Watch()
    async with running(watch):
        watch.state = "unreadable"
        await watch.at(HOUR_S)
        shown = watch.actor.details()
    assert (shown["state"], shown["not_after"]) == ("unreadable", 1_005.0)


async def test_without_a_certificate_nothing_is_watched_nor_told() -> None:
    watch = Watch()
    watch.actor = CertificateActor(None)
    with capture_logs() as entries:
        async with running(watch):
            await watch.at(HOUR_S)
            assert watch.actor.details() == {"state": "none"}
    assert (watch.readings, entries) == (0, [])
