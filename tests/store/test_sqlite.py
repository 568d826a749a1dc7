"""What only the twin on disk does: files, privacy, schema, trouble with the disk."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any, ClassVar

import pytest
import structlog
from attrs import evolve
from sqlite_utils import Database

from robi.errors import ConfigurationError, DatabaseError, DiskFull, RobiError
from robi.store import passage_index
from robi.store.base import (
    AddMemory,
    AddText,
    DropText,
    EraseMemory,
    ErasePerson,
    Memory,
    PassageRow,
    Person,
    Receipt,
    SavePerson,
    StrengthenMemory,
    SupersedeMemory,
    TextRow,
    WriteRejected,
)
from robi.store.files import backup_path
from robi.store.migrations import MIGRATIONS, Migration, migrate
from robi.store.sqlite import SqliteStore

ANA = Person("user_ana_0a1b2c", "Ana", created_at=100.0)
LUIS = Person("user_luis_3d4e5f", "Luis", created_at=200.0)


@pytest.fixture
def sqlite(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path, busy_timeout=0.0)
    store.open()
    yield store
    store.close()


def mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


def pragma(store: SqliteStore, name: str) -> object:
    (value,) = store._writer.execute(f"PRAGMA {name}").fetchone()
    return value


# ── files ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_files_of_the_database_are_for_its_owner_alone(
    sqlite: SqliteStore, path: Path, suffix: str
) -> None:
    sqlite.write([SavePerson(ANA)])
    assert mode(path.with_name(path.name + suffix)) == "600"


def test_folders_that_are_made_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a" / "b" / "robi.db")
    store.open()
    store.close()
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == ["700", "700"]


def test_file_that_was_open_to_others_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o644)
    store = SqliteStore(path)
    store.open()
    store.close()
    assert mode(path) == "600"


def test_nothing_is_touched_before_it_is_opened(path: Path) -> None:
    SqliteStore(path)
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)],
    ids=["log beside", "full", "keys"],
)
def test_connection_is_set_to_outlive_a_kill(sqlite: SqliteStore, name: str, value: object) -> None:
    assert pragma(sqlite, name) == value


def test_reader_sees_the_last_commit_while_the_writer_is_in_the_next(sqlite: SqliteStore) -> None:
    sqlite.write([SavePerson(ANA)])
    with sqlite._writer.atomic() as db:
        db.execute("DELETE FROM users")
        assert sqlite.people() == (ANA,)


def test_reader_cannot_write(sqlite: SqliteStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sqlite._reader.execute("DELETE FROM users")


# ── what the index is ─────────────────────────────────────────────────────────────────────


def test_index_has_one_person_s_words_apart_from_another_s(sqlite: SqliteStore) -> None:
    sqlite.write([SavePerson(ANA), SavePerson(LUIS)])
    for person in (ANA, LUIS):
        memory = Memory(f"m-{person.name}", person.person_id, "fact", "un gato", 5, 1.0)
        sqlite.write([AddMemory(memory)])
    words = sqlite._reader.execute("SELECT words FROM memory_words").fetchall()
    tokens = [set(row.split()) for (row,) in words]
    assert tokens[0].isdisjoint(tokens[1])
    assert [len(each) for each in tokens] == [2, 2]


def test_index_is_sound_after_all_that_can_happen_to_a_memory(sqlite: SqliteStore) -> None:
    sqlite.write([SavePerson(ANA)])
    ids = [f"m{n}" for n in range(6)]
    sqlite.write([AddMemory(Memory(n, ANA.person_id, "fact", f"gato {n}", 5, 1.0)) for n in ids])
    sqlite.write([SupersedeMemory("m0", "m1"), StrengthenMemory("m2", 9)])
    sqlite.erase(EraseMemory(ANA.person_id, ("m1", "m3")))
    sqlite._writer.execute("INSERT INTO memory_words (memory_words) VALUES ('integrity-check')")
    rows = sqlite._writer.execute(
        "SELECT memory_id FROM memories JOIN memory_words ON memories.id = memory_words.rowid"
    )
    assert [name for (name,) in rows] == ["m2", "m4", "m5"]


def test_index_that_is_damaged_is_made_anew_at_the_start(sqlite: SqliteStore, path: Path) -> None:
    memory = Memory("m", ANA.person_id, "fact", "un gato", 5, 1.0)
    sqlite.write([SavePerson(ANA), AddMemory(memory)])
    sqlite.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE memory_words_data SET block = x'00000000' WHERE id > 10")
    with structlog.testing.capture_logs() as logs:
        sqlite.open()
    assert logs == [{"event": "index_mended", "index": "memory_words", "log_level": "warning"}]
    assert [each.memory for each in sqlite.relevant(ANA.person_id, ("gato",), 2.0, 5)] == [memory]


GATO = AddText(
    TextRow("t", "Gatos", "plain", 9, "d", 2, 9, 1.0),
    (PassageRow("t", 0, ("Casa",), "", "", "un gato"), PassageRow("t", 1, (), "", "", "un perro")),
)


def test_index_of_passages_that_is_damaged_is_made_anew_at_the_start(
    sqlite: SqliteStore, path: Path
) -> None:
    sqlite.write([GATO])
    before = sqlite.passages_like("t", ("gato de casa",), 5)
    sqlite.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE passage_words_data SET block = x'00000000' WHERE id > 10")
    with structlog.testing.capture_logs() as logs:
        sqlite.open()
    assert logs == [{"event": "index_mended", "index": "passage_words", "log_level": "warning"}]
    assert (sqlite.passages_like("t", ("gato de casa",), 5), len(before)) == (before, 1)


def test_index_without_its_vocabulary_is_made_anew_at_the_start(
    sqlite: SqliteStore, path: Path
) -> None:
    sqlite.write([GATO])
    sqlite.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE passage_terms")
        db.execute("DROP TABLE passage_vocabulary")
    sqlite.open()
    assert vocabulary(sqlite) == ["cas", "gat", "perr"]


def vocabulary(sqlite: SqliteStore) -> list[str]:
    return [root for (root,) in sqlite._reader.execute("SELECT root FROM passage_vocabulary")]


def test_index_has_nothing_of_texts_that_are_gone(sqlite: SqliteStore) -> None:
    other = AddText(
        evolve(GATO.row, text_id="u", passages=1), (evolve(GATO.passages[0], text_id="u"),)
    )
    sqlite.write([GATO, other, GATO, DropText("u")])
    assert passage_index.is_sound(sqlite._writer)
    sql = "SELECT p.text_id, p.position, w.words FROM passage_words AS w"
    rows = sqlite._reader.execute(f"{sql} LEFT JOIN passages AS p ON p.id = w.rowid").fetchall()
    assert rows == [("t", 0, "gat"), ("t", 1, "perr")]
    assert vocabulary(sqlite) == ["cas", "gat", "perr"]
    sqlite.write([DropText("t")])
    assert vocabulary(sqlite) == []


# ── trouble ───────────────────────────────────────────────────────────────────────────────


def test_write_on_a_full_disk_leaves_nothing_and_can_be_repeated(sqlite: SqliteStore) -> None:
    pages = pragma(sqlite, "page_count")
    sqlite._writer.execute(f"PRAGMA max_page_count = {pages}")
    big = Person("user_big_000000", "x" * 100_000, 1.0)
    with pytest.raises(DiskFull):
        sqlite.write([SavePerson(ANA), SavePerson(big)])
    assert sqlite.people() == ()
    sqlite._writer.execute("PRAGMA max_page_count = 1000000")
    sqlite.write([SavePerson(ANA), SavePerson(big)])
    assert sqlite.people() == (big, ANA)


def test_write_while_another_process_holds_the_lock_for_a_moment_waits_for_it(path: Path) -> None:
    """Which it would not, had it begun by reading."""
    store = SqliteStore(path)
    store.open()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM users")
        release = Timer(0.05, other.execute, ("COMMIT",))
        release.start()
        try:
            store.write([SavePerson(ANA)])
        finally:
            release.join()
    assert store.people() == (ANA,)
    store.close()


def test_write_while_another_process_holds_the_lock_can_be_repeated(
    sqlite: SqliteStore, path: Path
) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="SQLITE_BUSY"):
            sqlite.write([SavePerson(ANA)])
    sqlite.write([SavePerson(ANA)])
    assert sqlite.people() == (ANA,)


@pytest.mark.parametrize(
    "person",
    [Person("user_x", "\ud800", 1.0), Person("user_x", "x", 1.0, interaction_count=2**70)],
    ids=["half a character", "more than 64 bits"],
)
def test_write_that_sqlite_cannot_take_is_rejected(sqlite: SqliteStore, person: Person) -> None:
    with pytest.raises(WriteRejected) as rejected:
        sqlite.write([SavePerson(ANA), SavePerson(person)])
    assert rejected.value.position == 1


class Failing(sqlite3.Connection):
    """A connection whose disk fails when it is told to, at a statement that begins so."""

    at: ClassVar[str | None] = None
    name: ClassVar[str] = "SQLITE_IOERR_FSYNC"

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if Failing.at is not None and sql.startswith(Failing.at):
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = Failing.name
            raise error
        return super().execute(sql, *values)


@pytest.fixture
def failing(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    """A store on a disk that fails at will."""
    connect = partial(sqlite3.connect, factory=Failing)
    monkeypatch.setattr("robi.store.sqlite.sqlite3.connect", connect)
    monkeypatch.setattr(Failing, "at", None)
    store = SqliteStore(path, busy_timeout=0.0)
    store.open()
    yield store
    Failing.at = None
    store.close()


@pytest.mark.parametrize("name", ["SQLITE_IOERR_FSYNC", "SQLITE_CORRUPT", "SQLITE_FULL"])
@pytest.mark.parametrize("at", ["BEGIN", "\nINSERT", "COMMIT"])
def test_write_that_the_disk_fails_is_whole_when_it_is_repeated(
    failing: SqliteStore, monkeypatch: pytest.MonkeyPatch, at: str, name: str
) -> None:
    monkeypatch.setattr(Failing, "name", name)
    monkeypatch.setattr(Failing, "at", at)
    with pytest.raises((DatabaseError, DiskFull), match=name):
        failing.write([SavePerson(ANA)])
    assert failing.people() == ()
    monkeypatch.setattr(Failing, "at", None)
    failing.write([SavePerson(ANA)])
    assert failing.people() == (ANA,)
    assert pragma(failing, "synchronous") == 2
    assert pragma(failing, "secure_delete") == 1
    assert pragma(failing, "foreign_keys") == 1


@pytest.mark.parametrize("at", ["BEGIN", "DELETE", "COMMIT", "VACUUM", "PRAGMA wal_checkpoint"])
def test_erasure_that_the_disk_fails_is_whole_when_it_is_repeated(
    failing: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    failing.write([SavePerson(ANA)])
    backup_path(path, 1).touch()
    monkeypatch.setattr(Failing, "at", at)
    with pytest.raises(DatabaseError):
        failing.erase(ErasePerson(ANA.person_id, 1.0))
    monkeypatch.setattr(Failing, "at", None)
    assert failing.erase(ErasePerson(ANA.person_id, 1.0)) == Receipt(people=1, backups=1)
    assert failing.people() == ()


def test_connection_that_the_disk_has_failed_is_not_used_again(
    failing: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = failing._writer, failing._reader
    monkeypatch.setattr(Failing, "at", "SELECT")
    with pytest.raises(DatabaseError):
        failing.people()
    with pytest.raises(DatabaseError):
        failing.write([])
    monkeypatch.setattr(Failing, "at", None)
    assert failing.people() == ()
    assert failing._writer is not writer
    assert failing._reader is not reader


def test_connection_that_was_only_busy_is_kept(sqlite: SqliteStore, path: Path) -> None:
    writer = sqlite._writer
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="SQLITE_BUSY"):
            sqlite.write([SavePerson(ANA)])
    assert sqlite._writer is writer


def test_erasure_of_what_can_never_have_been_is_rejected(sqlite: SqliteStore) -> None:
    with pytest.raises(WriteRejected):
        sqlite.erase(ErasePerson("\ud800", 1.0))
    sqlite.write([SavePerson(ANA)])
    assert sqlite.people() == (ANA,)


def test_read_of_what_cannot_be_asked_is_an_error_of_ours(sqlite: SqliteStore) -> None:
    with pytest.raises(DatabaseError):
        sqlite.person("\ud800")


def test_store_that_is_not_open_says_so(path: Path) -> None:
    with pytest.raises(DatabaseError, match="not open"):
        SqliteStore(path).people()


# ── schema ────────────────────────────────────────────────────────────────────────────────


def _add_nickname(db: Database) -> None:
    db.execute("ALTER TABLE users ADD COLUMN nickname TEXT")


def _fail_halfway(db: Database) -> None:
    _add_nickname(db)
    db.execute("INSERT INTO nowhere VALUES (1)")


def _lose_a_person(db: Database) -> None:
    db.execute(
        "INSERT INTO memories (memory_id, user_id, type, content, importance, created_at)"
        " VALUES ('m', 'user_nobody', 'fact', '', 5, 1.0)"
    )


NICKNAMES = (*MIGRATIONS, Migration(len(MIGRATIONS) + 1, "nicknames", _add_nickname))


@pytest.fixture
def old(path: Path) -> Path:
    """A database of today, with Ana in it."""
    store = SqliteStore(path)
    store.open()
    store.write([SavePerson(ANA)])
    store.close()
    return path


def columns_of_users(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {row[1] for row in db.execute("PRAGMA table_info(users)")}


def people_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [name for (name,) in db.execute("SELECT name FROM users")]


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    assert [step.number for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_database_that_is_new_is_migrated_without_a_backup(path: Path) -> None:
    store = SqliteStore(path, NICKNAMES)
    store.open()
    store.close()
    assert "nickname" in columns_of_users(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_database_that_is_behind_is_migrated_and_keeps_its_rows(old: Path) -> None:
    store = SqliteStore(old, NICKNAMES)
    store.open()
    assert store.people() == (ANA,)
    store.close()
    assert "nickname" in columns_of_users(old)


def test_database_that_is_behind_is_copied_first(old: Path) -> None:
    store = SqliteStore(old, NICKNAMES)
    store.open()
    store.close()
    copy = backup_path(old, len(MIGRATIONS))
    assert "nickname" not in columns_of_users(copy)
    assert people_in(copy) == ["Ana"]
    assert mode(copy) == "600"


def test_copy_holds_what_was_still_in_the_log(path: Path) -> None:
    running = SqliteStore(path)
    running.open()
    running.write([SavePerson(LUIS)])
    newer = SqliteStore(path, NICKNAMES)
    newer.open()
    newer.close()
    running.close()
    assert people_in(backup_path(path, len(MIGRATIONS))) == ["Luis"]


def test_database_that_is_up_to_date_is_not_copied(old: Path) -> None:
    store = SqliteStore(old)
    store.open()
    store.close()
    assert [file.name for file in old.parent.iterdir()] == [old.name]


@pytest.mark.parametrize("step", [_fail_halfway, _lose_a_person], ids=["fails", "loses"])
def test_migration_that_goes_wrong_is_undone_whole(
    old: Path, step: Callable[[Database], None]
) -> None:
    store = SqliteStore(old, (*MIGRATIONS, Migration(len(MIGRATIONS) + 1, "bad", step)))
    with pytest.raises(RobiError):
        store.open()
    again = SqliteStore(old)
    again.open()
    assert again.people() == (ANA,)
    again.close()


def test_database_of_the_first_schema_is_carried_over_with_its_rows_indexed(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        migrate(Database(connection), MIGRATIONS[:1])
        with connection:
            connection.execute(
                "INSERT INTO users (user_id, name, created_at) VALUES (?, 'Ana', 100.0)",
                (ANA.person_id,),
            )
            connection.executemany(
                "INSERT INTO memories (memory_id, user_id, type, content, importance, created_at)"
                " VALUES (?, ?, 'fact', ?, ?, 100.0)",
                [("m1", ANA.person_id, "tiene dos gatos", 10), ("m2", ANA.person_id, "té", 6)],
            )
    store = SqliteStore(path)
    store.open()
    gatos = Memory("m1", ANA.person_id, "fact", "tiene dos gatos", 9, 100.0, checked=False)
    te = Memory("m2", ANA.person_id, "fact", "té", 6, 100.0, checked=False)
    assert store.people() == (ANA,)
    assert store.memories(ANA.person_id) == (gatos, te)
    assert [each.memory for each in store.relevant(ANA.person_id, ("gato",), 200.0, 5)] == [gatos]
    store.close()
    with closing(sqlite3.connect(backup_path(path, 1))) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


def test_database_that_is_newer_refuses_to_start(old: Path) -> None:
    newer = SqliteStore(old, NICKNAMES)
    newer.open()
    newer.close()
    with pytest.raises(ConfigurationError, match="newer than this server"):
        SqliteStore(old).open()


def damaged(path: Path) -> None:
    """Overwrite pages in the middle of a database that has some."""
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany(
            "INSERT INTO users (user_id, created_at, name) VALUES (?, 1.0, ?)",
            [(f"user_{n}", "x" * 500) for n in range(200)],
        )
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size // 4))


def not_a_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


@pytest.mark.parametrize("harm", [damaged, not_a_database, cut_short])
def test_database_that_is_damaged_refuses_to_start(old: Path, harm: Callable[[Path], None]) -> None:
    harm(old)
    with pytest.raises(ConfigurationError, match="`robi restore`"):
        SqliteStore(old).open()


def test_folder_in_the_place_of_the_file_refuses_to_start(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="cannot be made"):
        SqliteStore(path).open()


def test_refusal_names_no_path(old: Path) -> None:
    not_a_database(old)
    with pytest.raises(ConfigurationError) as refused:
        SqliteStore(old).open()
    words = [str(refused.value), refused.value.details, refused.value.message("en")]
    assert not any(old.name in (word or "") or "/" in (word or "") for word in words)


# ── reads that do not wait ────────────────────────────────────────────────────────────────


def patience(store: SqliteStore) -> int:
    (value,) = store._reader.execute("PRAGMA busy_timeout").fetchone()
    return int(value)


def test_read_at_once_has_no_patience_and_the_next_has_it_again(path: Path) -> None:
    with closing(SqliteStore(path, busy_timeout=7.5)) as store:
        store.open()
        assert store.at_once(lambda _: patience(store)) == 0
        assert patience(store) == 7_500


def test_read_at_once_that_fails_leaves_patience_as_it_was(path: Path) -> None:
    def fail(_: object) -> None:
        reason = "SQLITE_BUSY"
        raise DatabaseError(reason)

    with closing(SqliteStore(path, busy_timeout=7.5)) as store:
        store.open()
        with pytest.raises(DatabaseError):
            store.at_once(fail)
        assert patience(store) == 7_500
