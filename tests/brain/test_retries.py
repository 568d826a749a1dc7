"""When a question is put again: pure, with a given chance."""

from random import Random

import pytest

from robi.brain.failures import BrainRefused, EmptyAnswer
from robi.brain.retries import Retries
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    ServerBusy,
)


class Most(Random):
    """Chance at its worst: always the longest delay."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


def test_retries_delays_double_up_to_a_bound() -> None:
    retries = Retries(Most(), left=6)
    delays = [retries.after_error(BrainUnavailable(), time_left=100) for _ in range(6)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_retries_delay_has_full_jitter() -> None:
    delays = [Retries(Random(n), 1).after_error(BrainUnavailable(), 100) for n in range(200)]
    assert min(delays, key=lambda delay: delay or 0) == pytest.approx(0.0, abs=0.02)


def test_retries_are_used_up() -> None:
    retries = Retries(Most(), left=1)
    retries.after_error(BrainUnavailable(), time_left=100)
    assert retries.after_error(BrainUnavailable(), time_left=100) is None


@pytest.mark.parametrize("error", [BrainRefused(), BrainBlocked(), ServerBusy()])
def test_retries_error_that_will_not_change_gives_up(error: BrainError) -> None:
    assert Retries(Most(), left=3).after_error(error, time_left=100) is None


@pytest.mark.parametrize(("time_left", "delay"), [(7.6, 7.5), (7.5, None), (1.0, None)])
def test_retries_keep_to_what_the_service_says_if_there_is_time(
    time_left: float, delay: float | None
) -> None:
    error = BrainRateLimited(retry_after=7)
    assert Retries(Most(), left=3).after_error(error, time_left) == delay


def test_retries_after_giving_up_for_time_none_is_used() -> None:
    retries = Retries(Most(), left=1)
    retries.after_error(BrainUnavailable(), time_left=0.1)
    assert retries.left == 1


def test_retries_one_stall_is_retried_and_no_second() -> None:
    retries = Retries(Most(), left=3)
    assert (retries.after_stall(20), retries.after_stall(20)) == (True, False)


def test_retries_stall_of_one_of_several_brains_is_one_stall() -> None:
    retries = Retries(Most(), left=3)
    delays = [retries.after_error(BrainTimeout(), time_left=20) for _ in range(2)]
    assert delays == [0.0, None]
    assert not retries.after_stall(20)


def test_retries_one_empty_answer_is_retried_and_no_second() -> None:
    retries, error = Retries(Most(), left=3), EmptyAnswer("STOP", spent=False)
    delays = [retries.after_error(error, time_left=20) for _ in range(2)]
    assert delays == [0.5, None]


def test_retries_answer_spent_on_thoughts_gives_up() -> None:
    error = EmptyAnswer("MAX_TOKENS", spent=True)
    assert Retries(Most(), left=3).after_error(error, time_left=20) is None


@pytest.mark.parametrize(("left", "time_left"), [(0, 20.0), (3, 0.0)])
def test_retries_stall_without_attempts_or_time_gives_up(left: int, time_left: float) -> None:
    assert not Retries(Most(), left).after_stall(time_left)
