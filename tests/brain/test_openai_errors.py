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
        ({"error": "SECRET"}, BrainUnavailable, "no status"),
        ({"error": {"message": "SECRET"}, "message": "SECRET"}, BrainUnavailable, "no status"),
        ({"error": {"message": "SECRET", "type": "invalid_request_error", "code": None}},
         BrainRefused, "no status invalid_request_error"),
        ({"error": {"message": "SECRET", "type": "None", "code": "429"}}, BrainRateLimited,
         "HTTP 429"),
        ({"error": {"message": "SECRET", "code": "42900"}}, BrainUnavailable, "no status"),
        ({"object": "error", "message": "SECRET", "code": 400, "type": "BadRequestError"},
         BrainRefused, "HTTP 400 BadRequestError"),
        ({"error": {"code": "content_policy_violation"}}, BrainBlocked,
         "no status content_policy_violation"),
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
        (
            404,
            b'{"error": {"message": "model not found", "code": "model_not_found"}}',
            "OPENAI_MODEL",
        ),
        (404, b'{"detail": "Not Found"}', "OPENAI_BASE_URL"),
        (404, b'{"error": {"message": "File Not Found", "code": 404}}', "OPENAI_BASE_URL"),
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


def test_path_that_is_not_there_in_a_response_of_status_200_says_what_to_do() -> None:
    error = error_in({"error": "Unexpected endpoint or method. (POST /api/chat/completions)"})
    assert isinstance(error, BrainRefused)
    assert "OPENAI_BASE_URL" in (error.advice or "")


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
