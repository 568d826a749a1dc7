"""Citations: jumped to, linked to, shown, listed."""

import re

from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.textbook import CITATIONS, QUOTE, answering
from tests.e2e.widget.reader import PHONE, SHORTCUT, WHOLE, Opening

pytestmark = needs_chromium


def test_citation_on_the_page_is_jumped_to_and_highlighted(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.page.locator("#face")).to_be_in_viewport()
        expect(reader.page.locator("#face")).to_be_focused()
        assert [words.lower().split() for words in reader.highlighted()] == [QUOTE.split()]


def test_citation_without_anchor_is_found_by_its_heading(reading: Opening) -> None:
    with reading() as reader:
        citation = {"number": 1, "quote": "no está aquí", "heading": ["x", "La luna"]}
        reader.chat.events = answering("Así [1].", citations=[citation])
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.page.locator("#la-luna")).to_be_focused()
        assert reader.highlighted() == []


def test_citation_of_another_page_is_a_link_to_its_words(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        link = reader.answer.get_by_role("link", name="Cita 2")
        fragment = ":~:text=los%20planetas%20giran%20alrededor%20del%20Sol"
        expect(link).to_have_attribute("href", f"{reader.book.url}/next#planetas{fragment}")
        link.click()
        expect(reader.page).to_have_url(re.compile("/next"))
        expect(reader.answer).to_have_text(WHOLE)  # the conversation has come along


def test_citation_of_another_page_with_such_an_anchor_here_is_still_a_link(
    reading: Opening,
) -> None:
    with reading() as reader:
        citation = {**CITATIONS[1], "anchor": "la-luna", "heading": ["La Luna"]}
        reader.chat.events = answering("Así [2].", citations=[citation])
        reader.open()
        reader.ask()
        reader.answer.get_by_role("link", name="Cita 2").click()
        expect(reader.page).to_have_url(re.compile("/next"))


def test_citation_with_an_address_that_is_none_is_a_button(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        for url in ("javascript:alert(1)", "data:text/html,x", "ftp://a.example/"):
            reader.chat.events = answering("Así [3].", citations=[{**CITATIONS[2], "url": url}])
            reader.ask(url)
            expect(reader.page.locator("article").last).to_contain_text(url)
            expect(reader.answer.get_by_role("button", name="Cita 3")).to_be_visible()


def test_citation_of_nowhere_is_shown_and_escape_shuts_it_alone(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        marker = reader.answer.get_by_role("button", name="Cita 3")
        marker.focus()
        reader.page.keyboard.press("Enter")
        card = reader.page.locator("#card")
        expect(card).to_contain_text("Otro libro · p. 3")
        expect(card).to_contain_text("quien mira lejos mira atrás")
        expect(card).to_be_focused()
        reader.page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(marker).to_be_focused()
        expect(reader.panel).to_be_visible()


def test_citations_are_listed_with_heading_place_and_words(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.page.get_by_role("list", name="Citas")).to_match_aria_snapshot("""
            - list "Citas":
              - listitem:
                - button "Cita 1"
                - text: "El cielo \u203a La Luna · p. 12 la luna siempre nos muestra la misma cara"
              - listitem:
                - link "Cita 2"
                - text: "Los planetas los planetas giran alrededor del Sol"
              - listitem:
                - button "Cita 3"
                - text: "Otro libro · p. 3 quien mira lejos mira atrás"
        """)


def test_number_without_a_citation_is_text(reading: Opening) -> None:
    with reading() as reader:
        reader.chat.events = answering("Uno [1] y nueve [9].", citations=CITATIONS[:1])
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer.get_by_role("button")).to_have_count(1)
        expect(reader.answer).to_contain_text("[9]")


def test_jump_on_a_phone_shows_the_page_and_the_shortcut_leads_back(reading: Opening) -> None:
    with reading(viewport=PHONE) as reader:
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.panel).to_be_hidden()
        expect(reader.page.locator("#face")).to_be_focused()
        reader.page.keyboard.press(SHORTCUT)
        expect(reader.field).to_be_focused()
        expect(reader.answer).to_have_text(WHOLE)


def test_jump_opens_what_is_folded(reading: Opening) -> None:
    with reading() as reader:
        reader.page.evaluate(
            """() => { const shut = document.createElement('details');
                 const face = document.querySelector('#face');
                 face.replaceWith(shut); shut.append(face); }"""
        )
        reader.open()
        reader.ask()
        reader.answer.get_by_role("button", name="Cita 1").click()
        expect(reader.page.locator("#face")).to_be_in_viewport()


def test_browser_without_highlights_has_an_outline_for_a_while(reading: Opening) -> None:
    with reading(at="") as reader:
        reader.page.add_init_script(
            "Object.defineProperty(CSS, 'highlights', { value: undefined })"
        )
        reader.page.clock.install()
        reader.turn_to()
        reader.open()
        reader.ask()
        reader.page.clock.run_for(1000)
        reader.answer.get_by_role("button", name="Cita 1").click()
        assert "outline" in (reader.page.locator("#face").get_attribute("style") or "")
        reader.page.clock.run_for(5000)
        assert "outline" not in (reader.page.locator("#face").get_attribute("style") or "")
