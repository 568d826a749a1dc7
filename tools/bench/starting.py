"""What a start costs: time until a robot has its first answer, memory then, and the install.

Owns how these are counted. A robot tries from the beginning, and is answered by a model that thinks
no time. Both the server and the install are without what is only for development, as `./dev serve`
makes them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import evolve

from tools.bench import programs
from tools.bench.answers import Kind
from tools.bench.clock import cpu_ns, settled_cpu_ns
from tools.bench.figures import Heading
from tools.bench.memory import resident_kib
from tools.bench.orders import Arrive, Meet
from tools.bench.plan import Plan
from tools.bench.revisions import Revision, install
from tools.bench.runs import Run

FIRST_TURN: Final = Heading("start", "until the first turn is answered", "s")
FIRST_CPU: Final = Heading("start", "CPU until then", "s")
MEMORY: Final = Heading("start", "memory after it", "MB")
PACKAGES: Final = Heading("install", "packages", "")
INSTALLED: Final = Heading("install", "size", "MB")

_NS_A_S: Final = 1e9
_KB_A_KIB: Final = 1.024
_KB_A_MB: Final = 1000
_B_A_MB: Final = 1e6


@contextmanager
def opened(_plan: Plan, revision: Revision) -> Iterator[Run]:
    """Give what does a run, in an environment for serving, as `./dev serve` makes it.

    One of development has packages that others import where they are there (rich, by structlog and
    httpx). A start before the first compiles what Python keeps compiled.
    """
    with TemporaryDirectory() as name:
        environment = Path(name) / "venv"
        if trouble := install(revision.root, environment):
            raise programs.ProgramFailed(trouble)
        serving = evolve(revision, python=environment / "bin" / "python")
        run(serving)
        yield lambda: run(serving)


@contextmanager
def install_opened(_plan: Plan, revision: Revision) -> Iterator[Run]:
    """Give what does a run: an install of the revision's lock file into a folder of its own."""
    yield lambda: _install(revision.root)


def run(revision: Revision) -> dict[Heading, float]:
    """Start a server, have one turn, and look how large it is."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        port = programs.free_port()
        with programs.outside(folder) as outside:
            outside.do(Meet(port))
            begun = time.monotonic_ns()
            with programs.starting_server(revision, "gemini", outside, folder, port) as process:
                [turn] = outside.do(Arrive(Kind(10)))
                spent = cpu_ns(process.pid)
                settled_cpu_ns(process.pid)
                memory = resident_kib(process.pid, "VmRSS") * _KB_A_KIB / _KB_A_MB
    return {
        FIRST_TURN: (turn.ended - begun) / _NS_A_S,
        FIRST_CPU: spent / _NS_A_S,
        MEMORY: memory,
    }


def _install(root: Path) -> dict[Heading, float]:
    with TemporaryDirectory() as name:
        environment = Path(name) / "venv"
        if trouble := install(root, environment, "--no-install-project"):
            raise programs.ProgramFailed(trouble)
        [packages] = environment.glob("lib/python*/site-packages")
        files = [path for path in packages.rglob("*") if path.is_file()]
        return {
            PACKAGES: len(list(packages.glob("*.dist-info"))),
            INSTALLED: sum(path.stat().st_size for path in files) / _B_A_MB,
        }
