"""A server of OpenAI's protocol as a brain: where it is asked, and what is made of its refusals."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

import httpx
import pytest
import structlog
import trio
from attrs import evolve

from robi.brain.base import BrainRequest, ToolSpec
from robi.brain.failures import BrainRefused, ContextTooShort
from robi.brain.openai import REMEMBERED_S, OpenAIBrain
from robi.errors import (
    BrainUnavailable,
    ConfigurationError,
    FilmNotTaken,
    MediaTooLarge,
    PictureNotTaken,
    SoundNotTaken,
)
from robi.speech import classification
from robi.speech.scene import Media
from tools.stub.script import Reply

Ask = Callable[..., BrainRequest]

WAV, PHOTO = Media("audio/wav", b"RIFF1234WAVE"), Media("image/png", b"\x89PNG")
DEAF = Reply(error="500", message="audio input is not supported - hint: provide the mmproj")


@pytest.fixture
async def brain(openai_stub: Any) -> AsyncGenerator[OpenAIBrain]:
    openai = OpenAIBrain(f"{openai_stub.url}/v1/", "llama")
    yield openai
    await openai.aclose()


async def read(brain: OpenAIBrain, request: BrainRequest) -> str:
    async with brain.stream(request) as fragments:
        return "".join([fragment.text async for fragment in fragments])


# ── where and how ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("http://h:11434", "http://h:11434/v1/chat/completions"),
        ("http://h:11434/", "http://h:11434/v1/chat/completions"),
        ("http://h/v1", "http://h/v1/chat/completions"),
        ("https://h/api/v1/", "https://h/api/v1/chat/completions"),
        ("https://h/openai", "https://h/openai/chat/completions"),
    ],
)
@pytest.mark.parametrize(("key", "header"), [("sk-1", "Bearer sk-1"), (None, None)])
async def test_brain_asks_at_the_url_with_the_key(
    ask: Ask, base: str, asked: str, key: str | None, header: str | None
) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        choice = {"message": {"content": "a"}, "finish_reason": "stop"}
        return httpx.Response(200, json={"choices": [choice]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        brain = OpenAIBrain(base, "llama", key, client=client)
        assert (await brain.generate(ask())).text == "a"
    assert (str(seen[0].url), seen[0].headers.get("authorization")) == (asked, header)


async def test_model_is_called_as_the_server_calls_it(brain: OpenAIBrain) -> None:
    assert brain.model == "llama"


@pytest.mark.parametrize(("key", "url"), [("llave\nrota", "http://x"), (None, "model.example")])
def test_brain_that_cannot_ask_is_not_built(key: str | None, url: str) -> None:
    with pytest.raises(ConfigurationError):
        OpenAIBrain(url, "llama", key)


async def test_stream_nobody_listening_raises(ask: Ask) -> None:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    await listener.aclose()
    brain = OpenAIBrain(f"http://127.0.0.1:{port}", "llama")
    with pytest.raises(BrainUnavailable, match="ConnectError"):
        await read(brain, ask())
    await brain.aclose()


async def test_wrong_path_tells_the_operator_of_the_url(openai_stub: Any, ask: Ask) -> None:
    brain = OpenAIBrain(f"{openai_stub.url}/api", "llama")
    with pytest.raises(BrainRefused):
        await read(brain, ask())
    await brain.aclose()


async def test_media_arrive(brain: OpenAIBrain, openai_stub: Any, ask: Ask) -> None:
    await read(brain, ask("mira", media=(PHOTO, WAV)))
    picture, sound, _ = openai_stub.requests[0]["messages"][1]["parts"]
    assert (picture["inline_data"]["mime"], picture["inline_data"]["size"]) == ("image/png", 4)
    assert (sound["inline_data"]["mime"], sound["inline_data"]["size"]) == ("wav", 12)


# ── refusals ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("Unrecognized request argument: reasoning_effort", "reasoning_effort"),
        ("Use 'max_completion_tokens' instead of 'max_tokens'", "max_tokens"),
        ("Extra inputs are not permitted: stream_options", "stream_options"),
        ("'temperature' does not support 0.7", "temperature"),
    ],
)
async def test_refused_field_is_left_out_at_once_and_later(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask, message: str, field: str
) -> None:
    openai_stub.answer(Reply(error="400", message=message))
    assert await read(brain, ask("hola")) == "[emotion:happy]hola"
    await read(brain, ask("hola"))
    assert [field in request for request in openai_stub.requests] == [True, False, False]


async def test_refused_tools_are_left_out(brain: OpenAIBrain, openai_stub: Any, ask: Ask) -> None:
    openai_stub.answer(Reply(error="400", message="gemma3:4b does not support tools"))
    tool = ToolSpec("now", "Tells the time.", {"type": "object", "properties": {}})
    assert await read(brain, evolve(ask("hola"), tools=(tool,))) == "[emotion:happy]hola"


async def test_refused_schema_is_told_in_words_instead(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    refusal = Reply(structured=True, error="400", message="response_format json_schema: no")
    answer = Reply(text='{"classes":["none"]}')
    openai_stub.answer(refusal, answer)
    request = evolve(ask("hola"), purpose="classification", answers=classification.schema(1))
    assert (await brain.generate(request)).text == '{"classes":["none"]}'
    assert openai_stub.requests[1]["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize("split", [None, 1])
async def test_refusal_inside_the_stream_is_learned_as_one_before_it(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask, split: int | None, crlf: bool
) -> None:
    words = "Engine protocol: tools not supported"
    openai_stub.answer(
        Reply(chunks=("a",), error="nameless_event", message=words, split=split, crlf=crlf)
    )
    tool = ToolSpec("now", "Tells the time.", {"type": "object", "properties": {}})
    for _ in range(2):
        assert await read(brain, evolve(ask("hola"), tools=(tool,))) == "[emotion:happy]hola"
    assert ["tools" in request for request in openai_stub.requests] == [True, False, False]
    with trio.fail_after(5):
        await openai_stub.calls[0].wait_closed()


async def test_refusal_inside_the_stream_after_words_is_an_error(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    refusal = Reply(
        chunks=("a", "b"), error="nameless_event", message="stream_options: not supported"
    )
    openai_stub.answer(refusal)
    texts: list[str] = []
    with pytest.raises(BrainRefused):  # noqa: PT012 - the words before it are half of the matter
        async with brain.stream(ask("hola")) as fragments:
            async for fragment in fragments:
                texts.append(fragment.text)  # noqa: PERF401 - kept when it raises
    assert texts == ["a"]
    assert len(openai_stub.requests) == 1


async def test_refusal_in_a_whole_answer_of_status_200_is_learned(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    words = "'response_format.type' must be 'json_schema' or 'text'"
    answer = Reply(text='{"classes":["none"]}')
    openai_stub.answer(
        Reply(structured=True, raw=({"error": words},)), Reply(raw=({"error": words},)), answer
    )
    request = evolve(ask("hola"), purpose="classification", answers=classification.schema(1))
    assert (await brain.generate(request)).text == '{"classes":["none"]}'
    formats = [request.get("response_format", {}).get("type") for request in openai_stub.requests]
    assert formats == ["json_schema", "json_object", None]


async def test_sound_that_is_refused_inside_the_stream_is_told(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(
        Reply(chunks=("a",), error="nameless_event", message="audio input is not supported")
    )
    with pytest.raises(SoundNotTaken):
        await read(brain, ask("", media=(WAV,)))


async def test_error_in_place_of_a_stream_is_one_whatever_its_status(ask: Ask) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"error": "Unexpected endpoint or method. (POST /x)"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        brain = OpenAIBrain("http://h/x", "llama", client=client)
        with pytest.raises(BrainRefused, match="no such path"):
            await read(brain, ask("hola"))


async def test_path_that_is_not_there_tells_the_operator_of_the_url_whatever_its_status(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(Reply(raw=({"error": "Unexpected endpoint or method. (POST /x)"},)))
    with pytest.raises(BrainRefused) as caught:
        await read(brain, ask("hola"))
    assert "OPENAI_BASE_URL" in (caught.value.advice or "")


async def test_several_refusals_are_met_one_after_the_other(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(
        Reply(error="400", message="stream_options"),
        Reply(error="400", message="reasoning_effort"),
        Reply(error="400", message="stream_options"),
    )
    with pytest.raises(BrainRefused):  # refused although it was not there any more
        await read(brain, ask("hola"))
    assert len(openai_stub.requests) == 3


async def test_refusal_is_told_in_the_log_without_the_words_of_the_server(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(Reply(error="400", message="reasoning_effort: SECRET"))
    with structlog.testing.capture_logs() as logs:
        await read(brain, ask("hola"))
    assert [(entry["event"], entry["feature"]) for entry in logs] == [
        ("model_refuses_feature", "reasoning_effort")
    ]
    assert "SECRET" not in repr(logs)


async def test_sound_that_is_refused_is_told_and_not_sent_again(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(DEAF)
    for _ in range(2):
        with pytest.raises(SoundNotTaken):
            await read(brain, ask("", media=(WAV,)))
    assert len(openai_stub.requests) == 1


async def test_sound_that_was_refused_is_tried_again_after_a_while(
    openai_stub: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = trio.current_time()
    monkeypatch.setattr("robi.brain.openai.trio.current_time", lambda: now)
    brain = OpenAIBrain(openai_stub.url, "llama")
    openai_stub.answer(DEAF)
    with pytest.raises(SoundNotTaken):
        await read(brain, ask("", media=(WAV,)))
    now += REMEMBERED_S
    assert await read(brain, ask("hola", media=(WAV,)))
    await brain.aclose()


async def test_sound_that_is_one_bad_one_is_not_held_against_others(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(Reply(error="400", message="failed to decode audio"))
    with pytest.raises(SoundNotTaken):
        await read(brain, ask("hola", media=(WAV,)))
    assert await read(brain, ask("hola", media=(WAV,)))


async def test_sound_that_is_refused_in_words_nobody_knows_is_told(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(Reply(error="422", message="el audio no se admite"))
    with pytest.raises(SoundNotTaken):
        await read(brain, ask("", media=(WAV,)))


async def test_refused_instruction_goes_into_the_first_message(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(Reply(error="400", message="System role not supported"))
    for _ in range(2):
        assert await read(brain, ask("hola"))
    roles = [[one["role"] for one in asked["messages"]] for asked in openai_stub.requests]
    assert roles == [["system", "user"], ["user"], ["user"]]


async def test_question_that_is_too_long_costs_no_feature_and_says_what_to_do(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    words = "the maximum context length is 2048 tokens, 700 in the tools; max_completion_tokens"
    openai_stub.answer(Reply(error="400", message=words))
    tool = ToolSpec("now", "Tells the time.", {"type": "object", "properties": {}})
    request = evolve(ask("hola"), tools=(tool,))
    with structlog.testing.capture_logs() as logs, pytest.raises(ContextTooShort):
        await read(brain, request)
    assert [entry["event"] for entry in logs] == ["model_context_too_short"]
    assert await read(brain, request)
    assert "tools" in openai_stub.requests[1]


async def test_picture_that_is_refused_is_told(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask
) -> None:
    openai_stub.answer(Reply(error="500", message="image input is not supported"))
    with pytest.raises(PictureNotTaken):
        await read(brain, ask("mira", media=(PHOTO,)))


async def test_film_is_never_sent(brain: OpenAIBrain, openai_stub: Any, ask: Ask) -> None:
    with pytest.raises(FilmNotTaken):
        await read(brain, ask("mira", media=(Media("video/mp4", b"ftyp"),)))
    assert openai_stub.requests == []


async def test_sound_is_not_sent_where_that_is_off(openai_stub: Any, ask: Ask) -> None:
    brain = OpenAIBrain(openai_stub.url, "llama", hearing="off")
    with pytest.raises(SoundNotTaken):
        await read(brain, ask("", media=(WAV,)))
    await brain.aclose()
    assert openai_stub.requests == []


async def test_media_beyond_the_limit_are_not_sent(
    brain: OpenAIBrain, openai_stub: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robi.brain.inline.MAX_INLINE_BYTES", 10)
    with pytest.raises(MediaTooLarge):
        await read(brain, ask("mira", media=(WAV,)))
    assert openai_stub.requests == []
