"""A server with its surroundings, as most measurements want it: robots that come, talk and go.

Owns how the CPU time of turns is counted: from the first question until the server has settled
after the last answer, so that what a turn leaves to be written down is part of the turn.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Final, get_args

import orjson
from attrs import evolve, field, frozen

from tools.bench import programs
from tools.bench.answers import Kind
from tools.bench.clock import settled_cpu_ns
from tools.bench.orders import Gather, Part, Role, Talk, Together, Turn
from tools.bench.plan import BrainName
from tools.bench.revisions import Revision

WARM_UP: Final = Kind(10)
_TOO_BUSY: Final = "this machine is too busy to measure waits on it"
_NS_A_MS: Final = 1e6
_NS_A_S: Final = 1e9
_CALM: Final = frozenset({"debug", "info"})

Talking = tuple[int, Talk]
"""So many talk so."""


@frozen
class Talked:
    """What came of robots that talked: their turns, and what these cost the server."""

    turns: list[Turn]
    cpu_ns: float

    @property
    def turn_ms(self) -> float:
        """CPU of the server a turn."""
        return self.cpu_ns / len(self.turns) / _NS_A_MS

    @property
    def answer_ms(self) -> float:
        """From a question to the end of its answer, of half of the turns."""
        return median(one.ended - one.asked for one in self.turns) / _NS_A_MS

    @property
    def turns_a_second(self) -> float:
        """Turns from the first question to the last answer."""
        begun, ended = min(one.asked for one in self.turns), max(one.ended for one in self.turns)
        return len(self.turns) / (ended - begun) * _NS_A_S


@frozen
class Site:
    """A server, by its process id, and those outside of it."""

    pid: int
    outside: programs.Outside
    log: Path
    _numbers: "count[int]" = field(factory=count, init=False)

    def new_device(self) -> str:
        """Return a name that no robots of this site have had."""
        return f"robot-{next(self._numbers)}"

    @contextmanager
    def gathered(
        self, robots: int, *, warm: bool = True, role: Role = "robot"
    ) -> Iterator[Callable[[Talk], Talked]]:
        """Have new robots come; give what makes them talk. If `warm`, each has had a turn."""
        device = self.new_device()
        self.outside.do(Gather(device, robots, WARM_UP if warm else None, role=role))

        def talk(how: Talk) -> Talked:
            before = settled_cpu_ns(self.pid)
            turns = self.outside.do(evolve(how, device=device))
            return Talked(turns, settled_cpu_ns(self.pid) - before)

        yield talk
        self.outside.do(Part(device))

    def talk(self, robots: int, how: Talk, role: Role = "robot") -> Talked:
        """Have new robots, which have had a turn each, talk once; return what came of it."""
        with self.gathered(robots, role=role) as talk:
            return talk(how)

    def talk_beside(self, robots: Talking, readers: Talking) -> tuple[list[Turn], list[Turn]]:
        """Have new robots and new readers talk at the same time; return the turns of each."""
        parties = []
        for (number, how), role in zip((robots, readers), get_args(Role), strict=True):
            device = self.new_device()
            self.outside.do(Gather(device, number, WARM_UP, role=role))
            parties.append(evolve(how, device=device))
        turns = self.outside.do(Together(tuple(parties)))
        for party in parties:
            self.outside.do(Part(party.device))
        first, second = ([one for one in turns if one.device == each.device] for each in parties)
        return first, second

    def complaints(self) -> int:
        """Return how many warnings and errors are in the log."""
        lines = self.log.read_bytes().splitlines()
        return sum(orjson.loads(line)["level"] not in _CALM for line in lines)


@contextmanager
def site(revision: Revision, brain: BrainName = "gemini", *, page: bool = False) -> Iterator[Site]:
    """Run a server that has had its first turns, which pay for what is made once.

    With a `page` it has readers, too.

    Raises:
        ProgramFailed: the server, or what is outside of it, did not go on.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        key = programs.open_page(revision, folder) if page else ""
        with (
            programs.outside(folder) as outside,
            programs.server(revision, brain, outside, folder, key) as pid,
        ):
            made = Site(pid, outside, programs.log_of(folder))
            made.talk(4, Talk(WARM_UP, turns=2))
            yield made


def percentile(values: list[float], percent: int) -> float:
    """Return the value under which `percent` of them are.

    Raises:
        ProgramFailed: there are not enough to tell, as nothing happened in time.
    """
    if len(values) < 2:  # noqa: PLR2004 - of one there is no spread
        raise programs.ProgramFailed(_TOO_BUSY)
    return quantiles(values, n=100, method="inclusive")[percent - 1]
