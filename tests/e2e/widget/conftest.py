"""One browser for all that a module reads."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import browsing
from tests.e2e.widget.reader import Opening, read_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a page."""
    with browsing() as browser:
        yield browser


@pytest.fixture
def reading(browser: Browser) -> Opening:
    """Open the book, as often as a test likes: every time for somebody who was never there."""
    return partial(read_in, browser)
