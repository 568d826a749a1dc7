"""The settings explained: the table of docs/settings.md and the file `.env.example`.

Owns both texts, made from the class so that they cannot be wrong. tests/test_documents.py and
`./dev check` see to it that the files hold what is made here.
"""

from collections.abc import Iterator
from itertools import groupby

from robi.config.parse import Secret
from robi.config.settings import About, Settings, explanations


def markdown() -> str:
    """Return the table: variable, default, what it takes, what it is."""
    lines = ["| variable | default | takes | what |", "|---|---|---|---|"]
    for variable, default, about in _rows():
        shown = about.default or default
        lines.append(
            f"| `{variable}` | {f'`{shown}`' if shown else '-'} | {_takes(about)} | {about.help} |"
        )
    return "\n".join(lines) + "\n"


def env_file() -> str:
    """Return `.env.example`: every variable with its default, commented out."""
    parts = ["# Copy to .env and change what you need; the environment wins over this file.\n"]
    for group, rows in groupby(_rows(), key=lambda row: row[2].group):
        parts.append(f"\n# ── {group} ──\n")
        parts += [
            f"# {about.help} ({_takes(about)})\n#{variable}={default}\n"
            for variable, default, about in rows
        ]
    return "".join(parts)


def _rows() -> Iterator[tuple[str, str, About]]:
    """Yield variable, default as it would be written in `.env`, and explanation."""
    defaults = Settings()
    for name, about in explanations().items():
        value: object = getattr(defaults, name)
        if value is None or value == () or isinstance(value, Secret):
            shown = ""
        elif isinstance(value, tuple):
            shown = ",".join(value)
        elif isinstance(value, float):
            shown = f"{value:g}"
        else:
            shown = str(value)
        yield name.upper(), shown, about


def _takes(about: About) -> str:
    return f"{about.parse.takes} {about.unit}".rstrip()
