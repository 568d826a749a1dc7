"""Errors as servers of OpenAI's protocol write them: which of ours each becomes."""

import pytest

from robi.brain.failures import BrainRefused
from robi.brain.openai_errors import error_in, http_error, message_in
from robi.errors import BrainBlocked, BrainError, BrainRateLimited, BrainUnavailable


@pytest.mark.parametrize(
    ("item", "kind", "details"),
    [
        ({"error": {"message": "SECRET", "type": "server_error", "code": 500}}, BrainUnavailable,
         "HTTP 500 server_error"),
        ({"error": "SECRET"}, BrainUnavailable, "HTTP 503"),
        ({"object": "error", "message": "SECRET", "code": 400, "type": "BadRequestError"},
         BrainRefused, "HTTP 400 BadRequestError"),
        ({"error": {"code": "content_policy_violation"}}, BrainBlocked,
         "HTTP 503 content_policy_violation"),
        ({"error": {"code": 429, "type": "sk-SECRET"}}, BrainRateLimited, "HTTP 429"),
    ],
)  # fmt: skip
def test_error_in_mid_stream_is_one(item: object, kind: type[BrainError], details: str) -> None:
    error = error_in(item)
    assert (type(error), error and error.details) == (kind, details)


@pytest.mark.parametrize(
    ("status", "body", "advice"),
    [
        (404, b"404 page not found", "OPENAI_BASE_URL"),
        (404, b'{"error": {"message": "model not found"}}', "OPENAI_MODEL"),
        (404, b'{"detail": "Not Found"}', "OPENAI_MODEL"),
        (405, b"", "OPENAI_BASE_URL"),
        (301, b"", "OPENAI_BASE_URL"),
        (401, b"", "OPENAI_API_KEY"),
        (402, b"", "credit"),
        (400, b"", None),
    ],
)
def test_http_error_says_what_to_do(status: int, body: bytes, advice: str | None) -> None:
    error = http_error(status, {}, body)
    assert isinstance(error, BrainRefused)
    assert (advice or "") in (error.advice or "")
    assert (error.advice is None) is (advice is None)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "no audio", "param": "messages"}}', "no audio messages"),
        (b'{"error": "no audio"}', "no audio"),
        (b'{"object": "error", "message": "no audio"}', "no audio"),
        (b'{"detail": "no audio"}', "no audio"),
        (b'{"detail": [{"loc": ["body", "stream_options"], "msg": "extra"}]}',
         "extra body stream_options"),
        (b"<html>", ""),
        (b"[]", ""),
    ],
)  # fmt: skip
def test_message_of_an_error_is_found(body: bytes, message: str) -> None:
    assert message_in(body) == message
