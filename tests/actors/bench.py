"""A session on the bench: its brain, its robot, its store and its clock in the hands of a test."""

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import attrs
import trio
import trio.testing
from attrs import define, evolve, field, frozen

from robi.actors.ask import Ask, ask
from robi.actors.attachment import Attachment, Detached
from robi.actors.claims import Claims
from robi.actors.company import left_with
from robi.actors.history import History
from robi.actors.janitor_mail import Keep
from robi.actors.keeper import Keeper
from robi.actors.mail import (
    Attach,
    Attached,
    Forgot,
    FromRobot,
    Hushed,
    LinkLost,
    Origin,
    SessionMessage,
    Tidings,
)
from robi.actors.mailbox import Mailbox
from robi.actors.manner import Known
from robi.actors.memory_mail import Forget, ForgetAbout, Heard
from robi.actors.meters import Meters
from robi.actors.reader import ALONE_S, NEWEST, ReaderPorts
from robi.actors.remembering import SessionPorts
from robi.actors.session import Session, SessionSettings
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.actors.tools import Tool
from robi.actors.turn import Met, TurnPorts
from robi.brain.base import BrainRequest, Fragment, ToolCall
from robi.errors import RobiError
from robi.protocol.dialects import Dialect
from robi.protocol.messages import ClientMessage, Text
from robi.speech.pieces import MemoryNote
from robi.store.base import ReminderRow, Write


def recording(told: list[tuple[str, Any]]) -> Meters:
    """Return meters that note what they are told, each with its name."""

    def noting(name: str) -> Callable[[Any], None]:
        return lambda value: told.append((name, value))

    return Meters(**{one.name: noting(one.name) for one in attrs.fields(Meters)})


@define(eq=False)
class Call:
    """One call to the scripted model: what it was asked, and when it was closed."""

    request: BrainRequest
    _send: trio.MemorySendChannel[Fragment | RobiError]
    receive: trio.MemoryReceiveChannel[Fragment | RobiError]
    closed: trio.Event = field(factory=trio.Event)

    def call(self, *calls: ToolCall) -> None:
        self._send.send_nowait(Fragment(calls=calls))

    def write(self, *texts: str) -> None:
        for text in texts:
            self._send.send_nowait(Fragment(text))

    def fail(self, error: RobiError) -> None:
        self._send.send_nowait(error)

    def end(self) -> None:
        self._send.close()

    def answer(self, *texts: str) -> None:
        self.write(*texts)
        self.end()


@define(eq=False)
class ScriptedBrain:
    """A model that says what the test tells it to, when it tells it to."""

    calls: list[Call] = field(factory=list)
    model: str = "scripted"
    _asked: trio.Event = field(factory=trio.Event)

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncIterator[AsyncIterator[Fragment]]:
        send, receive = trio.open_memory_channel[Fragment | RobiError](1000)
        call = Call(request, send, receive)
        self.calls.append(call)
        self._asked.set()
        self._asked = trio.Event()

        async def fragments() -> AsyncIterator[Fragment]:
            async for item in receive:
                if isinstance(item, RobiError):
                    raise item
                yield item

        try:
            with send, receive:
                yield fragments()
        finally:
            call.closed.set()

    async def generate(self, request: BrainRequest) -> Fragment:
        async with self.stream(request) as fragments:
            return Fragment("".join([fragment.text async for fragment in fragments]))

    async def aclose(self) -> None:
        """Nothing to close."""

    async def called(self, number: int) -> Call:
        """Wait for call `number`, counting from 1."""
        while len(self.calls) < number:
            await self._asked.wait()
        return self.calls[number - 1]


@frozen
class Recollected:
    name: str | None
    memories: tuple[str, ...] = ()


@define(eq=False)
class Robot:
    """The robot's end of one link."""

    session: Mailbox[SessionMessage]
    attached: Attached
    seen: list[dict[str, Any]] = field(factory=list)

    @property
    def attachment(self) -> Attachment:
        return self.attached.attachment

    async def says(self, *messages: ClientMessage, dialect: Dialect | None = None) -> None:
        for message in messages:
            await self.session.put(FromRobot(self.attachment, message, dialect))
        await trio.testing.wait_all_tasks_blocked()

    async def asks(self, content: str, request_id: str = "r1", person: str | None = None) -> None:
        await self.says(Text(request_id, content, person))

    async def hears(self) -> dict[str, Any]:
        """Take the next message; in the order of their numbers."""
        while not self._waiting:
            self._waiting += [json.loads(frame) for frame in await self.attachment.frames()]
        message = self._waiting.pop(0)
        self.seen.append(message)
        return message

    async def hears_until(self, *types: str) -> list[dict[str, Any]]:
        """Take messages up to the first of one of `types`."""
        messages = [await self.hears()]
        while messages[-1]["type"] not in types:
            messages.append(await self.hears())
        return messages

    async def hears_turn(self) -> list[dict[str, Any]]:
        return await self.hears_until("stream_end", "error")

    async def let_go(self) -> int:
        """Take what is left and return the code with which the link is to be closed."""
        try:
            while True:
                await self.hears()
        except Detached as detached:
            return detached.code

    async def leaves(self, *, for_good: bool = False) -> None:
        self.attachment.drop()
        await self.session.put(LinkLost(self.attachment, for_good))
        await trio.testing.wait_all_tasks_blocked()

    _waiting: list[dict[str, Any]] = field(factory=list)


@define(eq=False)
class Bench:
    """One session and everything around it."""

    nursery: trio.Nursery
    brain: ScriptedBrain = field(factory=ScriptedBrain)
    known: dict[str, Recollected] = field(factory=dict)
    accounts: list[Heard] = field(factory=list)
    namings: list[tuple[str, str]] = field(factory=list)
    forgettings: list[Forget | ForgetAbout] = field(factory=list)
    forgetting: Callable[[], Any] | None = None
    forgotten: set[str] = field(factory=set)
    files: list[Keep] = field(factory=list)
    keeping: Callable[[], Any] | None = None
    names: list[tuple[str, str]] = field(factory=list)
    sights: list[tuple[str, bytes | None]] = field(factory=list)
    wake_at: float | None = None
    over: trio.Event = field(factory=trio.Event)
    rows: Mailbox[StoreMessage] = field(factory=lambda: Mailbox("store", 10_000))
    mailbox: Mailbox[SessionMessage] = field(factory=lambda: Mailbox("session/s", 64))
    recalling: Callable[[], Any] | None = None
    history: History = field(factory=History)
    compaction_threshold: int = 1000
    reader: ReaderPorts | None = None
    """With these the session is a reader's."""
    wall_clock: Callable[[], datetime] = lambda: datetime(2026, 2, 8, 10, 30, tzinfo=UTC)
    tools: tuple[Tool, ...] = ()
    told: list[tuple[str, Any]] = field(factory=list)
    """What the session told its meters: of what, and the value."""
    reminders: list[ReminderRow] = field(factory=list)
    """What the store has."""
    loose: dict[str, list[ReminderRow]] = field(factory=dict)
    """What it has of each person for no device."""
    asked_for_loose: list[str] = field(factory=list)
    claims: Claims = field(factory=Claims)
    reading: Callable[[], Any] | None = None
    visits: dict[str, float] = field(factory=dict)
    session: Session = field(init=False)
    _written: list[Write] = field(factory=list)

    def start(self, origin: Origin = Origin.NEW, last_seq: int = 0) -> Session:
        ports = TurnPorts(
            brain=self.brain,
            recall=self._recall,
            meet=self._meet,
            named=lambda person_id, name: self.names.append((person_id, name)),
            wall_clock=self.wall_clock,
            rng=random.Random(1),
            max_output_tokens=512,
            temperature=0.7,
            tools=lambda: self.tools,
            meters=recording(self.told),
        )
        settings = SessionSettings(
            keep_alive=60.0,
            language="es",
            robot_name="Robi",
            compaction_threshold=self.compaction_threshold,
        )
        if self.reader is not None:
            ports = self.reader.turns(ports, 1024)
            settings = evolve(settings, newest=NEWEST, alone_s=ALONE_S)
        self.session = Session(
            "s",
            origin,
            last_seq,
            self.history,
            Keeper("s", "device", StoreAddress(self.rows)),
            ports,
            SessionPorts(
                heard=self.accounts.append,
                became=lambda stranger_id, person_id: self.namings.append((stranger_id, person_id)),
                saw=lambda person_id, face: self.sights.append((person_id, face)),
                forget=self._forget,
                keep=self._keep,
                visits=self.visits,
                reminders=self._reminders,
                loose_reminders=self._loose_reminders,
                claims=self.claims,
                at_once=self.reader is not None,
            ),
            settings,
            left_with(self.history.entries, lately=True, is_forgotten=self.forgotten.__contains__),
            self._set_wake,
            lambda _session_id: self.over.set(),
        )
        self.nursery.start_soon(self.session.run, self.mailbox, lambda: None)
        return self.session

    async def robot(self, last_seq: int | None = None) -> Robot:
        attached = await ask(self.mailbox, Attach(last_seq), timeout=1)
        return Robot(self.mailbox, attached)

    async def is_told(self, *news: Forgot | Hushed) -> None:
        """Tell the session what was decided elsewhere."""
        await self.mailbox.put(Tidings(news))

    def heard(self) -> list[tuple[str, str, bool]]:
        """Return the history: who said what, and whether it was cut off."""
        return [(e.said.role, e.said.text, e.said.cut_off) for e in self.session._history.entries]

    def written(self) -> list[Write]:
        """Return what the session has sent to the store so far."""
        while self.rows.statistics().depth:
            message = self.rows._take()
            assert not isinstance(message, Ask)
            self._written.append(message)
        return self._written

    async def _reminders(self, _session_id: str, _device_id: str | None) -> tuple[ReminderRow, ...]:
        await trio.lowlevel.checkpoint()
        if self.reading is not None:
            await self.reading()
        return tuple(self.reminders)

    async def _loose_reminders(self, person_id: str) -> tuple[ReminderRow, ...]:
        self.asked_for_loose.append(person_id)
        await trio.lowlevel.checkpoint()
        if self.reading is not None:
            await self.reading()
        return tuple(self.loose.get(person_id, ()))

    def _set_wake(self, _session_id: str, at: float | None) -> None:
        self.wake_at = at

    @property
    def notes(self) -> list[tuple[str, tuple[MemoryNote, ...]]]:
        """The model's notes of each turn that has some, with whose turn it was."""
        return [(heard.person_id, heard.notes) for heard in self.accounts if heard.notes]

    def _forget(self, question: Forget | ForgetAbout) -> Callable[[], Awaitable[None]]:
        self.forgettings.append(question)

        async def wait() -> None:
            if self.forgetting is not None:
                await self.forgetting()

        return wait

    async def _keep(self, keep: Keep) -> None:
        await trio.lowlevel.checkpoint()
        if self.keeping is not None:
            await self.keeping()
        self.files.append(keep)

    async def _recall(self, person_id: str, _words: str) -> Known | None:
        if self.recalling is not None:
            await self.recalling()
        return self.known.get(person_id)

    async def _meet(self, name: str, _face: bytes | None) -> Met | None:
        return Met(f"user_{name.lower()}_000000", name)
