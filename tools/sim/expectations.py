"""Whether an answer is as a step of a scenario expects it. Pure.

Owns the sentences that say what was otherwise; they quote what the server said, for they are read
by who wrote the scenario.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tools.sim.answers import Answer, outcome_of
from tools.sim.ledger import Turn
from tools.sim.steps import Expect, Plain

_LONGEST_QUOTE = 200


def unmet(
    expect: Expect, answer: Answer, beside: Sequence[Plain], *, resumed: bool
) -> Iterator[str]:
    """Yield what of `expect` does not hold.

    Args:
        answer: the one that is meant.
        beside: the messages of no answer since the last utterance.
        resumed: what the last `auth_ok` said.
    """
    if expect.resumed is not None and expect.resumed is not resumed:
        yield f"resumed is {_json(resumed)}"
    messages = [*answer.messages, *beside]
    if expect.message is not None and not any(_fits(expect, plain) for plain in messages):
        of_type = [plain for plain in messages if plain.get("type") == expect.message]
        shown = _quote(of_type[-1]) if of_type else "none came"
        yield f"no {expect.message} with {dict(expect.fields)}: {shown}"
    errors = [plain.get("error_code") for plain in messages if plain.get("type") == "error"]
    if expect.error is not None and expect.error not in errors:
        yield f"error is {errors[-1] if errors else 'none'}, not {expect.error}"
    if expect.order is not None and (order := _order(answer)) != expect.order:
        yield f"the order is {', '.join(order)}"
    if answer.turn is not None:
        yield from _unmet_by(expect, answer.turn)
    elif any((expect.outcome, expect.text, expect.emotion, expect.at_least_chunks)):
        yield "there is no answer"


def _unmet_by(expect: Expect, turn: Turn) -> Iterator[str]:
    outcome = outcome_of(turn)
    if expect.outcome not in (None, outcome):
        why = f" ({turn.error.error_code})" if turn.error is not None else ""
        yield f"the answer is {outcome or 'still running'}{why}, not {expect.outcome}"
    if expect.text is not None and not re.search(expect.text, turn.text):
        yield f"the text is {_quote(turn.text)}"
    if expect.emotion not in (None, turn.emotion):
        yield f"the emotion is {turn.emotion}"
    if expect.at_least_chunks is not None and len(turn.texts) < expect.at_least_chunks:
        yield f"it has {len(turn.texts)} chunks"
    limits = (
        ("the first text", turn.ms(turn.first_text_at), expect.first_text_within_ms),
        ("the end", turn.ms(turn.ended_at), expect.end_within_ms),
    )
    for what, ms, limit in limits:
        if limit is not None and (ms is None or ms > limit):
            yield f"{what} came after {ms} ms, not within {limit:g}"


def _order(answer: Answer) -> tuple[str, ...]:
    """The types of the messages, texts in a row as one."""
    kinds = (str(plain.get("type")) for plain in answer.messages)
    return tuple(
        kind for kind, run in groupby(kinds) for _ in ([None] if kind == "text_chunk" else run)
    )


def _fits(expect: Expect, plain: Plain) -> bool:
    return plain.get("type") == expect.message and holds(expect.fields, plain)


def holds(wanted: object, given: object) -> bool:
    """Whether `given` has all of `wanted`: of an object the fields that are named."""
    match wanted, given:
        case Mapping(), Mapping():
            return all(name in given and holds(one, given[name]) for name, one in wanted.items())
        case list(), list():
            return len(wanted) == len(given) and all(map(holds, wanted, given))
        case _:
            return wanted == given and isinstance(wanted, bool) is isinstance(given, bool)


def _json(value: bool) -> str:
    return str(value).lower()


def _quote(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}…"
