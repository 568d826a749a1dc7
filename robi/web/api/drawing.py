"""The table of calls as Markdown, for the documents.

Owns how it looks there: `python -m robi.web.api.drawing` prints it.
"""

import sys
from typing import Any

from robi.web.api.table import OPERATIONS, Operation


def markdown() -> str:
    """Return a table, a line a call."""
    rows = [
        f"| `{call.method} {call.path}` | {call.summary} | {_whose(call)} "
        f"| {call.status} {call.gives.__name__} "
        f"| {', '.join(sorted({str(error.code) for error in call.may_fail})) or '-'} |"
        for call in OPERATIONS
    ]
    head = ["| call | what it does | key | answers | errors of its own |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def _whose(call: Operation[Any]) -> str:
    """Return the least role whose key opens it."""
    if not call.needs_key:
        return "-"
    return next(role for role in ("reader", "robot", "operator") if role in call.roles)


if __name__ == "__main__":
    sys.stdout.write(markdown())
