"""The REST API from the outside: every call of the table, and everything that can be refused."""

import struct
from base64 import b64encode

import httpx
import orjson
import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

from robi.actors.figures import Measured
from robi.actors.snapshot import Detail
from robi.errors import DatabaseError, DiskFull
from robi.web.api.app import ApiSettings
from robi.web.api.guard import WINDOW_S
from robi.web.api.table import KIB, RETRY_AFTER_S
from robi.web.api.types import OneUser, User
from robi.web.asgi import Message
from robi.web.http import ClientGoneError
from tests.web.api.stage import (
    KEY,
    READER_KEY,
    REQUEST_ID,
    ROBOT_KEY,
    SECRET,
    RamPeople,
    Stage,
    actor,
    session,
    tree,
)

FACE = b64encode(bytes(512)).decode()
ANA = {"user_id": "user_ana", "name": "Ana", "embedding": FACE}
TEA = {"content": "likes tea", "type": "preference"}


async def with_ana(client: httpx.AsyncClient, memories: int = 0) -> None:
    assert (await client.post("/api/face/register", json=ANA)).status_code == 200
    for number in range(memories):
        told = {**TEA, "content": f"likes tea {number}"}
        assert (await client.post("/api/users/user_ana/memory", json=told)).status_code == 201


def assert_refused(answer: httpx.Response, status: int, code: int) -> None:
    """The one shape of errors (protocol.md §9)."""
    body = answer.json()
    assert (answer.status_code, body["code"], body["error"]) == (status, code, True)
    assert answer.headers["content-type"] == "application/json"
    assert body["request_id"] == REQUEST_ID


# ── health, tree, sessions ────────────────────────────────────────────────────────────────


async def test_health_needs_no_key() -> None:
    async with Stage().client(key=None) as client:
        assert (await client.get("/api/health")).json() == {
            "status": "ok",
            "version": "1.4",
            "server": "robi/0",
            "uptime_s": 12.3,
            "model": "rehearsal",
            "sessions": 0,
            "store": "running",
        }


async def test_health_tells_the_number_of_this_run_if_there_is_one() -> None:
    async with Stage(instance="0a1b").client(key=None) as client:
        assert (await client.get("/api/health")).json()["instance"] == "0a1b"


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({"state": "none"}, None),
        ({}, None),
        ({"state": "unreadable"}, {"state": "unreadable"}),
        (
            {"state": "expiring", "not_after": 1.8e9, "days_left": 29, "degraded": False},
            {"state": "expiring", "not_after": "2027-01-15T08:00:00.000Z", "days_left": 29},
        ),
    ],
)
async def test_health_tells_when_the_certificate_ends_if_one_is_watched(
    details: dict[str, Detail], told: dict[str, Detail] | None
) -> None:
    stage = Stage(snapshot=tree(actor("certificate", **details)))
    async with stage.client(key=None) as client:
        assert (await client.get("/api/health")).json().get("certificate") == told


@pytest.mark.parametrize(
    ("details", "status"),
    [({"degraded": True}, "degraded"), ({"draining": True}, "draining"), ({}, "ok")],
)
async def test_health_says_how_the_actors_are(details: dict[str, bool], status: str) -> None:
    stage = Stage(snapshot=tree(actor("sessions", live=2, **details)))
    async with stage.client() as client:
        health = (await client.get("/api/health")).json()
    assert (health["status"], health["sessions"], health["store"]) == (status, 2, "none")


async def test_tree_is_told_with_what_is_below_and_no_null() -> None:
    stage = Stage(snapshot=tree(actor("store", actor("child"), degraded=False)))
    async with stage.client() as client:
        told = (await client.get("/api/tree")).json()
    assert "restart" not in told
    (store,) = told["children"]
    assert (store["name"], store["restart"]) == ("store", "permanent")
    assert (store["details"], store["children"][0]["name"]) == ({"degraded": False}, "child")


async def test_statistics_tell_how_long_turns_take_and_what_the_day_took() -> None:
    brain = actor("brain", tokens_today=1200, cost_today=0.25, budget_used=0.5)
    stage = Stage(snapshot=tree(brain))
    stage.figures.add(Measured(40, None, 90, "text", "answered"))
    async with stage.client() as client:
        told = (await client.get("/api/statistics")).json()
    assert told == {
        "turns": 1,
        "tokens_today": 1200,
        "cost_today": 0.25,
        "budget_used": 0.5,
        "emotion_ms": {"p50": 40, "p90": 40, "p99": 40},
        "end_ms": {"p50": 90, "p90": 90, "p99": 90},
    }


async def test_statistics_of_a_server_without_prices_or_turns_leave_these_out() -> None:
    async with Stage().client() as client:
        assert (await client.get("/api/statistics")).json() == {"turns": 0, "tokens_today": 0}


async def test_sessions_are_told_by_page() -> None:
    live = (session("session/a"), session("session/b"), actor("session/c"))
    stage = Stage(snapshot=tree(actor("sessions", *live)))
    async with stage.client() as client:
        first = (await client.get("/api/sessions?limit=2")).json()
        last = (await client.get(f"/api/sessions?limit=2&offset={first['next']}")).json()
    assert first["sessions"][0] == {
        "session_id": "a",
        "state": "running",
        "uptime_s": 1.5,
        "turn": "idle",
        "link": "linked",
        "turns": 3,
        "history": 6,
        "last_seq": 9,
    }
    assert last == {
        "sessions": [{"session_id": "c", "state": "running", "uptime_s": 1.5}],
        "total": 3,
    }


# ── people ────────────────────────────────────────────────────────────────────────────────


async def test_register_makes_a_person_who_is_then_listed_without_face() -> None:
    async with Stage().client() as client:
        made = await client.post("/api/face/register", json={**ANA, "preferences": {"tea": "yes"}})
        listed = (await client.get("/api/users")).json()
        one = (await client.get("/api/users/user_ana")).json()
    assert made.json() == one
    assert listed == {"users": [one], "total": 1}
    assert (one["name"], one["preferences"], "embedding" in one) == ("Ana", {"tea": "yes"}, False)


@pytest.mark.parametrize("size", [128, 512])
async def test_face_of_a_size_we_take_is_kept_as_it_was_sent(size: int) -> None:
    people = RamPeople()
    face = struct.pack(f"<{size}f", *(number / 7 for number in range(size)))
    async with Stage(people).client() as client:
        body = {**ANA, "embedding": b64encode(face).decode()}
        assert (await client.post("/api/face/register", json=body)).status_code == 200
    assert people.faces["user_ana"] == (face,)


@pytest.mark.parametrize(
    "face",
    [
        b"",
        bytes(4 * 127),
        bytes(4 * 256),
        bytes(513),
        struct.pack("<128f", *[float("nan")] * 128),
        struct.pack("<128f", *[0.0] * 127, float("-inf")),
    ],
    ids=["empty", "127", "256", "odd", "nan", "inf"],
)
async def test_face_of_any_other_make_is_refused(face: bytes) -> None:
    async with Stage().client() as client:
        body = {**ANA, "embedding": b64encode(face).decode()}
        answer = await client.post("/api/face/register", json=body)
    assert_refused(answer, 422, 2001)
    assert answer.json()["details"].startswith("embedding: ")


@pytest.mark.parametrize("user_id", ["unknown", " ", "a\nb"])
async def test_face_of_nobody_is_refused(user_id: str) -> None:
    async with Stage().client() as client:
        answer = await client.post("/api/face/register", json={**ANA, "user_id": user_id})
    assert_refused(answer, 422, 2001)


@pytest.mark.parametrize(
    "preferences",
    [
        {"tea": 1},
        {"": "yes"},
        {"tea": " "},
        {"tea": "y" * 201},
        {f"p{n}": "y" for n in range(33)},
        [],
    ],
)
async def test_preferences_that_are_no_short_texts_are_refused(preferences: object) -> None:
    async with Stage().client() as client:
        body = {**ANA, "preferences": preferences}
        answer = await client.post("/api/face/register", json=body)
    assert_refused(answer, 422, 2001)
    assert answer.json()["details"].startswith("preferences: ")


async def test_user_whom_nobody_knows_is_4001() -> None:
    async with Stage().client() as client:
        assert_refused(await client.get("/api/users/user_bea"), 404, 4001)
        assert_refused(await client.delete("/api/users/user_bea"), 404, 4001)
        assert_refused(await client.get("/api/users/user_bea/memory"), 404, 4001)


async def test_user_is_forgotten_with_a_receipt_of_every_place() -> None:
    async with Stage().client() as client:
        await with_ana(client, memories=2)
        receipt = (await client.delete("/api/users/user_ana")).json()
        assert_refused(await client.get("/api/users/user_ana"), 404, 4001)
    assert receipt == {
        "people": 1,
        "faces": 1,
        "memories": 2,
        "history": 0,
        "summaries": 0,
        "interactions": 0,
        "media": 0,
        "media_files": 0,
        "media_files_left": 0,
        "sessions": 0,
        "events": 0,
        "backups": 0,
        "reminders": 0,
        "queued": 0,
    }


@pytest.mark.parametrize("user_id", ["a/b", "José Pérez", "..", "%41", "a?b#c"])
async def test_user_of_an_odd_id_is_found_by_it(user_id: str) -> None:
    async with Stage().client() as client:
        assert (
            await client.post("/api/face/register", json={**ANA, "user_id": user_id})
        ).status_code == 200
        encoded = "".join(f"%{byte:02X}" for byte in user_id.encode())
        assert (await client.get(f"/api/users/{encoded}")).json()["user_id"] == user_id


async def test_path_that_is_not_utf_8_is_refused() -> None:
    async with Stage().client() as client:
        assert_refused(await client.get("/api/users/%FF"), 422, 2001)


# ── memories ──────────────────────────────────────────────────────────────────────────────


async def test_memory_is_added_with_its_defaults() -> None:
    async with Stage().client() as client:
        await with_ana(client)
        answer = await client.post("/api/users/user_ana/memory", json=TEA)
        listed = (await client.get("/api/users/user_ana/memory")).json()
    assert answer.status_code == 201
    added = answer.json()
    assert (added["content"], added["type"], added["importance"]) == ("likes tea", "preference", 7)
    assert listed == {"memories": [added], "total": 1}


@pytest.mark.parametrize(
    ("change", "code", "details"),
    [
        ({"content": None}, 2002, "content: is required"),
        ({"type": ...}, 2002, "type: is required"),
        ({"content": "a" * 301}, 2001, "content: longer than 300 characters"),
        ({"content": " "}, 2001, "content: must not be blank"),
        ({"content": 5}, 2001, "content: expected a string, got integer"),
        (
            {"type": "secret"},
            2001,
            "type: expected one of fact, preference, event, conversation",
        ),
        ({"importance": 11}, 2001, "importance: expected an integer from 1 to 10"),
        ({"importance": "7"}, 2001, "importance: expected an integer, got string"),
        ({"importance": 7.0}, 2001, "importance: expected an integer, got number"),
        ({"slot": ["city"]}, 2001, "slot: expected a string, got array"),
    ],
)
async def test_memory_that_cannot_be_read_is_refused_with_its_path(
    change: dict[str, object], code: int, details: str
) -> None:
    body = {name: value for name, value in {**TEA, **change}.items() if value is not ...}
    async with Stage().client() as client:
        answer = await client.post("/api/users/user_ana/memory", json=body)
    assert_refused(answer, 422, code)
    assert answer.json()["details"] == details


async def test_memory_too_private_to_keep_is_refused_with_its_class_only() -> None:
    async with Stage().client() as client:
        await with_ana(client)
        told = {**TEA, "content": f"her card is {SECRET}"}
        answer = await client.post("/api/users/user_ana/memory", json=told)
    assert_refused(answer, 422, 2001)
    assert answer.json()["details"] == "private: card"


async def test_superseded_memories_are_listed_when_asked_for() -> None:
    async with Stage().client() as client:
        await with_ana(client)
        for city in ("Lima", "Cusco"):
            told = {"content": f"lives in {city}", "type": "fact", "slot": "city"}
            await client.post("/api/users/user_ana/memory", json=told)
        current = (await client.get("/api/users/user_ana/memory")).json()
        history = (await client.get("/api/users/user_ana/memory?include=superseded")).json()
    assert [memory["content"] for memory in current["memories"]] == ["lives in Cusco"]
    assert history["memories"][0]["superseded_by"] == current["memories"][0]["memory_id"]


async def test_memories_are_forgotten_all_or_one() -> None:
    async with Stage().client() as client:
        await with_ana(client, memories=3)
        one = await client.delete("/api/users/user_ana/memory/mem_1")
        rest = await client.delete("/api/users/user_ana/memory")
        assert (await client.get("/api/users/user_ana")).status_code == 200
    assert (one.json()["memories"], rest.json()["memories"]) == (1, 2)


async def test_memory_that_the_user_does_not_have_is_4003() -> None:
    async with Stage().client() as client:
        await with_ana(client, memories=1)
        await client.post("/api/face/register", json={**ANA, "user_id": "user_bea"})
        assert_refused(await client.delete("/api/users/user_bea/memory/mem_0"), 404, 4003)


async def test_restore_has_faces_and_memories() -> None:
    async with Stage().client() as client:
        await with_ana(client, memories=1)
        restored = (await client.get("/api/restore")).json()
    (ana,) = restored["users"]
    assert (ana["user"]["user_id"], ana["embeddings"]) == ("user_ana", [FACE])
    assert ana["memories"][0]["content"] == "likes tea 0"
    assert (restored["general_memories"], restored["total"]) == ([], 1)


# ── pages ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=ten", "limit=", "limit=1&limit=2", "offset=-1"]
)
async def test_page_that_cannot_be_had_is_refused_with_its_name(query: str) -> None:
    async with Stage().client() as client:
        answer = await client.get(f"/api/users?{query}")
    assert_refused(answer, 422, 2001)
    assert answer.json()["details"].startswith(query.partition("=")[0])


async def test_pages_follow_each_other_to_the_end() -> None:
    async with Stage().client() as client:
        await with_ana(client, memories=5)
        seen, offset = [], 0
        while offset is not None:
            url = f"/api/users/user_ana/memory?limit=2&offset={offset}"
            page = (await client.get(url)).json()
            seen += [memory["content"] for memory in page["memories"]]
            offset = page.get("next")
    assert seen == [f"likes tea {number}" for number in range(5)]


# ── bodies ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", 2001), (b"[]", 2001), (b"\xff", 2001), (b"NaN", 2001), (b"", 2002)]
)
async def test_body_that_is_no_object_is_refused(body: bytes, code: int) -> None:
    async with Stage().client() as client:
        assert_refused(await client.post("/api/face/register", content=body), 422, code)


async def test_body_of_another_kind_is_415() -> None:
    async with Stage().client() as client:
        headers = {"content-type": "text/plain"}
        answer = await client.post("/api/face/register", json=ANA, headers=headers)
    assert_refused(answer, 415, 2004)


@pytest.mark.parametrize(
    ("path", "most"), [("/api/users/u/memory", 16 * KIB), ("/api/face/register", 64 * KIB)]
)
async def test_body_over_the_limit_of_its_call_is_413(path: str, most: int) -> None:
    async with Stage().client() as client:
        assert_refused(await client.post(path, content=b" " * (most + 1)), 413, 2003)
        assert_refused(await client.post(path, content=b" " * most), 422, 2001)


class Pieces(httpx.AsyncByteStream):
    """A body that is sent in pieces, without its length."""

    def __init__(self, count: int) -> None:
        self.left = count

    def __aiter__(self) -> "Pieces":
        return self

    async def __anext__(self) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise StopAsyncIteration
        return b" " * KIB


async def test_body_over_the_limit_is_413_though_nobody_said_its_length() -> None:
    body = Pieces(1000)
    async with Stage().client() as client:
        url, headers = "http://robi.test/api/users/u/memory", {"X-API-Key": KEY}
        answer = await client.send(httpx.Request("POST", url, headers=headers, stream=body))
        assert_refused(answer, 413, 2003)
    assert body.left > 900  # nobody read on


async def test_limit_of_all_bodies_goes_before_that_of_the_call() -> None:
    async with Stage(settings=ApiSettings(body_bytes=10)).client() as client:
        assert_refused(await client.post("/api/users/u/memory", content=b" " * 11), 413, 2003)


# ── who may call ──────────────────────────────────────────────────────────────────────────

KEYED = [
    ("GET", "/api/users"),
    ("GET", "/api/users/u"),
    ("DELETE", "/api/users/u"),
    ("GET", "/api/users/u/memory"),
    ("POST", "/api/users/u/memory"),
    ("DELETE", "/api/users/u/memory"),
    ("DELETE", "/api/users/u/memory/m"),
    ("POST", "/api/face/register"),
    ("GET", "/api/restore"),
    ("GET", "/api/sessions"),
    ("GET", "/api/statistics"),
    ("GET", "/api/tree"),
]


@pytest.mark.parametrize(("method", "path"), KEYED)
async def test_call_without_a_key_or_with_another_is_refused(method: str, path: str) -> None:
    stage = Stage()
    async with stage.client(key=None) as client:
        assert_refused(await client.request(method, path), 401, 1001)
        wrong = {"X-API-Key": "another"}
        assert_refused(await client.request(method, path, headers=wrong), 401, 1002)
    assert stage.let_in == 0


async def test_good_key_is_told_to_the_listener() -> None:
    stage = Stage()
    async with stage.client() as client:
        await client.get("/api/tree")
        await client.get("/api/health")
    assert stage.let_in == 1


async def test_key_used_too_often_is_refused_until_its_minute_is_over(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with Stage(rate=3).client() as client:
        for _ in range(3):
            assert (await client.get("/api/tree")).status_code == 200
        await trio.sleep(10)
        refused = await client.get("/api/tree")
        assert_refused(refused, 429, 1004)
        assert refused.json()["retry_after"] == WINDOW_S - 10
        assert refused.headers["retry-after"] == str(int(WINDOW_S - 10))
        await trio.sleep(WINDOW_S - 10)
        assert (await client.get("/api/tree")).status_code == 200


async def test_health_and_docs_do_not_count() -> None:
    async with Stage(rate=1).client() as client:
        for _ in range(3):
            for path in ("/api/health", "/docs", "/openapi.json"):
                assert (await client.get(path)).status_code == 200


# ── what is not there ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/", "/api", "/api/users/", "/api/users//memory", "/api/Users"])
async def test_path_that_is_not_there_is_404(path: str) -> None:
    async with Stage().client() as client:
        assert_refused(await client.get(path), 404, 2001)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/users/u", {"GET", "HEAD", "DELETE"}),
        ("/api/users/u/memory", {"GET", "HEAD", "POST", "DELETE"}),
        ("/api/face/register", {"POST"}),
        ("/docs", {"GET", "HEAD"}),
    ],
)
async def test_method_that_is_not_there_is_405_with_those_that_are(
    path: str, allowed: set[str]
) -> None:
    async with Stage().client() as client:
        answer = await client.patch(path)
    assert_refused(answer, 405, 2001)
    assert set(answer.headers["allow"].split(", ")) == allowed


async def test_head_is_answered_as_get() -> None:
    async with Stage().client() as client:
        assert (await client.head("/api/users")).status_code == 200


async def test_description_is_not_there_when_it_is_off() -> None:
    async with Stage(settings=ApiSettings(described=False)).client() as client:
        for path in ("/openapi.json", "/docs"):
            assert_refused(await client.get(path), 404, 2001)


# ── when something fails ──────────────────────────────────────────────────────────────────


class FailingPeople(RamPeople):
    """Nobody can be had."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def user(self, _asked: OneUser) -> User:
        raise self.error


async def test_database_that_does_not_answer_is_503_with_a_time_to_come_back() -> None:
    async with Stage(FailingPeople(DatabaseError())).client() as client:
        answer = await client.get("/api/users/u")
    assert_refused(answer, 503, 4004)
    assert answer.headers["retry-after"] == str(RETRY_AFTER_S)
    assert answer.json()["retry_after"] == RETRY_AFTER_S


async def test_disk_that_is_full_is_507() -> None:
    async with Stage(FailingPeople(DiskFull())).client() as client:
        assert_refused(await client.get("/api/users/u"), 507, 5003)


async def test_crash_is_500_and_tells_nothing() -> None:
    async with Stage(FailingPeople(RuntimeError("a person's words"))).client() as client:
        answer = await client.get("/api/users/u")
    assert_refused(answer, 500, 5001)
    assert "words" not in answer.text


async def test_client_that_leaves_in_the_middle_of_its_body_is_no_error_of_ours() -> None:
    async def receive() -> Message:
        await trio.lowlevel.checkpoint()
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        raise ClientGoneError

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/face/register",
        "raw_path": b"/api/face/register",
        "query_string": b"",
        "headers": [(b"x-api-key", KEY.encode()), (b"content-length", b"10")],
    }
    with capture_logs() as logs, pytest.raises(ClientGoneError):
        await Stage().app()(scope, receive, send)
    assert logs == []


async def test_refusal_is_logged_by_the_template_of_its_path() -> None:
    with capture_logs() as logs:
        async with Stage().client() as client:
            await client.get("/api/users/user_ana_1f3c9a")
    (refused,) = [entry for entry in logs if entry["event"] == "request_refused"]
    assert (refused["route"], refused["status"]) == ("/api/users/{user_id}", 404)
    assert (refused["log_level"], refused["method"]) == ("warning", "GET")
    assert "ana" not in str(logs)


# ── headers ───────────────────────────────────────────────────────────────────────────────


async def test_answer_is_kept_by_nobody_in_between() -> None:
    async with Stage().client() as client:
        for path in ("/api/users", "/api/users/nobody", "/docs"):
            headers = (await client.get(path)).headers
            assert (headers["cache-control"], headers["x-content-type-options"]) == (
                "no-store",
                "nosniff",
            )


async def test_answer_is_whole_json_of_the_document() -> None:
    async with Stage().client() as client:
        document = await client.get("/openapi.json")
    assert orjson.loads(document.content)["openapi"] == "3.1.0"
    assert document.headers["content-type"] == "application/json"


ORIGIN = "https://panel.example"


async def test_page_of_an_allowed_origin_may_call() -> None:
    async with Stage(settings=ApiSettings(origins=(ORIGIN,))).client() as client:
        preflight = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "DELETE",
            "Access-Control-Request-Headers": "x-api-key",
        }
        asked = await client.options("/api/users/u", headers=preflight)
        answer = await client.delete("/api/users/u", headers={"Origin": ORIGIN})
    assert asked.status_code == 200
    assert "DELETE" in asked.headers["access-control-allow-methods"]
    for response in (asked, answer):
        assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


async def test_page_that_may_call_can_read_what_crashed() -> None:
    people = FailingPeople(RuntimeError())
    async with Stage(people, settings=ApiSettings(origins=(ORIGIN,))).client() as client:
        answer = await client.get("/api/users/u", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, ORIGIN)


async def test_page_of_another_origin_may_not_call() -> None:
    async with Stage(settings=ApiSettings(origins=(ORIGIN,))).client() as client:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        asked = await client.options("/api/users", headers=headers)
        answer = await client.get("/api/users", headers=headers)
    assert asked.status_code == 400
    for response in (asked, answer):
        assert "access-control-allow-origin" not in response.headers


async def test_without_allowed_origins_no_page_of_another_may_call() -> None:
    async with Stage().client() as client:
        headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
        assert_refused(await client.options("/api/users", headers=headers), 405, 2001)
        answer = await client.get("/api/users", headers={"Origin": ORIGIN, "X-API-Key": KEY})
    assert "access-control-allow-origin" not in answer.headers


# ── figures for a scraper ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}, {"authorization": f"bearer {KEY}"}],
)
async def test_metrics_are_given_to_who_has_the_key_in_the_form_that_is_accepted(
    headers: dict[str, str],
) -> None:
    stage = Stage()
    async with stage.client(key=None) as client:
        answer = await client.get(
            "/metrics", headers={**headers, "accept": "text/plain; version=9"}
        )
    assert (answer.status_code, answer.text) == (200, "robi_turns_total 3\n")
    assert answer.headers["content-type"] == "text/plain; version=9"
    assert answer.headers["cache-control"] == "no-store"
    assert stage.let_in == 1


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 1001),
        ({"Authorization": f"Basic {KEY}"}, 1001),
        ({"Authorization": "Bearer"}, 1001),
        ({"Authorization": "Bearer wrong"}, 1002),
    ],
)
async def test_metrics_without_a_good_key_are_refused(headers: dict[str, str], code: int) -> None:
    stage = Stage()
    with capture_logs() as logs:
        async with stage.client(key=None) as client:
            assert_refused(await client.get("/metrics", headers=headers), 401, code)
    assert stage.let_in == 0
    assert logs[-1]["route"] == "/metrics"


async def test_metrics_count_nothing_against_the_limit_of_the_key() -> None:
    async with Stage(rate=1).client() as client:
        for _ in range(3):
            assert (await client.get("/metrics")).status_code == 200
        assert (await client.get("/api/tree")).status_code == 200


# ── roles ─────────────────────────────────────────────────────────────────────────────────

OF_PHONES = ("/api/users", "/api/restore")
OF_OPERATORS = ("/api/sessions", "/api/statistics", "/api/tree", "/metrics")


@pytest.mark.parametrize("path", OF_PHONES)
@pytest.mark.parametrize("key", [KEY, ROBOT_KEY])
async def test_robot_and_operator_may_ask_what_phones_ask(path: str, key: str) -> None:
    async with Stage().client(key) as client:
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", OF_OPERATORS)
async def test_key_of_a_robot_does_not_open_what_operators_see(path: str) -> None:
    stage = Stage()
    async with stage.client(KEY) as client:
        assert (await client.get(path)).status_code == 200
    async with stage.client(ROBOT_KEY) as client:
        assert_refused(await client.get(path), 403, 1002)
    assert stage.let_in == 1


@pytest.mark.parametrize("path", [*OF_PHONES, *OF_OPERATORS])
async def test_key_of_a_page_opens_nothing_of_this(path: str) -> None:
    async with Stage().client(READER_KEY) as client:
        assert_refused(await client.get(path), 403, 1002)


async def test_key_is_checked_with_the_address_that_the_dispatcher_found() -> None:
    stage = Stage()
    async with stage.client() as client:
        await client.get("/api/users", headers={"X-Forwarded-For": "198.51.100.9"})
    assert stage.came_from == ["192.0.2.7"]
