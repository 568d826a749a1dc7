"""What a look at the house has found: a line each, and what to do about it.

Owns the form in which `robi doctor` and `robi upgrade-check` tell it, to people and to machines,
and what exit code it comes to.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from attrs import asdict, frozen

from robi.shell import WRONG

State = Literal["good", "advised", "wrong"]

_MARKS: Final[dict[State, str]] = {"good": "✓", "advised": "!", "wrong": "✗"}
_KB: Final = 1000


@frozen
class Finding:
    """One thing that was looked at.

    Args:
        about: what, in a word.
        state: how it is; what is `advised` keeps nobody from talking today.
        found: what was seen.
        do: what to do about it, unless it is good.
    """

    about: str
    state: State
    found: str
    do: str | None = None


def good(about: str, found: str) -> Finding:
    """Return that it is as it should be."""
    return Finding(about, "good", found)


def advised(about: str, found: str, do: str) -> Finding:
    """Return that it works, and deserves a second look."""
    return Finding(about, "advised", found, do)


def wrong(about: str, found: str, do: str) -> Finding:
    """Return that it does not work, or will not for long."""
    return Finding(about, "wrong", found, do)


def lines(findings: Sequence[Finding]) -> Iterable[str]:
    """Yield them for people, what to do below what was found."""
    width = max((len(finding.about) for finding in findings), default=0)
    for finding in findings:
        yield f"{_MARKS[finding.state]} {finding.about:<{width}}  {finding.found}"
        if finding.do is not None:
            yield f"  {'':<{width}}  → {finding.do}"


def plain(findings: Sequence[Finding]) -> dict[str, object]:
    """Return them for machines."""
    return {
        "wrong": count(findings, "wrong"),
        "advised": count(findings, "advised"),
        "findings": [asdict(finding) for finding in findings],
    }


def count(findings: Iterable[Finding], state: State) -> int:
    """Return how many are so."""
    return sum(finding.state == state for finding in findings)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 if nothing is wrong."""
    return WRONG if count(findings, "wrong") else 0


def size(amount: int) -> str:
    """Return a number of bytes for people."""
    value, units = float(amount), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= _KB and len(units) > 1:
        value, units = value / _KB, units[1:]
    return f"{value:.3g} {units[0]}"
