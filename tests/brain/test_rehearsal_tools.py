"""The rehearsal calls tools by plain patterns, and asks where something is missing."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from robi.brain.base import BrainRequest, Said, Scene, ToolCall, ToolResult, ToolRound, ToolSpec
from robi.brain.rehearsal import RehearsalBrain
from robi.brain.rehearsal_tools import calls, missing
from robi.errors import Language

NAMES = ("get_time", "calculate", "set_timer", "set_reminder", "list_timers", "cancel_timer")
TOOLS = tuple(ToolSpec(name, "", {"type": "object"}) for name in NAMES)


def request(words: str, language: Language = "es", **changes: Any) -> BrainRequest:
    scene = Scene(language, "Robi", "user_ana", "Ana", local_time="2026-11-21T19:12+01:00")
    given: dict[str, Any] = {"tools": TOOLS} | changes
    return BrainRequest("", (), Said("person", words), scene, 100, 0.5, **given)


def listed(*rows: tuple[str, str, str]) -> tuple[ToolRound, ...]:
    """Return that the robot has just been told of these: id, kind and label."""
    waiting = [{"id": id_, "kind": kind, "label": label} for id_, kind, label in rows]
    call = ToolCall("c", "list_timers", {})
    return (ToolRound("", (ToolResult(call, json.dumps({"waiting": waiting})),)),)


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
            {"hours": 1, "label": "llamar a Luís"},
        ),
        (
            "Recuérdame sacar la pizza en 5 minutos.",
            "set_reminder",
            {"minutes": 5, "label": "sacar la pizza"},
        ),
        ("Remind me in an hour to call Lou", "set_reminder", {"hours": 1, "label": "call Lou"}),
        (
            "remind me tomorrow at nine to call mum",
            "set_reminder",
            {"at": "2026-11-22T09:00", "label": "call mum"},
        ),
        (
            "Oye Robi, recuérdame mañana a las nueve llamar a mamá",
            "set_reminder",
            {"at": "2026-11-22T09:00", "label": "llamar a mamá"},
        ),
        (
            "mañana a las nueve recuérdame que riegue las plantas",
            "set_reminder",
            {"at": "2026-11-22T09:00", "label": "regar las plantas"},
        ),
        (
            "avísame a las seis y media de sacar la basura",
            "set_reminder",
            {"at": "2026-11-22T06:30", "label": "sacar la basura"},
        ),
        (
            "Recuérdame en una hora regar todas las plantas",
            "set_reminder",
            {"hours": 1, "label": "regar todas las plantas"},
        ),
        (
            "Ponme un recordatorio el lunes a las diez para llamar a Luís",
            "set_reminder",
            {"at": "2026-11-23T10:00", "label": "llamar a Luís"},
        ),
        ("wake me at seven", "set_reminder", {"at": "2026-11-22T07:00", "label": "getting up"}),
        (
            "despiértame a las siete",
            "set_reminder",
            {"at": "2026-11-22T07:00", "label": "levantarte"},
        ),
        (
            "Pon una alarma a las siete",
            "set_reminder",
            {"at": "2026-11-22T07:00", "label": "tu alarma"},
        ),
        ("avísame a las nueve", "set_reminder", {"at": "2026-11-21T21:00", "label": "la hora"}),
        ("avísame en una hora y cuarto", "set_timer", {"hours": 1.25}),
        ("Recuérdame en una hora", "set_timer", {"hours": 1}),
        ("let me know in half an hour", "set_timer", {"hours": 0.5}),
        ("Set a 10 minute timer", "set_timer", {"minutes": 10}),
        (
            "pon un temporizador de diez minutos para la pasta",
            "set_timer",
            {"minutes": 10, "label": "la pasta"},
        ),
        (
            "set a timer for 5 minutes for the pasta",
            "set_timer",
            {"minutes": 5, "label": "the pasta"},
        ),
        ("¿Qué temporizadores tengo?", "list_timers", {}),
        ("what reminders do I have?", "list_timers", {}),
        ("¿Qué tengo pendiente?", "list_timers", {}),
        ("Cancela el temporizador", "list_timers", {}),
        ("cancel everything", "list_timers", {}),
        ("¿Cuánto es 12 por 7?", "calculate", {"expression": "12 * 7"}),
        ("¿Cuánto son 3,5 más 1?", "calculate", {"expression": "3.5 + 1"}),
        ("What is 12 divided by 4?", "calculate", {"expression": "12 / 4"}),
        ("what is twelve times seven?", "calculate", {"expression": "12 * 7"}),
        ("¿Cuánto es 1.000 más 1?", "calculate", {"expression": "1000 + 1"}),
        ("¿Qué hora es?", "get_time", {}),
    ],
)
def test_words_lead_to_a_call(words: str, name: str, arguments: Mapping[str, object]) -> None:
    assert [(c.name, c.arguments) for c in calls(request(words))] == [(name, arguments)]


@pytest.mark.parametrize(
    "words",
    [
        "Hola",
        "¿Cuánto es eso?",
        "what is it?",
        "Son las 12",
        "recuérdame cómo me llamo",
        "remind me what I like at nine",
        "recuérdame llamar a mamá",
        "recuérdame cada día a las ocho tomar la pastilla",
        "remind me on March 3 at nine to call",
        "el 3 de mayo recuérdame a las nueve ir al banco",
        "pon un temporizador",
        f"pon un temporizador de un minuto {'bla ' * 100}",
    ],
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
    ("words", "ids"),
    [
        ("cancela todo", ["t1", "t2", "r1"]),
        ("cancela todos los temporizadores", ["t1", "t2"]),
        ("cancel all reminders", ["r1"]),
        ("cancela el temporizador de la pasta", ["t2"]),
        ("cancela el de la pasta", ["t2"]),
        ("cancela el recordatorio", ["r1"]),
        ("¿puedes cancelar el recordatorio, por favor?", ["r1"]),
        ("cancela el recordatorio de la pizza", []),
        ("cancela el del té", []),
        ("cancela el temporizador", []),
        ("¿qué temporizadores tengo?", []),
    ],
)
def test_cancelling_calls_for_those_that_are_meant(words: str, ids: list[str]) -> None:
    rounds = listed(
        ("t1", "timer", ""), ("t2", "timer", "la pasta"), ("r1", "reminder", "llamar a mamá")
    )
    wanted = calls(request(words, rounds=rounds))
    assert [(c.name, c.arguments) for c in wanted] == [("cancel_timer", {"id": i}) for i in ids]
    assert len({c.call_id for c in wanted}) == len(ids)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("cancélalo", ["t1"]),
        ("cancel it", ["t1"]),
        ("cancel the timer", ["t1"]),
        ("cancela el del té", ["t1"]),
        ("cancela el de la pasta", []),
        ("cancel the reminder", []),
    ],
)
def test_cancelling_the_only_one_is_not_taken_for_another(words: str, ids: list[str]) -> None:
    wanted = calls(request(words, rounds=listed(("t1", "timer", "el té"))))
    assert [call.arguments["id"] for call in wanted] == ids


def test_cancelling_what_is_not_there_calls_nothing() -> None:
    assert calls(request("cancela todo", rounds=listed())) == ()


@pytest.mark.parametrize("content", ["words", "[]", '{"error":"no"}'])
def test_cancelling_after_a_list_that_failed_calls_nothing(content: str) -> None:
    results = (ToolResult(ToolCall("c", "list_timers", {}), content),)
    assert calls(request("cancela todo", rounds=(ToolRound("", results),))) == ()


@pytest.mark.parametrize(
    ("words", "occasion"),
    [
        ("recuérdame llamar a mamá", "ask_when"),
        ("remind me on March 3 at nine to call", "ask_when"),
        ("wake me", "ask_when"),
        ("recuérdame cada lunes a las ocho ir a clase", "only_once"),
        ("remind me every day at nine to eat", "only_once"),
        ("pon un temporizador", "ask_how_long"),
        ("start a timer", "ask_how_long"),
        ("recuérdame cómo me llamo", None),
        ("let me know", None),
        ("¿qué es un temporizador?", None),
        ("Hola", None),
    ],
)
def test_what_is_missing_is_asked_for(words: str, occasion: str | None) -> None:
    assert missing(request(words)) == occasion


def test_nothing_is_missing_for_a_tool_that_is_not_offered() -> None:
    assert missing(request("pon un temporizador", tools=())) is None
