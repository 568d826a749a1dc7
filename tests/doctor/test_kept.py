"""Disk, database, backups and certificate, as `robi doctor` sees them."""

import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import attrs
import pytest

from robi.config.settings import Settings
from robi.doctor import kept
from robi.store.migrations import MIGRATIONS
from robi.store.sqlite import SqliteStore
from tests.doctor.conftest import House, states

HOUR_S = 3600


@pytest.fixture
def statvfs(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A disk as a test wants it."""
    there = SimpleNamespace(f_bavail=10**7, f_frsize=1000, f_files=9, f_favail=9**9, f_flag=0)
    monkeypatch.setattr(os, "statvfs", lambda _path: there)
    return there


def test_disk_with_room_is_good(house: House, statvfs: SimpleNamespace) -> None:
    assert states([*kept.disk(house.settings)]) == [("disk", "good")]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"f_bavail": 500_000}, "advised"),
        ({"f_bavail": 99_000}, "wrong"),
        ({"f_favail": 999}, "wrong"),
        ({"f_files": 0, "f_favail": 0}, "good"),
        ({"f_flag": os.ST_RDONLY}, "wrong"),
    ],
)
def test_disk_is_judged_by_room_files_and_mount(
    house: House, statvfs: SimpleNamespace, change: dict[str, int], state: str
) -> None:
    vars(statvfs).update(change)
    assert states([*kept.disk(house.settings)]) == [("disk", state)]


def test_disk_that_media_have_taken_already_is_not_wanted_again(
    house: House, statvfs: SimpleNamespace
) -> None:
    settings = attrs.evolve(house.settings, media_budget_mb=1)
    with (settings.media_dir / "media_big").open("wb") as file:
        file.truncate(2_000_000)
    statvfs.f_bavail = 101_000 + 2 * house.path.stat().st_size // 1000
    assert states([*kept.disk(settings)]) == [("disk", "good")]


def test_database_that_is_sound_is_good(house: House) -> None:
    (found,) = kept.database(house.settings)
    assert (found.state, "sound" in found.found) == ("good", True)


def test_database_is_looked_at_without_a_change(house: House) -> None:
    store = SqliteStore(house.path)
    store.open()
    before = {path: path.stat().st_mtime_ns for path in house.path.parent.glob("robi.db*")}
    assert states([*kept.database(house.settings)]) == [("database", "good")]
    assert {path: path.stat().st_mtime_ns for path in house.path.parent.glob("robi.db*")} == before
    store.close()


def test_database_that_is_damaged_is_wrong(house: House) -> None:
    with house.path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(house.path.stat().st_size - 4096))
    (found,) = kept.database(house.settings)
    assert (found.state, "restore" in (found.do or "")) == ("wrong", True)


@pytest.mark.parametrize(
    ("off", "state", "do"), [(1, "wrong", "newer"), (-1, "advised", "upgrade")]
)
def test_database_of_another_version_is_told(house: House, off: int, state: str, do: str) -> None:
    with sqlite3.connect(house.path) as connection:
        connection.execute(f"PRAGMA user_version = {MIGRATIONS[-1].number + off}")
    connection.close()
    (found,) = kept.database(house.settings)
    assert (found.state, do in (found.do or "")) == (state, True)


def test_database_that_is_gone_is_wrong_if_there_is_a_backup(house: House) -> None:
    house.robi("backup")
    house.path.unlink()
    (found,) = kept.database(house.settings)
    assert (found.state, found.do) == ("wrong", f"robi restore {house.backups[0]}")


def test_database_before_the_first_start_is_good(empty_house: House) -> None:
    assert states([*kept.database(empty_house.settings)]) == [("database", "good")]
    assert [*kept.backups(empty_house.settings, 0.0)] == []


def test_database_in_memory_is_advised() -> None:
    assert states([*kept.database(Settings(database_url="memory:"))]) == [("database", "advised")]


@pytest.mark.parametrize(("hours", "state"), [(47, "good"), (49, "advised")])
def test_backup_is_judged_by_its_age(house: House, hours: int, state: str) -> None:
    house.robi("backup")
    made = house.backups[0].stat().st_mtime
    assert states([*kept.backups(house.settings, made + hours * HOUR_S)]) == [("backup", state)]


def test_backup_that_was_never_made_is_advised(house: House) -> None:
    assert states([*kept.backups(house.settings, 0.0)]) == [("backup", "advised")]


def test_backup_that_is_damaged_is_wrong(house: House) -> None:
    house.robi("backup")
    house.backups[0].write_bytes(b"no database at all" * 1000)
    assert states([*kept.backups(house.settings, 0.0)]) == [("backup", "wrong")]


def certificate_of(house: House, name: str) -> tuple[Settings, Path]:
    house.robi("certs", "make", "--name", name)
    return house.settings, house.settings.data_dir / "certs" / "robi.pem"


@pytest.mark.parametrize(
    ("days", "states_then"),
    [(0, ["good"]), (800, ["advised"]), (830, ["wrong"])],
)
def test_certificate_is_judged_by_its_end(house: House, days: int, states_then: list[str]) -> None:
    settings, path = certificate_of(house, "192.0.2.7")
    now = path.stat().st_mtime + days * 24 * HOUR_S
    assert [each.state for each in kept.certificate(settings, now)] == states_then


def test_certificate_without_an_address_of_the_server_is_wrong(house: House) -> None:
    settings, path = certificate_of(house, "192.0.2.7")
    settings = attrs.evolve(settings, server_ip=("192.0.2.7", "192.0.2.8"))
    found = [*kept.certificate(settings, path.stat().st_mtime)]
    assert [each.state for each in found] == ["good", "wrong"]
    assert "192.0.2.8" in found[1].found


def test_certificate_of_the_server_in_front_is_its_affair(house: House) -> None:
    assert states([*kept.certificate(house.settings, 0.0)]) == [("certificate", "good")]


def test_certificate_that_is_not_there_is_wrong(house: House) -> None:
    settings = attrs.evolve(house.settings, tls_cert_file=Path("/nowhere/robi.pem"))
    assert states([*kept.certificate(settings, 0.0)]) == [("certificate", "wrong")]
