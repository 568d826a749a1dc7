"""The commands about copies of the database: backup, restore, upgrade-check.

Owns their arguments and what is said after. The work is done in `copies` and `upgrading`, which are
imported when they are needed: `robi tree` must not wait for a database.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from robi.config import Settings, folder
from robi.shell import UNUSABLE, complain, say
from robi.upkeep import findings
from robi.upkeep.saying import in_words

_DO = {"backup": "back up", "restore": "restore", "upgrade-check": "try the upgrade"}


def add_to(commands: Any) -> None:
    """Add these commands to the parser of all (what `add_subparsers` returns)."""

    def add(name: str, command: Callable[[argparse.Namespace], int], about: str) -> Any:
        parser = commands.add_parser(name, help=about, description=about)
        parser.set_defaults(command=in_words(f"Cannot {_DO[name]}", command))
        return parser

    backup = add("backup", _backup, "copy the database; the server may run")
    backup.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a new file, or a folder for a dated one"
    )
    backup.add_argument(
        "--keep", type=int, metavar="N", help="then remove all dated ones but the newest N"
    )

    restore = add("restore", _restore, "put a backup in the place of the database")
    restore.add_argument("file", type=Path, metavar="FILE", help="what robi backup has made")

    upgrade = add(
        "upgrade-check",
        _upgrade_check,
        "try on a copy what this version makes of the database",
    )
    upgrade.add_argument("--json", action="store_true", help="for machines")


def _backup(arguments: argparse.Namespace) -> int:
    from robi.upkeep import copies  # noqa: PLC0415 - as said above

    settings = Settings.load()
    given, keep, now = arguments.file, arguments.keep, time.time()
    into = given or settings.data_dir / copies.FOLDER
    named = given is not None and not given.is_dir()
    if keep is not None and (keep < 1 or named):
        complain("--keep is 1 or more, and goes with a folder: old ones in it are removed.")
        return UNUSABLE
    target = given if named else copies.new_path(into, now)
    size = copies.back_up(settings, target)
    say(
        f"Copied to {target}: {size:,} bytes, checked and sound.",
        f"To put it back, stop the server and say: ./dev robi restore {target}",
        "It holds what is known of everyone; forgetting someone later does not reach it.",
    )
    if keep is not None:
        say(*(f"Removed {old}." for old in copies.rotate(into, keep, now)))
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from robi.upkeep import copies  # noqa: PLC0415 - as said above

    settings = Settings.load()
    with folder.locked(settings.data_dir):
        restored = copies.restore(settings, arguments.file)
    say(f"{arguments.file} is in the place of the database now.")
    if restored.aside is not None:
        say(f"What was there is kept as {restored.aside}, until someone is forgotten.")
    if restored.still_forgotten is None:
        complain(
            "What was there could not be read: who was forgotten since the backup is known again.",
            "Forget them once more: ./dev robi forget USER",
            "A key that was revoked since may open again: ./dev robi keys list",
        )
    elif restored.still_forgotten:
        say(f"{restored.still_forgotten} people stay forgotten, whom the backup may have held.")
    return 0


def _upgrade_check(arguments: argparse.Namespace) -> int:
    from robi.upkeep import upgrading  # noqa: PLC0415 - as said above

    found = upgrading.check(Settings.load(), time.time())
    if arguments.json:
        say(orjson.dumps(found.plain()).decode())
    else:
        say(*findings.lines(found.findings))
    return findings.exit_code(found.findings)
