"""What Gemini is asked: a `BrainRequest` as the body of a REST call.

Owns the mapping to Gemini's words, as plain JSON. That it is what Gemini's public types
(`google.genai.types`) describe is for tests to see (tests/brain/test_gemini_request.py): importing
those takes 0.4 s of CPU and 21 MB, which a server would spend to write braces
(docs/decisions/0018-the-way-of-a-chunk.md).

Bytes go out as standard base64 (RFC 4648 §4). The SDK sends the urlsafe alphabet, because pydantic
writes that; the REST API takes both, but what stands between us and it (a proxy that looks inside,
a test server) may know only the standard one, which every decoder reads.

A structured answer is asked for by `responseJsonSchema`, which takes JSON Schema as it stands;
`responseSchema` wants another dialect of it and is deprecated. Bounds in a schema (`maxItems`,
`minimum`) are paid for from a hidden budget, and above it the whole call is a bare 400: the schemas
of `robi.speech` hold few, and their readers check the rest.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Final

import orjson

from robi.brain.base import BrainRequest, Said, ToolResult, ToolRound, ToolSpec
from robi.speech.history import words

Json = dict[str, object]

_GENERATION: Final = re.compile(r"gemini-(\d+)(?:\.(\d+))?-")
_NOT_FOR_TALK: Final = ("image", "tts", "live", "audio", "embedding")
_FOREIGN: Final = "skip_thought_signature_validator"
_ROLES: Final = {"person": "user", "robot": "model"}


def body(request: BrainRequest, model: str) -> bytes:
    """Return the JSON body of `generateContent` and `streamGenerateContent` for `model`."""
    contents = [
        {"role": _ROLES[said.role], "parts": parts}
        for said in (*request.history, request.utterance)
        if (parts := list(_parts(said)))
    ]
    for done in request.rounds:
        contents += [
            {"role": "model", "parts": _called(done, model)},
            {"role": "user", "parts": [_came_of(result) for result in done.results]},
        ]
    config: Json = {
        "temperature": request.temperature,
        "maxOutputTokens": request.max_output_tokens,
    }
    if (thinking := least_thinking(model)) is not None:
        config["thinkingConfig"] = thinking
    if request.answers is not None:
        config["responseMimeType"] = "application/json"
        config["responseJsonSchema"] = dict(request.answers)
    whole: Json = {"contents": contents, "generationConfig": config}
    if request.tools:
        whole["tools"] = [{"functionDeclarations": [_declared(tool) for tool in request.tools]}]
    if request.system:
        whole["systemInstruction"] = {"parts": [{"text": request.system}]}
    return orjson.dumps(whole)


def least_thinking(model: str) -> Json | None:
    """Return the setting with which `model` thinks least, None for one that takes no setting.

    From Google's thinking guide and the errors people meet (2026-09): 2.5 takes a budget, which
    its Pro refuses below 128; 3 and later take a level instead, of which only Flash-Lite knows
    MINIMAL everywhere (3.7 Flash and the Pros answer it with 400). Earlier ones, other families
    and models for pictures or voices take neither.
    """
    version = _version(model)
    if version < (2, 5):
        return None
    if version < (3, 0):
        return {"thinkingBudget": 128 if "-pro" in model else 0}
    return {"thinkingLevel": "MINIMAL" if "flash-lite" in model else "LOW"}


def _version(model: str) -> tuple[int, int]:
    """Return the generation of a Gemini that talks, (0, 0) for other models.

    An alias (`…-latest`) stands for a model of generation 3 or later.
    """
    if not model.startswith("gemini-") or any(word in model for word in _NOT_FOR_TALK):
        return 0, 0
    generation = _GENERATION.match(model)
    if generation is not None:
        return int(generation[1]), int(generation[2] or 0)
    return (3, 0) if model.endswith("-latest") else (0, 0)


def _parts(said: Said) -> Iterator[Json]:
    for media in said.media:
        data = b64encode(media.data).decode("ascii")
        yield {"inlineData": {"mimeType": media.mime, "data": data}}
    if text := words(said):
        yield {"text": text}


def _declared(tool: ToolSpec) -> Json:
    return {
        "name": tool.name,
        "description": tool.description,
        "parametersJsonSchema": dict(tool.parameters),
    }


def _called(done: ToolRound, model: str) -> list[Json]:
    """Return what the model said and called, with its signatures where it put them.

    Generation 3 thinks on from them, and refuses (400) a round of which the first call has none.
    Such a round is another model's, asked before this one (`robi.brain.failover`): there stands
    the word that Google's guide to thought signatures gives for that.
    """
    parts: list[Json] = [{"text": done.text}] if done.text else []
    for at, result in enumerate(done.results):
        call, echo = result.call, dict(result.call.echo)
        if at == 0 and not echo and _version(model) >= (3, 0):
            echo["thoughtSignature"] = _FOREIGN
        echo.pop("id", None)
        asked = {**_named(result), "args": dict(call.arguments)}
        parts.append({"functionCall": asked, **echo})
    return parts


def _came_of(result: ToolResult) -> Json:
    return {"functionResponse": {**_named(result), "response": _as_object(result.content)}}


def _named(result: ToolResult) -> Json:
    """Return which call it is, by its id too if that is Gemini's own: older models have none."""
    name: Json = {"name": result.call.name}
    return {"id": result.call.call_id, **name} if "id" in result.call.echo else name


def _as_object(content: str) -> Json:
    """Return what came of a call as the object that Gemini wants."""
    try:
        whole: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        whole = None
    return whole if isinstance(whole, dict) else {"result": content}
