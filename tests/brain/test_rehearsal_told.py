"""What the tools have answered is told in a sentence, and no more than they answered."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from robi.brain.base import BrainRequest, Said, Scene, ToolCall, ToolResult, ToolRound
from robi.brain.rehearsal_reply import answer
from robi.errors import Language
from robi.skills.moments import at
from robi.skills.trouble import Trouble
from robi.speech.scene import DueNow

TIMER = {"kind": "timer", "label": "", "due": "2026-11-21T19:14:00+01:00", "in_seconds": 120}
PASTA = TIMER | {"label": "la pasta"}
MUM = {
    "kind": "reminder",
    "label": "llamar a mamá",
    "due": "2026-11-22T09:00:00+01:00",
    "in_seconds": 49_680,
}


def request(words: str, language: Language = "es", **changes: Any) -> BrainRequest:
    scene = Scene(language, "Robi", "user_ana", "Ana", due=changes.pop("due", ()))
    return BrainRequest("", (), Said("person", words), scene, 100, 0.5, **changes)


def told(
    call: str | ToolCall, *results: object, words: str = "…", language: Language = "es"
) -> str:
    """Return what is said of these results of as many calls alike."""
    asked = ToolCall("c", call, {}) if isinstance(call, str) else call
    given = tuple(
        ToolResult(asked, result if isinstance(result, str) else json.dumps(result))
        for result in results
    )
    return answer(request(words, language, rounds=(ToolRound("", given),)), Random(1)).text


@pytest.mark.parametrize(
    ("name", "result", "said"),
    [
        ("set_timer", {"set": TIMER}, "te aviso dentro de dos minutos."),
        ("set_timer", {"set": PASTA}, "te aviso dentro de dos minutos: la pasta."),
        ("list_timers", {"waiting": []}, "No tienes nada pendiente"),
        ("list_timers", {"waiting": [TIMER]}, "Tienes uno pendiente. Dentro de dos minutos."),
        (
            "list_timers",
            {"waiting": [PASTA, MUM]},
            "dos pendientes. Dentro de dos minutos, la pasta. Mañana a las nueve de la mañana, ll",
        ),
        ("cancel_timer", {"cancelled": TIMER}, "Cancelado."),
        ("cancel_timer", {"cancelled": PASTA}, "Cancelado: la pasta."),
        ("cancel_timer", {"error": "there is none"}, "no me ha salido"),
        ("get_time", {"date": "2026-02-08", "time": "10:30"}, "Son las diez y media"),
        ("get_time", {"nonsense": 1}, "no me ha salido"),
        ("get_time", "words", "no me ha salido"),
    ],
)
def test_result_is_told_in_a_sentence(name: str, result: object, said: str) -> None:
    assert said in told(name, result)


def test_time_that_is_over_is_told_by_what_the_tool_says_of_it() -> None:
    now = datetime(2026, 11, 21, 19, 12, tzinfo=UTC)
    with pytest.raises(Trouble) as raised:
        at({"at": "2026-11-21T18:00+00:00"}, now, lambda moment: moment)
    assert told("set_reminder", {"error": str(raised.value)}) == "Esa hora ya ha pasado. Dime otra."


def test_many_that_wait_are_counted_and_the_first_are_told() -> None:
    said = told("list_timers", {"waiting": [TIMER] * 9})
    assert said.startswith("Tienes nueve pendientes.")
    assert said.count("Dentro de") == 4


def test_several_that_were_cancelled_are_told_as_all() -> None:
    assert told("cancel_timer", {"cancelled": TIMER}, {"cancelled": PASTA}) == "Todo cancelado."


def test_cancelling_one_of_several_asks_which() -> None:
    said = told("list_timers", {"waiting": [PASTA, MUM]}, words="cancela el temporizador")
    assert said.startswith("¿Cuál?")
    assert "la pasta" in said


@pytest.mark.parametrize(
    ("arguments", "language", "said"),
    [
        (
            {"at": "2026-11-22T09:00"},
            "es",
            "Mañana a las nueve de la mañana te lo recuerdo: llamar a mamá.",
        ),
        (
            {"at": "2026-11-22T09:00"},
            "en",
            "Tomorrow at nine o'clock in the morning I will remind you: llamar a mamá.",
        ),
        ({"hours": 13.8}, "es", "Dentro de catorce horas te lo recuerdo: llamar a mamá."),
    ],
)
def test_reminder_is_confirmed_as_it_was_asked_for(
    arguments: Mapping[str, object], language: Language, said: str
) -> None:
    call = ToolCall("c", "set_reminder", arguments)
    assert told(call, {"set": MUM}, language=language) == said


@pytest.mark.parametrize(
    ("value", "exact", "language", "said"),
    [
        ("84", True, "es", "Son ochenta y cuatro."),
        ("21", True, "es", "Son veintiuno."),
        ("1", True, "es", "Es uno."),
        ("4.5", True, "es", "Son cuatro coma cinco."),
        ("4.5", True, "en", "That makes four point five."),
        ("-3", True, "en", "That makes minus three."),
        ("1240", True, "es", "Son mil doscientos cuarenta."),
        ("66.6666666667", False, "es", "Más o menos, sesenta y seis coma sesenta y siete."),
        ("0.0003333", False, "en", "That makes about zero point zero zero zero three three."),
        ("1E+40", True, "es", "Son 1E+40."),
        ("3.33333E+39", False, "es", "Más o menos, 3.33333E+39."),
    ],
)
def test_sum_is_told_in_words(value: str, exact: bool, language: Language, said: str) -> None:
    assert said in told("calculate", {"result": value, "exact": exact}, language=language)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("la pasta", "Ha terminado un temporizador: la pasta."),
        ("", "Ha terminado un temporizador."),
    ],
)
def test_what_it_is_time_for_is_told_plainly(label: str, said: str) -> None:
    due = (DueNow("timer", label, "2026-02-08T10:30+00:00"),)
    assert answer(request("", due=due), Random(1)).text == said
