"""The table and `.env.example` say what the class says."""

from pathlib import Path

from robi.config import Settings, text
from robi.config.settings import explanations


def test_markdown_has_a_row_for_each_setting() -> None:
    rows = text.markdown().splitlines()[2:]
    assert [row.split("`")[1].lower() for row in rows] == list(explanations())


def test_env_file_uncommented_is_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    lines = text.env_file().splitlines()
    path.write_text(
        "\n".join(line.removeprefix("#") for line in lines if not line.startswith("# "))
    )
    assert Settings.load({}, path) == Settings()
