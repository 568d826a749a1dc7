"""Who may open a WebSocket, and what the others are told."""

import h11
import pytest

from robi.web.handshake import UpgradeRules, answer_upgrade, origin_allowed, wants_websocket
from robi.web.http import RefusedError

RULES = UpgradeRules("/ws/interact", frozenset({"https://app.example"}))
GOOD = {
    "host": "robi.example",
    "connection": "keep-alive, Upgrade",
    "upgrade": "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
}


def request(
    target: str = "/ws/interact",
    method: str = "GET",
    version: str = "1.1",
    **headers: str | None,
) -> h11.Request:
    wanted = {**GOOD, **{name.replace("_", "-"): value for name, value in headers.items()}}
    pairs = [(name, value) for name, value in wanted.items() if value is not None]
    return h11.Request(method=method, target=target, headers=pairs, http_version=version)


def test_upgrade_of_the_rfc_is_answered_as_in_the_rfc() -> None:
    response = answer_upgrade(request(), RULES)
    assert response.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in response
    assert response.endswith(b"\r\n\r\n")


def test_upgrade_that_offers_compression_gets_none() -> None:
    response = answer_upgrade(request(sec_websocket_extensions="permessage-deflate"), RULES)
    assert b"Extensions" not in response


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        (request("/ws/other"), 404),
        (request("/ws/interact/"), 404),
        (request(origin="https://evil.example"), 403),
        (request(origin="null"), 403),
        (request(origin="http://["), 403),
        (request(content_length="3"), 400),
        (request(transfer_encoding="chunked"), 400),
        (request(sec_websocket_key=None), 400),
        (request(sec_websocket_key="short"), 400),
        (request(sec_websocket_version="8"), 400),
        (request(connection="close"), 426),
        (request(method="POST"), 405),
        (request(version="1.0"), 505),
    ],
)
def test_upgrade_against_the_rules_is_refused(bad: h11.Request, status: int) -> None:
    with pytest.raises(RefusedError) as refused:
        answer_upgrade(bad, RULES)
    assert refused.value.status == status


def test_upgrade_with_a_query_is_taken() -> None:
    assert answer_upgrade(request("/ws/interact?v=1"), RULES)


def test_upgrade_anywhere_is_taken_without_a_path() -> None:
    assert answer_upgrade(request("/any"), UpgradeRules(None))


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "robi.example", True),
        ("https://robi.example", "robi.example", True),
        ("http://Robi.example:8000", "robi.example:8000", True),
        ("http://robi.example:8000", "robi.example", False),
        ("https://app.example", "robi.example", True),
        ("http://app.example", "robi.example", False),
        ("https://robi.example.evil", "robi.example", False),
        ("https://robi.example", None, False),
        ("", "", False),
    ],
)
def test_origin_is_our_own_or_allowed(origin: str | None, host: str | None, allowed: bool) -> None:
    assert origin_allowed(origin, host, RULES.origins) is allowed


@pytest.mark.parametrize(
    ("upgrade", "wants"), [("WebSocket", True), ("h2c", False), ("h2c, websocket", True)]
)
def test_upgrade_header_tells_what_is_wanted(upgrade: str, wants: bool) -> None:
    assert wants_websocket(request(upgrade=upgrade)) is wants
