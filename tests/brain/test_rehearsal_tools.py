"""The rehearsal calls tools by plain patterns, and tells what they have answered."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from robi.brain.base import BrainRequest, Said, Scene, ToolCall, ToolResult, ToolRound, ToolSpec
from robi.brain.rehearsal import RehearsalBrain
from robi.brain.rehearsal_reply import answer
from robi.brain.rehearsal_tools import calls, span
from robi.errors import Language
from robi.speech.scene import DueNow

NAMES = ("get_time", "calculate", "set_timer", "set_reminder", "list_timers", "cancel_timer")
TOOLS = tuple(ToolSpec(name, "", {"type": "object"}) for name in NAMES)


def request(words: str, language: Language = "es", **changes: Any) -> BrainRequest:
    scene = Scene(language, "Robi", "user_ana", "Ana", due=changes.pop("due", ()))
    given: dict[str, Any] = {"tools": TOOLS} | changes
    return BrainRequest("", (), Said("person", words), scene, 100, 0.5, **given)


def told(words: str, name: str, result: Mapping[str, object], language: Language = "es") -> str:
    call = ToolCall("c", name, {})
    rounds = (ToolRound("", (ToolResult(call, json.dumps(result)),)),)
    return answer(request(words, language, rounds=rounds), Random(1)).text


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        ("Pon un temporizador de diez segundos", "set_timer", {"seconds": 10}),
        ("pon un temporizador de media hora", "set_timer", {"hours": 0.5}),
        ("Set a timer for 5 minutes, please", "set_timer", {"minutes": 5}),
        ("Set a timer for twenty-one minutes", "set_timer", {"minutes": 21}),
        (
            "Recuérdame en una hora que llame a Luís",
            "set_reminder",
            {"hours": 1, "label": "llame a Luís"},
        ),
        (
            "Recuérdame sacar la pizza en 5 minutos.",
            "set_reminder",
            {"minutes": 5, "label": "sacar la pizza"},
        ),
        ("Remind me in an hour to call Lou", "set_reminder", {"hours": 1, "label": "call Lou"}),
        ("¿Qué temporizadores tengo?", "list_timers", {}),
        ("Cancela el temporizador", "cancel_timer", {}),
        ("¿Cuánto es 12 por 7?", "calculate", {"expression": "12 * 7"}),
        ("¿Cuánto son 3,5 más 1?", "calculate", {"expression": "3.5 + 1"}),
        ("What is 12 divided by 4?", "calculate", {"expression": "12 / 4"}),
        ("¿Qué hora es?", "get_time", {}),
    ],
)
def test_words_lead_to_a_call(words: str, name: str, arguments: Mapping[str, object]) -> None:
    assert [(c.name, c.arguments) for c in calls(request(words))] == [(name, arguments)]


@pytest.mark.parametrize(
    "words", ["Hola", "¿Cuánto es eso?", "what is it?", "Recuérdame en una hora", "Son las 12"]
)
def test_other_words_lead_to_none(words: str) -> None:
    assert calls(request(words)) == ()


def test_tool_that_is_not_offered_is_not_called() -> None:
    assert calls(request("¿Qué hora es?", tools=())) == ()
    assert calls(request("¿Qué hora es?", tools=TOOLS[1:])) == ()


async def test_brain_gives_the_call_and_then_what_came_of_it() -> None:
    brain = RehearsalBrain(Random(1), pace_s=0)
    async with brain.stream(request("¿Cuánto es 12 por 7?")) as fragments:
        (only,) = [fragment async for fragment in fragments]
    results = (ToolResult(only.calls[0], '{"result":"84","exact":true}'),)
    again = request("¿Cuánto es 12 por 7?", rounds=(ToolRound("", results),))
    async with brain.stream(again) as fragments:
        words = "".join([fragment.text async for fragment in fragments])
    assert (only.text, "ochenta y cuatro" in words) == ("", True)


@pytest.mark.parametrize(
    ("name", "result", "said"),
    [
        ("set_timer", {"set": {"in_seconds": 10, "label": ""}}, "diez segundos"),
        ("set_reminder", {"set": {"in_seconds": 3600, "label": "té"}}, "una hora te lo recuerdo"),
        ("list_timers", {"waiting": []}, "ningún temporizador"),
        ("list_timers", {"waiting": [{"in_seconds": 120}] * 2}, "dos. Lo primero, dentro de dos"),
        ("cancel_timer", {"cancelled": {"id": "t"}}, "Cancelado"),
        ("calculate", {"result": "0.333", "exact": False}, "unos 0.333"),
        ("get_time", {"date": "2026-02-08", "time": "10:30"}, "diez y media"),
        ("cancel_timer", {"error": "there is none"}, "no me ha salido"),
        ("get_time", {"nonsense": 1}, "no me ha salido"),
    ],
)  # fmt: skip
def test_result_is_told_in_a_sentence(name: str, result: Mapping[str, object], said: str) -> None:
    assert said in told("…", name, result)


def test_result_that_is_no_json_is_told_as_a_failure() -> None:
    rounds = (ToolRound("", (ToolResult(ToolCall("c", "x", {}), "words"),)),)
    assert "did not work" in answer(request("hello", "en", rounds=rounds), Random(1)).text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "cero segundos"),
        (1, "un segundo"),
        (60, "un minuto"),
        (90, "noventa segundos"),
        (91, "dos minutos"),
        (3600, "una hora"),
        (7200, "dos horas"),
        (86_400, "un día"),
    ],
)
def test_span_is_told_in_the_unit_that_fits(seconds: int, said: str) -> None:
    assert span(seconds, "es") == said


def test_what_it_is_time_for_is_told_plainly() -> None:
    due = (DueNow("timer", "la pasta", "2026-02-08T10:30+00:00"),)
    assert answer(request("", due=due), Random(1)).text == "Ha terminado un temporizador: la pasta."
