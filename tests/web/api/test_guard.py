"""The limit of a key, by the second."""

import pytest

from robi.web.api.guard import KEYS_KEPT, WINDOW_S, RateLimit


def test_limit_lets_its_number_through_and_no_more() -> None:
    limit = RateLimit(2)
    assert [limit.wait_s("k", 0.0) for _ in range(3)] == [0, 0, 60]


def test_limit_holds_in_every_stretch_of_a_minute() -> None:
    limit = RateLimit(3)
    through = [now / 2 for now in range(1000) if not limit.wait_s("k", now / 2)]
    assert len(through) == 3 * 9  # in 500 seconds
    for start in through:
        assert sum(start <= at < start + WINDOW_S for at in through) <= 3


def test_limit_counts_no_refusal() -> None:
    limit = RateLimit(1)
    limit.wait_s("k", 0.0)
    for now in range(1, 60):
        assert limit.wait_s("k", float(now)) == 60 - now
    assert limit.wait_s("k", 60.0) == 0


@pytest.mark.parametrize(("now", "wait"), [(0.0, 60), (0.5, 60), (59.9, 1)])
def test_limit_tells_whole_seconds_and_never_none(now: float, wait: int) -> None:
    limit = RateLimit(1)
    limit.wait_s("k", 0.0)
    assert limit.wait_s("k", now) == wait


def test_limit_is_of_each_key_by_itself() -> None:
    limit = RateLimit(1)
    assert [limit.wait_s(key, 0.0) for key in ("a", "b", "a")] == [0, 0, 60]


def test_limit_remembers_so_many_keys_only_and_those_used_last() -> None:
    limit = RateLimit(1)
    limit.wait_s("kept", 0.0)
    for number in range(KEYS_KEPT):
        limit.wait_s(f"k{number}", 0.0)
        limit.wait_s("kept", 0.0)
    assert len(limit._times) == KEYS_KEPT
    assert limit.wait_s("kept", 0.0) == 60
    assert limit.wait_s("k0", 0.0) == 0


def test_limit_of_another_window_holds_in_that() -> None:
    limit = RateLimit(2, 10.0)
    assert [limit.wait_s("k", now) for now in (0.0, 1.0, 2.0, 9.9, 10.0)] == [0, 0, 8, 1, 0]


def test_limit_counts_no_more_what_was_taken_back() -> None:
    limit = RateLimit(2)
    for now in (0.0, 1.0):
        limit.wait_s("k", now)
    limit.take_back("k", 0.0)
    assert limit.wait_s("k", 2.0) == 0
    assert limit.wait_s("k", 3.0) == 58
    limit.take_back("k", 55.0)  # which was never let through
    assert limit.wait_s("k", 3.0) == 58


def test_limit_remembers_as_many_as_it_is_told() -> None:
    limit = RateLimit(1, kept=2)
    for key in ("a", "b", "c"):
        limit.wait_s(key, 0.0)
    assert [limit.wait_s(key, 0.0) for key in ("c", "b", "a")] == [60, 60, 0]
