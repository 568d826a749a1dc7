"""Texts by REST: given as they are or in JSON, listed, searched and removed."""

from base64 import b64encode

import httpx
import pytest

from robi.web.api.app import LARGE, ApiSettings
from robi.web.api.types import NewText
from tests.web.api.stage import KEY, READER_KEY, ROBOT_KEY, RamTexts, Stage, actor, tree
from tests.web.api.test_app import assert_refused

URL = "https://book.example/leaves?a=b#c"


async def add(
    client: httpx.AsyncClient, data: bytes, media_type: str = "text/plain", **query: str
) -> httpx.Response:
    headers = {"content-type": media_type}
    return await client.post("/api/texts", content=data, headers=headers, params=query)


@pytest.mark.parametrize(
    "media_type",
    ["text/markdown", "text/plain", "text/html", "application/pdf", "application/epub+zip"],
)
async def test_text_is_taken_as_it_is(media_type: str) -> None:
    texts = RamTexts()
    data = bytes(range(256))
    async with Stage(texts=texts).client() as client:
        added = await add(
            client, data, f"{media_type}; charset=utf-8", name="a b.md", title="Á", url=URL
        )
    assert added.status_code == 201
    (told,) = texts.told
    assert told == NewText(None, data, media_type, "a b.md", "Á", None, URL)  # type: ignore[arg-type]


async def test_text_of_json_is_its_words_or_its_file() -> None:
    texts = RamTexts()
    async with Stage(texts=texts).client() as client:
        words = {"content": "A leaf.", "text_id": "bio", "media_type": "text/plain"}
        file = {"data": b64encode(b"%PDF-1.7").decode(), "name": "bio.pdf"}
        for body in (words, file):
            assert (await client.post("/api/texts", json=body)).status_code == 201
    assert texts.told == [
        NewText("A leaf.", None, "text/plain", text_id="bio"),
        NewText(None, b"%PDF-1.7", name="bio.pdf"),
    ]


async def test_text_in_json_takes_nothing_from_the_query() -> None:
    texts = RamTexts()
    async with Stage(texts=texts).client() as client:
        await client.post("/api/texts", json={"content": "A leaf."}, params={"title": "No"})
    assert texts.told[0].title is None


async def test_large_text_is_taken_like_a_small_one() -> None:
    texts = RamTexts()
    data = bytes(LARGE)
    async with Stage(texts=texts).client() as client:
        await client.post("/api/texts", json={"data": b64encode(data).decode()})
    assert texts.told[0].data == data


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"content": "a", "text_id": "No"}, "text_id: expected a-z, 0-9, - and _, 64 at most"),
        ({"content": "a", "text_id": "../a"}, "text_id: expected a-z, 0-9, - and _, 64 at most"),
        (
            {"content": "a", "url": "javascript:alert(1)"},
            "url: expected an address of http or https",
        ),
        ({"content": "a", "url": "https://"}, "url: expected an address of http or https"),
        ({"content": "a", "url": "http://[::1"}, "url: expected an address of http or https"),
        ({"content": "a", "url": "http://a b"}, "url: expected an address of http or https"),
        ({"content": "a", "title": "a\nb"}, "title: must be printable characters"),
        ({"data": "no base64!"}, "data: not base64"),
        ({"content": "a", "media_type": "image/png"}, None),
    ],
)
async def test_text_that_cannot_be_read_is_refused(
    body: dict[str, str], details: str | None
) -> None:
    async with Stage().client() as client:
        answer = await client.post("/api/texts", json=body)
    assert_refused(answer, 422, 2001)
    if details is not None:
        assert answer.json()["details"] == details


async def test_text_of_no_bytes_is_missing() -> None:
    async with Stage().client() as client:
        assert_refused(await add(client, b""), 422, 2002)


async def test_text_of_another_type_is_415() -> None:
    async with Stage().client() as client:
        assert_refused(await add(client, b"a", "image/png"), 415, 2004)


async def test_text_over_the_limit_of_uploads_is_413() -> None:
    settings = ApiSettings(language="en", body_bytes=100)
    async with Stage(settings=settings).client() as client:
        assert_refused(await add(client, bytes(101)), 413, 2003)
        assert (await add(client, b"a" * 100)).status_code == 201


async def test_query_of_a_text_given_twice_is_refused() -> None:
    async with Stage().client() as client:
        headers = {"content-type": "text/plain"}
        answer = await client.post("/api/texts?title=a&title=b", content=b"a", headers=headers)
    assert_refused(answer, 422, 2001)


async def test_texts_are_listed_by_page_and_each_is_found() -> None:
    async with Stage().client() as client:
        for text_id in ("c", "a", "b"):
            await add(client, b"A leaf.", text_id=text_id, url=URL)
        first = (await client.get("/api/texts?limit=2")).json()
        last = (await client.get(f"/api/texts?limit=2&offset={first['next']}")).json()
        one = (await client.get("/api/texts/a")).json()
    assert [text["text_id"] for text in first["texts"] + last["texts"]] == ["a", "b", "c"]
    assert (first["total"], "next" in last) == (3, False)
    assert one == first["texts"][0]
    assert (one["size"], one["url"]) == (7, URL)


async def test_text_is_dropped_with_what_it_had() -> None:
    async with Stage().client() as client:
        await add(client, b"A leaf.", text_id="bio")
        assert (await client.delete("/api/texts/bio")).json() == {"text_id": "bio", "passages": 1}
        assert_refused(await client.delete("/api/texts/bio"), 404, 4006)
        assert_refused(await client.get("/api/texts/bio"), 404, 4006)


async def test_texts_are_searched_all_or_one() -> None:
    async with Stage().client() as client:
        for text_id in ("a", "b"):
            await add(client, b"A leaf.", text_id=text_id)
        found = (await client.get("/api/texts/search", params={"q": "¿leaf?"})).json()
        one = (await client.get("/api/texts/search?q=leaf&text_id=b&limit=1")).json()
        assert_refused(await client.get("/api/texts/search?q=leaf&text_id=c"), 404, 4006)
        assert_refused(await client.get("/api/texts/search"), 422, 2002)
        assert_refused(await client.get("/api/texts/search?q=a&limit=21"), 422, 2001)
    assert [passage["text_id"] for passage in found["passages"]] == ["a", "b"]
    assert found["passages"][0]["words"] == "¿leaf?"
    assert [passage["text_id"] for passage in one["passages"]] == ["b"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/texts"),
        ("POST", "/api/texts"),
        ("GET", "/api/texts/a"),
        ("DELETE", "/api/texts/a"),
        ("GET", "/api/texts/search?q=a"),
    ],
)
async def test_texts_are_for_operators(method: str, path: str) -> None:
    for key, status in ((None, 401), (ROBOT_KEY, 403), (READER_KEY, 403), (KEY, None)):
        async with Stage().client(key=key) as client:
            answered = (await client.request(method, path)).status_code
        assert answered == status if status else answered not in {401, 403}


@pytest.mark.parametrize(
    ("details", "told"),
    [({}, "healthy"), ({"degraded": True}, "degraded"), ({"draining": True}, "draining")],
)
async def test_plain_health_is_a_word(details: dict[str, bool], told: str) -> None:
    async with Stage(snapshot=tree(actor("sessions", **details))).client(key=None) as client:
        assert (await client.get("/health")).json() == {"status": told}
