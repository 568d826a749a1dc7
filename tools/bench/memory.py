"""Memory of the server: of a session that nobody speaks in, and of one whose robot is away.

Owns how it is counted: what the process has of its own in RAM, before and after so many sessions
have come. Each count has a server of its own, as what one has let go of another may be given. For
parked sessions the robots come and go by the hundred, so that few are there at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tools.bench.clock import settled_cpu_ns
from tools.bench.figures import Heading
from tools.bench.orders import Gather, Part
from tools.bench.plan import Plan
from tools.bench.revisions import Revision
from tools.bench.runs import Run
from tools.bench.site import Site, site

_AT_ONCE: Final = 100


def idle(sessions: int) -> Heading:
    """Name the figure of a session that nobody speaks in."""
    return Heading(f"memory, {sessions} sessions", "an idle session", "KiB")


def parked(sessions: int) -> Heading:
    """Name the figure of a session whose robot is away."""
    return Heading(f"memory, {sessions} sessions", "a parked session", "KiB")


@contextmanager
def opened(sessions: int, _plan: Plan, revision: Revision) -> Iterator[Run]:
    """Give what does a run, of `sessions` of either kind."""

    def run() -> dict[Heading, float]:
        with site(revision) as here:
            idling = grown_kib(here, sessions, sessions, drop=False)
        with site(revision) as here:
            parking = grown_kib(here, sessions, _AT_ONCE, drop=True)
        return {idle(sessions): idling, parked(sessions): parking}

    yield run


def resident_kib(pid: int, kind: str = "RssAnon") -> int:
    """Return what a process has in RAM; unless told otherwise, what is its own and of no file."""
    with Path(f"/proc/{pid}/status").open(encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(f"{kind}:"))


def grown_kib(here: Site, sessions: int, at_once: int, *, drop: bool) -> float:
    """Return by how much each of `sessions` has grown the server."""
    settled_cpu_ns(here.pid)
    before = resident_kib(here.pid)
    for first in range(0, sessions, at_once):
        device = here.new_device()
        here.outside.do(Gather(device, min(at_once, sessions - first)))
        if drop:
            here.outside.do(Part(device, drop=True))
    settled_cpu_ns(here.pid)
    return (resident_kib(here.pid) - before) / sessions
