"""The counting of a run."""

import pytest

from tests.tools.sim.fleets import sample
from tools.sim.tally import FIRST_TEXT, Tally, nearest_rank


def test_latency_counts_from_the_schedule_and_beside_it_from_the_utterance() -> None:
    tally = Tally()
    tally.heard(sample(late=3.0), troubled=False)
    first = tally.latencies[FIRST_TEXT]
    assert first.corrected.percentile(50) == pytest.approx(3.2, rel=1e-3)
    assert first.service.percentile(50) == pytest.approx(0.2, rel=1e-3)


def test_interrupted_answer_has_a_first_text_and_no_end() -> None:
    tally = Tally()
    tally.heard(sample(outcome="interrupted"), troubled=False)
    counts = {name: one.corrected.count for name, one in tally.latencies.items()}
    assert counts == {"emotion": 1, "first text": 1, "end": 0}


@pytest.mark.parametrize(
    ("outcome", "troubled", "missing"),
    [("timeout", False, 1), ("lost", False, 1), ("timeout", True, 0), ("error", False, 0)],
)
def test_answer_is_missing_only_if_its_link_was_left_alone(
    outcome: str, troubled: bool, missing: int
) -> None:
    tally = Tally()
    tally.heard(sample(outcome=outcome), troubled=troubled)  # type: ignore[arg-type]
    assert (tally.unheard, tally.close_interval(1.0, 0).errors) == (missing, 1)


def test_error_is_counted_by_its_code() -> None:
    tally = Tally()
    tally.heard(sample(outcome="error", code="SERVER_BUSY"), troubled=False)
    assert (tally.errors, tally.outcomes) == ({"SERVER_BUSY": 1}, {"error": 1})


def test_play_that_failed_after_trouble_is_no_wonder() -> None:
    tally = Tally()
    for troubled in (True, False):
        tally.played("talk", "step 2 (wait): nothing", ["a rule"], troubled=troubled)
    tally.played("talk", None, [], troubled=False)
    (talk,) = tally.scenarios()
    assert (talk.plays, talk.failed) == (3, 1)
    assert tally.failures == tally.provoked == {"talk, step 2 (wait): nothing": 1}
    assert tally.faults == {"a rule": 2}


def test_interval_holds_what_came_since_the_one_before() -> None:
    tally = Tally()
    for late in (0.0, 1.0):
        tally.heard(sample(late=late), troubled=False)
    tally.troubled("cut")
    first = tally.close_interval(1.0, robots=2)
    assert (first.answers, first.troubles, first.robots) == (2, 1, 2)
    assert first.p50 == pytest.approx(0.2)
    assert first.slowest == pytest.approx(1.2)
    assert tally.close_interval(2.0, robots=1).p50 is None
    assert [one.answers for one in tally.intervals] == [2, 0]


@pytest.mark.parametrize(("share", "value"), [(50, 2), (75, 3), (76, 4), (100, 4), (1, 1)])
def test_nearest_rank_is_a_value_that_was_there(share: float, value: float) -> None:
    assert nearest_rank([1, 2, 3, 4], share) == value
