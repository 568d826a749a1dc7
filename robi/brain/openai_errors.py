"""The errors of servers that speak OpenAI's protocol: pure.

Owns which error of ours a response or an object in mid-stream becomes, in the shapes in which
servers write them: OpenAI's, vLLM's own, Ollama's bare string, FastAPI's `detail`, a page.

`details` holds numbers and names that are known below, never a server's prose: that may quote the
request, or the key.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import orjson

from robi.brain.base import Media
from robi.brain.failures import BrainRefused, ContextTooShort, by_status
from robi.brain.shapes import Fields, count, fields, items, seconds, text
from robi.errors import BrainBlocked, BrainError

_NO_CREDIT: Final = "insufficient_quota"
CONTENT_REFUSED: Final = frozenset({"content_filter", "content_policy_violation"})
_BY_STATUS: Final[Mapping[int, tuple[str, ...]]] = {
    400: ("bad_request_error", "BadRequestError", "context_length_exceeded",
          "exceed_context_size_error", "invalid_request_error", "not_supported_error",
          "unsupported_parameter", "unsupported_value"),
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", "insufficient_permissions"),
    404: ("model_not_found", "not_found_error", "NotFoundError"),
    429: ("rate_limit_error", "rate_limit_exceeded", "requests", "tokens", _NO_CREDIT),
    500: ("api_error", "internal_error", "InternalServerError", "server_error"),
    503: ("overloaded_error", "unavailable_error"),
}  # fmt: skip
_STATUS_OF: Final = {name: status for status, names in _BY_STATUS.items() for name in names}
"""What servers say in an error's `type` and `code`, and the status that goes with it."""

_STATUS: Final = re.compile(r"[45]\d\d")

_WRONG_KEY: Final = "OPENAI_API_KEY is missing or not accepted"
_FORBIDDEN: Final = "OPENAI_API_KEY may not use this model"
_UNKNOWN_MODEL: Final = (
    "OPENAI_MODEL names no model that the server has; its list is at OPENAI_BASE_URL/models"
)
_NOT_THE_SERVER: Final = (
    "OPENAI_BASE_URL leads to no server that speaks OpenAI's protocol; most want /v1 at its end"
)
_NO_SUCH_PATH: Final = re.compile(r"unexpected endpoint|^(file )?not found$")
"""LM Studio, with status 200; llama.cpp; servers made with FastAPI."""
_TOO_LONG: Final = (
    "the model that OPENAI_MODEL names can hold less than a question with its answer takes: have "
    "the server load it with a longer context, or lower GEMINI_MAX_OUTPUT_TOKENS"
)
_LONG: Final = re.compile(
    r"context (length|size|window)|prompt is too long|max(_completion)?_tokens\W.*too large"
)
"""vLLM: "maximum context length is"; llama.cpp: "exceeds the available context size"; LM Studio:
"loaded with context length of only"; OpenAI: "max_tokens is too large"."""
_LONG_STATUSES: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.INTERNAL_SERVER_ERROR,  # llama.cpp, before it had 400 for that
        HTTPStatus.SERVICE_UNAVAILABLE,  # as which counts what states no status: LM Studio
    }
)
_LONG_NAMES: Final = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_CREDIT: Final = "the account of OPENAI_API_KEY has no credit left"
_ADVICE: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: _WRONG_KEY,
    HTTPStatus.PAYMENT_REQUIRED: _CREDIT,
    HTTPStatus.FORBIDDEN: _FORBIDDEN,
    HTTPStatus.NOT_FOUND: _UNKNOWN_MODEL,
    HTTPStatus.METHOD_NOT_ALLOWED: _NOT_THE_SERVER,
}


def http_error(
    status: int, headers: Mapping[str, str], body: bytes, media: Sequence[Media] = ()
) -> BrainError:
    """Make the error for a response with another status than 200.

    `body` may be OpenAI's JSON, what resembles it, the page of a proxy, or nothing; `media` went
    with the question.
    """
    try:
        item: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        item = None
    said = message_of(item).lower()
    if status == HTTPStatus.NOT_FOUND and (not fields(item) or _NO_SUCH_PATH.search(said)):
        return BrainRefused("HTTP 404", advice=_NOT_THE_SERVER)
    return _error(status, f"HTTP {status}", item, seconds(headers.get("retry-after")), media)


def error_in(item: object, media: Sequence[Media] = ()) -> BrainError | None:
    """Return the error that an object of the stream is, None for an ordinary chunk.

    One that states no status has that of its name; without a name it may pass.
    """
    whole = fields(item)
    if not whole.get("error") and whole.get("object") != "error":
        return None
    if _NO_SUCH_PATH.search(message_of(item).lower()):
        return BrainRefused("no such path", advice=_NOT_THE_SERVER)
    status = status_in(item)
    if status is not None:
        return _error(status, f"HTTP {status}", item, None, media)
    known = next((_STATUS_OF[name] for name in _names(item) if name in _STATUS_OF), None)
    return _error(known or HTTPStatus.SERVICE_UNAVAILABLE, "no status", item, None, media)


def status_in(item: object) -> int | None:
    """Return the HTTP status that an error in the stream states, None if it states none."""
    whole = fields(item)
    about = fields(whole.get("error")) or whole
    for place in ("code", "status", "status_code"):
        stated = about.get(place)
        if isinstance(stated, str) and _STATUS.fullmatch(stated):  # LiteLLM writes strings
            return int(stated)
        if status := count(stated):
            return status
    return None


def message_in(body: bytes) -> str:
    """Return what an error says, to be searched and never to be shown; empty if nothing."""
    try:
        return message_of(orjson.loads(body))
    except orjson.JSONDecodeError:
        return ""


def message_of(item: object) -> str:
    """Return what an error says that has been read, as `message_in` does."""
    whole = fields(item)
    error = whole.get("error")
    about = fields(error) or whole
    within = fields(about.get("message"))  # Mistral wraps what FastAPI says
    said = (
        text(error),
        text(about.get("message")),
        text(about.get("param")),
        _detail(whole),
        _detail(within),
    )
    return " ".join(word for word in said if word)


def _detail(about: Fields) -> str:
    """Return the `detail` of servers made with FastAPI: words, or what was wrong and where."""
    detail = about.get("detail")
    if not isinstance(detail, list):
        return text(detail)
    parts: list[str] = []
    for item in detail:
        one = fields(item)
        parts += [text(one.get("msg")), *(str(place) for place in items(one.get("loc")))]
    return " ".join(parts)


def _error(
    status: int, stated: str, item: object, retry_after: int | None, media: Sequence[Media]
) -> BrainError:
    names = _names(item)
    details = " ".join([stated, *names])
    if not CONTENT_REFUSED.isdisjoint(names):
        return BrainBlocked(details)
    if _NO_CREDIT in names:  # a 429 of which waiting cures nothing
        return BrainRefused(details, advice=_CREDIT)
    if status in _LONG_STATUSES and (
        not _LONG_NAMES.isdisjoint(names) or _LONG.search(message_of(item).lower())
    ):
        return ContextTooShort(details, advice=_TOO_LONG)
    return by_status(status, details, retry_after, _advice(status), media)


def _advice(status: int) -> str | None:
    """Return what to do about a refusal that every question would meet."""
    return _NOT_THE_SERVER if status < HTTPStatus.BAD_REQUEST else _ADVICE.get(status)


def _names(item: object) -> list[str]:
    """Return the names that an error goes by, as far as they are known ones."""
    whole = fields(item)
    about = fields(whole.get("error")) or whole
    said = [text(about.get("type")), text(about.get("code"))]
    return [name for name in dict.fromkeys(said) if name in _STATUS_OF or name in CONTENT_REFUSED]
