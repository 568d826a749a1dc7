"""Content as data for a model: a line of JSON for each item, between two marks.

Owns the one way in which the words of a person, a camera or an app get into an instruction: no
content can close the block or begin a line of its own. The instruction around it tells the model
what the marks mean.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from robi.speech.names import UNSEEN, plain

OPEN: Final = "<data>"
CLOSE: Final = "</data>"

Value = str | float | int

# Inside a JSON string these are escaped, so that content can neither end the block, nor begin a
# line that looks like ours, nor hand the model a stage direction to repeat.
_ESCAPES: Final = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>[]\u0085\u2028\u2029"})


def line(key: str, value: Value, most: int) -> str:
    """Return one item of a block: what it is and its content, of a text `most` characters."""
    return item({key: plain(value)[:most] if isinstance(value, str) else value})


def item(fields: Mapping[str, Value]) -> str:
    """Return one item of a block that has several fields, each with its content as it is."""
    return json.dumps(fields, ensure_ascii=False).translate(_ESCAPES)


def verbatim(text: str, most: int) -> str:
    """Return `most` characters of a text whose lines and indentation say something, for `item`.

    Without control and format characters, as `plain`; a line ends with `\\n` alone.
    """
    lines = text[: 2 * most].splitlines()
    return "\n".join(_seen(each).rstrip() for each in lines)[:most]


def _seen(line: str) -> str:
    if line.isprintable():  # nearly every line, and much sooner known
        return line
    return "".join(map(_shown, line))


def _shown(char: str) -> str:
    return " " if char.isspace() else "" if unicodedata.category(char) in UNSEEN else char


def block(lines: Iterable[str]) -> list[str]:
    """Return `lines` between the marks."""
    return [OPEN, *lines, CLOSE]


def read(text: str) -> Iterator[tuple[str, object]]:
    """Yield the items of the block in `text`; nothing if there is none. The reverse of `block`."""
    _, _, inside = text.partition(f"{OPEN}\n")
    lines, mark, _ = inside.partition(f"\n{CLOSE}")
    if mark:
        for line in lines.split("\n"):
            yield from json.loads(line).items()
