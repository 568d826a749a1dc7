"""The tree of actors: one table, and the wiring between its rows.

With `making`, the only module that names concrete classes. `GET /api/tree`, `robi tree` and the
drawing in docs/architecture.md are made from it. Order matters: children start from first to last,
each ready before the next, and stop from last to first (docs/supervision.md).
"""

import platform
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version
from ipaddress import ip_network
from math import inf
from time import time
from typing import TYPE_CHECKING, Any

import structlog
import trio
from attrs import define, evolve, field, frozen

from robi.actors.address import Address
from robi.actors.admission import Admission
from robi.actors.ask import Ask, ask
from robi.actors.bookkeeping import Bookkeeping, Books
from robi.actors.brain import BrainActor, BrainDoor
from robi.actors.certificate import CertificateActor, Standing
from robi.actors.child import Child
from robi.actors.claims import Claims
from robi.actors.company import left_with
from robi.actors.crash import Crash
from robi.actors.erasing import AllTold, at_once
from robi.actors.errors import ActorError
from robi.actors.figures import Figures, Latencies
from robi.actors.forgotten import Forgotten
from robi.actors.janitor import JanitorActor
from robi.actors.janitor_mail import JanitorAddress
from robi.actors.keeper import Keeper, remembered, spoken_dialect
from robi.actors.keyring import Keyring
from robi.actors.keys import KeysActor
from robi.actors.library import Library
from robi.actors.link import Link
from robi.actors.mail import Forgot, Hushed
from robi.actors.mcp import McpActor, Shelf
from robi.actors.memory import MemoryActor
from robi.actors.meters import Meters, each
from robi.actors.mind import Mind
from robi.actors.reader import (
    ALONE_S,
    LONGEST_IDLE_S,
    NEWEST,
    ReaderPorts,
    forgetting_alone,
    settling,
)
from robi.actors.reception import Reception
from robi.actors.registry import Registry
from robi.actors.remembering import SessionPorts
from robi.actors.restart import Intensity, Restart
from robi.actors.session import Session, SessionSettings
from robi.actors.sessions import (
    Announced,
    DrainAll,
    SessionsActor,
    SessionsAddress,
    SessionSeed,
    new_session_id,
)
from robi.actors.skills import builtin
from robi.actors.snapshot import Snapshot, State
from robi.actors.store import PACE_S, StoreActor
from robi.actors.store_mail import LoadLooseReminders, LoadReminders, StoreAddress
from robi.actors.supervisor import Supervisor
from robi.actors.ticker import Ticker
from robi.actors.tools import Clock
from robi.actors.turn import TurnPorts, report
from robi.brain.base import MeasuredBrain
from robi.brain.budget import Budget
from robi.brain.gate import Gate
from robi.brain.ledger import Ledger
from robi.brain.reach import check_proxies
from robi.brain.watching import Patrol
from robi.config import certificate, folder
from robi.config.settings import Settings
from robi.errors import DataError, RobiError
from robi.making import (
    MB,
    local_time,
    make_attempts,
    make_brain,
    make_files,
    make_keyring,
    make_ledger,
    make_servers,
    retention,
    turn_ports,
)
from robi.metrics import Metrics
from robi.metrics.tree import Sources, Spent
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.messages import Auth, ClientSettings
from robi.service import Service
from robi.speech.prompts import system_instruction
from robi.speech.scene import Scene
from robi.speech.spoken import prepare as prepare_numbers
from robi.store.base import ReminderRow, Store
from robi.store.urls import store_maker
from robi.texts.apart import read_apart
from robi.web import pages
from robi.web.accept import Dispatcher, LinkLimits
from robi.web.api.app import ApiSettings, make_app
from robi.web.api.calls import ApiPorts
from robi.web.api.guard import Guard, RateLimit
from robi.web.api.people_actors import PeopleByActors
from robi.web.api.texts_actors import TextsByActors
from robi.web.chat import script
from robi.web.chat.asking import Chat, ChatPorts
from robi.web.chat.door import ReaderDoor, ReaderRules
from robi.web.entry import Entry
from robi.web.forwarded import Proxies
from robi.web.handshake import UpgradeRules
from robi.web.http import HttpLimits
from robi.web.link import Give
from robi.web.listener import Arrivals, ListenerActor, ListenerSettings, Open, open_port
from robi.web.robot import DoorSettings, RobotDoor

if TYPE_CHECKING:
    from robi.metrics.traces import Traces

log = structlog.get_logger()

SERVER = f"robi/{version('robi')}"
SKILLS = ("conversation", "capture", "registration", "face_scan")
TICK = 0.25
"""Seconds between two beats of the one clock: how late a ping or a time-out may be."""

REMINDERS_WITHIN = 5.0
"""Seconds that the store has to tell what a robot is to speak of; then it is asked again."""

LAST_WORD_WITHIN = 1.0
"""Seconds in which sessions whose drain was cut short say so to their robots."""

TRACES_WITHIN = 2.0
"""Seconds for the last traces, if any are made (`robi.metrics.traces`)."""


@frozen
class Row:
    """A row of the table: what `docs/architecture.md` draws of a child."""

    name: str
    restart: Restart
    grace: float
    owns: str
    mailbox_bound: int = 64


TABLE = (
    Row("ticker", Restart.PERMANENT, 1, "the one clock: pings, time-outs, expiries"),
    Row(
        "store", Restart.PERMANENT, 10, "the database: the error kernel, it decides nothing", 10_000
    ),
    Row("janitor", Restart.PERMANENT, 2, "files under MEDIA_DIR: retention, disk budget", 256),
    Row("memory", Restart.PERMANENT, 5, "what is known of people", 1_000),
    Row("brain", Restart.PERMANENT, 5, "the model: one client, limits, retries"),
    Row("mcp", Restart.PERMANENT, 3, "servers of tools: connected, and what each offers"),
    Row("certificate", Restart.PERMANENT, 1, "until when robots can trust the server"),
    Row("keys", Restart.PERMANENT, 1, "which keys there are, and when each was used last"),
    Row("sessions", Restart.PERMANENT, 20, "the sessions: admission, attach, park, reap", 1_024),
    Row("listener", Restart.PERMANENT, 2, "the port; starts last, stops first"),
)
"""First started, last stopped. Grace in seconds."""

SESSION_ROW = Row("session/<id>", Restart.TEMPORARY, 5, "one conversation")
"""What is below `sessions`, one for each robot and each reader."""


def text() -> str:
    """Return the table for a terminal, a line an actor."""
    return "".join(
        f"{row.name:<14} {row.restart.value:<10} grace {row.grace:g} s  {row.owns}\n"
        for row in (*TABLE[:-1], evolve(SESSION_ROW, name="└ session/<id>"), TABLE[-1])
    )


def mermaid() -> str:
    """Return the table as a Mermaid drawing."""
    lines = ["graph TD", '    robi(["robi"])']
    lines += [f'    robi --> {row.name}["<b>{row.name}</b><br>{row.owns}"]' for row in TABLE]
    lines.append(f'    sessions --> session["<b>session/ID</b><br>{SESSION_ROW.owns}"]')
    return "\n".join(lines) + "\n"


# ── the wiring ────────────────────────────────────────────────────────────────────────────


@frozen
class Kin:
    """What a house is given where it is one of several processes (`robi.houses`).

    Alone, it has of everything the plain form.
    """

    forgotten: Forgotten = field(factory=Forgotten)
    visits: dict[str, float] = field(factory=dict)
    claims: Claims = field(factory=Claims)
    all_told: AllTold = at_once
    new_session_id: Callable[[], str] = new_session_id
    reclaim: Callable[[Auth], Awaitable[None]] | None = None
    hand_over: Callable[[Auth, Link], Awaitable[bool]] | None = None
    shared: bool = False
    give_plain: Give | None = None
    arrivals: Arrivals | None = None
    open_port: Open = open_port
    whole: Callable[[], Awaitable[Snapshot]] | None = None
    latencies: Callable[[], Awaitable[Latencies]] | None = None


@define(eq=False)
class House:
    """Everything of one server, wired and not yet started."""

    settings: Settings
    made_key: bool = False
    """Whether `api_key` was made by the server itself; a page on this machine may be told it."""
    service: Service = field(factory=Service, kw_only=True)
    """Who is told, by the one clock, that all is well."""
    door: BrainDoor = field(factory=BrainDoor, init=False)
    supervisor: Supervisor = field(init=False)
    metrics: Metrics = field(init=False)
    sessions: SessionsAddress = field(init=False)
    _store: StoreAddress = field(init=False)
    _janitor: JanitorAddress = field(init=False)
    _kin: Kin = field(factory=Kin, init=False)
    _shelf: Shelf = field(factory=Shelf, init=False)
    _figures: Figures = field(factory=Figures, init=False)
    _meters: Meters = field(init=False)
    _traces: "Traces | None" = field(default=None, init=False)
    _ledger: Ledger = field(init=False)
    _books: Books = field(init=False)
    _patrol: Patrol = field(factory=Patrol, init=False)
    _ports: TurnPorts = field(init=False)
    _mind: SessionPorts = field(init=False)
    _library: Library = field(init=False)
    _reader_ports: TurnPorts = field(init=False)
    _reader_mind: SessionPorts = field(init=False)
    _of_robots: SessionSettings = field(init=False)
    _of_readers: SessionSettings = field(init=False)
    _keyring: Keyring = field(init=False)
    _entry: Entry = field(init=False)
    _robots: RobotDoor = field(init=False)
    _make_store: Callable[[], Store] = field(init=False)
    _opened: Store | None = field(default=None, init=False)
    """The store of the first life, opened before the tree stands."""

    def _rows(self) -> Sequence[Row]:
        return TABLE

    def _starts(self) -> dict[str, Callable[[], Any]]:
        return {
            "ticker": self._ticker,
            "store": lambda: StoreActor(
                self._next_store, self._store.reads, self._meters.committed, PACE_S, here=True
            ),
            "janitor": self._janitor_actor,
            "memory": self._memory,
            "brain": lambda: BrainActor(
                self._make_brain, self.door, self._books, self._patrol.walk
            ),
            "mcp": lambda: McpActor(make_servers(self.settings), self._shelf),
            "certificate": self._certificate,
            "keys": lambda: KeysActor(self._store, self._keyring),
            "sessions": lambda: SessionsActor(
                self._session,
                self.settings.max_sessions,
                self._kin.forgotten,
                self._on_crash,
                self._kin.new_session_id,
                max_readers=self.settings.max_readers,
            ),
            "listener": self._listener,
        }

    def __attrs_post_init__(self) -> None:
        starts = self._starts()
        children = [
            Child(row.name, starts[row.name], row.restart, row.grace, row.mailbox_bound)
            for row in self._rows()
        ]
        self.supervisor = Supervisor("robi", children, Intensity(), on_crash=self._on_crash)
        self.metrics = Metrics(self._sources(), [row.name for row in TABLE])
        self._meters = self._make_meters()
        self._make_store = store_maker(self.settings.database_url)
        self.sessions = SessionsAddress.of(self.supervisor.mailbox("sessions"))
        self._store = StoreAddress(self.supervisor.mailbox("store"))
        self._ledger = make_ledger(self.settings)
        self._books = self._make_books()
        self._janitor = JanitorAddress(self.supervisor.mailbox("janitor"))
        mind = Mind(self.supervisor.mailbox("memory"), self._janitor)
        tools = builtin(Clock(local_time), mind.recall)
        ports = turn_ports(self.settings, self.door, mind, lambda: (*tools, *self._shelf.all))
        known = self._kin.forgotten.__contains__
        self._ports = evolve(ports, meters=self._meters, is_forgotten=known)
        self._mind = SessionPorts(
            mind.heard,
            mind.became,
            mind.saw,
            mind.forget,
            mind.keep,
            reminders=self._load_reminders,
            loose_reminders=self._load_loose_reminders,
            visits=self._kin.visits,
            claims=self._kin.claims,
        )
        self._library = Library(self._store, read_apart, time)
        reader = ReaderPorts(
            partial(settling, self._store), self._library.search, self.settings.robot_name
        )
        self._reader_ports = reader.turns(self._ports, self.settings.chat_max_output_tokens)
        self._reader_mind = forgetting_alone(mind.forget)
        self._of_robots = SessionSettings(
            keep_alive=self.settings.conversation_keep_alive_ms / 1000,
            language=self.settings.robot_language,
            robot_name=self.settings.robot_name,
            compaction_threshold=self.settings.conversation_compaction_threshold,
        )
        self._of_readers = evolve(
            self._of_robots,
            keep_alive=max(ALONE_S, min(LONGEST_IDLE_S, self._of_robots.keep_alive)),
            compaction_threshold=sys.maxsize,
            newest=NEWEST,
            alone_s=ALONE_S,
        )
        self._keyring = make_keyring(self.settings)
        self._entry = Entry(self._keyring, make_attempts(self.settings))
        self._robots = self._robot_door()
        # Its files are read once, and not in somebody's first turn.
        scene = Scene(self.settings.robot_language, self.settings.robot_name)
        system_instruction(scene, self._ports.persona)

    @property
    def port(self) -> int:
        """The port that is listened on, once it is."""
        tree = {child.name: child for child in self.supervisor.snapshot().children}
        return int(tree["listener"].details["port"])

    async def prepare(self) -> None:
        """Try the port and open the database, once, before the tree stands.

        What is wrong with them from the first is wrong for good, and a supervisor would only try
        again: better to tell whoever starts the server. Where the database may yet answer, that is
        left to the tree.

        Raises:
            OSError: nobody can listen there.
            ConfigurationError: the database can never be opened, or the model never be reached.
        """
        if self.settings.brains != ("rehearsal",):
            check_proxies()
        if not self._kin.shared:  # else the parent has tried it
            for tried in await trio.open_tcp_listeners(self.settings.port, host=self.settings.host):
                await tried.aclose()
        store = self._make_store()
        with suppress(DataError):
            await trio.to_thread.run_sync(store.open)
            self._opened = store

    @asynccontextmanager
    async def sending_traces(self) -> AsyncGenerator[None]:
        """Send what is left of traces, if any are made, however the block is left."""
        try:
            yield
        finally:
            if self._traces is not None:
                await self._traces.close()

    # ── figures ───────────────────────────────────────────────────────────────────────────

    def _sources(self) -> Sources:
        return Sources(
            self.supervisor.snapshot,
            self._spent,
            lambda: trio.lowlevel.current_statistics().tasks_living,
            version("robi"),
            platform.python_version(),
            lambda: self.door.model,
        )

    def _on_crash(self, crash: Crash) -> None:
        self.metrics.instruments.count_crash(crash)

    def _spent(self) -> Iterator[Spent]:
        prices = self._ledger.prices
        for purpose, usage in self._ledger.counted.items():
            yield Spent(purpose, usage.input_tokens, usage.output_tokens, prices.cost(usage))

    def _make_meters(self) -> Meters:
        """Return the meters of this house: figures, metrics, and traces if they are wanted."""
        meters = self.metrics.instruments.meters
        counted, endpoint = meters.turn, self.settings.otel_exporter_otlp_endpoint
        if endpoint is None:
            return evolve(meters, turn=each(self._figures.add, counted))
        from robi.metrics.traces import Traces  # noqa: PLC0415 - 0.2 s and 16 MiB, for those who ask

        self._traces = traces = Traces.to(endpoint, version("robi"))
        return evolve(
            meters,
            turn=each(self._figures.add, counted, traces.turn),
            committed=each(meters.committed, traces.committed),
            late=each(meters.late, lambda _late: traces.flush(trio.current_time())),
        )

    async def _expose(self, accept: str) -> tuple[bytes, str]:
        return self.metrics.exposition(accept)

    # ── rows ──────────────────────────────────────────────────────────────────────────────

    def _make_books(self) -> Books:
        return Bookkeeping(self._ledger, self._store)

    def _ticker(self) -> Ticker:
        ticked = ("janitor", "certificate", "keys", "sessions", "listener")
        subscribers = [self.supervisor.mailbox(name) for name in ticked]
        return Ticker(subscribers, TICK, each(self._meters.late, self._beat))

    def _beat(self, _late: float) -> None:
        self.service.beat(trio.current_time(), self._is_well)

    def _is_well(self) -> bool:
        """Whether every actor is ready, or has been told to stop."""
        children = self.supervisor.snapshot().children
        return all(child.state in {State.RUNNING, State.STOPPING} for child in children)

    def _next_store(self) -> Store:
        store, self._opened = self._opened or self._make_store(), None
        return store

    def _janitor_actor(self) -> JanitorActor:
        files, kept_for = make_files(self.settings), retention(self.settings)
        return JanitorActor(self._store, files, kept_for, self._kin.forgotten)

    def _certificate(self) -> CertificateActor:
        path = certificate.path_of(self.settings)
        if path is None:
            return CertificateActor(None)

        def read(now: float) -> Standing:
            found = certificate.watched(path)
            return Standing(found.state(now), found.not_after, found.days_left(now))

        return CertificateActor(read)

    def _memory(self) -> MemoryActor:
        return MemoryActor(
            self._store,
            self._janitor,
            self.door,
            self._kin.forgotten,
            self._tell_sessions,
            self.settings.robot_language,
            self.settings.robot_name,
            self.settings.learn_after_s,
            all_told=self._kin.all_told,
        )

    def _tell_sessions(self, news: Forgot | Hushed) -> None:
        if self._kin.forgotten.announce(news):
            with suppress(ActorError):  # then they ask at the next tick
                self.sessions.tell.put_urgent(Announced())

    async def _load_reminders(
        self, session_id: str, device_id: str | None
    ) -> tuple[ReminderRow, ...]:
        load = LoadReminders(session_id, device_id)
        return await self._store.read(load, within=REMINDERS_WITHIN)

    async def _load_loose_reminders(self, person_id: str) -> tuple[ReminderRow, ...]:
        return await self._store.read(LoadLooseReminders(person_id), within=REMINDERS_WITHIN)

    def _make_brain(self) -> MeasuredBrain:
        limit = self.settings.brain_max_calls
        gate = Gate(make_brain(self.settings), limit, patrol=self._patrol)
        return Budget(gate, self._ledger)

    def _session(self, seed: SessionSeed) -> Session:
        wanted = seed.wanted
        settings, keep_alive = self._of_robots, self._of_robots.keep_alive
        history = remembered(wanted.past)
        lately = wanted.past is not None and time() - wanted.past.session.last_seen <= keep_alive
        ports, mind, who = self._ports, self._mind, None
        if wanted.reader:
            who = wanted.past.session.person_id if wanted.past else None
            settings = self._of_readers
            ports, mind = self._reader_ports, self._reader_mind
        return Session(
            seed.session_id,
            wanted.origin,
            wanted.last_seq,
            history,
            Keeper(
                seed.session_id,
                wanted.device_id,
                self._store,
                spoken_dialect(wanted.past),
                self._meters.shed,
            ),
            ports,
            mind,
            settings,
            left_with(history.entries, lately=lately, is_forgotten=ports.is_forgotten, who=who),
            seed.wake_at,
            seed.ended,
        )

    def _listener(self) -> ListenerActor:
        settings = self.settings
        origins = frozenset(settings.allowed_origins)
        memory = self.supervisor.mailbox("memory")
        register = Registry(self._store, memory, memory, memory)
        app = make_app(
            ApiPorts(
                self.supervisor.snapshot,
                PeopleByActors(register, time),
                lambda: self.door.model,
                SERVER,
                self._figures.latencies,
                self._expose,
                folder.instance(settings.data_dir),
                settings.api_key.reveal if self.made_key and settings.api_key else None,
                self._kin.whole,
                self._kin.latencies,
                texts=TextsByActors(self._library),
            ),
            Guard(self._entry.check, RateLimit(settings.rate_limit_requests)),
            ApiSettings(
                language=settings.robot_language,
                body_bytes=settings.max_upload_size_mb * MB,
                origins=settings.allowed_origins,
                described=not settings.production,
            ),
            [*pages.routes(), script.route()],
            chat=self._chat(),
        )

        def words(error: RobiError, request_id: str) -> bytes:
            return encode(report(error, settings.robot_language, request_id), Dialect.USER, None)

        dispatcher = Dispatcher(
            app,
            UpgradeRules("/ws/interact", origins),
            words,
            HttpLimits(body_bytes=settings.max_upload_size_mb * MB),
            LinkLimits(settings.ws_max_message_size_mb * MB, settings.send_timeout),
            self._kin.shared,
            self._kin.give_plain,
            Proxies(tuple(map(ip_network, settings.trusted_proxies))),
        )
        return ListenerActor(
            ListenerSettings(
                settings.host,
                settings.port,
                settings.max_unauthenticated,
                settings.max_unauthenticated_per_address,
                stranger_s=2 * settings.auth_timeout,
            ),
            dispatcher,
            self._robots.receive,
            self._robots.keep_alive,
            self._kin.open_port,
            self._kin.arrivals,
        )

    def _chat(self) -> Chat:
        settings, ledger = self.settings, self._ledger
        rules = ReaderRules(
            self._entry.check,
            lambda: {*settings.reader_origins, *self._keyring.origins()},
            lambda key_id: ledger.tokens_of(f"reader:{key_id}"),
            ledger.until_tomorrow,
            settings.rate_limit_questions,
            settings.rate_limit_window,
        )
        reception = Reception(self.sessions, self._store)
        return Chat(ChatPorts(reception, ReaderDoor(rules), time, settings.robot_language))

    def _robot_door(self) -> RobotDoor:
        settings = self.settings
        admission = Admission(
            self.sessions,
            self._store,
            settings.conversation_keep_alive_ms / 1000,
            time,
            self._kin.reclaim,
        )
        client = ClientSettings(
            conversation_keep_alive_ms=settings.conversation_keep_alive_ms,
            person_search_timeout_ms=settings.person_search_timeout_ms,
            max_message_bytes=settings.ws_max_message_size_mb * MB,
        )
        return RobotDoor(
            admission.admit,
            self._entry.check_robot,
            DoorSettings(
                auth_timeout=settings.auth_timeout,
                ping_interval=settings.ws_ping_interval,
                ping_timeout=settings.ws_ping_timeout,
                tick=TICK,
                language=settings.robot_language,
                server=SERVER,
                client=client,
                skills=SKILLS,
            ),
            self._meters,
            self._kin.hand_over,
            self._entry.trouble_with,
        )


async def serve(
    settings: Settings,
    on_hangup: Callable[[], None] = lambda: None,
    made_key: bool = False,
    service: Service | None = None,
    *,
    task_status: trio.TaskStatus[House] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Run a server until SIGTERM or SIGINT, then let it finish what it is saying and stop.

    A second signal ends the wait for the last words, not the order in which actors stop: the store
    still writes what it has. `on_hangup` is called at each SIGHUP, while draining too, and must
    not block. `made_key` says that `api_key` was made by the server itself. `service` is told that
    all is well, and that the end has begun. `task_status.started` gets the house once it listens.

    It ends within `stop_within`, whatever robots, model and disk do.

    Raises:
        OSError, ConfigurationError: it cannot start, as `House.prepare` says.
        Escalated: an actor failed too often.
    """
    service = service or Service()
    house = House(settings, made_key, service=service)
    async with house.sending_traces():
        with (
            trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as stops,
            trio.open_signal_receiver(signal.SIGHUP) as hangups,
        ):
            prepare_numbers()  # 90 ms that no turn shall wait
            await house.prepare()
            async with trio.open_nursery() as listening:
                listening.start_soon(_call_at_each, hangups, on_hangup)
                async with trio.open_nursery() as nursery:
                    await nursery.start(house.supervisor.run)
                    task_status.started(house)
                    signum = await anext(stops)
                    log.info("draining", signal=signal.Signals(signum).name)
                    service.stopping(stop_within(settings))
                    await drain(house, stops)
                    house.supervisor.request_stop()
                listening.cancel_scope.cancel()
    log.info("stopped")


def stop_within(settings: Settings) -> float:
    """Return the seconds within which a server of one process has ended after a signal."""
    graces = sum(row.grace for row in TABLE)
    return settings.drain_timeout_s + LAST_WORD_WITHIN + graces + TRACES_WITHIN


async def _call_at_each(signals: AsyncIterator[int], call: Callable[[], None]) -> None:
    async for _ in signals:
        call()


async def drain(house: House, signals: AsyncIterator[int]) -> None:
    """Let the sessions end in peace, for DRAIN_TIMEOUT_S or until another signal; then at once."""
    sessions, patience = house.sessions.drain, house.settings.drain_timeout_s
    try:
        if not await _drained(sessions, patience, signals):
            await ask(sessions, DrainAll(at_once=True), timeout=LAST_WORD_WITHIN)
    except ActorError as failure:
        log.warning("drain_incomplete", reason=type(failure).__name__)


async def _drained(
    sessions: Address[Ask[None]], patience: float, signals: AsyncIterator[int]
) -> bool:
    """Wait until all sessions have ended; return whether they did in time."""
    with trio.move_on_after(patience):
        async with trio.open_nursery() as nursery:

            async def hurry() -> None:
                await anext(signals)
                log.info("hurried")
                nursery.cancel_scope.cancel()

            nursery.start_soon(hurry)
            try:
                await ask(sessions, DrainAll(), timeout=inf)
            except ActorError as failure:  # they crashed: nobody is left
                log.warning("drain_incomplete", reason=type(failure).__name__)
            nursery.cancel_scope.cancel()
            return True
    log.warning("drain_incomplete", reason="time")
    return False
