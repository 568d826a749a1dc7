"""All sessions: who may begin one, who goes on with which, who is to be woken.

Owns the registry of live sessions, by id and by device, and the supervisor below which each runs.
It never waits for the store or for a session: what needs waiting happens in the task of whoever
asks (`admit`), so a thousand robots that come back at once wait for nobody but themselves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import cast

import structlog
import trio
from attrs import define, field

from robi.actors.actor import Actor
from robi.actors.ask import Ask
from robi.actors.child import Child
from robi.actors.crash import Crash
from robi.actors.deadlines import Deadlines
from robi.actors.errors import ActorDied, ActorError, ChildRefused, MailboxFull
from robi.actors.forgotten import Forgotten
from robi.actors.mail import (
    Draining,
    Due,
    Forgot,
    Hushed,
    SessionMessage,
    Superseded,
    Tidings,
)
from robi.actors.mailbox import Mailbox
from robi.actors.restart import Intensity, Restart
from robi.actors.sessions_mail import (
    Announced,
    DrainAll,
    Find,
    Inform,
    LetGo,
    LiveSession,
    Open,
    SessionsAddress,
    SessionSeed,
    SessionsMessage,
    new_session_id,
)
from robi.actors.snapshot import Detail, Snapshot
from robi.actors.supervisor import Supervisor, ignore
from robi.actors.ticker import Tick
from robi.errors import ServerBusy
from robi.store.base import READER_PREFIX

__all__ = [
    "SESSION_GRACE",
    "Announced",
    "DrainAll",
    "Find",
    "Inform",
    "LetGo",
    "LiveSession",
    "Open",
    "SessionSeed",
    "SessionsActor",
    "SessionsAddress",
    "SessionsMessage",
    "new_session_id",
]

log = structlog.get_logger()

SESSION_GRACE = 5.0
SESSION_MAILBOX = 64
RETRY_AFTER_S = 5
"""What a robot that finds no place is told to wait; its own back-off spreads the rest."""


@define
class _Live:
    session: LiveSession
    device_id: str | None


@define(eq=False)
class SessionsActor:
    """The dynamic supervisor of sessions.

    At most `max_sessions` of robots live at once, parked or not, and `max_readers` of readers:
    neither takes a place of the other.
    """

    _make: Callable[[SessionSeed], Actor[SessionMessage]]
    _max_sessions: int
    _forgotten: Forgotten = field(factory=Forgotten)
    _on_crash: Callable[[Crash], None] = ignore
    _new_id: Callable[[], str] = new_session_id
    _max_readers: int = field(default=0, kw_only=True)
    _supervisor: Supervisor = field(init=False)
    _nursery: trio.Nursery | None = field(default=None, init=False)
    _by_id: dict[str, _Live] = field(factory=dict, init=False)
    _by_device: dict[str, str] = field(factory=dict, init=False)
    _readers: int = field(default=0, init=False)
    """How many of them are readers'."""
    _deadlines: Deadlines = field(factory=Deadlines, init=False)
    _drains: list[Ask[None]] = field(factory=list, init=False)
    _draining: bool = field(default=False, init=False)
    _untold: dict[str, tuple[Forgot | Hushed, ...]] = field(factory=dict, init=False)
    """What a session has no room to hear; told again at each tick, for it must hear it."""

    @_supervisor.default
    def _of_sessions(self) -> Supervisor:
        return Supervisor("sessions", (), Intensity(), per_child=True, on_crash=self._on_crash)

    async def run(self, mailbox: Mailbox[SessionsMessage], ready: Callable[[], None]) -> None:
        """Serve until asked to stop; then every session is stopped, each with its grace."""
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            await nursery.start(self._supervisor.run)
            ready()
            async for message in mailbox:
                await self._handle(message)
            self._supervisor.request_stop()

    def details(self) -> Mapping[str, Detail]:
        """Live sessions of robots and of readers, and how many there may be."""
        readers = self._readers
        return {
            "live": len(self._by_id) - readers,
            "most": self._max_sessions,
            "readers": readers,
            "most_readers": self._max_readers,
            "draining": self._draining,
        }

    def children(self) -> Sequence[Snapshot]:
        """The sessions."""
        return self._supervisor.snapshot().children

    async def _handle(self, message: SessionsMessage) -> None:
        match message:
            case Announced():
                self._inform(list(self._by_id), self._forgotten.take_news())
            case Tick(now):
                self._inform(list(self._by_id), self._forgotten.take_news())
                for session_id in list(self._untold):
                    self._inform([session_id], self._untold.pop(session_id))
                for session_id in self._deadlines.pop_due(now):
                    if not self._tell(session_id, Due()):
                        self._deadlines.set(session_id, now)  # at the next tick then
            case Ask(question=Find(session_id, device_id)):
                found = cast("Ask[LiveSession | None]", message)
                found.reply(self._find(session_id, device_id))
            case Ask(question=Open() as wanted):
                try:
                    live = await self._open(wanted)
                except (ServerBusy, ActorError) as failure:  # one that cannot begin harms no other
                    message.fail(failure)
                else:
                    cast("Ask[LiveSession]", message).reply(live)
            case Ask(question=Inform()):
                self._inform(list(self._by_id), self._forgotten.take_news())
                cast("Ask[None]", message).reply(None)
            case Ask(question=LetGo(session_id, device_id)):
                self._let_go(cast("Ask[None]", message), session_id, device_id)
            case Ask(question=DrainAll(at_once)):
                self._drain(cast("Ask[None]", message), at_once=at_once)

    def _find(self, session_id: str | None, device_id: str | None) -> LiveSession | None:
        by_device = self._by_id.get(self._by_device.get(device_id or "", ""))
        by_id = self._by_id.get(session_id or "")
        if by_id is not None and device_id and by_id.device_id not in {None, device_id}:
            log.warning("session_of_another_device", session_id=session_id)
            by_id = None
        chosen = by_id or by_device
        if chosen is None:
            return None
        if by_device is not None and by_device is not chosen:
            self._tell(by_device.session.session_id, Superseded())
        if device_id and chosen is not by_device:
            chosen.device_id = device_id
            self._by_device[device_id] = chosen.session.session_id
        return chosen.session

    async def _open(self, wanted: Open) -> LiveSession:
        if (live := self._find(wanted.session_id, wanted.device_id)) is not None:
            return live
        if self._draining:
            raise ServerBusy("the server is going away", retry_after=RETRY_AFTER_S)
        if wanted.reader:
            free = self._max_readers - self._readers
        else:
            free = self._max_sessions - (len(self._by_id) - self._readers)
        if free <= 0:
            raise ServerBusy("no session is free", retry_after=RETRY_AFTER_S)
        if wanted.session_id in self._by_id:  # alive, and another device's
            wanted = Open(wanted.device_id)
        prefix = READER_PREFIX if wanted.reader else ""
        session_id = wanted.session_id or prefix + self._new_id()
        seed = SessionSeed(session_id, wanted, self._deadlines.set, self._forget)
        child = Child(
            f"session/{session_id}",
            partial(self._make, seed),
            Restart.TEMPORARY,
            SESSION_GRACE,
            mailbox_bound=SESSION_MAILBOX,
        )
        live = LiveSession(session_id, await self._supervisor.start_child(child))
        self._by_id[session_id] = _Live(live, wanted.device_id)
        self._readers += wanted.reader
        if wanted.device_id:
            self._by_device[wanted.device_id] = session_id
        # What it reads from the store may be on its way out: its past, or what it is to speak of.
        self._inform([session_id], self._forgotten.recent())
        return live

    def _forget(self, session_id: str) -> None:
        """Called from the session's own task, as its last word."""
        self._deadlines.set(session_id, None)
        live = self._by_id.pop(session_id, None)
        self._readers -= live is not None and session_id.startswith(READER_PREFIX)
        if live is not None and self._by_device.get(live.device_id or "") == session_id:
            del self._by_device[live.device_id or ""]
        if self._draining and not self._by_id:
            while self._drains:
                self._drains.pop().reply(None)

    def _drain(self, question: Ask[None], *, at_once: bool) -> None:
        self._draining = True
        if not self._by_id:
            question.reply(None)
            return
        self._drains.append(question)
        for session_id in list(self._by_id):
            self._tell(session_id, Draining(at_once))

    def _let_go(self, owed: Ask[None], session_id: str, device_id: str) -> None:
        live = self._by_id.get(session_id)
        if live is None or live.device_id not in {None, device_id} or self._nursery is None:
            owed.reply(None)
            return

        async def end() -> None:
            with suppress(ChildRefused):  # it has just ended by itself
                await self._supervisor.stop_child(f"session/{session_id}")
            owed.reply(None)

        self._nursery.start_soon(end)

    def _inform(self, session_ids: Iterable[str], news: Sequence[Forgot | Hushed]) -> None:
        """Tell sessions what they must know; those that have no room, at the next tick."""
        if not news:
            return
        for session_id in session_ids:
            tidings = Tidings((*self._untold.pop(session_id, ()), *news))
            if not self._tell(session_id, tidings):
                self._untold[session_id] = tidings.news

    def _tell(self, session_id: str, message: SessionMessage) -> bool:
        """Put `message`; return whether it was put, or nobody is there to need it."""
        live = self._by_id.get(session_id)
        if live is None:
            return True
        try:
            live.session.mailbox.put_urgent(message)
        except (ActorDied, MailboxFull) as failure:
            log.warning("session_unreachable", session_id=session_id, reason=str(failure))
            return False
        return True
