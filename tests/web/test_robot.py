"""The door for robots: who comes in, how a link ends, and when one is dead."""

from typing import Any

import pytest
import trio
import trio.testing
from attrs import define, field

from robi.actors.address import Address
from robi.actors.attachment import Attachment
from robi.actors.keyring import Pass
from robi.actors.mail import Attached, FromRobot, LinkLost, Refused, SessionMessage
from robi.actors.mailbox import Mailbox
from robi.actors.outbox import READ_ON_BELOW, Outbox
from robi.actors.ticker import Tick, Ticker
from robi.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyMissing,
    MessageTooLarge,
    RobiError,
    ServerBusy,
)
from robi.protocol.closing import NO_CLOSE_FRAME, TAKEN_OVER
from robi.protocol.dialects import Dialect
from robi.protocol.messages import (
    Audio,
    Auth,
    ClientSettings,
    Interrupt,
    LowBatteryAlert,
    Text,
)
from robi.web.robot import DoorSettings, RobotDoor
from tests.actors.bench import recording
from tests.links import FakeLink

AUTH = {"type": "auth", "api_key": "good", "device_id": "d"}
INTERVAL, TIMEOUT, TICK = 30.0, 10.0, 0.25


@define(eq=False)
class Hall:
    """A door, one session behind it that does nothing, and links that come to it."""

    nursery: trio.Nursery
    refusal: ServerBusy | None = None
    links: list[FakeLink] = field(factory=list)
    asked: list[Auth] = field(factory=list)
    let_in: list[FakeLink] = field(factory=list)
    mailbox: Mailbox[SessionMessage] = field(factory=lambda: Mailbox("session/s", 64))
    outbox: Outbox = field(factory=lambda: Outbox(lambda _number, _message: None))
    attachment: Attachment = field(init=False)
    shown: list[tuple[str | None, str | None, str]] = field(factory=list)
    """The keys that were shown, by which devices, from where."""
    trouble: RobiError | None = None
    """What has become of the key of everybody."""
    told: list[tuple[str, Any]] = field(factory=list)
    """What the door told its meters."""
    door: RobotDoor = field(init=False)

    @door.default
    def _make_door(self) -> RobotDoor:
        client = ClientSettings(60_000, 8_000, 1024)
        settings = DoorSettings(10.0, INTERVAL, TIMEOUT, TICK, "en", "robi/test", client, ("talk",))
        return RobotDoor(
            self._admit,
            self._check_key,
            settings,
            recording(self.told),
            trouble_with=lambda _shown: self.trouble,
        )

    async def _admit(self, auth: Auth) -> tuple[Address[SessionMessage], Attached]:
        await trio.lowlevel.checkpoint()
        self.asked.append(auth)
        if self.refusal is not None:
            raise self.refusal
        self.attachment = self.outbox.attach()
        return self.mailbox, Attached("s", self.attachment, resumed=False)

    def _check_key(self, given: str | None, device_id: str | None, address: str) -> Pass:
        self.shown.append((given, device_id, address))
        if not given:
            raise ApiKeyMissing
        if given != "good":
            raise ApiKeyInvalid
        return Pass("robot", "key_1")

    async def comes(self, *first: object, header_key: str | None = None) -> FakeLink:
        """Let a robot come and say something; return its link when nothing moves any more."""
        link = FakeLink()
        link.say(*first)  # type: ignore[arg-type]
        self.nursery.start_soon(
            self.door.receive, link, header_key, lambda: self.let_in.append(link)
        )
        await trio.testing.wait_all_tasks_blocked()
        return link

    async def enters(self) -> FakeLink:
        """Let a robot come in that has the key."""
        link = await self.comes(AUTH)
        assert link.sent[0]["type"] == "auth_ok"
        return link

    def heard(self) -> list[SessionMessage]:
        """Return what has come to the session."""
        messages: list[SessionMessage] = []
        while self.mailbox.statistics().depth:
            messages.append(self.mailbox._take())
        return messages

    def die(self) -> None:
        """End the session as its supervisor does when no other life follows."""
        self.mailbox.close()


@pytest.fixture
async def hall(nursery: trio.Nursery) -> Hall:
    return Hall(nursery)


def says(level: int) -> LowBatteryAlert:
    return LowBatteryAlert("b", level, "robot")


# ── coming in ─────────────────────────────────────────────────────────────────────────────


async def test_robot_with_the_key_is_let_in_and_told_its_session(hall: Hall) -> None:
    link = await hall.comes({**AUTH, "session_id": "s", "last_seq": 7})
    assert hall.let_in == [link]
    assert (hall.asked[0].session_id, hall.asked[0].last_seq) == ("s", 7)
    assert link.sent == [
        {
            "type": "auth_ok",
            "session_id": "s",
            "resumed": False,
            "protocol": "1.4",
            "server": "robi/test",
            "settings": {
                "conversation_keep_alive_ms": 60_000,
                "person_search_timeout_ms": 8_000,
                "max_message_bytes": 1024,
            },
            "skills": ["talk"],
        }
    ]


async def test_key_in_the_header_stands_in_for_one_in_auth(hall: Hall) -> None:
    link = await hall.comes({"type": "auth"}, header_key="good")
    assert link.sent[0]["type"] == "auth_ok"


async def test_key_in_auth_counts_more_than_one_in_the_header(hall: Hall) -> None:
    link = await hall.comes({"type": "auth", "api_key": "bad"}, header_key="good")
    assert link.sent[0]["code"] == 1002


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"type": "auth"}, 1001),
        ({"type": "auth", "api_key": "bad"}, 1002),
        ({"type": "text", "request_id": "r", "content": "hola"}, 8001),
        (b"\x00", 8001),
        ("nonsense", 8004),
    ],
    ids=["no key", "wrong key", "no auth", "binary", "nonsense"],
)
async def test_robot_that_begins_otherwise_is_told_why_and_closed_with_1008(
    hall: Hall, first: object, code: int
) -> None:
    link = await hall.comes(first)
    assert [message["code"] for message in link.sent] == [code]
    assert "seq" not in link.sent[0]
    assert link.closed is not None
    assert (link.closed.code, link.closed.by_peer) == (1008, False)
    assert (hall.asked, hall.let_in) == ([], [])


async def test_robot_that_says_nothing_for_the_time_limit_is_closed_with_1008(
    hall: Hall, autojump_clock: trio.testing.MockClock
) -> None:
    start = trio.current_time()
    link = await hall.comes()
    assert link.closed is None
    closed = await link.wait_closed()
    assert (closed.code, link.sent[0]["code"]) == (1008, 8001)
    assert trio.current_time() - start == pytest.approx(10.0)


async def test_robot_that_leaves_before_auth_ends_its_link_and_nothing_else(hall: Hall) -> None:
    link = FakeLink()
    link.hang_up()
    await hall.door.receive(link, None, lambda: None)
    assert (link.sent, hall.asked) == ([], [])


async def test_robot_that_leaves_while_it_is_refused_ends_its_link_and_nothing_else(
    hall: Hall,
) -> None:
    link = FakeLink()
    link.block_sends()
    link.say("nonsense")
    hall.nursery.start_soon(hall.door.receive, link, None, lambda: None)
    await trio.testing.wait_all_tasks_blocked()
    link.abort()
    await trio.testing.wait_all_tasks_blocked()
    assert link.sent == []


async def test_robot_without_a_place_is_told_when_to_come_back_and_closed_with_1013(
    hall: Hall,
) -> None:
    hall.refusal = ServerBusy("no session is free", retry_after=5)
    link = await hall.comes(AUTH)
    assert (link.sent[0]["error_code"], link.sent[0]["retry_after"]) == ("SERVER_BUSY", 5)
    assert link.closed is not None
    assert link.closed.code == 1013


# ── the two loops ─────────────────────────────────────────────────────────────────────────


async def test_message_of_the_robot_reaches_its_session_with_the_dialect(hall: Hall) -> None:
    link = await hall.enters()
    link.say({"type": "text", "request_id": "r", "content": "hola", "user_id": "u"}, b"\x01")
    await trio.testing.wait_all_tasks_blocked()
    text, audio = hall.heard()
    assert isinstance(text, FromRobot)
    assert isinstance(audio, FromRobot)
    assert (text.message, text.dialect) == (Text("r", "hola", "u"), Dialect.USER)
    assert (audio.message, audio.dialect) == (Audio(b"\x01"), None)
    assert text.attachment is audio.attachment


@pytest.mark.parametrize(
    ("raw", "request_id"),
    [("nonsense", None), ('{"type": "text", "request_id": "r"}', "r")],
)
async def test_malformed_message_reaches_the_session_as_refused_and_the_link_stays(
    hall: Hall, raw: str, request_id: str | None
) -> None:
    link = await hall.enters()
    link.say(raw)
    await trio.testing.wait_all_tasks_blocked()
    (refused,) = hall.heard()
    assert isinstance(refused, Refused)
    assert (refused.error.code, refused.request_id) == (8004, request_id)
    assert link.closed is None


async def test_what_the_session_says_goes_out_at_once_in_order_and_numbered(hall: Hall) -> None:
    link = await hall.enters()
    for level in (3, 2, 1):
        hall.outbox.put(says(level), Dialect.USER)
    assert [(m["seq"], m["battery_level"]) for m in link.sent[1:]] == [(1, 3), (2, 2), (3, 1)]


async def test_what_the_session_says_together_is_one_write(hall: Hall) -> None:
    link = await hall.enters()
    hall.outbox.put_all([says(level) for level in (3, 2, 1)], Dialect.USER)
    assert link.batches == [1, 3]


async def test_robot_that_floods_is_not_read_while_its_answers_wait_but_can_interrupt(
    hall: Hall,
) -> None:
    link = await hall.enters()
    link.block_sends()
    for _ in range(2 * READ_ON_BELOW):
        hall.outbox.put(says(1), Dialect.USER)
    await trio.testing.wait_all_tasks_blocked()
    link.say(
        {"type": "interrupt", "request_id": "r"},
        b"\x01",
        {"type": "text", "request_id": "r", "content": "hola"},
    )
    await trio.testing.wait_all_tasks_blocked()
    kinds = [type(m.message) for m in hall.heard() if isinstance(m, FromRobot)]
    assert kinds == [Interrupt, Audio]
    link.let_sends()
    await trio.testing.wait_all_tasks_blocked()
    kinds = [type(m.message) for m in hall.heard() if isinstance(m, FromRobot)]
    assert kinds == [Text]


async def test_robot_that_does_not_take_it_is_written_one_message_at_a_time_until_it_has_caught_up(
    hall: Hall,
) -> None:
    """What is in a write cannot be taken back: to a phone that is behind it is not much."""
    link = await hall.enters()
    link.block_sends()
    for _ in range(4):
        hall.outbox.put(says(1), Dialect.USER)
    await trio.testing.wait_all_tasks_blocked()
    link.let_sends()
    await link.wait_sent(1 + 4)
    await trio.testing.wait_all_tasks_blocked()
    hall.outbox.put_all([says(1)] * 3, Dialect.USER)
    assert link.batches == [1, 1, 1, 1, 1, 3]


async def test_session_that_lets_go_of_a_robot_that_is_behind_is_heard_out(hall: Hall) -> None:
    link = await hall.enters()
    link.block_sends()
    for _ in range(3):
        hall.outbox.put(says(1), Dialect.USER)
    hall.attachment.end(TAKEN_OVER)
    await trio.testing.wait_all_tasks_blocked()
    assert link.closed is None
    link.let_sends()
    assert (await link.wait_closed()).code == TAKEN_OVER
    assert len(link.frames) == 1 + 3


async def test_what_is_said_while_a_link_ends_waits_for_the_next(hall: Hall) -> None:
    """The link's nursery closes: what would start a task there must not be tried."""
    link = await hall.enters()
    link.block_sends()
    link.hang_up()
    await trio.testing.wait_all_tasks_blocked()
    hall.outbox.put(says(1), Dialect.USER)
    assert hall.outbox.statistics().waiting == 1


# ── how a link ends ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("code", "left"), [(1000, True), (1001, False), (NO_CLOSE_FRAME, False)])
async def test_link_that_ends_is_lost_and_only_a_goodbye_is_for_good(
    hall: Hall, code: int, left: bool
) -> None:
    link = await hall.enters()
    link.hang_up(code)
    await trio.testing.wait_all_tasks_blocked()
    (lost,) = hall.heard()
    assert isinstance(lost, LinkLost)
    assert lost.left is left
    assert lost.attachment.ended


async def test_link_lost_before_auth_ok_is_told_to_the_session(hall: Hall) -> None:
    link = FakeLink()
    link.block_sends()
    link.say(AUTH)
    hall.nursery.start_soon(hall.door.receive, link, None, lambda: None)
    await trio.testing.wait_all_tasks_blocked()
    link.abort()
    await trio.testing.wait_all_tasks_blocked()
    (lost,) = hall.heard()
    assert isinstance(lost, LinkLost)


async def test_link_let_go_by_its_session_is_closed_with_its_code_after_all_was_said(
    hall: Hall,
) -> None:
    link = await hall.enters()
    link.block_sends()
    hall.outbox.put(says(1), Dialect.USER)
    await trio.testing.wait_all_tasks_blocked()
    attachment = hall.outbox._attachment
    assert attachment is not None
    hall.outbox.put(says(2), Dialect.USER)
    attachment.end(4409)
    await trio.testing.wait_all_tasks_blocked()
    assert link.closed is None
    link.let_sends()
    await trio.testing.wait_all_tasks_blocked()
    assert [message.get("seq") for message in link.sent] == [None, 1, 2]
    assert link.closed is not None
    assert (link.closed.code, link.closed.by_peer) == (4409, False)


async def test_second_link_of_a_session_leaves_the_first_nothing_to_say(hall: Hall) -> None:
    first = await hall.enters()
    attachment = hall.outbox._attachment
    assert attachment is not None
    attachment.end(4409)  # as the session does when another link attaches
    second = await hall.enters()
    hall.outbox.put(says(1), Dialect.USER)
    await trio.testing.wait_all_tasks_blocked()
    assert first.closed is not None
    assert first.closed.code == 4409
    assert [len(link.sent) for link in (first, second)] == [1, 2]


async def test_message_to_a_session_that_is_gone_does_not_cut_its_last_words(hall: Hall) -> None:
    link = await hall.enters()
    hall.die()
    link.say({"type": "text", "request_id": "r", "content": "hola"})
    await trio.testing.wait_all_tasks_blocked()
    assert link.closed is None
    attachment = hall.outbox._attachment
    assert attachment is not None
    hall.outbox.put(says(1), Dialect.USER)
    attachment.end(1012)  # as the session does at its end
    await trio.testing.wait_all_tasks_blocked()
    assert len(link.sent) == 2
    assert link.closed is not None
    assert (link.closed.code, link.closed.by_peer) == (1012, False)


async def test_session_that_crashed_ends_its_link_with_1011_at_once(hall: Hall) -> None:
    link = await hall.enters()
    attachment = hall.outbox._attachment
    assert attachment is not None
    attachment.end(1011)
    hall.die()
    await trio.testing.wait_all_tasks_blocked()
    assert link.closed is not None
    assert link.closed.code == 1011


async def test_session_that_is_full_is_told_of_the_loss_for_a_bounded_time_only(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with trio.open_nursery() as nursery:
        hall = Hall(nursery)
        link = await hall.enters()
        attachment = hall.outbox._attachment
        assert attachment is not None
        while hall.mailbox.statistics().depth < 64:
            hall.mailbox.put_nowait(FromRobot(attachment, Audio(b""), None))
        start = trio.current_time()
        link.hang_up()
    assert trio.current_time() - start == pytest.approx(1.0)
    assert attachment.ended


# ── last words to who broke a rule of the link ────────────────────────────────────────────


def farewell(link: FakeLink) -> bytes:
    assert link.farewell is not None
    words = link.farewell(MessageTooLarge())
    assert words is not None
    return words


async def test_farewell_before_auth_has_no_number(hall: Hall) -> None:
    link = await hall.comes()
    assert b'"code":8003' in farewell(link)
    assert b'"seq"' not in farewell(link)


async def test_farewell_of_a_link_that_is_written_up_to_date_has_the_next_number(
    hall: Hall,
) -> None:
    link = await hall.enters()
    hall.outbox.put(says(1), Dialect.USER)
    await trio.testing.wait_all_tasks_blocked()
    assert b'"seq":2' in farewell(link)
    assert hall.outbox.last_seq == 2


async def test_farewell_past_messages_that_wait_has_no_number(hall: Hall) -> None:
    link = await hall.enters()
    link.block_sends()
    hall.outbox.put(says(1), Dialect.USER)
    await trio.testing.wait_all_tasks_blocked()
    assert b'"seq"' not in farewell(link)
    assert hall.outbox.last_seq == 1


# ── keep-alive ────────────────────────────────────────────────────────────────────────────


async def beat(hall: Hall, nursery: trio.Nursery) -> None:
    """Have the one ticker of the house drive the door."""
    ticks: Mailbox[Tick] = Mailbox("listener", 64)

    async def follow() -> None:
        async for tick in ticks:
            hall.door.keep_alive(tick.now)

    nursery.start_soon(Ticker([ticks], TICK).run, Mailbox[Any]("ticker", 1), lambda: None)
    nursery.start_soon(follow)


async def test_link_that_answers_its_pings_lives_and_is_asked_once_an_interval(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with trio.open_nursery() as nursery:
        hall = Hall(nursery)
        await beat(hall, nursery)
        link = await hall.enters()
        await trio.sleep(10 * INTERVAL + 2 * TICK)
        assert (link.closed, link.pings) == (None, 10)
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("arrives", [0.0, 0.25, 0.999])
@pytest.mark.parametrize("freezes", [0.0, 0.5, 29.0, 29.5, 30.5, 31.5, 59.9, 61.2])
async def test_link_that_is_half_open_is_found_within_interval_and_timeout(
    autojump_clock: trio.testing.MockClock, arrives: float, freezes: float
) -> None:
    """Wherever between two pings, and between two ticks, the cable was pulled."""
    async with trio.open_nursery() as nursery:
        hall = Hall(nursery)
        await beat(hall, nursery)
        await trio.sleep(arrives)
        link = await hall.enters()
        await trio.sleep(freezes)
        link.answers_pings = False
        pulled = trio.current_time()
        await link.wait_closed()
        assert link.aborted
        assert TIMEOUT <= trio.current_time() - pulled <= INTERVAL + TIMEOUT
        await trio.testing.wait_all_tasks_blocked()
        (lost,) = hall.heard()
        assert isinstance(lost, LinkLost)
        assert lost.left is False
        nursery.cancel_scope.cancel()


async def test_link_that_is_gone_is_pinged_no_more(autojump_clock: trio.testing.MockClock) -> None:
    async with trio.open_nursery() as nursery:
        hall = Hall(nursery)
        await beat(hall, nursery)
        link = await hall.enters()
        link.hang_up()
        await trio.sleep(3 * INTERVAL)
        assert link.pings == 0
        nursery.cancel_scope.cancel()


# ── what is counted ───────────────────────────────────────────────────────────────────────


async def test_link_that_is_refused_is_told_by_its_error(hall: Hall) -> None:
    await hall.comes({**AUTH, "api_key": "bad"})
    assert hall.told == [("refused", "API_KEY_INVALID")]


@pytest.mark.parametrize("code", [1000, NO_CLOSE_FRAME])
async def test_link_that_ends_is_told_by_its_code(hall: Hall, code: int) -> None:
    (await hall.enters()).hang_up(code)
    await trio.testing.wait_all_tasks_blocked()
    assert hall.told == [("hung_up", code)]


async def test_link_let_go_by_its_session_is_told_by_that_code(hall: Hall) -> None:
    await hall.enters()
    attachment = hall.outbox._attachment
    assert attachment is not None
    attachment.end(4409)
    await trio.testing.wait_all_tasks_blocked()
    assert hall.told == [("hung_up", 4409)]


async def test_link_that_is_half_open_is_told_as_silent_and_as_lost(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with trio.open_nursery() as nursery:
        hall = Hall(nursery)
        await beat(hall, nursery)
        link = await hall.enters()
        link.answers_pings = False
        await link.wait_closed()
        await trio.testing.wait_all_tasks_blocked()
        (silent, seconds), hung_up = hall.told
        assert (silent, hung_up) == ("silent", ("hung_up", NO_CLOSE_FRAME))
        assert TIMEOUT <= seconds <= TIMEOUT + 2 * TICK
        nursery.cancel_scope.cancel()


# ── keys that are good no more ────────────────────────────────────────────────────────────


async def test_key_is_checked_with_the_device_and_the_address_that_show_it(hall: Hall) -> None:
    await hall.comes({"type": "auth", "device_id": "d"}, header_key="good")
    assert hall.shown == [("good", "d", FakeLink().peer)]


@pytest.mark.parametrize("trouble", [ApiKeyInvalid(), ApiKeyExpired()])
async def test_link_whose_key_is_good_no_more_is_told_and_closed_with_1008(
    hall: Hall, trouble: RobiError
) -> None:
    link = await hall.enters()
    hall.door.keep_alive(trio.current_time())
    assert link.closed is None
    hall.trouble = trouble
    hall.door.keep_alive(trio.current_time())
    await trio.testing.wait_all_tasks_blocked()
    assert link.sent[-1]["error_code"] == trouble.error_code
    assert link.closed is not None
    assert (link.closed.code, link.closed.reason) == (1008, trouble.error_code)
    lost = hall.heard()[-1]
    assert isinstance(lost, LinkLost)
    assert not lost.left


async def test_link_whose_key_is_good_no_more_is_let_go_once(hall: Hall) -> None:
    link = await hall.enters()
    hall.trouble = ApiKeyInvalid()
    for _ in range(3):
        hall.door.keep_alive(trio.current_time())
    await trio.testing.wait_all_tasks_blocked()
    assert [message["type"] for message in link.sent] == ["auth_ok", "error"]
