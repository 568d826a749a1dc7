"""Which tools the rehearsal calls, and what it says of what came of them.

Owns the patterns of a timer, a reminder, a sum and the time, Spanish and English. It calls a tool
only if that is offered, and tells only what the tool has answered. Pure.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from robi.brain.base import BrainRequest, ToolCall, ToolRound
from robi.brain.rehearsal_numbers import clock, number
from robi.brain.rehearsal_words import Topic, topic_of
from robi.brain.rehearsal_written import Reply
from robi.errors import Language

_MOST_IN_WORDS: Final = 999
_MOST_UNDERSTOOD: Final = 99


def _fold(text: str) -> str:
    """Return `text` without case and accents, each character in its place."""
    return "".join(unicodedata.normalize("NFD", character.lower())[0] for character in text)


def _named() -> dict[str, int]:
    """Return the numbers that are understood as words, folded."""
    words = {
        _fold(number(value, language)): value
        for language in ("es", "en")
        for value in range(1, _MOST_UNDERSTOOD + 1)
    }
    return words | {
        "una": 1, "a": 1, "an": 1, "half an": 0, "media": 0, "veintiuno": 21, "veintiuna": 21,
    }  # fmt: skip


_NUMBERS: Final = _named()
_AMOUNT: Final = rf"(?P<amount>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT: Final = r"(?P<unit>segundos?|minutos?|horas?|seconds?|minutes?|hours?)"
_SPAN: Final = rf"\b{_AMOUNT} {_UNIT}\b"
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours"}

_TIMER: Final = re.compile(rf"\b(?:temporizador|cuenta atras|timer|countdown)\b.*?{_SPAN}")
_REMINDER: Final = re.compile(
    rf"\b(?:recuerdame|avisame|remind me|let me know)\b(?P<before>.*?)"
    rf"\b(?:en|dentro de|in|after) {_AMOUNT} {_UNIT}\b(?P<after>.*)"
)
_KINDS: Final = r"\b(?:temporizador|timer|recordator|reminder)"
_LIST: Final = re.compile(rf"\b(?:que|cuantos|what|which|any)\b.*{_KINDS}")
_CANCEL: Final = re.compile(rf"\b(?:cancela|quita|para|borra|cancel|stop)\w*\b.*{_KINDS}")
_SUM: Final = re.compile(
    r"\b(?:cuanto (?:es|son|hace|hacen)|what(?:'s| is| are)|how much (?:is|are)|calcula"
    r"|calculate)\b"
    r"\s*(?P<sum>[^?]*\d[^?]*)"
)
_OPERATORS: Final = (
    (r"\b(?:multiplicado por|dividido (?:entre|por))\b", lambda m: "*" if "multi" in m[0] else "/"),
    (r"\bdivided by\b|\bentre\b", lambda _m: "/"),
    (r"\bpor\b|\btimes\b|\bx\b|×", lambda _m: "*"),  # noqa: RUF001 (what a person types)
    (r"\bmas\b|\bplus\b", lambda _m: "+"),
    (r"\bmenos\b|\bminus\b", lambda _m: "-"),
)
_EXPRESSION: Final = re.compile(r"[\d\s.+*/()^%-]+")
_LEAD: Final = re.compile(r"^[\s,.:]*(?:(?:de )?que|to|of|that|about)?\s+|[\s,.;:!?¡¿]+$")


def calls(request: BrainRequest) -> tuple[ToolCall, ...]:
    """Return what the rehearsal wants called before it answers; nothing, mostly."""
    if request.rounds or not request.tools or request.utterance.media:
        return ()
    wanted = _wanted(request.utterance.text)
    if wanted is None or wanted[0] not in {tool.name for tool in request.tools}:
        return ()
    return (ToolCall("rehearsal-1", *wanted),)


def _wanted(text: str) -> tuple[str, Mapping[str, object]] | None:
    said = _fold(text)
    if found := _TIMER.search(said):
        return "set_timer", _span(found)
    if found := _REMINDER.search(said):
        what = "after" if len(found["after"].strip(" .,;:!?")) > 1 else "before"
        label = _LEAD.sub("", _LEAD.sub("", text[found.start(what) : found.end(what)]))
        return ("set_reminder", {**_span(found), "label": label}) if label else None
    if _CANCEL.search(said):
        return "cancel_timer", {}
    if _LIST.search(said):
        return "list_timers", {}
    if (found := _SUM.search(said)) and (expression := _expression(found["sum"])):
        return "calculate", {"expression": expression}
    return ("get_time", {}) if topic_of(text) is Topic.TIME else None


def _span(found: re.Match[str]) -> Mapping[str, object]:
    amount, unit = found["amount"], _UNITS[found["unit"][0]]
    count = int(amount) if amount.isdigit() else _NUMBERS[amount]
    return {unit: count or 0.5}


def _expression(said: str) -> str | None:
    for pattern, sign in _OPERATORS:
        said = re.sub(pattern, sign, said)
    said = re.sub(r"(?<=\d),(?=\d)", ".", said).strip(" .!")
    operators = sum(character in "+*/^-" for character in said)
    return said if operators and _EXPRESSION.fullmatch(said) else None


def told(rounds: tuple[ToolRound, ...], language: Language, line: Callable[..., str]) -> Reply:
    """Return what is said of what the tools answered; `line` gives a sentence for an occasion."""
    result = rounds[-1].results[0]
    try:
        answer = json.loads(result.content)
    except ValueError:
        answer = {}
    match answer:
        case {"set": {"in_seconds": int(seconds), "label": str(label)}}:
            facts = {"time": span(seconds, language), "label": label}
            reply = Reply("happy", line(result.call.name, **facts), ("23F2-FE0F",), ("nod",))
        case {"waiting": []}:
            reply = Reply("neutral", line("no_timers"))
        case {"waiting": [{"in_seconds": int(seconds)}, *others]}:
            facts = {"count": number(1 + len(others), language), "time": span(seconds, language)}
            reply = Reply("neutral", line("timers", **facts), ("23F2-FE0F",))
        case {"cancelled": dict()}:
            reply = Reply("neutral", line("cancelled"), ("1F44D",))
        case {"result": str(value), "exact": bool(exact)}:
            text = line("sum" if exact else "sum_about", result=_in_words(value, language))
            reply = Reply("cool", text, ("1F9EE",))
        case {"date": str(date), "time": str(time)}:
            moment = datetime.fromisoformat(f"{date}T{time}")
            reply = Reply("neutral", line("time", time=clock(moment, language)), ("1F570",))
        case _:
            reply = Reply("confused", line("tool_failed"), ("1F937",))
    return reply


def span(seconds: int, language: Language) -> str:
    """Return a span in words, in the largest unit that it is a whole number of."""
    for size, names in _SPANS:
        if seconds >= size and (seconds % size == 0 or seconds > 90 * (size // 60 or 1)):
            count = round(seconds / size)
            one, many = names[language]
            words = number(count, language)
            if language == "es" and one == "hora":
                words = re.sub(r"uno?$|ún$", "una", words)
            return f"{words} {one if count == 1 else many}"
    return f"{number(0, language)} {_SPANS[-1][1][language][1]}"


_SPANS: Final[tuple[tuple[int, dict[Language, tuple[str, str]]], ...]] = (
    (86_400, {"es": ("día", "días"), "en": ("day", "days")}),
    (3_600, {"es": ("hora", "horas"), "en": ("hour", "hours")}),
    (60, {"es": ("minuto", "minutos"), "en": ("minute", "minutes")}),
    (1, {"es": ("segundo", "segundos"), "en": ("second", "seconds")}),
)


def _in_words(value: str, language: Language) -> str:
    if value.isdigit() and int(value) <= _MOST_IN_WORDS:
        return number(int(value), language)
    return value
