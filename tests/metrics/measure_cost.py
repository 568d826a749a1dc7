"""What counting costs: `.venv/bin/python -m tests.metrics.measure_cost`, for decision 20.

CPU time of one turn of ten chunks as the meters hear of it, of each further chunk, and of a scrape
with a thousand sessions; the best of five rounds, since others only ever add.
"""

import sys
from collections.abc import Callable
from time import process_time

import trio
from attrs import evolve
from prometheus_client import CollectorRegistry

from robi.actors.figures import Question, Trail
from robi.actors.meters import Committed
from robi.metrics import Metrics
from robi.metrics.instruments import Instruments
from tests.metrics.stage import actor, measured, sources, tree

ROUNDS = 5


def cost_us(act: Callable[[], object], times: int) -> float:
    """Return the microseconds of CPU that `act` takes."""

    def once() -> float:
        began = process_time()
        for _ in range(times):
            act()
        return (process_time() - began) / times * 1e6

    return min(once() for _ in range(ROUNDS))


def noting(chunks: int) -> Callable[[], object]:
    """Return what a turn of so many chunks notes on its way."""

    def note() -> Trail:
        trail = Trail()
        question = Question()
        trail.questions.append(question)
        append = question.heard_at.append
        for _ in range(chunks):
            append(trio.current_time())
        question.ended_at = trio.current_time()
        return trail

    return note


def counting(chunks: int) -> Callable[[], object]:
    """Return the counting of a turn of so many chunks, and of its commit."""
    instruments = Instruments(CollectorRegistry())
    heard_at = [101.0 + chunk / 100 for chunk in range(chunks)]
    turn = measured(Question(100.25, 0.0, heard_at, heard_at[-1]))
    done = Committed((), 1.0, 2.0, 3.0)

    def count() -> None:
        instruments.meters.turn(evolve(turn))  # made anew, as at the end of each
        instruments.meters.committed(done)

    return count


def scraping(sessions: int) -> Callable[[], object]:
    """Return a scrape of a tree with so many sessions, which is there already."""
    details = {"turn": "idle", "link": "attached", "outbox": 0, "kept": 40, "audio_bytes": 0}
    one = actor("session/s", **details)  # type: ignore[arg-type]
    now = tree(actor("sessions", *[one] * sessions, live=sessions))
    return Metrics(sources(lambda: now)).text


async def main() -> None:
    """Measure, and say so."""
    for name, of in (("noted on the way", noting), ("counted at the end", counting)):
        ten, hundred = cost_us(of(10), 2000), cost_us(of(110), 500)
        told = f"{name}: {ten:.1f} us a turn of 10 chunks, {(hundred - ten) / 100:.2f} each further"
        sys.stdout.write(f"{told}\n")
    for sessions in (0, 1000):
        sys.stdout.write(f"scrape, {sessions} sessions: {cost_us(scraping(sessions), 10):.0f} us\n")


if __name__ == "__main__":
    trio.run(main)
