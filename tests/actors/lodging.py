"""An admission and a reception, with sessions and a store behind them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import trio
from attrs import define, field

from robi.actors.admission import Admission
from robi.actors.ask import Ask
from robi.actors.mail import Attach, Attached, SessionMessage
from robi.actors.mailbox import Mailbox
from robi.actors.outbox import Outbox
from robi.actors.reception import Reception
from robi.actors.sessions import (
    Open,
    SessionsActor,
    SessionsAddress,
    SessionSeed,
    SessionsMessage,
)
from robi.actors.snapshot import Detail
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.errors import DatabaseError
from robi.protocol.messages import Auth
from robi.store.base import SaveSession, SessionRow, Store
from robi.store.ram import RamStore

NOW = 1_000_000.0
KEEP_ALIVE = 60.0


@define(eq=False)
class FakeSession:
    """Attaches whoever comes; `mute` it answers nobody, `sick` it dies of the first question.

    `resuming`: whoever comes has missed nothing that is not there.
    """

    seed: SessionSeed
    ways: set[str]
    asked: list[Attach]

    async def run(self, mailbox: Mailbox[SessionMessage], ready: Callable[[], None]) -> None:
        outbox = Outbox(lambda _turn, _message: None)
        if "unborn" in self.ways:
            raise ZeroDivisionError
        try:
            ready()
            async for message in mailbox:
                if "sick" in self.ways:
                    self.ways.remove("sick")
                    return
                if isinstance(message, Ask) and "mute" not in self.ways:
                    assert isinstance(message.question, Attach)
                    self.asked.append(message.question)
                    attached = Attached(
                        self.seed.session_id, outbox.attach(), resumed="resuming" in self.ways
                    )
                    message.reply(attached)
        finally:
            self.seed.ended(self.seed.session_id)

    def details(self) -> Mapping[str, Detail]:
        return {}


@define(eq=False)
class House:
    """An admission with everything behind it."""

    admission: Admission
    reception: Reception
    sessions: SessionsAddress
    store: RamStore
    opened: list[Open]
    ways: set[str] = field(factory=set)
    asked: list[Attach] = field(factory=list)

    async def admit(self, **auth: Any) -> str:
        _, attached = await self.admission.admit(Auth(**auth))
        return attached.session_id

    def remembers(self, session_id: str, device_id: str | None, ago: float = 10.0) -> None:
        row = SessionRow(session_id, device_id, "user_ana", NOW - 100, NOW - ago)
        self.store.write([SaveSession(row)])


class SickStore(RamStore):
    """Answers no question."""

    def session(self, _session_id: str) -> SessionRow | None:
        raise DatabaseError("SQLITE_IOERR")

    def last_session_of(self, _device_id: str) -> SessionRow | None:
        raise DatabaseError("SQLITE_IOERR")


Build = Callable[..., Any]


def builder(nursery: trio.Nursery) -> Build:
    """Return what makes a house whose actors run in `nursery`."""

    async def build(
        store: RamStore | None = None, most: int = 10, *, stuck: bool = False, pace: float = 0.0
    ) -> House:
        ways: set[str] = set()
        asked: list[Attach] = []
        opened: list[Open] = []
        kept = store or RamStore()

        def session(seed: SessionSeed) -> FakeSession:
            opened.append(seed.wanted)
            return FakeSession(seed, ways, asked)

        mailbox: Mailbox[SessionsMessage] = Mailbox("sessions", 1024)
        writes: Mailbox[StoreMessage] = Mailbox("store", 100)
        address, store_address = SessionsAddress.of(mailbox), StoreAddress(writes)

        async def live(run: Any, *arguments: Any, task_status: trio.TaskStatus[None]) -> None:
            await run(*arguments, partial(task_status.started, None))

        def opened_store() -> Store:
            return kept

        await nursery.start(live, SessionsActor(session, most, max_readers=most).run, mailbox)
        if not stuck:
            actor = StoreActor(opened_store, store_address.reads, pace=pace)
            await nursery.start(live, actor.run, writes)
        admission = Admission(address, store_address, KEEP_ALIVE, lambda: NOW)
        reception = Reception(address, store_address)
        return House(admission, reception, address, kept, opened, ways, asked)

    return build
