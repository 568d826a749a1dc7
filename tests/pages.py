"""The documents as the tests read them: their code, commands, headings and links. Pure."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ROBOT_APP: Final = ROOT / "docs" / "robot-app.md"
PAGES: Final = (ROOT / "README.md", ROOT / "README.es.md", *sorted((ROOT / "docs").rglob("*.md")))

_BLOCK = re.compile(r"^ *```(?P<language>\w*)\n(?P<code>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COMMENT = re.compile(r"\s+#\s.*$")


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of `page` in this language, in order."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [block["code"] for block in found if block["language"] == language]


def commands(page: Path) -> list[str]:
    """Return the commands of the blocks in `sh`, each as one line without its comment."""
    lines = "".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    whole = (_COMMENT.sub("", line).strip() for line in lines)
    return [command for command in whole if command and not command.startswith("#")]


def spans(page: Path) -> list[str]:
    """Return what stands between backquotes in the text."""
    return _SPAN.findall(_prose(page))


def links(page: Path) -> list[str]:
    """Return where the links of the text lead."""
    return _LINK.findall(_SPAN.sub("", _prose(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    return set(_anchors(page))


def _anchors(page: Path) -> Iterator[str]:
    for heading in _HEADING.findall(_prose(page)):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        yield words.replace(" ", "-")


def _prose(page: Path) -> str:
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))
