"""The robots: they connect, talk, and check what they hear.

Owns one robot's side of the protocol and the times of its turns. A robot that hears anything but
whole answers, numbered without a hole and in the order of the protocol, ends the program: what is
measured must be right.
"""

from itertools import count
from time import monotonic_ns
from typing import Final

import trio
from attrs import define, evolve, field

from robi.protocol.codec import decode_server, encode_client
from robi.protocol.dialects import Dialect
from robi.protocol.messages import (
    Auth,
    AuthOk,
    Emotion,
    ErrorReport,
    Interrupt,
    StreamEnd,
    Text,
    TextChunk,
)
from robi.protocol.order import OrderChecker
from tools.bench.answers import Kind, question
from tools.bench.link import Link
from tools.bench.orders import Manner, Turn

PATIENCE_S: Final = 60.0
"""For each answer; a server that is slower than this is not measured but broken."""

_CUT_AFTER: Final = 2
"""Texts of an answer, after which a robot that does not hear it out cuts in."""

_HEARD_OUT: Final = 10
"""Chunks of the answer to what is asked during another."""

_numbers = count(1)


def next_number() -> int:
    """Return the number of a question that nobody has asked yet."""
    return next(_numbers)


class WrongAnswer(Exception):
    """The server said what it should not have."""


@define
class _Answer:
    """An answer that is coming."""

    number: int
    turn: Turn
    texts: int = 0
    begun: trio.Event = field(factory=trio.Event, init=False)
    over: trio.Event = field(factory=trio.Event, init=False)
    interrupted: bool = field(default=False, init=False)


@define
class Robot:
    """One robot; `listen` must run beside whatever it does."""

    device: str
    _link: Link
    _welcomed: trio.Event = field(factory=trio.Event, init=False)
    _answers: dict[str, _Answer] = field(factory=dict, init=False)
    _seq: int = field(default=0, init=False)
    _order: OrderChecker = field(factory=OrderChecker, init=False)

    async def listen(self) -> None:
        """Hear the server until the robot goes."""
        await self._link.listen(self._take)

    async def introduce(self, key: str) -> None:
        """Say the key and be welcomed."""
        await self._say(Auth(api_key=key, device_id=self.device))
        with trio.fail_after(PATIENCE_S):
            await self._welcomed.wait()

    async def ask(self, kind: Kind, manner: Manner = "hear") -> list[tuple[int, Turn]]:
        """Have a turn; return it, and one that overtook it, with the numbers of their questions.

        An answer that was over before the server heard that it should be (it is said to be over,
        and not to be interrupted) tells nothing of interruptions: then nothing is returned.
        """
        answer = await self._ask(kind)
        if manner == "hear":
            return [await self._over(answer)]
        with trio.fail_after(PATIENCE_S):
            await answer.begun.wait()
        answer.turn = evolve(answer.turn, cut=monotonic_ns())
        if manner == "interrupt":
            await self._say(Interrupt(_id(answer.number)))
            had = [await self._over(answer)]
        else:
            second = await self._ask(evolve(kind, chunks=_HEARD_OUT))
            had = [await self._over(answer), await self._over(second)]
        return had if answer.interrupted else []

    async def leave(self) -> None:
        """Say goodbye."""
        await self._link.leave()

    async def drop(self) -> None:
        """Be out of reach."""
        await self._link.drop()

    async def _ask(self, kind: Kind) -> _Answer:
        number = next_number()
        words = question(kind, number)
        answer = self._answers[_id(number)] = _Answer(number, Turn(monotonic_ns()))
        await self._say(Text(_id(number), words, person_id=f"user_{self.device}"))
        return answer

    async def _over(self, answer: _Answer) -> tuple[int, Turn]:
        with trio.fail_after(PATIENCE_S):
            await answer.over.wait()
        if answer.interrupted and not answer.turn.cut:
            msg = f"{_id(answer.number)} of {self.device} was interrupted by nobody"
            raise WrongAnswer(msg)
        return answer.number, answer.turn

    def _take(self, at: int, text: bytes) -> None:
        received = decode_server(text)
        message = received.message
        if isinstance(message, AuthOk):
            self._welcomed.set()
            return
        if isinstance(message, ErrorReport):  # before its number: at the door it has none
            raise WrongAnswer(message.error_code)
        self._seq += 1
        if received.seq != self._seq:
            msg = f"number {received.seq} in place of {self._seq}"
            raise WrongAnswer(msg)
        self._order.feed(message)
        match message:
            case Emotion(request_id=request_id):
                answer = self._answers[request_id]
                answer.turn = evolve(answer.turn, emotion=at)
            case TextChunk(request_id=request_id):
                answer = self._answers[request_id]
                answer.texts += 1
                if answer.texts == 1:
                    answer.turn = evolve(answer.turn, text=at)
                elif answer.texts == _CUT_AFTER:
                    answer.begun.set()
            case StreamEnd(request_id=request_id):
                answer = self._answers.pop(request_id)
                answer.turn = evolve(answer.turn, ended=at)
                answer.interrupted = bool(message.interrupted)
                answer.over.set()

    async def _say(self, message: Auth | Text | Interrupt) -> None:
        await self._link.say(encode_client(message, Dialect.USER))


def _id(number: int) -> str:
    return f"turn-{number}"
