"""The heart of the page in a real browser: the key, typed turns, a lost link, the language."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from robi.config import Settings
from robi.upkeep import keys
from tests.e2e.browser import Visit, modelling, needs_chromium, serving, visiting

pytestmark = needs_chromium

PHONE = {"width": 844, "height": 390}
"""In landscape."""

KEY = "a-key-of-some-length-0123456789"
STORY = (
    "Once upon a time there was a small robot. It lived in a large house by the sea. "
    "Every morning it greeted whoever passed the door. One day it lost its way in the garden. "
    "And there it learned to look at the stars."
)
SCRIPT = {
    "replies": [
        {
            "match": "story",
            "text": f"[emotion:excited][emojis:1F409]{STORY}",
            "chunk_delay_ms": 120,
        },
        {"match": "broken", "error": "400"},
    ],
    "default": {"text": "[emotion:happy][emojis:1F600]I have understood."},
}


@pytest.fixture(scope="module")
def robi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that needs no key; each test is another robot of its."""
    folder = tmp_path_factory.mktemp("robi")
    with (
        modelling(folder, SCRIPT) as stub,
        serving(folder, GEMINI_API_KEY="stub", GOOGLE_GEMINI_BASE_URL=stub) as url,
    ):
        yield url


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that was given its key, and so keeps it to itself."""
    with serving(tmp_path_factory.mktemp("locked"), API_KEY=KEY) as url:
        yield url


@contextmanager
def meeting(url: str, **context: Any) -> Iterator[Visit]:
    """Open the page; nothing may go wrong in it until the end."""
    with visiting(**{"viewport": PHONE, "locale": "en-GB", **context}) as visit:
        visit.page.goto(url)
        yield visit
        assert visit.troubles == []


def begin(page: Page) -> None:
    page.click("#start")
    expect(page.locator("#controls")).to_be_visible()


def say(page: Page, words: str) -> None:
    page.fill("#words", words)
    page.press("#words", "Enter")


def give_key(page: Page, key: str) -> None:
    page.fill("#key", key)
    page.press("#key", "Enter")


# ── the key ───────────────────────────────────────────────────────────────────────────────────


def test_wrong_key_is_said_to_be_wrong_and_the_right_one_is_asked_for_once(locked: str) -> None:
    with meeting(locked) as visit:
        page = visit.page
        page.click("#start")
        give_key(page, "wrong")
        expect(page.locator("#key-trouble")).to_contain_text("does not open")
        assert [t for t in visit.troubles if "401" not in t] == []
        visit.troubles.clear()  # the browser itself notes the refusal
        give_key(page, KEY)
        expect(page.locator("#controls")).to_be_visible()
        page.reload()
        begin(page)
        assert page.url == locked


def test_kept_key_that_is_wrong_now_is_asked_for_again(locked: str) -> None:
    with meeting(locked) as visit:
        page = visit.page
        page.evaluate("localStorage.setItem('robi.key', 'of another server')")
        page.click("#start")
        expect(page.locator("#key-trouble")).to_contain_text("does not open")
        give_key(page, KEY)
        expect(page.locator("#controls")).to_be_visible()


def test_key_of_a_robot_opens_the_page_until_it_is_revoked(tmp_path: Path) -> None:
    """It was made before the server started, so that nothing is waited for."""
    settings = Settings.load({"DATA_DIR": str(tmp_path)}, dotenv_path=tmp_path / "no.env")
    made = keys.add(settings, "page", "robot", now=time.time(), days=None, device=None)
    with serving(tmp_path, API_KEY=KEY) as url, meeting(url) as visit:
        page = visit.page
        page.click("#start")
        give_key(page, made.key)
        expect(page.locator("#controls")).to_be_visible()
        keys.revoke(settings, "page", now=time.time())
        expect(page.locator("#key-trouble")).to_contain_text("does not open")
        give_key(page, KEY)
        expect(page.locator("#controls")).to_be_visible()
        visit.troubles.clear()  # the browser itself notes the refusal


def test_who_would_rather_not_give_a_key_is_told_and_may_later(locked: str) -> None:
    with meeting(locked) as visit:
        page = visit.page
        page.click("#start")
        expect(page.locator("#key")).to_be_visible()
        expect(page.locator("#start")).to_have_text("Connecting…")
        expect(page.locator("#start")).to_have_attribute("aria-busy", "true")
        expect(page.locator("#start")).to_be_disabled()
        page.keyboard.press("Escape")
        expect(page.get_by_role("alert").filter(has_text="Without the key")).to_be_visible()
        expect(page.locator("#start")).to_have_text("Talk to Robi")
        expect(page.locator("#start")).to_be_enabled()
        page.get_by_role("button", name="Enter the key").click()
        give_key(page, "ключ")  # which no header can hold
        expect(page.locator("#key-trouble")).to_contain_text("does not open")
        give_key(page, KEY)
        expect(page.locator("#controls")).to_be_visible()


def test_key_that_is_forgotten_is_asked_for_again(locked: str) -> None:
    with meeting(locked) as visit:
        page = visit.page
        page.click("#start")
        give_key(page, KEY)
        expect(page.locator("#controls")).to_be_visible()
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("button", name="Forget the key and leave").click()
        page.click("#start")
        expect(page.locator("#key")).to_be_visible()
        assert page.evaluate("sessionStorage.length") == 0


# ── turns ─────────────────────────────────────────────────────────────────────────────────────


def test_typed_turn_shows_its_face_and_its_words(robi: str) -> None:
    with meeting(robi) as visit:
        page = visit.page
        begin(page)
        expect(page.locator("#face")).to_have_attribute("data-mood", "idle")
        expect(page.locator("[data-enter]")).to_have_attribute("data-code", "1F916")
        say(page, "Hello")
        expect(page.locator("#subtitles")).to_have_text("I have understood.")
        expect(page.locator("[data-enter]")).to_have_attribute("data-code", "1F600")
        expect(page.locator("#face")).to_have_attribute("aria-label", "Robi is happy")
        expect(page.locator("#answer")).to_have_text("I have understood.")
        expect(page.locator("#face")).to_have_attribute("data-mood", "idle")
        expect(page.locator("[data-enter]")).to_have_attribute("data-code", "1F916")


def test_answer_that_fails_is_an_apology_and_a_face_that_passes(robi: str) -> None:
    with meeting(robi) as visit:
        page = visit.page
        begin(page)
        say(page, "A broken one")
        expect(page.locator("#face")).to_have_attribute("data-mood", "error")
        expect(page.locator("[data-enter]")).to_have_attribute("data-code", "1F615")
        expect(page.locator("#answer")).not_to_be_empty()
        expect(page.locator("#face")).to_have_attribute("data-mood", "idle", timeout=20_000)


def test_link_that_is_cut_in_mid_sentence_loses_no_word_and_doubles_none(robi: str) -> None:
    with meeting(robi, viewport={"width": 1280, "height": 800}) as visit:
        page = visit.page
        begin(page)
        page.get_by_role("button", name="Behind the face").click()
        say(page, "Tell me a story")
        for heard in ("Once upon", "Every morning"):
            expect(page.locator("#subtitles")).to_contain_text(heard)
            page.get_by_role("button", name="Cut").click()
            expect(page.locator(".panel-state")).to_have_text("open")
        expect(page.locator("#answer")).to_have_text(STORY, timeout=20_000)
        expect(page.locator("#subtitles")).to_have_text(STORY)


def test_page_that_is_loaded_again_in_mid_answer_goes_on_with_it_from_the_last_word(
    robi: str,
) -> None:
    with meeting(robi) as visit:
        page = visit.page
        sent: list[dict[str, Any]] = []
        page.on(
            "websocket", lambda link: link.on("framesent", lambda it: sent.append(json.loads(it)))
        )
        begin(page)
        say(page, "Tell me a story")
        expect(page.locator("#subtitles .spoken")).to_contain_text("Once upon a time")
        page.reload()
        begin(page)
        expect(page.locator("#answer")).to_contain_text("at the stars.", timeout=20_000)
        rest = page.locator("#answer").inner_text()
        assert STORY.endswith(rest), "no word is left out"
        spoken_before = len(STORY) - len(rest)
        assert spoken_before >= len("Once upon a ")
        page.keyboard.press("Escape")
        expect(page.locator("#face")).to_have_attribute("data-mood", "idle")
        heard = page.locator("#subtitles").inner_text()
        (cut,) = [message for message in sent if message["type"] == "interrupt"]
        assert 0 <= cut["spoken_chars"] - spoken_before - len(heard) <= 1, "inner_text is trimmed"


def test_server_that_is_gone_leaves_a_face_that_says_so(tmp_path: Path) -> None:
    with ExitStack() as until_it_goes, visiting(viewport=PHONE, locale="en-GB") as visit:
        page = visit.page
        page.goto(until_it_goes.enter_context(serving(tmp_path)))
        with page.expect_response("**/emoji/1F638.svg"):  # the last that is kept
            begin(page)
        until_it_goes.close()
        expect(page.locator("[data-enter]")).to_have_attribute("data-code", "1F50C")
        plug = page.locator("[data-enter]")
        assert plug.evaluate("drawing => drawing.naturalWidth") > 0
        assert page.locator("#face").get_attribute("data-mood") == "disconnected"


def test_stop_ends_the_answer(robi: str) -> None:
    with meeting(robi) as visit:
        page = visit.page
        begin(page)
        say(page, "Tell me a story")
        expect(page.locator("#subtitles")).to_contain_text("Once upon")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#face")).to_have_attribute("data-mood", "idle")
        assert STORY.startswith(page.locator("#subtitles").inner_text())
        say(page, "Hello")
        expect(page.locator("#answer")).to_have_text("I have understood.")


def test_second_window_takes_over_and_the_first_may_take_it_back(robi: str) -> None:
    with meeting(robi) as visit:
        page = visit.page
        begin(page)
        other = page.context.new_page()
        other.goto(robi)
        begin(other)
        expect(page.locator("#notice")).to_contain_text("in another window")
        expect(page.locator("#face")).to_have_attribute("data-mood", "disconnected")
        page.get_by_role("button", name="Go on here").click()
        expect(page.locator("#face")).to_have_attribute("data-mood", "idle")
        expect(page.locator("#notice")).to_be_hidden()
        expect(other.locator("#notice")).to_contain_text("in another window")


# ── for everybody ─────────────────────────────────────────────────────────────────────────────


def test_page_speaks_the_language_of_the_browser_and_changes_it_in_place(robi: str) -> None:
    with meeting(robi, locale="es-AR") as visit:
        page = visit.page
        expect(page.locator("#start")).to_have_text("Hablar con Robi")
        begin(page)
        page.get_by_role("button", name="Ajustes").click()
        page.get_by_label("English").check()
        expect(page.get_by_role("heading", name="Settings")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("#words").get_attribute("placeholder") == "Write to Robi…"
        page.reload()
        expect(page.locator("#start")).to_have_text("Talk to Robi")


def test_keys_open_help_and_the_field_and_may_be_switched_off(robi: str) -> None:
    with meeting(robi) as visit:
        page = visit.page
        page.keyboard.press("p")
        assert page.locator("dialog[open]").count() == 0, "nothing before the first click"
        begin(page)
        page.keyboard.press("?")
        expect(page.locator("#about")).to_be_visible()
        expect(page.get_by_role("link", name="CC BY-SA 4.0")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        expect(page.locator("#words")).to_be_focused()
        page.keyboard.type("?p/")
        expect(page.locator("#words")).to_have_value("?p/")
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Single keys are commands").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#about")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "viewport", [PHONE, {"width": 390, "height": 844}], ids=["lying", "standing"]
)
def test_conversation_keeps_nobody_out(robi: str, scheme: str, viewport: dict[str, int]) -> None:
    with meeting(robi, color_scheme=scheme, viewport=viewport, bypass_csp=True) as visit:
        page = visit.page
        begin(page)
        say(page, "Hello")
        expect(page.locator("#answer")).to_have_text("I have understood.")
        assert visit.barriers() == []
        for name in ("Settings", "Help and about", "With a stranger"):
            page.get_by_role("button", name=name).click()
            assert visit.barriers() == [], name
            page.keyboard.press("Escape")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], "nothing is cut off at the side"
