"""A register of people over a store that answers at once and a memory in a test's hands."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import trio
from attrs import define, evolve, field

from robi.actors.ask import Ask
from robi.actors.mailbox import Mailbox
from robi.actors.registry import Registry
from robi.actors.store_mail import Load, StoreAddress
from robi.store.base import (
    AddEmbedding,
    AddMemory,
    Embedding,
    Memory,
    Person,
    SavePerson,
    SupersedeMemory,
)
from robi.store.ram import RamStore

T = TypeVar("T")

ANA = Person("user_ana", "Ana", created_at=100.0, preferences={"tea": "yes"})
BEA = Person("user_bea", "Bea", created_at=200.0)
TEA = Memory("m1", "user_ana", "preference", "likes tea", 5, 1.0)
LIMA = Memory("m2", "user_ana", "fact", "lives in Lima", 6, 2.0, slot="home")
CUSCO = evolve(LIMA, memory_id="m3", content="lives in Cusco", created_at=3.0)
FACE = bytes(512)


@define(eq=False)
class Reads(StoreAddress):
    """A store that answers at once, or with a failure."""

    store: RamStore = field(kw_only=True)
    failure: Exception | None = None

    async def read(self, load: Load[T], *, within: float) -> T:
        with trio.fail_after(within):
            await trio.lowlevel.checkpoint()
        if self.failure is not None:
            raise self.failure
        return load.read(self.store)


@define(eq=False)
class Desk:
    """A register, the store behind it, and what the memory was asked."""

    registry: Registry
    reads: Reads
    asked: list[object] = field(factory=list)


Answer = Callable[[Ask[Any]], None]


def no_answer(_question: Ask[Any]) -> None:
    """Leave it."""


@asynccontextmanager
async def open_desk(answer: Answer = no_answer) -> AsyncIterator[Desk]:
    store = RamStore()
    store.open()
    store.write(
        [
            SavePerson(ANA),
            SavePerson(BEA),
            AddEmbedding(Embedding("user_ana", FACE, 1.0)),
            AddMemory(TEA),
            AddMemory(LIMA),
            AddMemory(CUSCO),
            SupersedeMemory("m2", "m3"),
        ]
    )
    mailbox: Mailbox[Any] = Mailbox("memory")
    reads = Reads(Mailbox("store"), store=store)
    desk = Desk(Registry(reads, mailbox, mailbox, mailbox), reads)

    async def serve() -> None:
        async for message in mailbox:
            assert isinstance(message, Ask)
            desk.asked.append(message.question)
            answer(message)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        yield desk
        nursery.cancel_scope.cancel()
