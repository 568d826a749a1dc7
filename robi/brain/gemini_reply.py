"""What Gemini answers: payloads in, fragments out, and a verdict on the whole.

Owns the reading of Gemini's JSON, pure. Only the few fields that Robi needs are looked at, with
whatever else is there ignored, new enum values too: building the SDK's models costs twice the CPU
a chunk (findings.md, *Gemini under trio*). What is of another shape than expected counts as absent.

`details` of an error holds numbers and Google's own enum names, never its prose: that may quote
the request, or the key.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import ceil
from typing import Final

import orjson
from attrs import frozen

from robi.brain.base import Fragment
from robi.brain.failures import BrainRefused
from robi.errors import BrainBlocked, BrainError, BrainRateLimited, BrainUnavailable
from robi.protocol.messages import TokenUsage

_ENUM: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_SECONDS: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s?")
_REFUSALS: Final = frozenset(
    {
        "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
        "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "ESCALATION",
        "MODEL_ARMOR",
    }
)  # fmt: skip
"""Ends of an answer that mean: not about this. Any other end without words is a failure."""


@frozen
class _Chunk:
    text: str
    finish: str | None
    blocked: str | None
    usage: TokenUsage | None


class Answer:
    """One answer as it comes in; says at the end whether it was one.

    Raises from `take` and `end`, see there, `BrainError`s that tell what was wrong.
    """

    def __init__(self) -> None:
        """Begin an answer."""
        self._spoke = False
        self._finish: str | None = None
        self._blocked: str | None = None
        self._usage: TokenUsage | None = None  # counted, and not yet passed on

    def take(self, payload: bytes) -> list[Fragment]:
        """Read one payload; return a fragment for each chunk in it that has words.

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
            failure = error_in(item)
            if failure is not None:
                raise failure
            chunk = _read(item)
            self._finish = chunk.finish or self._finish
            self._blocked = chunk.blocked or self._blocked
            self._usage = chunk.usage or self._usage
            if chunk.text:
                self._spoke = True
                fragments.append(Fragment(chunk.text, self._usage))
                self._usage = None
        return fragments

    def end(self) -> Fragment | None:
        """Judge the answer once the response has ended; return the last counts, if any are left.

        MAX_TOKENS, and a refusal after the first words, are ordinary ends: what was said stands.

        Raises:
            BrainBlocked: the service does not answer this.
            BrainUnavailable: the stream ended before the answer did, or the answer is empty.
        """
        if not self._spoke:
            reason = self._blocked or self._finish
            if self._blocked or self._finish in _REFUSALS:
                raise BrainBlocked(reason)
            if reason is not None:
                msg = f"empty answer, {reason}"
                raise BrainUnavailable(msg)
        if self._finish is None:
            msg = "broke off"
            raise BrainUnavailable(msg)
        return Fragment(usage=self._usage) if self._usage else None


def http_error(status: int, headers: Mapping[str, str], body: bytes) -> BrainError:
    """Make the error for a response with another status than 200.

    `body` may be Google's JSON, the same in an array, the page of a proxy, or nothing.
    """
    try:
        whole: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        whole = None
    item = whole[0] if isinstance(whole, list) and whole else whole
    names, retry_after = _explain(_dict(_dict(item).get("error")))
    return _error(status, names, retry_after or _seconds(headers.get("retry-after")))


def error_in(item: object) -> BrainError | None:
    """Return the error that an object of the stream is, None for an ordinary chunk."""
    error = _dict(item).get("error")
    if not isinstance(error, dict):
        return None
    code = _count(error, "code") or HTTPStatus.SERVICE_UNAVAILABLE
    return _error(code, *_explain(error))


def _error(status: int, names: list[str], retry_after: int | None) -> BrainError:
    details = " ".join([f"HTTP {status}", *names])
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return BrainRateLimited(details, retry_after=retry_after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return BrainUnavailable(details, retry_after=retry_after)
    return BrainRefused(details)


def _explain(error: dict[object, object]) -> tuple[list[str], int | None]:
    """Return Google's enum names for an error, and its RetryInfo in whole seconds."""
    names = [_enum(error.get("status"))]
    retry_after = None
    for detail in _list(error.get("details")):
        fields = _dict(detail)
        names.append(_enum(fields.get("reason")))
        retry_after = _seconds(fields.get("retryDelay")) or retry_after
    return [name for name in names if name], retry_after


def _read(item: object) -> _Chunk:
    fields = _dict(item)
    candidates = _list(fields.get("candidates"))
    candidate = _dict(candidates[0] if candidates else None)
    return _Chunk(
        text="".join(_texts(_dict(candidate.get("content")))),
        finish=_enum(candidate.get("finishReason")),
        blocked=_enum(_dict(fields.get("promptFeedback")).get("blockReason")),
        usage=_usage(fields.get("usageMetadata")),
    )


def _texts(content: dict[object, object]) -> Iterator[str]:
    for part in _list(content.get("parts")):
        fields = _dict(part)
        text = fields.get("text")
        if isinstance(text, str) and fields.get("thought") is not True:
            yield text


def _usage(counts: object) -> TokenUsage | None:
    """Read the counts so far; thoughts are output too, and paid for as such."""
    if not isinstance(counts, dict):
        return None
    output = _count(counts, "candidatesTokenCount") + _count(counts, "thoughtsTokenCount")
    return TokenUsage(_count(counts, "promptTokenCount"), output)


def _count(fields: dict[object, object], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _enum(value: object) -> str | None:
    """Return a name of an enum; prose, and the `…_UNSPECIFIED` that means nothing, are None."""
    if isinstance(value, str) and _ENUM.fullmatch(value) and not value.endswith("_UNSPECIFIED"):
        return value
    return None


def _seconds(value: object) -> int | None:
    """Read `"34.4s"` of RetryInfo or `"35"` of Retry-After as whole seconds, rounded up."""
    match = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    return ceil(float(match[1])) if match else None


def _dict(value: object) -> dict[object, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
