"""What is counted as it happens: the meters of the actors, as Prometheus' instruments.

Owns counters and histograms. A turn costs some microseconds here, once, at its end (decision 20).
"""

from collections.abc import Iterable
from itertools import pairwise, product
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram

from robi.actors.crash import Crash
from robi.actors.figures import Measured, Outcome, Trail
from robi.actors.meters import Committed, Meters
from robi.metrics.catalogue import BY_NAME, TURN_KINDS

_CODES: Final = frozenset({1000, 1001, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 4409})
"""Close codes that have a name; a robot may send any other, and each would be a series."""


class Instruments:
    """Everything that is counted as it happens.

    Args:
        registry: where it is read.
        actors: whose crashes are counted from 0 on, beside those of sessions.
    """

    def __init__(self, registry: CollectorRegistry, actors: Iterable[str] = ()) -> None:
        """Begin at nothing."""
        self._registry = registry
        self._turns = self._counter("robi_turns_total")
        for kind, outcome in product(TURN_KINDS, get_args(Outcome)):
            self._turns.labels(kind, outcome)  # from 0 on: else the first of a kind is no increase
        self._errors = self._counter("robi_turn_errors_total")
        self._emotion = self._histogram("robi_turn_emotion_seconds")
        self._first_text = self._histogram("robi_turn_first_text_seconds")
        self._end = self._histogram("robi_turn_seconds")
        self._recall = self._histogram("robi_turn_recall_seconds")
        self._queue = self._histogram("robi_model_queue_seconds")
        self._first_chunk = self._histogram("robi_model_first_chunk_seconds")
        self._gap = self._histogram("robi_model_chunk_gap_seconds")
        self._tools = self._counter("robi_tool_calls_total")
        self._tool_time = self._histogram("robi_tool_seconds")
        self._came = self._counter("robi_session_arrivals_total")
        self._codes = self._counter("robi_links_closed_total")
        self._refused = self._counter("robi_links_refused_total")
        self._silent = self._counter("robi_links_silent_total")
        self._commit = self._histogram("robi_store_commit_seconds")
        self._writes = self._histogram("robi_store_commit_writes")
        self._lag = self._histogram("robi_store_lag_seconds")
        self._crashes = self._counter("robi_actor_crashes_total")
        for actor in (*actors, "session"):
            self._crashes.labels(actor)
        self.meters = Meters(
            turn=self.count_turn,
            closed=self._histogram("robi_interruption_close_seconds").observe,
            came=lambda how: self._came.labels(how).inc(),
            replayed=self._counter("robi_replayed_messages_total").inc,
            hung_up=self._count_code,
            refused=lambda error_code: self._refused.labels(error_code).inc(),
            silent=lambda _seconds: self._silent.inc(),
            committed=self._count_commit,
            shed=self._counter("robi_session_writes_shed_total").inc,
            late=self._histogram("robi_loop_lateness_seconds").observe,
        )

    def count_turn(self, turn: Measured) -> None:
        """Count a turn that is over."""
        self._turns.labels(turn.kind, turn.outcome).inc()
        if turn.outcome == "failed":
            self._errors.labels(turn.error_code).inc()
        if turn.emotion_ms is not None:
            self._emotion.labels(turn.kind).observe(turn.emotion_ms / 1000)
        if turn.first_text_ms is not None:
            self._first_text.labels(turn.kind).observe(turn.first_text_ms / 1000)
        if turn.outcome == "answered":
            self._end.labels(turn.kind).observe(turn.end_ms / 1000)
        self._count_trail(turn.trail)

    def _count_trail(self, trail: Trail) -> None:
        if trail.recalled_at is not None:
            self._recall.observe(trail.recalled_at - trail.began_at)
        for question in trail.questions:
            if heard_at := question.heard_at:
                self._queue.observe(question.waited_s)
                self._first_chunk.observe(heard_at[0] - question.asked_at - question.waited_s)
                for before, after in pairwise(heard_at):
                    self._gap.observe(after - before)
        for called in trail.calls:
            self._tools.labels(called.tool or "none", called.outcome).inc()
            self._tool_time.observe(called.ended_at - called.began_at)

    def count_crash(self, crash: Crash) -> None:
        """Count the crash of an actor; of which session it was is not told."""
        self._crashes.labels(crash.actor.partition("/")[0]).inc()

    def _count_code(self, code: int) -> None:
        self._codes.labels(str(code) if code in _CODES else "other").inc()

    def _count_commit(self, done: Committed) -> None:
        self._commit.observe(done.ended - done.began)
        self._writes.observe(len(done.writes))
        self._lag.observe(done.ended - done.since)

    def _counter(self, name: str) -> Counter:
        metric = BY_NAME[name]
        return Counter(name, metric.about, metric.labels, registry=self._registry)

    def _histogram(self, name: str) -> Histogram:
        metric = BY_NAME[name]
        return Histogram(
            name, metric.about, metric.labels, buckets=metric.buckets, registry=self._registry
        )
