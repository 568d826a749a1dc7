"""What Gemini is asked: a `BrainRequest` as the body of a REST call.

Owns the mapping to Gemini's words, built with the public `google.genai.types` only (the SDK's own
converters are private and change between versions; findings.md, *Gemini under trio*). Importing
those types takes 0.85 s of CPU, because the SDK's package pulls in its clients: only
`robi.brain.gemini` imports this module, and only once a brain is built, so that a server that
rehearses never pays for it.

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
from google.genai import types

from robi.brain.base import BrainRequest, Said, ToolResult, ToolRound, ToolSpec
from robi.speech.history import words

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
    config = types.GenerationConfig(
        temperature=request.temperature,
        max_output_tokens=request.max_output_tokens,
        thinking_config=least_thinking(model),
    )
    if request.answers is not None:
        config.response_mime_type = "application/json"
        config.response_json_schema = dict(request.answers)
    whole: dict[str, object] = {
        "contents": contents,
        "generationConfig": _dump(config),
    }
    if request.tools:
        declared = [_declared(tool) for tool in request.tools]
        whole["tools"] = [_dump(types.Tool(function_declarations=declared))]
    if request.system:
        instruction = types.Content(parts=[types.Part(text=request.system)])
        whole["systemInstruction"] = _dump(instruction)
    return orjson.dumps(whole)


def least_thinking(model: str) -> types.ThinkingConfig | None:
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
        return types.ThinkingConfig(thinking_budget=128 if "-pro" in model else 0)
    lite = "flash-lite" in model
    level = types.ThinkingLevel.MINIMAL if lite else types.ThinkingLevel.LOW
    return types.ThinkingConfig(thinking_level=level)


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


def _parts(said: Said) -> Iterator[dict[str, object]]:
    for media in said.media:
        blob = _dump(types.Blob(mime_type=media.mime))
        yield {"inlineData": {**blob, "data": b64encode(media.data).decode("ascii")}}
    if text := words(said):
        yield _dump(types.Part(text=text))


def _declared(tool: ToolSpec) -> types.FunctionDeclaration:
    return types.FunctionDeclaration(
        name=tool.name,
        description=tool.description,
        parameters_json_schema=dict(tool.parameters),
    )


def _called(done: ToolRound, model: str) -> list[dict[str, object]]:
    """Return what the model said and called, with its signatures where it put them.

    Generation 3 thinks on from them, and refuses (400) a round of which the first call has none.
    Such a round is another model's, asked before this one (`robi.brain.failover`): there stands
    the word that Google's guide to thought signatures gives for that.
    """
    parts = [_dump(types.Part(text=done.text))] if done.text else []
    for at, result in enumerate(done.results):
        call, echo = result.call, dict(result.call.echo)
        if at == 0 and not echo and _version(model) >= (3, 0):
            echo["thoughtSignature"] = _FOREIGN
        echo.pop("id", None)
        asked = _dump(types.FunctionCall(id=_id(result), name=call.name))
        parts.append({"functionCall": {**asked, "args": dict(call.arguments)}, **echo})
    return parts


def _came_of(result: ToolResult) -> dict[str, object]:
    answer = types.FunctionResponse(
        id=_id(result), name=result.call.name, response=_as_object(result.content)
    )
    return {"functionResponse": _dump(answer)}


def _id(result: ToolResult) -> str | None:
    """Return the call's id if it is Gemini's own: older models give none, and want none."""
    return result.call.call_id if "id" in result.call.echo else None


def _as_object(content: str) -> dict[str, object]:
    """Return what came of a call as the object that Gemini wants."""
    try:
        whole: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        whole = None
    return whole if isinstance(whole, dict) else {"result": content}


def _dump(
    value: types.Blob
    | types.Content
    | types.FunctionCall
    | types.FunctionResponse
    | types.GenerationConfig
    | types.Part
    | types.Tool,
) -> dict[str, object]:
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)
