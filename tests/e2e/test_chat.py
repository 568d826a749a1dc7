"""Readers before a whole server: questions about a text over real sockets, whole and as events.

Every stream is read with the strict reader of `tests.web.chat`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import trio

from tests.e2e.conftest import KEY, Site, open_site
from tests.web.chat.client import SSE, Client
from tests.web.chat.sse import Event
from tools.gemini_stub import Reply

TEXT = """# Plants

## Leaves

A leaf is green because it holds chlorophyll, which takes light in. Oak leaves fall in November.

## Roots

The roots of a beech tree take water from the ground, as deep as two metres.
"""
ASKED = {"message": "Why is a leaf green?", "text_id": "plants"}
CITED = (
    "[emotion:happy]A leaf is green because of chlorophyll",
    '[cite:1 "A leaf is green because it holds chlorophyll"]. ',
    "It takes light in.",
)
SLOW = Reply(chunks=CITED, chunk_delay_ms=300, match="leaf")
LONG = Reply(text="[emotion:happy]" + "word " * 200, chunk_delay_ms=100, match="Tell")
OPEN = {"message": "Tell me something long."}


@asynccontextmanager
async def reader_of(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=site.http, headers={"X-API-Key": KEY}, trust_env=False, timeout=30
    ) as client:
        yield client


async def with_text(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "text/markdown"}
    added = await client.post("/api/texts?text_id=plants", content=TEXT.encode(), headers=headers)
    assert added.status_code == 201, added.text


@asynccontextmanager
async def connected(site: Site) -> AsyncIterator[Client]:
    async with await trio.open_tcp_stream("127.0.0.1", site.house.port) as stream:
        yield Client(stream)


async def events_of(
    site: Site, body: object, *, most: int = 1_000, **headers: str
) -> tuple[list[Event], str]:
    """Ask for events, and leave after so many; return them, and the id of the last."""
    async with connected(site) as client:
        await client.ask(body, KEY, accept=SSE, **headers)
        events = await client.events(most)
        assert (await client.head()).status == 200
    return events, client.reader.last_id


def words_of(events: list[Event]) -> str:
    return "".join(event.data["text"] for event in events if event.kind == "text_chunk")


async def test_answer_rests_on_the_text_and_says_where(tmp_path: Path) -> None:
    async with open_site(tmp_path, SLOW) as site, reader_of(site) as client:
        await with_text(client)
        answer = (await client.post("/chat", json=ASKED)).json()
    (citation,) = answer["citations"]
    assert "chlorophyll [1]" in answer["response"]
    assert citation["quote"] == "A leaf is green because it holds chlorophyll"
    assert (citation["text_id"], citation["heading"]) == ("plants", ["Plants", "Leaves"])


async def test_question_that_the_text_does_not_hold_is_declined_without_the_model(
    tmp_path: Path,
) -> None:
    async with open_site(tmp_path) as site, reader_of(site) as client:
        await with_text(client)
        asked = {"message": "Quantum chromodynamics?", "text_id": "plants"}
        answer = (await client.post("/chat", json=asked)).json()
        assert site.stub.requests == []
    assert (answer["declined"], answer["citations"]) == (True, [])
    assert answer["response"]


async def test_conversation_is_remembered_by_its_id_and_after_a_restart(tmp_path: Path) -> None:
    async with open_site(tmp_path) as site, reader_of(site) as client:
        first = (await client.post("/chat", json={"message": "My word is ZEBRA."})).json()
    async with open_site(tmp_path) as site, reader_of(site) as client:
        again = {"message": "What was it?", "session_id": first["session_id"]}
        second = await client.post("/api/chat", json=again)
        assert second.status_code == 200
        assert "ZEBRA" in str(site.stub.requests[-1])
    assert second.json()["session_id"] == first["session_id"]


async def test_stream_that_is_cut_goes_on_without_a_word_lost_or_doubled(tmp_path: Path) -> None:
    async with open_site(tmp_path, SLOW, SLOW, SLOW, SLOW) as site, reader_of(site) as client:
        await with_text(client)
        whole, _ = await events_of(site, ASKED)
        for read in (1, 2, 3):
            first, last_id = await events_of(site, ASKED, most=read)
            rest, _ = await events_of(site, ASKED, last_event_id=last_id)
            assert words_of(first) + words_of(rest) == words_of(whole)
            assert [event.kind for event in first + rest] == [event.kind for event in whole]
            seqs = [event.data["seq"] for event in first + rest]
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
            assert len(site.stub.requests) == 1 + read


async def test_whole_answer_whose_reader_leaves_ends_the_call_to_the_model(tmp_path: Path) -> None:
    async with open_site(tmp_path, LONG) as site, reader_of(site) as client:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(partial(client.post, "/chat", json=OPEN))
            await call_begins(site)
            nursery.cancel_scope.cancel()
        await call_ends(site)


async def test_events_whose_reader_does_not_come_back_end_the_call_to_the_model(
    tmp_path: Path,
) -> None:
    async with open_site(tmp_path, LONG) as site:
        _, last_id = await events_of(site, OPEN, most=3)
        await call_ends(site)
        rest, _ = await events_of(site, OPEN, last_event_id=last_id)
    assert (rest[-1].kind, rest[-1].data.get("interrupted")) == ("stream_end", True)


async def call_begins(site: Site) -> None:
    """Wait until the server has called the model."""
    with trio.fail_after(20):
        while not site.stub.calls:  # noqa: ASYNC110 - nobody tells of the first
            await trio.sleep(0.02)


async def call_ends(site: Site) -> None:
    """Wait until the server has called the model, and hung up on it."""
    await call_begins(site)
    with trio.fail_after(20):
        await site.stub.calls[-1].wait_closed()
    assert site.stub.calls[-1].ending == "closed_by_client"


async def test_question_cut_by_another_of_its_conversation_is_told_so(tmp_path: Path) -> None:
    async with open_site(tmp_path, LONG) as site, reader_of(site) as client:
        said = (await client.post("/chat", json={"message": "Hi"})).json()
        same = {"session_id": said["session_id"]}
        async with connected(site) as first:
            await first.ask({**OPEN, **same}, KEY, accept=SSE)
            await first.events(3)
            second = await client.post("/chat", json={"message": "No, this.", **same})
            cut = (await first.events())[-1]
    assert "No, this." in second.json()["response"]
    assert (cut.kind, cut.data["error_code"]) == ("error", "WS_STREAM_INTERRUPTED")


async def test_trouble_of_the_model_is_a_500_and_an_event(tmp_path: Path) -> None:
    refusing = Reply(error="400")
    async with open_site(tmp_path, default=refusing) as site, reader_of(site) as client:
        answer = await client.post("/chat", json=OPEN)
        events, _ = await events_of(site, OPEN)
    assert answer.status_code == 500
    body: dict[str, Any] = answer.json()
    assert (body["code"], events[-1].kind, events[-1].data["code"]) == (3001, "error", 3001)


async def test_reader_and_robot_have_no_conversation_of_each_other(tmp_path: Path) -> None:
    async with open_site(tmp_path) as site, reader_of(site) as client, site.robot() as robot:
        robots = str(robot.seen[0]["session_id"])
        answer = await client.post("/chat", json={"message": "Hi", "session_id": robots})
        said = (await client.post("/chat", json={"message": "Hi"})).json()
        async with site.robot(session_id=said["session_id"]) as thief:
            assert thief.seen[0]["session_id"] != said["session_id"]
    assert (answer.status_code, answer.json()["code"]) == (404, 4005)


async def test_page_of_development_may_ask_and_another_may_not(site: Site) -> None:
    async with reader_of(site) as client:
        for origin, allowed in (("http://localhost:3000", True), ("https://evil.example", False)):
            answer = await client.post("/chat", json={"message": "Hi"}, headers={"origin": origin})
            assert (answer.headers.get("access-control-allow-origin") == origin) == allowed


async def test_limit_of_questions_is_what_the_settings_say(tmp_path: Path) -> None:
    async with (
        open_site(tmp_path, RATE_LIMIT_QUESTIONS="2", RATE_LIMIT_WINDOW="600") as site,
        reader_of(site) as client,
    ):
        said = (await client.post("/chat", json={"message": "Hi"})).json()
        body = {"message": "Hi", "session_id": said["session_id"]}
        answers = [await client.post("/chat", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert 0 < int(answers[1].headers["retry-after"]) <= 600


async def test_health_is_a_word_and_the_widget_is_there(site: Site) -> None:
    async with reader_of(site) as client:
        assert (await client.get("/health")).json() == {"status": "healthy"}
        assert "robi-chat" in (await client.get("/chat.js")).text


async def test_text_is_kept_found_replaced_and_dropped(site: Site) -> None:
    async with reader_of(site) as client:
        await with_text(client)
        (listed,) = (await client.get("/api/texts")).json()["texts"]
        asked = {"q": "Why is a leaf green?", "text_id": "plants"}
        (found, *_) = (await client.get("/api/texts/search", params=asked)).json()["passages"]
        same = {"content": "# Stones\n\nGranite is hard.", "text_id": "plants", "name": "s.md"}
        assert (await client.post("/api/texts", json=same)).json()["title"] == "Stones"
        assert (await client.get("/api/texts/search", params=asked)).json() == {"passages": []}
        dropped = (await client.delete("/api/texts/plants")).json()
        gone = await client.post("/chat", json=ASKED)
    assert (listed["text_id"], listed["title"], listed["kind"]) == ("plants", "Plants", "markdown")
    assert (found["heading"], "chlorophyll" in found["words"]) == (["Plants", "Leaves"], True)
    assert dropped == {"text_id": "plants", "passages": 1}
    assert (gone.status_code, gone.json()["code"]) == (404, 4006)


async def test_text_that_is_none_or_two_or_unreadable_is_refused(site: Site) -> None:
    bodies: list[dict[str, str]] = [{}, {"content": "a", "data": "YQ=="}, {"data": "AAA="}]
    async with reader_of(site) as client:
        answers = [await client.post("/api/texts", json=body) for body in bodies]
    assert [answer.json()["code"] for answer in answers] == [2002, 2001, 2004]
