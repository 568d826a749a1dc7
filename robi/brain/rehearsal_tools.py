"""Which tools the rehearsal calls, Spanish and English.

Owns how a timer, a reminder, a sum and the time are asked for; when it is to be is told by
`rehearsal_moments`, what for by `rehearsal_labels`, the sum by `rehearsal_sums`. It calls a tool
only if that is offered, and where something is missing that it needs, it asks and calls none. Pure.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from robi.brain.base import BrainRequest, ToolCall, ToolRound
from robi.brain.rehearsal_figures import fold
from robi.brain.rehearsal_labels import reminder_label, timer_label
from robi.brain.rehearsal_lines import UNNAMED
from robi.brain.rehearsal_moments import span_in, when_in
from robi.brain.rehearsal_sums import expression_in
from robi.brain.rehearsal_words import Topic, language_of, topic_of

_LONGEST: Final = 300
"""Characters beyond which it is no order: a story that mentions a timer."""

_TIMER: Final = re.compile(r"\b(?:temporizador|cuenta atras|timer|countdown)\b")
_WAKE: Final = r"despiert[ae](?:me|nos)|despertar(?:me|nos)|wake (?:me|us)(?: up)?"
_ALARM: Final = (
    r"(?:pon|set|quiero|i want|necesito|i need)\w* (?:una? |an? |the |la |el )*"
    r"(?:alarma?|despertador)"
)
_REMINDER: Final = re.compile(
    rf"\b(?:recuerd[ae](?:me|nos)|recordar(?:me|nos)|acuerdame|avis[ae](?:me|nos)"
    rf"|avisar(?:me|nos)|remind (?:me|us)|let (?:me|us) know|(?P<wake>{_WAKE})|(?P<alarm>{_ALARM})"
    r"|(?:pon|crea|haz|set|make|create|add)\w* (?:me )?(?:un|a) (?:recordatorio|reminder))\b"
)
_ASKS_BACK: Final = re.compile(
    r"^\W*(?:(?:de )?(?:qué|cómo|cuándo|dónde|quién|cuál|cuánt[oa]s?)|what|who|how|when|where)\b",
    re.IGNORECASE,
)
"""What follows "remind me" when the robot is to remember, and not to remind."""
_OFTEN: Final = re.compile(
    r"\b(?:cada|tod[oa]s l[oa]s|every) (?:other )?(?:dia|noche|tarde|manana|semana|mes|hora|minuto"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo|\d|\w+day\b|day|night|morning|evening"
    r"|week|month|hour|minute)|\b(?:daily|weekly)\b"
)
_MONTHS: Final = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)"
)
_DATE: Final = re.compile(
    rf"\b(?:dia \d|\w+ de {_MONTHS}\b|{_MONTHS} (?:the )?\d|\d+(?:st|nd|rd|th)\b|\d+/\d+)"
)
"""Days that are not understood: better to ask than to remind on another one."""

_KINDS: Final = r"\b(?:temporizador|timer|recordator|reminder|alarm)"
_LIST: Final = re.compile(
    rf"\b(?:que|cuant[oa]s|what|which|any|my|mis|list|lista|show|hay|how many)\b.*{_KINDS}"
    r"|\bque (?:tengo|hay) pendiente\b|\bwhat(?: is|['\u2019]s) (?:pending|waiting)\b"
)
_CANCEL: Final = re.compile(
    rf"\b(?:cancel|quita|borra|elimin|olvid|delete|remove|stop|forget)\w*\b.*{_KINDS}"
    rf"|^\W*para .*{_KINDS}"
    r"|^\W*cancel(?:a|ar|alo|ala|alos|alas)?\b"
)
_SET: Final = re.compile(
    r"\b(?:pon|inicia|empieza|crea|haz|quiero|set|start|make|create|want)\w*\b"
)
_EVERYTHING: Final = re.compile(r"\b(?:tod[oa]s?|all|every\w*|both|ambos)\b")
_TIMERS: Final = re.compile(r"\b(?:temporizador|timer)")
_LABEL_WORD: Final = re.compile(r"\b(?!cancel|quita|borra|elimin|timer|reminder|alarm)[a-z]{2,}")
_CANCELLING: Final = """
    al can could de del delete el en favor for forget it la las lo los me mi mis my of olvida
    olvidar one para please podrias por puedes que recordatorio recordatorios remove stop
    temporizador temporizadores that the them to un una you
"""
_NO_LABELS: Final = frozenset(_CANCELLING.split())
"""Words with which something is cancelled, whatever it was for."""


def calls(request: BrainRequest) -> tuple[ToolCall, ...]:
    """Return what the rehearsal wants called before it answers; nothing, mostly."""
    text = request.utterance.text
    if not request.tools or request.utterance.media or len(text) > _LONGEST:
        return ()
    if request.rounds:
        wanted = _after(text, request.rounds)
    else:
        first = _wanted(request)
        wanted = () if first is None else (first,)
    offered = {tool.name for tool in request.tools}
    return tuple(
        ToolCall(f"rehearsal-{len(request.rounds) + 1}-{number}", name, arguments)
        for number, (name, arguments) in enumerate(wanted, 1)
        if name in offered
    )


def missing(request: BrainRequest) -> str | None:
    """Return the occasion (`rehearsal_lines`) to ask for what a timer or reminder lacks, if any."""
    said = fold(request.utterance.text)
    offered = {tool.name for tool in request.tools}
    if not {"set_timer", "set_reminder"} <= offered or len(said) > _LONGEST:
        return None
    if found := _REMINDER.search(said):
        if _asks_back(request.utterance.text, found) or found[0].startswith("let"):
            return None
        return "only_once" if _OFTEN.search(said) else "ask_when"
    asks = _TIMER.search(said) and _SET.search(said) and not _CANCEL.search(said)
    return "ask_how_long" if asks else None


def cancels(text: str) -> bool:
    """Tell whether a timer or reminder is to be cancelled."""
    return _CANCEL.search(fold(text)) is not None


_Wanted = tuple[str, Mapping[str, object]]


def _wanted(request: BrainRequest) -> _Wanted | None:
    text = request.utterance.text
    said = fold(text)
    wanted: _Wanted | None = None
    if found := _REMINDER.search(said):
        wanted = _reminder(request, found)
    elif _CANCEL.search(said):
        wanted = "list_timers", {}
    elif _TIMER.search(said) and (span := span_in(text)) is not None:
        label = timer_label(text, span.places)
        wanted = "set_timer", {**span.arguments, **({"label": label} if label else {})}
    elif _LIST.search(said):
        wanted = "list_timers", {}
    elif expression := expression_in(text, language_of(text, request.scene.language)):
        wanted = "calculate", {"expression": expression}
    elif topic_of(text) is Topic.TIME:
        wanted = "get_time", {}
    return wanted


def _asks_back(text: str, order: re.Match[str]) -> bool:
    return _ASKS_BACK.search(text[order.end() :]) is not None


def _reminder(request: BrainRequest, order: re.Match[str]) -> _Wanted | None:
    text = request.utterance.text
    said, language = fold(text), language_of(text, request.scene.language)
    if _asks_back(text, order) or _OFTEN.search(said) or _DATE.search(said):
        return None
    wakes = order["wake"] is not None
    when = when_in(text, _now(request.scene.local_time), early=wakes)
    if when is None:
        return None
    begin = order.end()
    places = [(start - begin, end - begin) for start, end in when.places if start >= begin]
    label = reminder_label(text[begin:], places)
    kind = "wake" if wakes else "alarm" if order["alarm"] else "time"
    if not label and kind == "time" and "at" not in when.arguments:
        return "set_timer", when.arguments
    return "set_reminder", {**when.arguments, "label": label or UNNAMED[kind][language]}


def _now(local_time: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(local_time or "")
    except ValueError:
        return None


def _after(text: str, rounds: Sequence[ToolRound]) -> tuple[_Wanted, ...]:
    """Return what is to be cancelled, now that what there is has been listed."""
    result = rounds[-1].results[0]
    if result.call.name != "list_timers" or not cancels(text):
        return ()
    return tuple(
        ("cancel_timer", {"id": id_}) for id_ in _meant(fold(text), waiting(result.content))
    )


def waiting(content: str) -> list[Mapping[str, object]]:
    """Return the timers and reminders that `list_timers` has told of."""
    try:
        told = json.loads(content)
    except ValueError:
        return []
    listed = told.get("waiting") if isinstance(told, dict) else None
    return [each for each in listed or [] if isinstance(each, dict)]


def _meant(said: str, listed: Sequence[Mapping[str, object]]) -> list[object]:
    """Return the ids of those that are meant: all, the only one, or the one that is named."""
    kind = "timer" if _TIMERS.search(said) else "reminder" if re.search(_KINDS, said) else None
    alike = [each for each in listed if kind in {None, each.get("kind")}]
    if _EVERYTHING.search(said):
        return [each.get("id") for each in alike]
    words = _label_words(said)
    named = [each for each in listed if words & _label_words(str(each.get("label")))]
    meant = named if words else alike
    return [meant[0].get("id")] if len(meant) == 1 else []


def _label_words(text: str) -> frozenset[str]:
    return frozenset(_LABEL_WORD.findall(fold(text))) - _NO_LABELS
