"""Gemini's REST API as a dialect of the stub: pure.

Owns how Gemini writes chunks, errors and ends, and how it reads a question, base64 in both
alphabets and JSON in both cases of names included.
"""

from typing import Final
from urllib.parse import unquote

import h11
import orjson

from tools.stub.dialect import Question, RefusedError, blob, events, last_words, said
from tools.stub.script import Reply, texts
from tools.stub.smallest import JsonObject, smallest

VERSIONS: Final = ("v1beta", "v1")

STATUS_NAMES: Final = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip

_HOLLOW: Final[tuple[JsonObject, ...]] = (
    {},
    {"candidates": []},
    {"candidates": [{}]},
    {"candidates": [{"content": {}}]},
    {"candidates": [{"content": {"role": "model", "parts": []}}]},
    {"candidates": [{"content": {"parts": [{"text": ""}]}}]},
    {"candidates": None, "usageMetadata": None},
)
_STRANGE: Final[JsonObject] = {
    "candidates": [
        {
            "content": {
                "role": "oracle",
                "parts": [
                    {"executableCode": {"language": "PYTHON", "code": "1"}},
                    {"functionCall": {"name": "open_the_door", "args": {"at_once": True}}},
                    {"hologram": {"depth": 3}},
                ],
            },
            "citationMetadata": {"citationSources": [{"uri": "https://a.example", "endIndex": 4}]},
            "groundingMetadata": {"webSearchQueries": ["x"], "groundingChunks": [{"web": {}}]},
            "safetyRatings": [{"category": "HARM_CATEGORY_NEW", "probability": "UNHEARD_OF"}],
            "avgLogprobs": -0.1,
            "crystalBall": {"x": [1, None]},
        }
    ],
    "promptFeedback": {"safetyRatings": [], "blockReason": "BLOCK_REASON_UNSPECIFIED"},
    "wonder": [],
}


class GeminiDialect:
    """Gemini, as far as a conversation needs it."""

    def tell(self, path: str) -> object | None:
        """Return the models."""
        match path.strip("/").split("/"):
            case [version, "models"] if version in VERSIONS:
                return {"models": [_model("gemini-flash-lite-latest")]}
            case [version, "models", name] if version in VERSIONS:
                return _model(name)
        return None

    def read(
        self, request: h11.Request, path: str, query: dict[str, list[str]], body: bytes
    ) -> Question:
        """Read the body of `generateContent` or `streamGenerateContent`."""
        match path.strip("/").split("/"):
            case [version, "models", name] if version in VERSIONS and ":" in name:
                model, _, verb = unquote(name).partition(":")
            case _:
                raise RefusedError(404)
        if request.method != b"POST" or verb not in {"generateContent", "streamGenerateContent"}:
            raise RefusedError(404)
        has_key = any(name == b"x-goog-api-key" and value for name, value in request.headers)
        if not has_key and "key" not in query:
            raise RefusedError(403)
        try:
            asked = orjson.loads(body)
            contents = [describe(content) for content in asked["contents"]]
            system = describe(asked["systemInstruction"]) if "systemInstruction" in asked else None
            schema = schema_of(asked.get("generationConfig", {}))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RefusedError(400) from error
        streamed = verb == "streamGenerateContent"
        sse = query.get("alt") == ["sse"]
        record: JsonObject = {
            "path": path,
            "model": model,
            "stream": streamed,
            "sse": sse,
            "system": system,
            "contents": contents,
            "structured": schema is not None,
            "generation_config": asked.get("generationConfig"),
            "tools": asked.get("tools"),
        }
        last = _parts(contents[-1]) if contents else []
        return Question(model, streamed, sse, last_words(last), schema, record)

    def chunks(self, reply: Reply, question: Question) -> list[JsonObject]:
        """Return the chunks of the whole answer as Gemini writes them."""
        words, model = question.words, question.model
        if reply.raw:
            return list(reply.raw)
        if reply.error == "blocked":
            return [{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, **_tail(0, 0, model)}]
        if reply.error in {"safety", "empty"}:
            finish = "SAFETY" if reply.error == "safety" else reply.finish
            return [{"candidates": [{"finishReason": finish, "index": 0}], **_tail(1, 0, model)}]
        asked = len(words.split())
        parts: list[JsonObject] = [{"text": text, "thought": True} for text in reply.thoughts]
        parts += [{"text": text} for text in texts(reply, words)]
        parts += [_call(call, at) for at, call in enumerate(reply.calls)]
        whole = [_chunk(part, _tail(asked, at, model)) for at, part in enumerate(parts, 1)]
        if reply.error == "hollow":
            whole = [*_HOLLOW, *(one for chunk in whole for one in (chunk, *_HOLLOW))]
        if reply.error == "strange":
            whole = [_STRANGE, *whole]
        if reply.error == "no_finish":
            return whole or [{"candidates": [{"index": 0}], **_tail(asked, 0, model)}]
        end: JsonObject = {
            "finishReason": "TIRED_OF_IT" if reply.error == "strange" else reply.finish,
            "index": 0,
        }
        if parts and reply.error != "hollow":  # it comes with the last words
            end["content"] = {"role": "model", "parts": [parts[-1]]}
            whole.pop()
        return [*whole, {"candidates": [end], **_tail(asked, len(parts), model)}]

    def whole(self, reply: Reply, question: Question) -> JsonObject:
        """Return all chunks as one object."""
        return one_chunk(self.chunks(reply, question))

    def frames(self, payloads: list[bytes], question: Question, reply: Reply) -> list[bytes]:
        """Return events, or an array where none were asked for."""
        if question.events:
            return events(payloads, reply, self.error(503, reply))
        marks = [b"[", *[b",\r\n"] * (len(payloads) - 1)]
        frames = [mark + payload for mark, payload in zip(marks, payloads, strict=True)]
        frames[-1] += b"]"
        return frames

    def error(self, status: int, reply: Reply) -> JsonObject:
        """Return an error as Google's front ends write it."""
        error: JsonObject = {
            "code": status,
            "message": said(reply),
            "status": STATUS_NAMES.get(status, "UNKNOWN"),
        }
        details: list[JsonObject] = []
        if reply.reason is not None:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            details.append({"@type": kind, "reason": reply.reason, "domain": "googleapis.com"})
        if reply.retry_after is not None and reply.retry_form != "header":
            kind = "type.googleapis.com/google.rpc.RetryInfo"
            details.append({"@type": kind, "retryDelay": _delay(reply)})
        return {"error": {**error, "details": details} if details else error}


def describe(content: JsonObject) -> JsonObject:
    """Describe a content: texts and calls as they are, media as type, size and hash."""
    parts = content["parts"]
    if not isinstance(parts, list):
        raise TypeError
    return {"role": content.get("role"), "parts": [_part(part) for part in parts]}


def schema_of(config: JsonObject) -> JsonObject | None:
    """Return the schema that the answer has to fit, None if it is free.

    Raises:
        ValueError, TypeError, KeyError: Gemini would refuse it: a schema without its type of
            content, or what is no schema.
    """
    schema = config.get("responseJsonSchema", config.get("responseSchema"))
    if schema is None:
        return None
    if not isinstance(schema, dict) or config.get("responseMimeType") != "application/json":
        raise ValueError
    smallest(schema)
    return schema


def one_chunk(whole: list[JsonObject]) -> JsonObject:
    """Join the chunks of a stream to the one object that `generateContent` answers."""
    joined = dict(whole[-1])
    parts: list[object] = []
    for chunk in whole:
        for candidate in _list(chunk.get("candidates")):
            content = candidate.get("content") if isinstance(candidate, dict) else None
            parts += _list(content.get("parts")) if isinstance(content, dict) else []
    candidates = _list(joined.get("candidates"))
    if parts and candidates and isinstance(candidates[0], dict):
        joined["candidates"] = [{**candidates[0], "content": {"role": "model", "parts": parts}}]
    return joined


def _part(part: JsonObject) -> JsonObject:
    data = part.get("inlineData", part.get("inline_data"))
    if isinstance(data, dict):
        return blob(data.get("mimeType", data.get("mime_type")), data["data"])
    if "functionCall" in part:
        return dict(part)
    result = part.get("functionResponse")
    if isinstance(result, dict):
        return {"functionResponse": result, "text": orjson.dumps(result["response"]).decode()}
    return {"text": part["text"]}


def _parts(content: JsonObject) -> list[JsonObject]:
    parts = content["parts"]
    return parts if isinstance(parts, list) else []


def _call(call: JsonObject, at: int) -> JsonObject:
    """Only the first of several calls has a signature, as generation 3 writes them."""
    part: JsonObject = {"functionCall": {"name": call["name"], "args": call.get("arguments", {})}}
    return part if at else {**part, "thoughtSignature": "c3R1Yg=="}


def _chunk(part: JsonObject, tail: JsonObject) -> JsonObject:
    content: JsonObject = {"role": "model", "parts": [part]}
    return {"candidates": [{"content": content, "index": 0}], **tail}


def _tail(asked: int, spoken: int, model: str) -> JsonObject:
    counts = {
        "promptTokenCount": asked,
        "candidatesTokenCount": spoken,
        "totalTokenCount": asked + spoken,
    }
    return {"usageMetadata": counts, "modelVersion": model, "responseId": "stub"}


def _delay(reply: Reply) -> object:
    """Return a protobuf Duration in the form that the reply wants."""
    if reply.retry_form == "string":
        return reply.retry_after
    whole, _, part = (reply.retry_after or "").removesuffix("s").partition(".")
    return {"seconds": whole, "nanos": int(part.ljust(9, "0")) if part else 0}


def _model(name: str) -> JsonObject:
    return {
        "name": f"models/{name}",
        "displayName": name,
        "version": "stub",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "streamGenerateContent"],
    }


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
