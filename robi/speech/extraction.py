"""What a person told of themselves: how a model is asked for it, and what it may answer.

Owns the question and the reading of the answer, for several turns at once. Only the person's own
words go in, or the summary of what was heard and seen; never a memory, the robot's speech or an
instruction, or the robot would come to remember what it said itself. They are data
(`robi.speech.data`), each turn under its number. Whether a quote does stand in its turn, what is
important enough and how much of one turn is kept is for the rules of `robi.people`.
"""

from collections.abc import Iterable, Mapping
from string import Template
from typing import Final, Literal, get_args

from attrs import field, frozen

from robi.errors import Language
from robi.speech import structured
from robi.speech.classification import CLASSES, PrivateClass
from robi.speech.data import block, line, read
from robi.speech.names import plain
from robi.speech.prompts import text_of

Kind = Literal["fact", "preference", "event", "conversation"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

MAX_A_TURN: Final = 3
"""Memories of one turn that a model is asked for at most; none is the normal case (issue 4)."""

MAX_WORDS: Final = 2000
"""Characters of a turn that are asked about."""

_LEAST, _MOST = 1, 10

_BY_NAME: Final[dict[str, Kind]] = {name: name for name in KINDS}
_CLASS_BY_NAME: Final[dict[str, PrivateClass]] = {name: name for name in CLASSES}


def _object(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(properties)}


# A model writes in this order: what is private before what is to be kept, and each quote before
# what is made of it.
SCHEMA: Final[Mapping[str, object]] = _object(
    private={
        "type": "array",
        "items": _object(
            turn={"type": "integer"}, **{"class": {"type": "string", "enum": list(CLASSES)}}
        ),
    },
    memories={
        "type": "array",
        "items": _object(
            turn={"type": "integer"},
            quote={"type": "string"},
            kind={"type": "string", "enum": list(KINDS)},
            content={"type": "string"},
            subject={"type": "string"},
            slot={"type": "string"},
            importance={"type": "integer"},
        ),
    },
)
"""JSON Schema of the answer."""


@frozen
class HeardTurn:
    """One turn to be asked about: `words` are the person's own, or the summary of their media."""

    number: int
    words: str = field(repr=False)


@frozen
class Extracted:
    """One memory as a model proposes it; each text is one line.

    `turn` is the number of a turn that was asked about, and `quote` is said to stand in it.
    `subject` is whom it is about, empty for the person themself. `slot` names what there is only
    one of (`home`), so that the new takes the place of the old. `importance` is 1 to 10.
    """

    turn: int
    kind: Kind
    content: str = field(repr=False)
    quote: str = field(repr=False)
    importance: int
    subject: str = field(default="", repr=False)
    slot: str | None = field(default=None, repr=False)


@frozen
class Extraction:
    """What a model found in some turns; usually nothing.

    `private` are the turns that hold something private: nothing of those is to be kept.
    """

    memories: tuple[Extracted, ...] = ()
    private: Mapping[int, PrivateClass] = field(factory=dict)


def instruction(language: Language, robot_name: str) -> str:
    """Return the system instruction under which a model looks for memories."""
    template = Template(text_of(f"extraction.{language}.md"))
    return template.substitute(robot_name=robot_name, most=MAX_A_TURN)


def question(turns: Iterable[HeardTurn]) -> str:
    """Return the turns as data, each under its number."""
    return "\n".join(block(line(str(turn.number), turn.words, MAX_WORDS) for turn in turns))


def asked(text: str) -> tuple[HeardTurn, ...]:
    """Return what `question` was made of. For a brain that is no model, and for tests."""
    return tuple(HeardTurn(int(number), str(words)) for number, words in read(text))


def told(written: str, turns: Iterable[HeardTurn]) -> Extraction | None:
    """Return what a model found in `turns`; None if its answer makes no sense.

    It makes none if it is not what was asked for: no JSON, a field of another type, a kind, a class
    or a turn that does not exist.
    """
    numbers = {turn.number for turn in turns}
    answer = structured.read(written) or {}
    proposed = structured.objects(answer.get("memories"))
    flagged = structured.objects(answer.get("private"))
    if proposed is None or flagged is None:
        return None
    memories = [_memory(item, numbers) for item in proposed]
    private = [_private(item, numbers) for item in flagged]
    if None in memories or None in private:
        return None
    return Extraction(
        tuple(memory for memory in memories if memory is not None),
        dict(reversed([pair for pair in private if pair is not None])),
    )


def _memory(item: structured.JsonObject, numbers: set[int]) -> Extracted | None:
    turn = structured.whole(item.get("turn"))
    importance = structured.whole(item.get("importance"))
    kind = _BY_NAME.get(str(item.get("kind")))
    content, quote = _line(item, "content"), _line(item, "quote")
    subject, slot = _line(item, "subject"), _line(item, "slot")
    if turn is None or turn not in numbers or importance is None or kind is None:
        return None
    if not content or not quote or subject is None or slot is None:
        return None
    weight = max(_LEAST, min(importance, _MOST))
    return Extracted(turn, kind, content, quote, weight, subject, slot or None)


def _private(item: structured.JsonObject, numbers: set[int]) -> tuple[int, PrivateClass] | None:
    turn = structured.whole(item.get("turn"))
    name = _CLASS_BY_NAME.get(str(item.get("class")))
    if turn is None or turn not in numbers or name is None:
        return None
    return turn, name


def _line(item: structured.JsonObject, key: str) -> str | None:
    text = item.get(key)
    return plain(text) if isinstance(text, str) else None
