"""Whether a sentence holds something private: how a model is asked, and what it may answer.

Owns the classes of what is never kept (issue 4), the question and the reading of the answer. The
rules have looked at every sentence before; this is the second look, at what no rule can know. Each
sentence goes in as data (`robi.speech.data`) under a number of its own, whole: what is cut off
would pass unseen. An answer that does not judge each of them makes no sense, and who asked keeps
nothing on the strength of it.
"""

from collections.abc import Sequence
from string import Template
from typing import Final, Literal, get_args

from robi.errors import Language
from robi.speech import structured
from robi.speech.data import block, line, read
from robi.speech.prompts import text_of

PrivateClass = Literal["secret", "card", "bank", "identity", "health", "confidence"]
"""secret: passwords, PINs, keys; bank: accounts; identity: documents; health: sensitive facts of
health; confidence: other people's secrets."""

CLASSES: Final[tuple[PrivateClass, ...]] = get_args(PrivateClass)

NONE: Final = "none"

MOST: Final = 20
"""Sentences of one question: the length of the answer is a bound in its schema, which must stay
small, and a small model loses count of long lists."""

_BY_NAME: Final[dict[str, PrivateClass | None]] = {NONE: None} | {name: name for name in CLASSES}


def schema(count: int) -> dict[str, object]:
    """Return the JSON Schema of an answer about `count` sentences."""
    classes: dict[str, object] = {
        "type": "array",
        "items": {"type": "string", "enum": [NONE, *CLASSES]},
        "minItems": count,
        "maxItems": count,
    }
    return {"type": "object", "properties": {"classes": classes}, "required": ["classes"]}


def instruction(language: Language) -> str:
    """Return the system instruction under which a model judges sentences."""
    return Template(text_of(f"classification.{language}.md")).substitute()


def question(texts: Sequence[str]) -> str:
    """Return 1 to MOST sentences as data, numbered from 1."""
    if not 1 <= len(texts) <= MOST:
        msg = f"{len(texts)} sentences in one question"
        raise ValueError(msg)
    return "\n".join(
        block(line(str(number), text, len(text)) for number, text in enumerate(texts, 1))
    )


def asked(text: str) -> tuple[str, ...]:
    """Return what `question` was made of. For a brain that is no model, and for tests."""
    return tuple(str(content) for _, content in read(text))


def told(written: str, count: int) -> tuple[PrivateClass | None, ...] | None:
    """Return the class of each of `count` sentences, None for a harmless one.

    Instead of all: None, if the answer makes no sense.
    """
    classes = (structured.read(written) or {}).get("classes")
    if not isinstance(classes, list) or len(classes) != count:
        return None
    if not all(isinstance(name, str) and name in _BY_NAME for name in classes):
        return None
    return tuple(_BY_NAME[name] for name in classes)
