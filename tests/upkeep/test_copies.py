"""`robi backup` and `robi restore`: whole, checked, private, never over something."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from robi.config import folder
from robi.shell import UNUSABLE, WRONG
from robi.store.base import AddMemory, Memory
from robi.store.sqlite import SqliteStore
from robi.upkeep import copies
from tests.upkeep.conftest import ANA, LUIS, House


def zeroed(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(path.stat().st_size - 4096))


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def replaced(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def test_backup_is_dated_private_and_says_how_to_put_it_back(house: House) -> None:
    done = house.robi("backup")
    (backup,) = house.backups
    assert done.code == 0
    assert re.fullmatch(r"robi-\d{8}-\d{6}\.db", backup.name)
    assert (backup.stat().st_mode & 0o777, backup.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert f"{backup.stat().st_size:,} bytes" in done.out
    assert f"robi restore {backup}" in done.out


def test_backup_beside_a_server_holds_what_is_still_in_its_log(house: House) -> None:
    store = SqliteStore(house.path)
    store.open()
    store.write([AddMemory(Memory("late", ANA, "fact", "a late word", 5, 3.0))])
    with folder.locked(house.settings.data_dir):
        assert house.robi("backup").code == 0
    store.close()
    copy = SqliteStore(house.backups[0])
    copy.open()
    assert copy.memory("late") is not None
    copy.close()


def test_backup_never_overwrites(house: House) -> None:
    path = house.settings.data_dir / "mine"
    path.write_text("mine")
    done = house.robi("backup", str(path))
    assert (done.code, path.read_text()) == (WRONG, "mine")
    assert done.err == f"Cannot back up: {path} is there already, and is not overwritten.\n"


def old_backups(folder: Path, count: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    made = [folder / f"robi-202611{day:02}-030000.db" for day in range(1, count + 1)]
    for path in made:
        path.touch()
    return made


def test_backup_with_keep_removes_all_but_the_newest_dated_ones(house: House) -> None:
    folder_of_backups = house.settings.data_dir / "backups"
    first, second, third = old_backups(folder_of_backups, 3)
    (folder_of_backups / "robi-before-the-move.db").touch()
    done = house.robi("backup", "--keep", "2")
    (new,) = {*house.backups} - {
        first,
        second,
        third,
        folder_of_backups / "robi-before-the-move.db",
    }
    assert [path.name for path in house.backups] == [
        third.name,
        new.name,
        "robi-before-the-move.db",
    ]
    assert done.out.splitlines()[-2:] == [f"Removed {first}.", f"Removed {second}."]


def test_backup_with_keep_that_fails_removes_nothing(house: House) -> None:
    old = old_backups(house.settings.data_dir / "backups", 3)
    zeroed(house.path)
    assert house.robi("backup", "--keep", "1").code == WRONG
    assert house.backups == old


def test_backup_into_a_folder_is_dated_and_rotates_there(house: House, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    old = old_backups(usb, 1)
    assert house.robi("backup", str(usb), "--keep", "1").code == 0
    (backup,) = usb.iterdir()
    assert backup not in old
    assert re.fullmatch(r"robi-\d{8}-\d{6}\.db", backup.name)
    assert house.backups == []


def test_backup_with_keep_removes_what_a_broken_off_one_has_left(house: House) -> None:
    folder_of_backups = house.settings.data_dir / "backups"
    folder_of_backups.mkdir()
    now = 1_795_000_000.0
    drafts = [folder_of_backups / f"robi-20261121-03000{n}.db.part" for n in range(2)]
    for draft, age in zip(drafts, (86_401, 86_399), strict=True):
        draft.touch()
        os.utime(draft, (now - age, now - age))
    assert copies.rotate(folder_of_backups, 1, now) == ()
    assert house.backups == [drafts[1]]


@pytest.mark.parametrize("arguments", [("--keep", "0"), ("new.db", "--keep", "3")])
def test_backup_with_keep_that_makes_no_sense_is_unusable(
    house: House, arguments: tuple[str, ...]
) -> None:
    assert house.robi("backup", *arguments).code == UNUSABLE
    assert house.backups == []


@pytest.mark.parametrize("harm", [zeroed, cut_short, replaced])
def test_backup_of_a_damaged_database_is_refused_and_leaves_nothing(
    house: House, harm: Callable[[Path], None]
) -> None:
    harm(house.path)
    done = house.robi("backup")
    assert (done.code, done.out) == (WRONG, "")
    assert house.backups == []


def test_backup_without_a_database_says_so(empty_house: House) -> None:
    done = empty_house.robi("backup")
    assert (done.code, done.err) == (WRONG, "Cannot back up: there is no database to copy.\n")


@pytest.mark.parametrize("harm", [zeroed, cut_short, replaced, Path.unlink])
def test_restore_brings_everyone_back_and_keeps_what_was_there(
    house: House, harm: Callable[[Path], None]
) -> None:
    house.robi("backup")
    (backup,) = house.backups
    harm(house.path)
    there_was = house.path.exists()
    done = house.robi("restore", str(backup))
    aside = list(house.path.parent.glob("*.aside-*Z"))
    assert (done.code, house.people(), len(aside)) == (0, {ANA, LUIS}, there_was)
    assert all(str(path) in done.out for path in aside)
    assert backup.exists()


def test_restore_leaves_who_was_forgotten_since_forgotten(house: House) -> None:
    house.robi("backup")
    house.robi("forget", "Ana", "--yes")
    done = house.robi("restore", str(house.backups[0]))
    assert (done.code, house.people()) == (0, {LUIS})
    assert "1 people stay forgotten" in done.out


def test_restore_over_what_cannot_be_read_warns_of_the_forgotten(house: House) -> None:
    house.robi("backup")
    house.robi("forget", "Ana", "--yes")
    replaced(house.path)
    done = house.robi("restore", str(house.backups[0]))
    assert (done.code, house.people()) == (0, {ANA, LUIS})
    assert "is known again" in done.err


def test_restore_while_a_server_works_there_is_refused(house: House) -> None:
    house.robi("backup")
    with folder.locked(house.settings.data_dir):
        done = house.robi("restore", str(house.backups[0]))
    assert (done.code, done.out) == (WRONG, "")
    assert done.err.startswith("Cannot restore: another server works in ")
    assert list(house.path.parent.glob("*.aside-*")) == []


@pytest.mark.parametrize("harm", [zeroed, cut_short, replaced, Path.unlink])
def test_restore_of_a_bad_backup_is_refused_and_changes_nothing(
    house: House, harm: Callable[[Path], None]
) -> None:
    house.robi("backup")
    (backup,) = house.backups
    harm(backup)
    done = house.robi("restore", str(backup))
    assert (done.code, done.out, house.people()) == (WRONG, "", {ANA, LUIS})
    assert list(house.path.parent.glob("*.aside-*")) == []


# ── a database that was lost ──────────────────────────────────────────────────────────────


def test_lost_database_has_its_newest_sound_backup(house: House) -> None:
    for name in ("robi-20261101-000000.db", "robi-20261102-000000.db", "robi-20261103-000000.db"):
        assert house.robi("backup", str(house.settings.data_dir / "backups" / name)).code == 0
    zeroed(house.backups[-1])
    assert copies.of_lost_database(house.settings) is None
    house.path.unlink()
    assert copies.of_lost_database(house.settings) == house.backups[1]
    house.path.touch()
    assert copies.of_lost_database(house.settings) == house.backups[1]


def test_database_that_never_was_has_no_backup(house: House) -> None:
    house.path.unlink()
    assert copies.of_lost_database(house.settings) is None


@pytest.mark.parametrize("spoil", [zeroed, cut_short, replaced, lambda path: path.write_bytes(b"")])
def test_lost_database_with_spoilt_backups_only_has_none(
    house: House, spoil: Callable[[Path], object]
) -> None:
    assert house.robi("backup").code == 0
    spoil(house.backups[0])
    house.path.unlink()
    assert copies.of_lost_database(house.settings) is None


def test_database_that_is_kept_in_memory_is_not_lost(house: House) -> None:
    assert house.robi("backup").code == 0
    settings = attrs.evolve(house.settings, database_url="memory:")
    assert copies.of_lost_database(settings) is None
