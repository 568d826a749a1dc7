"""Selections of the page: offered, asked about, taken back."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.widget.reader import PHONE, SHORTCUT, WHOLE, Opening

pytestmark = needs_chromium


def test_selection_is_asked_about_and_stays_above_its_answer(reading: Opening) -> None:
    with reading() as reader:
        reader.page.locator("#first").click(click_count=3)
        reader.page.get_by_role("button", name="Preguntar por la selección").click()
        chip = reader.panel.get_by_label("Texto seleccionado")
        expect(chip).to_contain_text("La Tierra da una vuelta")
        expect(reader.field).to_be_focused()
        reader.page.keyboard.type("¿Qué quiere decir?")
        reader.page.keyboard.press("Enter")
        expect(reader.answer).to_have_text(WHOLE)
        (asked,) = reader.chat.asked
        assert asked.body["selected_text"].startswith("La Tierra da una vuelta sobre sí misma")
        expect(reader.page.locator("article").get_by_label("Texto seleccionado")).to_be_visible()
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        assert "selected_text" not in reader.chat.asked[1].body


def test_selection_can_be_taken_back(reading: Opening) -> None:
    with reading() as reader:
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.page.get_by_role("button", name="Quitar la selección").click()
        expect(reader.field).to_be_focused()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert "selected_text" not in reader.chat.asked[0].body


def test_selection_made_while_the_panel_is_open_is_offered_there(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        expect(reader.panel.get_by_text("Preguntar por la selección")).to_be_hidden()
        reader.page.locator("#first").click(click_count=3)
        reader.panel.get_by_role("button", name="Preguntar por la selección").click()
        expect(reader.panel.get_by_label("Texto seleccionado")).to_contain_text("La Tierra")


def test_selection_of_nothing_to_ask_about_offers_nothing(reading: Opening) -> None:
    title = "document.querySelector('robi-chat').shadowRoot.querySelector('h2')"
    nothing = {
        "two letters": "getSelection().setBaseAndExtent(at, 0, at, 2)",
        "in a field": "document.querySelector('#notes').select()",
        "in the widget": f"getSelection().selectAllChildren({title})",
    }
    with reading() as reader:
        reader.open()
        for name, selection in nothing.items():
            reader.page.evaluate("document.activeElement.blur()")
            reader.select()
            expect(reader.page.locator("#near"), name).to_be_visible()
            reader.page.evaluate(
                f"() => {{ const at = document.querySelector('#first').firstChild; {selection}; }}"
            )
            expect(reader.page.locator("#near"), name).to_be_hidden()
            expect(reader.page.locator("#about"), name).to_be_hidden()


def test_selection_that_is_long_is_cut(reading: Opening) -> None:
    with reading() as reader:
        reader.page.evaluate("document.querySelector('#first').textContent = '🌕'.repeat(9000)")
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].body["selected_text"] == "🌕" * 4000  # two units of UTF-16 each


def test_selection_by_touch_offers_the_button_within_the_screen(reading: Opening) -> None:
    with reading(viewport=PHONE, has_touch=True, is_mobile=True) as reader:
        reader.select("main")
        near = reader.page.locator("#near")
        expect(near).to_be_visible()
        box = near.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]
        assert 0 <= box["y"] <= box["y"] + box["height"] <= PHONE["height"]
        assert box["height"] >= 44
        near.tap()
        expect(reader.panel.get_by_label("Texto seleccionado")).to_contain_text("La Tierra")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("es", "Es muy largo: solo cuentan sus primeros 8000 caracteres."),
        ("en", "It is very long: only its first 8,000 characters count."),
    ],
)
def test_selection_that_is_too_long_is_said_to_be_cut(
    reading: Opening, lang: str, said: str
) -> None:
    with reading() as reader:
        reader.page.evaluate(f"document.querySelector('robi-chat').setAttribute('lang', '{lang}')")
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        expect(reader.field).to_have_accessible_description("")
        reader.page.evaluate("document.querySelector('#first').textContent = '🌕'.repeat(9000)")
        reader.page.evaluate("document.activeElement.blur()")
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        expect(reader.page.locator("#chip")).to_contain_text(said)
        expect(reader.field).to_have_accessible_description(said)
        expect(reader.field).to_be_in_viewport(ratio=1)
        reader.ask()
        expect(reader.page.locator("#chip")).to_be_hidden()
        expect(reader.field).to_have_accessible_description("")
