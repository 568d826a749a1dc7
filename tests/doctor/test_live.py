"""Who answers at the port, and in front of it, as `robi doctor` sees it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from robi.config import Settings, folder
from robi.config.settings import Environment
from robi.doctor import live
from robi.doctor.live import Front
from tests.doctor.conftest import Answer, House, Serve, health, states


@pytest.fixture
def works(house: House) -> Iterator[None]:
    """A server works in the folder."""
    with folder.locked(house.settings.data_dir):
        yield


def at(house: House, port: int) -> Settings:
    return attrs.evolve(house.settings, port=port)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize(("status", "state"), [("ok", "good"), ("degraded", "advised")])
def test_server_of_this_folder_is_as_it_says(
    house: House, serve: Serve, status: str, state: str
) -> None:
    port = serve(Answer(body=health(house, status)))
    assert states([*live.server(at(house, port))]) == [("server", state)]


@pytest.mark.usefixtures("works")
def test_server_of_this_folder_that_does_not_answer_is_wrong(house: House) -> None:
    (found,) = live.server(at(house, free_port()))
    assert (found.about, found.state) == ("server", "wrong")
    assert "nobody answers" in found.found


def test_server_of_another_folder_is_wrong(house: House, serve: Serve) -> None:
    port = serve(Answer(body=b'{"status": "ok", "server": "robi/0.1", "instance": "other"}'))
    (found,) = live.server(at(house, port))
    assert "works in another folder" in found.found


@pytest.mark.parametrize("answer", [Answer(), Answer(body=b"{}"), Answer(404, b"<html>")])
def test_port_of_another_program_is_wrong(house: House, serve: Serve, answer: Answer) -> None:
    assert states([*live.server(at(house, serve(answer)))]) == [("port", "wrong")]


def test_port_that_is_free_is_good(house: House) -> None:
    assert states([*live.server(at(house, free_port()))]) == [("port", "good")]


def test_port_that_hangs_is_wrong(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_WITHIN_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (found,) = live.server(at(house, silent.getsockname()[1]))
    assert "does not answer" in found.found


def test_host_that_is_not_of_this_machine_is_wrong(house: House) -> None:
    settings = attrs.evolve(house.settings, host="192.0.2.1", port=free_port())
    (found,) = live.server(attrs.evolve(settings, host="256.256.256.256"))
    assert (found.about, found.state) == ("port", "wrong")


# ── in front ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def certs(house: House) -> Path:
    assert house.robi("certs", "make", "--name", "127.0.0.1").code == 0
    return house.settings.data_dir / "certs"


def look(house: House, port: int, now: float = 0.0) -> list[tuple[str, str]]:
    return states([*live.front(house.settings, [Front("127.0.0.1", port)], now)])


@pytest.mark.usefixtures("works")
def test_front_that_leads_here_is_good(house: House, serve: Serve, certs: Path) -> None:
    answer = Answer(body=health(house))
    assert look(house, serve(answer, certs)) == [("front", "good")]
    assert answer.seen == ["/api/health", "/ws/interact"]


@pytest.mark.usefixtures("works")
def test_front_that_lets_no_websocket_through_is_wrong(
    house: House, serve: Serve, certs: Path
) -> None:
    port = serve(Answer(body=health(house), upgrade=400), certs)
    assert look(house, port) == [("front", "wrong")]


@pytest.mark.usefixtures("works")
def test_front_that_shows_another_certificate_is_wrong(
    house: House, serve: Serve, certs: Path
) -> None:
    port = serve(Answer(body=health(house)), certs)
    house.robi("certs", "make", "--new-key", "--name", "127.0.0.1")
    assert look(house, port) == [("front", "wrong"), ("front", "good")]


@pytest.mark.usefixtures("works")
def test_front_whose_certificate_has_ended_is_wrong(
    house: House, serve: Serve, certs: Path
) -> None:
    port = serve(Answer(body=health(house)), certs)
    assert look(house, port, now=1e11) == [("front", "wrong"), ("front", "good")]


@pytest.mark.parametrize(
    "answer",
    [Answer(502), Answer(body=b'{"status": "ok", "server": "robi/0.1", "instance": "other"}')],
)
def test_front_with_nobody_or_another_behind_it_is_wrong(
    house: House, serve: Serve, certs: Path, answer: Answer
) -> None:
    assert look(house, serve(answer, certs)) == [("front", "wrong")]


@pytest.mark.parametrize(
    ("environment", "state"), [("production", "wrong"), ("development", "advised")]
)
def test_front_that_is_not_there_is_judged_by_the_environment(
    house: House, environment: Environment, state: str
) -> None:
    settings = attrs.evolve(house.settings, environment=environment)
    found = live.front(settings, [Front("127.0.0.1", free_port())], 0.0)
    assert states([*found]) == [("front", state)]


def test_front_that_nobody_has_named_is_advised_in_production_only(house: House) -> None:
    assert [*live.front(house.settings, [], 0.0)] == []
    settings = attrs.evolve(house.settings, environment="production")
    assert states([*live.front(settings, [], 0.0)]) == [("front", "advised")]


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("192.0.2.1", Front("192.0.2.1", 9393)),
        ("robi.local:443", Front("robi.local", 443)),
        ("[2001:db8::1]:9393", Front("2001:db8::1", 9393)),
    ],
)
def test_front_is_an_address_with_or_without_port(text: str, front: Front) -> None:
    assert Front.parse(text) == front


@pytest.mark.parametrize("text", ["", "host:port", "https://host", "you@host", ":9393"])
def test_front_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever words
        Front.parse(text)
