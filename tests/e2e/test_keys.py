"""Keys against a running server: each robot its own, revoked at once, guessed in vain."""

import time
from functools import partial
from pathlib import Path

import httpx
import pytest
import trio

from robi.config import Settings
from robi.store.keys import KeyRole, KeyRow
from robi.upkeep import keys
from robi.upkeep.keys import Made
from tests.e2e.conftest import KEY, Site, open_site
from tests.e2e.robots import PATIENCE, Robot, connect
from tests.e2e.test_caddy import CADDY, caddy_in_front
from tests.e2e.test_workers import device, two_processes

FREE = 10
"""Wrong keys that an address may show at once."""


async def make(
    site: Site, name: str, role: KeyRole = "robot", device_id: str | None = None, ago: float = 0.0
) -> Made:
    """Make a key, good for a day from so many seconds ago; wait until the server knows it."""
    before = len(site.house._keyring)
    origins = ("https://docs.example.org",) if role == "reader" else ()
    add = partial(
        keys.add, site.house.settings, name, role, days=1, device=device_id, origins=origins
    )
    made = await trio.to_thread.run_sync(lambda: add(now=time.time() - ago))
    with trio.fail_after(PATIENCE):
        while len(site.house._keyring) == before:  # noqa: ASYNC110 - it looks twice a second
            await trio.sleep(0.02)
    return made


async def revoke(site: Site, which: str) -> None:
    await trio.to_thread.run_sync(partial(keys.revoke, site.house.settings, which, now=time.time()))


async def row_of(site: Site, made: Made) -> KeyRow:
    rows = await trio.to_thread.run_sync(keys.keys, site.house.settings)
    return next(row for row in rows if row.key_id == made.row.key_id)


async def let_in(robot: Robot, key: str, **auth: object) -> None:
    greeting = await robot.authenticate(key, **auth)
    assert greeting["type"] == "auth_ok", greeting


async def refusal(
    url: str, key: str, address: str | None = None, **auth: object
) -> tuple[int, int]:
    """Come with that key, through a proxy if there is an address; return error and close code."""
    headers = None if address is None else {"X-Forwarded-For": address}
    async with connect(url, headers) as robot:
        told = await robot.authenticate(key, **auth)
        assert told["type"] == "error", told
        return told["code"], await robot.close_code() or 0


def rest(site: Site, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{site.house.port}",
        headers={"X-API-Key": key},
        trust_env=False,
        timeout=PATIENCE,
    )


async def test_robot_whose_key_is_revoked_is_out_at_once_and_the_others_are_not(
    site: Site,
) -> None:
    ana, luis = await make(site, "ana"), await make(site, "luis")
    async with connect(site.url) as lost, connect(site.url) as other, connect(site.url) as third:
        await let_in(lost, ana.key, device_id="a")
        await let_in(other, luis.key, device_id="b")
        await let_in(third, KEY, device_id="c")
        assert "".join(m.get("text", "") for m in await lost.asks("hola")) == "hola"
        await revoke(site, "ana")
        told = await lost.hears()
        assert (told["code"], told["error_code"]) == (1002, "API_KEY_INVALID")
        assert await lost.close_code() == 1008
        assert await refusal(site.url, ana.key, device_id="a") == (1002, 1008)
        async with rest(site, ana.key) as client:
            assert (await client.get("/api/users")).status_code == 401
        for robot in (other, third):
            assert (await robot.asks("hola"))[-1]["type"] == "stream_end"


async def test_last_use_is_kept(site: Site) -> None:
    ana = await make(site, "ana")
    async with connect(site.url) as robot:
        await let_in(robot, ana.key)
        with trio.fail_after(PATIENCE):
            while (used := (await row_of(site, ana)).last_used_at) is None:  # noqa: ASYNC110 - its disk
                await trio.sleep(0.02)
    assert abs(used - time.time()) < PATIENCE


async def test_key_that_has_expired_is_told_so(site: Site) -> None:
    old = await make(site, "old", ago=90_000)
    assert await refusal(site.url, old.key) == (1003, 1008)
    async with rest(site, old.key) as client:
        answer = await client.get("/api/users")
    assert (answer.status_code, answer.json()["code"]) == (401, 1003)


async def test_key_is_for_its_role_and_its_device_only(site: Site) -> None:
    phone = await make(site, "phone", device_id="d")
    page = await make(site, "page", "reader")
    boss = await make(site, "boss", "operator")
    assert await refusal(site.url, phone.key, device_id="e") == (1002, 1008)
    assert await refusal(site.url, page.key) == (1002, 1008)
    async with connect(site.url) as robot:
        await let_in(robot, phone.key, device_id="d")
    statuses = []
    for made in (phone, page, boss):
        async with rest(site, made.key) as client:
            statuses.append(
                [(await client.get(path)).status_code for path in ("/api/users", "/api/tree")]
            )
    assert statuses == [[200, 403], [403, 403], [200, 200]]


async def test_guesses_are_slowed_by_the_address_that_the_proxy_tells(site: Site) -> None:
    """A good key that nobody can guess comes in from there meanwhile; others notice nothing."""
    ana = await make(site, "ana")
    guest, other = {"X-Forwarded-For": "192.0.2.66"}, {"X-Forwarded-For": "192.0.2.7"}
    async with rest(site, "guess") as client:
        for number in range(FREE):
            forged = {"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.66"}
            assert (await client.get("/api/users", headers=forged)).status_code == 401
        slowed = await client.get("/api/users", headers=guest)
        assert (slowed.status_code, slowed.json()["code"]) == (429, 1004)
        assert 0 < int(slowed.headers["retry-after"]) == slowed.json()["retry_after"] <= 15
        assert (await client.get("/api/users", headers=other)).status_code == 401
        assert (await client.get("/api/users")).status_code == 401
    assert await refusal(site.url, "guess", "192.0.2.66") == (1004, 1008)
    async with rest(site, ana.key) as client:
        assert (await client.get("/api/users", headers=guest)).status_code == 200
    async with connect(site.url, guest) as robot:
        await let_in(robot, ana.key)


async def test_client_without_a_proxy_that_is_trusted_cannot_forge_its_address(
    tmp_path: Path,
) -> None:
    async with open_site(tmp_path, TRUSTED_PROXIES="none") as site, rest(site, "guess") as client:
        statuses = [
            (
                await client.get("/api/users", headers={"X-Forwarded-For": f"192.0.2.{number}"})
            ).status_code
            for number in range(FREE + 1)
        ]
        assert statuses == [401] * FREE + [429]


@pytest.mark.skipif(not CADDY, reason="needs caddy (apt install caddy)")
async def test_client_behind_caddy_cannot_forge_its_address(tmp_path: Path, site: Site) -> None:
    folder = tmp_path / "caddy"
    folder.mkdir()
    async with (
        caddy_in_front(folder, site.house.port) as caddy,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{caddy.port}", trust_env=False, timeout=PATIENCE
        ) as client,
    ):
        statuses = []
        for number in range(FREE + 1):
            forged = {"X-API-Key": "guess", "X-Forwarded-For": f"192.0.2.{number}"}
            statuses.append((await client.get("/api/users", headers=forged)).status_code)
    assert statuses == [401] * FREE + [429]


async def test_key_that_is_revoked_closes_links_in_every_process(tmp_path: Path) -> None:
    async with two_processes(tmp_path) as pair:
        settings = Settings.load({"DATA_DIR": str(tmp_path)}, dotenv_path=tmp_path / "no.env")
        made = await trio.to_thread.run_sync(
            lambda: keys.add(settings, "both", "robot", now=time.time(), days=None, device=None)
        )
        url = pair.url
        phones = [device(0), device(1)]
        with trio.fail_after(PATIENCE):
            for phone in phones:  # until the process knows it to which the phone belongs
                while True:
                    async with connect(url) as robot:
                        if (await robot.authenticate(made.key, device_id=phone))["type"] != "error":
                            break
        async with connect(url) as here, connect(url) as there:
            await let_in(here, made.key, device_id=phones[0])
            await let_in(there, made.key, device_id=phones[1])
            await trio.to_thread.run_sync(lambda: keys.revoke(settings, "both", now=time.time()))
            assert [await robot.close_code() for robot in (here, there)] == [1008, 1008]
