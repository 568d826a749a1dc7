"""What goes to Gemini: roles, media byte for byte, and the least thinking of each model."""

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from attrs import evolve
from google.genai import types
from pydantic import BaseModel, ValidationError

from robi.brain.base import BrainRequest
from robi.brain.gemini_request import body
from robi.speech.classification import schema
from robi.speech.scene import Media, Said

Ask = Callable[..., BrainRequest]

LITE = "gemini-3.1-flash-lite"


def sent(request: BrainRequest, model: str = LITE) -> Any:
    """Return the body as Gemini gets it, once Google's public types have read all of it."""
    whole = orjson.loads(body(request, model))
    read: dict[str, object] = {
        "contents": [written(types.Content, content) for content in whole["contents"]],
        "generationConfig": written(types.GenerationConfig, whole["generationConfig"]),
    }
    if "tools" in whole:
        read["tools"] = [written(types.Tool, tool) for tool in whole["tools"]]
    if "systemInstruction" in whole:
        read["systemInstruction"] = written(types.Content, whole["systemInstruction"])
    assert read == whole
    return whole


def written(kind: type[BaseModel], part: Any) -> Any:
    """Return `part` as the type writes it that has read it; it refuses names that it has not."""
    dumped = kind.model_validate(part).model_dump(mode="json", by_alias=True, exclude_none=True)
    return standard(dumped)


def standard(part: Any) -> Any:
    """Return `part` with the alphabet of base64 that we send: pydantic writes the urlsafe one."""
    if isinstance(part, list):
        return [standard(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    return {
        name: inner.replace("-", "+").replace("_", "/") if name == "data" else standard(inner)
        for name, inner in part.items()
    }


def test_written_of_a_name_that_google_does_not_know_is_refused() -> None:
    with pytest.raises(ValidationError):
        written(types.GenerationConfig, {"maxOutputToken": 1})


def test_body_has_the_system_instruction_apart(ask: Ask) -> None:
    assert sent(ask(system="Be kind."))["systemInstruction"] == {"parts": [{"text": "Be kind."}]}


def test_body_without_system_has_none(ask: Ask) -> None:
    assert "systemInstruction" not in sent(ask(system=""))


def test_body_has_history_before_the_utterance(ask: Ask) -> None:
    history = (Said("person", "hola"), Said("robot", "¡Hola!"))
    assert sent(ask("¿qué tal?", history=history))["contents"] == [
        {"role": "user", "parts": [{"text": "hola"}]},
        {"role": "model", "parts": [{"text": "¡Hola!"}]},
        {"role": "user", "parts": [{"text": "¿qué tal?"}]},
    ]


def test_body_answer_that_was_cut_off_ends_in_an_ellipsis(ask: Ask) -> None:
    history = (Said("robot", "Había una", cut_off=True),)
    assert sent(ask(history=history))["contents"][0]["parts"] == [{"text": "Había una…"}]


def test_body_message_without_words_or_media_is_left_out(ask: Ask) -> None:
    assert len(sent(ask("hola", history=(Said("robot", ""),)))["contents"]) == 1


def test_body_media_come_before_the_words_byte_for_byte(ask: Ask) -> None:
    data = bytes(range(256)) * 3
    media = (Media("audio/ogg", data), Media("image/jpeg", b"\xff\xd8"))
    parts = sent(ask("mira", media=media))["contents"][0]["parts"]
    assert [part.get("inlineData", {}).get("mimeType") for part in parts] == [
        "audio/ogg",
        "image/jpeg",
        None,
    ]
    assert base64.urlsafe_b64decode(parts[0]["inlineData"]["data"]) == data


def test_body_has_the_limits_of_the_request(ask: Ask) -> None:
    config = sent(ask())["generationConfig"]
    assert (config["maxOutputTokens"], config["temperature"]) == (512, 0.7)


def test_body_of_a_structured_question_has_its_schema_as_it_stands(ask: Ask) -> None:
    config = sent(evolve(ask(), answers=schema(2)))["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == schema(2)
    assert "responseSchema" not in config


@pytest.mark.parametrize("name", ["responseMimeType", "responseJsonSchema"])
def test_body_of_a_free_question_has_no_schema(ask: Ask, name: str) -> None:
    assert name not in sent(ask())["generationConfig"]


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("gemini-3.5-flash-lite", {"thinkingLevel": "MINIMAL"}),
        ("gemini-3.1-flash-lite-preview", {"thinkingLevel": "MINIMAL"}),
        ("gemini-flash-lite-latest", {"thinkingLevel": "MINIMAL"}),
        ("gemini-3.7-flash", {"thinkingLevel": "LOW"}),
        ("gemini-3-pro-preview", {"thinkingLevel": "LOW"}),
        ("gemini-flash-latest", {"thinkingLevel": "LOW"}),
        ("gemini-4-flash-lite", {"thinkingLevel": "MINIMAL"}),
        ("gemini-2.5-flash", {"thinkingBudget": 0}),
        ("gemini-2.5-flash-lite", {"thinkingBudget": 0}),
        ("gemini-2.5-pro", {"thinkingBudget": 128}),
        ("gemini-2.0-flash-lite", None),
        ("gemini-1.5-flash", None),
        ("gemini-2.5-flash-image", None),
        ("gemini-pro", None),
        ("gemma-4-27b-it", None),
    ],
)
def test_body_asks_for_the_least_thinking_that_a_model_takes(
    ask: Ask, model: str, thinking: dict[str, object] | None
) -> None:
    assert sent(ask(), model)["generationConfig"].get("thinkingConfig") == thinking
