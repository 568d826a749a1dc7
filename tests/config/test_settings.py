"""Reading the settings: what wins, what counts as nothing, and how mistakes are told."""

import os
from pathlib import Path

import attrs
import pytest

from robi.config import Secret, Settings, SettingsError
from robi.config.settings import explanations


def dotenv(folder: Path, content: str) -> Path:
    path = folder / ".env"
    path.write_text(content, encoding="utf-8")
    return path


def test_settings_without_anything_given_serve_development(tmp_path: Path) -> None:
    settings = Settings.load({}, tmp_path / ".env")
    assert (settings.environment, settings.host, settings.port) == (
        "development",
        "127.0.0.1",
        8000,
    )


@pytest.mark.parametrize(
    ("variable", "default"),
    [
        ("gemini_max_output_tokens", 512),
        ("gemini_temperature", 0.7),
        ("ws_ping_interval", 30),
        ("ws_ping_timeout", 10),
        ("ws_max_message_size_mb", 50),
        ("conversation_keep_alive_ms", 60_000),
        ("conversation_compaction_threshold", 20),
        ("person_search_timeout_ms", 8_000),
        ("media_retention_audio_h", 24),
        ("media_retention_vision_h", 1),
        ("media_budget_mb", 1_024),
        ("log_retention_days", 30),
        ("max_upload_size_mb", 50),
        ("allowed_origins", ()),
        ("api_key", None),
        ("server_ip", ()),
    ],
)
def test_settings_of_the_plan_have_its_defaults(variable: str, default: object) -> None:
    assert getattr(Settings(), variable) == default


def test_settings_given_twice_take_the_environment(tmp_path: Path) -> None:
    path = dotenv(tmp_path, "PORT=9001\nROBOT_NAME=Otto\n")
    settings = Settings.load({"PORT": "9002"}, path)
    assert (settings.port, settings.robot_name) == (9002, "Otto")


def test_settings_empty_in_environment_fall_to_dotenv(tmp_path: Path) -> None:
    assert Settings.load({"PORT": " "}, dotenv(tmp_path, "PORT=9001\n")).port == 9001


def test_settings_empty_everywhere_take_the_default(tmp_path: Path) -> None:
    assert Settings.load({"PORT": ""}, dotenv(tmp_path, "PORT=\n")).port == 8000


def test_settings_without_environ_read_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORT", "9003")
    assert Settings.load(dotenv_path=tmp_path / ".env").port == 9003


def test_settings_with_a_dollar_in_dotenv_keep_it(tmp_path: Path) -> None:
    path = dotenv(tmp_path, "API_KEY='abc${HOME}$x'\n")
    assert Settings.load({}, path).api_key == Secret("abc${HOME}$x")


def test_settings_with_data_dir_keep_the_rest_below_it() -> None:
    settings = Settings.load({"DATA_DIR": "/srv/robi"}, Path("none"))
    assert settings.database_url == "sqlite:////srv/robi/robi.db"
    assert settings.media_dir == Path("/srv/robi/media")


def test_settings_with_several_mistakes_name_them_all() -> None:
    environ = {"PORT": "eight", "LOG_LEVEL": "loud", "MAX_SESSIONS": "0", "ROBOT_LANGUAGE": "en"}
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ, Path("none"))
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "PORT",
        "MAX_SESSIONS",
        "LOG_LEVEL",
    ]


@pytest.mark.parametrize(
    ("environ", "brains"),
    [
        ({}, ("rehearsal",)),
        ({"GEMINI_API_KEY": "g"}, ("gemini",)),
        ({"BRAIN": "openai", "OPENAI_MODEL": "m", "GEMINI_API_KEY": "g"}, ("openai",)),
        (
            {"BRAIN": "Gemini, openai", "OPENAI_MODEL": "m", "GEMINI_API_KEY": "g"},
            ("gemini", "openai"),
        ),
    ],
)
def test_brains_are_those_named_or_what_the_key_allows(
    environ: dict[str, str], brains: tuple[str, ...]
) -> None:
    assert Settings.load(environ, Path("none")).brains == brains


def test_page_of_readers_with_a_password_in_it_is_refused() -> None:
    with pytest.raises(SettingsError, match="FRONTEND_URL"):
        Settings.load({"FRONTEND_URL": "https://me:secret@docs.example"}, Path("none"))


@pytest.mark.parametrize(
    ("environ", "origins"),
    [
        ({}, ("http://localhost:3000",)),
        ({"FRONTEND_URL": "https://docs.example/book/"}, ("https://docs.example",)),
        ({"FRONTEND_URL": "https://docs.example:443"}, ("https://docs.example",)),
        ({"ALLOWED_ORIGINS": "https://a.example"}, ("http://localhost:3000", "https://a.example")),
        ({"ENVIRONMENT": "production"}, ()),
        (
            {"ENVIRONMENT": "production", "FRONTEND_URL": "https://d.example"},
            ("https://d.example",),
        ),
    ],
)
def test_origins_of_readers_are_those_of_their_page_and_the_allowed(
    environ: dict[str, str], origins: tuple[str, ...]
) -> None:
    assert Settings.load(environ, Path("none")).reader_origins == origins


@pytest.mark.parametrize(
    ("brain", "missing"), [("gemini", "GEMINI_API_KEY"), ("rehearsal,openai", "OPENAI_MODEL")]
)
def test_brain_without_what_it_needs_is_refused(brain: str, missing: str) -> None:
    with pytest.raises(SettingsError, match=f"and {missing} is not set"):
        Settings.load({"BRAIN": brain}, Path("none"))


def test_settings_with_a_bad_secret_never_echo_it() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"API_KEY": "open sesame", "GEMINI_API_KEY": "sésame"}, Path("none"))
    assert "same" not in str(caught.value)


def test_settings_shown_hide_secrets() -> None:
    settings = Settings.load({"API_KEY": "open-sesame", "GEMINI_API_KEY": "sesame2"}, Path("none"))
    assert "sesame" not in f"{settings!r} {settings} {attrs.asdict(settings, recurse=False)}"


def test_explanations_cover_every_field_with_help() -> None:
    assert all(explanations()[field.name].help for field in attrs.fields(Settings))


def test_settings_loaded_leave_the_environment_alone(tmp_path: Path) -> None:
    before = dict(os.environ)
    Settings.load(dotenv_path=dotenv(tmp_path, "ROBOT_NAME=Otto\n"))
    assert dict(os.environ) == before


WITH_A_DEFAULT = [n for n in explanations() if getattr(Settings(), n) not in (None, ())]


@pytest.mark.parametrize("name", WITH_A_DEFAULT)
def test_default_written_as_text_is_read_back(name: str) -> None:
    default: object = getattr(Settings(), name)
    written = ",".join(default) if isinstance(default, tuple) else str(default)
    assert explanations()[name].parse.read(written) == default
