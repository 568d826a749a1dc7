"""What the tests of metrics stand on: trees without actors, and turns without models."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client.parser import text_string_to_metric_families

from robi.actors.figures import Called, Measured, Question, Trail
from robi.actors.restart import Restart
from robi.actors.snapshot import Detail, Snapshot, State
from robi.metrics.tree import Sources, Spent


def actor(
    name: str,
    *children: Snapshot,
    state: State = State.RUNNING,
    restarts: int = 0,
    depth: int = 0,
    putters: int = 0,
    **details: Detail,
) -> Snapshot:
    """An actor with these details."""
    return Snapshot(
        name, state, Restart.PERMANENT, restarts, 1.5, depth, 64, details, children, putters
    )


def tree(*children: Snapshot) -> Snapshot:
    """A root with these below it."""
    return Snapshot("robi", State.RUNNING, None, 0, 12.5, 0, 0, {}, children)


def whole_tree() -> Snapshot:
    """A tree in which everything is there to be read."""
    return tree(actor("memory", private_card=1), actor("sessions", live=0, most=9))


def sources(
    snapshot: Callable[[], Snapshot],
    spent: Iterable[Spent] = (Spent("talk", 7, 3, 0.5),),
) -> Sources:
    """Sources that read `snapshot`."""
    return Sources(snapshot, lambda: spent, lambda: 5, "1.0", "3.11", lambda: "a-model")


def samples(exposed: bytes) -> dict[str, float]:
    """Return what is exposed: `name{label=value,…}` and values, without buckets."""
    return {
        _written(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(exposed.decode())
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def _written(name: str, labels: Mapping[str, str]) -> str:
    inside = ",".join(f"{label}={value}" for label, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


def measured(
    *questions: Question,
    calls: Iterable[Called] = (),
    recalled_at: float | None = 100.25,
    **changes: object,
) -> Measured:
    """A turn that began at 100 s."""
    trail = Trail(100.0, recalled_at, list(questions), list(calls))
    told: dict[str, object] = {
        "emotion_ms": 1500,
        "first_text_ms": 1600,
        "end_ms": 3000,
        "kind": "text",
        "outcome": "answered",
        "session_id": "s1",
        "request_id": "r1",
        **changes,
    }
    return Measured(trail=trail, **told)  # type: ignore[arg-type]
