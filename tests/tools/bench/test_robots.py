"""The robots that measure: what they take the time of, and what they do not let pass."""

from collections.abc import Awaitable, Callable
from typing import cast

import pytest
import trio
import trio.testing
from websockets.frames import Frame, Opcode

from robi.protocol import messages as m
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.order import OrderViolation
from tools.bench.answers import Kind
from tools.bench.link import Link
from tools.bench.orders import Manner, Turn
from tools.bench.robots import Robot, WrongAnswer

FACE = m.Expression(("1F600",), "fade")
Say = Callable[[m.ServerMessage, int], Awaitable[None]]


async def ask(answer: Callable[[Say, str], Awaitable[None]], manner: Manner = "hear") -> list[Turn]:
    """Have a robot ask once, and be answered so; return its turns."""
    near, far = trio.testing.memory_stream_pair()
    robot = Robot("robot", Link(cast("trio.SocketStream", near)))
    turns: list[Turn] = []

    async def say(message: m.ServerMessage, seq: int) -> None:
        text = encode(message, Dialect.USER, seq)
        await far.send_all(Frame(Opcode.TEXT, text).serialize(mask=False))

    async def talk() -> None:
        turns.extend(turn for _, turn in await robot.ask(Kind(2), manner))
        await robot.drop()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(robot.listen)
        nursery.start_soon(talk)
        await trio.testing.wait_all_tasks_blocked()
        [number] = robot._answers
        await answer(say, number)
    return turns


async def whole(say: Say, turn: str) -> None:
    messages: tuple[m.ServerMessage, ...] = (
        m.Emotion(turn, "happy"),
        m.TextChunk(turn, "Hola, "),
        m.TextChunk(turn, "mundo."),
        m.ResponseMeta(turn, "Hola, mundo.", FACE),
        m.StreamEnd(turn, 5),
    )
    for seq, message in enumerate(messages, 1):
        await say(message, seq)


async def test_turn_has_its_times_in_their_order() -> None:
    [turn] = await ask(whole)
    assert 0 < turn.asked <= turn.emotion <= turn.text <= turn.ended
    assert turn.cut == 0


async def test_turn_that_is_interrupted_says_when() -> None:
    async def cut(say: Say, turn: str) -> None:
        await say(m.Emotion(turn, "happy"), 1)
        await say(m.TextChunk(turn, "Hola, "), 2)
        await say(m.TextChunk(turn, "mundo."), 3)
        await trio.testing.wait_all_tasks_blocked()
        await say(m.StreamEnd(turn, 5, interrupted=True), 4)

    [turn] = await ask(cut, "interrupt")
    assert turn.text <= turn.cut <= turn.ended


async def test_turn_that_was_over_before_it_was_interrupted_is_none() -> None:
    assert await ask(whole, "interrupt") == []


async def test_number_that_is_missing_ends_the_measurement() -> None:
    with pytest.RaisesGroup(pytest.RaisesExc(WrongAnswer, match="number 2 in place of 1")):
        await ask(lambda say, turn: say(m.Emotion(turn, "happy"), 2))


async def test_order_that_is_broken_ends_the_measurement() -> None:
    with pytest.RaisesGroup(OrderViolation):
        await ask(lambda say, turn: say(m.TextChunk(turn, "Hola."), 1))


async def test_error_ends_the_measurement() -> None:
    with pytest.RaisesGroup(pytest.RaisesExc(WrongAnswer, match="SERVER_BUSY")):
        await ask(
            lambda say, turn: say(
                m.ErrorReport("SERVER_BUSY", 8006, "", True, "now", request_id=turn), 1
            )
        )


async def test_answer_that_was_cut_by_nobody_ends_the_measurement() -> None:
    with pytest.RaisesGroup(pytest.RaisesExc(WrongAnswer, match="interrupted by nobody")):
        await ask(lambda say, turn: say(m.StreamEnd(turn, 5, interrupted=True), 1))
