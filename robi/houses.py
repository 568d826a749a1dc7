"""The trees of a server of several processes: home, and the others.

Owns the wiring of what `robi.workers` adds to a house, and how one process of several is served.
Home has the whole tree, and a row for the others; these have the same tree, but for the actors that
live at home, whose places a `Remote` takes, and a row for the line there
(docs/decisions/0021-workers.md). It is one file, as both are one tree with other rows.
"""

import os
from collections.abc import Callable, Sequence
from functools import partial
from math import ceil, inf
from typing import Any

import structlog
import trio
from attrs import define, evolve, field

from robi.actors.admission import REMEMBER_WITHIN
from robi.actors.ask import Ask, ask
from robi.actors.bookkeeping import Books
from robi.actors.embassy import Lane
from robi.actors.errors import ActorError, AskTimeout
from robi.actors.figures import Latencies, latencies
from robi.actors.memory_mail import Forget, ForgetAbout, TurnsLost
from robi.actors.remote import Remote
from robi.actors.restart import Restart
from robi.actors.sessions import SESSION_GRACE, Inform, LetGo, new_session_id
from robi.actors.snapshot import Snapshot, State
from robi.actors.store_mail import LoadConversation, LoadDeviceOf
from robi.actors.ticker import Ticker
from robi.brain.reach import check_proxies
from robi.config.settings import Settings
from robi.errors import DataError, ServerBusy
from robi.metrics import merge
from robi.protocol.messages import Auth
from robi.service import Service
from robi.speech.spoken import prepare as prepare_numbers
from robi.store.base import SaveSession
from robi.tree import TABLE, TICK, House, Kin, Row, drain
from robi.workers.branch import BranchActor, CountsForHome, WayHome
from robi.workers.branches import Branches
from robi.workers.home import UNHAND_WITHIN_S, HomeActor, said
from robi.workers.news import Look, Portrait, Unhand
from robi.workers.orders import Orders, Post
from robi.workers.ownership import Belonging, mint
from robi.workers.passing import RETRY_AFTER_S, Passing, receive
from robi.workers.shared import (
    ClaimsAtHome,
    ClaimsElsewhere,
    ForgottenAtHome,
    ForgottenElsewhere,
    Visits,
)
from robi.workers.sockets import Sockets, dial, open_shared_port

log = structlog.get_logger()

HOME = 0
"""The number of the process that has the store."""

OTHERS = Row("workers", Restart.PERMANENT, 1, "the other processes: what they tell and ask")
HOME_LINE = Row("home", Restart.PERMANENT, 2, "the line to the process with the store")
_AT_HOME = frozenset({"store", "janitor", "memory"})
_STORE_WITHIN = 2.0


def share_of(settings: Settings, workers: int) -> Settings:
    """Return the settings of one of so many processes: what is for the whole server, divided."""
    return evolve(
        settings,
        brain_max_calls=ceil(settings.brain_max_calls / workers),
        max_sessions=ceil(settings.max_sessions / workers),
        max_unauthenticated=ceil(settings.max_unauthenticated / workers),
        max_unauthenticated_per_address=ceil(settings.max_unauthenticated_per_address / workers),
    )


@define(eq=False)
class OneOfSeveral(House):
    """A house that is one process of several.

    Args:
        here: its number.
        workers: how many there are.
        sockets: where they find each other.
    """

    here: int = field(kw_only=True)
    workers: int = field(kw_only=True)
    sockets: Sockets = field(kw_only=True)

    def _kin_of(self, **its_own: Any) -> Kin:
        belonging = Belonging(self.here, self.workers, self._device_of)
        passing = Passing(self.sockets, belonging)
        return Kin(
            new_session_id=lambda: mint(new_session_id, self.here, self.workers),
            reclaim=partial(self._reclaim, belonging),
            hand_over=passing.link,
            shared=True,
            give_plain=None if self.here == HOME else passing.plain,
            arrivals=partial(receive, self.sockets, self.here),
            open_port=open_shared_port,
            **its_own,
        )

    async def look(self, asked: Look) -> Portrait:
        """Return how this process is."""
        await trio.lowlevel.checkpoint()
        return Portrait(
            self.supervisor.snapshot(),
            self._figures.times if asked.figures else (),
            self.metrics.text() if asked.metrics else b"",
        )

    # ── sessions that belong elsewhere ────────────────────────────────────────────────────

    async def _device_of(self, session_id: str) -> str | None:
        try:
            return await self._store.read(LoadDeviceOf(session_id), within=REMEMBER_WITHIN)
        except (ActorError, DataError) as failure:
            log.warning("device_unknown", reason=type(failure).__name__)
            return None

    async def unhand(self, owed: Ask[None], asked: Unhand) -> None:
        """End a session that goes on elsewhere; answer when all of it is on the disk."""
        try:
            let_go = LetGo(asked.session_id, asked.device_id)
            await ask(self.sessions.inform, let_go, timeout=SESSION_GRACE + 1)
            await self._store.commit(within=_STORE_WITHIN)
        except (ActorError, DataError) as failure:
            owed.fail(failure)
        else:
            owed.reply(None)

    async def _reclaim(self, belonging: Belonging, auth: Auth) -> None:
        """Have another process let go of a session, and note that it is of the device now.

        Raises:
            ServerBusy: it has not let go in time.
        """
        other = belonging.other_of(auth)
        if other is None or not (auth.session_id and auth.device_id):
            return
        try:
            await self._ask_to_unhand(Unhand(other, auth.session_id, auth.device_id))
        except AskTimeout:  # it may live there yet: opened here, it would be there twice
            log.warning("session_not_let_go")
            busy = ServerBusy("the session is held elsewhere", retry_after=RETRY_AFTER_S)
            raise busy from None
        except (ActorError, DataError) as failure:  # where that process has died it is nobody's
            log.warning("session_not_unhanded", reason=type(failure).__name__)
        try:
            load = LoadConversation(auth.session_id)
            kept = await self._store.read(load, within=REMEMBER_WITHIN)
            if kept is not None and not kept.session.device_id:
                session = evolve(kept.session, device_id=auth.device_id)
                await self._store.commit(SaveSession(session), within=_STORE_WITHIN)
        except (ActorError, DataError) as failure:
            log.warning("session_not_reclaimed", reason=type(failure).__name__)

    async def _ask_to_unhand(self, asked: Unhand) -> None:
        raise NotImplementedError


@define(eq=False)
class HomeHouse(OneOfSeveral):
    """The process with the store, the memory and the files.

    `give_up` has another process ended that does not answer.
    """

    give_up: Callable[[int, int], None] = field(kw_only=True)
    _branches: Branches = field(init=False)

    def __attrs_post_init__(self) -> None:
        others = tuple(number for number in range(self.workers) if number != HOME)
        self._branches = branches = Branches(others, self.give_up)
        self._kin = self._kin_of(
            forgotten=ForgottenAtHome(branches.tell, branches.announce),
            visits=Visits(branches.tell),
            claims=ClaimsAtHome(branches.tell),
            all_told=branches.all_told,
            whole=self._whole,
            latencies=self._all_latencies,
        )
        super().__attrs_post_init__()

    def _rows(self) -> Sequence[Row]:
        after = next(place for place, row in enumerate(TABLE) if row.name == "memory") + 1
        return (*TABLE[:after], OTHERS, *TABLE[after:])

    def _starts(self) -> dict[str, Callable[[], Any]]:
        return {**super()._starts(), OTHERS.name: self._home}

    def _home(self) -> HomeActor:
        forgotten, visits, claims = self._kin.forgotten, self._kin.visits, self._kin.claims
        if not (
            isinstance(forgotten, ForgottenAtHome)
            and isinstance(visits, Visits)
            and isinstance(claims, ClaimsAtHome)
        ):
            raise TypeError
        mailbox = self.supervisor.mailbox
        return HomeActor(
            self.sockets,
            {
                "store": Lane(mailbox("store")),
                self._store.reads.name: Lane(self._store.reads),
                "janitor": Lane(mailbox("janitor")),
                "memory": Lane(mailbox("memory"), _is_urgent),
            },
            self._branches,
            partial(forgotten.standing, visits, claims),
            visits,
            claims,
            self.unhand,
            self._ledger,
            self._take_up_turns,
        )

    def _take_up_turns(self) -> None:
        """Have those turns learned from of which a process that is gone has not told."""
        try:
            self.supervisor.mailbox("memory").put_nowait(TurnsLost())
        except ActorError as failure:  # the next start finds them
            log.warning("turns_not_taken_up", reason=type(failure).__name__)

    async def _ask_to_unhand(self, asked: Unhand) -> None:
        line = self._branches.lines.get(asked.at)
        if line is not None:
            await ask(line, asked, timeout=UNHAND_WITHIN_S)

    # ── views of all ──────────────────────────────────────────────────────────────────────

    async def _whole(self) -> Snapshot:
        portraits = await self._branches.look(Look())
        here = self.supervisor.snapshot()
        others = tuple(of_worker(number, seen) for number, seen in portraits.items())
        return evolve(here, children=(*here.children, *others))

    async def _all_latencies(self) -> Latencies:
        portraits = await self._branches.look(Look(figures=True))
        others = (seen.times for seen in portraits.values() if seen is not None)
        return latencies([*self._figures.times, *(turn for times in others for turn in times)])

    async def _expose(self, _accept: str) -> tuple[bytes, str]:
        portraits = await self._branches.look(Look(metrics=True))
        parts = {str(HOME): self.metrics.text()}
        parts |= {str(n): seen.metrics for n, seen in portraits.items() if seen is not None}
        return merge(parts), "text/plain; version=0.0.4; charset=utf-8"


@define(eq=False)
class BranchHouse(OneOfSeveral):
    """A process that is not home.

    `give_in` ends this process at once, with nothing more written: what it had put for home is
    lost, and what it would put next must not come without it.
    """

    give_in: Callable[[], None] = field(kw_only=True)
    _way: WayHome = field(factory=WayHome, init=False)

    def __attrs_post_init__(self) -> None:
        way = self._way
        self._kin = self._kin_of(
            forgotten=ForgottenElsewhere(),
            visits=Visits(way.tell),
            claims=ClaimsElsewhere(way.tell, way.may_speak),
        )
        super().__attrs_post_init__()

    async def prepare(self) -> None:
        """Wait for home, which may be at work on its database; only the model is this process' own.

        Raises:
            ConfigurationError: the model can never be reached.
        """
        await (await dial(self.sockets.embassy)).aclose()
        if self.settings.brains != ("rehearsal",):
            check_proxies()

    def _rows(self) -> Sequence[Row]:
        return (HOME_LINE, *(row for row in TABLE if row.name != "certificate"))

    def _starts(self) -> dict[str, Callable[[], Any]]:
        return {
            **super()._starts(),
            HOME_LINE.name: self._branch,
            "store": lambda: Remote(self._dial, self._store.reads, lost=self.give_in),
            "janitor": lambda: Remote(self._dial, lost=self.give_in),
            "memory": lambda: Remote(self._dial, lost=self.give_in),
        }

    def _ticker(self) -> Ticker:
        mailboxes = [self.supervisor.mailbox(name) for name in ("keys", "sessions", "listener")]
        return Ticker(mailboxes, TICK, self._meters.late)

    def _make_books(self) -> Books:
        return CountsForHome(self._ledger, self._way)

    def _branch(self) -> BranchActor:
        forgotten, visits, claims = self._kin.forgotten, self._kin.visits, self._kin.claims
        books = self._books
        if not (
            isinstance(forgotten, ForgottenElsewhere)
            and isinstance(visits, Visits)
            and isinstance(claims, ClaimsElsewhere)
            and isinstance(books, CountsForHome)
        ):
            raise TypeError
        return BranchActor(
            self._dial,
            self._way,
            forgotten,
            visits,
            claims,
            books,
            self._inform,
            self.supervisor.mailbox("store"),
            self.supervisor.mailbox("janitor"),
            self.unhand,
            self.look,
        )

    async def _dial(self, name: str) -> trio.abc.Stream:
        stream = await dial(self.sockets.embassy)
        await stream.send_all(said(name, self.here))
        return stream

    async def _inform(self) -> None:
        """Have every session told the news; while nobody serves them there is none."""
        state = next(c.state for c in self.supervisor.snapshot().children if c.name == "sessions")
        if state not in {State.WAITING, State.STARTING}:
            await ask(self.sessions.inform, Inform(), timeout=inf)

    async def _ask_to_unhand(self, asked: Unhand) -> None:
        if self._way.line is not None:
            await ask(self._way.line, asked, timeout=UNHAND_WITHIN_S)


def _is_urgent(message: object) -> bool:
    """What a turn has forgotten is put before all else (`robi.actors.mind`)."""
    return isinstance(message, Ask) and isinstance(message.question, Forget | ForgetAbout)


def of_worker(number: int, seen: Portrait | None) -> Snapshot:
    """Return what a view of the whole shows of a process."""
    name = f"worker/{number}"
    if seen is None:
        details = {"degraded": True, "silent": True}
        return Snapshot(name, State.STARTING, Restart.PERMANENT, 0, 0.0, 0, 0, details)
    told = [child.details for child in seen.tree.children]
    well = all(child.state is State.RUNNING for child in seen.tree.children)
    details = {
        "degraded": not well or any(bool(each.get("degraded")) for each in told),
        "draining": any(bool(each.get("draining")) for each in told),
    }
    return evolve(seen.tree, name=name, restart=Restart.PERMANENT, details=details)


def _exit() -> None:
    log.error("line_home_broken")
    os._exit(1)


async def serve(
    settings: Settings,
    post: Post,
    on_ready: Callable[[], None],
    *,
    made_key: bool,
    service: Service,
) -> None:
    """Run one process of several until the parent orders it to end, or is gone.

    `on_ready` is called once it serves, and must not block. Home tells `service` that all is well;
    what else a service manager hears is said by the parent.

    Raises as `robi.tree.serve`.
    """
    here, workers = post.number, settings.workers
    orders, mine = Orders(post.parent, post.reopen), share_of(settings, workers)
    sockets = Sockets(post.folder)
    async with trio.open_nursery() as listening:

        def give_up(number: int, pid: int) -> None:
            listening.start_soon(orders.tell, f"give-up {number} {pid}")

        house: House = (
            HomeHouse(
                mine,
                made_key,
                service=service,
                here=here,
                workers=workers,
                sockets=sockets,
                give_up=give_up,
            )
            if here == HOME
            else BranchHouse(
                mine, made_key, here=here, workers=workers, sockets=sockets, give_in=_exit
            )
        )
        listening.start_soon(orders.run)
        async with house.sending_traces():
            prepare_numbers()
            async with trio.open_nursery() as nursery:
                with orders.starting:
                    await house.prepare()
                    await nursery.start(house.supervisor.run)
                if orders.starting.cancelled_caught:  # nothing is up that must end in peace
                    log.info("ended_before_it_served")
                    nursery.cancel_scope.cancel()
                else:
                    on_ready()
                    await orders.tell("ready")
                    await orders.draining.wait()
                    log.info("draining")
                    await drain(house, orders.hurries)
                    if here == HOME:  # what the others write at the end is written here
                        await orders.finishing.wait()
                    house.supervisor.request_stop()
        listening.cancel_scope.cancel()
    log.info("stopped")
