"""The console's modules that touch no browser, by their own tests: a case for each file, in Node.

    ./dev test tests/web/console -k turns

Node wonders that no package.json says what kind of modules these are: the page does. A file runs in
the process that is started and in none below it, which would outlive its end.
"""

from pathlib import Path

import pytest

from tools.console.node import node

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_modules_do_what_their_tests_say(file: str) -> None:
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    node(quiet, "--test", "--test-isolation=none", str(HERE / file), within=60)
