"""The key of development: made once, kept for its owner only, never in production."""

import os
import stat
from pathlib import Path

import pytest

from robi.config import Secret, Settings, SettingsError, keyfile


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def test_key_when_given_is_used_and_nothing_is_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", api_key=Secret("given"))
    assert keyfile.find_or_make(settings) == keyfile.Key(Secret("given"))
    assert not settings.data_dir.exists()


def test_key_when_absent_is_made_and_kept(settings: Settings) -> None:
    key = keyfile.find_or_make(settings)
    assert key.made
    assert key.path is not None
    assert key.path.read_text() == key.secret.reveal() + "\n"


def test_key_made_is_for_its_owner_only(settings: Settings) -> None:
    before = os.umask(0)
    try:
        keyfile.find_or_make(settings)
    finally:
        os.umask(before)
    modes = [path.stat().st_mode for path in (keyfile.path_of(settings), settings.data_dir)]
    assert [stat.S_IMODE(mode) for mode in modes] == [0o600, 0o700]


def test_key_made_leaves_no_other_file(settings: Settings) -> None:
    keyfile.find_or_make(settings)
    assert os.listdir(settings.data_dir) == ["api_key"]  # noqa: PTH208 - names are wanted


def test_key_at_the_second_start_is_the_first_one(settings: Settings) -> None:
    first = keyfile.find_or_make(settings)
    second = keyfile.find_or_make(settings)
    assert (second.secret, second.made) == (first.secret, False)


def test_key_made_while_another_start_was_quicker_is_the_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def link_after_the_other(source: str, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        keyfile.find_or_make(settings)
        link(source, target)

    monkeypatch.setattr(os, "link", link_after_the_other)
    key = keyfile.find_or_make(settings)
    assert not key.made
    assert key.secret.reveal() == keyfile.path_of(settings).read_text().strip()


def test_key_absent_in_production_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="API_KEY is not set"):
        keyfile.find_or_make(Settings(environment="production", data_dir=tmp_path))


def test_key_kept_does_not_count_in_production(settings: Settings) -> None:
    keyfile.find_or_make(settings)
    production = Settings(environment="production", data_dir=settings.data_dir)
    assert keyfile.find(production) is None


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [("", 0o600, "is empty"), ("k", 0o644, "open to others"), ("ñ", 0o600, "cannot be read")],
)
def test_key_file_that_cannot_be_used_is_refused(
    settings: Settings, content: str, mode: int, words: str
) -> None:
    path = keyfile.path_of(settings)
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    with pytest.raises(SettingsError, match=words):
        keyfile.find_or_make(settings)


def test_key_with_nowhere_to_keep_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(SettingsError, match="is no folder"):
        keyfile.find_or_make(Settings(data_dir=tmp_path / "data"))
