"""What must hold of a run."""

import pytest

from tests.tools.sim.fleets import sample
from tools.sim import vitals
from tools.sim.result import Reading, Trend
from tools.sim.tally import Tally
from tools.sim.verdict import checks, trends

MIB = 1024 * 1024


def answered() -> Tally:
    tally = Tally()
    tally.heard(sample(), troubled=False)
    return tally


def broken(tally: Tally, *readings: Reading, lines: tuple[Trend, ...] = ()) -> list[str]:
    return [check.name for check in checks(tally, readings, lines) if not check.held]


def test_run_in_which_all_was_answered_holds() -> None:
    assert broken(answered()) == []


def test_run_in_which_nothing_was_said_does_not_hold() -> None:
    assert broken(Tally()) == ["something was answered"]


def test_each_kind_of_failure_breaks_its_own_check() -> None:
    tally = answered()
    tally.heard(sample(outcome="timeout"), troubled=False)
    tally.played("talk", "step 1 (say): no", ["seq 4 where 3 was due"], troubled=False)
    assert broken(tally) == [
        "no rule of the protocol broken",
        "no answer missing",
        "scenarios as they are written",
    ]


def test_what_we_have_provoked_breaks_nothing() -> None:
    tally = answered()
    tally.heard(sample(outcome="timeout"), troubled=True)
    tally.played("talk", "step 1 (say): no", [], troubled=True)
    assert broken(tally) == []


def test_restart_during_the_run_is_told_and_one_before_it_is_not() -> None:
    before, after = Reading(0, {vitals.RESTARTS: 2}), Reading(9, {vitals.RESTARTS: 3})
    assert broken(answered(), before, after) == ["no actor restarted"]
    assert broken(answered(), before, Reading(9, {vitals.RESTARTS: 2})) == []


def growing(name: str, begin: float, step: float) -> list[Reading]:
    return [Reading(float(n), {name: begin + step * n}) for n in range(100)]


@pytest.mark.parametrize(
    ("name", "begin", "step", "grows"),
    [
        (vitals.MEMORY, 80 * MIB, MIB / 10, True),
        (vitals.MEMORY, 80 * MIB, MIB / 100, False),
        (vitals.TASKS, 100, 1, True),
        (vitals.DESCRIPTORS, 100, 0.02, False),
        (vitals.THREADS, 3, 0.1, True),
    ],
)
def test_value_grows_by_more_than_its_allowance(
    name: str, begin: float, step: float, grows: bool
) -> None:
    (line,) = trends(growing(name, begin, step), 0, 100)
    assert line.grows is grows
    assert broken(answered(), lines=(line,)) == [f"{name} does not grow"] * grows


def test_growth_before_and_after_the_part_that_counts_is_none() -> None:
    values = [*range(30), *[30] * 40, *range(30, 60)]
    readings = [Reading(float(n), {vitals.TASKS: value}) for n, value in enumerate(values)]
    (line,) = trends(readings, begin=30, end=69)
    assert not line.grows


def test_value_that_was_not_read_has_no_trend() -> None:
    assert trends([Reading(float(n), {}) for n in range(100)], 0, 100) == ()
