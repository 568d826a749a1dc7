"""What is asked and answered; and what no answer may do to the page."""

from playwright.sync_api import expect

from tests.e2e.browser import needs_chromium
from tests.e2e.textbook import CITATIONS, KEY, SESSION, answering
from tests.e2e.widget.reader import WHOLE, Opening

pytestmark = needs_chromium

STRICT = (
    "default-src 'none'; script-src {chat}; connect-src {chat}; style-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""A policy that names the server of the widget, and allows nothing else of anybody's."""


def test_question_is_sent_with_key_text_and_no_more(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask("¿Por qué vemos una cara?")
        expect(reader.answer).to_have_text(WHOLE)
        (asked,) = reader.chat.asked
        assert asked.body == {"message": "¿Por qué vemos una cara?", "text_id": "*"}
        assert (asked.key, asked.origin, asked.last_event_id) == (KEY, reader.book.url, None)
        expect(reader.field).to_have_value("")


def test_next_question_is_of_the_same_session(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_have_count(1)
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        assert [asked.body.get("session_id") for asked in reader.chat.asked] == [None, SESSION]


def test_answer_streams_and_is_told_by_sentences(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4  # "Tarda lo mismo en girar " has come, and is no sentence yet
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo en girar")
        assert reader.told().split("\n\n") == [
            "Buscando la respuesta…",
            "Siempre vemos la misma cara de la Luna .",
        ]
        reader.chat.go_on.set()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.told().split("\n\n")[2:] == [
            "Tarda lo mismo en girar que en dar la vuelta.",
            "Los planetas giran alrededor del Sol .",
            "Y la luz tarda .",
        ]


def test_shift_and_enter_begin_a_line(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.page.keyboard.type("uno")
        reader.page.keyboard.press("Shift+Enter")
        reader.page.keyboard.type("dos")
        reader.page.get_by_role("button", name="Enviar").click()
        expect(reader.answer).to_have_text(WHOLE)
        assert reader.chat.asked[0].body["message"] == "uno\ndos"


def test_question_of_nothing_is_not_sent(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask("   ")
        reader.ask("sí")
        expect(reader.answer).to_have_text(WHOLE)
        assert [asked.body["message"] for asked in reader.chat.asked] == ["sí"]


def test_stop_leaves_what_came_and_goes_away(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.chat.hold_at = 4
        reader.ask()
        expect(reader.answer).to_contain_text("Tarda lo mismo")
        reader.page.get_by_role("button", name="Parar").click()
        expect(reader.page.get_by_text("Respuesta detenida.")).to_be_visible()
        expect(reader.answer).to_contain_text("Tarda lo mismo")
        expect(reader.field).to_be_focused()
        assert reader.chat.gone.wait(20)
        assert len(reader.chat.asked) == 1


def test_new_conversation_begins_a_new_session(reading: Opening) -> None:
    with reading() as reader:
        reader.open()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        reader.page.get_by_role("button", name="Nueva conversación").click()
        expect(reader.page.locator("article")).to_have_count(0)
        expect(reader.field).to_be_focused()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        assert "session_id" not in reader.chat.asked[1].body


def test_answer_runs_nothing_loads_nothing_and_leads_nowhere_bad(reading: Opening) -> None:
    evil = (
        "<img src=x onerror=\"document.title='evil'\"> <script>document.title='evil'</script>\n\n",
        "![luna](http://127.0.0.1:9/p.png) [uno](javascript:document.title='evil') ",
        "[dos](data:text/html,x) [banco](https://evil.example/a)\n\n",
        "<a href=\"javascript:document.title='evil'\">tres</a> `<svg onload=x>`",
    )
    with reading() as reader:
        before = set(reader.visit.hosts)
        citation = {**CITATIONS[2], "quote": "<img src=x onerror=x>", "title": "<b>x</b>"}
        reader.chat.events = answering(*evil, " [3]", citations=[citation])
        reader.open()
        reader.ask("<img src=x onerror=\"document.title='evil'\">")
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.panel.locator("img, script, b, svg[onload]")).to_have_count(0)
        expect(reader.answer).to_contain_text("<img src=x onerror=")
        expect(reader.answer).to_contain_text("luna uno dos banco (evil.example)")
        links = reader.answer.get_by_role("link")
        expect(links).to_have_count(1)
        expect(links).to_have_attribute("rel", "noopener noreferrer nofollow")
        expect(links).to_have_attribute("target", "_blank")
        assert reader.page.title() == "El cielo"
        assert reader.visit.hosts == before


def test_page_with_a_strict_policy_has_it_whole(reading: Opening) -> None:
    with reading(at="") as reader:
        reader.book.policy = STRICT.format(chat=reader.chat.url)
        reader.turn_to()
        reader.select()
        expect(reader.page.locator("#near")).to_be_visible()
        reader.page.locator("#near").click()
        reader.ask()
        expect(reader.answer).to_have_text(WHOLE)
        colour = reader.panel.evaluate("(panel) => getComputedStyle(panel).position")
        assert colour == "fixed", "it has its style"
        reader.answer.get_by_role("button", name="Cita 3").click()
        expect(reader.page.locator("#card")).to_be_visible()
        reader.page.keyboard.press("Escape")
        reader.answer.get_by_role("button", name="Cita 1").click()
        assert len(reader.highlighted()) == 1
