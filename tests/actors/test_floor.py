"""The floor: one speaker at a time; what was taken was heard; how a turn ends."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
import trio
import trio.testing
from attrs import define, field

from robi.actors.floor import Conclusion, Floor
from robi.actors.history import History
from robi.actors.outbox import Outbox
from robi.actors.turn import Plan, Turn, Utterance
from robi.protocol.messages import LowBatteryAlert, ServerMessage
from robi.speech.scene import Scene
from tests.actors.bench import Bench, Call


@define(eq=False)
class Hall:
    """A floor with nobody around it: the test starts, cuts and takes."""

    bench: Bench
    floor: Floor = field(init=False)
    outbox: Outbox = field(init=False)
    delivered: list[int] = field(factory=list)
    turns: int = 0

    def __attrs_post_init__(self) -> None:
        self.outbox = Outbox(self._on_taken)
        ports = self.bench.session._ports
        self.floor = Floor(ports, History(), self.outbox, self.bench.nursery)

    def _on_taken(self, number: int, message: ServerMessage) -> None:
        if self.floor.taken(number, message):
            self.delivered.append(number)

    def start(self, request_id: str = "r1") -> Turn:
        self.turns += 1
        utterance = Utterance(request_id, "text", f"words of {request_id}")
        return self.floor.start(Plan(self.turns, utterance, Scene("es", "Robi"), ()), "user_ana")

    async def thinking(self, *texts: str) -> Call:
        """Have the model of the newest turn write."""
        call = await self.bench.brain.called(len(self.bench.brain.calls) or 1)
        call.write(*texts)
        await trio.testing.wait_all_tasks_blocked()
        return call

    def take(self) -> list[dict[str, Any]]:
        frames: list[bytes] = []
        while self.outbox.pending:
            frames += self.outbox.take()
        return [json.loads(frame) for frame in frames]


@pytest.fixture
async def hall(bench: Bench) -> AsyncIterator[Hall]:
    with structlog.testing.capture_logs():
        yield Hall(bench)


def said(conclusion: Conclusion | None) -> list[tuple[str, str, bool]]:
    assert conclusion is not None
    return [(e.said.role, e.said.text, e.said.cut_off) for e in conclusion.entries]


async def test_cut_and_conclude_of_a_free_floor_are_nothing(hall: Hall) -> None:
    assert (hall.floor.turn, hall.floor.cut(), hall.floor.conclude()) == (None, None, None)
    assert not hall.outbox.pending


async def test_cut_takes_back_what_no_link_took_and_ends_as_interrupted(hall: Hall) -> None:
    turn = hall.start()
    await hall.thinking("[emotion:happy] Uno,")
    assert [message["type"] for message in hall.take()] == ["emotion", "text_chunk"]
    await hall.thinking(" dos,")
    conclusion = hall.floor.cut()
    assert said(conclusion) == [("person", "words of r1", False), ("robot", "Uno,", True)]
    (end,) = hall.take()
    assert (end["type"], end["interrupted"], end["seq"]) == ("stream_end", True, 3)
    assert (hall.floor.turn, hall.floor.has(turn.plan.number)) == (None, False)


async def test_cut_leaves_what_is_no_part_of_the_turn(hall: Hall) -> None:
    hall.start()
    await hall.thinking("[emotion:happy] Uno,")
    hall.floor.say(LowBatteryAlert("b", 5, "robot"))
    hall.floor.cut()
    assert [message["type"] for message in hall.take()] == ["low_battery_alert", "stream_end"]


async def test_turn_that_was_cut_says_nothing_more(hall: Hall) -> None:
    hall.start("r1")
    call = await hall.thinking("[emotion:happy] Uno,")
    call.write(" dos,")  # on its way as the next one begins
    hall.floor.cut()
    hall.start("r2")
    await trio.testing.wait_all_tasks_blocked()
    assert {message["request_id"] for message in hall.take()} == {"r1"}


async def test_late_news_of_a_turn_that_was_cut_is_not_heard(hall: Hall) -> None:
    hall.start("r1")
    hall.floor.cut()
    hall.start("r2")
    assert hall.take()[-1]["request_id"] == "r1"  # the terminal of the first, taken only now
    assert hall.delivered == []


async def test_turn_is_delivered_when_its_terminal_is_taken_and_not_when_it_is_thought(
    hall: Hall,
) -> None:
    turn = hall.start()
    (await hall.thinking("Hola")).end()
    await trio.testing.wait_all_tasks_blocked()
    assert hall.delivered == []
    assert hall.floor.turn is turn
    hall.take()
    assert hall.delivered == [turn.plan.number]
    assert said(hall.floor.conclude())[-1] == ("robot", "Hola", False)


async def test_cut_between_the_taking_of_the_terminal_and_its_news_ends_nothing_twice(
    hall: Hall,
) -> None:
    hall.start()
    (await hall.thinking("Hola")).end()
    await trio.testing.wait_all_tasks_blocked()
    hall.take()
    assert said(hall.floor.cut())[-1] == ("robot", "Hola", False)
    assert not hall.outbox.pending


async def test_amend_shortens_the_newest_answer_only(hall: Hall) -> None:
    for request_id in ("r1", "r2"):
        hall.start(request_id)
        (await hall.bench.brain.called(hall.turns)).answer("uno dos")
        await trio.testing.wait_all_tasks_blocked()
        hall.take()
        hall.floor.conclude()
    assert hall.floor.amend("r1", 3) is None
    entry = hall.floor.amend("r2", 3)
    assert entry is not None
    assert (entry.said.text, entry.said.cut_off) == ("uno", True)


async def test_turn_is_past_once_it_is_concluded_and_until_its_id_speaks_again(hall: Hall) -> None:
    hall.start("r1")
    assert not hall.floor.is_past("r1")
    hall.floor.cut()
    assert hall.floor.is_past("r1")
    hall.start("r1")  # the picture that was asked for, under the same id
    assert not hall.floor.is_past("r1")
