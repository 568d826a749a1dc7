"""What a server that speaks OpenAI's protocol answers: payloads in, fragments out, and a verdict.

Owns the reading of `chat.completion` and `chat.completion.chunk`, pure, as servers in the field
write them: deltas with a role only, null or empty content, content in parts, thoughts beside it or
in it, calls in pieces, counts in a last chunk without choices, errors in mid-stream, `[DONE]` or
not. What is of another shape than expected counts as absent.

Errors are those of `robi.brain.openai_errors`.
"""

from collections.abc import Callable
from typing import Final

import orjson
from attrs import define, evolve

from robi.brain.base import BrainRequest, Fragment, ToolCall
from robi.brain.failures import EmptyAnswer
from robi.brain.openai_errors import CONTENT_REFUSED, error_in
from robi.brain.shapes import NO_ARGUMENTS, Fields, count, fields, items, named, text
from robi.brain.thoughts import Thoughts
from robi.errors import BrainBlocked, BrainError, BrainUnavailable
from robi.protocol.messages import TokenUsage

_DONE: Final = b"[DONE]"
_SPENT: Final = "length"
_SHORT: Final = frozenset({_SPENT, *CONTENT_REFUSED})
"""Ends that the model did not choose; the answer may stop in mid-sentence."""
_NAMELESS: Final = "nameless"
_NO_NAME: Final = "the call names no function"
_FINISHES: Final = frozenset({"stop", _SPENT, "content_filter", "tool_calls", "function_call"})

Judge = Callable[[object], BrainError | None]


@define
class _Pieces:
    """A call that comes in pieces."""

    call_id: str = ""
    name: str = ""
    arguments: str = ""
    given: dict[str, object] | None = None  # some servers write an object where JSON is due

    def take(self, call: Fields) -> None:
        function = fields(call.get("function"))
        self.call_id = self.call_id or text(call.get("id"))
        self.name = self.name or text(function.get("name"))
        self.arguments += text(function.get("arguments"))
        if isinstance(function.get("arguments"), dict):
            self.given = named(function.get("arguments"))

    def whole(self, number: int) -> ToolCall:
        """Return the call, the `number`th of the turn.

        One that cannot be read (the answer was cut at its longest, a small model wrote no JSON) is
        a call as well: the model hears what was wrong with it.
        """
        arguments = self.given
        if arguments is None:
            try:
                read: object = orjson.loads(self.arguments or "{}")
            except orjson.JSONDecodeError:
                read = None
            arguments = named(read) if isinstance(read, dict) else None
        wrong = _NO_NAME if not self.name else NO_ARGUMENTS if arguments is None else None
        return ToolCall(
            self.call_id or f"call-{number}",
            self.name or _NAMELESS,  # servers refuse an empty one in what was said before
            arguments or {},
            unreadable=wrong,
        )


class Answer:
    """One answer as it comes in; says at the end whether it was one.

    Args:
        offered: whether functions may be called; calls that nobody asked for are dropped.
        called: how many calls there were before in this turn; those of now are counted on.
        judge: returns the error that an object of the stream is, None for an ordinary chunk.
    """

    def __init__(self, *, offered: bool = False, called: int = 0, judge: Judge = error_in) -> None:
        """Begin an answer."""
        self.usage = TokenUsage(0, 0)
        self._judge = judge
        self._offered = offered
        self._called = called
        self._spoke = False  # in words or calls
        self._thoughts = Thoughts()
        self._pieces: list[_Pieces] = []
        self._at: dict[object, _Pieces] = {}
        self._finish: str | None = None
        self._refused = False
        self._done = False

    @classmethod
    def to(cls, request: BrainRequest, judge: Judge = error_in) -> "Answer":
        """Begin the answer to `request`."""
        called = sum(len(one.results) for one in request.rounds)
        return cls(offered=bool(request.tools), called=called, judge=judge)

    def take(self, payload: bytes) -> list[Fragment]:
        """Read one payload; return a fragment if there are words in it, or calls became whole.

        Raises:
            BrainError: the payload is an error of the server, or is not JSON.
        """
        if payload.strip() == _DONE:
            self._done = True
        if self._done:
            return []
        try:
            item: object = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            msg = "not JSON"
            raise BrainUnavailable(msg) from error
        failure = self._judge(item)
        if failure is not None:
            raise failure
        whole = fields(item)
        self.usage = _usage(whole.get("usage")) or self.usage
        choices = items(whole.get("choices"))
        choice = fields(choices[0] if choices else None)
        message = fields(choice.get("delta")) or fields(choice.get("message"))
        words = self._thoughts.feed(_content(message.get("content")))
        self._refused = self._refused or bool(text(message.get("refusal")))
        if self._offered:
            self._collect(message)
        finish = text(choice.get("finish_reason"))
        if finish:
            self._finish = finish if finish in _FINISHES else "another end"
            words += self._thoughts.close()
        return self._fragments(words, self._calls() if finish else ())

    def end(self) -> Fragment | None:
        """Judge the answer once the response has ended; return what is left of it, if anything.

        The limit of tokens, and a refusal after the first words, are ordinary ends: what was said
        stands. An answer ends with its reason, or with `[DONE]`: some servers leave one out.

        Raises:
            BrainBlocked: the model does not answer this.
            EmptyAnswer: there is not a word in it.
            BrainUnavailable: the stream ended before the answer did.
        """
        ended = self._finish is not None or self._done
        rest = self._fragments(self._thoughts.close(), self._calls() if ended else ())
        if not self._spoke:
            if self._refused or self._finish in CONTENT_REFUSED:
                raise BrainBlocked(self._finish or "refusal")
            if ended:
                msg = f"empty answer, {self._finish or 'no reason'}"
                raise EmptyAnswer(msg, spent=self._finish == _SPENT)
        if not ended:
            msg = "broke off"
            raise BrainUnavailable(msg)
        short = self._finish in _SHORT
        if rest:
            return evolve(rest[0], short=short)
        return Fragment(short=True) if short else None

    def _fragments(self, words: str, calls: tuple[ToolCall, ...]) -> list[Fragment]:
        if not words and not calls:
            return []
        self._spoke = True
        return [Fragment(words, calls)]

    def _collect(self, message: Fields) -> None:
        """Put the pieces of calls together; a new id begins a new call, whatever its index says."""
        asked = items(message.get("tool_calls"))
        if old := fields(message.get("function_call")):  # before there were several
            asked = [{"index": 0, "function": old}]
        for place, item in enumerate(asked):
            call = fields(item)
            index = call.get("index")
            key = index if isinstance(index, int) else place
            pieces = self._at.get(key)
            given = text(call.get("id"))
            if pieces is None or (given and pieces.call_id and given != pieces.call_id):
                pieces = _Pieces()
                self._at[key] = pieces
                self._pieces.append(pieces)
            pieces.take(call)

    def _calls(self) -> tuple[ToolCall, ...]:
        calls = tuple(
            pieces.whole(self._called + number) for number, pieces in enumerate(self._pieces, 1)
        )
        self._called += len(calls)
        self._pieces.clear()
        self._at.clear()
        return calls


def _content(content: object) -> str:
    """Return the words of a content: a string, or parts of which some are words."""
    if isinstance(content, str):
        return content
    parts = [fields(part) for part in items(content)]
    return "".join(text(part.get("text")) for part in parts if part.get("type") == "text")


def _usage(counts: object) -> TokenUsage | None:
    if not isinstance(counts, dict):
        return None
    return TokenUsage(count(counts.get("prompt_tokens")), count(counts.get("completion_tokens")))
