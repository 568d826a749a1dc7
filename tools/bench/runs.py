"""Runs: of one revision, or of several in turn, whose figures can then be laid side by side.

Owns the order: each revision runs once before any runs again, and who is first changes from run to
run, so that a machine that is busier for a while is so for all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack

from tools.bench.figures import Figure, Heading
from tools.bench.plan import Plan
from tools.bench.progress import Progress
from tools.bench.revisions import Revision

Run = Callable[[], Mapping[Heading, float]]
"""Does a run; returns what it has found."""

Opened = Callable[[Plan, Revision], AbstractContextManager[Run]]
"""Makes ready for the runs of one revision."""


def measure(
    opened: Opened, plan: Plan, revisions: Sequence[Revision], progress: Progress
) -> list[list[Figure]]:
    """Do the runs of all `revisions`; return the figures of each.

    Raises:
        ProgramFailed: one did not go on.
    """
    with ExitStack() as stack:
        runs = [stack.enter_context(opened(plan, revision)) for revision in revisions]
        found: list[list[Mapping[Heading, float]]] = [[] for _ in runs]
        for number in range(plan.runs):
            turn = list(range(len(runs)))
            for at in turn if number % 2 == 0 else reversed(turn):
                found[at].append(runs[at]())
                progress.step()
    return [_figures(each) for each in found]


def _figures(runs: Sequence[Mapping[Heading, float]]) -> list[Figure]:
    return [
        Figure(heading.group, heading.name, heading.unit, tuple(run[heading] for run in runs))
        for heading in runs[0]
    ]
