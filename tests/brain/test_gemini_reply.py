"""Gemini's JSON: what is read, what is ignored, and which error a failure becomes."""

import orjson
import pytest

from robi.brain.base import Fragment
from robi.brain.failures import BrainRefused, EmptyAnswer, worth_retrying
from robi.brain.gemini_reply import Answer, http_error
from robi.errors import BrainBlocked, BrainError, BrainRateLimited, BrainUnavailable
from robi.protocol.messages import TokenUsage


def chunk(
    *parts: object, finish: str | None = None, usage: object = None, **more: object
) -> dict[str, object]:
    candidate: dict[str, object] = {"content": {"role": "model", "parts": list(parts)}}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], **({"usageMetadata": usage} if usage else {}), **more}


def text(words: str) -> dict[str, object]:
    return {"text": words}


def read(*payloads: object) -> list[Fragment]:
    answer = Answer()
    fragments = [part for payload in payloads for part in answer.take(orjson.dumps(payload))]
    last = answer.end()
    return [*fragments, last] if last else fragments


STOP = chunk(finish="STOP")


@pytest.mark.parametrize(
    ("payloads", "words"),
    [
        pytest.param([chunk(text("a")), chunk(text("b"), finish="STOP")], ["a", "b"], id="plain"),
        pytest.param([chunk(text("a"), text("b"), finish="STOP")], ["ab"], id="parts are joined"),
        pytest.param(
            [chunk({"text": "hm", "thought": True}, text("a"), finish="STOP")], ["a"], id="thoughts"
        ),
        pytest.param(
            [chunk({"text": "hm", "thought": True}), chunk(text("a"), finish="STOP")],
            ["a"],
            id="a chunk of thoughts alone",
        ),
        pytest.param([chunk(text("a")), STOP], ["a"], id="an end without parts"),
        pytest.param([[chunk(text("a")), chunk(text("b"), finish="STOP")]], ["a", "b"], id="array"),
        pytest.param(
            [chunk(text("a"), finish="STOP", crystalBall={"x": 1}), {"wonder": []}],
            ["a"],
            id="unknown fields",
        ),
        pytest.param(
            [chunk({"functionCall": {"name": "f"}}, text("a"), finish="TIRED_OF_IT")],
            ["a"],
            id="an unknown part and an unknown end",
        ),
        pytest.param([chunk(text("a"), finish="MAX_TOKENS")], ["a"], id="the limit is an end"),
        pytest.param([chunk(text("a")), chunk(finish="SAFETY")], ["a"], id="refused after words"),
        pytest.param(
            [
                {}, {"candidates": []}, {"candidates": [{}]}, {"candidates": [{"content": {}}]},
                {"candidates": None}, {"candidates": [7]}, {"candidates": [{"content": "x"}]},
                chunk(text("")), chunk({"text": 5}), chunk("x"), 7, None, "x",
                chunk(text("a"), finish="STOP"),
            ],
            ["a"],
            id="chunks of every emptiness and of wrong shapes",
        ),
    ],
)  # fmt: skip
def test_answer_payloads_give_words(payloads: list[object], words: list[str]) -> None:
    assert [fragment.text for fragment in read(*payloads) if fragment.text] == words


def test_answer_counts_are_the_last_that_came_with_the_thoughts() -> None:
    usage = {"promptTokenCount": 7, "candidatesTokenCount": 1}
    final = {"promptTokenCount": 7, "candidatesTokenCount": 3, "thoughtsTokenCount": 2}
    answer = Answer()
    for one in (chunk(text("a"), usage=usage), chunk(text("b")), chunk(usage=final)):
        answer.take(orjson.dumps(one))
    assert answer.usage == TokenUsage(7, 5)


def test_answer_counts_of_a_wrong_shape_are_none() -> None:
    usage = {"promptTokenCount": "7", "candidatesTokenCount": True}
    answer = Answer()
    answer.take(orjson.dumps(chunk(text("a"), usage=usage)))
    assert answer.usage == TokenUsage(0, 0)


@pytest.mark.parametrize(
    ("payloads", "kind", "details"),
    [
        pytest.param(
            [{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}],
            BrainBlocked,
            "PROHIBITED_CONTENT",
            id="blocked prompt",
        ),
        pytest.param([chunk(finish="SAFETY")], BrainBlocked, "SAFETY", id="refused"),
        pytest.param([chunk(finish="RECITATION")], BrainBlocked, "RECITATION", id="recitation"),
        pytest.param([STOP], EmptyAnswer, "empty answer, STOP", id="empty"),
        pytest.param(
            [chunk(finish="MAX_TOKENS")], EmptyAnswer, "empty answer, MAX_TOKENS", id="spent"
        ),
        pytest.param([chunk(text("a"))], BrainUnavailable, "broke off", id="no end"),
        pytest.param([], BrainUnavailable, "broke off", id="nothing at all"),
        pytest.param(
            [chunk(text("a"), finish="FINISH_REASON_UNSPECIFIED")],
            BrainUnavailable,
            "broke off",
            id="an end that is none",
        ),
        pytest.param(
            [{"error": {"code": 503, "status": "UNAVAILABLE", "message": "key=SECRET"}}],
            BrainUnavailable,
            "HTTP 503 UNAVAILABLE",
            id="error in mid-stream",
        ),
        pytest.param(
            [[{"error": {"code": 400, "status": "INVALID_ARGUMENT"}}]],
            BrainRefused,
            "HTTP 400 INVALID_ARGUMENT",
            id="error in an array",
        ),
        pytest.param([{"error": {}}], BrainUnavailable, "HTTP 503", id="error without a code"),
    ],
)
def test_answer_that_is_none_raises(
    payloads: list[object], kind: type[BrainError], details: str
) -> None:
    with pytest.raises(kind) as caught:
        read(*payloads)
    assert (type(caught.value), caught.value.details) == (kind, details)


@pytest.mark.parametrize("payload", [b"{", b"", b"\xff", b"<html>"])
def test_answer_payload_that_is_not_json_raises(payload: bytes) -> None:
    with pytest.raises(BrainUnavailable, match="not JSON"):
        Answer().take(payload)


def google_error(code: int, status: str, *details: object) -> bytes:
    prose = "Quota exceeded for AIzaSECRET"
    error = {"code": code, "message": prose, "status": status, "details": details}
    return orjson.dumps({"error": error})


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "details"),
    [
        (429, google_error(429, "RESOURCE_EXHAUSTED", RETRY), BrainRateLimited,
         "HTTP 429 RESOURCE_EXHAUSTED"),
        (400, google_error(400, "INVALID_ARGUMENT", {"reason": "API_KEY_INVALID"}), BrainRefused,
         "HTTP 400 INVALID_ARGUMENT API_KEY_INVALID"),
        (401, b"", BrainRefused, "HTTP 401"),
        (403, google_error(403, "PERMISSION_DENIED"), BrainRefused, "HTTP 403 PERMISSION_DENIED"),
        (404, b"[" + google_error(404, "NOT_FOUND") + b"]", BrainRefused, "HTTP 404 NOT_FOUND"),
        (302, b"", BrainRefused, "HTTP 302"),
        (408, b"", BrainUnavailable, "HTTP 408"),
        (500, google_error(500, "INTERNAL"), BrainUnavailable, "HTTP 500 INTERNAL"),
        (503, b"[]", BrainUnavailable, "HTTP 503"),
        (502, b"<html>AIzaSECRET</html>", BrainUnavailable, "HTTP 502"),
        (500, google_error(500, "it said: AIzaSECRET"), BrainUnavailable, "HTTP 500"),
    ],
)  # fmt: skip
def test_http_error_status_and_body_give_the_error(
    status: int, body: bytes, kind: type[BrainError], details: str
) -> None:
    error = http_error(status, {}, body)
    assert (type(error), error.details) == (kind, details)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        pytest.param({}, google_error(429, "X", RETRY), 35, id="RetryInfo, rounded up"),
        pytest.param({"retry-after": "7"}, b"", 7, id="header"),
        pytest.param({"retry-after": "7"}, google_error(429, "X", RETRY), 35, id="RetryInfo first"),
        pytest.param({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"", None, id="a date"),
        pytest.param({"retry-after": "-1"}, b"", None, id="nonsense"),
        pytest.param({}, google_error(429, "X", {"retryDelay": 3}), None, id="a number"),
        pytest.param({}, b"", None, id="none"),
    ],
)
def test_http_error_tells_when_to_come_back(
    headers: dict[str, str], body: bytes, seconds: int | None
) -> None:
    assert http_error(429, headers, body).retry_after == seconds


@pytest.mark.parametrize(
    ("error", "worth"),
    [
        (BrainUnavailable(), True),
        (EmptyAnswer("STOP", spent=False), True),
        (EmptyAnswer("MAX_TOKENS", spent=True), False),
        (BrainRateLimited(), True),
        (BrainRefused(), False),
        (BrainBlocked(), False),
    ],
)
def test_failure_is_worth_a_retry_or_not(error: BrainError, worth: bool) -> None:
    assert worth_retrying(error) is worth


@pytest.mark.parametrize(
    ("finish", "short"),
    [("STOP", False), ("MAX_TOKENS", True), ("SAFETY", True), ("OTHER", True), ("NEW", True)],
)
def test_answer_that_the_model_did_not_end_is_short(finish: str, short: bool) -> None:
    fragments = read(chunk(text("a")), chunk(finish=finish))
    assert any(fragment.short for fragment in fragments) is short


@pytest.mark.parametrize(
    ("status", "body", "advice"),
    [
        (301, b"", "GOOGLE_GEMINI_BASE_URL"),
        (204, b"", "GOOGLE_GEMINI_BASE_URL"),
        (404, b"<html>not found</html>", "GOOGLE_GEMINI_BASE_URL"),
        (405, b"", "GOOGLE_GEMINI_BASE_URL"),
        (404, b'{"error": {"code": 404, "status": "NOT_FOUND"}}', "GEMINI_MODEL"),
    ],
)
def test_http_error_says_which_setting_leads_astray(status: int, body: bytes, advice: str) -> None:
    error = http_error(status, {}, body)
    assert isinstance(error, BrainRefused)
    assert (error.advice or "").startswith(advice)
