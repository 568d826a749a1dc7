"""The readers: they ask over HTTP, and check what they hear.

Owns one reader's side of the chat and the times of its turns. A reader that hears anything but
whole answers, numbered without a hole and in the order of the protocol, or an answer about a text
that cites nothing of it, ends the program, as a robot does: what is measured must be right.
"""

from contextlib import aclosing
from time import monotonic_ns
from typing import Final

import orjson
import trio
from attrs import define, evolve, field

from robi.protocol.codec import decode_server
from robi.protocol.messages import (
    Emotion,
    ErrorReport,
    ResponseMeta,
    ServerMessage,
    StreamEnd,
    TextChunk,
)
from robi.protocol.order import OrderChecker
from tools.bench.answers import Kind, question
from tools.bench.orders import Manner, Turn
from tools.bench.posting import Event, Posting
from tools.bench.robots import PATIENCE_S, WrongAnswer, next_number

_EVERY_TEXT: Final = "*"


@define
class Reader:
    """One reader with a conversation of its own."""

    _posting: Posting
    _order: OrderChecker = field(factory=OrderChecker, init=False)
    _seq: int = field(default=0, init=False)

    async def ask(self, kind: Kind, manner: Manner = "hear") -> list[tuple[int, Turn]]:
        """Have a turn; return it with the number of its question. It is always heard out."""
        if manner != "hear":
            msg = "a reader hears an answer out"
            raise ValueError(msg)
        number = next_number()
        body = orjson.dumps(
            {
                "message": question(kind, number),
                **({"session_id": self._posting.session_id} if self._posting.session_id else {}),
                **({"text_id": _EVERY_TEXT} if kind.cites else {}),
            }
        )
        turn = Turn(monotonic_ns())
        with trio.fail_after(PATIENCE_S):
            async with aclosing(self._posting.ask(body)) as events:
                async for event in events:
                    turn = self._heard(turn, event, kind)
        if not turn.ended:
            msg = "an answer without an end"
            raise WrongAnswer(msg)
        return [(number, turn)]

    async def leave(self) -> None:
        """Close the page."""
        await self._posting.close()

    drop = leave

    def _heard(self, turn: Turn, event: Event, kind: Kind) -> Turn:
        message = self._message(event)
        match message:
            case ErrorReport():
                raise WrongAnswer(message.error_code)
            case Emotion():
                return evolve(turn, emotion=event.at)
            case TextChunk() if not turn.text:
                return evolve(turn, text=event.at)
            case ResponseMeta() if message.declined or bool(message.citations) != kind.cites:
                msg = f"declined: {message.declined}; {len(message.citations or ())} citations"
                raise WrongAnswer(msg)
            case StreamEnd():
                return evolve(turn, ended=event.at)
        return turn

    def _message(self, event: Event) -> ServerMessage:
        """Return what an event tells, if it is its turn."""
        received = decode_server(event.data)
        self._order.feed(received.message)
        expected = f"{self._posting.session_id}/{self._seq + 1}"
        if event.place != expected:
            msg = f"an event at {event.place} in place of {expected}"
            raise WrongAnswer(msg)
        self._seq += 1
        return received.message
