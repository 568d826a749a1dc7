"""Copies of a database: made while in use, verified, put back; what is forgotten stays so."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from sqlite_utils import Database

from robi.errors import ConfigurationError, DatabaseError
from robi.store.base import (
    AddKey,
    AddMemory,
    AddText,
    DropText,
    ErasePerson,
    KeyRow,
    Memory,
    PassageRow,
    Person,
    RevokeKey,
    SavePerson,
    TextRow,
    UseKey,
)
from robi.store.files import back_up, restore
from robi.store.migrations import MIGRATIONS, migrate
from robi.store.sqlite import SqliteStore

ANA = Person("user_ana_0a1b2c", "Ana", created_at=100.0)
LUIS = Person("user_luis_3d4e5f", "Luis", created_at=200.0)
LIKE = Memory("m1", ANA.person_id, "fact", "le gusta el té", 6, 100.0)
TODAY = len(MIGRATIONS)


@pytest.fixture
def running(path: Path) -> Iterator[SqliteStore]:
    """A database of today, in use, with Ana in its log."""
    store = SqliteStore(path)
    store.open()
    store.write([SavePerson(ANA), AddMemory(LIKE)])
    yield store
    store.close()


@pytest.fixture
def backup(running: SqliteStore, path: Path, tmp_path: Path) -> Path:
    """A backup with Ana in it; the database goes on with Luis."""
    target = tmp_path / "backups" / "robi.bak"
    back_up(path, target)
    running.write([SavePerson(LUIS)])
    running.close()
    return target


def people_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [name for (name,) in db.execute("SELECT name FROM users ORDER BY name")]


def damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        rows = [(f"user_{n}", "x" * 500) for n in range(200)]
        db.executemany("INSERT INTO users (user_id, created_at, name) VALUES (?, 1.0, ?)", rows)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : -4096] = b"\xff" * (len(content) - len(content) // 2 - 4096)
    path.write_bytes(content)


def not_a_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def of_nobody(path: Path) -> None:
    path.write_bytes(b"")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {TODAY + 1}")


def gone(path: Path) -> None:
    path.unlink()


# ── making one ────────────────────────────────────────────────────────────────────────────


def test_backup_of_a_database_in_use_has_everything_in_one_private_file(
    running: SqliteStore, path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new" / "robi.bak"
    assert back_up(path, target) == TODAY
    assert people_in(target) == ["Ana"]
    assert [file.name for file in target.parent.iterdir()] == ["robi.bak"]
    assert f"{target.stat().st_mode & 0o777:o}" == "600"
    running.write([SavePerson(LUIS)])


def test_backup_made_again_replaces_the_one_of_before(backup: Path, path: Path) -> None:
    back_up(path, backup)
    assert people_in(backup) == ["Ana", "Luis"]


@pytest.mark.parametrize("harm", [damaged, not_a_database, newer, gone])
def test_database_that_is_no_good_is_not_copied(
    backup: Path, path: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(path)
    target = tmp_path / "other" / "robi.bak"
    with pytest.raises(ConfigurationError):
        back_up(path, target)
    assert [*target.parent.glob("*")] == []


def test_backup_that_cannot_be_written_says_so(running: SqliteStore, path: Path) -> None:
    with pytest.raises(DatabaseError, match="could not be written"):
        back_up(path, path / "below-a-file.bak")


# ── putting one back ──────────────────────────────────────────────────────────────────────


def test_backup_restored_is_the_database_and_the_old_one_is_kept_aside(
    backup: Path, path: Path
) -> None:
    done = restore(backup, path)
    assert people_in(path) == ["Ana"]
    assert done.aside is not None
    assert done.aside.name.startswith("robi.db.aside-2")
    assert people_in(done.aside) == ["Ana", "Luis"]
    assert (done.schema, done.still_forgotten) == (TODAY, 0)
    assert people_in(backup) == ["Ana"]
    assert f"{path.stat().st_mode & 0o777:o}" == "600"


def test_backup_restored_is_opened_as_it_is(backup: Path, path: Path) -> None:
    restore(backup, path)
    store = SqliteStore(path)
    store.open()
    assert (store.people(), store.memories(ANA.person_id)) == ((ANA,), (LIKE,))
    store.close()


def test_backup_is_restored_where_there_is_nothing(backup: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "robi.db"
    assert restore(backup, target).aside is None
    assert people_in(target) == ["Ana"]


@pytest.mark.parametrize("harm", [damaged, not_a_database, of_nobody, newer, gone])
def test_backup_that_is_no_good_is_refused_and_nothing_changes(
    backup: Path, path: Path, harm: Callable[[Path], None]
) -> None:
    harm(backup)
    before = {file.name for file in path.parent.iterdir()}
    with pytest.raises(ConfigurationError):
        restore(backup, path)
    assert people_in(path) == ["Ana", "Luis"]
    assert {file.name for file in path.parent.iterdir()} == before


def test_backup_of_an_older_schema_is_brought_to_today(tmp_path: Path, path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        migrate(Database(connection), MIGRATIONS[:1])
        with connection:
            connection.execute(
                "INSERT INTO users (user_id, name, created_at) VALUES ('a', 'Ana', 1)"
            )
    assert restore(old, path).schema == TODAY
    assert people_in(path) == ["Ana"]


def test_log_of_the_database_of_before_goes_aside_with_it(backup: Path, path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    not_a_database(path)
    log.write_bytes(b"its log")
    with structlog.testing.capture_logs():
        aside = restore(backup, path).aside
    assert aside is not None
    assert aside.with_name(aside.name + "-wal").read_bytes() == b"its log"
    assert not log.exists()


# ── forgetting outlives it ────────────────────────────────────────────────────────────────


def test_person_forgotten_since_the_backup_is_forgotten_still(backup: Path, path: Path) -> None:
    store = SqliteStore(path)
    store.open()
    store.erase(ErasePerson(ANA.person_id, 1.0))
    store.close()
    assert restore(backup, path).still_forgotten == 1
    store.open()
    assert (store.people(), store.memories(ANA.person_id)) == ((), ())
    store.write([SavePerson(ANA)])
    assert store.people() == ()
    store.close()
    assert b"Ana" not in path.read_bytes()


def test_tombstones_that_cannot_be_read_are_told(backup: Path, path: Path) -> None:
    not_a_database(path)
    with structlog.testing.capture_logs() as logs:
        done = restore(backup, path)
    assert done.still_forgotten is None
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == [
        "tombstones_unreadable"
    ]


# ── keys outlive it ───────────────────────────────────────────────────────────────────────


def test_keys_are_after_a_restore_what_they_were_before(path: Path, tmp_path: Path) -> None:
    kept, revoked, since = (
        KeyRow(n, n * 64, n, "reader", 1.0, origins=("https://a.b", "http://c"), daily_tokens=5)
        for n in ("a", "b", "c")
    )
    store = SqliteStore(path)
    store.open()
    store.write([AddKey(kept), AddKey(revoked)])
    backup = tmp_path / "keys.bak"
    back_up(path, backup)
    store.write([AddKey(since), RevokeKey("b", 5.0), UseKey("a", 6.0)])
    now = store.keys()
    store.close()
    restore(backup, path)
    store.open()
    assert store.keys() == now
    store.close()


def test_keys_of_before_there_were_readers_outlive_a_restore(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        migrate(Database(connection), MIGRATIONS[:3])
        with connection:
            connection.execute(
                "INSERT INTO keys (key_id, digest, name, role, created_at, device_id)"
                " VALUES ('a', '1', 'ana', 'robot', 1.0, 'd')"
            )
    backup = tmp_path / "empty.bak"
    other = SqliteStore(tmp_path / "other.db")
    other.open()
    back_up(tmp_path / "other.db", backup)
    other.close()
    restore(backup, path)
    store = SqliteStore(path)
    store.open()
    assert store.keys() == (KeyRow("a", "1", "ana", "robot", 1.0, device_id="d"),)
    store.close()


def test_texts_are_after_a_restore_those_of_the_backup(path: Path, tmp_path: Path) -> None:
    def text(name: str) -> AddText:
        row = TextRow(name, name, "plain", 9, "d", 1, 9, 1.0)
        return AddText(row, (PassageRow(name, 0, (), "", "", f"gato {name}"),))

    store = SqliteStore(path)
    store.open()
    store.write([text("uno")])
    back_up(path, backup := tmp_path / "texts.bak")
    store.write([text("dos"), DropText("uno")])
    store.close()
    restore(backup, path)
    store.open()
    assert [each.row.words for each in store.passages_like(None, ("gatos",), 5)] == ["gato uno"]
    store.close()


def test_keys_of_a_backup_are_good_where_there_was_nothing(path: Path, tmp_path: Path) -> None:
    store = SqliteStore(path)
    store.open()
    store.write([AddKey(KeyRow("a", "a" * 64, "a", "robot", 1.0))])
    known = store.keys()
    store.close()
    elsewhere = tmp_path / "elsewhere" / "robi.db"
    restore(path, elsewhere)
    moved = SqliteStore(elsewhere)
    moved.open()
    assert moved.keys() == known
    moved.close()
