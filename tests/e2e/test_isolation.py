"""What one person told is never told to another: every prompt of a long random conversation.

Robots talk side by side, with the same few people before them, who come and go, are half
recognised, tell their names, interrupt, and have everything forgotten. Each prompt that reached the
model is looked at: the turns, the summaries, what is to be remembered and what is judged.

`ROBI_LONG=1` makes it ten thousand turns.
"""

import json
import os
import random
from pathlib import Path
from typing import Any

import trio
from attrs import define, field

from robi.speech.data import read
from tests.e2e.conftest import KEY, Site, open_site
from tests.e2e.gossip import Gossip, Owners, Spot, arrival, markers
from tests.e2e.robots import Robot, connect

TURNS = 10_000 if os.environ.get("ROBI_LONG") == "1" else 4_000
ROBOTS = 4
"""They speak at once, as often as not with the same person before them."""


@define(eq=False)
class House:
    """The people that the robots know, what each has said, and who is at the door."""

    site: Site
    owners: Owners = field(factory=Owners)
    people: list[str] = field(factory=list)
    turns: int = 0
    met: int = 0
    forgotten: int = 0
    _looked_at: int = 0

    def look(self) -> None:
        """Look at every prompt that has come since the last time."""
        for request in self.site.stub.requests[self._looked_at :]:
            prompt = json.dumps(request)
            found = markers(prompt)
            assert len(self.owners.of(found)) <= 1, prompt
            assert not self.owners.forgotten(found), prompt
        self._looked_at = len(self.site.stub.requests)


@define(eq=False)
class Guest:
    """One robot, and whoever is before it."""

    house: House
    robot: Robot
    spot: Spot
    rng: random.Random
    said: int = 0

    async def visit(self) -> None:
        """Let somebody come and say a few things."""
        fields, person_id = arrival(self.rng, self.house.people)
        self.spot = self.spot.after(person_id)
        start = {"type": "interaction_start", "request_id": f"{self.spot.robot}-start", **fields}
        await self.robot.sends(start)
        for _ in range(self.rng.randint(1, 4)):
            if self.spot.person_id is not None and self.spot.person_id not in self.house.people:
                self.spot = self.spot.after(None)  # forgotten meanwhile, by another robot
            marker = self.house.owners.new(self.spot.owner)
            words = f"Te cuento lo de {marker}"
            if self.spot.person_id is None and self.rng.random() < 0.02:
                words += f", me llamo Zoe{marker}"
            await self.say(words)

    async def say(self, words: str) -> None:
        self.said += 1
        self.house.turns += 1
        request_id = f"{self.spot.robot}-{self.said}"
        text = {"type": "text", "request_id": request_id, "content": words}
        cuts_in = self.rng.random() < 0.05
        await self.robot.sends(text)
        if cuts_in:
            await self.robot.sends({"type": "interrupt", "request_id": request_id})
        for message in await self.robot.hears_turn():
            assert message["request_id"] == request_id
            if message["type"] == "user_registered":
                self.house.met += 1
                self.house.owners.is_now(self.spot.owner, message["user_id"])
                self.house.people.append(message["user_id"])
                self.spot = self.spot.after(message["user_id"])

    async def have_all_forgotten(self) -> None:
        """Nobody else speaks meanwhile, so that what may still be said is beyond doubt."""
        person_id = self.spot.person_id
        if person_id in self.house.people:
            self.house.people.remove(person_id)
            self.house.forgotten += 1
            await self.say("Olvida todo lo que sabes de mí")
            self.house.look()  # what was on its way to the model until it was heard
            self.house.owners.forget(person_id)
            self.spot = self.spot.after(None)


async def test_prompts_of_a_long_conversation_hold_what_one_person_said(tmp_path: Path) -> None:
    async with open_site(tmp_path, script=Gossip(), LEARN_AFTER_S="0.3") as site:
        house = House(site)
        rng = random.Random(4)
        async with trio.open_nursery() as opening:
            guests: list[Guest] = []

            async def stay(name: str, *, task_status: trio.TaskStatus[None]) -> None:
                async with connect(site.url) as robot:
                    await robot.authenticate(KEY, device_id=name)
                    guests.append(Guest(house, robot, Spot(name), random.Random(rng.random())))
                    task_status.started()
                    await trio.sleep_forever()

            for number in range(ROBOTS):
                await opening.start(stay, f"robot{number}")
            while house.turns < TURNS:
                async with trio.open_nursery() as at_once:
                    for guest in guests:
                        at_once.start_soon(guest.visit)
                house.look()
                if rng.random() < 0.08:
                    await rng.choice(guests).have_all_forgotten()
                    house.look()
            opening.cancel_scope.cancel()
        house.look()
        asked = site.stub.requests
        # What would make the test prove nothing. How much is learned between two turns is a matter
        # of time, of which a fast server leaves less.
        assert house.met > 50
        assert house.forgotten > 10
        assert sum("memory" in told(request) for request in asked) > TURNS / 10
        assert sum("earlier" in told(request) for request in asked) > TURNS / 50
        assert sum(bool(request["structured"]) for request in asked) > TURNS / 50


def told(request: dict[str, Any]) -> set[str]:
    """Return what kinds of data a prompt holds."""
    system = "".join(part["text"] for part in request["system"]["parts"])
    return {key for key, _ in read(system)}
