"""The errors of servers that speak OpenAI's protocol: pure.

Owns which error of ours a response or an object in mid-stream becomes, in the shapes in which
servers write them: OpenAI's, vLLM's own, Ollama's bare string, FastAPI's `detail`, a page.

`details` holds numbers and names that are known below, never a server's prose: that may quote the
request, or the key.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import orjson

from robi.brain.failures import BrainRefused, by_status
from robi.brain.shapes import Fields, count, fields, items, seconds, text
from robi.errors import BrainBlocked, BrainError

_NO_CREDIT: Final = "insufficient_quota"
CONTENT_REFUSED: Final = frozenset({"content_filter", "content_policy_violation"})
_NAMES: Final = CONTENT_REFUSED | frozenset(
    {
        _NO_CREDIT, "api_error", "authentication_error", "bad_request_error", "BadRequestError",
        "context_length_exceeded", "exceed_context_size_error", "insufficient_permissions",
        "internal_error", "InternalServerError", "invalid_api_key", "invalid_request_error",
        "model_not_found", "not_found_error", "NotFoundError", "not_supported_error",
        "overloaded_error", "permission_error", "rate_limit_error", "rate_limit_exceeded",
        "requests", "server_error", "tokens", "unavailable_error", "unsupported_parameter",
        "unsupported_value",
    }
)  # fmt: skip
"""What servers say in an error's `type` and `code`."""

_WRONG_KEY: Final = "OPENAI_API_KEY is missing or not accepted"
_FORBIDDEN: Final = "OPENAI_API_KEY may not use this model"
_UNKNOWN_MODEL: Final = (
    "OPENAI_MODEL names no model that the server has; its list is at OPENAI_BASE_URL/models"
)
_NOT_THE_SERVER: Final = (
    "OPENAI_BASE_URL leads to no server that speaks OpenAI's protocol; most want /v1 at its end"
)
_CREDIT: Final = "the account of OPENAI_API_KEY has no credit left"
_ADVICE: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: _WRONG_KEY,
    HTTPStatus.PAYMENT_REQUIRED: _CREDIT,
    HTTPStatus.FORBIDDEN: _FORBIDDEN,
    HTTPStatus.NOT_FOUND: _UNKNOWN_MODEL,
    HTTPStatus.METHOD_NOT_ALLOWED: _NOT_THE_SERVER,
}


def http_error(status: int, headers: Mapping[str, str], body: bytes) -> BrainError:
    """Make the error for a response with another status than 200.

    `body` may be OpenAI's JSON, what resembles it, the page of a proxy, or nothing.
    """
    try:
        item: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        item = None
    names = _names(item)
    if status == HTTPStatus.NOT_FOUND and not fields(item):
        return BrainRefused("HTTP 404", advice=_NOT_THE_SERVER)
    return _error(status, names, seconds(headers.get("retry-after")))


def error_in(item: object) -> BrainError | None:
    """Return the error that an object of the stream is, None for an ordinary chunk."""
    whole = fields(item)
    error = whole.get("error")
    if not error and whole.get("object") != "error":
        return None
    about = fields(error) or whole
    code = count(about.get("code")) or count(about.get("status")) or count(about.get("status_code"))
    return _error(code or HTTPStatus.SERVICE_UNAVAILABLE, _names(item), None)


def message_in(body: bytes) -> str:
    """Return what an error says, to be searched and never to be shown; empty if nothing."""
    try:
        whole = fields(orjson.loads(body))
    except orjson.JSONDecodeError:
        return ""
    error = whole.get("error")
    about = fields(error) or whole
    said = (text(error), text(about.get("message")), text(about.get("param")), _detail(whole))
    return " ".join(word for word in said if word)


def _detail(whole: Fields) -> str:
    """Return the `detail` of servers made with FastAPI: words, or what was wrong and where."""
    detail = whole.get("detail")
    if not isinstance(detail, list):
        return text(detail)
    parts: list[str] = []
    for item in detail:
        about = fields(item)
        parts += [text(about.get("msg")), *(str(place) for place in items(about.get("loc")))]
    return " ".join(parts)


def _error(status: int, names: list[str], retry_after: int | None) -> BrainError:
    details = " ".join([f"HTTP {status}", *names])
    if not CONTENT_REFUSED.isdisjoint(names):
        return BrainBlocked(details)
    if _NO_CREDIT in names:  # a 429 of which waiting cures nothing
        return BrainRefused(details, advice=_CREDIT)
    return by_status(status, details, retry_after, _advice(status))


def _advice(status: int) -> str | None:
    """Return what to do about a refusal that every question would meet."""
    return _NOT_THE_SERVER if status < HTTPStatus.BAD_REQUEST else _ADVICE.get(status)


def _names(item: object) -> list[str]:
    """Return the names that an error goes by, as far as they are known ones."""
    whole = fields(item)
    about = fields(whole.get("error")) or whole
    said = [text(about.get("type")), text(about.get("code"))]
    return [name for name in dict.fromkeys(said) if name in _NAMES]
