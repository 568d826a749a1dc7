"""The table of calls as Markdown, for the documents.

Owns how it looks there: `python -m robi.web.api.drawing` prints it.
"""

import sys

from robi.web.api.table import CALLS


def markdown() -> str:
    """Return a table, a line a call."""
    rows = [
        f"| `{call.method} {call.path}` | {call.summary} | {call.status} {call.gives.__name__} "
        f"| {', '.join(sorted({str(error.code) for error in call.may_fail})) or '-'} |"
        for call in CALLS
    ]
    head = ["| call | what it does | answers | errors of its own |", "|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
