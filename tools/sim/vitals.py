"""How a server does while it is talked with: from its process, its tree and its metrics.

Owns the names of the values and where each comes from. `/proc` tells of the process and all that it
has started (several workers count as one server); the tree, over REST, of restarts, sessions and
mailboxes; `/metrics`, of tasks and the lag of the event loop. What is not to be had is left out.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx
import orjson
from attrs import define, field, frozen

CPU: Final = "cpu"
"""Cores kept busy since the reading before."""
MEMORY: Final = "memory"
"""Resident bytes."""
DESCRIPTORS: Final = "descriptors"
THREADS: Final = "threads"
TASKS: Final = "tasks"
LATENESS: Final = "event-loop lateness"
"""Seconds that the server's clock beat too late, on average since the reading before."""
SESSIONS: Final = "sessions"
LINKS: Final = "links"
RESTARTS: Final = "restarts"
WAITING: Final = "messages in mailboxes"

_PROC: Final = Path("/proc")
_LISTEN: Final = "0A"
"""TCP_LISTEN, as the kernel writes it."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TELLING_S: Final = 0.5
"""CPU is counted in ticks of 10 ms: over a shorter time the cores kept busy would be guessed."""
_LATE, _BEATS = "seconds late", "beats"
_METRICS: Final[Mapping[str, str]] = {
    "robi_tasks": TASKS,
    "robi_loop_lateness_seconds_sum": _LATE,
    "robi_loop_lateness_seconds_count": _BEATS,
    "robi_sessions": SESSIONS,
    "robi_links": LINKS,
}
"""Names of `robi.metrics.catalogue`, summed over their labels, and what they are here."""


@define
class Processes:
    """A process and its descendants, by `/proc`."""

    pid: int
    proc: Path = _PROC
    _before: tuple[float, float] | None = field(default=None, init=False)

    def read(self, now: float) -> dict[str, float]:
        """Return their values at `now`, nothing if the process is gone."""
        pids = tuple(self._family(self.pid))
        stats = [stat for pid in pids if (stat := self._stat(pid)) is not None]
        if not stats:
            return {}
        cpu_s = sum(stat.cpu_s for stat in stats)
        values = {
            MEMORY: float(sum(stat.memory for stat in stats)),
            THREADS: float(sum(stat.threads for stat in stats)),
            DESCRIPTORS: float(sum(self._descriptors(pid) for pid in pids)),
        }
        if self._before is None or now - self._before[0] >= _TELLING_S:
            if self._before is not None:
                before, before_s = self._before
                values[CPU] = max(0.0, (cpu_s - before_s) / (now - before))
            self._before = (now, cpu_s)
        return values

    def _family(self, pid: int) -> Iterator[int]:
        yield pid
        try:
            # A task that ends meanwhile is no reason to miss the others.
            listed = [path.read_text() for path in self._of(pid, "task").glob("*/children")]
        except OSError:
            return
        for child in " ".join(listed).split():
            yield from self._family(int(child))

    def _stat(self, pid: int) -> "_Stat | None":
        try:
            return _Stat.parse(self._of(pid, "stat").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return None

    def _descriptors(self, pid: int) -> int:
        try:
            return len(os.listdir(self._of(pid, "fd")))  # noqa: PTH208 - a count, ten times as fast
        except OSError:  # gone, or another user's
            return 0

    def _of(self, pid: int, name: str) -> Path:
        return self.proc / str(pid) / name


@frozen
class _Stat:
    """A line of `/proc/PID/stat`: see proc(5)."""

    cpu_s: float
    memory: int
    threads: int

    @classmethod
    def parse(cls, line: str) -> "_Stat":
        fields = line.rpartition(")")[2].split()  # what stands before may hold anything
        user, system, threads, memory = (int(fields[at - 3]) for at in (14, 15, 20, 24))
        return cls((user + system) / _TICKS, memory * _PAGE, threads)


@define
class Rest:
    """The server over HTTP, with the key of the robots. Costs three requests a reading."""

    client: httpx.AsyncClient
    restarts: dict[str, int] = field(factory=dict, init=False)
    """Of each actor that has been restarted, as last read."""
    _beats: tuple[float, float] = field(default=(0.0, 0.0), init=False)
    """Seconds late and beats of the server's clock, as last read."""

    @classmethod
    def of(cls, robots_url: str, api_key: str | None) -> "Rest":
        """Return that of the server which robots reach at `robots_url`."""
        parts = urlsplit(robots_url)
        base = urlunsplit((parts.scheme.replace("ws", "http"), parts.netloc, "", "", ""))
        headers = {"X-API-Key": api_key} if api_key else {}
        return cls(httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=10))

    async def read(self) -> dict[str, float]:
        """Return what it tells; nothing of what it does not tell, or not now."""
        values: dict[str, float] = {}
        if (tree := await self._get("/api/tree")) is not None:
            nodes = tuple(_nodes(orjson.loads(tree)))
            self.restarts = {
                str(node["name"]): count for node in nodes if (count := _number(node, "restarts"))
            }
            values[RESTARTS] = sum(self.restarts.values())
            values[WAITING] = sum(_number(node, "mailbox_depth") for node in nodes)
            values[SESSIONS] = sum(str(node["name"]).startswith("session/") for node in nodes)
        if (metrics := await self._get("/metrics")) is not None:
            values |= metric_values(metrics.decode())
            self._judge_beats(values)
        return values

    def _judge_beats(self, values: dict[str, float]) -> None:
        """Make lateness of what was counted since the server began."""
        late, beats = values.pop(_LATE, 0.0), values.pop(_BEATS, 0.0)
        late_before, beats_before = self._beats
        self._beats = (late, beats)
        if beats > beats_before:
            values[LATENESS] = (late - late_before) / (beats - beats_before)

    async def aclose(self) -> None:
        """Close its connections."""
        await self.client.aclose()

    async def _get(self, path: str) -> bytes | None:
        try:
            response = await self.client.get(path)
        except httpx.HTTPError:
            return None
        return response.content if response.status_code == httpx.codes.OK else None


def metric_values(exposition: str) -> dict[str, float]:
    """Return the values that we know of a text in Prometheus' format."""
    values: dict[str, float] = {}
    for line in exposition.splitlines():
        if line.startswith("#") or not (words := line.rsplit(None, 1))[1:]:
            continue
        name = _METRICS.get(words[0].partition("{")[0])
        if name is not None:
            values[name] = values.get(name, 0.0) + float(words[1])
    return values


def _nodes(node: dict[str, object]) -> Iterator[dict[str, object]]:
    yield node
    children = node.get("children", ())
    for child in children if isinstance(children, Iterable) else ():
        yield from _nodes(child)


def _number(node: Mapping[str, object], name: str) -> int:
    value = node.get(name)
    return value if isinstance(value, int) else 0


def listening(port: int, proc: Path = _PROC) -> tuple[int, ...]:
    """Return the processes of this machine that listen on TCP `port`, as far as one may know."""
    inodes: set[str] = set()
    for name in ("tcp", "tcp6"):
        try:
            _, *rows = (proc / "net" / name).read_text().splitlines()
        except (OSError, ValueError):  # no such system
            continue
        for row in rows:
            _, local, _, state, *_, inode = row.split()[:10]
            if state == _LISTEN and int(local.rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{inode}]")
    found = (int(path.name) for path in proc.glob("[0-9]*") if _holds(path, inodes))
    return tuple(sorted(found)) if inodes else ()


def _holds(process: Path, inodes: set[str]) -> bool:
    """Whether a process has one of these sockets open."""
    try:
        return any(os.readlink(fd) in inodes for fd in (process / "fd").iterdir())  # noqa: PTH115 - they are no paths
    except OSError:  # gone, or another user's
        return False
