"""`robi upgrade-check`: a trial on a copy, the room for it, and a backup before it."""

import shutil
import sqlite3
from collections.abc import Callable
from types import SimpleNamespace

import orjson
import pytest
from sqlite_utils import Database

from robi.config import folder
from robi.shell import WRONG
from robi.store import files, migrations, upgrade
from robi.store.migrations import MIGRATIONS, Migration
from robi.store.sqlite import SqliteStore
from robi.upkeep import upgrading
from tests.upkeep.conftest import ANA, LUIS, House

NEWEST = MIGRATIONS[-1].number


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Database], None]], None]:
    """Be the version after this one, with one more step."""

    def be(step: Callable[[Database], None]) -> None:
        steps = (*MIGRATIONS, Migration(NEWEST + 1, "colours", step))
        for module in (migrations, files, upgrade, upgrading):
            monkeypatch.setattr(module, "MIGRATIONS", steps)

    return be


def add_table(db: Database) -> None:
    db.execute("CREATE TABLE colours (name TEXT) STRICT")


def beside(house: House) -> set[str]:
    return {path.name for path in house.path.parent.glob("robi.db*")} - {
        "robi.db-wal",
        "robi.db-shm",
    }


def test_database_of_this_version_needs_nothing(house: House) -> None:
    house.robi("backup")
    done = house.robi("upgrade-check")
    assert done.code == 0
    assert f"sound, schema {NEWEST}; nothing is to be changed" in done.out


def test_steps_of_a_newer_version_are_tried_on_a_copy_while_a_server_works(
    house: House, newer: Callable[[Callable[[Database], None]], None]
) -> None:
    house.robi("backup")
    newer(add_table)
    with folder.locked(house.settings.data_dir):
        done = house.robi("upgrade-check", "--json")
    told = orjson.loads(done.out)
    assert (done.code, told["schema"], told["known_schema"]) == (0, NEWEST, NEWEST + 1)
    assert [step["name"] for step in told["steps"]] == ["colours"]
    assert [each["about"] for each in told["findings"]] == ["database", "space", "backup"]
    assert beside(house) == {"robi.db"}
    assert files.verified(house.path) == NEWEST


def test_step_that_fails_on_what_is_kept_is_told_and_nothing_is_changed(
    house: House, newer: Callable[[Callable[[Database], None]], None]
) -> None:
    house.robi("backup")

    def orphan(db: Database) -> None:
        db.execute("DELETE FROM users")

    newer(orphan)
    done = house.robi("upgrade-check")
    assert (done.code, "left rows that point to nothing" in done.out) == (WRONG, True)
    assert (house.people(), beside(house)) == ({ANA, LUIS}, {"robi.db"})


def test_database_of_a_newer_version_is_refused_in_clear_words(house: House) -> None:
    with sqlite3.connect(house.path) as connection:
        connection.execute(f"PRAGMA user_version = {NEWEST + 1}")
    connection.close()
    done = house.robi("upgrade-check")
    assert done.code == WRONG
    assert f"newer than this server: schema {NEWEST + 1}, known up to {NEWEST}" in done.out
    assert "run the newer version" in done.out


def test_database_that_is_damaged_is_refused(house: House) -> None:
    house.path.write_bytes(b"no database at all" * 1000)
    done = house.robi("upgrade-check")
    assert (done.code, "robi restore" in done.out) == (WRONG, True)


def test_database_that_is_not_there_says_so(empty_house: House) -> None:
    done = empty_house.robi("upgrade-check")
    assert (done.code, done.err) == (WRONG, "Cannot try the upgrade: there is no database yet.\n")


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    disk = SimpleNamespace(free=10**12)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: disk)
    return disk


def test_trial_that_would_fill_the_disk_is_not_made(house: House, free: SimpleNamespace) -> None:
    free.free = house.path.stat().st_size
    done = house.robi("upgrade-check")
    assert (done.code, done.out.startswith("✗ space")) == (WRONG, True)


def test_room_for_the_trial_alone_is_too_little_for_the_upgrade(
    house: House,
    free: SimpleNamespace,
    newer: Callable[[Callable[[Database], None]], None],
) -> None:
    house.robi("backup")
    newer(add_table)
    free.free = 1_000_000 + house.path.stat().st_size * 3 // 2
    assert house.robi("upgrade-check").code == WRONG
    free.free = 3_000_000
    assert house.robi("upgrade-check").code == 0


def test_upgrade_without_a_fresh_backup_is_wrong(
    house: House, newer: Callable[[Callable[[Database], None]], None]
) -> None:
    newer(add_table)
    assert "✗ backup" in house.robi("upgrade-check").out
    house.robi("backup")
    made = house.backups[0].stat().st_mtime
    for age, state in ((86_399, "good"), (86_401, "wrong")):
        found = upgrading.check(house.settings, made + age).findings
        assert (found[-1].about, found[-1].state) == ("backup", state)


def test_spoilt_backup_is_none(house: House) -> None:
    house.robi("backup")
    house.backups[0].write_bytes(b"")
    assert "! backup    there is none that is sound" in house.robi("upgrade-check").out


def test_copy_that_is_forgotten_meanwhile_tells_nothing(
    house: House,
    newer: Callable[[Callable[[Database], None]], None],
) -> None:
    def forget(_db: Database) -> None:
        files.drop_copies(house.path)

    newer(forget)
    done = house.robi("upgrade-check")
    assert (done.code, done.out, beside(house)) == (WRONG, "", {"robi.db"})


def test_store_goes_on_writing_while_the_upgrade_is_tried(house: House) -> None:
    store = SqliteStore(house.path)
    store.open()
    assert house.robi("upgrade-check").code == 0
    assert {person.person_id for person in store.people()} == {ANA, LUIS}
    store.close()
