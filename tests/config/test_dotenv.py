"""Reading `.env`."""

from pathlib import Path

import pytest

from robi.config import SettingsError, dotenv


def test_dotenv_with_unreadable_lines_gives_the_rest_and_their_numbers_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / ".env"
    path.write_text("# ours\n\nNot a setting\nexport ROBOT_NAME='Otto'  # him\nPORT\nHOST=\n")
    read = dotenv.read(path)
    assert (read.values, read.unreadable) == ({"ROBOT_NAME": "Otto"}, (3, 5))
    assert caplog.records == []


def test_dotenv_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert dotenv.read(tmp_path / ".env") == dotenv.Dotenv()


def test_dotenv_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes("ROBOT_NAME=Ñandú\n".encode("latin-1"))
    with pytest.raises(SettingsError, match="cannot be read"):
        dotenv.read(path)


def test_dotenv_shown_hides_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("API_KEY=sesame\n")
    assert "sesame" not in repr(dotenv.read(path))
