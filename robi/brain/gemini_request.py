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

from robi.brain.base import BrainRequest, Said
from robi.speech.history import words

_GENERATION: Final = re.compile(r"gemini-(\d+)(?:\.(\d+))?-")
_NOT_FOR_TALK: Final = ("image", "tts", "live", "audio", "embedding")
_ROLES: Final = {"person": "user", "robot": "model"}


def body(request: BrainRequest, model: str) -> bytes:
    """Return the JSON body of `generateContent` and `streamGenerateContent` for `model`."""
    contents = [
        {"role": _ROLES[said.role], "parts": parts}
        for said in (*request.history, request.utterance)
        if (parts := list(_parts(said)))
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
    if request.system:
        instruction = types.Content(parts=[types.Part(text=request.system)])
        whole["systemInstruction"] = _dump(instruction)
    return orjson.dumps(whole)


def least_thinking(model: str) -> types.ThinkingConfig | None:
    """Return the setting with which `model` thinks least, None for one that takes no setting.

    From Google's thinking guide and the errors people meet (2026-09): 2.5 takes a budget, which
    its Pro refuses below 128; 3 and later take a level instead, of which only Flash-Lite knows
    MINIMAL everywhere (3.7 Flash and the Pros answer it with 400). Earlier ones, other families
    and models for pictures or voices take neither. An alias (`…-latest`) stands for a model of
    generation 3 or later.
    """
    if not model.startswith("gemini-") or any(word in model for word in _NOT_FOR_TALK):
        return None
    generation = _GENERATION.match(model)
    if generation is not None:
        version = (int(generation[1]), int(generation[2] or 0))
        if version < (2, 5):
            return None
        if version < (3, 0):
            return types.ThinkingConfig(thinking_budget=128 if "-pro" in model else 0)
    elif not model.endswith("-latest"):
        return None
    lite = "flash-lite" in model
    level = types.ThinkingLevel.MINIMAL if lite else types.ThinkingLevel.LOW
    return types.ThinkingConfig(thinking_level=level)


def _parts(said: Said) -> Iterator[dict[str, object]]:
    for media in said.media:
        blob = _dump(types.Blob(mime_type=media.mime))
        yield {"inlineData": {**blob, "data": b64encode(media.data).decode("ascii")}}
    if text := words(said):
        yield _dump(types.Part(text=text))


def _dump(
    value: types.Blob | types.Content | types.GenerationConfig | types.Part,
) -> dict[str, object]:
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)
