"""The readers that measure: what they take the time of, and what they do not let pass."""

from collections.abc import AsyncGenerator, Sequence
from typing import cast

import orjson
import pytest
import trio
from attrs import define, field

from robi.protocol import messages as m
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.order import OrderViolation
from tools.bench.answers import Kind
from tools.bench.orders import Turn
from tools.bench.posting import Event, Posting
from tools.bench.readers import Reader
from tools.bench.robots import WrongAnswer

FACE = m.Expression(("1F600",), "fade")
CITED = m.Citation(1, "el puño")
OPEN, OF_A_TEXT = Kind(2), Kind(2, cites=True)


def answer(
    *citations: m.Citation, declined: bool | None = None, to: str = "q"
) -> list[m.ServerMessage]:
    return [
        m.Emotion(to, "happy"),
        m.TextChunk(to, "Hola, "),
        m.TextChunk(to, "mundo."),
        m.ResponseMeta(to, "Hola, mundo.", FACE, citations=citations, declined=declined),
        m.StreamEnd(to, 5),
    ]


@define
class Told:
    """A connection whose answers are given to it; `asked` holds the questions."""

    answers: list[Sequence[m.ServerMessage]]
    session_id: str | None = None
    skips: int = 0
    asked: list[dict[str, object]] = field(factory=list)
    _seq: int = 0

    async def ask(self, body: bytes) -> AsyncGenerator[Event]:
        self.asked.append(orjson.loads(body))
        self.session_id = "chat_1"
        for message in self.answers.pop(0):
            await trio.lowlevel.checkpoint()
            self._seq += 1 + self.skips
            data = encode(message, Dialect.USER, self._seq)
            yield Event(self._seq, "", f"chat_1/{self._seq}", data)


def reader(*answers: Sequence[m.ServerMessage], skips: int = 0) -> tuple[Reader, Told]:
    told = Told(list(answers), skips=skips)
    return Reader(cast("Posting", told)), told


async def test_turn_of_a_reader_has_the_times_of_its_events() -> None:
    asking, _ = reader(answer())
    [(_, turn)] = await asking.ask(OPEN)
    assert turn == Turn(turn.asked, emotion=1, text=2, ended=5)
    assert turn.asked > 0


async def test_reader_goes_on_with_its_conversation_and_names_its_text() -> None:
    asking, told = reader(answer(CITED), answer(CITED, to="q2"))
    for _ in range(2):
        await asking.ask(OF_A_TEXT)
    first, second = told.asked
    assert (first.get("session_id"), second["session_id"]) == (None, "chat_1")
    assert first["text_id"] == second["text_id"] == "*"


@pytest.mark.parametrize(
    ("kind", "messages", "reason"),
    [
        pytest.param(OF_A_TEXT, answer(), "0 citations", id="nothing cited"),
        pytest.param(OF_A_TEXT, answer(CITED, declined=True), "declined: True", id="declined"),
        pytest.param(OPEN, answer(CITED), "1 citations", id="cited without a text"),
        pytest.param(OPEN, answer()[:-1], "without an end", id="no end"),
        pytest.param(
            OPEN,
            [m.ErrorReport("SERVER_BUSY", 8006, "", True, "now", request_id="q")],
            "SERVER_BUSY",
            id="an error",
        ),
    ],
)
async def test_answer_that_should_not_be_ends_the_measurement(
    kind: Kind, messages: Sequence[m.ServerMessage], reason: str
) -> None:
    asking, _ = reader(messages)
    with pytest.raises(WrongAnswer, match=reason):
        await asking.ask(kind)


async def test_event_that_is_missing_ends_the_measurement() -> None:
    asking, _ = reader(answer(), skips=1)
    with pytest.raises(WrongAnswer, match="chat_1/2 in place of chat_1/1"):
        await asking.ask(OPEN)


async def test_events_out_of_their_order_end_the_measurement() -> None:
    asking, _ = reader(answer()[1:])
    with pytest.raises(OrderViolation):
        await asking.ask(OPEN)


async def test_reader_who_would_interrupt_is_refused() -> None:
    asking, _ = reader(answer())
    with pytest.raises(ValueError, match="hears an answer out"):
        await asking.ask(OPEN, "interrupt")
