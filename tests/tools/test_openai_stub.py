"""The stub of OpenAI's protocol on loopback: what it answers, and what it was asked."""

import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import trio

from tools.openai_stub import OpenAIStub, Reply, Script, main

ROOT = Path(__file__).parents[2]


class Stub(OpenAIStub):
    client: httpx.AsyncClient

    def answer(self, *replies: Reply) -> None:
        self.script = Script(replies)

    async def ask(self, content: object = "uno dos", **more: object) -> httpx.Response:
        message = {"role": "user", "content": content}
        body = {"model": "m", "messages": [message], **more}
        return await self.client.post("/v1/chat/completions", json=body)


@pytest.fixture
async def stub() -> AsyncGenerator[Stub]:
    server = Stub()
    async with trio.open_nursery() as nursery:
        url = await server.serve(nursery)
        async with httpx.AsyncClient(base_url=url) as client:
            server.client = client
            yield server
        nursery.cancel_scope.cancel()


def events(response: httpx.Response) -> list[Any]:
    assert response.headers["content-type"] == "text/event-stream"
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert lines.pop() == "[DONE]"
    return [orjson.loads(line) for line in lines]


async def test_stream_repeats_the_question_then_tells_the_end_and_the_counts(stub: Stub) -> None:
    *words, end, counts = events(await stub.ask(stream=True))
    deltas = [chunk["choices"][0]["delta"]["content"] for chunk in words]
    assert deltas == ["[emotion:happy]uno ", "dos"]
    assert end["choices"][0]["finish_reason"] == "stop"
    assert (counts["choices"], counts["usage"]["total_tokens"]) == ([], 4)


async def test_whole_answer_is_one_object(stub: Stub) -> None:
    answer = (await stub.ask()).json()
    assert answer["choices"][0]["message"]["content"] == "[emotion:happy]uno dos"
    assert answer["object"] == "chat.completion"


async def test_stream_calls_come_in_pieces(stub: Stub) -> None:
    stub.answer(Reply(text="", calls=({"name": "sum", "arguments": {"a": 1}},)))
    *chunks, end, _ = events(await stub.ask(stream=True))
    calls = [chunk["choices"][0]["delta"]["tool_calls"][0] for chunk in chunks]
    assert calls[0]["function"]["name"] == "sum"
    assert "".join(call["function"]["arguments"] for call in calls) == '{"a":1}'
    assert end["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_error_has_the_shape_of_the_protocol(stub: Stub, status: int) -> None:
    stub.answer(Reply(error=str(status), message="no", reason="why"))
    response = await stub.ask()
    error = response.json()["error"]
    assert (response.status_code, error["message"], error["code"]) == (status, "no", "why")


async def test_error_tells_when_to_come_back_in_its_header(stub: Stub) -> None:
    stub.answer(Reply(error="429", retry_after="1.5s", retry_form="header"))
    assert (await stub.ask()).headers["retry-after"] == "2"


async def test_structured_question_gets_the_smallest_answer_that_fits(stub: Stub) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    answer = (await stub.ask(response_format=wanted)).json()
    assert answer["choices"][0]["message"]["content"] == '{"n":0}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"model": "m", "messages": [{"role": "user", "content": null}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": [{"type": "film"}]}]}',
    ],
)
async def test_body_that_is_no_question_is_refused(stub: Stub, body: bytes) -> None:
    assert (await stub.client.post("/v1/chat/completions", content=body)).status_code == 400


@pytest.mark.parametrize("path", ["/", "/chat/completions", "/v1/completions"])
async def test_unknown_call_is_not_found(stub: Stub, path: str) -> None:
    assert (await stub.client.post(path, json={})).status_code == 404


async def test_models_are_listed(stub: Stub) -> None:
    (model,) = (await stub.client.get("/v1/models")).json()["data"]
    assert model["object"] == "model"


async def test_media_are_recorded_as_size_and_hash(stub: Stub) -> None:
    data = b64encode(bytes(9)).decode()
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
    sound = {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
    await stub.ask([picture, sound, {"type": "text", "text": "mira"}])
    (request,) = (await stub.client.get("/__requests")).json()
    seen, heard, words = request["messages"][0]["parts"]
    assert (seen["inline_data"]["mime"], seen["inline_data"]["size"]) == ("image/png", 9)
    assert (heard["inline_data"]["mime"], heard["inline_data"]["size"]) == ("wav", 9)
    assert words == {"text": "mira"}


async def test_key_is_not_recorded(stub: Stub) -> None:
    stub.client.headers["authorization"] = "Bearer sk-SECRET"
    await stub.ask()
    assert "SECRET" not in (await stub.client.get("/__requests")).text


def test_program_prints_its_url_and_answers() -> None:
    program = [sys.executable, str(ROOT / "tools/openai_stub.py"), "--text", "Hola"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        body = {"model": "m", "messages": [{"role": "user", "content": "hola"}]}
        answer = httpx.post(f"{url}/v1/chat/completions", json=body).json()
        process.terminate()
    assert answer["choices"][0]["message"]["content"] == "Hola"


def test_program_that_cannot_do_as_told_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--error", "teapot"]) == 2
    assert capsys.readouterr().err.startswith("openai_stub: ")
