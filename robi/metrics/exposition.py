"""What a scraper gets: the figures of now as text, and those of several processes as one.

Owns the registry and the formats, which are the official client's: Prometheus' text or OpenMetrics,
as the scraper asks.
"""

from collections.abc import Mapping, Sequence

from attrs import define, field
from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder, generate_latest

from robi.metrics.instruments import Instruments
from robi.metrics.tree import Sources, TreeCollector


@define(eq=False)
class Metrics:
    """The metrics of one process.

    Args:
        sources: what is read when somebody asks.
        actors: the actors of the table.
    """

    _sources: Sources
    _actors: Sequence[str] = ()
    _registry: CollectorRegistry = field(
        factory=lambda: CollectorRegistry(auto_describe=False), init=False
    )
    instruments: Instruments = field(init=False)

    def __attrs_post_init__(self) -> None:
        # When each began: as many series again, for nobody.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.instruments = Instruments(self._registry, self._actors)
        self._registry.register(TreeCollector(self._sources))
        ProcessCollector(registry=self._registry)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return the figures of now in the form that `accept` asks for, and its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def text(self) -> bytes:
        """Return the figures of now in Prometheus' text format, as `merge` takes them."""
        return generate_latest(self._registry)


def merge(parts: Mapping[str, bytes]) -> bytes:
    """Return the text expositions of several workers as one, with a label `worker`.

    Samples of one family stand together, under the head of the first who has it. One part alone
    stays as it is.
    """
    if len(parts) == 1:
        return next(iter(parts.values()))
    heads: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = {}
    for worker, part in parts.items():
        label = f'worker="{_escaped(worker)}"'
        family, adding = "", False
        for line in part.decode().splitlines():
            if line.startswith("# "):
                _, kind, name, *_ = line.split(" ", 3)
                if kind == "HELP":
                    family, adding = name, name not in heads
                if adding:
                    heads.setdefault(family, []).append(line)
            else:
                samples.setdefault(family, []).append(_labelled(line, label))
    return "".join(
        f"{line}\n" for family, head in heads.items() for line in (*head, *samples.get(family, ()))
    ).encode()


def _labelled(sample: str, label: str) -> str:
    """Put a label before those of a sample: in front of its first `{`, or of its value."""
    name, brace, rest = sample.partition("{")
    if brace and " " not in name:
        return f"{name}{{{label},{rest}"
    name, _, value = sample.partition(" ")
    return f"{name}{{{label}}} {value}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
