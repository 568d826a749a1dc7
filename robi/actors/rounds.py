"""The rounds of a turn: the model is asked, what it calls is carried out, and it is asked again.

Owns how many rounds there are and how long they take. A model that calls nothing is asked once, and
what it writes passes on as it comes.
"""

from collections.abc import Callable, Sequence
from typing import Final

import trio
from attrs import define, evolve, field

from robi.actors.figures import Question, Trail
from robi.actors.tools import Calls, Occasion, Tool
from robi.brain.base import Brain, BrainRequest, Fragment, ToolCall, ToolRound, stock_of, total
from robi.errors import BrainTimeout
from robi.protocol.messages import TokenUsage

MOST_ROUNDS: Final = 4
"""Times that a turn has tools called; then the model is asked for its last words without them."""

TOOLS_WITHIN: Final = 15.0
"""Seconds of a turn in which tools run."""

LONGEST_TOKEN: Final = 16
"""Characters that a token has at most, on the average of an answer; words have three to six. A
model that writes more than the tokens it was allowed has lost its way, and is stopped."""

ANSWER_WITHIN: Final = 30.0
"""Seconds in which a turn that has called tools is over: what a person waits for any answer."""


@define(eq=False)
class Rounds:
    """The rounds of one turn.

    Args:
        tools: what the model may call.
        occasion: in whose turn.
        began: called with the seconds in line, when a round brings its first fragment.
        hear: takes what the model writes, as it comes.
        settle: called when all that has come is heard, and more has to be waited for.
        pause: called when the model stops to have something called.
        count: takes what was counted so far, of all rounds and attempts together.
        trail: has questions and calls noted, with their times.
    """

    _brain: Brain
    _tools: Sequence[Tool]
    _occasion: Occasion
    _began: Callable[[float], None]
    _hear: Callable[[str], None]
    _settle: Callable[[], None]
    _pause: Callable[[], None]
    _count: Callable[[TokenUsage], None]
    _trail: Trail = field(factory=Trail)
    _counted: TokenUsage = field(default=TokenUsage(0, 0), init=False)
    _since: float = field(factory=trio.current_time, init=False)

    async def run(self, request: BrainRequest) -> Fragment:
        """Ask, until the model has nothing more to call; return its last answer, whole.

        Raises as `Brain.stream` does.
        """
        calls = Calls(self._tools, self._occasion, self._trail.calls.append)
        tools = tuple(tool.spec for tool in self._tools)
        request = evolve(request, tools=tools, spent=self._spent)
        wanted = await self._ask(request)
        while wanted.calls and request.tools:
            self._pause()
            until = self._since + TOOLS_WITHIN
            results = await calls.answer(wanted.calls, until)
            rounds = (*request.rounds, ToolRound(wanted.text, results))
            if len(rounds) == MOST_ROUNDS or trio.current_time() >= until:
                request = evolve(request, tools=())
            request = evolve(request, rounds=rounds)
            with trio.move_on_at(self._since + ANSWER_WITHIN) as limit:
                wanted = await self._ask(request)
            if limit.cancelled_caught:
                raise BrainTimeout("no answer within the limit, after tools")
        return wanted

    async def _ask(self, request: BrainRequest) -> Fragment:
        """Ask once; return all that the model wrote, and what it calls."""
        texts: list[str] = []
        calls: list[ToolCall] = []
        short, first = False, True
        left = LONGEST_TOKEN * request.max_output_tokens
        question = Question()
        self._trail.questions.append(question)
        note = question.heard_at.append
        try:
            async with self._brain.stream(request) as fragments:
                stock = stock_of(fragments)
                async for fragment in fragments:
                    note(trio.current_time())
                    if first:
                        first = False
                        question.waited_s = fragment.waited_s
                        self._began(fragment.waited_s)
                    there: Fragment | None = fragment
                    while there is not None and left >= 0:
                        if there.text:
                            texts.append(there.text)
                            self._hear(there.text)
                            left -= len(there.text)
                        calls += there.calls
                        short = short or there.short or left < 0
                        there = stock.next_nowait() if stock is not None else None
                    if stock is None or not stock.over:  # else there is more to say with it
                        self._settle()
                    if left < 0:
                        break
        finally:
            question.ended_at = trio.current_time()
        return Fragment("".join(texts), calls=tuple(calls), short=short)

    def _spent(self, usage: TokenUsage) -> None:
        self._counted = total((self._counted, usage))
        self._count(self._counted)
