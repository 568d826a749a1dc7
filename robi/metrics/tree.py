"""What is read when somebody asks: the tree of actors and the ledger, as families of samples.

Owns the reading. It costs nothing until then; sessions are summed, never named.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from attrs import frozen
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from robi.actors.snapshot import Detail, Snapshot, State
from robi.metrics.catalogue import BY_NAME, CATALOGUE, LabelValues, Metric

_SESSIONS: Final = "session"
"""What all sessions are called together."""
_PRIVATE: Final = "private_"
"""What the memory calls a class of its gate."""


@frozen
class Spent:
    """What the model took for one purpose since the start."""

    purpose: str
    input_tokens: int
    output_tokens: int
    cost: float


@frozen
class Sources:
    """Where is read, each time that somebody asks.

    Args:
        snapshot: the tree.
        spent: what the model took; nothing of what it costs where no prices are known.
        tasks: how many tasks there are.
        version: of the server.
        python: that it runs on.
        model: the model's name.
    """

    snapshot: Callable[[], Snapshot]
    spent: Callable[[], Iterable[Spent]]
    tasks: Callable[[], int]
    version: str
    python: str
    model: Callable[[], str]


class TreeCollector(Collector):
    """The families of one moment."""

    def __init__(self, sources: Sources) -> None:
        """Read from `sources`; nothing is read yet."""
        self._sources = sources

    def describe(self) -> Iterable[Family]:
        """Return nothing: to be registered, nothing need be read."""
        return ()

    def collect(self) -> Iterator[Family]:
        """Read everything."""
        sources = self._sources
        tree = sources.snapshot()
        actors = {child.name: child for child in tree.children}
        sessions = actors["sessions"].children if "sessions" in actors else ()
        for metric in CATALOGUE:
            if metric.of:
                yield _family(metric, dict(_read(metric, actors)))
            elif metric.of_sessions is not None:
                yield _family(metric, {(): _of_sessions(metric, sessions)})
        samples = _of_actors(tree.children, sessions)
        samples["robi_sessions"] = _by_link(sessions)
        answering = sum(one.details.get("turn", "idle") != "idle" for one in sessions)
        samples["robi_sessions_answering"] = {(): answering}
        samples["robi_private_refused_total"] = _refused(actors)
        spent = tuple(sources.spent())
        samples["robi_model_tokens_total"] = {
            **{(one.purpose, "input"): one.input_tokens for one in spent},
            **{(one.purpose, "output"): one.output_tokens for one in spent},
        }
        samples["robi_model_cost_total"] = {(one.purpose,): one.cost for one in spent if one.cost}
        samples["robi_tasks"] = {(): sources.tasks()}
        samples["robi_uptime_seconds"] = {(): tree.uptime_s}
        samples["robi_info"] = {(sources.version, sources.python, sources.model()): 1}
        for name, values in samples.items():
            yield _family(BY_NAME[name], values)


def _read(metric: Metric, actors: Mapping[str, Snapshot]) -> Iterator[tuple[LabelValues, float]]:
    """Yield what is there: an actor between two lives has no details, and no limit no share."""
    for values, where in metric.of.items():
        actor = actors.get(where.actor)
        value = actor.details.get(where.name) if actor else None
        if value is not None:
            yield values, float(value)


def _of_sessions(metric: Metric, sessions: Iterable[Snapshot]) -> float:
    name = metric.of_sessions or ""
    values = [_number(session.details.get(name, 0)) for session in sessions]
    return max(values, default=0.0) if metric.most else sum(values)


def _of_actors(
    children: Iterable[Snapshot], sessions: Iterable[Snapshot]
) -> dict[str, Mapping[LabelValues, float]]:
    samples: dict[str, dict[LabelValues, float]] = defaultdict(dict)
    for child in children:
        key = (child.name,)
        samples["robi_actor_running"][key] = child.state is State.RUNNING
        samples["robi_actor_degraded"][key] = _number(child.details.get("degraded", 0))
        samples["robi_actor_restarts_total"][key] = child.restarts
        samples["robi_mailbox_messages"][key] = child.mailbox_depth
        samples["robi_mailbox_limit"][key] = child.mailbox_bound
        samples["robi_mailbox_putters_waiting"][key] = child.putters_waiting
    together = (_SESSIONS,)
    samples["robi_mailbox_messages"][together] = sum(one.mailbox_depth for one in sessions)
    samples["robi_mailbox_putters_waiting"][together] = sum(one.putters_waiting for one in sessions)
    return dict(samples)


def _by_link(sessions: Iterable[Snapshot]) -> Mapping[LabelValues, float]:
    counts = Counter(str(one.details.get("link", "none")) for one in sessions)
    return {(link,): counts[link] for link in sorted({"attached", "parked", *counts})}


def _refused(actors: Mapping[str, Snapshot]) -> Mapping[LabelValues, float]:
    details = actors["memory"].details if "memory" in actors else {}
    return {
        (name.removeprefix(_PRIVATE),): _number(value)
        for name, value in details.items()
        if name.startswith(_PRIVATE)
    }


def _number(detail: Detail) -> float:
    return float(detail)


def _family(metric: Metric, values: Mapping[LabelValues, float]) -> Family:
    family: CounterMetricFamily | GaugeMetricFamily
    if metric.kind == "counter":
        family = CounterMetricFamily(metric.name, metric.about, labels=metric.labels)
    else:
        family = GaugeMetricFamily(metric.name, metric.about, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
