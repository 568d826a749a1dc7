"""What a model's service may do, as the stub does it: fair if strange, and foul.

Shared by the tests of each brain (`tests/brain/test_weather.py`) and of a whole server
(`tests/e2e/test_weather.py`).
"""

import pytest
from attrs import frozen

from robi.brain.failures import BrainRefused, EmptyAnswer
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainUnavailable,
)
from tools.stub.script import Reply

WORDS = ("¿Qué", " tal, ", "Íñigo? 🤖")

FAIR = [
    pytest.param(Reply(chunks=WORDS), id="plain"),
    pytest.param(Reply(chunks=WORDS, crlf=True), id="crlf"),
    *(pytest.param(Reply(chunks=WORDS, split=n), id=f"split {n}") for n in (1, 2, 3, 7, 64)),
    *(pytest.param(Reply(chunks=WORDS, split=n, crlf=True), id=f"crlf {n}") for n in (1, 5)),
    pytest.param(Reply(chunks=WORDS, split="random"), id="split anywhere"),
    pytest.param(Reply(chunks=WORDS, error="hollow"), id="chunks without what should be in them"),
    pytest.param(Reply(chunks=WORDS, error="hollow", split=11), id="such chunks, split"),
    pytest.param(Reply(chunks=WORDS, error="strange"), id="unknown fields, parts and names"),
    pytest.param(Reply(chunks=WORDS, thoughts=("hm", "ah")), id="thoughts"),
    pytest.param(
        Reply(chunks=WORDS, calls=({"name": "open_the_door", "arguments": {"now": True}},)),
        id="a call that nobody asked for",
    ),
    pytest.param(Reply(chunks=WORDS, finish="MAX_TOKENS"), id="cut at its longest"),
    pytest.param(Reply(chunks=WORDS, finish="SAFETY"), id="judged after it was said"),
    pytest.param(Reply(chunks=WORDS, finish="RECITATION"), id="recited"),
    pytest.param(Reply(chunks=WORDS, finish="OTHER"), id="ended for another reason"),
    pytest.param(Reply(chunks=WORDS, finish="TIRED_OF_IT"), id="ended for an unheard-of reason"),
]


@frozen
class Foul:
    """What comes of a reply: the words kept, the kind of error, its details for each.

    `lasting`: with which brains only people can mend it.
    """

    reply: Reply
    kept: tuple[str, ...]
    kind: type[BrainError]
    gemini: str
    openai: str
    retry_after: int | None = None
    lasting: tuple[str, ...] = ()


AB = ("a", "b")
NOT_OURS = "the answer is not the model's: neither events nor JSON"

FOUL = {
    "bare error in mid-stream": Foul(
        Reply(chunks=AB, error="bare"), ("a",), BrainUnavailable,
        "HTTP 503 UNAVAILABLE", "HTTP 503 unavailable_error"),
    "bare error, crlf, split": Foul(
        Reply(chunks=AB, error="bare", crlf=True, split=3), ("a",), BrainUnavailable,
        "HTTP 503 UNAVAILABLE", "HTTP 503 unavailable_error"),
    "error event in mid-stream": Foul(
        Reply(chunks=AB, error="error_event"), ("a",), BrainUnavailable,
        "HTTP 503 UNAVAILABLE", "HTTP 503 unavailable_error"),
    "error event at once": Foul(
        Reply(chunks=("a",), error="error_event"), (), BrainUnavailable,
        "HTTP 503 UNAVAILABLE", "HTTP 503 unavailable_error"),
    "judged": Foul(Reply(error="safety"), (), BrainBlocked, "SAFETY", "content_filter"),
    "recitation": Foul(
        Reply(error="empty", finish="RECITATION"), (), BrainBlocked,
        "RECITATION", "content_filter"),
    "question blocked": Foul(
        Reply(error="blocked"), (), BrainBlocked, "PROHIBITED_CONTENT", "stop"),
    "spent on thoughts": Foul(
        Reply(error="empty", finish="MAX_TOKENS"), (), EmptyAnswer,
        "empty answer, MAX_TOKENS", "empty answer, length"),
    "other": Foul(
        Reply(error="empty", finish="OTHER"), (), EmptyAnswer,
        "empty answer, OTHER", "empty answer, another end"),
    "empty": Foul(
        Reply(error="empty"), (), EmptyAnswer, "empty answer, STOP", "empty answer, stop"),
    "thoughts alone": Foul(
        Reply(text="", thoughts=("hm",)), (), EmptyAnswer,
        "empty answer, STOP", "empty answer, stop"),
    "a call that nobody asked for, alone": Foul(
        Reply(text="", calls=({"name": "f"},)), (), EmptyAnswer,
        "empty answer, STOP", "empty answer, tool_calls"),
    "no end": Foul(
        Reply(chunks=AB, error="no_finish"), AB, BrainUnavailable, "broke off", "broke off"),
    "connection cut after words": Foul(
        Reply(chunks=AB, break_after=1), ("a",), BrainUnavailable,
        "RemoteProtocolError", "RemoteProtocolError"),
    "connection cut before words": Foul(
        Reply(chunks=AB, break_after=0), (), BrainUnavailable,
        "RemoteProtocolError", "RemoteProtocolError"),
    "page of a proxy": Foul(
        Reply(error="html"), (), BrainUnavailable, "HTTP 502", "HTTP 502"),
    "page of a proxy that says all is well": Foul(
        Reply(error="page"), (), BrainUnavailable,
        NOT_OURS, NOT_OURS),
    "400": Foul(
        Reply(error="400"), (), BrainRefused,
        "HTTP 400 INVALID_ARGUMENT", "HTTP 400 invalid_request_error"),
    "400, bad key": Foul(
        Reply(error="400", reason="API_KEY_INVALID"), (), BrainRefused,
        "HTTP 400 INVALID_ARGUMENT API_KEY_INVALID", "HTTP 400 invalid_request_error",
        lasting=("gemini",)),
    "401": Foul(
        Reply(error="401", reason="invalid_api_key"), (), BrainRefused,
        "HTTP 401 UNAUTHENTICATED", "HTTP 401 authentication_error invalid_api_key",
        lasting=("gemini", "openai")),
    "403": Foul(
        Reply(error="403"), (), BrainRefused,
        "HTTP 403 PERMISSION_DENIED", "HTTP 403 permission_error", lasting=("gemini", "openai")),
    "404, unknown model": Foul(
        Reply(error="404", reason="model_not_found"), (), BrainRefused,
        "HTTP 404 NOT_FOUND", "HTTP 404 not_found_error model_not_found",
        lasting=("gemini", "openai")),
    "408": Foul(Reply(error="408"), (), BrainUnavailable,
        "HTTP 408 UNKNOWN", "HTTP 408 server_error"),
    "413": Foul(Reply(error="413"), (), BrainRefused,
        "HTTP 413 UNKNOWN", "HTTP 413 server_error"),
    "429": Foul(
        Reply(error="429"), (), BrainRateLimited,
        "HTTP 429 RESOURCE_EXHAUSTED", "HTTP 429 rate_limit_error"),
    "429 with Retry-After": Foul(
        Reply(error="429", retry_after="34.4s", retry_form="header"), (), BrainRateLimited,
        "HTTP 429 RESOURCE_EXHAUSTED", "HTTP 429 rate_limit_error", 35),
    "500": Foul(
        Reply(error="500"), (), BrainUnavailable, "HTTP 500 INTERNAL", "HTTP 500 server_error"),
    "503": Foul(
        Reply(error="503", retry_after="2s", retry_form="header"), (), BrainUnavailable,
        "HTTP 503 UNAVAILABLE", "HTTP 503 unavailable_error", 2),
}  # fmt: skip
