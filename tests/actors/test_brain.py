"""The brain's actor and the door to it: which model answers, and what is said without one."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import pytest
import trio
from attrs import define, field, frozen

from robi.actors.bookkeeping import Bookkeeping
from robi.actors.brain import BrainActor, BrainDoor
from robi.actors.mailbox import Mailbox
from robi.actors.store_mail import StoreAddress
from robi.brain.base import BrainRequest, Fragment
from robi.brain.ledger import Ledger
from robi.errors import BrainUnavailable
from robi.speech.scene import Said, Scene
from tests.actors.bench import ScriptedBrain

REQUEST = BrainRequest("", (), Said("person", "hola"), Scene("es", "Robi"), 512, 0.7)


@frozen
class Counts:
    asked: int


@define(eq=False)
class Measured:
    """A scripted model that counts."""

    scripted: ScriptedBrain = field(factory=ScriptedBrain)
    closed: bool = False
    model: str = "scripted"

    def stream(self, request: BrainRequest) -> AbstractAsyncContextManager[AsyncIterator[Fragment]]:
        return self.scripted.stream(request)

    async def generate(self, request: BrainRequest) -> Fragment:
        return await self.scripted.generate(request)

    def statistics(self) -> Counts:
        return Counts(len(self.scripted.calls))

    async def aclose(self) -> None:
        self.closed = True
        await trio.lowlevel.checkpoint()


@define(eq=False)
class Life:
    """One life of the actor."""

    door: BrainDoor
    brain: Measured = field(factory=Measured)
    mailbox: Mailbox[object] = field(factory=lambda: Mailbox("brain"))
    over: trio.Event = field(factory=trio.Event)
    ledger: Ledger = field(factory=lambda: Ledger(datetime.now))
    actor: BrainActor = field(init=False)

    async def run(self, task_status: trio.TaskStatus[None]) -> None:
        books = Bookkeeping(self.ledger, StoreAddress(Mailbox("store")))
        self.actor = BrainActor(lambda: self.brain, self.door, books)
        await self.actor.run(self.mailbox, task_status.started)  # type: ignore[arg-type]
        self.over.set()


async def stop(life: Life) -> None:
    life.mailbox.request_stop()
    await life.over.wait()


async def ask(door: BrainDoor, life: Life) -> str:
    async with trio.open_nursery() as nursery, door.stream(REQUEST) as fragments:

        @nursery.start_soon
        async def think() -> None:
            (await life.brain.scripted.called(1)).answer("Hola")

        return "".join([fragment.text async for fragment in fragments])
    raise AssertionError


def test_door_without_a_brain_refuses_at_once() -> None:
    door = BrainDoor()
    assert door.model == ""
    with pytest.raises(BrainUnavailable):
        door.stream(REQUEST)


async def test_door_without_a_brain_generates_nothing() -> None:
    with pytest.raises(BrainUnavailable):
        await BrainDoor().generate(REQUEST)


async def test_door_leads_to_the_brain_that_lives(nursery: trio.Nursery) -> None:
    life = Life(BrainDoor())
    await nursery.start(life.run)
    assert life.door.model == "scripted"
    assert await ask(life.door, life) == "Hola"
    await stop(life)


async def test_stop_closes_the_brain_and_the_door(nursery: trio.Nursery) -> None:
    life = Life(BrainDoor())
    await nursery.start(life.run)
    await stop(life)
    assert life.brain.closed
    with pytest.raises(BrainUnavailable):
        life.door.stream(REQUEST)


async def test_door_leads_to_the_next_life_after_a_restart(nursery: trio.Nursery) -> None:
    door = BrainDoor()
    first, second = Life(door), Life(door)
    await nursery.start(first.run)
    await stop(first)
    await nursery.start(second.run)
    await ask(door, second)
    assert (len(first.brain.scripted.calls), len(second.brain.scripted.calls)) == (0, 1)
    await stop(second)


async def test_details_tell_the_model_and_its_counts(nursery: trio.Nursery) -> None:
    life = Life(BrainDoor())
    await nursery.start(life.run)
    await ask(life.door, life)
    assert life.actor.details() == {"model": "scripted", "tokens_today": 0, "asked": 1}
    await stop(life)
