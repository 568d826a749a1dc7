"""REST over real sockets: what an app tells is known in a conversation, and gone when forgotten."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import KEY, Site, open_site

ANA = {"user_id": "user_ana", "name": "Ana", "embedding": b64encode(bytes(512)).decode()}
MEMORY = "/api/users/user_ana/memory"
TEA = {"content": "le gusta el té de menta", "type": "preference"}


@asynccontextmanager
async def app_of(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=site.http, headers={"X-API-Key": KEY}, trust_env=False
    ) as client:
        yield client


async def told_to_the_model(site: Site, words: str) -> str:
    """Have Ana say `words` to a robot; return all that the model was told with them."""
    async with site.robot() as robot:
        text = {"type": "text", "request_id": "r1", "content": words, "user_id": "user_ana"}
        await robot.sends(text)
        await robot.hears_turn()
    # What is learned from the turn is asked after it.
    return next(str(request) for request in site.stub.requests if words in str(request))


async def test_what_an_app_tells_is_known_in_a_conversation_until_it_is_forgotten(
    site: Site,
) -> None:
    async with app_of(site) as app:
        assert (await app.post("/api/face/register", json=ANA)).status_code == 200
        told = await app.post(MEMORY, json=TEA)
        assert told.status_code == 201
        assert TEA["content"] in await told_to_the_model(site, "¿Qué té me gusta?")
        receipt = (await app.delete(f"{MEMORY}/{told.json()['memory_id']}")).json()
        assert receipt["memories"] == 1
        assert TEA["content"] not in await told_to_the_model(site, "¿Y qué té me gusta ahora?")


async def test_person_who_is_forgotten_can_be_registered_again_and_nothing_comes_back(
    site: Site,
) -> None:
    async with app_of(site) as app:
        await app.post("/api/face/register", json=ANA)
        await app.post(MEMORY, json=TEA)
        receipt = (await app.delete("/api/users/user_ana")).json()
        assert (receipt["people"], receipt["faces"], receipt["memories"]) == (1, 1, 1)
        assert (await app.get("/api/users/user_ana")).status_code == 404
        again = (await app.post("/api/face/register", json=ANA)).json()
    assert (again["name"], again["memory_count"]) == ("Ana", 0)


async def test_what_is_too_private_is_refused_with_its_class(site: Site) -> None:
    async with app_of(site) as app:
        await app.post("/api/face/register", json=ANA)
        card = {"content": "su tarjeta es 4111 1111 1111 1111", "type": "fact"}
        refused = await app.post(MEMORY, json=card)
    assert (refused.status_code, refused.json()["details"]) == (422, "private: card")


async def test_live_robot_is_among_the_sessions(site: Site) -> None:
    async with app_of(site) as app, site.robot() as robot:
        (session,) = (await app.get("/api/sessions")).json()["sessions"]
    assert (session["session_id"], session["state"]) == (robot.seen[0]["session_id"], "running")


async def test_rate_of_a_key_is_what_the_settings_say(tmp_path: Path) -> None:
    async with open_site(tmp_path, RATE_LIMIT_REQUESTS="2") as site, app_of(site) as app:
        answers = [(await app.get("/api/users")).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
async def test_description_is_off_in_production(tmp_path: Path, path: str) -> None:
    async with open_site(tmp_path, ENVIRONMENT="production") as site, app_of(site) as app:
        assert (await app.get(path)).status_code == 404


async def test_console_is_there_in_production_and_is_told_no_key(tmp_path: Path) -> None:
    async with open_site(tmp_path, ENVIRONMENT="production") as site, app_of(site) as app:
        assert (await app.get("/")).headers["content-type"].startswith("text/html")
        assert (await app.get("/emoji/1F916.svg")).headers["content-type"] == "image/svg+xml"
        assert (await app.get("/api/key")).json() == {}
