"""What the rehearsal says of what the tools have answered: only what they did.

Owns the sentences' facts: how long, until when, what for, how much. Pure.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from robi.brain.base import ToolRound
from robi.brain.rehearsal_numbers import clock, span, upcoming
from robi.brain.rehearsal_tools import cancels, waiting
from robi.brain.rehearsal_written import Reply
from robi.errors import Language
from robi.speech.spoken.numerals import LONGEST, cardinal, number

_ABOUT_DECIMALS: Final = 2
_PLAIN: Final = re.compile(rf"-?\d{{1,{LONGEST}}}(?:\.\d+)?")
_MOST_TOLD: Final = 4
_SOON_S: Final = 6 * 3600
"""What is nearer is told as a span, what is further as a day and a time."""

Line = Callable[..., str]


def told(rounds: tuple[ToolRound, ...], text: str, language: Language, line: Line) -> Reply:
    """Return what is said of what the tools answered to `text`.

    `line` gives a sentence for an occasion.
    """
    result = rounds[-1].results[0]
    try:
        answer = json.loads(result.content)
    except ValueError:
        answer = {}
    match answer:
        case {"set": {"in_seconds": int(), "label": str(label)} as row}:
            named = f"{result.call.name}_named" if label else result.call.name
            words = line(named, when=_when(row, result.call.arguments, language), label=label)
            reply = Reply("happy", _sentence(words), ("23F2-FE0F",), ("nod",))
        case {"waiting": [_, *_]} if cancels(text):
            which = line("cancel_which", waiting=_listed(result.content, language))
            reply = Reply("curious", which, ("23F2-FE0F",))
        case {"waiting": [_, *_]}:
            reply = Reply("neutral", _all(result.content, language, line), ("23F2-FE0F",))
        case {"waiting": []}:
            reply = Reply("neutral", line("no_timers"))
        case {"cancelled": dict()} if len(rounds[-1].results) > 1:
            reply = Reply("neutral", line("cancelled_all"), ("1F44D",))
        case {"cancelled": {"label": str(label)}} if label:
            reply = Reply("neutral", line("cancelled_named", label=label), ("1F44D",))
        case {"cancelled": dict()}:
            reply = Reply("neutral", line("cancelled"), ("1F44D",))
        case {"error": str(why)} if "in the past" in why:  # `robi.skills.moments` says so
            reply = Reply("confused", line("in_the_past"), ("1F570",))
        case {"result": str(value), "exact": bool(exact)}:
            reply = Reply("cool", _sum(value, language, line, exact=exact), ("1F9EE",))
        case {"date": str(date), "time": str(time)}:
            moment = datetime.fromisoformat(f"{date}T{time}")
            reply = Reply("neutral", line("time", time=clock(moment, language)), ("1F570",))
        case _:
            reply = Reply("confused", line("tool_failed"), ("1F937",))
    return reply


# ── timers ────────────────────────────────────────────────────────────────────────────────


def _when(row: Mapping[str, object], asked: Mapping[str, object], language: Language) -> str:
    """Return when it is due: as it was asked for, by the clock or as a span."""
    seconds = row["in_seconds"]
    if "at" in asked and isinstance(due := row.get("due"), str) and isinstance(seconds, int):
        moment = datetime.fromisoformat(due)
        return upcoming(moment, moment - timedelta(seconds=seconds), language)
    return _in(seconds, language)


def _in(seconds: object, language: Language) -> str:
    within = {"es": "dentro de", "en": "in"}[language]
    return f"{within} {span(seconds if isinstance(seconds, int) else 0, language)}"


def _all(content: str, language: Language, line: Line) -> str:
    rows = waiting(content)
    if len(rows) == 1:
        return line("timer_waiting", waiting=_listed(content, language))
    count = cardinal(len(rows), language)
    return line("timers_waiting", count=count, waiting=_listed(content, language))


def _listed(content: str, language: Language) -> str:
    """Return the first of what waits: "Dentro de dos minutos, la pasta. Mañana a las…"."""
    sentences = []
    for row in waiting(content)[:_MOST_TOLD]:
        seconds = row.get("in_seconds")
        far = isinstance(seconds, int) and seconds > _SOON_S
        when = _when(row, {"at": ""} if far else {}, language)
        label = f", {row['label']}" if row.get("label") else ""
        sentences.append(_sentence(f"{when}{label}."))
    return " ".join(sentences)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


# ── sums ──────────────────────────────────────────────────────────────────────────────────


def _sum(value: str, language: Language, line: Line, *, exact: bool) -> str:
    occasion = "sum" if exact else "sum_about"
    if _PLAIN.fullmatch(value) is None:
        return line(occasion, result=value)  # so large that nobody could follow it in words
    whole, _, decimals = (value if exact else _rounded(value)).removeprefix("-").partition(".")
    minus = {"es": "menos ", "en": "minus "}[language] if value.startswith("-") else ""
    words = minus + number(whole, decimals, language)
    return line("sum_single" if value in {"0", "1"} else occasion, result=words)


def _rounded(value: str) -> str:
    """Return a number to two decimals, or as many as it takes for two that are not zero."""
    exact = Decimal(value)
    places = max(_ABOUT_DECIMALS, _ABOUT_DECIMALS - 1 - exact.adjusted())
    return format(round(exact, places).normalize(), "f")
