"""What is counted as it happens."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from robi.actors.crash import Crash
from robi.actors.figures import Called, Measured, Question
from robi.actors.meters import Committed
from robi.metrics.instruments import Instruments
from tests.metrics.stage import measured, samples

QUESTION = Question(100.25, 0.5, [101.25, 101.5, 103.0], 103.0)


class Counted:
    """Instruments, and what they say."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.instruments = Instruments(self.registry)
        self.meters = self.instruments.meters

    def turns(self, *turns: Measured) -> "Counted":
        for turn in turns:
            self.meters.turn(turn)
        return self

    def __getitem__(self, sample: str) -> float:
        return samples(generate_latest(self.registry))[sample]

    def __contains__(self, sample: str) -> bool:
        return sample in samples(generate_latest(self.registry))


def test_turns_are_counted_by_kind_and_outcome_from_nothing_on() -> None:
    counted = Counted().turns(measured(), measured(kind="audio", outcome="interrupted"))
    assert counted["robi_turns_total{kind=text,outcome=answered}"] == 1
    assert counted["robi_turns_total{kind=audio,outcome=interrupted}"] == 1
    assert counted["robi_turns_total{kind=video,outcome=failed}"] == 0


def test_turn_that_failed_is_counted_by_its_error() -> None:
    counted = Counted().turns(measured(outcome="failed", error_code="GEMINI_TIMEOUT"))
    assert counted["robi_turn_errors_total{error_code=GEMINI_TIMEOUT}"] == 1


def test_turn_times_are_seconds() -> None:
    counted = Counted().turns(measured())
    assert counted["robi_turn_emotion_seconds_sum{kind=text}"] == 1.5
    assert counted["robi_turn_first_text_seconds_sum{kind=text}"] == 1.6
    assert counted["robi_turn_seconds_sum{kind=text}"] == 3
    assert counted["robi_turn_recall_seconds_sum"] == 0.25


def test_turn_that_came_to_no_text_has_no_time_of_it() -> None:
    counted = Counted().turns(measured(emotion_ms=None, first_text_ms=None, recalled_at=None))
    assert "robi_turn_first_text_seconds_count{kind=text}" not in counted
    assert "robi_turn_emotion_seconds_count{kind=text}" not in counted
    assert counted["robi_turn_recall_seconds_count"] == 0


@pytest.mark.parametrize("outcome", ["interrupted", "failed"])
def test_turn_that_was_not_answered_has_no_time_to_its_end(outcome: str) -> None:
    counted = Counted().turns(measured(outcome=outcome, error_code="GEMINI_TIMEOUT"))
    assert "robi_turn_seconds_count{kind=text}" not in counted


def test_model_times_are_apart_from_the_wait_for_a_place() -> None:
    counted = Counted().turns(measured(QUESTION))
    assert counted["robi_model_queue_seconds_sum"] == 0.5
    assert counted["robi_model_first_chunk_seconds_sum"] == 0.5
    assert counted["robi_model_chunk_gap_seconds_count"] == 2
    assert counted["robi_model_chunk_gap_seconds_sum"] == 1.75


def test_question_without_an_answer_has_no_time_to_the_first_chunk() -> None:
    counted = Counted().turns(measured(Question(100.0)))
    assert counted["robi_model_first_chunk_seconds_count"] == 0


def test_tools_are_counted_and_names_that_a_model_made_up_are_one() -> None:
    calls = [
        Called("calculate", "done", 1.0, 1.5),
        Called(None, "unknown", 2.0, 2.0),
    ]
    counted = Counted().turns(measured(calls=calls))
    assert counted["robi_tool_calls_total{outcome=done,tool=calculate}"] == 1
    assert counted["robi_tool_calls_total{outcome=unknown,tool=none}"] == 1
    assert counted["robi_tool_seconds_sum"] == 0.5


def test_close_codes_that_have_no_name_are_one_series() -> None:
    counted = Counted()
    for code in (1000, 4000, 4999):
        counted.meters.hung_up(code)
    assert counted["robi_links_closed_total{code=1000}"] == 1
    assert counted["robi_links_closed_total{code=other}"] == 2


def test_crashes_are_counted_from_nothing_on() -> None:
    registry = CollectorRegistry()
    Instruments(registry, ["store"])
    shown = samples(generate_latest(registry))
    assert shown["robi_actor_crashes_total{actor=store}"] == 0
    assert shown["robi_actor_crashes_total{actor=session}"] == 0


def test_crashes_of_sessions_are_one_series() -> None:
    counted = Counted()
    for name in ("session/abc", "session/def", "store"):
        counted.instruments.count_crash(Crash(name, "ValueError", (), 0))
    assert counted["robi_actor_crashes_total{actor=session}"] == 2
    assert counted["robi_actor_crashes_total{actor=store}"] == 1


def test_commit_has_its_size_its_time_and_how_long_its_oldest_write_waited() -> None:
    counted = Counted()
    counted.meters.committed(Committed((), since=1.0, began=2.0, ended=2.5))
    assert counted["robi_store_commit_writes_count"] == 1
    assert counted["robi_store_commit_seconds_sum"] == 0.5
    assert counted["robi_store_lag_seconds_sum"] == 1.5


def test_what_links_and_sessions_tell_is_counted() -> None:
    counted = Counted()
    counted.meters.came("resumed")
    counted.meters.replayed(7)
    counted.meters.refused("API_KEY_INVALID")
    counted.meters.silent(12.0)
    counted.meters.shed(3)
    counted.meters.closed(0.002)
    counted.meters.late(0.001)
    assert counted["robi_session_arrivals_total{how=resumed}"] == 1
    assert counted["robi_replayed_messages_total"] == 7
    assert counted["robi_links_refused_total{error_code=API_KEY_INVALID}"] == 1
    assert counted["robi_links_silent_total"] == 1
    assert counted["robi_session_writes_shed_total"] == 3
    assert counted["robi_interruption_close_seconds_sum"] == 0.002
    assert counted["robi_loop_lateness_seconds_sum"] == 0.001
