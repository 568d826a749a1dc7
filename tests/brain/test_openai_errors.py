"""Errors as servers of OpenAI's protocol write them: which of ours each becomes."""

import orjson
import pytest

from robi.brain.failures import BrainRefused, ContextTooShort
from robi.brain.openai_errors import error_in, http_error, message_in
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainUnavailable,
    PictureNotTaken,
)
from robi.speech.scene import Media


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


LONG = (
    "This model's maximum context length is 2048 tokens. However, you requested 4000 tokens "
    "(3500 in the messages, 500 in the tools)."
)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"message": LONG, "type": "BadRequestError"}),
        (400, {"message": "the request exceeds the available context size, try increasing it"}),
        (500, {"message": "the request exceeds the available context size. try increasing"}),
        (400, {"message": "no", "code": "context_length_exceeded"}),
        (400, {"message": "no", "type": "exceed_context_size_error"}),
        (400, {"message": "max_tokens is too large: 512. This model supports at most 256"}),
        (400, {"message": "'max_tokens' or 'max_completion_tokens' is too large: 512."}),
    ],
)
def test_question_that_is_too_long_is_not_mended_by_time(
    status: int, error: dict[str, str]
) -> None:
    body = orjson.dumps({"error": error})
    failure = http_error(status, {}, body, (Media("audio/wav", b""),))
    assert isinstance(failure, ContextTooShort)
    assert "longer context" in (failure.advice or "")


def test_question_that_is_too_long_is_known_inside_a_response_of_status_200() -> None:
    said = "However, the model is loaded with context length of only 4096 tokens"
    assert type(error_in({"error": said})) is ContextTooShort


def test_error_that_nobody_understands_is_about_the_media_of_the_question() -> None:
    item = {"error": {"message": "SECRET", "code": 400}}
    error = error_in(item, (Media("image/png", b""),))
    assert (type(error), error and error.details) == (PictureNotTaken, "HTTP 400")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "no audio", "param": "messages"}}', "no audio messages"),
        (b'{"error": "no audio"}', "no audio"),
        (b'{"object": "error", "message": "no audio"}', "no audio"),
        (b'{"detail": "no audio"}', "no audio"),
        (b'{"detail": [{"loc": ["body", "stream_options"], "msg": "extra"}]}',
         "extra body stream_options"),
        (b'{"object": "error", "message": {"detail": [{"loc": ["body", "x"], "msg": "extra"}]}}',
         "extra body x"),
        (b"<html>", ""),
        (b"[]", ""),
    ],
)  # fmt: skip
def test_message_of_an_error_is_found(body: bytes, message: str) -> None:
    assert message_in(body) == message
