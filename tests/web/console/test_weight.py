"""What a browser must load before the robot stands before somebody, and how much that is.

The modules are followed by their imports, as the browser does; what is imported on demand is
not of the first view. Measured in a browser it is in tests/e2e/test_console.py.
"""

import re
from pathlib import Path

from robi.protocol.emotions import EMOTIONS, PHONE_STATES
from robi.web.drawings import Drawings
from robi.web.pages import CONSOLE, Content

MOST = 300_000
"""Bytes of the first view, compressed."""

HEAD = 600
"""Bytes of a response's head."""

_NAMED = re.compile(r"<(?:link|script)\b[^>]*\b(?:href|src)=\"/([^\"]+)\"")
_IMPORTED = re.compile(
    r"^(?:import|export)\b[^;]*?[\"'](\.[^\"']+)[\"'];", re.MULTILINE | re.DOTALL
)


def first_view() -> list[Path]:
    """Every file that the page loads by itself."""
    index = CONSOLE / "index.html"
    found, waiting = (
        [index],
        [
            CONSOLE / name
            for name in _NAMED.findall(index.read_text(encoding="utf-8"))
            if not name.startswith("emoji/")
        ],
    )
    while waiting:
        place = waiting.pop().resolve()
        if place not in found:
            found.append(place)
            if place.suffix == ".js":
                text = place.read_text(encoding="utf-8")
                waiting += [place.parent / name for name in _IMPORTED.findall(text)]
    return found


def weight(raw: bytes) -> int:
    content = Content.of(raw)
    assert content.compressed is not None
    return len(content.compressed) + HEAD


def test_first_view_weighs_less_than_300_kb() -> None:
    files = first_view()
    assert CONSOLE / "js" / "main.js" in files
    drawings = Drawings(CONSOLE / "emoji" / "openmoji.zip")
    faces = {*PHONE_STATES.values(), *(face for faces in EMOTIONS.values() for face in faces)}
    drawn = [drawings.find(face) or b"" for face in faces]
    total = sum(weight(place.read_bytes()) for place in files) + sum(map(weight, drawn))
    assert total < MOST, f"{len(files)} files, {total:,} bytes"


def test_page_names_only_files_that_are_there() -> None:
    assert [place for place in first_view() if not place.is_file()] == []


def test_modules_name_only_files_that_are_there() -> None:
    missing = [
        (place.name, name)
        for place in CONSOLE.rglob("*.js")
        for name in _IMPORTED.findall(place.read_text(encoding="utf-8"))
        if not (place.parent / name).is_file()
    ]
    assert missing == []
