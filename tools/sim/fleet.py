"""Many robots in one process, each playing scenarios, one after another. Prints nothing.

Owns who plays when. In a *closed* loop there are so many robots, and each plays again once it has
done and paused: a slow server is asked less. In an *open* loop scenarios are due at a rate,
whatever the server does, and the robots that are free play them; what had to wait for a robot is
counted as latency (`Sample.intended_at`). What happens is told in order, in seconds since the run
began.
"""

import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from random import Random
from typing import Final

import cattrs
import trio
from attrs import define, evolve, field, frozen
from cattrs.strategies import configure_tagged_union

from tools.sim.link import open_link, open_stream
from tools.sim.options import Address
from tools.sim.player import Part, new_part, play
from tools.sim.robot import Robot
from tools.sim.samples import Sample
from tools.sim.scenario import Scenario
from tools.sim.trouble import Kind, TroubledStream, draw_trouble, leave_half_open
from tools.sim.witness import Identity, Witness

GRACE_S: Final = 15.0
"""What is being played when the time is over may go on for so long; then it is cut off."""


@frozen(kw_only=True)
class Job:
    """What the robots of one process are to do.

    Args:
        scenarios: names or files of scenarios with their weights.
        begins_at: when the run begins, on the machine's monotonic clock.
        ramp_s: the robots come one after another within this time.
        pause_s: between two scenarios of a robot, on average (exponential); of a closed loop.
        arrivals: scenarios a second, of an open loop; None for a closed one.
        lifetime_s: how long a robot stays on average before a new one comes; None: to the end.
        trouble_s: how long a link lives on average before something befalls it; None: for ever.
        patience_s: for TCP, the upgrade and `auth_ok` each.
    """

    url: str
    api_key: str | None = field(repr=False)
    scenarios: tuple[tuple[str, float], ...]
    robots: int
    begins_at: float
    ramp_s: float
    duration_s: float
    pause_s: float
    arrivals: float | None
    lifetime_s: float | None
    trouble_s: float | None
    patience_s: float
    seed: int


@frozen
class Answer:
    """An utterance has its outcome; `troubled` if a link of this play has been struck before."""

    sample: Sample
    troubled: bool


@frozen
class Play:
    """A scenario is over; `failure` is its step that failed, `faults` those that no answer had."""

    scenario: str
    failure: str | None
    faults: tuple[str, ...]
    troubled: bool


@frozen
class Struck:
    """Something has befallen a link, by our own doing."""

    kind: Kind


@frozen
class Census:
    """How many robots play at the moment."""

    playing: int


@frozen
class CutOff:
    """So many plays had not ended, or not begun, when the time was over."""

    plays: int


News = Answer | Play | Struck | Census | CutOff


def news_converter() -> cattrs.Converter:
    """Return what turns `Job` and `News` into JSON objects and back."""
    converter = cattrs.Converter()
    configure_tagged_union(News, converter)
    return converter


@define(eq=False)
class Fleet:
    """The robots of one process.

    Args:
        scenarios: those of the job, in its order.
        address: of the server; `tls` says how to trust it.
        origin: when the run begins, on trio's clock.
        tell: told what happens.
    """

    job: Job
    scenarios: Sequence[Scenario]
    address: Address
    tls: ssl.SSLContext | None
    origin: float
    tell: Callable[[News], None]
    playing: int = field(default=0, init=False)
    """Robots that play at the moment."""

    async def run(self) -> None:
        """Play until the time is over and the last play has ended, or been cut off."""
        ends = self.origin + self.job.duration_s
        async with trio.open_nursery() as left_open:
            with trio.move_on_at(ends + GRACE_S):
                async with trio.open_nursery() as robots:
                    if self.job.arrivals is None:
                        for number in range(self.job.robots):
                            robots.start_soon(self._come_again, number, ends, left_open)
                    else:
                        await self._serve_arrivals(robots, self.job.arrivals, ends, left_open)
            if self.playing:
                self.tell(CutOff(self.playing))
            left_open.cancel_scope.cancel()

    def _lots(self, number: int) -> Random:
        """Return what all lots of robot `number` are drawn from: the same in each run of a seed."""
        return Random(f"{self.job.seed} {number}")  # noqa: S311 - they must repeat

    async def _come_again(self, number: int, ends: float, left_open: trio.Nursery) -> None:
        """Be one robot of a closed loop after another."""
        rng = self._lots(number)
        await trio.sleep_until(self.origin + self.job.ramp_s * number / self.job.robots)
        while trio.current_time() < ends:
            part, leaves = self._new_robot(rng)
            while trio.current_time() < min(ends, leaves):
                await self._play(part, _Links(self, left_open, rng))
                await trio.sleep(rng.expovariate(1) * self.job.pause_s)

    async def _serve_arrivals(
        self, robots: trio.Nursery, rate: float, ends: float, left_open: trio.Nursery
    ) -> None:
        """Have all that is due played by who is free; nobody asks whether somebody is."""
        due, waiting = trio.open_memory_channel[float](inf)
        for number in range(self.job.robots):
            links = _Links(self, left_open, self._lots(number))
            robots.start_soon(self._take_arrivals, waiting.clone(), ends, links)
        rng = self._lots(-1)
        async with due, waiting:
            at = self.origin
            while (at := at + rng.expovariate(rate)) < ends:
                # Of a Poisson process so much is kept as the ramp has risen.
                if rng.random() * self.job.ramp_s <= at - self.origin:
                    await trio.sleep_until(at)
                    due.send_nowait(at)
            await trio.sleep_until(ends)
            if late := waiting.statistics().current_buffer_used:
                self.tell(CutOff(late))

    async def _take_arrivals(
        self, waiting: trio.MemoryReceiveChannel[float], ends: float, links: "_Links"
    ) -> None:
        async with waiting:
            part, leaves = self._new_robot(links.rng)
            async for at in waiting:
                if trio.current_time() >= ends:
                    return
                if trio.current_time() >= leaves:
                    part, leaves = self._new_robot(links.rng)
                await self._play(part, links, at)

    def _new_robot(self, rng: Random) -> tuple[Part, float]:
        """Return who is new, and when it leaves for good."""
        lifetime = self.job.lifetime_s
        stays = inf if lifetime is None else rng.expovariate(1 / lifetime)
        return new_part(self.job.api_key, rng), trio.current_time() + stays

    async def _play(self, part: Part, links: "_Links", due: float | None = None) -> None:
        """Play one of the scenarios."""
        weights = [weight for _, weight in self.job.scenarios]
        (scenario,) = links.rng.choices(self.scenarios, weights)
        links.troubled = False
        heard: Counter[str] = Counter()

        def observe(sample: Sample) -> None:
            heard.update(sample.faults)
            self.tell(Answer(since(sample, self.origin), links.troubled))

        self.playing += 1
        played = await play(
            scenario,
            part,
            links.make_robot,
            links.rng,
            observe=observe,
            intended_at=due,
        )
        self.playing -= 1  # who is cut off goes on playing, and is counted so
        rest = Counter(played.faults) - heard
        failed = next((step for step in played.steps if not step.passed), None)
        failure = f"step {failed.number} ({failed.verb}): {failed.reason}" if failed else None
        self.tell(Play(played.scenario, failure, tuple(rest.elements()), links.troubled))


@define(eq=False)
class _Links:
    """The links of one robot, made as the job wants them, and whether this play has lost any."""

    _fleet: Fleet
    _left_open: trio.Nursery
    rng: Random
    troubled: bool = field(default=False, init=False)

    def make_robot(self, identity: Identity, witness: Witness) -> Robot:
        """Return a robot that is not on the line yet."""
        fleet, patience = self._fleet, self._fleet.job.patience_s
        opener = partial(open_stream, fleet.address, fleet.tls, self._around)
        link = partial(open_link, fleet.address, opener, patience)
        return Robot(link, identity, witness, patience, persistent=True)

    def _around(self, tcp: trio.SocketStream) -> trio.abc.Stream:
        """Return the stream of a link, to which trouble comes if the job wants it."""
        mean_s = self._fleet.job.trouble_s
        if mean_s is None:
            return tcp
        trouble = draw_trouble(self.rng, mean_s)
        return TroubledStream(tcp, trouble, self._struck, self._leave)

    def _struck(self, kind: Kind) -> None:
        self.troubled = True
        self._fleet.tell(Struck(kind))

    def _leave(self, stream: trio.SocketStream) -> None:
        self._left_open.start_soon(leave_half_open, stream)


def since(sample: Sample, origin: float) -> Sample:
    """Return `sample` with its times counted from `origin`."""

    def moved(moment: float | None) -> float | None:
        return None if moment is None else moment - origin

    return evolve(
        sample,
        intended_at=sample.intended_at - origin,
        sent_at=sample.sent_at - origin,
        emotion_at=moved(sample.emotion_at),
        first_text_at=moved(sample.first_text_at),
        ended_at=moved(sample.ended_at),
    )
