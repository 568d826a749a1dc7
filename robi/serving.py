"""The command `serve`, and `worker`, by which it runs its own processes.

Owns what comes before the tree (settings, log, lock, key, advice) and the words for a server that
cannot be. Whatever serves is imported late: half a second that no other command needs.
"""

import argparse
import contextlib
import errno
import gc
import linecache
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import structlog
import trio

from robi import telemetry
from robi.config import Settings, SettingsError, check, folder, keyfile
from robi.errors import (
    ConfigurationError,
    DatabaseDamaged,
    DataError,
    InternalError,
    ProxyUnusable,
)
from robi.service import Service
from robi.shell import BY_KEYBOARD, WRONG, complain, load, local_url, note

_COLLECT_AFTER, _THEN = 10_000, 2
"""New objects after which the youngest are looked at: those of a few turns, where Python's own 700
are of a part of one. It saves a twentieth of a turn (docs/decisions/0018-the-way-of-a-chunk.md).
And how often that, until those are looked at which were there before: so that all are after as many
as by Python's own numbers. With 10 in place of 2 the sessions of nine minutes waited to be freed,
100 MB of them at 300 robots."""


def add_to(commands: Any) -> None:
    """Add these commands to the parser of all (what `add_subparsers` returns)."""
    serve = commands.add_parser("serve", help="start the server")
    serve.add_argument("--host", help="instead of HOST")
    serve.add_argument("--port", help="instead of PORT")
    serve.set_defaults(command=_serve)

    worker = commands.add_parser("worker")  # for `serve` itself: see robi.workers.parent
    worker.add_argument("number", type=int)
    worker.add_argument("folder", type=Path)
    worker.set_defaults(command=_worker)


def _serve(arguments: argparse.Namespace) -> int:
    settings = load(arguments)
    if missing := check.missing_packages(settings):
        raise SettingsError(*missing)
    telemetry.configure(settings)
    sys.excepthook = telemetry.tell_crash
    with folder.locked(settings.data_dir) as lock:
        key = keyfile.find_or_make(settings)
        if key.made:
            note(
                f"Made a key for robots: {key.secret.reveal()}\n"
                f"It is kept in {key.path}, and the page of the robot finds it by itself."
            )
        elif key.path is not None:
            note(f"The key for robots is in {key.path}.")
        log = structlog.get_logger()
        for line in (*check.faults_of_dotenv(), *check.advice(settings)):
            log.warning("advised", about=line)
        if settings.brains[0] == "rehearsal" and not settings.production:
            log.warning("no_model", brain="rehearsal")
        if (backup := _backup_of_lost_database(settings)) is not None:
            log.warning("database_missing", newest_backup=str(backup), about=_BEGINS_ANEW)
        if settings.workers > 1:
            return _run_several(settings, lock)
        return _run(attrs.evolve(settings, api_key=key.secret), made_key=key.path is not None)


_BEGINS_ANEW = "a new one begins; to have the old: stop, ./dev robi restore BACKUP, start again"


def _backup_of_lost_database(settings: Settings) -> Path | None:
    from robi.upkeep import copies  # noqa: PLC0415 - as the tree

    return copies.of_lost_database(settings)


def _run(settings: Settings, *, made_key: bool) -> int:
    """Serve until told to stop; say in one line why that cannot be."""
    from robi import tree  # noqa: PLC0415 - half a second of imports that no other command needs

    _forget_sources()
    service = Service.of(os.environ, os.getpid())

    async def serve_and_tell() -> None:
        async with trio.open_nursery() as nursery:
            serve = partial(tree.serve, settings, telemetry.reopen_log, made_key, service)
            async with trio.open_nursery() as starting:
                starting.start_soon(service.ask_for_patience)
                house = await nursery.start(serve)
                starting.cancel_scope.cancel()
            _settle_memory()
            _note_ready(attrs.evolve(settings, port=house.port), service)

    return _end_of(serve_and_tell, settings)


def _note_ready(settings: Settings, service: Service) -> None:
    service.ready(f"Serving at {settings.host} port {settings.port}")
    if settings.log_file is not None:  # else the log has said it to whoever watches
        note(f"Robi listens on {settings.host} port {settings.port}.")
    if not settings.production:
        page = local_url(settings, "/")
        note(f"A first conversation: {page} in a browser, or ./dev chat in a terminal.")


def _run_several(settings: Settings, lock: int) -> int:
    """Have several processes serve (docs/decisions/0021-workers.md); this one looks after them."""
    from robi.workers import parent, sockets  # noqa: PLC0415 - not where there is one process

    ended: list[int] = []
    service = Service.of(os.environ)

    async def look_after() -> None:
        port, kept = await sockets.reserve(settings.host, settings.port)
        with contextlib.ExitStack() as stack:
            for each in kept:
                stack.enter_context(each)
            folder_of_sockets = stack.enter_context(sockets.run_folder())

            def command(number: int) -> list[str]:
                own = [sys.executable, "-m", "robi.cli"]
                return [*own, "worker", str(number), os.fspath(folder_of_sockets)]

            plan = parent.Plan(
                settings.workers,
                command,
                {**os.environ, "HOST": settings.host, "PORT": str(port)},
                (lock,),
                settings.drain_timeout_s,
            )
            starting = trio.CancelScope()

            async def ask_for_patience() -> None:
                with starting:
                    await service.ask_for_patience()

            def ready() -> None:
                starting.cancel()
                _note_ready(attrs.evolve(settings, port=port), service)

            async with trio.open_nursery() as nursery:
                nursery.start_soon(ask_for_patience)
                family = parent.Parent(plan, service.stopping)
                ended.append(await family.run(ready, telemetry.reopen_log))
                starting.cancel()

    return _end_of(look_after, settings) or ended[0]


def _worker(arguments: argparse.Namespace) -> int:
    """Be one process of several: signals are its parent's, orders come by standard input."""
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    orders = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    settings = Settings.load()
    telemetry.configure(settings, arguments.number)
    sys.excepthook = telemetry.tell_crash
    key = keyfile.find(settings)
    if key is not None:
        settings = attrs.evolve(settings, api_key=key.secret)
    from robi import houses  # noqa: PLC0415 - as in _run
    from robi.workers.orders import Post, inherited  # noqa: PLC0415

    _forget_sources()

    async def serve() -> None:
        parent = inherited(orders)
        post = Post(arguments.number, arguments.folder, parent, telemetry.reopen_log)
        made_key = key is not None and key.path is not None
        await houses.serve(
            settings,
            post,
            _settle_memory,
            made_key=made_key,
            service=Service.of(os.environ),
        )

    return _end_of(serve, settings)


def _end_of(serve: Callable[[], Awaitable[None]], settings: Settings) -> int:
    """Run `serve` to its end; if it cannot be, say why in one line."""
    try:
        trio.run(serve)
    except (Exception, BaseExceptionGroup) as error:
        causes = list(_causes(error))
        if all(isinstance(cause, KeyboardInterrupt) for cause in causes):
            return BY_KEYBOARD
        for cause in causes:
            told = _why_not(cause, settings)
            if told:
                complain(*told)
                return WRONG
        raise
    return 0


def _forget_sources() -> None:
    """Let go of the source of the methods that attrs has written, before memory is taken for more.

    It is kept for tracebacks: 1.7 MB of methods that nobody has written by hand.
    """
    linecache.clearcache()


def _settle_memory() -> None:
    """Have the collector look at what comes and goes, and no more at what stays.

    What the start has made lives as long as the server; nearly all that a turn makes is freed as
    soon as nobody holds it, without the collector.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, _THEN, _THEN)


def _why_not(cause: BaseException, settings: Settings) -> tuple[str, ...]:
    """Say why there can be no server; nothing where only a traceback tells."""
    match cause:
        case DatabaseDamaged():
            from robi.upkeep import copies  # noqa: PLC0415 - as the tree

            lines = [f"The database {settings.database_url} cannot be used: {cause.details}."]
            lines += [f"The newest: ./dev robi restore {p}" for p in copies.found(settings)[-1:]]
            return tuple(lines)
        case ProxyUnusable():
            return (f"Cannot start: {cause.details}. NO_PROXY=* uses none.",)
        case ConfigurationError() | DataError():
            return (f"The database {settings.database_url} cannot be used: {cause.details}.",)
        case OSError() if _cannot_listen(cause):
            lines = [f"Cannot listen on {settings.host} port {settings.port}: {cause.strerror}."]
            if cause.errno == errno.EADDRINUSE:
                other = settings.port % 65_535 + 1
                lines.append(f"Try PORT={other} ./dev serve, and the same for ./dev chat.")
            return tuple(lines)
        case InternalError():  # an actor that was not ready in time
            return (
                f"Cannot start: {cause}. Is {settings.database_url} in use by another program?",
            )
        case _:
            return ()


def _cannot_listen(error: OSError) -> bool:
    """Whether an address was refused; an error that names a file is about that file."""
    refused = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)
    unknown = isinstance(error, socket.gaierror)
    return unknown or (error.errno in refused and error.filename is None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what is at the bottom of groups, and of escalations, which chain their cause.

    What has words of its own for a person is not looked behind.
    """
    if isinstance(error, ConfigurationError | DataError):
        yield error
        return
    below = error.exceptions if isinstance(error, BaseExceptionGroup) else (error.__cause__,)
    for cause in below:
        if cause is None:
            yield error
        else:
            yield from _causes(cause)
