"""Settings and rights, as `robi doctor` sees them."""

import os
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from robi.config import Secret, SettingsError
from robi.doctor import house as look
from tests.doctor.conftest import House, states


@pytest.fixture(autouse=True)
def nobody_is_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_settings_of_development_are_good(house: House) -> None:
    assert states([*look.settings(house.settings)]) == [("settings", "good")]


def test_settings_of_production_without_key_are_wrong(house: House) -> None:
    settings = attrs.evolve(house.settings, environment="production")
    found = [*look.settings(settings)]
    assert [each.found for each in found if each.state == "wrong"] == [
        "API_KEY is not set: production does not start without it"
    ]


def test_setting_that_is_none_is_advised(house: House) -> None:
    Path(".env").write_text("ROBOT_LANGUAJE=en\n")
    (found,) = look.settings(house.settings)
    assert found.state == "advised"
    assert "ROBOT_LANGUAGE?" in found.found


def test_settings_that_cannot_be_read_are_told_one_by_one() -> None:
    found = look.unusable(SettingsError("PORT is odd", "HOST is odd"))
    assert [(each.state, each.found) for each in found] == [
        ("wrong", "PORT is odd"),
        ("wrong", "HOST is odd"),
    ]


def test_rights_as_the_server_makes_them_are_good(house: House) -> None:
    house.robi("backup")
    assert states([*look.rights(house.settings)]) == [("rights", "good")]


def test_rights_before_the_first_start_are_good(empty_house: House) -> None:
    assert states([*look.rights(empty_house.settings)]) == [("rights", "good")]


def test_folder_that_may_not_be_looked_into_is_wrong(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> Iterator[Path]:
        raise PermissionError

    assert [*look.shut_out(house.settings)] == []
    monkeypatch.setattr(Path, "iterdir", refuse)
    found = [*look.shut_out(house.settings)]
    assert states(found) == [("rights", "wrong"), ("rights", "wrong")]
    assert "sudo -u" in (found[0].do or "")


def test_rights_of_root_are_advised(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert states([*look.rights(house.settings)]) == [("rights", "advised")]


@pytest.mark.parametrize("name", ["robi.db", "api_key", "certs/robi.key", "backups/old.db"])
def test_private_file_that_others_may_read_is_wrong(house: House, name: str) -> None:
    path = house.settings.data_dir / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    path.chmod(0o640)
    (found,) = look.rights(house.settings)
    assert (found.state, found.do) == ("wrong", f"chmod 600 {path}")


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("name", ["robi.db", "backups"])
def test_what_a_command_of_another_user_has_left_is_wrong(house: House, name: str) -> None:
    path = house.settings.data_dir / name
    house.robi("backup")
    os.chown(path, 1234, 1234)
    (found,) = look.rights(house.settings)
    assert found.found.startswith(f"{path}: of another user")


def test_folder_that_cannot_be_written_is_wrong(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = house.settings.media_dir
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != refused)
    (found,) = look.rights(house.settings)
    assert (found.state, found.found) == ("wrong", f"MEDIA_DIR: {refused} cannot be written")


@pytest.mark.parametrize(("refused", "state"), [("robi.log", "wrong"), ("logs", "advised")])
def test_log_that_cannot_be_written_or_renamed_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch, refused: str, state: str
) -> None:
    log_file = house.settings.data_dir / "logs" / "robi.log"
    log_file.parent.mkdir()
    log_file.touch()
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name != refused)
    found = [*look.rights(attrs.evolve(house.settings, log_file=log_file))]
    assert [each.state for each in found] == [state]


def test_dotenv_that_everyone_may_read_is_advised(house: House) -> None:
    Path(".env").write_text("API_KEY=sesame\n")
    Path(".env").chmod(0o644)
    (found,) = look.rights(house.settings)
    assert (found.state, found.do) == ("advised", "chmod 600 .env")


def test_no_finding_holds_a_key(house: House) -> None:
    settings = attrs.evolve(house.settings, environment="production", api_key=Secret("sesame"))
    found = [*look.settings(settings), *look.rights(settings)]
    assert "sesame" not in repr(found)
