"""The keys: read from the store again and again, and their uses written there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import define, field
from structlog.testing import capture_logs
from trio.testing import wait_all_tasks_blocked

from robi.actors.errors import ActorDied, AskTimeout, MailboxFull
from robi.actors.keyring import Keyring
from robi.actors.keys import READ_EVERY_S, KeysActor
from robi.actors.mailbox import Mailbox
from robi.actors.store_mail import Load, StoreAddress, T
from robi.actors.ticker import Tick
from robi.errors import ApiKeyInvalid, DatabaseError
from robi.store.base import AddKey, KeyRow, RevokeKey, Write, key_digest
from robi.store.keys import new_key
from robi.store.ram import RamStore

ANA = new_key()
ROW = KeyRow("key_1", key_digest(ANA), "ana", "robot", 100.0)


@define(eq=False)
class Moody(StoreAddress):
    """A store that is out of sorts as long as there is a failure."""

    store: RamStore = field(factory=RamStore, kw_only=True)
    failure: Exception | None = field(default=None, kw_only=True)
    reads: int = field(default=0, init=False)  # type: ignore[assignment]

    def write_nowait(self, write: Write) -> None:
        if self.failure is not None:
            raise self.failure
        self.store.write([write])

    async def read(self, load: Load[T], *, within: float) -> T:  # noqa: ARG002
        await trio.lowlevel.checkpoint()
        self.reads += 1
        if self.failure is not None:
            raise self.failure
        return load.read(self.store)


@define(eq=False)
class Gate:
    """A keyring, kept up to date."""

    address: Moody = field(factory=lambda: Moody(Mailbox("store")))
    keyring: Keyring = field(factory=lambda: Keyring(None, lambda: 1_000.0))
    mailbox: Mailbox[Tick] = field(factory=lambda: Mailbox("keys"))
    actor: KeysActor = field(init=False)

    @actor.default
    def _make(self) -> KeysActor:
        return KeysActor(self.address, self.keyring)

    def write(self, *writes: Write) -> None:
        self.address.store.write(writes)

    async def ticks(self, after: float = READ_EVERY_S) -> None:
        """Let the clock tick so much later, and the actor have done what it does then."""
        self.mailbox.put_urgent(Tick(trio.current_time() + after))
        await wait_all_tasks_blocked()


@asynccontextmanager
async def running(gate: Gate) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        started = trio.Event()
        nursery.start_soon(gate.actor.run, gate.mailbox, started.set)
        await started.wait()
        yield
        gate.mailbox.request_stop()


async def test_keys_are_known_before_anybody_can_come() -> None:
    gate = Gate()
    gate.write(AddKey(ROW))
    async with running(gate):
        assert gate.keyring.recognise(ANA).key_id == "key_1"
        assert gate.actor.details() == {"keys": 1, "degraded": False}


async def test_key_that_is_revoked_is_out_at_the_next_reading() -> None:
    gate = Gate()
    gate.write(AddKey(ROW))
    async with running(gate):
        gate.write(RevokeKey("key_1", 5.0))
        await gate.ticks()
        with pytest.raises(ApiKeyInvalid):
            gate.keyring.recognise(ANA)


async def test_store_is_read_twice_a_second_and_no_more(
    autojump_clock: trio.testing.MockClock,
) -> None:
    gate = Gate()
    async with running(gate):
        for _ in range(40):
            await trio.sleep(0.25)
            await gate.ticks(after=0)
    assert gate.address.reads == 1 + 20


@pytest.mark.parametrize(
    "failure", [DatabaseError("SQLITE_IOERR"), AskTimeout("s"), ActorDied("s")]
)
async def test_keys_that_cannot_be_read_are_as_they_were_and_it_is_said_once(
    failure: Exception,
) -> None:
    gate = Gate()
    gate.write(AddKey(ROW))
    with capture_logs() as log:
        async with running(gate):
            gate.address.failure = failure
            await gate.ticks()
            await gate.ticks()
            assert gate.keyring.recognise(ANA).key_id == "key_1"
            assert gate.actor.details()["degraded"] is True
            gate.address.failure = None
            await gate.ticks()
            assert gate.actor.details()["degraded"] is False
    assert [entry["event"] for entry in log] == ["keys_not_read", "keys_read_again"]


async def test_server_starts_without_its_keys_and_has_them_later() -> None:
    gate = Gate()
    gate.write(AddKey(ROW))
    gate.address.failure = DatabaseError("SQLITE_BUSY")
    async with running(gate):
        assert not gate.keyring.known
        gate.address.failure = None
        await gate.ticks()
        assert gate.keyring.recognise(ANA).key_id == "key_1"


def last_use(gate: Gate) -> Any:
    return gate.address.store.keys()[0].last_used_at


async def test_last_use_is_written_at_the_next_reading() -> None:
    gate = Gate()
    gate.write(AddKey(ROW))
    async with running(gate):
        gate.keyring.recognise(ANA)
        await gate.ticks()
        assert last_use(gate) == 1_000.0


async def test_last_use_before_the_end_is_written() -> None:
    gate = Gate()
    gate.write(AddKey(ROW))
    async with running(gate):
        gate.keyring.recognise(ANA)
    assert last_use(gate) == 1_000.0


@pytest.mark.parametrize("failure", [MailboxFull("store"), ActorDied("store")])
async def test_last_use_that_cannot_be_written_is_written_later(failure: Exception) -> None:
    gate = Gate()
    gate.write(AddKey(ROW))
    async with running(gate):
        gate.keyring.recognise(ANA)
        gate.address.failure = failure
        gate.actor._tell_uses()
        assert last_use(gate) is None
        gate.address.failure = None
        await gate.ticks()
        assert last_use(gate) == 1_000.0
