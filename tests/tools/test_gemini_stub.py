"""The stub of Gemini on loopback: read by httpx on trio, and by google-genai's own clients."""

import asyncio
import hashlib
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import trio
from google import genai
from google.genai import types

from tools.gemini_stub import GeminiStub, Reply, Script, main

MODEL = "gemini-flash-lite-latest"
ROOT = Path(__file__).parents[2]


# ── over httpx ────────────────────────────────────────────────────────────────────────────


class Stub(GeminiStub):
    client: httpx.AsyncClient

    def answer(self, *replies: Reply) -> None:
        self.script = Script(replies)

    async def ask(self, verb: str, *parts: object, version: str = "v1beta") -> httpx.Response:
        body = {"contents": [{"role": "user", "parts": parts or [{"text": "uno dos"}]}]}
        return await self.client.post(f"/{version}/models/{MODEL}:{verb}", json=body)


@pytest.fixture
async def stub(tmp_path: Path) -> AsyncGenerator[Stub]:
    server = Stub(record=tmp_path / "asked.jsonl")
    async with trio.open_nursery() as nursery:
        url = await server.serve(nursery)
        async with httpx.AsyncClient(base_url=url, headers={"x-goog-api-key": "k"}) as client:
            server.client = client
            yield server
        nursery.cancel_scope.cancel()


def texts(payloads: list[Any]) -> str:
    parts = [part for one in payloads for part in one["candidates"][0]["content"]["parts"]]
    return "".join(part["text"] for part in parts)


def events(response: httpx.Response) -> list[Any]:
    assert response.headers["content-type"] == "text/event-stream"
    lines = response.text.splitlines()
    return [orjson.loads(line.removeprefix("data: ")) for line in lines if line]


@pytest.mark.parametrize("version", ["v1beta", "v1"])
async def test_stream_repeats_the_question_in_events(stub: Stub, version: str) -> None:
    response = await stub.ask("streamGenerateContent?alt=sse", version=version)
    assert texts(events(response)) == "[emotion:happy]uno dos"


@pytest.mark.parametrize("split", [1, 3, "random"])
async def test_stream_split_anywhere_is_the_same(stub: Stub, split: Any) -> None:
    stub.answer(Reply(chunks=("¿Qué ", "tal?"), split=split, crlf=True))
    response = await stub.ask("streamGenerateContent?alt=sse")
    assert texts(events(response)) == "¿Qué tal?"


async def test_stream_without_events_is_an_array(stub: Stub) -> None:
    response = await stub.ask("streamGenerateContent")
    assert texts(response.json()) == "[emotion:happy]uno dos"


async def test_generate_is_one_object(stub: Stub) -> None:
    assert texts([(await stub.ask("generateContent")).json()]) == "[emotion:happy]uno dos"


@pytest.mark.parametrize("status", [400, 429, 500, 503])
async def test_error_has_googles_shape(stub: Stub, status: int) -> None:
    stub.answer(Reply(error=str(status), retry_after="1.5s"))
    response = await stub.ask("generateContent")
    assert (response.status_code, response.json()["error"]["code"]) == (status, status)
    assert response.json()["error"]["details"][0]["retryDelay"] == "1.5s"


async def test_key_missing_is_refused(stub: Stub) -> None:
    del stub.client.headers["x-goog-api-key"]
    assert (await stub.ask("generateContent")).status_code == 403


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"contents": 5}', b"\xff"])
async def test_body_that_is_no_question_is_refused(stub: Stub, body: bytes) -> None:
    response = await stub.client.post(f"/v1beta/models/{MODEL}:generateContent", content=body)
    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/", "/v2/models/m", f"/v1beta/models/{MODEL}:embedContent"])
async def test_unknown_call_is_not_found(stub: Stub, path: str) -> None:
    assert (await stub.client.post(path, json={})).status_code == 404


async def test_models_are_listed(stub: Stub) -> None:
    (model,) = (await stub.client.get("/v1beta/models")).json()["models"]
    assert (await stub.client.get(f"/v1beta/{model['name']}")).json() == model


async def test_media_are_recorded_as_size_and_hash(stub: Stub) -> None:
    data = bytes(range(256))
    blob = {"mimeType": "audio/wav", "data": urlsafe_b64encode(data).decode()}
    await stub.ask("generateContent", {"inlineData": blob})
    (request,) = (await stub.client.get("/__requests")).json()
    assert request["contents"][0]["parts"][0]["inline_data"] == {
        "mime": "audio/wav",
        "size": 256,
        "sha256": hashlib.sha256(data).hexdigest(),
    }


async def test_requests_are_recorded_as_lines(stub: Stub, tmp_path: Path) -> None:
    await stub.ask("generateContent")
    await stub.ask("generateContent")
    lines = (tmp_path / "asked.jsonl").read_bytes().splitlines()
    assert [orjson.loads(line)["number"] for line in lines] == [1, 2]


async def test_key_is_not_recorded(stub: Stub) -> None:
    stub.client.headers["x-goog-api-key"] = "AIzaSECRET"
    await stub.ask("generateContent")
    assert "SECRET" not in (await stub.client.get("/__requests")).text


STRUCTURED = {
    "responseMimeType": "application/json",
    "responseJsonSchema": {"type": "object", "properties": {"n": {"type": "integer"}},
                           "required": ["n"]},
}  # fmt: skip


async def asked_structured(stub: Stub, config: dict[str, Any]) -> httpx.Response:
    body = {"contents": [{"role": "user", "parts": [{"text": "hola"}]}], "generationConfig": config}
    return await stub.client.post(f"/v1beta/models/{MODEL}:generateContent", json=body)


async def test_structured_question_gets_the_smallest_answer_that_fits(stub: Stub) -> None:
    assert texts([(await asked_structured(stub, STRUCTURED)).json()]) == '{"n":0}'


async def test_structured_question_is_recorded_as_one(stub: Stub) -> None:
    await asked_structured(stub, STRUCTURED)
    await stub.ask("generateContent")
    assert [request["structured"] for request in stub.requests] == [True, False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"responseMimeType": "text/plain"},
        {"responseMimeType": None},
        {"responseJsonSchema": {"type": "thing"}},
        {"responseJsonSchema": "thing"},
    ],
)
async def test_structured_question_that_contradicts_itself_is_refused(
    stub: Stub, wrong: dict[str, Any]
) -> None:
    assert (await asked_structured(stub, STRUCTURED | wrong)).status_code == 400


async def test_connections_tell_a_call_that_finished(stub: Stub) -> None:
    await stub.ask("generateContent")
    told = (await stub.client.get("/__connections")).json()
    assert (told["open"], told["calls"][0]["ending"]) == (0, "finished")


async def test_connections_tell_a_call_that_the_client_closed(stub: Stub) -> None:
    stub.answer(Reply(chunks=("a", "b"), stall_after=1))
    request = stub.client.build_request(
        "POST",
        f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse",
        json={"contents": [{"role": "user", "parts": [{"text": "hola"}]}]},
    )
    response = await stub.client.send(request, stream=True)
    (call,) = stub.calls
    before = call.ending
    await response.aclose()
    await call.wait_closed()
    assert (before, call.ending) == ("open", "closed_by_client")


async def test_break_drops_the_connection(stub: Stub) -> None:
    stub.answer(Reply(chunks=("a", "b"), break_after=1))
    with pytest.raises(httpx.RemoteProtocolError):
        await stub.ask("streamGenerateContent?alt=sse")
    assert stub.calls[0].ending == "broken"


# ── as a program, read by google-genai ────────────────────────────────────────────────────


SCRIPT = [
    {"match": "crlf", "text": "a b c", "crlf": True},
    {"match": "por", "calls": [{"name": "calculate", "arguments": {"expression": "12*7"}}]},
    {"match": "84", "text": "Son 84."},
]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    script = tmp_path / "script.json"
    script.write_bytes(orjson.dumps(SCRIPT))
    program = [sys.executable, str(ROOT / "tools/gemini_stub.py")]
    options = ["--script", str(script), "--split", "5", "--chunk-delay-ms", "1"]
    with subprocess.Popen([*program, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def client(url: str) -> Iterator[genai.Client]:
    with genai.Client(
        api_key="k", http_options=types.HttpOptions(base_url=url, api_version="v1beta")
    ) as client:
        yield client


def test_sdk_stream_is_read_without_complaint(client: genai.Client) -> None:
    stream = client.models.generate_content_stream(model=MODEL, contents="uno dos tres")
    assert [chunk.text for chunk in stream] == ["[emotion:happy]uno ", "dos ", "tres"]


def test_sdk_stream_with_crlf_is_read_without_complaint(client: genai.Client) -> None:
    stream = client.models.generate_content_stream(model=MODEL, contents="crlf")
    assert [chunk.text for chunk in stream] == ["a ", "b ", "c"]


def test_sdk_call_of_a_script_is_read_and_its_result_answered(client: genai.Client) -> None:
    asked = types.UserContent("12 por 7")
    called = client.models.generate_content(model=MODEL, contents=[asked])
    assert [(call.name, call.args) for call in called.function_calls or ()] == [
        ("calculate", {"expression": "12*7"})
    ]
    assert called.candidates is not None
    assert called.candidates[0].content is not None
    result = types.Part.from_function_response(name="calculate", response={"result": "84"})
    contents = [asked, called.candidates[0].content, types.UserContent(result)]
    assert client.models.generate_content(model=MODEL, contents=contents).text == "Son 84."


def test_sdk_whole_answer_is_read_without_complaint(client: genai.Client) -> None:
    answer = client.models.generate_content(model=MODEL, contents="uno dos")
    assert answer.text == "[emotion:happy]uno dos"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.candidates_token_count == 2


@pytest.mark.parametrize("name", ["response_json_schema", "response_schema"])
def test_sdk_structured_answer_is_read_without_complaint(client: genai.Client, name: str) -> None:
    schema = {"type": "OBJECT", "properties": {"n": {"type": "INTEGER"}}, "required": ["n"]}
    config = types.GenerateContentConfig.model_validate(
        {"response_mime_type": "application/json", name: schema}
    )
    answer = client.models.generate_content(model=MODEL, contents="hola", config=config)
    assert answer.parsed == {"n": 0}


def test_sdk_media_arrive_byte_for_byte(client: genai.Client, url: str) -> None:
    data = bytes(range(256)) * 9
    part = types.Part.from_bytes(data=data, mime_type="audio/ogg")
    client.models.generate_content(model=MODEL, contents=[part])
    (request,) = httpx.get(f"{url}/__requests").json()
    sent = request["contents"][0]["parts"][0]["inline_data"]
    assert (sent["mime"], sent["sha256"]) == ("audio/ogg", hashlib.sha256(data).hexdigest())


def test_sdk_models_are_listed(client: genai.Client) -> None:
    assert [model.name for model in client.models.list()] == [f"models/{MODEL}"]


def test_sdk_async_stream_is_read_without_complaint(url: str) -> None:
    async def read() -> list[str | None]:
        options = types.HttpOptions(base_url=url, api_version="v1beta")
        async with genai.Client(api_key="k", http_options=options).aio as client:
            stream = await client.models.generate_content_stream(model=MODEL, contents="uno dos")
            return [chunk.text async for chunk in stream]

    assert asyncio.run(read()) == ["[emotion:happy]uno ", "dos"]


def test_sdk_async_whole_answer_is_read_without_complaint(url: str) -> None:
    async def read() -> str | None:
        options = types.HttpOptions(base_url=url, api_version="v1beta")
        async with genai.Client(api_key="k", http_options=options).aio as client:
            return (await client.models.generate_content(model=MODEL, contents="uno dos")).text

    assert asyncio.run(read()) == "[emotion:happy]uno dos"


@pytest.mark.parametrize("options", [["--error", "teapot"], ["--script", "/nowhere.json"]])
def test_program_that_cannot_do_as_told_says_so(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    assert capsys.readouterr().err.startswith("gemini_stub: ")


def test_script_that_cannot_be_read_is_refused_with_the_place_and_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "script.json"
    script.write_bytes(orjson.dumps([{}, {"calls": [{"args": {}}]}, {"chunk": ["a"]}]))
    assert main(["--script", str(script)]) == 2
    wrong = capsys.readouterr().err.splitlines()
    assert wrong[1].strip().startswith("calls: each is an object with a `name`")
    assert [line.rpartition(" @ ")[2] for line in wrong[1:]] == ["$[1]", "$[2]"]
