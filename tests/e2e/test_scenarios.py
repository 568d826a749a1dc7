"""Every scenario that comes with Robi, played by its robot against a whole server."""

from functools import partial
from pathlib import Path
from random import Random

import pytest
import trio

from robi.actors import reminding
from tests.e2e.conftest import KEY, Site, open_site
from tools.sim.link import open_link, open_stream
from tools.sim.options import Address
from tools.sim.player import RobotFactory, new_part, play
from tools.sim.robot import Robot
from tools.sim.samples import Played, Sample
from tools.sim.scenario import Scenario, all_scenarios, stub_script
from tools.sim.steps import Think
from tools.sim.witness import Identity, Witness

WITHOUT_ANSWER = {"face_scan", "refused_key"}
"""Scenarios in which nothing is said that is answered by a turn."""


def dialling(site: Site) -> RobotFactory:
    """Robots for this server."""
    address = Address.parse(site.url)
    dial = partial(open_link, address, partial(open_stream, address, None), 10)

    def make(identity: Identity, witness: Witness) -> Robot:
        return Robot(dial, identity, witness, 10, persistent=True)

    return make


async def test_every_scenario_passes_with_nothing_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the silence that the robot keeps for whoever has just come: here nobody is about to speak
    monkeypatch.setattr(reminding, "LISTEN_S", 0.2)
    think = Think.draw
    monkeypatch.setattr(Think, "draw", lambda step, rng: min(think(step, rng), 0.05))
    scenarios = all_scenarios()
    played = list[Played]()
    samples = list[Sample]()

    async def perform(site: Site, scenario: Scenario) -> None:
        part = new_part(KEY, Random(scenario.name))
        played.append(await play(scenario, part, dialling(site), Random(1), observe=samples.append))

    async with (
        open_site(tmp_path, script=stub_script(scenarios)) as site,
        trio.open_nursery() as nursery,
    ):
        for scenario in scenarios:
            nursery.start_soon(perform, site, scenario)
    assert [one for one in played if not one.passed] == []
    assert len(played) == len(scenarios)
    asked = {scenario.name for scenario in scenarios} - WITHOUT_ANSWER
    assert {sample.scenario for sample in samples} == asked
    assert [sample for sample in samples if sample.faults] == []
