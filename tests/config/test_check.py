"""What is said of settings that can be read."""

from pathlib import Path

import pytest

from robi.config import Secret, Settings, check

GOOD = Settings(environment="production", api_key=Secret("k" * 24), gemini_api_key=Secret("g"))


def test_production_with_both_keys_misses_nothing() -> None:
    assert check.missing_for_production(GOOD) == ()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(gemini_api_key=Secret("g")), "API_KEY is not set"),
        (Settings(gemini_api_key=Secret("g"), api_key=Secret("k" * 23)), "API_KEY is weak"),
        (Settings(api_key=Secret("k" * 24)), "GEMINI_API_KEY is not set"),
    ],
)
def test_production_without_one_key_misses_that(settings: Settings, words: str) -> None:
    (problem,) = check.missing_for_production(settings)
    assert words in problem


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        (Settings(host="0.0.0.0"), "HOST"),  # noqa: S104 - to be warned of
        (
            Settings(environment="production", google_gemini_base_url="http://model.example"),
            "GOOGLE_GEMINI_BASE_URL",
        ),
        (
            Settings(max_unauthenticated=1, max_unauthenticated_per_address=2),
            "MAX_UNAUTHENTICATED_PER_ADDRESS",
        ),
    ],
)
def test_advice_for_a_doubtful_setting_names_it(settings: Settings, word: str) -> None:
    (hint,) = check.advice(settings)
    assert hint.startswith(word)


def test_advice_for_defaults_is_none() -> None:
    assert check.advice(Settings()) == ()


def test_typos_in_dotenv_are_named_with_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("GEMINI_APIKEY=x\nPORT=1\nEDITOR_THEME=dark\n")
    (typo,) = check.likely_typos(path)
    assert "GEMINI_APIKEY" in typo
    assert "GEMINI_API_KEY?" in typo
