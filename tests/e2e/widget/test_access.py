"""Who does not see, has no mouse, has a small screen, or likes the dark."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.textbook import CITATIONS, Refusal, answering
from tests.e2e.widget.reader import PHONE, SHORTCUT, Opening

pytestmark = needs_chromium


def test_panel_is_all_there_for_a_screen_reader(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.panel).to_match_aria_snapshot("""
            - dialog "Pregunta a Robi":
              - banner:
                - heading "Pregunta a Robi" [level=2]
                - button "Nueva conversación"
                - button "Cerrar"
              - log "Pregunta a Robi":
                - article:
                  - group "Tú": ¿Por qué?
                  - paragraph:
                    - text: Siempre vemos
                    - strong: la misma cara
                    - text: de la Luna
                    - button "Cita 1"
                    - text: /.*/
                    - link "Cita 2"
                    - text: . Y la luz tarda
                    - button "Cita 3"
                    - text: .
                  - list "Citas"
              - alert
              - textbox "Tu pregunta"
              - button "Enviar"
        """)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_somebody_out(reading: Opening, scheme: str) -> None:
    with reading(color_scheme=scheme, troubles="429") as reader:
        assert reader.visit.barriers(least="moderate") == []
        reader.open()
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        reader.chat.plan = [Refusal(429, headers={"Retry_After": "30"})]
        reader.ask()
        expect(reader.alert).not_to_have_text("")
        assert reader.visit.barriers(least="moderate") == []


def test_keyboard_alone_opens_asks_jumps_and_closes(reading: Opening) -> None:
    with reading() as reader:
        keyboard = reader.page.keyboard
        reader.page.locator("#notes").focus()
        keyboard.press("Tab")
        expect(reader.page.locator("#open")).to_be_focused()
        outline = reader.page.locator("#open").evaluate("(it) => getComputedStyle(it).outlineWidth")
        assert outline == "3px"
        keyboard.press("Enter")
        expect(reader.field).to_be_focused()
        keyboard.type("¿Por qué?")
        keyboard.press("Enter")
        expect(reader.page.locator(".cites")).to_be_visible()
        passed = []
        for _ in range(20):
            keyboard.press("Shift+Tab")
            passed.append(
                reader.page.evaluate(
                    "() => { const it = document.activeElement.shadowRoot?.activeElement;"
                    " return it && (it.ariaLabel ?? it.getAttribute('aria-label') ?? it.id); }"
                )
            )
            if passed[-1] == "Nueva conversación":
                break
        cites = ["Cita 3", "Cita 2", "Cita 1"]
        assert passed == [*cites, *cites, "log", "Cerrar", "Nueva conversación"]
        for _ in range(3):
            keyboard.press("Tab")
        expect(reader.answer.get_by_role("button", name="Cita 1")).to_be_focused()
        keyboard.press("Enter")
        expect(reader.page.locator("#face")).to_be_focused()
        keyboard.press(SHORTCUT)
        expect(reader.field).to_be_focused()
        keyboard.press("Escape")
        expect(reader.panel).to_be_hidden()
        expect(reader.page.locator("#face")).to_be_focused()


def test_focus_returns_to_the_button_that_opened(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.page.keyboard.press("Escape")
        expect(reader.page.locator("#open")).to_be_focused()


@pytest.mark.parametrize(
    "viewport",
    [PHONE, {"width": 640, "height": 360}, {"width": 1280, "height": 800}],
    ids=["320 px", "200 %", "desktop"],
)
def test_nothing_leaves_the_screen(reading: Opening, viewport: dict[str, int]) -> None:
    with reading(viewport=viewport) as reader:
        long = "palabra" * 30
        reader.chat.events = answering(
            f"{long}\n\n```\n{long}\n```\n\n| {long} | b |\n|---|---|\n| 1 | 2 |\n\n[1]",
            citations=[{**CITATIONS[0], "quote": long}],
        )
        reader.open()
        reader.ask(long)
        expect(reader.page.locator(".cites")).to_be_visible()
        box = reader.panel.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= viewport["width"]
        assert box["y"] + box["height"] <= viewport["height"]
        log = reader.page.locator("#log")
        assert log.evaluate("(it) => it.scrollWidth <= it.clientWidth")
        assert log.evaluate("(it) => it.clientHeight") >= 100
        expect(reader.field).to_be_in_viewport(ratio=1)


def test_colours_are_the_systems_or_those_that_the_page_has_chosen(reading: Opening) -> None:
    schemes: list[tuple[Literal["light", "dark"], str, bool]] = [
        ("light", "", False),
        ("dark", "", True),
        ("light", "dark", True),
        ("dark", "light", False),
    ]
    with reading() as reader:
        for scheme, page, dark in schemes:
            reader.page.emulate_media(color_scheme=scheme)
            reader.page.evaluate(f"document.documentElement.style.colorScheme = '{page}'")
            reader.open()
            ink = reader.panel.evaluate(
                "(it) => getComputedStyle(it).color.match(/\\d+/g).slice(0, 3).map(Number)"
            )
            assert (sum(ink) > 384) == dark, (scheme, page)
            reader.page.keyboard.press("Escape")
            expect(reader.panel).to_be_hidden()


def test_colours_are_those_of_the_pages_properties(reading: Opening) -> None:
    with reading() as reader:
        reader.page.evaluate(
            "document.documentElement.style.setProperty('--robi-accent', 'rgb(1, 2, 3)')"
        )
        colour = reader.page.locator("#open").evaluate(
            "(it) => getComputedStyle(it).backgroundColor"
        )
        assert colour == "rgb(1, 2, 3)"


def test_who_wants_no_motion_sees_none(reading: Opening) -> None:
    with reading(reduced_motion="reduce") as reader:
        reader.open()
        assert reader.panel.evaluate("(it) => getComputedStyle(it).animationName") == "none"
    with reading(reduced_motion="no-preference") as reader:
        reader.open()
        assert reader.panel.evaluate("(it) => getComputedStyle(it).animationName") == "come"


def test_focus_on_a_citation_is_kept_when_the_answer_ends(reading: Opening) -> None:
    with reading() as reader:
        reader.chat.events = answering("Así [1].", citations=CITATIONS[:1])
        reader.chat.hold_at = 4
        reader.open()
        reader.ask()
        marker = reader.page.locator(".cites").get_by_role("button")
        marker.focus()
        reader.chat.go_on.set()
        expect(reader.page.get_by_role("button", name="Enviar")).to_be_visible()
        expect(marker).to_be_focused()


def test_focus_on_stop_is_the_fields_when_the_answer_ends(reading: Opening) -> None:
    with reading() as reader:
        reader.chat.hold_at = 4
        reader.open()
        reader.ask()
        reader.page.get_by_role("button", name="Parar").focus()
        reader.chat.go_on.set()
        expect(reader.field).to_be_focused()
        reader.page.keyboard.press("Escape")
        expect(reader.panel).to_be_hidden()


def test_focus_returns_to_where_the_reader_was_last(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.page.locator("#notes").focus()  # the panel is open all the while
        reader.field.click()
        reader.page.keyboard.press("Escape")
        expect(reader.panel).to_be_hidden()
        assert reader.focused() == "notes"
