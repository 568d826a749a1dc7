"""OpenAI's protocol as a dialect of the stub, as servers at home speak it: pure.

Owns how such a server writes chunks, errors and ends: the role in the first delta, calls in pieces,
counts in a last chunk without choices, `[DONE]`.
"""

from typing import Final

import h11
import orjson

from tools.stub.dialect import Question, RefusedError, blob, events, last_words, said
from tools.stub.script import Reply, texts
from tools.stub.smallest import JsonObject, smallest

_FINISHES: Final = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
}
_TYPES: Final = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
    404: "not_found_error", 429: "rate_limit_error", 500: "server_error",
    503: "unavailable_error",
}  # fmt: skip
_DONE: Final = b"data: [DONE]"
_ENDLESS: Final = frozenset({"no_finish", "invalid", "bare", "error_event", "nameless_event"})
"""Faults of the last words, or instead of them: nothing follows."""

_DATA_URL: Final = "data:"
_HOLLOW: Final[tuple[JsonObject, ...]] = (
    {},
    {"choices": []},
    {"choices": [{}]},
    {"choices": [{"delta": {}}]},
    {"choices": [{"delta": {"role": "assistant", "content": None}}]},
    {"choices": [{"delta": {"content": ""}, "finish_reason": None}]},
    {"choices": None, "usage": None},
)
_STRANGE: Final[JsonObject] = {
    "choices": [
        {
            "delta": {
                "role": "oracle",
                "content": [{"type": "hologram", "depth": 3}],
                "annotations": [{"type": "url_citation", "url": "https://a.example"}],
                "tool_calls": [
                    {
                        "index": 0,
                        "id": "c1",
                        "function": {"name": "open_the_door", "arguments": "{}"},
                    }
                ],
                "crystal_ball": {"x": [1, None]},
            },
            "logprobs": {"content": []},
            "content_filter_results": {"hate": {"severity": "unheard of"}},
        }
    ],
    "service_tier": "other",
    "wonder": [],
}


class OpenAIDialect:
    """`/v1/chat/completions` and `/v1/models`."""

    def tell(self, path: str) -> object | None:
        """Return the models."""
        if path != "/v1/models":
            return None
        return {"object": "list", "data": [{"id": "stub", "object": "model", "owned_by": "robi"}]}

    def read(
        self, request: h11.Request, path: str, query: dict[str, list[str]], body: bytes
    ) -> Question:
        """Read the body of a chat completion; nothing is asked by the `query`."""
        if request.method != b"POST" or path != "/v1/chat/completions" or query:
            raise RefusedError(404)
        try:
            asked = orjson.loads(body)
            messages = [describe(message) for message in asked["messages"]]
            model, streamed = str(asked["model"]), bool(asked.get("stream", False))
            schema = schema_of(asked.get("response_format"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RefusedError(400) from error
        plain = {name: value for name, value in asked.items() if name != "messages"}
        record: JsonObject = {
            "path": path,
            "model": model,
            "stream": streamed,
            "messages": messages,
            "structured": schema is not None,
            **plain,
        }
        words = last_words(_parts(messages[-1])) if messages else ""
        return Question(model, streamed, streamed, words, schema, record)

    def chunks(self, reply: Reply, question: Question) -> list[JsonObject]:
        """Return the chunks of the whole answer as such a server writes them."""
        if reply.raw:
            return list(reply.raw)
        spoken = texts(reply, question.words)
        deltas: list[JsonObject] = [{"reasoning_content": text} for text in reply.thoughts]
        if reply.error == "blocked":
            deltas.append({"refusal": "No."})
        elif reply.error not in {"safety", "empty"}:
            deltas += [{"content": text} for text in spoken]
            deltas += [delta for at, call in enumerate(reply.calls) for delta in _call(call, at)]
        if deltas:
            deltas[0] = {"role": "assistant", **deltas[0]}
        whole = [_chunk(delta, question.model) for delta in deltas]
        if reply.error == "hollow":
            whole = [*_HOLLOW, *(one for chunk in whole for one in (chunk, *_HOLLOW))]
        if reply.error == "strange":
            whole = [_STRANGE, *whole]
        if reply.error not in _ENDLESS:
            whole.append(_chunk({}, question.model, finish_of(reply)))
            usage = _usage(len(question.words.split()), len(spoken))
            whole.append({**_chunk({}, question.model), "choices": [], "usage": usage})
        return whole

    def whole(self, reply: Reply, question: Question) -> JsonObject:
        """Return the answer in one object."""
        if reply.raw:
            return dict(reply.raw[-1])
        spoken = texts(reply, question.words)
        silent = reply.error in {"safety", "empty", "blocked"}
        message: JsonObject = {"role": "assistant", "content": "" if silent else "".join(spoken)}
        if reply.error == "blocked":
            message["refusal"] = "No."
        if reply.calls:
            message["tool_calls"] = [_whole_call(call, at) for at, call in enumerate(reply.calls)]
        choice = {"index": 0, "message": message, "finish_reason": finish_of(reply)}
        if reply.error == "no_finish":
            choice["finish_reason"] = None
        usage = _usage(len(question.words.split()), len(spoken))
        return {
            "id": "stub",
            "object": "chat.completion",
            "created": 0,
            "model": question.model,
            "choices": [choice],
            "usage": usage,
        }

    def frames(self, payloads: list[bytes], _question: Question, reply: Reply) -> list[bytes]:
        """Return events, with the word that ends them."""
        frames = events(payloads, reply, self.error(503, reply))
        if reply.error not in _ENDLESS:
            frames[-1] += _DONE + (b"\r\n\r\n" if reply.crlf else b"\n\n")
        return frames

    def error(self, status: int, reply: Reply) -> JsonObject:
        """Return an error as OpenAI, Ollama and llama.cpp write it."""
        kind = _TYPES.get(status, "server_error")
        error: JsonObject = {"message": said(reply), "type": kind, "param": None}
        return {"error": {**error, "code": reply.reason or status}}


def finish_of(reply: Reply) -> str:
    """Return the reason of the end as this protocol calls it."""
    if reply.error == "strange":
        return "tired_of_it"
    if reply.error == "safety":
        return "content_filter"
    if reply.calls and reply.finish == "STOP":
        return "tool_calls"
    return _FINISHES.get(reply.finish, reply.finish.lower())


def describe(message: JsonObject) -> JsonObject:
    """Describe a message: texts and calls as they are, media as type, size and hash."""
    content = message["content"]
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    told = {name: value for name, value in message.items() if name != "content"}
    return {**told, "parts": [_part(part) for part in parts]}


def schema_of(wanted: object) -> JsonObject | None:
    """Return the schema that the answer has to fit, None if it is free."""
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return None
    schema = wanted["json_schema"]["schema"]
    smallest(schema)
    return dict(schema)


def _part(part: JsonObject) -> JsonObject:
    match part:
        case {"type": "text", "text": str(text)}:
            return {"text": text}
        case {"type": "image_url", "image_url": {"url": str(url)}} if url.startswith(_DATA_URL):
            kind, _, data = url.removeprefix(_DATA_URL).partition(";base64,")
            return blob(kind, data)
        case {"type": "input_audio", "input_audio": {"data": str(data), "format": str(kind)}}:
            return blob(kind, data)
    raise ValueError


def _parts(message: JsonObject) -> list[JsonObject]:
    parts = message["parts"]
    return parts if isinstance(parts, list) else []


def _call(call: JsonObject, at: int) -> list[JsonObject]:
    """Return the deltas of a call: its name first, then the arguments in two pieces."""
    whole = _whole_call(call, at)
    function = whole["function"]
    written = str(function["arguments"]) if isinstance(function, dict) else ""
    half = len(written) // 2
    first = {**whole, "index": at, "function": {"name": call["name"], "arguments": ""}}
    pieces = [
        {"index": at, "function": {"arguments": part}} for part in (written[:half], written[half:])
    ]
    return [{"tool_calls": [piece]} for piece in (first, *pieces)]


def _whole_call(call: JsonObject, at: int) -> JsonObject:
    written = orjson.dumps(call.get("arguments", {})).decode()
    function = {"name": call["name"], "arguments": written}
    return {"id": f"stub-{at}", "type": "function", "function": function}


def _chunk(delta: JsonObject, model: str, finish: str | None = None) -> JsonObject:
    return {
        "id": "stub",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def _usage(asked: int, spoken: int) -> JsonObject:
    return {
        "prompt_tokens": asked,
        "completion_tokens": spoken,
        "total_tokens": asked + spoken,
    }
