"""What a fleet has measured, as values, and as the JSON that is kept. Pure.

Owns the shape of that file (docs/load.md tells it to others). Times are seconds since the first
robot began; a latency is counted from when its schedule wanted the utterance said (`corrected`),
and beside it from when it was said (`service`), which leaves out what the robot itself held up.
"""

from collections.abc import Mapping
from typing import Final, Literal

import cattrs
import orjson
from attrs import field, frozen

from tools.sim.histogram import Histogram

FORMAT: Final = 1

Kind = Literal["load", "soak"]


@frozen
class Plan:
    """What was to be done. `arrivals` a second in an open loop, None in a closed one.

    `scenarios` are names with their weights. `lifetime_s` is how long a robot stays on average
    before another takes its place, `trouble_s` how long a link lives on average before something
    befalls it; None for never.
    """

    kind: Kind
    url: str
    robots: int
    processes: int
    ramp_s: float
    duration_s: float
    warm_up_s: float
    arrivals: float | None
    scenarios: Mapping[str, float]
    lifetime_s: float | None
    trouble_s: float | None
    seed: int


@frozen
class Latency:
    """One latency of the run: to the `emotion`, the `first text` or the `end` of an answer."""

    name: str
    corrected: Histogram = field(factory=Histogram)
    service: Histogram = field(factory=Histogram)


@frozen
class OfScenario:
    """How one scenario went: plays, those that failed, answers, and the time to first text."""

    name: str
    plays: int
    failed: int
    answers: int
    first_text: Histogram


@frozen
class Interval:
    """A piece of the run that ended at `at`; percentiles in s of the corrected first text."""

    at: float
    robots: int
    answers: int
    errors: int
    troubles: int
    p50: float | None
    p95: float | None
    p99: float | None
    slowest: float | None


@frozen
class Reading:
    """The server at one moment: values by the names of `tools.sim.vitals`."""

    at: float
    values: Mapping[str, float]


@frozen
class Trend:
    """How one value of the server went after the warm-up; see `tools.sim.slopes`."""

    name: str
    hourly: float
    low: float
    high: float
    level: float
    grows: bool


@frozen
class Check:
    """Something that had to hold, whether it did, and what was found."""

    name: str
    held: bool
    found: str


@frozen
class Result:
    """All of a run. Counts by name: outcomes, codes, broken rules, failed steps, troubles.

    Failed steps of robots whose link we have troubled are `provoked`, the others `failures`.

    `cut_off` are plays that had not ended when the time was over.
    """

    plan: Plan
    started: str
    took_s: float
    machine: Mapping[str, str]
    outcomes: Mapping[str, int]
    errors: Mapping[str, int]
    faults: Mapping[str, int]
    failures: Mapping[str, int]
    provoked: Mapping[str, int]
    troubles: Mapping[str, int]
    cut_off: int
    latencies: tuple[Latency, ...]
    scenarios: tuple[OfScenario, ...]
    intervals: tuple[Interval, ...]
    readings: tuple[Reading, ...]
    trends: tuple[Trend, ...]
    checks: tuple[Check, ...]

    @property
    def answers(self) -> int:
        """How many utterances came to an end, in whatever way."""
        return sum(self.outcomes.values())

    @property
    def rate(self) -> float:
        """Answers a second, until the time was over: what was still being played is left out."""
        within = [one for one in self.intervals if one.at <= self.plan.duration_s * 1.01]
        return sum(one.answers for one in within) / within[-1].at if within else 0.0

    @property
    def held(self) -> bool:
        """Whether all that had to hold did."""
        return all(check.held for check in self.checks)

    def to_json(self) -> bytes:
        """Return it as the file that is kept."""
        return orjson.dumps(
            {"format": FORMAT, **_CONVERTER.unstructure(self)}, option=orjson.OPT_INDENT_2
        )

    @classmethod
    def from_json(cls, data: bytes) -> "Result":
        """Read what `to_json` has written.

        Raises:
            ValueError: it is no result of this format.
        """
        plain = orjson.loads(data)
        if not isinstance(plain, dict) or plain.pop("format", None) != FORMAT:
            msg = f"not a result of a load or a soak in format {FORMAT}"
            raise ValueError(msg)
        try:
            return _CONVERTER.structure(plain, cls)
        except cattrs.BaseValidationError as error:
            raise ValueError("\n".join(cattrs.transform_error(error))) from error


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(Histogram, Histogram.encode)
    converter.register_structure_hook(Histogram, lambda encoded, _: Histogram.decode(encoded))
    return converter


_CONVERTER: Final = _converter()
