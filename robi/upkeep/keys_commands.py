"""The commands `robi keys add`, `list` and `revoke`.

Owns their arguments and what is said of what was done. A new key is said once and alone on standard
output, so that it can go into a file or another command; everything about it is said beside, on
standard error.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import attrs
import orjson

from robi.config import Settings
from robi.shell import complain, say
from robi.upkeep.saying import in_words

if TYPE_CHECKING:
    from robi.store.keys import KeyRow

_MOST_DAYS = 3_650
_LONGEST = 60
_MOST_TOKENS = 1_000_000_000
_NEVER = "never"
_ROLES = ("robot", "operator", "reader")
_FOR = {
    "robot": "a phone: it talks, and knows the people",
    "operator": "everything",
    "reader": "the chat of the pages at --origin, which all can read; nothing else",
}


def add_to(commands: Any) -> None:
    """Add `keys` to the parser of all (what `add_subparsers` returns)."""
    about = "keys for robots and people: one each, shown once, revocable at once"
    keys = commands.add_parser("keys", help=about, description=about)
    verbs = keys.add_subparsers(required=True, metavar="what")

    def add(name: str, command: Callable[[argparse.Namespace], int], about: str) -> Any:
        parser = verbs.add_parser(name, help=about, description=about)
        parser.set_defaults(command=in_words(f"Cannot {name} keys", command))
        return parser

    new = add("add", _add, "make a key; it is shown once and kept nowhere")
    new.add_argument("name", type=_words, metavar="NAME", help="whose it is, such as ana-phone")
    new.add_argument(
        "--role",
        choices=_ROLES,
        default="robot",
        help="; ".join(f"{role}: {what}" for role, what in _FOR.items()),
    )
    new.add_argument("--days", type=_days, metavar="N", help="it expires after so many days")
    new.add_argument(
        "--device", type=_words, metavar="ID", help="the only device_id that may use it"
    )
    new.add_argument(
        "--origin",
        type=_origin,
        action="append",
        default=[],
        metavar="URL",
        help="of a reader: where its pages are, such as https://docs.example.org; perhaps several",
    )
    new.add_argument(
        "--daily-tokens",
        type=_tokens,
        metavar="N",
        help="of a reader: what it may take of the model in a day; 200000 if not said, 0: no bound",
    )

    listing = add("list", _list, "every key: whose, what for, last used, until when")
    listing.add_argument("--all", action="store_true", help="those that were revoked too")
    listing.add_argument("--json", action="store_true", help="all of it, for machines")

    gone = add("revoke", _revoke, "let a key open nothing any more; a robot that has it is cut off")
    gone.add_argument("key", metavar="NAME|ID", help="as robi keys list shows it")


def _words(given: str) -> str:
    text = given.strip()
    if not (0 < len(text) <= _LONGEST and text.isprintable()):
        msg = f"must be 1 to {_LONGEST} printable characters"
        raise argparse.ArgumentTypeError(msg)
    return text


def _days(given: str) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= _MOST_DAYS:
        msg = f"must be 1 to {_MOST_DAYS} days"
        raise argparse.ArgumentTypeError(msg)
    return int(given)


def _origin(given: str) -> str:
    from robi.config.parse import origin  # noqa: PLC0415 - as in _add

    try:
        return origin(given)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _tokens(given: str) -> int:
    if not given.isdecimal() or int(given) > _MOST_TOKENS:
        msg = f"must be 0 to {_MOST_TOKENS:,} tokens a day"
        raise argparse.ArgumentTypeError(msg)
    return int(given)


def _add(arguments: argparse.Namespace) -> int:
    from robi.upkeep import keys  # noqa: PLC0415 - `robi tree` must not wait for a database

    made = keys.add(
        Settings.load(),
        arguments.name,
        arguments.role,
        now=time.time(),
        days=arguments.days,
        device=arguments.device,
        origins=tuple(arguments.origin),
        daily_tokens=arguments.daily_tokens,
    )
    row = made.row
    until = "until it is revoked" if row.expires_at is None else f"until {_day(row.expires_at)}"
    whose = "" if row.device_id is None else f", by the device {row.device_id} only"
    where = f", on {_bounds(row)}" if row.origins else ""
    complain(
        f"A key for {row.name} ({row.key_id}, {row.role}), good {until}{whose}{where}.",
        "It is shown this once; a running server knows it within a second.",
    )
    say(made.key)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from robi.upkeep import keys  # noqa: PLC0415 - as in _add

    now = time.time()
    rows = keys.keys(Settings.load())
    if arguments.json:
        say(orjson.dumps([_plain(row, now) for row in rows]).decode())
        return 0
    shown = [row for row in rows if arguments.all or row.revoked_at is None]
    if shown:
        say(*_table(shown, now))
    else:
        say("No keys. Make one: robi keys add NAME")
    if hidden := len(rows) - len(shown):
        complain(f"{hidden} revoked: --all shows them.")
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    from robi.upkeep import keys  # noqa: PLC0415 - as in _add

    revoked = keys.revoke(Settings.load(), arguments.key, now=time.time())
    row = revoked.row
    if revoked.before:
        complain(f"{row.name} ({row.key_id}) is revoked already.")
    else:
        say(f"Revoked {row.name} ({row.key_id}): within a second it opens nothing.")
    return 0


def _plain(row: "KeyRow", now: float) -> dict[str, object]:
    told = attrs.asdict(row, filter=attrs.filters.exclude("digest"))
    return {**told, "good": row.is_good(now)}


def _table(rows: "list[KeyRow]", now: float) -> Iterator[str]:
    cells = [("NAME", "ROLE", "ID", "DEVICE", "LAST USED", "")]
    cells += [
        (
            row.name,
            row.role,
            row.key_id,
            row.device_id or "any",
            _NEVER if row.last_used_at is None else _minute(row.last_used_at),
            "; ".join(filter(None, (_standing(row, now), _bounds(row)))),
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()


def _standing(row: "KeyRow", now: float) -> str:
    if row.revoked_at is not None:
        return f"revoked {_day(row.revoked_at)}"
    if row.expires_at is None:
        return ""
    return f"{'expired' if row.is_expired(now) else 'until'} {_day(row.expires_at)}"


def _bounds(row: "KeyRow") -> str:
    """Return where a reader's key may be used, and how much; nothing for others."""
    if not row.origins:
        return ""
    daily = "no bound" if row.daily_tokens is None else f"{row.daily_tokens:,} tokens"
    return f"{' '.join(row.origins)}, {daily} a day"


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(at))


def _minute(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
