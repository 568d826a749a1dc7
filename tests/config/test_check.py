"""What is said of settings that can be read."""

from pathlib import Path

import pytest
from attrs import evolve

from robi.config import Secret, Settings, check
from robi.config.parse import TextFile

GOOD = Settings(environment="production", api_key=Secret("k" * 24), gemini_api_key=Secret("g"))


def test_production_with_both_keys_misses_nothing() -> None:
    assert check.missing_for_production(GOOD) == ()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(gemini_api_key=Secret("g")), "API_KEY is not set"),
        (Settings(gemini_api_key=Secret("g"), api_key=Secret("k" * 23)), "API_KEY is weak"),
        (Settings(api_key=Secret("k" * 24)), "GEMINI_API_KEY or BRAIN is not set"),
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
            evolve(GOOD, google_gemini_base_url="http://model.example"),
            "GOOGLE_GEMINI_BASE_URL",
        ),
        (
            Settings(max_unauthenticated=1, max_unauthenticated_per_address=2),
            "MAX_UNAUTHENTICATED_PER_ADDRESS",
        ),
        (Settings(daily_budget=1.0), "DAILY_BUDGET"),
        (
            evolve(GOOD, brain=("openai",), openai_base_url="http://model.example/v1"),
            "OPENAI_BASE_URL",
        ),
        (Settings(brain=("rehearsal", "gemini"), gemini_api_key=Secret("g")), "BRAIN"),
    ],
)
def test_advice_for_a_doubtful_setting_names_it(settings: Settings, word: str) -> None:
    (hint,) = check.advice(settings)
    assert hint.startswith(word)


@pytest.mark.parametrize(
    ("settings", "hints"),
    [
        (Settings(openai_model="llama"), ["OPENAI_MODEL has no effect without BRAIN=openai"]),
        (
            evolve(GOOD, openai_model="llama", openai_api_key=Secret("o")),
            [
                "OPENAI_MODEL has no effect without BRAIN=openai",
                "OPENAI_API_KEY has no effect without BRAIN=openai",
            ],
        ),
        (evolve(GOOD, brain=("gemini", "openai"), openai_model="llama"), []),
        (Settings(gemini_model="x"), ["GEMINI_MODEL has no effect without GEMINI_API_KEY"]),
        (
            evolve(GOOD, brain=("openai",), openai_model="llama", gemini_model="x"),
            ["GEMINI_MODEL has no effect without gemini in BRAIN"],
        ),
        (evolve(GOOD, gemini_model="x"), []),
    ],
)
def test_advice_for_a_model_that_is_never_asked_names_what_it_lacks(
    settings: Settings, hints: list[str]
) -> None:
    assert list(check.advice(settings)) == hints


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("You are $robot_name, ${robot_name}. It costs $5, $$name.", []),
        ("You are $name, ${Robot_Name} and $name.", ["$name", "$Robot_Name"]),
    ],
)
def test_advice_for_a_persona_names_what_is_no_placeholder(text: str, odd: list[str]) -> None:
    hints = check.advice(Settings(persona_file=TextFile(Path("me.md"), text)))
    assert [hint.split()[1] for hint in hints] == odd


def test_advice_for_a_model_on_this_machine_is_none() -> None:
    assert check.advice(evolve(GOOD, brain=("openai",))) == ()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        (GOOD, "FRONTEND_URL is not set"),
        (evolve(GOOD, frontend_url="http://localhost:3000"), "of this machine"),
        (evolve(GOOD, frontend_url="http://docs.example"), "unencrypted"),
        (Settings(), "rehearsal"),
    ],
)
def test_advice_for_readers_names_what_they_lack(settings: Settings, word: str) -> None:
    (hint,) = check.advice_for_readers(settings)
    assert word in hint


@pytest.mark.parametrize(
    "settings",
    [
        evolve(GOOD, frontend_url="https://docs.example/book"),
        evolve(GOOD, allowed_origins=("https://docs.example",)),
        Settings(gemini_api_key=Secret("g")),
    ],
)
def test_advice_for_readers_of_good_settings_is_none(settings: Settings) -> None:
    assert not list(check.advice_for_readers(settings))


def test_advice_for_defaults_is_none() -> None:
    assert check.advice(Settings()) == ()


def test_advice_in_production_names_what_is_missing_and_starts_all_the_same() -> None:
    settings = Settings(environment="production", api_key=Secret("short"))
    assert [line.split()[0] for line in check.advice(settings)] == ["API_KEY", "GEMINI_API_KEY"]


def test_advice_in_production_without_a_key_leaves_that_to_who_refuses() -> None:
    settings = Settings(environment="production", gemini_api_key=Secret("g"))
    assert check.advice(settings) == ()


def test_faults_of_dotenv_are_unreadable_lines_and_all_unknown_names(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("GEMINI_APIKEY=x\nPORT=1\n\n\nWhat is this?\nXYZZY=1\nPROT=8005\n")
    assert check.faults_of_dotenv(path) == (
        f"{path} line 5 cannot be read",
        f"GEMINI_APIKEY in {path} is no setting; did you mean GEMINI_API_KEY?",
        f"XYZZY in {path} is no setting",
        f"PROT in {path} is no setting; did you mean PORT?",
    )


def test_faults_of_a_dotenv_that_is_not_there_are_none(tmp_path: Path) -> None:
    assert check.faults_of_dotenv(tmp_path / ".env") == ()


def test_traces_without_the_packages_for_them_say_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = evolve(GOOD, otel_exporter_otlp_endpoint="http://collector.example:4318")
    assert check.missing_packages(settings) == ()
    for absent in ("nowhere", "nowhere.at.all"):
        monkeypatch.setattr(check, "OTEL_PACKAGES", (absent,))
        assert check.missing_packages(settings) == (check.NO_OTEL,)
        assert check.missing_packages(GOOD) == ()
