"""Who is told the key of development: a page of this server on this machine, and nobody else."""

import pytest
from structlog.testing import capture_logs

from robi.web.api.at_home import is_at_home
from tests.web.api.stage import Stage

BROWSER = {"Host": "localhost:8000", "Sec-Fetch-Site": "same-origin", "Accept": "*/*"}


def at_home(address: str | None = "127.0.0.1", **changes: str | None) -> bool:
    headers = {**BROWSER, **{name.replace("_", "-"): value for name, value in changes.items()}}
    raw = [(n.encode(), v.encode()) for n, v in headers.items() if v is not None]
    return is_at_home(address, raw)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_page_in_a_browser_of_this_machine_is_at_home(address: str) -> None:
    assert at_home(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8000"],
)
def test_every_name_of_this_machine_is_one_for_home(host: str) -> None:
    assert at_home(Host=host)


@pytest.mark.parametrize("address", [None, "", "192.168.1.7", "172.17.0.1", "fe80::1%eth0", "::"])
def test_who_is_not_on_this_machine_is_not_at_home(address: str | None) -> None:
    assert not at_home(address)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "localhost:8000.evil.example",
        "127.0.0.1.nip.io:8000",
        "localhost:",
        "localhost.",
        "::1",
        "0.0.0.0:8000",
        "user@localhost",
    ],
)
def test_name_that_anybody_may_have_made_mean_this_machine_is_none(host: str | None) -> None:
    assert not at_home(Host=host)


@pytest.mark.parametrize(
    "header",
    [
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-FORWARDED-ANYTHING",
        "X-Forwarded",
        "X-Real-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "X-Envoy-External-Address",
        "X-Original-Forwarded-For",
        "CF-Connecting-IP",
        "CF-Ray",
        "Fly-Client-IP",
        "True-Client-IP",
    ],
)
def test_who_comes_by_a_proxy_is_not_at_home(header: str) -> None:
    assert not at_home(**{header: "127.0.0.1"})


@pytest.mark.parametrize(
    "origin",
    ["null", "", "https://localhost:8000", "http://localhost", "http://evil.example"],
)
def test_page_of_another_origin_is_not_at_home(origin: str) -> None:
    assert at_home(Origin="http://localhost:8000")
    assert not at_home(Origin=origin)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_request_that_no_page_of_ours_has_made_is_not_at_home(site: str) -> None:
    assert not at_home(Sec_Fetch_Site=site)


def test_browser_that_tells_no_site_may_be_at_home() -> None:
    assert at_home(Sec_Fetch_Site=None)


def test_header_that_comes_twice_is_a_doubt() -> None:
    raw = [(name.encode(), value.encode()) for name, value in BROWSER.items()]
    for name, value in ((b"host", b"localhost:8000"), (b"Origin", b"http://localhost:8000")):
        assert not is_at_home("127.0.0.1", [*raw, (name, value), (name, value)])


# ── the call ──────────────────────────────────────────────────────────────────────────────


async def test_key_that_was_made_is_told_to_the_page_and_kept_by_nobody_on_the_way() -> None:
    with capture_logs() as logs:
        async with Stage(made_key="made").client(key=None) as client:
            answer = await client.get("/api/key", headers=BROWSER)
    assert (answer.status_code, answer.json()) == (200, {"api_key": "made"})
    assert answer.headers["cache-control"] == "no-store"
    assert logs == []


async def test_key_that_was_made_is_told_to_nobody_else() -> None:
    async with Stage(made_key="made").client(key=None) as client:
        answer = await client.get("/api/key", headers={**BROWSER, "Host": "evil.example"})
    assert (answer.status_code, answer.json()) == (200, {})


async def test_key_that_was_given_is_told_to_nobody() -> None:
    async with Stage().client(key=None) as client:
        assert (await client.get("/api/key", headers=BROWSER)).json() == {}
