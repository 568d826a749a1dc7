"""Home: the process with the store, the memory and the files, and its lines to the others.

Owns their ends: of each mailbox that others put into (`robi.actors.embassy`), and of the line to
each process, by which all that is shared is told and asked (`branches`, `news`).
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Never

import structlog
import trio
from attrs import define

from robi.actors.ask import Ask, ask
from robi.actors.crash import Crash
from robi.actors.embassy import Lane
from robi.actors.errors import ActorDied, AskTimeout
from robi.actors.line import Line, LineLost
from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail
from robi.brain.ledger import Ledger
from robi.workers.branches import Branches
from robi.workers.news import (
    Leaving,
    MaySpeak,
    Released,
    Spent,
    SpentByAll,
    Standing,
    Taken,
    Unhand,
    Visited,
    VisitOver,
)
from robi.workers.shared import ClaimsAtHome, Visits
from robi.workers.sockets import Sockets, listen

log = structlog.get_logger()

SPENDING_EVERY_S: Final = 1.0
HELLO_WITHIN_S: Final = 5.0
UNHAND_WITHIN_S: Final = 8.0
"""Seconds for a session elsewhere to end; it has five."""


@define(eq=False)
class HomeActor:
    """Serves the other processes: what they put in mailboxes here, and a line of news to each.

    Args:
        lanes: the mailboxes, by the names under which they are dialled.
        standing: what a process is told when it comes.
        unhand: has a session of this process ended.
        ledger: what is counted here, of all.
        gone: called when a process is gone.
    """

    _sockets: Sockets
    _lanes: Mapping[str, Lane]
    _branches: Branches
    _standing: Callable[[], Standing]
    _visits: Visits
    _claims: ClaimsAtHome
    _unhand: Callable[[Ask[None], Unhand], Awaitable[None]]
    _ledger: Ledger
    _gone: Callable[[], None]

    def details(self) -> Mapping[str, Detail]:
        """How many processes there are besides this, and how many there should be."""
        here, expected = len(self._branches.lines), len(self._branches.expected)
        return {"others": here, "expected": expected, "degraded": here < expected}

    async def run(self, mailbox: Mailbox[Never], ready: Callable[[], None]) -> None:
        """Serve until asked to stop."""
        async with trio.open_nursery() as nursery, listen(self._sockets.embassy) as listener:
            nursery.start_soon(self._tell_spending)

            @nursery.start_soon
            async def accept() -> None:
                while True:
                    nursery.start_soon(self._serve, await listener.accept())

            ready()
            await mailbox.wait_stopping()
            nursery.cancel_scope.cancel()

    async def _serve(self, stream: trio.SocketStream) -> None:
        """Serve one line to its end; whatever goes wrong there ends it alone."""
        async with stream:
            try:
                name, number, pid = await hello(stream)
                if (lane := self._lanes.get(name)) is not None:
                    await lane.serve(stream)
                else:
                    await self.serve_branch(number, pid, stream)
            except (LineLost, OSError, trio.BrokenResourceError):
                log.info("line_ended")
            except Exception as error:  # noqa: BLE001 - the other side hears of it
                crash = Crash.of("line", error, 0)
                log.error("line_crashed", error=crash.error, places=crash.places)

    async def serve_branch(self, worker: int, pid: int, stream: trio.abc.Stream) -> None:
        """Serve the line of news to a process, to its end."""
        async with trio.open_nursery() as nursery:

            async def take(message: Any) -> None:
                await trio.lowlevel.checkpoint()
                self._take(message, worker, nursery)

            line = Line(f"worker {worker}", stream, take)
            self._branches.came(worker, pid, line)
            line.put_nowait(self._standing())
            line.put_nowait(SpentByAll(self._ledger.day, self._ledger.today()))
            log.info("worker_came", number=worker)
            try:
                await line.run()
            except LineLost:
                log.info("worker_left", number=worker)
            finally:
                self._branches.lost(worker, pid, line)
                self._gone()
                nursery.cancel_scope.cancel()

    def _take(self, message: Any, worker: int, nursery: trio.Nursery) -> None:
        match message:
            case Visited(person_id):
                self._visits.note(person_id)
                self._branches.tell(message, but=worker)
            case VisitOver(person_id):
                self._visits.end(person_id)
                self._branches.tell(message, but=worker)
            case Taken(reminder_id, session_id):
                self._claims.take(reminder_id, session_id)
            case Released(reminder_id):
                self._claims.release(reminder_id)
            case Ask(question=MaySpeak() as asked):
                nursery.start_soon(self._claims.hold, message, asked)
            case Ask(question=Unhand() as asked) if asked.at == 0:
                nursery.start_soon(self._unhand, message, asked)
            case Ask(question=Unhand() as asked):
                nursery.start_soon(self._pass_on, message, asked)
            case Spent(day, purpose, usage):
                self._ledger.add((day, purpose), usage)
            case Ask(question=Leaving()):
                self._branches.left(worker)
                message.reply(None)
            case _:
                raise TypeError(type(message).__name__)

    async def _pass_on(self, owed: Ask[None], asked: Unhand) -> None:
        """Ask another process; one that is not there has no session."""
        line = self._branches.lines.get(asked.at)
        if line is not None:
            try:
                await ask(line, asked, timeout=UNHAND_WITHIN_S)
            except AskTimeout as failure:
                owed.fail(failure)
                return
            except ActorDied:
                log.info("worker_lost", line=line.name)
        owed.reply(None)

    # ── what the model counts ─────────────────────────────────────────────────────────────

    async def _tell_spending(self) -> None:
        told: SpentByAll | None = None
        while True:
            await trio.sleep(SPENDING_EVERY_S)
            spent = SpentByAll(self._ledger.day, self._ledger.today())
            if spent != told:
                told = spent
                self._branches.tell(spent)


async def hello(stream: trio.abc.ReceiveStream) -> tuple[str, int, int]:
    """Read what a stream is for, a mailbox or `branch`, and the number and process of who came."""
    with trio.fail_after(HELLO_WITHIN_S):
        said = b""
        while not said.endswith(b"\n"):
            byte = await stream.receive_some(1)
            if not byte:
                raise trio.BrokenResourceError("no hello")
            said += byte
    name, number, pid = said.decode().split()
    return name, int(number), int(pid)


def said(name: str, worker: int) -> bytes:
    """Return what `hello` reads of this process."""
    return f"{name} {worker} {os.getpid()}\n".encode()
