"""What servers that speak OpenAI's protocol take of it: pure.

Owns the features of a question that one server takes and another refuses, and how a refusal tells
which. The protocol has no way to ask; so a question has all that it could use, and what is refused
is left out of the next (`robi.brain.openai`). Refusals are known by words that name the feature:
each sign below was met in the field, the server beside it. Those words are read here and go
nowhere else, for they may quote the question.
"""

import re
from collections.abc import Set
from http import HTTPStatus
from typing import Final, Literal

Feature = Literal[
    "system",
    "stream_options",
    "reasoning_effort",
    "max_tokens",
    "temperature",
    "json_schema",
    "json_object",
    "tools",
    "audio",
    "image",
]
"""Where `system` is refused the instruction goes into the person's first message; `max_tokens` is
called `max_completion_tokens` where it is refused; `json_schema` is followed by `json_object`, and
that by asking in words alone."""

MEDIA: Final[frozenset[Feature]] = frozenset({"audio", "image"})
"""What a question cannot do without: refused, it is the person who has to be told."""

_REFUSALS: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,  # OpenRouter: no endpoint that supports it
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,  # servers made with FastAPI
        HTTPStatus.INTERNAL_SERVER_ERROR,  # llama.cpp
        HTTPStatus.NOT_IMPLEMENTED,
    }
)

_WORDS_ONLY: Final = (
    r"content'? ?: value must be a string|input should be (a valid string|'text'(?! or|,))"
)

_SIGNS: Final[tuple[tuple[Feature, re.Pattern[str]], ...]] = (
    # Templates of models that vLLM and llama.cpp fill: Gemma's "System role not supported", Llama
    # 2's "Only user and assistant roles", Mistral's "roles must alternate" (which ours do, after
    # the instruction); Google for Gemma: "Developer instruction is not enabled".
    (
        "system",
        re.compile(
            r"system role|developer instruction|user and assistant roles"
            r"|roles must alternate"
        ),
    ),
    ("stream_options", re.compile(r"stream_options|include_usage")),
    # Ollama says "does not support thinking".
    ("reasoning_effort", re.compile(r"reasoning|support thinking|enable_thinking")),
    ("max_tokens", re.compile(r"max_completion_tokens")),
    ("temperature", re.compile(r"\btemperature\b")),
    ("json_schema", re.compile(r"json_schema|response_format|structured|grammar|guided")),
    ("json_object", re.compile(r"json_object|response_format|json mode")),
    # Ollama: "does not support tools"; llama.cpp: "tools param requires --jinja flag";
    # vLLM: "auto tool choice requires"; OpenRouter: "support tool use".
    ("tools", re.compile(r"\btools?\b|function call")),
    # llama.cpp: "audio input is not supported"; Ollama: "invalid message format"; LM Studio lists
    # the types of content that it takes, and so do servers made with FastAPI; llamafile:
    # "unsupported content[].type"; Groq: "'messages.1.content' : value must be a string".
    (
        "audio",
        re.compile(
            r"audio|invalid message format|content\[\]\.type|'text'(,| or) 'image_url'|multimodal"
            rf"|{_WORDS_ONLY}"
        ),
    ),
    # llama.cpp: "image input is not supported"; text models of vLLM: "is not a multimodal model".
    ("image", re.compile(rf"image|vision|content\[\]\.type|multimodal|{_WORDS_ONLY}")),
)

_LACKS: Final = re.compile(
    r"support|invalid message format|not a multimodal|must have|must be ('|a string)"
    r"|should be ('|a valid string)|at most 0|not allowed|unknown variant|missing data required"
)
"""That it lacks something, and not that this one sound or picture is a bad one."""


def refused(status: int | None, message: str, asked: Set[Feature]) -> Feature | None:
    """Return what was refused of a question with the features `asked`; None: nothing we know of.

    `message` is what the server says; `status` that of its response, None of an error in a stream
    that states none: its words have to be the clearer.
    """
    said = message.lower()
    lacks = _LACKS.search(said) is not None
    if status is not None and status not in _REFUSALS:
        return None
    if status in {None, HTTPStatus.NOT_FOUND} and not lacks:
        return None
    for name, sign in _SIGNS:
        if name in asked and sign.search(said) and (lacks or name not in MEDIA):
            return name
    return None
