"""People before the page in a real browser: met, chosen, shown what is known of them, forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Visit, needs_chromium, serving, visiting

pytestmark = needs_chromium

PHONE = {"width": 844, "height": 390}
"""In landscape."""


@contextmanager
def ana_has_been_met(folder: Path) -> Iterator[Visit]:
    """Tell the robot a name and something to remember; nothing may go wrong until the end."""
    context = {"viewport": PHONE, "locale": "en-GB"}
    with serving(folder) as url, visiting(**context) as visit:
        page = visit.page
        page.goto(url)
        page.click("#start")
        expect(page.locator("#people-opener")).to_have_text("With a stranger")
        say(page, "My name is Ana")
        expect(page.locator("#people-opener")).to_have_text("With Ana")
        say(page, "Remember that I like dinosaurs")
        expect(page.locator("#answer")).not_to_be_empty()
        yield visit
        assert visit.troubles == []


def say(page: Page, words: str) -> None:
    page.fill("#words", words)
    page.press("#words", "Enter")


def people(page: Page) -> Locator:
    """Open the dialog anew, and return the people in it."""
    if page.locator("#people").is_visible():
        page.keyboard.press("Escape")
    page.click("#people-opener")
    expect(page.locator("#people [aria-busy]")).to_have_count(0)
    expect(page.get_by_text("Someone it does not know")).to_be_visible()
    return page.locator("[data-user]")


def show_what_is_known(page: Page) -> None:
    people(page).get_by_role("button", name="What it knows of Ana").click()
    expect(page.get_by_role("heading", name="What Robi remembers of Ana")).to_be_visible()


def wait_remembered(page: Page) -> None:
    """Wait until the server has learned: it does so after the answer, off its way."""
    for _ in range(100):
        if "1 thing" in people(page).inner_text():
            return
        page.wait_for_timeout(100)
    pytest.fail("it remembers nothing of Ana")


def test_stranger_who_tells_a_name_is_known_and_may_be_chosen(tmp_path: Path) -> None:
    with ana_has_been_met(tmp_path) as visit:
        page = visit.page
        expect(people(page)).to_contain_text("Is here")
        page.get_by_role("button", name="It is me").click()
        expect(page.locator("#people-opener")).to_have_text("With a stranger")
        people(page).get_by_role("button", name="It is me").click()
        expect(page.locator("#people-opener")).to_have_text("With Ana")


def test_person_is_still_there_when_the_page_is_loaded_again(tmp_path: Path) -> None:
    with ana_has_been_met(tmp_path) as visit:
        visit.page.reload()
        visit.page.click("#start")
        expect(visit.page.locator("#people-opener")).to_have_text("With Ana")


def test_memory_that_is_forgotten_is_gone_and_the_person_stays(tmp_path: Path) -> None:
    with ana_has_been_met(tmp_path) as visit:
        page = visit.page
        wait_remembered(page)
        show_what_is_known(page)
        expect(page.locator("[data-memory]")).to_contain_text("dinosaurs")
        page.get_by_role("button", name="Forget this", exact=True).click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("[data-memory]")).to_have_count(1)
        page.get_by_role("button", name="Forget this", exact=True).click()
        page.locator("dialog.small").get_by_role("button", name="Forget this").click()
        expect(page.get_by_text("remembers nothing of Ana")).to_be_visible()
        expect(people(page)).to_contain_text("Ana")


def test_person_who_is_forgotten_gets_a_receipt_and_is_a_stranger(tmp_path: Path) -> None:
    with ana_has_been_met(tmp_path) as visit:
        page = visit.page
        wait_remembered(page)
        show_what_is_known(page)
        page.get_by_role("button", name="Forget Ana altogether").click()
        page.locator("dialog.small").get_by_role("button", name="Forget Ana altogether").click()
        expect(page.get_by_role("heading", name="Robi has forgotten Ana")).to_be_visible()
        receipt = page.locator("#receipt li").all_inner_texts()
        assert receipt[0] == "1 person"
        assert "1 memory" in receipt
        expect(page.locator("#people-opener")).to_have_text("With a stranger")
        expect(people(page)).to_have_count(0)
