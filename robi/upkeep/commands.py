"""The commands that look after people: forget, export, usage.

Owns their arguments, what is asked before, and what is said after. The work is done beside this
module, which is imported when it is needed: `robi tree` must not wait for a database.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from robi.config import Settings, folder
from robi.shell import UNUSABLE, WRONG, complain, load, say
from robi.upkeep.saying import in_words

if TYPE_CHECKING:
    from robi.store.rows import Person

_PRIVATE = 0o600
_VERBS = {"usage": "tell the usage"}
_YES = {"y", "yes", "s", "si", "sí"}


def add_to(commands: Any) -> None:
    """Add these commands to the parser of all (what `add_subparsers` returns)."""

    def add(name: str, command: Callable[[argparse.Namespace], int], about: str) -> Any:
        parser = commands.add_parser(name, help=about, description=about)
        parser.set_defaults(command=in_words(f"Cannot {_VERBS.get(name, name)}", command))
        return parser

    forget = add("forget", _forget, "forget a person: every table, file and index")
    forget.add_argument("--yes", action="store_true", help="do not ask first")
    forget.add_argument(
        "--backups",
        action="store_true",
        help="delete every backup under DATA_DIR/backups too: they hold everyone",
    )
    forget.add_argument("--json", action="store_true", help="the receipt, for machines")
    forget.add_argument("--host", help="where the server is, instead of HOST")
    forget.add_argument("--port", help="where the server is, instead of PORT")

    export = add("export", _export, "all that is kept of a person, as JSON")
    export.add_argument("--output", type=Path, metavar="FILE", help="a new file, for you alone")
    for command in (forget, export):
        command.add_argument("user", metavar="USER", help="a user_id, or a name that only one has")

    usage = add("usage", _usage, "what the model took, by day and by person")
    usage.add_argument("--days", type=int, default=7, metavar="N", help="the last N (7)")
    usage.add_argument("--json", action="store_true", help="for machines")


def _the_one(settings: Settings, user: str) -> "Person | None":
    """Return whom `user` means; None, and say so, if that is nobody or not clear."""
    from robi.upkeep import copies, exporting  # noqa: PLC0415 - as said above

    found = exporting.matching(copies.database(settings), user)
    if len(found) == 1:
        return found[0]
    if found:
        complain(f"Several people are called {user}; say which:", *map(_line, found))
    else:
        complain(f"Nobody has the user_id {user}, nor that name.")
    return None


def _line(person: "Person") -> str:
    seen = person.last_seen or person.created_at
    last = time.strftime("%Y-%m-%d", time.localtime(seen))
    return f"  {person.person_id}  {person.name or 'without a name'}, last seen {last}"


# ── forget ────────────────────────────────────────────────────────────────────────────────


def _forget(arguments: argparse.Namespace) -> int:
    from robi.upkeep import forgetting  # noqa: PLC0415 - as said above

    settings = load(arguments)
    if not arguments.yes and not sys.stdin.isatty():
        complain("Forgetting cannot be undone: --yes says that it is meant.")
        return UNUSABLE
    try:
        with folder.locked(settings.data_dir), forgetting.opened(settings) as store:
            person = _the_one(settings, arguments.user)
            if person is None or not _meant(person, arguments):
                return WRONG
            forgotten = forgetting.erase(settings, store, person.person_id)
    except folder.FolderInUse:
        person = _the_one(settings, arguments.user)
        if person is None or not _meant(person, arguments):
            return WRONG
        forgotten = forgetting.ask_server(settings, person.person_id)
    counts = forgotten.counts
    if arguments.backups:
        counts["backups"] += forgetting.drop_copies(settings)
    if arguments.json:
        say(orjson.dumps(counts).decode())
    else:
        say("Forgotten:", *(f"{counts[k]:>7}  {what}" for k, what in forgetting.PLACES.items()))
    _warn_of_copies(settings)
    if forgotten.left:
        complain(f"Not removed from {settings.media_dir}:", *sorted(forgotten.left))
        return WRONG
    return 0


def _meant(person: "Person", arguments: argparse.Namespace) -> bool:
    """Ask at the terminal whether this is meant."""
    if arguments.yes:
        return True
    complain("This removes all that is kept of", _line(person))
    sys.stderr.write("and cannot be undone. Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() in _YES:
        return True
    complain("Nothing was forgotten.")
    return False


def _warn_of_copies(settings: Settings) -> None:
    from robi.upkeep import copies  # noqa: PLC0415 - as said above

    if found := copies.found(settings):
        complain(
            "Backups made before still hold that person, and everyone else; --backups deletes",
            "these, and what was copied elsewhere is not known here:",
            *(f"  {path}" for path in found),
        )


# ── export ────────────────────────────────────────────────────────────────────────────────


def _export(arguments: argparse.Namespace) -> int:
    from robi.upkeep import copies, exporting  # noqa: PLC0415 - as said above

    settings = Settings.load()
    person = _the_one(settings, arguments.user)
    if person is None:
        return WRONG
    told = exporting.export(copies.database(settings), person.person_id)
    text = orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
    if arguments.output is None:
        say(text)
        return 0
    try:
        with open(arguments.output, "x", encoding="utf-8", opener=_privately) as file:
            file.write(text + "\n")
    except OSError as error:
        complain(f"Cannot write {arguments.output}: {error.strerror}.")
        return WRONG
    say(f"Written to {arguments.output}, readable by you alone.")
    return 0


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE)


# ── usage ─────────────────────────────────────────────────────────────────────────────────


def _usage(arguments: argparse.Namespace) -> int:
    from robi.upkeep import copies, spending  # noqa: PLC0415 - as said above

    if arguments.days < 1:
        complain("--days is 1 or more.")
        return UNUSABLE
    settings = Settings.load()
    today = datetime.now().astimezone().date()
    told = spending.spending(settings, copies.database(settings), arguments.days, today)
    if arguments.json:
        say(orjson.dumps(told.plain()).decode())
    else:
        say(*told.lines())
    return 0
