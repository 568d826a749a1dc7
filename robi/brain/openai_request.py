"""What a server that speaks OpenAI's protocol is asked: a `BrainRequest` as the body of a call.

Owns the mapping to `POST /v1/chat/completions`, in the form that Ollama, llama.cpp, vLLM and LM
Studio take: `max_tokens` and not its successor, a text as a string and not as parts, content never
null (Ollama refuses it). Templates of models (Gemma, Mistral) refuse a conversation that the robot
begins, or in which one side speaks twice: neighbours are joined, and a robot that spoke first is
given something to answer.
"""

from base64 import b64encode
from collections.abc import Iterator, Set
from itertools import groupby
from typing import Final, Literal

import orjson

from robi.brain.base import BrainRequest, Media, Said, ToolRound
from robi.brain.openai_features import Feature
from robi.errors import FilmNotTaken, PictureNotTaken, SoundNotTaken
from robi.speech.history import CUT_OFF, words

Hearing = Literal["auto", "on", "off"]
"""Whether a server is sent sound: `auto` in the two formats of the protocol until it refuses, `on`
in any format."""

Message = dict[str, object]

_ROLES: Final = {"person": "user", "robot": "assistant"}
_FORMATS: Final = {"audio/wav": "wav", "audio/mpeg": "mp3"}
"""Those of the protocol. vLLM decodes others too, under their own names."""

_FITS: Final = "Answer with one JSON object and nothing else. It fits this JSON Schema: "


def features(request: BrainRequest, *, streamed: bool) -> frozenset[Feature]:
    """Return what a question could use of the protocol, beside the plainest."""
    wanted: set[Feature] = {"system", "reasoning_effort", "max_tokens", "temperature"}
    if streamed:
        wanted.add("stream_options")
    if request.answers is not None:
        wanted |= {"json_schema", "json_object"}
    if request.tools:
        wanted.add("tools")
    for media in _media(request):
        if media.kind == "audio":
            wanted.add("audio")
        elif media.kind == "image":
            wanted.add("image")
    return frozenset(wanted)


def check_media(request: BrainRequest, usable: Set[Feature], hearing: Hearing) -> None:
    """Refuse an utterance whose media the server does not take.

    Raises:
        SoundNotTaken, PictureNotTaken, FilmNotTaken: the protocol has no film at all.
    """
    for media in request.utterance.media:
        if media.kind == "video":
            raise FilmNotTaken(media.mime)
        if media.kind == "image" and "image" not in usable:
            raise PictureNotTaken(media.mime)
        if media.kind == "audio" and _format(media, usable, hearing) is None:
            raise SoundNotTaken(media.mime)


def body(
    request: BrainRequest, model: str, usable: Set[Feature], hearing: Hearing, *, streamed: bool
) -> bytes:
    """Return the JSON body of a call that uses the features `usable`, and no other."""
    whole: dict[str, object] = {
        "model": model,
        "messages": list(_messages(request, usable, hearing)),
        "stream": streamed,
    }
    limit = "max_tokens" if "max_tokens" in usable else "max_completion_tokens"
    whole[limit] = request.max_output_tokens
    if "temperature" in usable:
        whole["temperature"] = request.temperature
    if "reasoning_effort" in usable:  # thoughts are seconds in which nobody hears anything
        whole["reasoning_effort"] = "none"
    if "stream_options" in usable:
        whole["stream_options"] = {"include_usage": True}
    if "tools" in usable:
        whole["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in request.tools
        ]
    if "json_schema" in usable and request.answers is not None:
        schema = {"name": "answer", "schema": dict(request.answers)}
        whole["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif "json_object" in usable:
        whole["response_format"] = {"type": "json_object"}
    return orjson.dumps(whole)


def _messages(request: BrainRequest, usable: Set[Feature], hearing: Hearing) -> Iterator[Message]:
    system = _system(request, usable)
    if system and "system" in usable:
        yield {"role": "system", "content": system}
        system = ""
    said = [one for one in (*request.history, request.utterance) if one.media or words(one)]
    if said and said[0].role == "robot":
        yield {"role": "user", "content": system or CUT_OFF}
        system = ""
    for role, group in groupby(said, key=lambda one: one.role):
        parts = [part for one in group for part in _parts(one, usable, hearing)]
        if system:
            parts.insert(0, {"type": "text", "text": f"{system}\n"})
            system = ""
        yield {"role": _ROLES[role], "content": _plain(parts)}
    for done in request.rounds:
        yield from _round(done)


def _system(request: BrainRequest, usable: Set[Feature]) -> str:
    """Return the instruction; where a schema cannot be set it is told."""
    if request.answers is None or "json_schema" in usable:
        return request.system
    told = _FITS + orjson.dumps(dict(request.answers)).decode()
    return f"{request.system}\n\n{told}".lstrip()


def _parts(said: Said, usable: Set[Feature], hearing: Hearing) -> Iterator[Message]:
    """Give the parts of a message; what the server does not take of an earlier one is left out."""
    for media in said.media:
        data = b64encode(media.data).decode("ascii")
        if media.kind == "image" and "image" in usable:
            yield {"type": "image_url", "image_url": {"url": f"data:{media.mime};base64,{data}"}}
        elif media.kind == "audio" and (name := _format(media, usable, hearing)) is not None:
            yield {"type": "input_audio", "input_audio": {"data": data, "format": name}}
    if text := words(said):
        yield {"type": "text", "text": text}


def _plain(parts: list[Message]) -> object:
    """Return parts as a string where they are words alone, which every server takes."""
    if any(part["type"] != "text" for part in parts):
        return parts
    return "\n".join(str(part["text"]) for part in parts)


def _round(done: ToolRound) -> Iterator[Message]:
    calls = [result.call for result in done.results]
    yield {
        "role": "assistant",
        "content": done.text,
        "tool_calls": [
            {
                "id": call.call_id,
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": orjson.dumps(dict(call.arguments)).decode(),
                },
            }
            for call in calls
        ],
    }
    for result in done.results:
        yield {"role": "tool", "tool_call_id": result.call.call_id, "content": result.content}


def _media(request: BrainRequest) -> Iterator[Media]:
    for said in (*request.history, request.utterance):
        yield from said.media


def _format(media: Media, usable: Set[Feature], hearing: Hearing) -> str | None:
    """Return the name of a sound's format for the server, None if it takes no such sound."""
    if "audio" not in usable or hearing == "off":
        return None
    own = media.mime.partition("/")[2] if hearing == "on" else None
    return _FORMATS.get(media.mime, own)
