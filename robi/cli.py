"""The command `robi`: every command by its name, and those that only tell.

Owns what a person at the terminal sees, and the exit codes: 0 done, 1 something is wrong (said
on standard error), 2 the settings or arguments cannot be used, 130 stopped from the keyboard.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version

from robi import drawing, serving
from robi.config import Settings, SettingsError, check, folder, keyfile, text
from robi.doctor import commands as doctor
from robi.errors import RobiError
from robi.shell import BY_KEYBOARD, UNUSABLE, WRONG, complain, load, local_url, say
from robi.upkeep import certs_commands, copies_commands, keys_commands, texts_commands
from robi.upkeep import commands as upkeep

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

    serving.add_to(commands)

    checking = commands.add_parser(
        "check", help="say all that is wrong with the settings, and what production lacks"
    )
    checking.set_defaults(command=_check)

    settings = commands.add_parser("settings", help="explain every setting")
    settings.add_argument("--format", choices=["markdown", "env"], default="env")
    settings.set_defaults(command=_settings)

    tree = commands.add_parser("tree", help="draw the tree of the running server")
    tree.add_argument("--host", help="instead of HOST")
    tree.add_argument("--port", help="instead of PORT")
    tree.add_argument("--static", action="store_true", help="as it is built, without a server")
    tree.add_argument("--format", choices=["text", "mermaid"], default="text")
    tree.add_argument("--json", action="store_true", help="as the server tells it, for machines")
    tree.set_defaults(command=_tree)

    prompts = commands.add_parser("prompts", help="show what the model is sent, by example")
    prompts.add_argument(
        "--mine", action="store_true", help="with PERSONA_FILE, ROBOT_NAME and ROBOT_LANGUAGE"
    )
    prompts.set_defaults(command=_prompts)

    doctor.add_to(commands)
    upkeep.add_to(commands)
    copies_commands.add_to(commands)
    certs_commands.add_to(commands)
    keys_commands.add_to(commands)
    texts_commands.add_to(commands)
    return parser


def _check(_arguments: argparse.Namespace) -> int:
    try:
        settings = Settings.load()
    except SettingsError as error:
        say("Cannot be used:", *(f"  {line}" for line in error.problems))
        with contextlib.suppress(SettingsError):  # it was .env itself
            say(*(f"  {line}" for line in check.faults_of_dotenv()))
        return WRONG
    wrong = list(check.missing_packages(settings))
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
        ("Advised:", [*check.advice_of_files(settings, time.time()), *check.advice(settings)]),
        ("For readers (POST /chat):", [*check.advice_for_readers(settings), *_unready(settings)]),
    ):
        if lines:
            say(title, *(f"  {line}" for line in lines))
    if wrong:
        return WRONG
    say(f"Good for {settings.environment}.")
    return 0


def _unready(settings: Settings) -> Iterator[str]:
    """Yield what readers lack in the database, if there is one."""
    from robi.upkeep import keys, texts  # noqa: PLC0415 - `robi tree` must not wait for a database

    try:
        now = time.time()
        if not any(row.role == "reader" and row.is_good(now) for row in keys.keys(settings)):
            yield "No key of a page: robi keys add NAME --role reader --origin https://…"
        if not texts.texts(settings):
            yield "No text to ask about: robi texts add FOLDER"
    except RobiError as error:
        yield f"The database cannot be read: {error.details}; robi doctor says more"


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
