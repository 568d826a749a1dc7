"""The errors of servers that speak OpenAI's protocol: pure.

Owns which error of ours a response or an object in mid-stream becomes, in the shapes in which
servers write them: OpenAI's, vLLM's own, Ollama's bare string, FastAPI's `detail`, a page.

`details` holds numbers and names that are known below, never a server's prose: that may quote the
request, or the key.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import orjson

from robi.brain.failures import BrainRefused, by_status
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
    said = message_of(item).lower()
    if status == HTTPStatus.NOT_FOUND and (not fields(item) or _NO_SUCH_PATH.search(said)):
        return BrainRefused("HTTP 404", advice=_NOT_THE_SERVER)
    return _error(status, f"HTTP {status}", names, seconds(headers.get("retry-after")))


def error_in(item: object) -> BrainError | None:
    """Return the error that an object of the stream is, None for an ordinary chunk.

    One that states no status has that of its name; without a name it may pass.
    """
    whole = fields(item)
    if not whole.get("error") and whole.get("object") != "error":
        return None
    if _NO_SUCH_PATH.search(message_of(item).lower()):
        return BrainRefused("no such path", advice=_NOT_THE_SERVER)
    names = _names(item)
    status = status_in(item)
    if status is not None:
        return _error(status, f"HTTP {status}", names, None)
    known = next((_STATUS_OF[name] for name in names if name in _STATUS_OF), None)
    return _error(known or HTTPStatus.SERVICE_UNAVAILABLE, "no status", names, None)


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


def _error(status: int, stated: str, names: list[str], retry_after: int | None) -> BrainError:
    details = " ".join([stated, *names])
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
    return [name for name in dict.fromkeys(said) if name in _STATUS_OF or name in CONTENT_REFUSED]
