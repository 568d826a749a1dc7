"""Who plays when, on a virtual clock; how a robot plays is `test_player`'s."""

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import pytest
import trio
import trio.testing
from attrs import define, evolve, field

from tests.tools.sim.fleets import sample
from tools.sim import fleet as fleet_module
from tools.sim.fleet import Answer, CutOff, Fleet, Job, News, Play, Struck, news_converter, since
from tools.sim.options import Address
from tools.sim.player import Part
from tools.sim.samples import Played, Sample
from tools.sim.scenario import Scenario

LASTS_S = 3.0
JOB = Job(
    url="ws://robi.example",
    api_key="key",
    scenarios=(("talk", 3.0), ("look", 1.0)),
    robots=4,
    begins_at=0.0,
    ramp_s=0.0,
    duration_s=60.0,
    pause_s=0.0,
    arrivals=None,
    lifetime_s=None,
    trouble_s=None,
    patience_s=10.0,
    seed=1,
)


@define(eq=False)
class Stage:
    """Plays that last for three seconds each, in place of those that talk to a server."""

    news: list[News] = field(factory=list)
    begun: list[tuple[float, Part, str, float | None]] = field(factory=list)
    lasts_s: float = LASTS_S

    async def play(
        self,
        scenario: Scenario,
        part: Part,
        _make_robot: Any,
        _rng: Random,
        *,
        observe: Callable[[Sample], None],
        intended_at: float | None,
    ) -> Played:
        self.begun.append((trio.current_time(), part, scenario.name, intended_at))
        await trio.sleep(self.lasts_s)
        observe(evolve(sample(at=trio.current_time()), faults=("known",)))
        return Played(scenario.name, (), 1, ("known", "new"))

    async def run(self, **changes: Any) -> float:
        """Run a fleet; return when it began."""
        job = evolve(JOB, **changes)
        scenarios = [Scenario(name, "", ()) for name, _ in job.scenarios]
        address = Address.parse(job.url)
        origin = trio.current_time()
        await Fleet(job, scenarios, address, None, origin, self.news.append).run()
        return origin

    def told(self, kind: type) -> list[Any]:
        return [one for one in self.news if isinstance(one, kind)]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    monkeypatch.setattr(fleet_module, "play", made.play)
    return made


async def test_closed_loop_plays_again_as_soon_as_it_has_done(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run()
    assert len(stage.told(Play)) == 4 * 60 / LASTS_S
    assert {intended for *_, intended in stage.begun} == {None}


async def test_robot_pauses_between_two_plays(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run(pause_s=LASTS_S, duration_s=600.0)
    assert len(stage.begun) == pytest.approx(4 * 600 / (2 * LASTS_S), rel=0.2)


async def test_robots_come_one_by_one_within_the_ramp(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    origin = await stage.run(ramp_s=8.0)
    first = {part: at - origin for at, part, *_ in reversed(stage.begun)}
    assert sorted(first.values()) == pytest.approx([0, 2, 4, 6])


async def test_robot_that_stays_is_the_same_device_in_every_play(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run()
    assert len({part.device_id for _, part, *_ in stage.begun}) == JOB.robots


async def test_robots_that_go_are_followed_by_others(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run(lifetime_s=6.0)
    devices = {part.device_id for _, part, *_ in stage.begun}
    assert JOB.robots * 3 < len(devices) < len(stage.begun)


async def test_scenarios_are_played_as_often_as_their_weights_say(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run(duration_s=3000.0)
    talks = sum(name == "talk" for _, _, name, _ in stage.begun)
    assert talks / len(stage.begun) == pytest.approx(0.75, abs=0.03)


async def test_open_loop_plays_at_its_rate_whatever_the_server_does(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run(arrivals=1.0, robots=50, duration_s=600.0)
    assert len(stage.begun) == pytest.approx(600, rel=0.15)
    assert all(at == intended for at, _, _, intended in stage.begun)


async def test_what_waits_for_a_robot_in_an_open_loop_is_late(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run(arrivals=2.0, robots=1)
    due = [intended for *_, intended in stage.begun if intended is not None]
    assert all(a <= b for a, b in pairwise(due))
    at, _, _, intended = stage.begun[-1]
    assert at - (intended or at) > LASTS_S
    assert sum(one.plays for one in stage.told(CutOff)) > 60


async def test_open_loop_rises_within_its_ramp(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    origin = await stage.run(arrivals=5.0, robots=100, ramp_s=200.0, duration_s=400.0)
    early = sum(at - origin < 100 for at, *_ in stage.begun)
    late = sum(at - origin >= 300 for at, *_ in stage.begun)
    assert early / late == pytest.approx(0.25, abs=0.08)


async def test_play_that_does_not_end_is_cut_off_after_the_grace(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    stage.lasts_s = 1e6
    origin = await stage.run()
    assert trio.current_time() - origin == pytest.approx(60 + fleet_module.GRACE_S)
    assert stage.news == [CutOff(JOB.robots)]


async def test_play_brings_only_the_faults_that_no_answer_had(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run(robots=1, duration_s=1.0)
    (answer,), (play,) = stage.told(Answer), stage.told(Play)
    assert (answer.sample.faults, play.faults) == (("known",), ("new",))
    assert answer.sample.intended_at == pytest.approx(LASTS_S)


async def test_same_seed_draws_the_same_devices(
    stage: Stage, autojump_clock: trio.testing.MockClock
) -> None:
    await stage.run()
    first = {(part.device_id, name) for _, part, name, _ in stage.begun}
    stage.begun.clear()
    await stage.run()
    assert {(part.device_id, name) for _, part, name, _ in stage.begun} == first


def test_times_of_a_sample_count_from_the_beginning_of_the_run() -> None:
    moved = since(sample(at=101.0, late=0.5, outcome="timeout"), 100.0)
    assert (moved.intended_at, moved.sent_at, moved.ended_at) == (1.0, 1.5, None)


@pytest.mark.parametrize(
    "item",
    [Answer(sample(), troubled=True), Play("talk", None, ("a",), troubled=False), Struck("cut")],
)
def test_news_comes_back_from_its_json(item: News) -> None:
    converter = news_converter()
    plain = converter.unstructure(item, News)
    assert converter.structure(plain, News) == item  # type: ignore[arg-type]
