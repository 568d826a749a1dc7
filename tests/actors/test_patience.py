"""Patience with the store: it is asked again until it does it, and told off by it only once."""

from collections.abc import Callable
from itertools import pairwise

import pytest
import structlog
import trio
from attrs import define, field
from trio.testing import MockClock

from robi.actors.errors import ActorDied, AskTimeout
from robi.actors.mailbox import Mailbox
from robi.actors.patience import FIRST_PAUSE_S, LONGEST_PAUSE_S, PatientStore
from robi.actors.store_mail import Load, LoadPerson, StoreAddress, T
from robi.errors import DatabaseError
from robi.store.base import (
    EraseEverythingRemembered,
    Erasure,
    Person,
    Receipt,
    SavePerson,
    Write,
    WriteRejected,
)
from robi.store.ram import RamStore

ANA = Person("user_ana", "Ana", 100.0)


@define(eq=False)
class Moody(StoreAddress):
    """A store that raises what it is given first, and then does what it is asked."""

    store: RamStore = field(factory=RamStore, kw_only=True)
    failures: list[Exception] = field(factory=list)
    asked_at: list[float] = field(factory=list)

    async def commit(self, *writes: Write, within: float) -> None:  # noqa: ARG002
        await self._call(lambda: self.store.write(writes))

    async def erase(self, erasure: Erasure, within: float) -> Receipt:  # noqa: ARG002
        return await self._call(lambda: self.store.erase(erasure))

    async def read(self, load: Load[T], *, within: float) -> T:  # noqa: ARG002
        return await self._call(lambda: load.read(self.store))

    async def _call(self, call: Callable[[], T]) -> T:
        await trio.lowlevel.checkpoint()
        self.asked_at.append(trio.current_time())
        if self.failures:
            raise self.failures.pop(0)
        return call()


def moody(*failures: Exception) -> tuple[Moody, PatientStore]:
    address = Moody(Mailbox("store"), failures=list(failures))
    return address, PatientStore(address)


@pytest.mark.parametrize(
    "failure", [DatabaseError("EIO"), ActorDied("store"), AskTimeout("store")], ids=repr
)
async def test_what_failed_is_done_again(failure: Exception, autojump_clock: MockClock) -> None:
    address, patient = moody(failure)
    await patient.commit(SavePerson(ANA))
    address.failures.append(failure)
    assert await patient.read(LoadPerson(ANA.person_id)) == ANA
    address.failures.append(failure)
    assert await patient.erase(EraseEverythingRemembered(ANA.person_id)) == Receipt()
    assert patient.kept == 1


async def test_pauses_grow_to_a_bound(autojump_clock: MockClock) -> None:
    address, patient = moody(*(DatabaseError("EIO") for _ in range(12)))
    await patient.read(LoadPerson(ANA.person_id))
    pauses = [b - a for a, b in pairwise(address.asked_at)]
    grown = [min(FIRST_PAUSE_S * 2**n, LONGEST_PAUSE_S) for n in range(12)]
    assert pauses == pytest.approx(grown)


async def test_write_that_can_never_be_is_logged_and_not_tried_again() -> None:
    address, patient = moody(WriteRejected(0, "no such person"))
    with structlog.testing.capture_logs() as logs:
        await patient.commit(SavePerson(ANA))
    assert [(each["event"], each["reason"]) for each in logs] == [
        ("memory_rejected", "no such person")
    ]
    assert (len(address.asked_at), patient.kept) == (1, 0)
