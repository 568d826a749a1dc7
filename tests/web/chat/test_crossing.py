"""Pages from elsewhere: whose browsers may ask, and whose keys are for which."""

import pytest
from structlog.testing import capture_logs

from robi.web.chat.crossing import PREFLIGHT_S
from tests.web.chat.client import FREE, SSE, Answer
from tests.web.chat.stage import BOUND, OPERATOR, OTHER_PAGE, PAGE, STRANGE_PAGE, Stage
from tests.web.chat.test_refusals import assert_refused

OWN = "http://robi.test"


def crossed(answer: Answer) -> str | None:
    """From which origin a browser may read this."""
    assert "Origin" in answer.headers["vary"]
    origin = answer.headers.get("access-control-allow-origin")
    exposed = answer.headers.get("access-control-expose-headers", "")
    assert (origin is not None) == ("X-Session-ID" in exposed)
    assert "access-control-allow-credentials" not in answer.headers
    return origin


def stage_of_both() -> Stage:
    return Stage(origins={PAGE, OTHER_PAGE})


@pytest.mark.parametrize(
    ("key", "origin", "status", "is_readable"),
    [
        (FREE, None, 200, False),
        (FREE, PAGE, 200, True),
        (FREE, OTHER_PAGE, 200, True),
        (FREE, STRANGE_PAGE, 403, False),
        (FREE, "null", 403, False),
        (FREE, OWN, 200, False),
        (BOUND, None, 403, False),
        (BOUND, PAGE, 403, True),
        (BOUND, OTHER_PAGE, 200, True),
        (BOUND, STRANGE_PAGE, 403, False),
        (BOUND, OWN, 403, False),
        (OPERATOR, None, 200, False),
        (OPERATOR, STRANGE_PAGE, 200, False),
        (None, PAGE, 401, True),
        ("wrong", STRANGE_PAGE, 401, False),
    ],
)
async def test_key_is_good_from_its_pages_and_pages_read_what_they_may(
    key: str | None, origin: str | None, status: int, *, is_readable: bool
) -> None:
    for path in ("/chat", "/api/chat"):
        for accept in ("application/json", SSE):
            stage = stage_of_both()
            headers = {"accept": accept} if origin is None else {"accept": accept, "origin": origin}
            answered = await stage.asked(None, key, path=path, **headers)
            assert answered.status == status
            assert crossed(answered) == (origin if is_readable else None)
            if status == 403:
                assert_refused(answered, 403, 1002)
                assert (stage.let_in, stage.reception.attends) == (0, 0)


@pytest.mark.parametrize(
    "origin", [PAGE.upper(), f"{PAGE}/", f"{PAGE}.evil.example", f"{PAGE}:443"]
)
async def test_origin_that_only_looks_like_one_is_another(origin: str) -> None:
    answered = await stage_of_both().asked(origin=origin)
    assert (answered.status, crossed(answered)) == (403, None)


async def test_two_origins_are_none() -> None:
    stage = stage_of_both()
    async with stage.connected() as client:
        raw, again = client.request(origin=PAGE), f"\r\norigin: {PAGE}\r\n\r\n".encode()
        await client.send(raw.replace(b"\r\n\r\n", again, 1))
        assert (await client.whole()).status == 403


async def test_page_may_from_the_moment_that_it_is_known_and_no_longer() -> None:
    stage = Stage()
    statuses = []
    for known in (False, True, False):
        (stage.origins.add if known else stage.origins.discard)(OTHER_PAGE)
        answered = await stage.asked(origin=OTHER_PAGE)
        statuses.append((answered.status, crossed(answered)))
    assert statuses == [(403, None), (200, OTHER_PAGE), (403, None)]


@pytest.mark.parametrize("path", ["/chat", "/api/chat"])
async def test_preflight_of_a_page_is_answered(path: str) -> None:
    stage = Stage()
    async with stage.connected() as client:
        headers = {
            "origin": PAGE,
            "access_control_request_method": "POST",
            "access_control_request_headers": "content-type,last-event-id,x-api-key,x-request-id",
        }
        await client.send(client.request(key=None, path=path, method="OPTIONS", **headers))
        answered = await client.whole()
    assert (answered.status, crossed(answered)) == (204, PAGE)
    assert answered.headers["access-control-allow-methods"] == "POST"
    allowed = answered.headers["access-control-allow-headers"].lower().split(", ")
    assert set(headers["access_control_request_headers"].split(",")) == set(allowed)
    assert answered.headers["access-control-max-age"] == str(PREFLIGHT_S)
    assert answered.body == b""


async def test_preflight_of_another_page_is_refused_without_a_header() -> None:
    async with Stage().connected() as client:
        headers = {"origin": STRANGE_PAGE, "access_control_request_method": "POST"}
        await client.send(client.request(key=None, method="OPTIONS", **headers))
        answered = await client.whole()
    assert (answered.status, crossed(answered)) == (405, None)
    assert not {name for name in answered.headers if name.startswith("access-control")}


async def test_other_paths_are_none_of_these_pages_business() -> None:
    async with Stage().connected() as client:
        await client.send(client.request(method="GET", path="/api/health", origin=PAGE))
        answered = await client.whole()
    assert answered.status == 200
    assert not {name for name in answered.headers if name.startswith("access-control")}


async def test_page_that_may_not_ask_is_in_the_log() -> None:
    with capture_logs() as lines:
        await stage_of_both().asked(
            None,
            None,
            method="OPTIONS",
            **{"origin": STRANGE_PAGE, "access-control-request-method": "POST"},
        )
    told = [line["origin"] for line in lines if line["event"] == "origin_refused"]
    assert told == [STRANGE_PAGE]
