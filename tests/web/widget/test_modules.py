"""What of the widget touches no browser, by its own tests in Node; and how much a page loads."""

import gzip
from pathlib import Path

import pytest

from tools.console.node import node

HERE = Path(__file__).parent
WIDGET = HERE.parents[2] / "robi" / "web" / "widget" / "chat.js"

MOST = 18_500
"""Bytes of the widget as it is sent, compressed: a page of somebody else loads it."""


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_modules_do_what_their_tests_say(file: str) -> None:
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    node(quiet, "--test", "--test-isolation=none", str(HERE / file), within=60)


def test_widget_as_it_is_sent_is_small() -> None:
    assert len(gzip.compress(WIDGET.read_bytes())) <= MOST


def test_widget_asks_for_nothing_else() -> None:
    lines = WIDGET.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("import ")] == []
