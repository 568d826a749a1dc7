"""`robi export`: all of one person, nothing of another, beside a running server."""

import base64

import orjson
import pytest

from robi.shell import UNUSABLE, WRONG
from robi.store.sqlite import SqliteStore
from tests.upkeep.conftest import ANA, LUIS, NEW, OLD, PHOTO, House


def test_export_has_all_of_the_person(house: House) -> None:
    done = house.robi("export", "ana")
    told = orjson.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert told["person"]["name"] == "Ana"
    assert told["person"]["preferences"] == {"bebida": "té"}
    assert base64.b64decode(told["faces"][0]["embedding"]) == b"\1" * 512
    assert {(m["content"], m["superseded_by"]) for m in told["memories"]} == {
        (OLD, "new-Ana"),
        (NEW, None),
    }
    assert [row["request_id"] for row in told["memory_sources"]] == ["r1"]
    assert [row["content"] for row in told["history"]] == ["hola"]
    assert [row["emotion"] for row in told["interactions"]] == ["happy"]
    assert [row["name"] for row in told["media"]] == [PHOTO[ANA]]
    assert [row["session_id"] for row in told["sessions"]] == ["session-0"]
    assert [row["event_id"] for row in told["events"]] == ["event-Ana"]
    assert [row["label"] for row in told["reminders"]] == ["té"]


def test_export_has_nothing_of_another(house: House) -> None:
    told = house.robi("export", ANA).out
    assert LUIS not in told
    assert "Luis" not in told


def test_export_into_a_file_is_for_its_owner_alone(house: House) -> None:
    path = house.settings.data_dir / "ana.json"
    done = house.robi("export", ANA, "--output", str(path))
    assert (done.code, path.stat().st_mode & 0o777) == (0, 0o600)
    assert orjson.loads(path.read_bytes())["person"]["user_id"] == ANA
    assert "Ana" not in done.out


def test_export_never_overwrites(house: House) -> None:
    path = house.settings.data_dir / "ana.json"
    path.write_text("mine")
    done = house.robi("export", ANA, "--output", str(path))
    assert (done.code, path.read_text()) == (WRONG, "mine")
    assert done.err == f"Cannot write {path}: File exists.\n"


def test_export_beside_a_server_that_writes_sees_the_last_commit(house: House) -> None:
    store = SqliteStore(house.path)
    store.open()
    with store._writer.atomic() as db:
        db.execute("DELETE FROM memories")
        told = orjson.loads(house.robi("export", ANA).out)
    store.close()
    assert len(told["memories"]) == 2


def test_export_of_nobody_says_so(house: House) -> None:
    done = house.robi("export", "Eva")
    assert (done.code, done.out) == (WRONG, "")
    assert "Eva" in done.err


def test_export_without_a_database_says_so(empty_house: House) -> None:
    done = empty_house.robi("export", "Ana")
    assert (done.code, done.err) == (WRONG, "Cannot export: there is no database yet.\n")
    assert not empty_house.path.exists()


def test_export_with_settings_that_cannot_be_used_is_unusable(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eight")
    done = house.robi("export", "Ana")
    assert done.code == UNUSABLE
    assert "PORT" in done.err


def test_export_from_an_older_database_says_what_to_do(house: House) -> None:
    store = SqliteStore(house.path)
    store.open()
    store._writer.execute("PRAGMA user_version = 1")
    store.close()
    done = house.robi("export", "Ana")
    assert (done.code, done.out) == (WRONG, "")
    assert "start the server once" in done.err


def test_export_from_what_is_no_database_says_so(house: House) -> None:
    house.path.write_bytes(b"no database at all" * 1000)
    done = house.robi("export", "Ana")
    assert done.code == WRONG
    assert done.err == "Cannot export: the database does not answer (SQLITE_NOTADB).\n"
