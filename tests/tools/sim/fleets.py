"""Values that tests of fleets, results and pages share."""

from tools.sim.histogram import Histogram
from tools.sim.result import (
    Check,
    Interval,
    Latency,
    OfScenario,
    Plan,
    Reading,
    Result,
    Trend,
)
from tools.sim.samples import Sample, SampleOutcome

PLAN = Plan(
    kind="soak",
    url="ws://127.0.0.1:8000/ws/interact",
    robots=3,
    processes=1,
    ramp_s=1.0,
    duration_s=4.0,
    warm_up_s=1.0,
    arrivals=None,
    scenarios={"talk": 1.0},
    lifetime_s=60.0,
    trouble_s=10.0,
    seed=7,
)


def sample(
    *, at: float = 1.0, late: float = 0.0, outcome: SampleOutcome = "answered", code: str = ""
) -> Sample:
    """An utterance that was due at `at` and said `late`, answered within 0.1 to 0.4 s."""
    heard = outcome in ("answered", "interrupted")
    sent = at + late
    return Sample(
        scenario="talk",
        step=2,
        kind="say",
        intended_at=at,
        sent_at=sent,
        emotion_at=sent + 0.1 if heard else None,
        first_text_at=sent + 0.2 if heard else None,
        ended_at=sent + 0.4 if heard else None,
        outcome=outcome,
        error_code=code or None,
    )


def histogram(*seconds: float) -> Histogram:
    counted = Histogram()
    for one in seconds:
        counted.record(one)
    return counted


def result() -> Result:
    """A run in which something of everything happened."""
    times = histogram(0.1, 0.2, 0.2, 3.0)
    return Result(
        plan=PLAN,
        started="2026-11-21T20:00:00+00:00",
        took_s=6.0,
        machine={"processor": "abacus <3000>"},
        outcomes={"answered": 3, "timeout": 1},
        errors={"SERVER_BUSY": 1},
        faults={"seq 4 where 3 was due": 1},
        failures={"talk, step 3 (wait): nothing came": 1},
        provoked={"talk, step 2 (say): nothing came": 1},
        troubles={"cut": 2},
        cut_off=1,
        latencies=tuple(Latency(n, times, times) for n in ("emotion", "first text", "end")),
        scenarios=(OfScenario("talk", 2, 1, 4, times),),
        intervals=(
            Interval(1.0, 1, 0, 0, 0, None, None, None, None),
            Interval(2.0, 3, 2, 0, 1, 0.1, 0.2, 0.2, 0.2),
            Interval(4.0, 3, 1, 1, 1, 0.2, 3.0, 3.0, 3.0),
            Interval(6.0, 0, 1, 0, 0, 0.2, 0.2, 0.2, 0.2),
        ),
        readings=(
            Reading(1.0, {"memory": 70e6, "threads": 3.0}),
            Reading(2.0, {"memory": 71e6, "threads": 3.0, "cpu": 0.4, "tasks": 50.0}),
            Reading(4.0, {"memory": 72e6, "threads": 3.0, "cpu": 0.2}),
        ),
        trends=(Trend("memory", 2e9, 1e9, 3e9, 71e6, grows=True),),
        checks=(Check("something was answered", True, "4 answers"), Check("x", False, "1 <b>")),
    )
