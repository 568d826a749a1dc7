"""The command `robi`: serve, check, settings, tree; and the upkeep of what is kept.

Owns what a person at the terminal sees, and the exit codes: 0 done, 1 something is wrong (said
on standard error), 2 the settings or arguments cannot be used, 130 stopped from the keyboard.
"""

import argparse
import contextlib
import errno
import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

import attrs
import structlog
import trio

from robi import drawing, telemetry
from robi.config import Settings, SettingsError, check, folder, keyfile, text
from robi.errors import (
    ConfigurationError,
    DatabaseDamaged,
    DataError,
    InternalError,
    ProxyUnusable,
)
from robi.shell import UNUSABLE, WRONG, complain, load, local_url, note, say
from robi.upkeep import commands as upkeep

BY_KEYBOARD = 130
_COLLECT_AFTER = 10_000
"""New objects after which the youngest are looked at: those of a few turns, where Python's own 700
are of a part of one. It saves a twentieth of a turn (docs/decisions/0018-the-way-of-a-chunk.md)."""
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except SettingsError as error:
        complain("The settings cannot be used:", *(f"  {line}" for line in error.problems))
        return UNUSABLE
    except folder.FolderInUse as error:
        complain(f"Cannot start: {error.details}. Stop it, or set another DATA_DIR.")
        return WRONG
    except BrokenPipeError:
        # Whoever read along is gone (`robi settings | head`); nothing may be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return BY_KEYBOARD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="robi", description="The mind of a companion robot.")
    parser.add_argument("--version", action="version", version=f"robi {version('robi')}")
    commands = parser.add_subparsers(required=True, metavar="command")

    serve = commands.add_parser("serve", help="start the server")
    serve.set_defaults(command=_serve)

    checking = commands.add_parser(
        "check", help="say all that is wrong with the settings, and what production lacks"
    )
    checking.set_defaults(command=_check)

    settings = commands.add_parser("settings", help="explain every setting")
    settings.add_argument("--format", choices=["markdown", "env"], default="env")
    settings.set_defaults(command=_settings)

    tree = commands.add_parser("tree", help="draw the tree of the running server")
    for command in (serve, tree):
        command.add_argument("--host", help="instead of HOST")
        command.add_argument("--port", help="instead of PORT")
    tree.add_argument("--static", action="store_true", help="as it is built, without a server")
    tree.add_argument("--format", choices=["text", "mermaid"], default="text")
    tree.add_argument("--json", action="store_true", help="as the server tells it, for machines")
    tree.set_defaults(command=_tree)

    prompts = commands.add_parser("prompts", help="show what the model is sent, by example")
    prompts.add_argument(
        "--mine", action="store_true", help="with PERSONA_FILE, ROBOT_NAME and ROBOT_LANGUAGE"
    )
    prompts.set_defaults(command=_prompts)

    upkeep.add_to(commands)
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    settings = load(arguments)
    telemetry.configure(settings)
    sys.excepthook = telemetry.tell_crash
    with folder.locked(settings.data_dir):
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
        return _run(attrs.evolve(settings, api_key=key.secret), made_key=key.path is not None)


_BEGINS_ANEW = "a new one begins; to have the old: stop, ./dev robi restore BACKUP, start again"


def _backup_of_lost_database(settings: Settings) -> Path | None:
    from robi.upkeep import copies  # noqa: PLC0415 - as the tree

    return copies.of_lost_database(settings)


def _run(settings: Settings, *, made_key: bool) -> int:
    """Serve until told to stop; say in one line why that cannot be."""
    from robi import tree  # noqa: PLC0415 - half a second of imports that no other command needs

    async def serve_and_tell() -> None:
        async with trio.open_nursery() as nursery:
            serve = partial(tree.serve, settings, telemetry.reopen_log, made_key)
            house = await nursery.start(serve)
            _settle_memory()
            if settings.log_file is not None:  # else the log has said it to whoever watches
                note(f"Robi listens on {settings.host} port {house.port}.")
            if not settings.production:
                page = local_url(attrs.evolve(settings, port=house.port), "/")
                note(f"A first conversation: {page} in a browser, or ./dev chat in a terminal.")

    try:
        trio.run(serve_and_tell)
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


def _settle_memory() -> None:
    """Have the collector look at what comes and goes, and no more at what stays.

    What the start has made lives as long as the server; nearly all that a turn makes is freed as
    soon as nobody holds it, without the collector.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])


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


def _check(_arguments: argparse.Namespace) -> int:
    try:
        settings = Settings.load()
    except SettingsError as error:
        say("Cannot be used:", *(f"  {line}" for line in error.problems))
        with contextlib.suppress(SettingsError):  # it was .env itself
            say(*(f"  {line}" for line in check.faults_of_dotenv()))
        return WRONG
    wrong: list[str] = []
    try:
        keyfile.find(settings)
    except SettingsError as error:
        wrong += error.problems
    missing = check.missing_for_production(settings)
    if settings.production:
        wrong += [line for line in missing if line == check.NO_KEY]
    for title, lines in (
        ("Wrong:", wrong),
        ("Missing for production:", () if settings.production else missing),
        ("Advised:", [*check.faults_of_dotenv(), *check.advice(settings)]),
    ):
        if lines:
            say(title, *(f"  {line}" for line in lines))
    if wrong:
        return WRONG
    say(f"Good for {settings.environment}.")
    return 0


def _settings(arguments: argparse.Namespace) -> int:
    sys.stdout.write(text.markdown() if arguments.format == "markdown" else text.env_file())
    sys.stdout.flush()
    return 0


def _prompts(arguments: argparse.Namespace) -> int:
    from robi import prompting  # noqa: PLC0415 - it needs all that a turn does

    own = prompting.Own()
    if arguments.mine:
        settings = Settings.load()
        persona = settings.persona_file.text if settings.persona_file else None
        own = prompting.Own(settings.robot_language, settings.robot_name, persona)
    sys.stdout.write(prompting.markdown(own))
    sys.stdout.flush()
    return 0


def _tree(arguments: argparse.Namespace) -> int:
    if arguments.json and (arguments.static or arguments.format == "mermaid"):
        complain("--json is for the tree of the running server.")
        return UNUSABLE
    if arguments.static or arguments.format == "mermaid":
        from robi import tree  # noqa: PLC0415 - as in _serve

        say((tree.mermaid() if arguments.format == "mermaid" else tree.text()).rstrip("\n"))
        return 0

    import httpx  # noqa: PLC0415 - a tenth of a second, for this command only

    settings = load(arguments)
    key = keyfile.find(settings)
    url = local_url(settings, "/api/tree")
    headers = {} if key is None else {"X-API-Key": key.secret.reveal()}
    try:
        # The environment's proxies are for the model, not for a server of our own.
        answer = httpx.get(url, headers=headers, timeout=5, trust_env=False)
        answer.raise_for_status()
        tree_now = drawing.read(answer.content)
    except httpx.HTTPStatusError as error:
        complain(f"{url} answers {error.response.status_code}: is the key of this server another?")
    except httpx.TransportError:
        complain(f"No server answers at {url}. Start one with ./dev serve.")
    except ValueError:
        complain(f"{url} answers something that is no tree: is it another program?")
    else:
        if arguments.json:
            say(answer.text)
        else:
            narrow = sys.stdout.isatty()
            say(drawing.draw(tree_now, narrow=narrow).rstrip("\n"))
        return 0
    return WRONG


if __name__ == "__main__":
    sys.exit(main())
