"""What Gemini answers: payloads in, fragments out, and a verdict on the whole.

Owns the reading of Gemini's JSON, pure. Only the few fields that Robi needs are looked at, with
whatever else is there ignored, new enum values too: building the SDK's models costs twice the CPU
a chunk (findings.md, *Gemini under trio*).

`details` of an error holds numbers and Google's own enum names, never its prose: that may quote
the request, or the key.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import orjson

from robi.brain.base import BrainRequest, Fragment, Media, ToolCall
from robi.brain.failures import BrainRefused, EmptyAnswer, by_status
from robi.brain.shapes import NO_ARGUMENTS, Fields, count, fields, items, named, seconds, text
from robi.errors import BrainBlocked, BrainError, BrainUnavailable
from robi.protocol.messages import TokenUsage

_ENUM: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_REFUSALS: Final = frozenset(
    {
        "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
        "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "ESCALATION",
        "MODEL_ARMOR",
    }
)  # fmt: skip
"""Ends of an answer that mean: not about this. Any other end without words is a failure."""

_SPENT: Final = "MAX_TOKENS"
_DONE: Final = "STOP"
"""The one end that the model chose. At any other the answer may stop in mid-sentence."""

_WRONG_KEY: Final = "GEMINI_API_KEY is not accepted: copy it again, or make another in AI Studio"
_FORBIDDEN: Final = (
    "GEMINI_API_KEY may not be used so: the Gemini API is off for its project, or the key is "
    "limited to other APIs or addresses"
)
_UNKNOWN_MODEL: Final = "GEMINI_MODEL names no model that the service knows"
_NOT_HERE: Final = (
    "the service is not offered where this server is, or only to projects with billing"
)
_NOT_GEMINI: Final = "GOOGLE_GEMINI_BASE_URL leads elsewhere: what answers is not the Gemini API"


class Answer:
    """One answer as it comes in; says at the end whether it was one.

    Args:
        offered: whether functions may be called; calls that nobody asked for are dropped.
        called: how many calls there were before in this turn; those of now are counted on.
        media: what went with the question.

    Raises from `take` and `end`, see there, `BrainError`s that tell what was wrong.
    """

    def __init__(
        self, *, offered: bool = False, called: int = 0, media: Sequence[Media] = ()
    ) -> None:
        """Begin an answer."""
        self.usage = TokenUsage(0, 0)
        self._offered = offered
        self._called = called
        self._media = media
        self._spoke = False  # in words or calls
        self._finish: str | None = None
        self._blocked: str | None = None

    @classmethod
    def to(cls, request: BrainRequest) -> "Answer":
        """Begin the answer to `request`."""
        called = sum(len(one.results) for one in request.rounds)
        return cls(offered=bool(request.tools), called=called, media=request.utterance.media)

    def take(self, payload: bytes) -> list[Fragment]:
        """Read one payload; return a fragment for each chunk in it that has words or calls.

        Raises:
            BrainError: the payload is an error of the service, or is not JSON.
        """
        try:
            whole: object = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            msg = "not JSON"
            raise BrainUnavailable(msg) from error
        fragments = []
        # Without `alt=sse`, and from some proxies, the chunks come as one array.
        for item in whole if isinstance(whole, list) else [whole]:
            failure = error_in(item, self._media)
            if failure is not None:
                raise failure
            fragment = self._read(fields(item))
            if fragment is not None:
                self._spoke = True
                fragments.append(fragment)
        return fragments

    def end(self) -> Fragment | None:
        """Judge the answer once the response has ended; return what is left of it, if anything.

        MAX_TOKENS, and a refusal after the first words, are ordinary ends: what was said stands.

        Raises:
            BrainBlocked: the service does not answer this.
            EmptyAnswer: there is not a word in it.
            BrainUnavailable: the stream ended before the answer did.
        """
        if not self._spoke:
            reason = self._blocked or self._finish
            if self._blocked or self._finish in _REFUSALS:
                raise BrainBlocked(reason)
            if reason is not None:
                msg = f"empty answer, {reason}"
                raise EmptyAnswer(msg, spent=reason == _SPENT)
        if self._finish is None:
            msg = "broke off"
            raise BrainUnavailable(msg)
        return Fragment(short=True) if self._finish != _DONE else None

    def _read(self, chunk: Fields) -> Fragment | None:
        """Read a chunk; return the words and calls in it, None if there are none."""
        candidates = items(chunk.get("candidates"))
        candidate = fields(candidates[0] if candidates else None)
        self._finish = _enum(candidate.get("finishReason")) or self._finish
        self._blocked = (
            _enum(fields(chunk.get("promptFeedback")).get("blockReason")) or self._blocked
        )
        self.usage = _usage(chunk.get("usageMetadata")) or self.usage
        parts = [fields(part) for part in items(fields(candidate.get("content")).get("parts"))]
        words = "".join(
            [text(part.get("text")) for part in parts if part.get("thought") is not True]
        )
        calls = tuple(self._calls(parts)) if self._offered else ()
        return Fragment(words, calls) if words or calls else None

    def _calls(self, parts: list[Fields]) -> list[ToolCall]:
        """Return the calls among the parts: each is whole, and its signature goes back with it."""
        calls = []
        for part in parts:
            call = fields(part.get("functionCall"))
            if not (name := text(call.get("name"))):
                continue
            self._called += 1
            echo: dict[str, object] = {}
            if signature := text(part.get("thoughtSignature")):
                echo["thoughtSignature"] = signature
            if call_id := text(call.get("id")):
                echo["id"] = call_id
            named_id = call_id or f"call-{self._called}"
            given = call.get("args") or {}
            wrong = None if isinstance(given, dict) else NO_ARGUMENTS
            calls.append(ToolCall(named_id, name, named(given), echo, wrong))
        return calls


def http_error(
    status: int, headers: Mapping[str, str], body: bytes, media: Sequence[Media] = ()
) -> BrainError:
    """Make the error for a response with another status than 200.

    `body` may be Google's JSON, the same in an array, the page of a proxy, or nothing; `media` went
    with the question.
    """
    try:
        whole: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        whole = None
    item = whole[0] if isinstance(whole, list) and whole else whole
    error = fields(fields(item).get("error"))
    if status == HTTPStatus.NOT_FOUND and not error:
        return BrainRefused("HTTP 404", advice=_NOT_GEMINI)
    names, retry_after = _explain(error)
    return _error(status, names, retry_after or seconds(headers.get("retry-after")), media)


def error_in(item: object, media: Sequence[Media] = ()) -> BrainError | None:
    """Return the error that an object of the stream is, None for an ordinary chunk."""
    error = fields(item).get("error")
    if not isinstance(error, dict):
        return None
    code = count(error.get("code")) or HTTPStatus.SERVICE_UNAVAILABLE
    return _error(code, *_explain(error), media)


def _error(
    status: int, names: list[str], retry_after: int | None, media: Sequence[Media]
) -> BrainError:
    details = " ".join([f"HTTP {status}", *names])
    return by_status(status, details, retry_after, _advice(status, names), media)


def _advice(status: int, names: list[str]) -> str | None:
    if status == HTTPStatus.UNAUTHORIZED or "API_KEY_INVALID" in names:
        return _WRONG_KEY
    if "FAILED_PRECONDITION" in names:
        return _NOT_HERE
    if status == HTTPStatus.FORBIDDEN:
        return _FORBIDDEN
    if status == HTTPStatus.NOT_FOUND:
        return _UNKNOWN_MODEL
    elsewhere = status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.METHOD_NOT_ALLOWED
    return _NOT_GEMINI if elsewhere else None


def _explain(error: Fields) -> tuple[list[str], int | None]:
    """Return Google's enum names for an error, and its RetryInfo in whole seconds."""
    names = [_enum(error.get("status"))]
    retry_after = None
    for detail in items(error.get("details")):
        about = fields(detail)
        names.append(_enum(about.get("reason")))
        retry_after = seconds(about.get("retryDelay")) or retry_after
    return [name for name in names if name], retry_after


def _usage(counts: object) -> TokenUsage | None:
    """Read the counts so far; thoughts are output too, and paid for as such."""
    if not isinstance(counts, dict):
        return None
    output = count(counts.get("candidatesTokenCount")) + count(counts.get("thoughtsTokenCount"))
    return TokenUsage(count(counts.get("promptTokenCount")), output)


def _enum(value: object) -> str | None:
    """Return a name of an enum; prose, and the `…_UNSPECIFIED` that means nothing, are None."""
    if isinstance(value, str) and _ENUM.fullmatch(value) and not value.endswith("_UNSPECIFIED"):
        return value
    return None
