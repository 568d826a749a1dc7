"""The command `robi doctor`.

Owns its arguments, the order in which is looked, and what is said before a look that takes a while.
"""

import argparse
import time
from collections.abc import Iterator
from typing import Any

import orjson

from robi.config import Settings, SettingsError
from robi.shell import UNUSABLE, complain, load, say
from robi.upkeep import findings
from robi.upkeep.findings import Finding
from robi.upkeep.saying import in_words


def add_to(commands: Any) -> None:
    """Add `doctor` to the parser of all (what `add_subparsers` returns)."""
    about = "look at everything, and say what to do about what is wrong"
    doctor = commands.add_parser("doctor", help=about, description=about)
    doctor.add_argument("--call", action="store_true", help="ask the model a question; it costs")
    doctor.add_argument(
        "--front",
        action="append",
        metavar="HOST:PORT",
        help="where robots come in by TLS, instead of SERVER_IP, port 9393; may be repeated",
    )
    doctor.add_argument("--json", action="store_true", help="for machines")
    doctor.add_argument("--host", help="where the server is, instead of HOST")
    doctor.add_argument("--port", help="where the server is, instead of PORT")
    doctor.set_defaults(command=in_words("Cannot look", _doctor))


def _doctor(arguments: argparse.Namespace) -> int:
    from robi.doctor import house  # noqa: PLC0415 - databases and models, for this command only
    from robi.doctor.live import Front, fronts_of  # noqa: PLC0415

    try:
        settings = load(arguments)
    except SettingsError as error:
        found = [*house.unusable(error)]
    else:
        try:
            fronts = [*map(Front.parse, arguments.front or ())] or fronts_of(settings)
        except ValueError as error:
            complain(f"--front is an address and a port, as in 192.168.1.20:9393: {error}.")
            return UNUSABLE
        found = [*_all(settings, fronts, call=arguments.call)]
    if arguments.json:
        say(orjson.dumps(findings.plain(found)).decode())
    else:
        say(*findings.lines(found))
        say(*_summary(found))
    return findings.exit_code(found)


def _all(settings: Settings, fronts: Any, *, call: bool) -> Iterator[Finding]:
    from robi.doctor import house, kept, live, model  # noqa: PLC0415 - as said above

    now = time.time()
    shut_out = [*house.shut_out(settings)]
    if shut_out:  # of nearly all else, the wrong thing would be said
        yield from shut_out
        return
    yield from house.settings(settings)
    yield from house.rights(settings)
    yield from kept.disk(settings)
    yield from kept.database(settings)
    yield from kept.backups(settings, now)
    yield from kept.certificate(settings, now)
    yield from live.server(settings)
    yield from live.front(settings, fronts, now)
    yield from model.proxies(settings)
    yield from model.clock_and_reach(settings)
    if call:
        yield from model.call(settings)


def _summary(found: list[Finding]) -> Iterator[str]:
    wrong, advised = findings.count(found, "wrong"), findings.count(found, "advised")
    if wrong or advised:
        yield f"{wrong} wrong, {advised} advised, {len(found) - wrong - advised} good."
    else:
        yield f"All {len(found)} are good."
