"""What the server, the network or the page may refuse: said in clear words, the question kept."""

import re
import socket

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import in_detail, needs_chromium
from tests.e2e.textbook import SESSION, WORDS, Cut, Refusal, pasted
from tests.e2e.widget.reader import Opening

pytestmark = [needs_chromium, in_detail]


def test_session_that_is_forgotten_is_begun_anew(reading: Opening) -> None:
    with reading(troubles="404") as reader:
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_have_count(1)
        reader.chat.plan = [Refusal(404, "SESSION_NOT_FOUND")]
        reader.chat.session = "chat_new"
        reader.ask("¿Y luego?")
        expect(reader.page.locator(".cites")).to_have_count(2)
        told = [asked.body.get("session_id") for asked in reader.chat.asked]
        assert told == [None, SESSION, None]
        reader.ask("¿Y más?")
        expect(reader.page.locator(".cites")).to_have_count(3)
        assert reader.chat.asked[-1].body["session_id"] == "chat_new"


def test_place_that_is_forgotten_has_the_question_answered_from_its_beginning(
    reading: Opening,
) -> None:
    with reading(troubles="404") as reader:
        reader.chat.plan = [Cut(3), Refusal(404, "SESSION_NOT_FOUND")]
        reader.open()
        reader.ask()
        expect(reader.page.locator(".cites")).to_be_visible()
        expect(reader.answer).to_have_text(re.sub(r"\*\*", "", "".join(WORDS)))


def test_too_many_questions_say_when_and_then_let_ask(reading: Opening) -> None:
    with reading(troubles="429") as reader:
        reader.page.clock.install()
        reader.chat.plan = [Refusal(429, headers={"Retry_After": "30"})]
        reader.open()
        reader.ask("¿Por qué?")
        expect(reader.alert).to_contain_text("dentro de 30 segundos")
        expect(reader.field).to_have_value("¿Por qué?")
        send = reader.page.get_by_role("button", name="Enviar")
        expect(send).to_be_disabled()
        reader.field.press("Enter")
        reader.page.clock.run_for(31_000)
        expect(send).to_be_enabled()
        expect(reader.alert).to_have_text("")
        assert len(reader.chat.asked) == 1
        assert "Ya puedes preguntar." in reader.told()


@pytest.mark.parametrize(
    ("lang", "refusals"),
    [
        (
            "es",
            [
                (Refusal(400, "INVALID_REQUEST_FORMAT"), "Prueba con una más corta"),
                (Refusal(401, "API_KEY_INVALID"), "La clave de este chat no es válida"),
                (Refusal(403, "API_KEY_INVALID"), "Esta página no tiene permiso"),
                (Refusal(500, "DATABASE_ERROR"), "Algo ha fallado"),
                (Refusal(503, headers={"Retry_After": "5"}), "dentro de 5 segundos"),
            ],
        ),
        (
            "en",
            [
                (Refusal(401, "API_KEY_EXPIRED"), "The key of this chat is not valid or has"),
                (Refusal(404, "TEXT_NOT_FOUND"), "I cannot find the text of this page"),
                (Refusal(502), "Something went wrong"),
                (Refusal(429, headers={"Retry_After": "7200"}), "You can ask in 2 hours"),
            ],
        ),
    ],
)
def test_refusal_is_said_in_clear_words_and_the_question_kept(
    reading: Opening, lang: str, refusals: list[tuple[Refusal, str]]
) -> None:
    with reading(at="", troubles="|".join(str(each.status) for each, _ in refusals)) as reader:
        reader.book.scripts = pasted(reader.chat.url, lang=lang)
        reader.turn_to()
        reader.open()
        for refusal, said in refusals:  # the last has it wait
            reader.chat.plan = [refusal]
            reader.ask(f"¿{refusal.status}?")
            expect(reader.alert).to_contain_text(said)
            expect(reader.field).to_have_value(f"¿{refusal.status}?")
            expect(reader.page.locator("article")).to_have_count(0)


def test_error_within_the_stream_is_told_in_the_servers_words(reading: Opening) -> None:
    with reading() as reader:
        reader.chat.events = [
            ("emotion", {"emotion": "sad"}),
            ("error", {"error_code": "BRAIN_ERROR", "message": "Ahora no puedo pensar."}),
        ]
        reader.open()
        reader.ask("¿Por qué?")
        expect(reader.alert).to_have_text("Ahora no puedo pensar.")
        expect(reader.field).to_have_value("¿Por qué?")


def test_origin_that_is_not_allowed_is_told_from_a_server_that_is_away(reading: Opening) -> None:
    with reading(troubles="CORS|ERR_FAILED") as reader:
        reader.chat.allows = False
        reader.open()
        reader.ask()
        expect(reader.alert).to_contain_text("Esta página no tiene permiso")
        assert reader.chat.asked == []


def test_server_that_is_away_is_said(reading: Opening) -> None:
    with reading(at="", troubles="ERR_CONNECTION_REFUSED") as reader:
        with socket.create_server(("127.0.0.1", 0)) as free:
            away = f"http://127.0.0.1:{free.getsockname()[1]}"
        reader.book.scripts = pasted(reader.chat.url, server=away)
        reader.turn_to()
        reader.page.evaluate("document.querySelector('robi-chat').setAttribute('lang', 'en')")
        reader.open()
        reader.ask("Why?")
        expect(reader.alert).to_contain_text("I cannot reach the server")
        expect(reader.field).to_have_value("Why?")


def test_browser_that_is_offline_is_said(reading: Opening) -> None:
    with reading(troubles="ERR_INTERNET_DISCONNECTED") as reader:
        reader.open()
        reader.page.context.set_offline(True)
        reader.ask("¿Por qué?")
        expect(reader.alert).to_contain_text("No hay conexión a internet")
        expect(reader.field).to_have_value("¿Por qué?")


def test_widget_without_a_key_says_so(reading: Opening) -> None:
    with reading(at="", troubles='needs the attribute "key"') as reader:
        reader.book.scripts = pasted(reader.chat.url, key="")
        reader.turn_to()
        reader.open()
        expect(reader.alert).to_contain_text("le falta su clave")
        expect(reader.page.get_by_role("button", name="Enviar")).to_be_disabled()
        reader.ask()
        assert reader.chat.asked == []
        assert any("key" in said for said in reader.visit.troubles)


def test_new_conversation_may_ask_though_the_other_must_wait(reading: Opening) -> None:
    with reading(troubles="429") as reader:
        reader.page.clock.install()
        reader.chat.plan = [Refusal(429, headers={"Retry_After": "30"})]
        reader.open()
        reader.ask("¿Por qué?")
        expect(reader.page.get_by_role("button", name="Enviar")).to_be_disabled()
        reader.page.get_by_role("button", name="Nueva conversación").click()
        expect(reader.page.get_by_role("button", name="Enviar")).to_be_enabled()
        expect(reader.alert).to_have_text("")
        expect(reader.field).to_have_value("¿Por qué?")
        reader.chat.plan = [Refusal(429, headers={"Retry_After": "90"})]
        reader.field.press("Enter")
        expect(reader.alert).to_contain_text("90 segundos")
        reader.page.clock.run_for(31_000)
        expect(reader.alert).to_contain_text("90 segundos")  # what the first was told is over
        expect(reader.page.get_by_role("button", name="Enviar")).to_be_disabled()
        assert "session_id" not in reader.chat.asked[1].body
