"""The registry of sessions: who gets which, how many there are, who is woken, how all end."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
import structlog
import trio
import trio.testing
from attrs import define, field

from robi.actors.ask import Ask, ask
from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.forgotten import MOMENT_S, Forgotten
from robi.actors.mail import (
    Attach,
    Draining,
    Due,
    Forgot,
    Hushed,
    Origin,
    SessionMessage,
    Superseded,
    Tidings,
)
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import Forget
from robi.actors.sessions import (
    Announced,
    DrainAll,
    Find,
    Inform,
    LetGo,
    LiveSession,
    Open,
    SessionsActor,
    SessionsAddress,
    SessionSeed,
    SessionsMessage,
)
from robi.actors.snapshot import Detail
from robi.actors.store_mail import Conversation
from robi.actors.ticker import Tick
from robi.errors import InternalError, ServerBusy
from robi.store.base import READER_PREFIX, EraseEverythingRemembered, SessionRow

FORGOT, HUSHED = Forgot("user_ana", everything=True), Hushed("kept", "r1")
FORGET = Forget(EraseEverythingRemembered("user_ana"))
PAST = Conversation(SessionRow("kept", "d1", "user_ana", 1.0, 2.0), ())


@define(eq=False)
class FakeSession:
    """Notes what it is told; ends when drained, crashes when superseded with `sick` set."""

    seed: SessionSeed
    told: list[SessionMessage] = field(factory=list)
    sick: bool = False
    stubborn: bool = False

    async def run(self, mailbox: Mailbox[SessionMessage], ready: Callable[[], None]) -> None:
        try:
            ready()
            async for message in mailbox:
                self.told.append(message)
                if self.sick:
                    raise ZeroDivisionError
                if isinstance(message, Draining) and (message.at_once or not self.stubborn):
                    return
            if self.stubborn:
                await trio.sleep_forever()
        finally:
            self.seed.ended(self.seed.session_id)

    def details(self) -> Mapping[str, Detail]:
        return {}


@define(eq=False)
class Registry:
    """A running registry, and the sessions in it by id."""

    actor: SessionsActor
    mailbox: Mailbox[SessionsMessage]
    made: dict[str, FakeSession]
    forgotten: Forgotten
    over: trio.Event = field(factory=trio.Event)

    @property
    def address(self) -> SessionsAddress:
        return SessionsAddress.of(self.mailbox)

    async def open(self, device_id: str | None = None, **more: Any) -> LiveSession:
        return await ask(self.address.open, Open(device_id, **more), timeout=1)

    async def find(self, session_id: str | None, device_id: str | None) -> str | None:
        live = await ask(self.address.find, Find(session_id, device_id), timeout=1)
        return live.session_id if live else None

    async def tick(self) -> None:
        self.mailbox.put_urgent(Tick(trio.current_time()))
        await trio.testing.wait_all_tasks_blocked()

    def told(self, session_id: str) -> list[SessionMessage]:
        return self.made[session_id].told


MakeRegistry = Callable[..., "Any"]


@pytest.fixture
def make(nursery: trio.Nursery) -> MakeRegistry:
    async def make(
        most: int = 1000,
        start: Callable[[SessionSeed], Any] | None = None,
        readers: int = 0,
    ) -> Registry:
        made: dict[str, FakeSession] = {}

        def session(seed: SessionSeed) -> FakeSession:
            made[seed.session_id] = FakeSession(seed)
            return made[seed.session_id]

        mailbox: Mailbox[SessionsMessage] = Mailbox("sessions", 1024)
        forgotten = Forgotten()
        actor = SessionsActor(start or session, most, forgotten, max_readers=readers)
        registry = Registry(actor, mailbox, made, forgotten)

        async def live(task_status: trio.TaskStatus[None]) -> None:
            await registry.actor.run(mailbox, partial(task_status.started, None))
            registry.over.set()

        await nursery.start(live)
        return registry

    return make


# ── who gets which ────────────────────────────────────────────────────────────────────────


async def test_session_is_found_by_its_id_and_by_its_device(make: MakeRegistry) -> None:
    registry = await make()
    session_id = (await registry.open("d1")).session_id
    assert await registry.find(session_id, None) == session_id
    assert await registry.find(None, "d1") == session_id
    assert await registry.find(session_id, "d1") == session_id


@pytest.mark.parametrize("device_id", [None, ""])
async def test_session_without_a_device_is_found_by_its_id_only(
    make: MakeRegistry, device_id: str | None
) -> None:
    registry = await make()
    session_id = (await registry.open(device_id)).session_id
    assert await registry.find(None, device_id) is None
    assert await registry.find("", "") is None
    assert await registry.find(session_id, device_id) == session_id


async def test_session_of_another_device_is_not_given(make: MakeRegistry) -> None:
    registry = await make()
    session_id = (await registry.open("d1")).session_id
    assert await registry.find(session_id, "d2") is None


async def test_robot_that_asks_for_the_session_of_another_gets_its_own(make: MakeRegistry) -> None:
    registry = await make()
    others = (await registry.open("d1")).session_id
    own = (await registry.open("d2")).session_id
    assert await registry.find(others, "d2") == own


async def test_session_that_its_device_leaves_for_another_is_superseded(make: MakeRegistry) -> None:
    registry = await make()
    without_device = (await registry.open(None)).session_id
    of_device = (await registry.open("d1")).session_id
    assert await registry.find(without_device, "d1") == without_device
    await trio.testing.wait_all_tasks_blocked()
    assert registry.told(of_device) == [Superseded()]
    assert registry.told(without_device) == []


async def test_device_that_went_on_with_a_session_by_its_id_has_it_from_then_on(
    make: MakeRegistry,
) -> None:
    registry = await make()
    chosen = (await registry.open(None)).session_id
    await registry.open("d1")
    await registry.find(chosen, "d1")
    assert await registry.find(None, "d1") == chosen


async def test_sessions_have_ids_that_nobody_guesses(make: MakeRegistry) -> None:
    registry = await make()
    ids = {(await registry.open()).session_id for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 20


async def test_session_of_the_past_keeps_its_id(make: MakeRegistry) -> None:
    registry = await make()
    wanted: dict[str, Any] = {"past": PAST, "origin": Origin.REMEMBERED, "last_seq": 7}
    assert (await registry.open("d1", **wanted)).session_id == "kept"
    assert registry.made["kept"].seed.wanted == Open("d1", **wanted)


async def test_second_robot_to_open_the_same_gets_the_session_of_the_first(
    make: MakeRegistry,
) -> None:
    registry = await make()
    opened: list[str] = []

    async def open_it() -> None:
        opened.append((await registry.open("d1", past=PAST)).session_id)

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(open_it)
    assert opened == ["kept"] * 5
    assert registry.actor.details()["live"] == 1


# ── how many ──────────────────────────────────────────────────────────────────────────────


async def test_session_beyond_max_sessions_is_refused_with_retry_after(make: MakeRegistry) -> None:
    registry = await make(most=2)
    await registry.open("d1")
    await registry.open("d2")
    with pytest.raises(ServerBusy) as caught:
        await registry.open("d3")
    assert caught.value.retry_after


async def test_robot_with_a_live_session_is_let_into_a_full_house(make: MakeRegistry) -> None:
    registry = await make(most=1)
    session_id = (await registry.open("d1")).session_id
    assert (await registry.open("d1")).session_id == session_id


async def test_readers_and_robots_take_no_place_of_each_other(make: MakeRegistry) -> None:
    registry = await make(most=1, readers=2)
    for _ in range(2):
        reader = await registry.open(reader=True)
        assert reader.session_id.startswith(READER_PREFIX)
    with pytest.raises(ServerBusy):
        await registry.open(reader=True)
    await registry.open("d1")
    with pytest.raises(ServerBusy):
        await registry.open("d2")
    reader.mailbox.put_urgent(Draining())
    await trio.testing.wait_all_tasks_blocked()
    await registry.open(reader=True)
    details = registry.actor.details()
    assert (details["live"], details["readers"]) == (1, 2)


async def test_place_of_a_session_that_ended_is_free_again(make: MakeRegistry) -> None:
    registry = await make(most=1)
    gone = await registry.open("d1")
    gone.mailbox.put_urgent(Draining())
    await trio.testing.wait_all_tasks_blocked()
    assert (await registry.open("d2")).session_id != gone.session_id


async def test_thousand_robots_within_a_second_get_a_session_each(
    make: MakeRegistry, autojump_clock: trio.testing.MockClock
) -> None:
    """The admission of each takes the time of nobody else: none waits out its five seconds."""
    registry = await make(most=1000)
    opened: set[str] = set()
    refused: list[int] = []

    async def come(number: int) -> None:
        try:
            opened.add((await registry.open(f"d{number}")).session_id)
        except ServerBusy:
            refused.append(number)

    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        for number in range(1010):
            nursery.start_soon(come, number)
    assert (len(opened), len(refused)) == (1000, 10)
    assert trio.current_time() == began


# ── when one of them fails ────────────────────────────────────────────────────────────────


async def test_session_that_crashes_leaves_the_registry_and_the_others_alone(
    make: MakeRegistry,
) -> None:
    registry = await make()
    sick = await registry.open("d1")
    well = await registry.open("d2")
    registry.made[sick.session_id].sick = True
    with pytest.raises(ActorDied):
        await ask(sick.mailbox, Attach(None), timeout=1)
    assert await registry.find(sick.session_id, "d1") is None
    assert await registry.find(None, "d2") == well.session_id
    assert (await registry.open("d1")).session_id != sick.session_id


async def test_session_that_cannot_begin_is_refused_alone(make: MakeRegistry) -> None:
    def broken(seed: SessionSeed) -> FakeSession:
        if seed.wanted.device_id == "sick":
            raise ZeroDivisionError
        return FakeSession(seed)

    registry = await make(start=broken)
    well = await registry.open("d2")
    with pytest.raises(InternalError):
        await registry.open("sick")
    assert await registry.find(None, "d2") == well.session_id
    assert registry.actor.details()["live"] == 1


# ── who is woken ──────────────────────────────────────────────────────────────────────────


async def test_tick_wakes_whose_deadline_has_come_once(
    make: MakeRegistry, autojump_clock: trio.testing.MockClock
) -> None:
    registry = await make()
    early, late = [(await registry.open()).session_id for _ in range(2)]
    now = trio.current_time()
    registry.made[early].seed.wake_at(early, now + 10)
    registry.made[late].seed.wake_at(late, now + 20)
    await trio.sleep(10)
    await registry.tick()
    await registry.tick()
    assert (registry.told(early), registry.told(late)) == ([Due()], [])


async def test_tick_does_not_wake_who_has_thought_better_of_it(
    make: MakeRegistry, autojump_clock: trio.testing.MockClock
) -> None:
    registry = await make()
    session_id = (await registry.open()).session_id
    registry.made[session_id].seed.wake_at(session_id, trio.current_time() + 10)
    registry.made[session_id].seed.wake_at(session_id, None)
    await trio.sleep(10)
    await registry.tick()
    assert registry.told(session_id) == []


# ── the end ───────────────────────────────────────────────────────────────────────────────


async def test_drain_is_answered_when_the_last_session_has_ended(make: MakeRegistry) -> None:
    registry = await make()
    ids = [(await registry.open(f"d{n}")).session_id for n in range(10)]
    await ask(registry.address.drain, DrainAll(), timeout=1)
    assert all(registry.told(session_id) == [Draining()] for session_id in ids)
    details = registry.actor.details()
    assert (details["live"], details["draining"]) == (0, True)


async def test_drain_of_an_empty_house_is_answered_at_once(make: MakeRegistry) -> None:
    registry = await make()
    await ask(registry.address.drain, DrainAll(), timeout=1)


async def test_drain_at_once_after_one_that_took_too_long_ends_the_rest(
    make: MakeRegistry, autojump_clock: trio.testing.MockClock
) -> None:
    registry = await make()
    session_id = (await registry.open("d1")).session_id
    registry.made[session_id].stubborn = True
    with trio.move_on_after(20) as patience:
        await ask(registry.address.drain, DrainAll(), timeout=60)
    assert patience.cancelled_caught
    await ask(registry.address.drain, DrainAll(at_once=True), timeout=1)
    assert registry.told(session_id) == [Draining(), Draining(at_once=True)]


async def test_draining_house_opens_no_session_but_gives_those_that_live(
    make: MakeRegistry, autojump_clock: trio.testing.MockClock
) -> None:
    registry = await make()
    session_id = (await registry.open("d1")).session_id
    registry.made[session_id].stubborn = True
    await registry.address.drain.put(Ask(DrainAll()))
    assert await registry.find(None, "d1") == session_id
    assert (await registry.open("d1")).session_id == session_id
    with pytest.raises(ServerBusy) as caught:
        await registry.open("d2")
    assert caught.value.retry_after


async def test_stop_ends_a_thousand_sessions_together_within_the_grace_of_one(
    make: MakeRegistry, autojump_clock: trio.testing.MockClock
) -> None:
    registry = await make()
    for number in range(1000):
        session_id = (await registry.open(f"d{number}")).session_id
        registry.made[session_id].stubborn = number % 100 == 0
    began = trio.current_time()
    registry.mailbox.request_stop()
    await registry.over.wait()
    assert trio.current_time() - began == 5  # of those that will not go
    assert registry.actor.details()["live"] == 0


# ── what is forgotten ─────────────────────────────────────────────────────────────────────


async def tell(registry: Registry, *news: Forgot | Hushed) -> None:
    """Announce it as the tree does: the actor is woken once, and takes what is there by then."""
    for each in news:
        if registry.forgotten.announce(each):
            registry.address.tell.put_urgent(Announced())
    await trio.testing.wait_all_tasks_blocked()


def news_of(registry: Registry, session_id: str) -> list[Forgot | Hushed]:
    """Return the news that a session was told, in order."""
    told = [message for message in registry.told(session_id) if isinstance(message, Tidings)]
    return [each for tidings in told for each in tidings.news]


def fill(live: LiveSession, message: SessionMessage) -> None:
    """Leave no room in the mailbox of a session; nobody reads meanwhile."""
    while True:
        try:
            live.mailbox.put_urgent(message)
        except MailboxFull:
            break


async def test_what_is_forgotten_is_told_to_every_session(make: MakeRegistry) -> None:
    registry = await make()
    sessions = [(await registry.open(device_id)).session_id for device_id in ("d1", "d2")]
    await tell(registry, FORGOT, HUSHED)
    assert [news_of(registry, session_id) for session_id in sessions] == [[FORGOT, HUSHED]] * 2


async def test_what_is_forgotten_in_one_burst_is_told_to_every_session_in_one_message(
    make: MakeRegistry,
) -> None:
    registry = await make()
    sessions = [(await registry.open(device_id)).session_id for device_id in ("d1", "d2")]
    burst = [Forgot("user_ana", frozenset({("s", f"r{number}")})) for number in range(40)]
    await tell(registry, *burst)
    assert [registry.told(each) for each in sessions] == [[Tidings(tuple(burst))]] * 2


async def test_what_is_forgotten_while_nobody_wakes_the_actor_is_told_at_the_next_tick(
    make: MakeRegistry,
) -> None:
    registry = await make()
    live = await registry.open("d1")
    registry.forgotten.announce(FORGOT)
    await registry.tick()
    await registry.tick()
    assert news_of(registry, live.session_id) == [FORGOT]


async def test_what_is_forgotten_is_told_before_all_that_waits(make: MakeRegistry) -> None:
    registry = await make()
    live = await registry.open("d1")
    live.mailbox.put_nowait(Due())
    registry.forgotten.announce(FORGOT)
    await registry.actor._handle(Announced())  # nobody reads meanwhile
    await trio.testing.wait_all_tasks_blocked()
    assert registry.told(live.session_id)[0] == Tidings((FORGOT,))


async def test_informing_is_answered_when_every_session_has_the_news_before_it(
    make: MakeRegistry,
) -> None:
    registry = await make()
    live = [await registry.open(device_id) for device_id in ("d1", "d2")]
    registry.forgotten.announce(FORGOT)
    informed = Ask(Inform())
    await registry.actor._handle(informed)  # nobody reads meanwhile
    assert [each.mailbox.statistics().urgent_depth for each in live] == [1, 1]
    await informed.answer()


async def test_session_that_is_let_go_of_has_ended_when_that_is_answered(
    make: MakeRegistry,
) -> None:
    registry = await make()
    live = await registry.open()
    await ask(registry.address.inform, LetGo(live.session_id, "d1"), timeout=1)
    assert await registry.find(live.session_id, None) is None
    await ask(registry.address.inform, LetGo(live.session_id, "d1"), timeout=1)


async def test_session_of_another_device_is_not_let_go_of(make: MakeRegistry) -> None:
    registry = await make()
    live = await registry.open("d1")
    await ask(registry.address.inform, LetGo(live.session_id, "d2"), timeout=1)
    assert await registry.find(live.session_id, "d1") == live.session_id


async def test_what_is_forgotten_is_told_again_in_order_to_who_had_no_room_for_it(
    make: MakeRegistry,
) -> None:
    registry = await make()
    live = await registry.open("d1")
    with structlog.testing.capture_logs():
        fill(live, Due())
        for news in (FORGOT, HUSHED):
            registry.forgotten.announce(news)
            await registry.actor._handle(Announced())
    await trio.testing.wait_all_tasks_blocked()
    assert news_of(registry, live.session_id) == []
    await registry.tick()
    await registry.tick()
    assert news_of(registry, live.session_id) == [FORGOT, HUSHED]


async def test_what_is_forgotten_is_not_told_again_to_who_is_gone(make: MakeRegistry) -> None:
    registry = await make()
    live = await registry.open("d1")
    with structlog.testing.capture_logs():
        fill(live, Draining())
        registry.forgotten.announce(FORGOT)
        await registry.actor._handle(Announced())
    await trio.testing.wait_all_tasks_blocked()
    await registry.tick()
    assert registry.actor._untold == {}


@pytest.mark.parametrize("past", [PAST, None], ids=["a past", "nothing but what is due"])
async def test_what_is_being_forgotten_is_told_to_who_begins_with_what_was_read_before(
    make: MakeRegistry, past: Conversation | None
) -> None:
    registry = await make()
    registry.forgotten.begin(FORGET, FORGOT, at=1.0)
    await tell(registry, FORGOT, HUSHED)
    live = await registry.open("d1", past=past)
    await trio.testing.wait_all_tasks_blocked()
    assert news_of(registry, live.session_id) == [FORGOT, HUSHED]


async def test_what_was_forgotten_long_ago_is_not_told_to_who_begins_with_a_past(
    make: MakeRegistry, mock_clock: trio.testing.MockClock
) -> None:
    registry = await make()
    order = registry.forgotten.begin(FORGET, FORGOT, at=1.0)
    await tell(registry, FORGOT, HUSHED)
    registry.forgotten.finish(order)
    mock_clock.jump(MOMENT_S)
    await registry.open("d1", past=PAST)
    await trio.testing.wait_all_tasks_blocked()
    assert registry.told("kept") == []
