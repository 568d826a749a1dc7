"""The commands `robi texts add`, `list`, `remove` and `search`.

Owns their arguments and what is said of what was done. On a terminal a bar shows how far it is;
where nobody watches there is a line for each file.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import orjson
from attrs import define, field

from robi.config import Settings
from robi.shell import UNUSABLE, WRONG, complain, say
from robi.upkeep.saying import in_words

if TYPE_CHECKING:
    from robi.store.rows import FoundPassage, TextRow
    from robi.upkeep.texts import Outcome, Unread, Withheld

_BAR = 24
_NAME = 36
_PASSAGES = 5
_SHOWN = 300
"""Characters of a passage that are shown."""
_IDS = 8
"""Of texts that are elsewhere, that are named."""
_YES = {"y", "yes", "s", "si", "sí"}


def add_to(commands: Any) -> None:
    """Add `texts` to the parser of all (what `add_subparsers` returns)."""
    about = "texts that readers of a page may ask about: Markdown, plain text, HTML, PDF, EPUB"
    texts = commands.add_parser("texts", help=about, description=about)
    verbs = texts.add_subparsers(required=True, metavar="what")

    def add(name: str, command: Callable[[argparse.Namespace], int], about: str) -> Any:
        parser = verbs.add_parser(name, help=about, description=about)
        parser.set_defaults(command=in_words(f"Cannot {name} texts", command))
        return parser

    new = add("add", _add, "read files, or all texts of folders; what changed is replaced")
    new.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
    new.add_argument(
        "--url", metavar="BASE", help="where the folder stands on a site: citations lead there"
    )
    new.add_argument("--id", metavar="ID", help="of the text; of several what their ids begin with")
    new.add_argument("--title", metavar="T", help="of the one text, instead of its own")
    new.add_argument("--again", action="store_true", help="also what has not changed")

    listing = add("list", _list, "every text: its id, title, kind and passages")
    listing.add_argument("--json", action="store_true", help="all of it, for machines")

    gone = add("remove", _remove, "remove texts and their passages")
    gone.add_argument("text_ids", nargs="*", metavar="ID", help="as robi texts list shows it")
    gone.add_argument("--all", action="store_true", help="every text; it asks first")
    gone.add_argument("--yes", action="store_true", help="do not ask first")

    searching = add("search", _search, "show the passages that a question finds")
    searching.add_argument("words", nargs="+", metavar="WORDS")
    searching.add_argument("--text", metavar="ID", help="only in this text")


def _add(arguments: argparse.Namespace) -> int:
    from robi.upkeep import texts, texts_files  # noqa: PLC0415 - no database for `robi tree`

    found = texts_files.files(arguments.paths)
    wishes = texts.Wishes(arguments.url, arguments.id, arguments.title, arguments.again)
    showing = _Showing(len(found.files), _is_watched())
    try:
        others = texts.add(Settings.load(), found.files, wishes, clock=time.time, tell=showing.take)
    finally:
        showing.end()
    say(showing.summary())
    for name in found.partials:
        say(_printable(f"Passed over: {name}: it begins with _."))
    for withheld in showing.withheld:
        say(_printable(f"Passed over: {withheld.file.name}: {withheld.why}."))
        if withheld.kept is not None:
            text_id = withheld.kept.text_id
            say(f"It was loaded before, and still is: robi texts remove {text_id}")
    if others and any(path.is_dir() for path in arguments.paths):
        more = f" and {len(others) - _IDS:,} more" if len(others) > _IDS else ""
        say(
            f"Loaded, and none of these files: {', '.join(others[:_IDS])}{more}.",
            "A text whose file is gone stays until: robi texts remove ID",
        )
    for unread in showing.unread:
        complain(f"Not read: {unread.file.name}: {unread.why}.")
    return WRONG if showing.unread else 0


def _is_watched() -> bool:
    return sys.stderr.isatty()


@define
class _Showing:
    """Tells how far it is, and counts what came of each file."""

    _total: int
    _bar: bool
    unread: "list[Unread]" = field(factory=list)
    withheld: "list[Withheld]" = field(factory=list)
    _done: int = 0
    _added: "list[TextRow]" = field(factory=list)
    _unchanged: int = 0

    def take(self, outcome: "Outcome") -> None:
        from robi.upkeep.texts import Added, Unchanged, Withheld  # noqa: PLC0415 - as in _add

        self._done += 1
        name = outcome.file.name
        if isinstance(outcome, Added):
            self._added.append(outcome.row)
            what = f"{'replaced' if outcome.before else 'added'} {outcome.row.text_id}: "
            what += f"{outcome.row.title}, {_passages(outcome.row.passages)}"
        elif isinstance(outcome, Unchanged):
            self._unchanged += 1
            what = f"unchanged {outcome.row.text_id}"
        elif isinstance(outcome, Withheld):
            self.withheld.append(outcome)
            what = f"passed over {name}"
        else:
            self.unread.append(outcome)
            what = f"not read {name}"
        if self._bar:
            full = _BAR * self._done // self._total
            drawn = "█" * full + "░" * (_BAR - full)
            _draw(f"{drawn} {self._done}/{self._total}  {_printable(name)[-_NAME:]}")
        else:
            say(_printable(what))

    def end(self) -> None:
        """Leave the line of the bar to what is said next."""
        if self._bar:
            _draw("")

    def summary(self) -> str:
        """Return what was done, in a line."""
        passages = sum(row.passages for row in self._added)
        kept = f"{_count(len(self._added), 'text')}, {_passages(passages)}"
        parts = [f"Added {kept}."]
        if self._unchanged:
            parts.append(f"{self._unchanged} unchanged.")
        if self.unread:
            parts.append(f"{self._not_read()}.")
        if self.withheld:
            parts.append(f"{len(self.withheld):,} passed over.")
        return " ".join(parts)

    def _not_read(self) -> str:
        return f"{_count(len(self.unread), 'file')} could not be read"


def _draw(line: str) -> None:
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()


def _list(arguments: argparse.Namespace) -> int:
    from robi.upkeep import texts  # noqa: PLC0415 - as in _add

    rows = texts.texts(Settings.load())
    if arguments.json:
        say(orjson.dumps([attrs.asdict(row) for row in rows]).decode())
    elif rows:
        say(*_table(rows))
    else:
        say("No texts. Add some: robi texts add DIR")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from robi.upkeep import texts  # noqa: PLC0415 - as in _add

    settings = Settings.load()
    text_ids = arguments.text_ids
    if bool(text_ids) is arguments.all:
        complain("Which? Either the ID of a text, or several, or --all.")
        return UNUSABLE
    if arguments.all:
        text_ids = [row.text_id for row in texts.texts(settings)]
        if not text_ids:
            say("No texts.")
            return 0
        if not arguments.yes:
            if not sys.stdin.isatty():
                complain("Removing every text cannot be undone: --yes says that it is meant.")
                return UNUSABLE
            if not _is_meant(len(text_ids)):
                complain("Nothing was removed.")
                return WRONG
    for row in texts.remove(settings, text_ids):
        say(f"Removed {row.text_id} ({_printable(row.title)}), {_passages(row.passages)}.")
    return 0


def _is_meant(number: int) -> bool:
    sys.stderr.write(f"This removes {_count(number, 'text')}, and cannot be undone. Go on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in _YES


def _search(arguments: argparse.Namespace) -> int:
    from robi.upkeep import texts  # noqa: PLC0415 - as in _add

    words = " ".join(arguments.words)
    found = texts.search(Settings.load(), words, arguments.text, _PASSAGES)
    if not found:
        say("Nothing: a reader would be told that the texts do not say it.")
    for passage in found:
        say(*_told(passage))
    return 0


def _told(found: "FoundPassage") -> Iterator[str]:
    row = found.row
    where = " / ".join(dict.fromkeys((found.title, *row.heading)))  # a title is a heading, too
    yield _printable(f"{found.score:.2f}  {where} ({row.text_id}, {row.place})")
    if found.url:
        yield f"      {found.url}{f'#{row.anchor}' if row.anchor else ''}"
    words = " ".join(row.words.split())
    yield _printable(f"      {words[:_SHOWN]}{'…' if len(words) > _SHOWN else ''}")


def _table(rows: "tuple[TextRow, ...]") -> Iterator[str]:
    cells = [("ID", "TITLE", "KIND", "PASSAGES", "ADDED", "")]
    cells += [
        (
            row.text_id,
            _printable(row.title)[:_NAME],
            row.kind,
            str(row.passages),
            time.strftime("%Y-%m-%d %H:%M", time.localtime(row.added_at)),
            row.url or "",
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()


def _printable(words: str) -> str:
    """Return words that do nothing to a terminal, wherever they come from."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def _passages(number: int) -> str:
    return _count(number, "passage")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
