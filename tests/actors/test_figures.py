"""The figures of turns: nearest rank, the newest only, and none where nothing was measured."""

from robi.actors.figures import NEWEST, Figures, Latencies, Measured, Percentiles


def took(end: int, emotion: int | None = None) -> Measured:
    return Measured(emotion, None, end, "text", "answered")


def of(*ends: int) -> Percentiles | None:
    figures = Figures()
    for end in ends:
        figures.add(took(end))
    return figures.latencies().end_ms


def test_figures_of_no_turn_are_none() -> None:
    assert Figures().latencies() == Latencies(0, None, None, None)


def test_figures_of_one_turn_are_that_turn() -> None:
    assert of(7) == Percentiles(7, 7, 7)


def test_figures_are_those_of_the_nearest_rank() -> None:
    assert of(*range(1, 101)) == Percentiles(50, 90, 99)
    assert of(30, 10, 20) == Percentiles(20, 30, 30)


def test_figures_leave_out_what_did_not_come_about() -> None:
    figures = Figures()
    figures.add(took(9))
    figures.add(took(5, emotion=3))
    assert figures.latencies() == Latencies(2, Percentiles(3, 3, 3), None, Percentiles(5, 9, 9))


def test_figures_are_of_the_newest_turns() -> None:
    figures = Figures()
    for end in (1_000_000, *[1] * NEWEST):
        figures.add(took(end))
    latencies = figures.latencies()
    assert (latencies.turns, latencies.end_ms) == (NEWEST, Percentiles(1, 1, 1))
