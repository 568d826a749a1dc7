"""The command `robi`: serve, check, settings, tree.

Owns what a person at the terminal sees, and the exit codes: 0 done, 1 something is wrong (said
on standard error), 2 the settings or arguments cannot be used, 130 stopped from the keyboard.
"""

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from urllib.parse import urlunsplit

import attrs
import structlog
import trio

from robi import drawing, telemetry
from robi.config import Settings, SettingsError, check, keyfile, text

WRONG = 1
UNUSABLE = 2
BY_KEYBOARD = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except SettingsError as error:
        _complain("The settings cannot be used:", *(f"  {line}" for line in error.problems))
        return UNUSABLE
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
    tree.set_defaults(command=_tree)
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    settings = _load(arguments)
    telemetry.configure(settings)
    sys.excepthook = telemetry.tell_crash
    key = keyfile.find_or_make(settings)
    if key.made:
        _note(
            f"Made a key for robots: {key.secret.reveal()}\n"
            f"It is kept in {key.path}. A first conversation: ./dev chat, in a second terminal."
        )
    elif key.path is not None:
        _note(f"The key for robots is in {key.path}.")
    if settings.gemini_api_key is None:
        structlog.get_logger().warning("no_gemini_api_key", brain="rehearsal")

    from robi import tree  # noqa: PLC0415 - half a second of imports that no other command needs

    settings = attrs.evolve(settings, api_key=key.secret)
    try:
        trio.run(tree.serve, settings, telemetry.reopen_log)
    except (Exception, BaseExceptionGroup) as error:
        causes = list(_causes(error))
        if all(isinstance(cause, KeyboardInterrupt) for cause in causes):
            return BY_KEYBOARD
        for cause in causes:
            if isinstance(cause, OSError) and _cannot_listen(cause):
                where = f"{settings.host} port {settings.port}"
                _complain(f"Cannot listen on {where}: {cause.strerror}")
                return WRONG
        raise
    return 0


def _cannot_listen(error: OSError) -> bool:
    """Whether a port was refused; an error that names a file is about that file."""
    refused = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)
    return error.errno in refused and error.filename is None


def _load(arguments: argparse.Namespace) -> Settings:
    """Read the settings, with what was said on the command line above all."""
    said = {"HOST": arguments.host, "PORT": arguments.port}
    return Settings.load({**os.environ, **{k: v for k, v in said.items() if v is not None}})


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what is at the bottom of groups, and of escalations, which chain their cause."""
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
        _say("Cannot be used:", *(f"  {line}" for line in error.problems))
        _say(*(f"  {line}" for line in check.likely_typos()))
        return WRONG
    wrong: list[str] = []
    try:
        keyfile.find(settings)
    except SettingsError as error:
        wrong += error.problems
    missing = check.missing_for_production(settings)
    if settings.production:
        wrong += missing
    hints = [*check.likely_typos(), *check.advice(settings)]
    for title, lines in (
        ("Wrong:", wrong),
        ("Missing for production:", () if settings.production else missing),
        ("Worth a look:", hints),
    ):
        if lines:
            _say(title, *(f"  {line}" for line in lines))
    if wrong:
        return WRONG
    _say(f"Good for {settings.environment}.")
    return 0


def _settings(arguments: argparse.Namespace) -> int:
    sys.stdout.write(text.markdown() if arguments.format == "markdown" else text.env_file())
    sys.stdout.flush()
    return 0


def _tree(arguments: argparse.Namespace) -> int:
    if arguments.static or arguments.format == "mermaid":
        from robi import tree  # noqa: PLC0415 - as in _serve

        _say((tree.mermaid() if arguments.format == "mermaid" else tree.text()).rstrip("\n"))
        return 0

    import httpx  # noqa: PLC0415 - a tenth of a second, for this command only

    settings = _load(arguments)
    key = keyfile.find(settings)
    url = _local_url(settings, "/api/tree")
    headers = {} if key is None else {"X-API-Key": key.secret.reveal()}
    try:
        # The environment's proxies are for the model, not for a server of our own.
        answer = httpx.get(url, headers=headers, timeout=5, trust_env=False)
        answer.raise_for_status()
        tree_now = drawing.read(answer.content)
    except httpx.HTTPStatusError as error:
        _complain(f"{url} answers {error.response.status_code}: is the key of this server another?")
    except httpx.TransportError:
        _complain(f"No server answers at {url}. Start one with `robi serve`.")
    except ValueError:
        _complain(f"{url} answers something that is no tree: is it another program?")
    else:
        _say(drawing.draw(tree_now).rstrip("\n"))
        return 0
    return WRONG


def _local_url(settings: Settings, path: str) -> str:
    """Return where a server with these settings is reached from this machine."""
    any_address = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to be replaced
    host = any_address.get(settings.host, settings.host)
    place = f"[{host}]" if ":" in host else host
    return urlunsplit(("http", f"{place}:{settings.port}", path, "", ""))


def _say(*lines: str) -> None:
    """Tell the person, at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _note(words: str) -> None:
    """Tell whoever watches the server start, if anyone; unread, it must not keep it from starting.

    Unbuffered: what stays in a buffer would be tried again, and fail, at exit.
    """
    if sys.stdout is not None:
        with contextlib.suppress(OSError):
            os.write(sys.stdout.fileno(), f"{words}\n".encode())


def _complain(*lines: str) -> None:
    """Tell the person what is wrong, beside whatever the output is used for."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
