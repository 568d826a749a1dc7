"""What happens at the bounds between a link and its session (docs/architecture.md, *Bounds*).

A real door, session and WebSocket link, on streams in memory under a virtual clock: so a phone is
as slow as a test wants it. The bounds of single parts are tested beside those parts.
"""

import json

import trio
import trio.testing
from attrs import define, field
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from robi.actors import outbox
from robi.actors.address import Address
from robi.actors.ask import Ask, ask
from robi.actors.keyring import Pass
from robi.actors.link import Link
from robi.actors.mail import Attach, Attached, FromRobot, SessionMessage
from robi.actors.mailbox import Mailbox
from robi.errors import ServerBusy
from robi.protocol.messages import Audio, Auth, BatteryAlert, ClientSettings, Interrupt
from robi.web.link import WebSocketLink
from robi.web.robot import DoorSettings, RobotDoor
from robi.web.wire import Wire
from tests.actors.bench import Bench, Robot
from tests.links import FakeLink

AUTH = {"type": "auth", "api_key": "k"}
SEND_TIMEOUT = 10.0


def door_to(mailbox: Mailbox[SessionMessage]) -> RobotDoor:
    """Return a door that lets everybody into the one session behind `mailbox`."""

    async def admit(auth: Auth) -> tuple[Address[SessionMessage], Attached]:
        return mailbox, await ask(mailbox, Attach(auth.last_seq), timeout=5)

    client = ClientSettings(60_000, 8_000, 1024)
    settings = DoorSettings(10.0, 30.0, 10.0, 1.0, "es", "robi/test", client, ())
    return RobotDoor(admit, lambda *_shown: Pass("operator"), settings)


async def enter(bench: Bench, link: Link) -> None:
    bench.nursery.start_soon(door_to(bench.mailbox).receive, link, None, lambda: None)
    await trio.testing.wait_all_tasks_blocked()


# ── session mailbox ───────────────────────────────────────────────────────────────────────


async def test_interrupt_behind_a_full_mailbox_of_audio_is_acted_upon_in_no_time(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    began = trio.current_time()
    for _ in range(bench.mailbox.bound):
        bench.mailbox.put_nowait(FromRobot(robot.attachment, Audio(bytes(4096)), None))
    await bench.mailbox.put(FromRobot(robot.attachment, Interrupt("r1"), None))
    await call.closed.wait()
    assert trio.current_time() == began


async def test_session_that_does_not_read_has_its_link_read_no_further(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    mailbox = Mailbox[SessionMessage]("session/s", 64)
    attachment = outbox.Outbox(lambda _turn, _message: None).attach()
    link = FakeLink()
    link.say(AUTH, *[b"audio"] * 100)
    nursery.start_soon(door_to(mailbox).receive, link, None, lambda: None)
    owed = await anext(mailbox)  # and nothing is read after this
    assert isinstance(owed, Ask)
    owed.reply(Attached("s", attachment, resumed=False))
    await trio.testing.wait_all_tasks_blocked()
    assert mailbox.statistics().depth == 64
    assert len(link._said) == 100 - 64 - 1  # one is in the hand of the reader


# ── outbox of a slow phone ────────────────────────────────────────────────────────────────


@define(eq=False)
class SlowPhone:
    """A phone behind a network that takes as much as it is told to, and then nothing."""

    bench: Bench
    takes: int = 0
    """Messages that it still reads."""
    heard: list[dict[str, object]] = field(factory=list)
    link: WebSocketLink = field(init=False)
    _theirs: trio.abc.HalfCloseableStream = field(init=False)

    async def connect(self, **auth: object) -> None:
        # What is written waits until it is read: no buffer between us.
        ours, self._theirs = trio.testing.lockstep_stream_pair()
        self.link = WebSocketLink(ours, Wire(1 << 20), "192.0.2.1", send_timeout=SEND_TIMEOUT)
        self.link.trust()
        self.bench.nursery.start_soon(self._listen)
        self.bench.nursery.start_soon(self._serve)
        await self.says({**AUTH, **auth})

    async def says(self, message: dict[str, object]) -> None:
        frame = Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True)
        await self._theirs.send_all(frame)
        await trio.testing.wait_all_tasks_blocked()

    async def _serve(self) -> None:
        await door_to(self.bench.mailbox).receive(self.link, None, lambda: None)

    async def _listen(self) -> None:
        parser = Protocol(Side.CLIENT, max_size=None)
        while len(self.heard) < self.takes:
            data = await self._theirs.receive_some()
            if not data:
                return
            parser.receive_data(bytes(data))
            frames = [event for event in parser.events_received() if isinstance(event, Frame)]
            self.heard += [json.loads(bytes(f.data)) for f in frames if f.opcode is Opcode.TEXT]


def letters(number: int) -> str:
    """Return a word for a number: digits would be put into words together."""
    return str(number).translate(str.maketrans("0123456789", "abcdefghij"))


async def test_texts_for_a_phone_that_takes_nothing_are_joined_from_256_on(bench: Bench) -> None:
    robot = await bench.robot()
    await robot.asks("cuenta")
    call = await bench.brain.called(1)
    words = [f" zo{letters(number)}" for number in range(400)]
    call.answer(*words)
    await trio.testing.wait_all_tasks_blocked()
    assert bench.session.details()["outbox"] == outbox.JOIN_ABOVE + 2  # meta and the end
    messages = await robot.hears_turn()
    texts = [message["text"] for message in messages if message["type"] == "text_chunk"]
    assert "".join(texts) == "".join(words).strip() == messages[-2]["response_text"]


async def test_phone_that_takes_nothing_loses_its_link_and_comes_back_to_every_word(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    phone = SlowPhone(bench, takes=3)  # auth_ok, the emotion, the first words
    await phone.connect()
    await phone.says({"type": "text", "request_id": "r1", "content": "cuenta"})
    call = await bench.brain.called(1)
    began = trio.current_time()
    words = [f" zo{letters(number)}" for number in range(400)]
    for word in words:
        call.write(word)
        await trio.testing.wait_all_tasks_blocked()
    await parked(bench)
    assert trio.current_time() - began == SEND_TIMEOUT
    assert not call.closed.is_set()  # it goes on thinking

    call.end()
    again = FakeLink()
    again.say({**AUTH, "session_id": "s", "last_seq": phone.heard[-1]["seq"]})
    await enter(bench, again)
    resumed, *rest = again.sent
    assert resumed["resumed"] is True
    whole = [*phone.heard[1:], *rest]
    assert [message["seq"] for message in whole] == list(range(1, len(whole) + 1))
    texts = [str(message["text"]) for message in whole if message["type"] == "text_chunk"]
    assert "".join(texts) == "".join(words).strip()
    assert whole[-1]["type"] == "stream_end"


async def test_phone_that_takes_nothing_still_interrupts(
    bench: Bench, autojump_clock: trio.testing.MockClock
) -> None:
    phone = SlowPhone(bench, takes=1)
    await phone.connect()
    await phone.says({"type": "text", "request_id": "r1", "content": "cuenta"})
    call = await bench.brain.called(1)
    call.write(*[f" zo{letters(number)}" for number in range(400)])
    await trio.testing.wait_all_tasks_blocked()
    began = trio.current_time()
    await phone.says({"type": "interrupt", "request_id": "r1"})
    await call.closed.wait()
    assert trio.current_time() == began


async def parked(bench: Bench) -> None:
    """Wait until the session has no link; looked at once a virtual second."""
    while bench.session.details()["link"] != "parked":
        await trio.sleep(1)
        await trio.testing.wait_all_tasks_blocked()


# ── replay ring ───────────────────────────────────────────────────────────────────────────


async def test_robot_that_missed_no_more_than_the_ring_holds_is_told_all_of_it(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await say_and_lose(bench, robot, outbox.RING_MESSAGES)
    again = await bench.robot(last_seq=0)
    assert again.attached.resumed is True
    seqs = [(await again.hears())["seq"] for _ in range(outbox.RING_MESSAGES)]
    assert seqs == list(range(1, outbox.RING_MESSAGES + 1))


async def test_robot_that_missed_one_more_than_the_ring_holds_is_not_resumed(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await say_and_lose(bench, robot, outbox.RING_MESSAGES + 1)
    assert (await bench.robot(last_seq=0)).attached.resumed is False


async def say_and_lose(bench: Bench, robot: Robot, count: int) -> None:
    """Have so many messages taken by the link of `robot`, which then breaks."""
    for _ in range(count):
        await robot.says(BatteryAlert("b", 50, "robot"))
        await robot.attachment.frames()
    await robot.leaves()


# ── model calls ───────────────────────────────────────────────────────────────────────────


async def test_turn_without_a_place_at_the_model_is_told_server_busy_in_words(
    bench: Bench,
) -> None:
    robot = await bench.robot()
    await robot.asks("hola")
    (await bench.brain.called(1)).fail(ServerBusy("no place", retry_after=2))
    error = (await robot.hears_turn())[-1]
    assert (error["error_code"], error["retry_after"], error["request_id"]) == (
        "SERVER_BUSY",
        2,
        "r1",
    )
    assert error["message"]
