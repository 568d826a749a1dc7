"""Think times: what is drawn."""

from random import Random
from statistics import median

import pytest

from tools.sim.steps import Think

MANY = 4000


def drawn(think: Think) -> list[float]:
    rng = Random(1)
    return [think.draw(rng) for _ in range(MANY)]


def test_constant_is_always_the_same() -> None:
    assert set(drawn(Think(constant_s=1.5))) == {1.5}


def test_uniform_lies_between_its_bounds() -> None:
    seconds = drawn(Think(uniform_s=(1.0, 3.0)))
    assert 1.0 <= min(seconds) < 1.1
    assert 2.9 < max(seconds) <= 3.0


def test_exponential_has_its_mean() -> None:
    assert sum(drawn(Think(exponential_s=2.0))) / MANY == pytest.approx(2.0, rel=0.1)
    assert set(drawn(Think(exponential_s=0.0))) == {0.0}


def test_lognormal_has_its_median_and_sigma() -> None:
    seconds = sorted(drawn(Think(lognormal_s=(2.0, 0.5))))
    assert median(seconds) == pytest.approx(2.0, rel=0.1)
    # one sigma above the median: e to the 0.5 of it
    assert seconds[int(MANY * 0.8413)] == pytest.approx(2.0 * 1.6487, rel=0.1)


def test_longest_think_time_is_kept() -> None:
    assert max(drawn(Think(exponential_s=2.0, at_most_s=3.0))) == 3.0


def test_same_seed_thinks_as_long() -> None:
    think = Think(lognormal_s=(2.0, 0.5))
    assert drawn(think) == drawn(think)
