"""The running tree as a drawing for the terminal: read from `GET /api/tree`, a line an actor.

Owns how a snapshot looks to a person. It reads with tolerance, so that this command may be of
another version than the server that it asks.
"""

from collections.abc import Iterator

import attrs
import cattrs
import orjson
from attrs import field, frozen

_LONGEST_DETAIL = 60
_CONVERTER = cattrs.Converter()
_CONVERTER.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)


@frozen
class Node:
    """One actor as the server tells of it; times in seconds."""

    name: str
    state: str = "?"
    restart: str | None = None
    restarts: int = 0
    uptime_s: float | None = None
    mailbox_depth: int | None = None
    mailbox_bound: int | None = None
    details: dict[str, object] = field(factory=dict)
    children: tuple["Node", ...] = ()


attrs.resolve_types(Node)  # cattrs must find the class in its own annotation


def read(body: bytes) -> Node:
    """Return the tree in the body of an answer.

    Raises:
        ValueError: it is no JSON, or no tree.
    """
    try:
        return _CONVERTER.structure(orjson.loads(body), Node)
    except cattrs.BaseValidationError as error:
        msg = "; ".join(cattrs.transform_error(error))
        raise ValueError(msg) from error


def draw(tree: Node, *, narrow: bool = False) -> str:
    """Return the drawing: state, restarts, mailbox and age in columns beside the branches.

    If `narrow`, long details are cut: lines that a terminal wraps are no drawing any more.
    """
    rows = [
        ("", "state", "restarts", "mailbox", "up", ""),
        *_rows(tree, "", "", _LONGEST_DETAIL if narrow else None),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _rows(node: Node, branch: str, indent: str, longest: int | None) -> Iterator[tuple[str, ...]]:
    """Yield the cells of `node` and all below; `branch` leads to it, `indent` to its children."""
    mailbox = "" if not node.mailbox_bound else f"{node.mailbox_depth}/{node.mailbox_bound}"
    details = " ".join(f"{name}={value}" for name, value in node.details.items())
    yield (
        f"{branch}{node.name}",
        node.state,
        str(node.restarts),
        mailbox,
        "" if node.uptime_s is None else _age(node.uptime_s),
        details if longest is None or len(details) <= longest else details[:longest] + "…",
    )
    for child in node.children:
        last = child is node.children[-1]
        below = indent + ("   " if last else "│  ")
        yield from _rows(child, indent + ("└─ " if last else "├─ "), below, longest)


def _age(seconds: float) -> str:
    """Return a duration in its two largest units."""
    minutes, secs = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {secs} s" if minutes else f"{secs} s"
