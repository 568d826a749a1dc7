"""The panel "Behind the face" in a real browser: what a developer sees of turns and server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import frozen
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Visit, needs_chromium, serving, visiting

pytestmark = needs_chromium

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 844, "height": 390}
"""In landscape."""

SEEN = ["emotion", "first text", "text", "end"]
"""The bars of what the page measured, in their order."""

WAITED = ["memory", "queue", "model"]
"""Those of what the server says that it waited for."""


@frozen
class Server:
    """One for all tests: each of them is another robot of its."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with serving(folder) as url:
        yield Server(url, folder)


@contextmanager
def talking(
    server: Server, viewport: dict[str, int] = DESKTOP, *, bypass_csp: bool = False
) -> Iterator[Visit]:
    """Open the page, say hello, and open the panel; it must have gone well until the end."""
    context = {"viewport": viewport, "locale": "en-GB", "bypass_csp": bypass_csp}
    with visiting(**context) as visit:
        visit.page.goto(server.url)
        visit.page.click("#start")
        say(visit.page, "Hello")
        visit.page.get_by_role("button", name="Behind the face").click()
        expect(turns(visit.page)).to_have_count(1)
        expect(turns(visit.page).first).to_contain_text("done")
        yield visit
        assert visit.troubles == []


def say(page: Page, words: str) -> None:
    page.fill("#words", words)
    page.press("#words", "Enter")


def turns(page: Page) -> Locator:
    return page.locator(".panel-turn")


def open_view(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_panel_after_a_turn_shows_its_waterfall(server: Server) -> None:
    with talking(server) as visit:
        turn = turns(visit.page).first
        expect(turn.locator("svg rect")).to_have_count(len(SEEN + WAITED))
        turn.locator("summary").click()
        rows = turn.locator("tbody tr")
        assert rows.locator("th").all_inner_texts() == SEEN + WAITED
        measured_by = rows.locator("td:nth-child(2)").all_inner_texts()
        assert measured_by == ["page"] * len(SEEN) + ["server"] * len(WAITED)


def test_messages_opened_after_the_fact_are_there_from_the_first_without_the_key(
    server: Server,
) -> None:
    with talking(server) as visit:
        open_view(visit.page, "Messages")
        names = visit.page.locator(".panel-row b")
        expect(names.filter(has_text="stream_end")).to_have_count(1)
        assert names.all_inner_texts()[:2] == ["connecting", "auth"]
        visit.page.locator(".panel-row").nth(1).click()
        shown = visit.page.locator(".panel-json")
        expect(shown).to_contain_text('"type": "auth"')
        assert (server.folder / "api_key").read_text("utf-8").strip() not in shown.inner_text()


def test_messages_by_type_are_of_that_type(server: Server) -> None:
    with talking(server) as visit:
        open_view(visit.page, "Messages")
        visit.page.get_by_label("Type").select_option("text_chunk")
        names = visit.page.locator(".panel-row b")
        expect(names.filter(has_not_text="text_chunk")).to_have_count(0)
        assert set(names.all_inner_texts()) == {"text_chunk"}


def test_link_that_is_cut_comes_back_to_its_session(server: Server) -> None:
    with talking(server) as visit:
        open_view(visit.page, "Messages")
        visit.page.get_by_role("button", name="Cut").click()
        expect(visit.page.locator(".panel-row", has_text="resumed")).to_have_count(2)
        expect(visit.page.locator(".panel-state")).to_have_text("open")


def test_link_that_is_frozen_brings_the_answer_when_it_thaws(server: Server) -> None:
    with talking(server) as visit:
        visit.page.get_by_role("button", name="Freeze").click()
        say(visit.page, "Hello again")
        expect(visit.page.locator(".panel-state")).to_have_text("frozen")
        assert turns(visit.page).count() == 1
        visit.page.get_by_role("button", name="Thaw").click()
        expect(turns(visit.page)).to_have_count(2)
        expect(turns(visit.page).first).to_contain_text("done")


def test_replay_says_it_again_and_asks_the_server_nothing(server: Server) -> None:
    with talking(server) as visit:
        greeting = turns(visit.page).first.locator(".panel-answer").inner_text()
        say(visit.page, "What is twelve times seven?")
        expect(turns(visit.page)).to_have_count(2)
        subtitles = visit.page.locator("#words-of-robi")
        expect(subtitles).not_to_contain_text(greeting)
        turns(visit.page).last.get_by_role("button", name="Replay").click()
        expect(subtitles).to_contain_text(greeting)
        open_view(visit.page, "Messages")
        visit.page.get_by_label("Type").select_option("text")
        expect(visit.page.locator(".panel-row")).to_have_count(2)


def test_server_shows_its_tree_and_this_session(server: Server) -> None:
    with talking(server) as visit:
        open_view(visit.page, "Server")
        tree = visit.page.locator(".panel-tree tbody tr")
        expect(tree.filter(has_text="store").first).to_contain_text("running")
        expect(visit.page.locator(".panel-sessions .is-mine")).to_have_count(1)
        expect(visit.page.get_by_text("of the server")).to_be_visible()


def calls(visit: Visit) -> list[str]:
    """What was asked of the server's API; drawings come beside, as they are wanted."""
    paths = (urlsplit(request.url).path for request in visit.asked)
    return [path for path in paths if path.startswith("/api/")]


def test_panel_that_is_shut_asks_the_server_nothing(server: Server) -> None:
    with talking(server) as visit:
        visit.page.clock.install()
        open_view(visit.page, "Server")
        expect(visit.page.locator(".panel-tree tbody tr").first).to_be_visible()
        visit.asked.clear()
        visit.page.clock.run_for(1000)
        assert calls(visit) == ["/api/sessions"]
        visit.page.get_by_role("button", name="Close").click()
        visit.page.clock.run_for(60_000)
        assert len(calls(visit)) == 1


def test_panel_on_a_phone_leaves_nothing_behind_it_to_be_reached(server: Server) -> None:
    with talking(server, PHONE) as visit:
        assert visit.page.locator("body > :not(.panel, [inert], dialog)").count() == 0
        visit.page.get_by_role("button", name="Close").click()
        expect(visit.page.locator("#controls")).not_to_have_attribute("inert", "")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_panel_keeps_nobody_out(server: Server, viewport: dict[str, int]) -> None:
    with talking(server, viewport, bypass_csp=True) as visit:
        for name in ("Turns", "Messages", "Server"):
            open_view(visit.page, name)
            assert visit.barriers() == []
