"""Door, admission, registry and sessions together: no robot harms another, none loses its place."""

import contextlib
from functools import partial

import pytest
import trio
import trio.testing
from attrs import define, field

from robi.actors.actor import Actor
from robi.actors.address import Address
from robi.actors.admission import Admission
from robi.actors.ask import ask
from robi.actors.child import Child
from robi.actors.company import Company
from robi.actors.keeper import Keeper, remembered
from robi.actors.keyring import Pass
from robi.actors.mail import Attached, FromRobot, LinkLost, SessionMessage
from robi.actors.restart import Intensity, Restart
from robi.actors.session import Session, SessionSettings
from robi.actors.sessions import DrainAll, SessionsActor, SessionsAddress, SessionSeed
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress
from robi.actors.supervisor import Supervisor
from robi.errors import ServerBusy
from robi.protocol.messages import Auth, ClientSettings, FaceScanMode
from robi.store.base import SaveSession, SessionRow, Store
from robi.store.ram import RamStore
from robi.web.robot import DoorSettings, RobotDoor
from tests.actors.bench import Bench
from tests.links import FakeLink

KEEP_ALIVE = 60.0
AUTH = {"type": "auth", "api_key": "k"}


@define(eq=False)
class House:
    """The store, the sessions and the way to them, as the tree builds them; a brain on the bench.

    `unborn` makes every session that begins from then on crash before it has begun.
    """

    bench: Bench
    unborn: bool = False
    now: float = 1000.0
    ram: RamStore = field(factory=RamStore)
    supervisor: Supervisor = field(init=False)
    store: StoreAddress = field(init=False)
    sessions: SessionsAddress = field(init=False)
    admission: Admission = field(init=False)

    def __attrs_post_init__(self) -> None:
        children = (
            Child("store", self._make_store, Restart.PERMANENT, 1),
            Child("sessions", lambda: SessionsActor(self._make, 100), Restart.PERMANENT, 5),
        )
        self.supervisor = Supervisor("robi", children, Intensity())
        self.store = StoreAddress(self.supervisor.mailbox("store"))
        self.sessions = SessionsAddress.of(self.supervisor.mailbox("sessions"))
        self.admission = Admission(self.sessions, self.store, KEEP_ALIVE, lambda: self.now)

    async def admit(
        self, device_id: str | None, session_id: str | None = None, last_seq: int | None = None
    ) -> tuple[Address[SessionMessage], Attached]:
        return await self.admission.admit(Auth("k", device_id, session_id, last_seq))

    async def admit_or_refuse(self, device_id: str, session_id: str) -> None:
        """Let a robot come that may find no place."""
        with contextlib.suppress(ServerBusy):
            await self.admit(device_id, session_id)

    def remembers(self, session_id: str, device_id: str | None = None) -> None:
        """Have the store know of a session; without a device it is anybody's who knows its id."""
        self.ram.write([SaveSession(SessionRow(session_id, device_id, None, 1.0, 1000.0))])

    def door(self) -> RobotDoor:
        client = ClientSettings(1, 1, 1)
        settings = DoorSettings(10, 30, 10, 0.25, "es", "robi", client, ())
        return RobotDoor(self.admission.admit, lambda *_shown: Pass("operator"), settings)

    def _make_store(self) -> StoreActor:
        def opened() -> Store:
            return self.ram

        return StoreActor(opened, self.store.reads)

    def _make(self, seed: SessionSeed) -> Actor[SessionMessage]:
        if self.unborn:
            raise ZeroDivisionError
        wanted = seed.wanted
        return Session(
            seed.session_id,
            wanted.origin,
            wanted.last_seq,
            remembered(wanted.past),
            Keeper(seed.session_id, wanted.device_id, self.store),
            self.bench.session._ports,
            self.bench.session._mind,
            SessionSettings(KEEP_ALIVE, "es", "Robi", 20),
            Company(),
            seed.wake_at,
            seed.ended,
        )


@pytest.fixture
async def house(nursery: trio.Nursery, bench: Bench) -> House:
    house = House(bench)
    await nursery.start(house.supervisor.run)
    return house


# ── one robot and its neighbours ──────────────────────────────────────────────────────────


async def test_two_devices_with_one_remembered_session_do_not_stop_the_neighbours(
    house: House,
) -> None:
    _, neighbour = await house.admit("neighbour")
    house.remembers("S")
    await house.admit("phone-a", "S")
    await house.admit_or_refuse("phone-b", "S")
    await trio.testing.wait_all_tasks_blocked()
    assert not neighbour.attachment.ended


async def test_two_devices_at_once_with_one_remembered_session_do_not_stop_the_neighbours(
    house: House,
) -> None:
    _, neighbour = await house.admit("neighbour")
    house.remembers("S")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(house.admit_or_refuse, "phone-a", "S")
        nursery.start_soon(house.admit_or_refuse, "phone-b", "S")
    await trio.testing.wait_all_tasks_blocked()
    assert not neighbour.attachment.ended


async def test_one_client_that_asks_for_the_sessions_of_others_cannot_stop_the_server(
    house: House,
) -> None:
    """More crashes of `sessions` than its supervisor bears would stop everything."""
    for number in range(4):
        house.remembers(f"S{number}")
        await house.admit(f"a{number}", f"S{number}")
        await house.admit_or_refuse(f"b{number}", f"S{number}")
    assert [(child.name, child.restarts) for child in house.supervisor.snapshot().children] == [
        ("store", 0),
        ("sessions", 0),
    ]


async def test_session_that_cannot_be_made_stops_no_other(house: House) -> None:
    _, neighbour = await house.admit("neighbour")
    house.unborn = True
    with pytest.raises(ServerBusy):
        await house.admit("other")
    assert not neighbour.attachment.ended


# ── the way back ──────────────────────────────────────────────────────────────────────────


async def test_last_seq_of_another_session_is_not_taken_for_the_devices_live_one(
    house: House,
) -> None:
    mailbox, attached = await house.admit("d")
    for number in range(5):
        await mailbox.put(FromRobot(attached.attachment, FaceScanMode(f"s{number}"), None))
    await trio.testing.wait_all_tasks_blocked()
    assert len(await attached.attachment.frames()) == 5
    _, again = await house.admit("d", session_id="long gone", last_seq=3)
    assert again.session_id == attached.session_id
    # Else it would be told 4 and 5 of a session whose 1 to 3 it never saw.
    assert not again.attachment._outbox.pending


async def test_device_is_found_again_in_the_session_it_was_last_in(house: House) -> None:
    _, first = await house.admit(None)
    await house.admit("d")
    _, moved = await house.admit("d", first.session_id)
    assert moved.session_id == first.session_id
    _, back = await house.admit("d")
    assert back.session_id == first.session_id


async def test_device_back_after_a_restart_from_an_idle_conversation_continues_it(
    house: House,
) -> None:
    """It talked, sat attached for minutes, the server restarted: it was without a link for 5 s."""
    house.remembers("S", "d")
    mailbox, attached = await house.admit("d", "S")
    await mailbox.put(LinkLost(attached.attachment, left=False))
    await trio.testing.wait_all_tasks_blocked()
    row = house.ram.session("S")
    assert row is not None
    assert row.last_seen > 1000.0


# ── the end ───────────────────────────────────────────────────────────────────────────────


async def test_robot_that_talks_while_its_session_ends_still_hears_the_last_words(
    house: House,
) -> None:
    """The terminal is being written to a slow phone, whose microphone streams on."""
    link = FakeLink()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(house.door().receive, link, "k", lambda: None)
        link.say(AUTH, {"type": "text", "request_id": "r1", "content": "hola"})
        await link.wait_sent(1)
        call = await house.bench.brain.called(1)
        nursery.start_soon(partial(ask, house.sessions.drain, DrainAll(), timeout=5))
        await trio.testing.wait_all_tasks_blocked()
        link.block_sends()
        call.answer("[emotion:happy] Adiós")
        await trio.testing.wait_all_tasks_blocked()
        link.say(b"more audio")
        await trio.testing.wait_all_tasks_blocked()
        link.let_sends()
    assert link.sent[-1]["type"] == "stream_end"
    assert link.closed is not None
    assert link.closed.code == 1012
