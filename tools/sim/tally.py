"""The counting of a run: samples and plays go in as they come, a result's parts come out. Pure.

Owns what counts as what. Times are seconds since the run began.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import define, field

from tools.sim.histogram import Histogram
from tools.sim.result import Interval, Latency, OfScenario
from tools.sim.samples import Sample

ANSWERED: Final = ("answered", "interrupted")
"""Outcomes that are as they should be."""

EMOTION, FIRST_TEXT, END = "emotion", "first text", "end"


@define
class _Scenario:
    plays: int = 0
    failed: int = 0
    answers: int = 0
    first_text: Histogram = field(factory=Histogram)


@define(eq=False)
class Tally:
    """What has happened so far."""

    outcomes: Counter[str] = field(factory=Counter, init=False)
    errors: Counter[str] = field(factory=Counter, init=False)
    faults: Counter[str] = field(factory=Counter, init=False)
    failures: Counter[str] = field(factory=Counter, init=False)
    troubles: Counter[str] = field(factory=Counter, init=False)
    cut_off: int = field(default=0, init=False)
    provoked: Counter[str] = field(factory=Counter, init=False)
    """Steps that failed after something had befallen a link of their robot: no wonder."""
    unheard: int = field(default=0, init=False)
    """Answers waited for in vain by robots whose links were left alone."""

    latencies: Mapping[str, Latency] = field(init=False)
    intervals: list[Interval] = field(factory=list, init=False)
    _scenarios: dict[str, _Scenario] = field(factory=dict, init=False)
    _now: list[float] = field(factory=list, init=False)
    """Corrected first texts of the interval that has not ended."""
    _answers: int = field(default=0, init=False)
    _errors: int = field(default=0, init=False)
    _troubles: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with empty histograms."""
        self.latencies = {name: Latency(name) for name in (EMOTION, FIRST_TEXT, END)}

    @property
    def answers(self) -> int:
        """How many utterances came to an end, in whatever way."""
        return self.outcomes.total()

    def heard(self, sample: Sample, *, troubled: bool) -> None:
        """An answer has its outcome; `troubled` if something has befallen a link of its robot."""
        scenario = self._of(sample.scenario)
        self.outcomes[sample.outcome] += 1
        scenario.answers += 1
        self._answers += 1
        if sample.error_code is not None:
            self.errors[sample.error_code] += 1
        if sample.outcome not in ANSWERED:
            self._errors += 1
            self.unheard += sample.outcome in ("timeout", "lost") and not troubled
        self.faults.update(sample.faults)
        for name, moment in (
            (EMOTION, sample.emotion_at),
            (FIRST_TEXT, sample.first_text_at),
            (END, sample.ended_at if sample.outcome == "answered" else None),
        ):
            if moment is not None:
                self.latencies[name].corrected.record(moment - sample.intended_at)
                self.latencies[name].service.record(moment - sample.sent_at)
        if sample.first_text_at is not None:
            waited = sample.first_text_at - sample.intended_at
            scenario.first_text.record(waited)
            self._now.append(waited)

    def played(
        self, name: str, failure: str | None, faults: Sequence[str], *, troubled: bool
    ) -> None:
        """A scenario is over; `faults` are those that no answer has brought."""
        scenario = self._of(name)
        scenario.plays += 1
        self.faults.update(faults)
        if failure is not None:
            scenario.failed += not troubled
            (self.provoked if troubled else self.failures)[f"{name}, {failure}"] += 1

    def troubled(self, kind: str) -> None:
        """We have let something befall a link."""
        self.troubles[kind] += 1
        self._troubles += 1

    def close_interval(self, at: float, robots: int) -> Interval:
        """End the interval that runs, with so many robots there; the next one begins."""
        first_texts, self._now = sorted(self._now), []
        interval = Interval(
            at,
            robots,
            self._answers,
            self._errors,
            self._troubles,
            *(nearest_rank(first_texts, share) for share in (50, 95, 99, 100)),
        )
        self.intervals.append(interval)
        self._answers = self._errors = self._troubles = 0
        return interval

    def scenarios(self) -> tuple[OfScenario, ...]:
        """Return how each scenario went, by name."""
        return tuple(
            OfScenario(name, one.plays, one.failed, one.answers, one.first_text)
            for name, one in sorted(self._scenarios.items())
        )

    def _of(self, name: str) -> _Scenario:
        return self._scenarios.setdefault(name, _Scenario())


def nearest_rank(ordered: Sequence[float], share: float) -> float | None:
    """Return the least of `ordered` that `share` % are not above, None if there is none."""
    if not ordered:
        return None
    return ordered[max(0, -int(-len(ordered) * share // 100) - 1)]
