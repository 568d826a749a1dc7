"""Whole streams, read by our parsers, and those of Gemini by google-genai's own client too.

The files in `recorded/` are written by hand after the documents of the services and what is met in
the field: a stream of the real service, once there is one, is laid beside them and read the same.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import types

from robi.brain import gemini_reply, openai_reply
from robi.brain.base import Fragment, ToolCall
from robi.brain.sse import SseParser
from robi.brain.wire import Reading
from robi.errors import BrainBlocked, BrainError, BrainUnavailable
from robi.protocol.messages import TokenUsage

RECORDED = Path(__file__).parent / "recorded"
GEMINI = sorted(RECORDED.glob("gemini_*.sse"))
OPENAI = sorted(RECORDED.glob("openai_*.sse"))

MAKERS: dict[str, Callable[[], Reading]] = {
    "gemini": lambda: gemini_reply.Answer(offered=True),
    "openai": lambda: openai_reply.Answer(offered=True),
}

SAID = {
    "gemini_plain": "[emotion:happy]¡Hola, Íñigo! 🤖 Hoy hace un día estupendo; ¿salimos a pasear?",
    "gemini_thinking": "[emotion:curious]La capital de Francia es París.",
    "gemini_grounded": "[emotion:neutral]Mañana lloverá en Bilbao.",
    "gemini_call": "[emotion:neutral]Un momento. ",
    "gemini_max_tokens": "[emotion:excited]Había una vez un dragón que vivía en",
    "gemini_safety": "[emotion:neutral]Eso se hace ",
    "gemini_blocked": "",
    "gemini_hollow": "[emotion:happy]Aquí estoy.",
    "openai_ollama": "[emotion:happy]¡Hola, Íñigo! 🤖",
    "openai_llama_cpp": "[emotion:greeting]¡Buenos días!",
    "openai_vllm": "[emotion:neutral]Son las tres.",
    "openai_lm_studio": "[emotion:happy]Cuatro.",
    "openai_call": "Un momento. ",
    "openai_length": "[emotion:excited]Había una vez un dragón que",
    "openai_error": "[emotion:happy]Voy a ",
}
ERRORS: dict[str, type[BrainError]] = {
    "gemini_blocked": BrainBlocked,
    "openai_error": BrainUnavailable,
}


def read(path: Path, split: int) -> tuple[list[Fragment], BrainError | None]:
    """Read a file cut every `split` bytes."""
    stream, parser = path.read_bytes(), SseParser()
    answer = MAKERS[path.stem.partition("_")[0]]()
    fragments: list[Fragment] = []
    try:
        for start in range(0, len(stream), split):
            for payload in parser.feed(stream[start : start + split]):
                fragments += answer.take(payload)
        for payload in parser.close():
            fragments += answer.take(payload)
        last = answer.end()
    except BrainError as error:
        return fragments, error
    return [*fragments, last] if last else fragments, None


@pytest.mark.parametrize("split", [1, 2, 3, 17, 1024, 1 << 20])
@pytest.mark.parametrize("path", [*GEMINI, *OPENAI], ids=lambda path: path.stem)
def test_recorded_stream_reads_the_same_however_it_is_cut(path: Path, split: int) -> None:
    fragments, error = read(path, split)
    assert "".join(fragment.text for fragment in fragments) == SAID[path.stem]
    assert type(error) is ERRORS.get(path.stem, type(None))


def test_every_recorded_stream_is_known() -> None:
    assert {path.stem for path in RECORDED.iterdir()} == set(SAID)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("gemini_call", ToolCall("q8x2kz1p", "sum", {"a": 17, "b": 25.5},
                                 {"thoughtSignature": "EqQBCqEBAdHtim9jYWxs", "id": "q8x2kz1p"})),
        ("openai_call", ToolCall("call_9K2m", "sum", {"a": 17, "b": 25.5})),
    ],
)  # fmt: skip
def test_recorded_call_is_read(name: str, call: ToolCall) -> None:
    fragments, _ = read(RECORDED / f"{name}.sse", 7)
    assert [one for fragment in fragments for one in fragment.calls] == [call]


@pytest.mark.parametrize(
    ("name", "usage"),
    [("gemini_thinking", TokenUsage(88, 54)), ("openai_ollama", TokenUsage(412, 28))],
)
def test_recorded_counts_are_read(name: str, usage: TokenUsage) -> None:
    stream, parser = (RECORDED / f"{name}.sse").read_bytes(), SseParser()
    answer = MAKERS[name.partition("_")[0]]()
    for payload in (*parser.feed(stream), *parser.close()):
        answer.take(payload)
    assert answer.usage == usage


# ── as google-genai reads them ────────────────────────────────────────────────────────────


def read_by_google(path: Path) -> list[types.GenerateContentResponse]:
    def answer(_request: httpx.Request) -> httpx.Response:
        head = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=head, content=path.read_bytes())

    http = httpx.Client(transport=httpx.MockTransport(answer))
    options = types.HttpOptions(api_version="v1beta", httpx_client=http)
    with genai.Client(api_key="k", http_options=options) as client:
        return list(client.models.generate_content_stream(model="m", contents="hola"))


def parts_of(chunk: types.GenerateContentResponse) -> list[Any]:
    content = chunk.candidates[0].content if chunk.candidates else None
    return list(content.parts or []) if content else []


@pytest.mark.parametrize("path", GEMINI, ids=lambda path: path.stem)
def test_recorded_stream_reads_as_googles_own_client_reads_it(path: Path) -> None:
    parts = [part for chunk in read_by_google(path) for part in parts_of(chunk)]
    words = "".join(part.text or "" for part in parts if not part.thought)
    calls = [(part.function_call.name, part.function_call.args) for part in parts
             if part.function_call]  # fmt: skip
    fragments, _ = read(path, 5)
    assert "".join(fragment.text for fragment in fragments) == words
    assert [(one.name, one.arguments) for frag in fragments for one in frag.calls] == calls
