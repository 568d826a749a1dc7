"""What both twins of the files promise."""

import pytest

from robi.files.base import File, Files, Removal

ONE = f"media_{1:032x}.ogg"
TWO = f"media_{2:032x}.jpg"


def test_file_that_was_written_is_listed_with_its_size(files: Files) -> None:
    files.write(ONE, b"hola")
    files.write(TWO, b"")
    assert sorted(files.listing(), key=lambda file: file.name) == [File(ONE, 4), File(TWO, 0)]


def test_listing_before_anything_was_written_is_empty(files: Files) -> None:
    assert files.listing() == ()


def test_removal_counts_what_was_there(files: Files) -> None:
    files.write(ONE, b"hola")
    assert files.remove([ONE, TWO]) == Removal(1)
    assert files.listing() == ()


def test_removal_of_what_is_gone_removes_nothing(files: Files) -> None:
    files.write(ONE, b"hola")
    files.remove([ONE])
    assert files.remove([ONE]) == Removal(0)


@pytest.mark.parametrize("name", ["../secret.ogg", "robi.db", "media_1.ogg", ""])
def test_name_that_is_not_ours_is_not_written(files: Files, name: str) -> None:
    with pytest.raises(ValueError, match="no name of ours"):
        files.write(name, b"hola")


def test_logs_that_are_not_there_are_not_removed(files: Files) -> None:
    assert files.remove_logs(before=1e12) == 0
