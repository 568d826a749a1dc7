"""`robi forget`: who is meant, what goes, and what is said of it."""

import io
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import orjson
import pytest

from robi.config import folder
from robi.shell import UNUSABLE, WRONG
from robi.store.base import AppendHistory, HistoryRow, Person, SavePerson
from robi.store.sqlite import SqliteStore
from robi.upkeep.forgetting import PLACES
from tests.upkeep.conftest import ANA, LUIS, PHOTO, House

KEY = "k" * 24
RECEIPT = {
    "people": 1,
    "faces": 1,
    "memories": 2,
    "history": 1,
    "summaries": 0,
    "interactions": 1,
    "media": 1,
    "media_files": 1,
    "media_files_left": 0,
    "sessions": 1,
    "events": 1,
    "backups": 0,
    "reminders": 1,
    "queued": 0,
}


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def types(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))


# ── without a server ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("user", [ANA, "Ana", "ana"])
def test_person_is_forgotten_in_every_table_and_file(house: House, user: str) -> None:
    done = house.robi("forget", user, "--yes", "--json")
    assert (done.code, orjson.loads(done.out), done.err) == (0, RECEIPT, "")
    assert house.people() == {LUIS}
    assert house.media() == {PHOTO[LUIS]}
    assert b"Ana" not in house.path.read_bytes()


def test_receipt_for_people_has_a_line_for_every_place(house: House) -> None:
    done = house.robi("forget", ANA, "--yes")
    title, *lines = done.out.splitlines()
    assert title == "Forgotten:"
    assert lines == [f"{RECEIPT[place]:>7}  {what}" for place, what in PLACES.items()]


def test_nobody_by_that_name_is_said_and_nothing_goes(house: House) -> None:
    done = house.robi("forget", "Eva", "--yes")
    assert (done.code, done.out) == (WRONG, "")
    assert done.err == "Nobody has the user_id Eva, nor that name.\n"
    assert house.people() == {ANA, LUIS}


def test_person_who_never_showed_a_face_is_forgotten_by_id(house: House) -> None:
    store = SqliteStore(house.path)
    store.open()
    store.write(
        [AppendHistory(HistoryRow("session-0", 1, "user_eva", "person", "hola", 1.0, "r2"))]
    )
    store.close()
    done = house.robi("forget", "user_eva", "--yes", "--json")
    assert (done.code, orjson.loads(done.out)["history"]) == (0, 1)
    assert house.robi("export", "user_eva").code == WRONG


def test_name_of_several_lists_them_and_nothing_goes(house: House) -> None:
    store = SqliteStore(house.path)
    store.open()
    store.write([SavePerson(Person("user_ana_2", "Ána", 1.0))])
    store.close()
    done = house.robi("forget", "ana", "--yes")
    assert (done.code, done.out) == (WRONG, "")
    assert [line.split()[0] for line in done.err.splitlines()[1:]] == [ANA, "user_ana_2"]
    assert len(house.people()) == 3


@pytest.mark.parametrize("answer", ["sí\n", "y\n"])
def test_answer_yes_at_the_terminal_forgets(
    house: House, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    types(monkeypatch, answer)
    assert house.robi("forget", "Ana").code == 0
    assert house.people() == {LUIS}


@pytest.mark.parametrize("answer", ["\n", "no\n", ""])
def test_any_other_answer_at_the_terminal_forgets_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    types(monkeypatch, answer)
    done = house.robi("forget", "Ana")
    assert (done.code, done.out) == (WRONG, "")
    assert done.err.endswith("Nothing was forgotten.\n")
    assert house.people() == {ANA, LUIS}


def test_no_terminal_and_no_yes_is_unusable(house: House) -> None:
    done = house.robi("forget", "Ana")
    assert (done.code, done.out) == (UNUSABLE, "")
    assert "--yes" in done.err
    assert house.people() == {ANA, LUIS}


def test_no_database_yet_is_said_and_none_is_made(empty_house: House) -> None:
    done = empty_house.robi("forget", "Ana", "--yes")
    assert (done.code, done.err) == (WRONG, "Cannot forget: there is no database yet.\n")
    assert not empty_house.path.exists()


def test_backups_that_hold_the_person_are_told_of_and_kept(house: House) -> None:
    house.robi("backup")
    done = house.robi("forget", "Ana", "--yes", "--json")
    assert orjson.loads(done.out)["backups"] == 0
    (backup,) = house.backups
    assert str(backup) in done.err
    assert "--backups" in done.err


def test_backups_are_deleted_when_told_so(house: House) -> None:
    house.robi("backup")
    done = house.robi("forget", "Ana", "--yes", "--json", "--backups")
    assert (orjson.loads(done.out)["backups"], done.err) == (1, "")
    assert house.backups == []


def test_database_put_aside_by_a_restore_goes_with_the_person(house: House) -> None:
    house.robi("backup")
    (backup,) = house.backups
    house.robi("restore", str(backup))
    done = house.robi("forget", "Ana", "--yes", "--json", "--backups")
    assert orjson.loads(done.out)["backups"] == 2
    assert list(house.path.parent.glob("*.aside-*")) == []


# ── by the server ─────────────────────────────────────────────────────────────────────────


class Server(HTTPServer):
    """Answers every call in one way, where the settings say that ours is."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.answer: tuple[int, bytes] = (200, orjson.dumps({**RECEIPT, "queued": 3}))
        self.health: tuple[int, bytes] = (200, b"{}")
        self.seen: list[tuple[str, str, str]] = []


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        assert self.path == "/api/health"
        self.tell(*self.server.health)

    def do_DELETE(self) -> None:
        assert isinstance(self.server, Server)
        self.server.seen.append((self.command, self.path, self.headers["X-API-Key"]))
        self.tell(*self.server.answer)

    def tell(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


def health_of(instance: object) -> bytes:
    return orjson.dumps({"status": "ok", "instance": instance})


@pytest.fixture
def server(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server works in the folder."""
    with Server() as server, folder.locked(house.settings.data_dir):
        server.health = (200, health_of(folder.instance(house.settings.data_dir)))
        monkeypatch.setenv("PORT", str(server.server_port))
        monkeypatch.setenv("API_KEY", KEY)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_running_server_is_asked_with_the_key_and_its_receipt_told(
    house: House, server: Server
) -> None:
    done = house.robi("forget", "Ana", "--yes", "--json")
    assert server.seen == [("DELETE", f"/api/users/{ANA}", KEY)]
    assert (done.code, orjson.loads(done.out)) == (0, {**RECEIPT, "queued": 3})
    assert house.people() == {ANA, LUIS}  # nothing is done behind its back


def test_running_server_is_not_asked_for_nobody(house: House, server: Server) -> None:
    assert house.robi("forget", "Eva", "--yes").code == WRONG
    assert server.seen == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((404, b"{}"), "the server knows nobody by that id"),
        ((503, b'{"error_code": "DATABASE_ERROR"}'), "answers 503 (DATABASE_ERROR)"),
        ((401, b"<html>"), "answers 401"),
        ((200, b"<html>"), "no receipt"),
        ((200, b'{"people": "all"}'), "no receipt"),
        ((200, b"[]"), "no receipt"),
    ],
    ids=["unknown", "database", "key", "page", "words", "list"],
)
def test_server_that_does_not_do_it_is_said_to(
    house: House, server: Server, answer: tuple[int, bytes], words: str
) -> None:
    server.answer = answer
    done = house.robi("forget", "Ana", "--yes")
    assert (done.code, done.out) == (WRONG, "")
    assert words in done.err


@pytest.mark.parametrize(
    "health",
    [
        (200, health_of("0" * 32)),
        (200, health_of(None)),
        (200, b'{"status": "ok"}'),
        (200, b"<html>"),
        (404, b"[]"),
    ],
    ids=["other", "null", "older", "page", "list"],
)
def test_server_of_another_folder_is_not_asked_to_forget(
    house: House, server: Server, health: tuple[int, bytes]
) -> None:
    server.health = health
    done = house.robi("forget", "Ana", "--yes")
    assert (done.code, done.out, server.seen) == (WRONG, "", [])
    assert "it is not the one that answers" in done.err


def test_folder_that_does_not_say_who_works_in_it_has_no_server_of_its_own(
    house: House, server: Server
) -> None:
    (house.settings.data_dir / folder.LOCK).write_text("1\n")
    server.health = (200, health_of(None))
    assert house.robi("forget", "Ana", "--yes").code == WRONG
    assert server.seen == []


def test_server_that_is_elsewhere_is_said_to_be(house: House) -> None:
    with folder.locked(house.settings.data_dir), Server() as unused:
        port = unused.server_port
        unused.server_close()
        done = house.robi("forget", "Ana", "--yes", "--port", str(port))
    assert (done.code, done.out) == (WRONG, "")
    assert "has it another HOST or PORT?" in done.err
