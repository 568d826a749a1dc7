"""Which feature a refusal is of: by the words of the servers in the field."""

import pytest

from robi.brain.openai_features import Feature, refused

ALL: frozenset[Feature] = frozenset(
    {"system", "stream_options", "reasoning_effort", "max_tokens", "temperature", "json_schema",
     "json_object", "tools", "audio", "image"}
)  # fmt: skip


MAX_TOKENS = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead."
)
CONTENT = (
    "Invalid 'content': 'content' objects must have a 'type' field that is either "
    "'text' or 'image_url'."
)
GROQ = (
    "for 'role:user' the following must be satisfied"
    "[('messages.1.content' : value must be a string)]"
)
MMPROJ = " - hint: if this is unexpected, you may need to provide the mmproj"


@pytest.mark.parametrize(
    "message",
    [
        "unsupported content[].type",
        "Input should be 'text' body messages 1 content 0 type",
        "messages[1]: unknown variant `image_url`, expected `text`",
        "'messages.1.content' : value must be a string",
    ],
)
def test_refusal_of_the_content_of_a_picture_alone_is_of_the_picture(message: str) -> None:
    assert refused(400, message, {"image"}) == "image"


@pytest.mark.parametrize(
    ("status", "message", "feature"),
    [
        (400, MAX_TOKENS, "max_tokens"),
        (400, "Unsupported value: 'temperature' does not support 0.7 with this model.",
         "temperature"),
        (400, 'Unrecognized request argument supplied: reasoning_effort', "reasoning_effort"),
        (400, '"llama3" does not support thinking', "reasoning_effort"),
        (422, "Extra inputs are not permitted body stream_options", "stream_options"),
        (400, "'response_format.type' must be 'json_schema' or 'text'", "json_schema"),
        (400, "registry.ollama.ai/library/gemma3:4b does not support tools", "tools"),
        (500, "tools param requires --jinja flag", "tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice to be set', "tools"),
        (404, "No endpoints found that support tool use", "tools"),
        (500, "audio input is not supported" + MMPROJ, "audio"),
        (400, "invalid message format", "audio"),
        (400, "unsupported content[].type", "audio"),
        (400, CONTENT, "audio"),
        (400, "At most 0 audio(s) may be provided in one prompt.", "audio"),
        (400, "System role not supported", "system"),
        (500, "Only user and assistant roles are supported!", "system"),
        (400, "Conversation roles must alternate user/assistant/user/assistant/...", "system"),
        (400, "Developer instruction is not enabled for models/gemma-3-4b-it", "system"),
        (422, "Extra inputs are not permitted body temperature", "temperature"),
        (422, "Input should be 'text', 'image_url' body messages 1 content 0 type", "audio"),
        (422, "Input should be 'text' or 'image_url' body messages 1 content 0 type", "audio"),
        (422, "Input should be a valid string body messages 1 content str", "audio"),
        (400, GROQ, "audio"),
        (400, "messages[1]: unknown variant `input_audio`, expected `text` at line 1", "audio"),
        (500, "this model is missing data required for audio input", "audio"),
        (404, "No endpoints found that support image input", "image"),
        (500, "image input is not supported" + MMPROJ, "image"),
        (503, "audio input is not supported", None),
        (401, "audio input is not supported", None),
        (400, "failed to decode audio", None),
        (400, "the image must be at least 10 pixels wide", None),
        (422, "Input should be less than 2 body top_p", None),
        (404, "model 'llava-image' not found", None),
        (404, "model 'firefunction-tools' not found", None),
        (400, "the prompt is too long", None),
        (None, "Engine protocol: tools not supported", "tools"),
        (None, "'response_format.type' must be 'json_schema' or 'text'", "json_schema"),
        (None, "image input is not supported", "image"),
        (None, "the tools of this engine crashed", None),
        (None, "Compute error.", None),
        (400, "", None),
    ],
)  # fmt: skip
def test_refusal_is_of_the_feature_that_its_words_name(
    status: int | None, message: str, feature: Feature | None
) -> None:
    assert refused(status, message, ALL) == feature


def test_refusal_of_what_was_not_asked_is_none() -> None:
    assert refused(400, "audio input is not supported", {"temperature"}) is None


def test_refusal_after_the_schema_is_of_json() -> None:
    assert refused(400, "response_format is not supported", ALL - {"json_schema"}) == "json_object"
