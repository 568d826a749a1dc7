"""Who is to be woken when."""

from robi.actors.deadlines import Deadlines


def test_pop_due_gives_those_whose_time_has_come_once() -> None:
    deadlines = Deadlines()
    deadlines.set("early", 10.0)
    deadlines.set("late", 20.0)
    assert deadlines.pop_due(9.9) == []
    assert deadlines.pop_due(10.0) == ["early"]
    assert deadlines.pop_due(15.0) == []
    assert deadlines.pop_due(99.0) == ["late"]


def test_set_again_moves_the_deadline() -> None:
    deadlines = Deadlines()
    deadlines.set("one", 10.0)
    deadlines.set("one", 20.0)
    assert (deadlines.pop_due(10.0), deadlines.pop_due(20.0)) == ([], ["one"])


def test_set_to_none_takes_it_back() -> None:
    deadlines = Deadlines()
    deadlines.set("one", 10.0)
    deadlines.set("one", None)
    deadlines.set("never set", None)
    assert deadlines.pop_due(99.0) == []
