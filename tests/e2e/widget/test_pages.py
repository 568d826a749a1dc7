"""How the widget is put on a page, and what is left of it on the next."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import in_detail, needs_chromium
from tests.e2e.textbook import KEY, SESSION, pasted
from tests.e2e.widget.reader import SHORTCUT, WHOLE, Opening

pytestmark = [needs_chromium, in_detail]


def test_script_alone_with_its_settings_makes_the_element(reading: Opening) -> None:
    with reading(at="") as reader:
        settings = f"key={KEY}&text=cielo&lang=en&name=Luna"
        reader.book.scripts = (
            f'<script type="module" src="{reader.chat.url}/chat.js#{settings}"></script>'
        )
        reader.turn_to()
        reader.open()
        expect(reader.panel).to_have_accessible_name("Ask Luna")
        reader.ask("Why?")
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].body["text_id"] == "cielo"
        assert all("key=" not in asked.url.split("#")[0] for asked in reader.visit.asked)


def test_attributes_that_react_leaves_work_too(reading: Opening) -> None:
    with reading(at="") as reader:
        tag = f'<robi-chat api-key="{KEY}" server="{reader.chat.url}/"></robi-chat>'
        reader.book.scripts = (
            f'<script type="module" src="{reader.chat.url}/chat.js"></script>{tag}'
        )
        reader.turn_to()
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].key == KEY
        assert reader.chat.asked[0].body == {"message": "¿Por qué?"}


@pytest.mark.parametrize(
    ("attribute", "page", "preferred", "name"),
    [
        ("en", "es", "es-ES", "Ask Robi"),
        ("", "en-GB", "es-ES", "Ask Robi"),
        ("", "fr", "en-GB", "Ask Robi"),
        ("", "fr", "fr-FR", "Pregunta a Robi"),
        ("de", "es", "en-GB", "Pregunta a Robi"),
    ],
)
def test_language_is_that_of_attribute_page_or_browser(
    reading: Opening, attribute: str, page: str, preferred: str, name: str
) -> None:
    with reading(at="", locale=preferred) as reader:
        reader.book.lang = page
        reader.book.scripts = pasted(reader.chat.url, lang=attribute)
        reader.turn_to()
        reader.open()
        expect(reader.panel).to_have_accessible_name(name)


def test_page_that_is_loaded_again_has_the_conversation_still(reading: Opening) -> None:
    with reading() as reader:
        reader.select()
        reader.page.keyboard.press(SHORTCUT)
        reader.ask("¿Por qué?")
        expect(reader.answer).to_have_text(WHOLE)
        reader.page.reload()
        expect(reader.panel).to_be_visible()
        expect(reader.page.locator("article")).to_contain_text("¿Por qué?")
        expect(reader.page.locator("article").get_by_label("Texto seleccionado")).to_be_visible()
        expect(reader.answer).to_have_text(WHOLE)
        expect(reader.page.locator(".cites")).to_be_visible()
        assert reader.focused() == "body", "a page that is loaded keeps its focus"
        assert reader.told() == "", "it is not told twice"
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        assert reader.chat.asked[1].body["session_id"] == SESSION


def test_page_that_is_left_in_the_middle_of_an_answer_takes_it_up(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo en girar")
        reader.chat.go_on.set()
        reader.chat.hold_at = None
        reader.turn_to("/next")
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer).to_have_text(WHOLE)


def test_other_key_is_another_conversation(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        reader.book.scripts = pasted(reader.chat.url, key="robi_other")
        reader.turn_to("/next")
        expect(reader.page.locator("#open")).to_be_visible()
        expect(reader.page.locator("article")).to_have_count(0)


def test_page_changed_by_its_program_keeps_the_widget(reading: Opening) -> None:
    """As Docusaurus does: the text is another, the element is moved or made anew."""
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo en girar")
        reader.page.evaluate(
            """() => { history.pushState({}, '', '/next');
                 const main = document.createElement('main'); main.textContent = 'Otra página';
                 document.querySelector('main').replaceWith(main);
                 main.after(document.querySelector('robi-chat')); }"""
        )
        reader.chat.go_on.set()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer).to_have_text(WHOLE)
        assert len(reader.chat.asked) == 1, "the answer went on"
        reader.page.evaluate(
            """async () => { const old = document.querySelector('robi-chat');
                 const made = old.cloneNode();
                 old.remove(); await 0; document.body.append(made); }"""
        )
        expect(reader.panel).to_have_count(1)
        expect(reader.answer).to_have_text(WHOLE)


def test_storage_that_is_forbidden_stops_nothing(reading: Opening) -> None:
    with reading(at="") as reader:
        reader.page.add_init_script(
            """Object.defineProperty(window, 'sessionStorage', { get() {
                 throw new DOMException('no', 'SecurityError'); } })"""
        )
        reader.turn_to()
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
