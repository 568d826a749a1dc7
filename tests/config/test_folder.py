"""The folder of what is kept: one server at a time."""

import os
import stat
from pathlib import Path

import pytest

from robi.config import SettingsError, folder


def test_folder_locked_is_made_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    with folder.locked(data):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (data, data / folder.LOCK)]
    assert modes == [0o700, 0o600]


def test_folder_locked_twice_refuses_the_second_and_names_the_first(tmp_path: Path) -> None:
    with (
        folder.locked(tmp_path),
        pytest.raises(folder.FolderInUse, match=str(os.getpid())),
        folder.locked(tmp_path),
    ):
        pass


def test_folder_let_go_can_be_locked_again(tmp_path: Path) -> None:
    for _ in range(2):
        with folder.locked(tmp_path):
            pass
    lines = (tmp_path / folder.LOCK).read_text().splitlines()
    assert lines == [str(os.getpid()), folder.instance(tmp_path)]


def test_folder_in_use_tells_by_whom_to_all_who_look(tmp_path: Path) -> None:
    assert folder.holder(tmp_path) is None
    with folder.locked(tmp_path):
        assert [folder.holder(tmp_path) for _ in range(2)] == [os.getpid()] * 2
    assert folder.holder(tmp_path) is None


def test_folder_that_was_looked_at_can_be_locked(tmp_path: Path) -> None:
    with folder.locked(tmp_path):
        pass
    folder.holder(tmp_path)
    with folder.locked(tmp_path):
        assert folder.holder(tmp_path) == os.getpid()


def test_folder_has_another_number_each_time_it_is_locked(tmp_path: Path) -> None:
    numbers = set()
    for _ in range(2):
        with folder.locked(tmp_path):
            numbers.add(folder.instance(tmp_path))
    assert len(numbers - {None}) == 2


@pytest.mark.parametrize("held", [None, b"", b"1\n", b"1\n\xff\n"])
def test_folder_without_a_number_has_none(tmp_path: Path, held: bytes | None) -> None:
    if held is not None:
        (tmp_path / folder.LOCK).write_bytes(held)
    assert folder.instance(tmp_path) is None


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.touch()
    with pytest.raises(SettingsError, match="is no folder"), folder.locked(path):
        pass


def test_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(SettingsError, match="cannot be used"),
        folder.locked(tmp_path / "file" / "data"),
    ):
        pass
