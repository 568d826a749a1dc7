"""The files on a disk: modes, drafts, links, what is not ours, old logs, a disk in trouble."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from robi.errors import DatabaseError, DiskFull
from robi.files.base import DRAFT, File, Removal
from robi.files.folder import FolderFiles

ONE = f"media_{1:032x}.ogg"
TWO = f"media_{2:032x}.jpg"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def fail_with(number: int) -> Callable[..., int]:
    def fail(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


# ── writing ───────────────────────────────────────────────────────────────────────────────


def test_file_is_for_its_owner_only_and_so_are_its_folders(folder: Path) -> None:
    FolderFiles(folder).write(ONE, b"hola")
    assert mode(folder / ONE) == 0o600
    assert [mode(folder), mode(folder.parent)] == [0o700, 0o700]
    assert (folder / ONE).read_bytes() == b"hola"


def test_folder_that_is_there_keeps_its_mode(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o750)
    FolderFiles(folder).write(ONE, b"hola")
    assert mode(folder) == 0o750


def test_folder_that_was_removed_is_made_again(folder: Path) -> None:
    files = FolderFiles(folder)
    files.write(ONE, b"hola")
    (folder / ONE).unlink()
    folder.rmdir()
    files.write(TWO, b"hola")
    assert files.listing() == (File(TWO, 4),)


def test_draft_gives_way_to_the_whole_file(folder: Path) -> None:
    FolderFiles(folder).write(ONE, b"hola")
    assert [path.name for path in folder.iterdir()] == [ONE]


def test_draft_of_a_crash_is_listed_and_removed(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / (ONE + DRAFT)).write_bytes(b"ho")
    files = FolderFiles(folder)
    assert files.listing() == (File(ONE + DRAFT, 2),)
    assert files.remove([ONE + DRAFT]) == Removal(1)
    assert list(folder.iterdir()) == []


def test_link_in_the_place_of_a_draft_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    target = tmp_path / "target"
    (folder / (ONE + DRAFT)).symlink_to(target)
    with pytest.raises(DatabaseError, match="EEXIST"):
        FolderFiles(folder).write(ONE, b"hola")
    assert not target.exists()


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EIO, DatabaseError),
        (errno.EROFS, DatabaseError),
    ],
)
@pytest.mark.parametrize("call", ["open", "rename"])
def test_disk_that_refuses_is_told_by_its_error_and_keeps_no_draft(
    number: int,
    error: type[Exception],
    call: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = FolderFiles(folder)
    monkeypatch.setattr(os, call, fail_with(number))
    with pytest.raises(error, match=errno.errorcode[number]) as raised:
        files.write(ONE, b"hola")
    assert type(raised.value) is error
    monkeypatch.undo()
    assert list(folder.iterdir()) == []


def test_disk_that_is_full_in_the_middle_of_a_file_keeps_no_draft(folder: Path) -> None:
    """The real error of a real write: /dev/full takes nothing."""
    folder.mkdir(parents=True)
    draft = folder / (ONE + DRAFT)
    opened = os.open

    def open_full(path: Path, flags: int, *rest: int) -> int:
        os.close(opened(path, flags, *rest))
        return opened("/dev/full", os.O_WRONLY | os.O_CLOEXEC)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", open_full)
        with pytest.raises(DiskFull, match="ENOSPC"):
            FolderFiles(folder).write(ONE, b"hola")
    assert not draft.exists()


def test_media_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("no folder")
    files = FolderFiles(tmp_path / "media")
    with pytest.raises(DatabaseError, match="ENOTDIR"):
        files.write(ONE, b"hola")
    with pytest.raises(DatabaseError, match="ENOTDIR"):
        files.listing()


# ── what is not ours ──────────────────────────────────────────────────────────────────────


def test_what_was_not_made_here_is_neither_listed_nor_removed(folder: Path) -> None:
    folder.mkdir(parents=True)
    names = ["robi.db", "holiday.jpg", "notes.part"]
    for name in names:
        (folder / name).write_bytes(b"precious")
    (folder / TWO).mkdir()
    files = FolderFiles(folder)
    assert files.listing() == ()
    assert files.remove([*names, TWO]) == Removal(0)
    assert len(list(folder.iterdir())) == 4


def test_link_is_neither_listed_nor_removed_nor_followed(folder: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    folder.mkdir(parents=True)
    (folder / ONE).symlink_to(precious)
    files = FolderFiles(folder)
    assert files.listing() == ()
    assert files.remove([ONE]) == Removal(0)
    assert (folder / ONE).is_symlink()
    assert precious.read_bytes() == b"precious"


def test_name_that_leads_out_of_the_folder_removes_nothing(folder: Path) -> None:
    folder.mkdir(parents=True)
    outside = folder.parent / ONE
    outside.write_bytes(b"precious")
    assert FolderFiles(folder).remove([f"../{ONE}", str(outside)]) == Removal(0)
    assert outside.exists()


def test_file_that_cannot_be_removed_is_told_and_the_others_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FolderFiles(folder)
    files.write(ONE, b"hola")
    files.write(TWO, b"hola")
    unlink = Path.unlink

    def refuse_one(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == ONE:
            raise OSError(errno.EIO, "EIO")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse_one)
    assert files.remove([ONE, TWO]) == Removal(1, frozenset({ONE}))
    assert files.listing() == (File(ONE, 4),)


# ── logs ──────────────────────────────────────────────────────────────────────────────────

OLD, LATELY, BEFORE = 1_000.0, 3_000.0, 2_000.0


def write_log(path: Path, at: float) -> None:
    path.write_text("a line\n")
    os.utime(path, (at, at))


@pytest.mark.parametrize(
    "rest", [".1", ".12.gz", ".2026-11-21", "-20261121", ".2026-11-21T10:00:00Z.zst"]
)
def test_rotated_log_that_is_old_is_removed(rest: str, folder: Path, tmp_path: Path) -> None:
    log_file = tmp_path / "robi.log"
    write_log(tmp_path / f"robi.log{rest}", OLD)
    assert FolderFiles(folder, log_file).remove_logs(BEFORE) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["robi.log", "robi.log.lock", "robi.log.db", "robi.log.bak.1", "other.log.1", "robi.1"]
)
def test_file_beside_the_log_that_is_no_rotated_one_stays(
    name: str, folder: Path, tmp_path: Path
) -> None:
    write_log(tmp_path / name, OLD)
    assert FolderFiles(folder, tmp_path / "robi.log").remove_logs(BEFORE) == 0
    assert (tmp_path / name).exists()


def test_database_beside_a_log_of_the_same_name_stays(folder: Path, tmp_path: Path) -> None:
    for name in ("robi.db", "robi.db-wal", "robi.db.schema-1.bak"):
        write_log(tmp_path / name, OLD)
    assert FolderFiles(folder, tmp_path / "robi").remove_logs(BEFORE) == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_rotated_log_that_is_young_enough_stays(folder: Path, tmp_path: Path) -> None:
    write_log(tmp_path / "robi.log.1", LATELY)
    assert FolderFiles(folder, tmp_path / "robi.log").remove_logs(BEFORE) == 0


def test_link_called_as_an_old_log_stays(folder: Path, tmp_path: Path) -> None:
    write_log(tmp_path / "precious", OLD)
    (tmp_path / "robi.log.1").symlink_to(tmp_path / "precious")
    assert FolderFiles(folder, tmp_path / "robi.log").remove_logs(BEFORE) == 0
    assert (tmp_path / "precious").exists()


def test_disk_that_does_not_let_go_of_a_log_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(tmp_path / "robi.log.1", OLD)
    monkeypatch.setattr(Path, "unlink", fail_with(errno.EROFS))
    with pytest.raises(DatabaseError, match="EROFS"):
        FolderFiles(folder, tmp_path / "robi.log").remove_logs(BEFORE)
