"""The gate itself: which private classes a text holds, and the text without them.

Sentence by sentence, each in the light of what was asked or announced before it ("¿Cuál es
tu PIN?", "4821"); then over all that is left, since a number may be cut in two by a full stop.
"""

import re
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from robi.people.privacy import confidence, health
from robi.people.privacy.classes import PrivateClass
from robi.people.privacy.labels import labelled, labels
from robi.people.privacy.lexicon import word_set
from robi.people.privacy.numbers import numbers
from robi.people.privacy.reading import (
    PRIVATE_MARK,
    Reading,
    folded,
    may_announce,
    put_together,
    read,
    sentences,
)
from robi.people.privacy.secrets import by_form, names_secret, told
from robi.people.privacy.spelled import goes_on, in_digits

_BEFORE: Final = 500
"""Characters of the message before that may announce something: its end."""

_REMEMBERED: Final = 2
"""Sentences over which an announcement reaches: "My PIN. Wait. 4821"."""

_NOTHING: Final = frozenset[PrivateClass]()
_BARE_WORDS: Final = 10
_BARE_NAMES: Final = 2
_OPENING: Final = 3
_IS: Final = frozenset({"es", "is", "its", "son", "era", "was"})
_LEAST_DIGITS: Final = {"secret": 3, "card": 4, "bank": 4, "identity": 5}
_DIGIT: Final = re.compile(r"\d")
_ENDS: Final = ".…!? "
_NO_VALUE: Final = word_set("""
    si no vale ok okay gracias hola adios luego nada claro ya yes yeah nope nah sure thanks
    thank hello hi bye later nothing well what que como porque cual se sabes know remember
    forgot acuerdo olvide olvidado dont cant wont idea ni lo la te le digo dire decir tell
    telling quiero puedo ahora now espera wait nunca never secreto secret perdon sorry please
    favor bueno pues bien good dime momento manana tomorrow correcto exacto right siguiente
    estoy i you wrong otra again repite repeat verdad maybe quizas none ninguna ninguno guess
    adivina adivinalo privado privada private ask pregunta preguntale mom dad prefiero duermo
    dormir help ayuda jaja haha genial cool
""")
_FILLERS: Final = word_set("""
    es son its it is el la los las the a un una pues eh um mira apunta toma toda todo
""")
_ASKS: Final = re.compile(
    r"[?¿]| (?:dime|dame|dinos|decime|digame|cual|que|what|whats|tell|give|say|me dices"
    r"|apunta|anota|te digo|te la digo|escribe|type|enter|introduce|here|aqui|toma|es|is"
    r"|:) "
)


def classes(text: str, before: str = "") -> frozenset[PrivateClass]:
    """Return the classes of what the rules find private in a text; none is the normal case.

    Args:
        text: anything that is to be written about a person.
        before: the message before it, if there was one, or the last few, one a line: they may ask
            for what the text tells.
    """
    return masked(text, before)[1]


def masked(text: str, before: str = "") -> tuple[str, frozenset[PrivateClass]]:
    """Return the text with each private sentence replaced by PRIVATE_MARK, and the classes found.

    All other sentences, and the white space, stay as they are. Masking again changes nothing.
    """
    pieces = [_Piece(read(text[start:end]), start, end) for start, end in sentences(text)]
    said = [line for line in before[-_BEFORE:].split("\n") if line.strip()]
    announced = [
        _announced(read(line)) if may_announce(line) else _NOTHING for line in said[-_REMEMBERED:]
    ]
    more = _NOTHING
    found: set[PrivateClass] = set()
    private: set[int] = set()
    for at, piece in enumerate(pieces):
        reading = piece.reading
        if reading.text == PRIVATE_MARK:
            continue
        recent = _NOTHING.union(*announced[-_REMEMBERED:])
        here = _alone(reading)
        if recent or more:
            here |= _bare_number(reading, recent | more) | _bare_word(reading, recent)
        if here:
            found |= here
            private.add(at)
        if here:  # a mark will stand here, which neither announces anything nor ends it
            more = _announced(reading)
        elif not _only_digits(reading):
            announced.append(_announced(reading))
            more = _NOTHING
    if len(pieces) > 1:
        left = [piece for at, piece in enumerate(pieces) if at not in private]
        across = _across(left)
        found |= across
        if across:
            private |= {
                at for at, piece in enumerate(pieces) if _DIGIT.search(piece.reading.digits)
            }
    if not private:
        return text, frozenset(found)
    kept, last = [], 0
    for at, piece in enumerate(pieces):
        if at in private:
            kept += [text[last : piece.start], PRIVATE_MARK]
            last = piece.end
    return "".join([*kept, text[last:]]), frozenset(found)


@frozen
class _Piece:
    """A sentence, and where it stands."""

    reading: Reading = field(repr=False)
    start: int
    end: int


def _alone(reading: Reading) -> frozenset[PrivateClass]:
    """Return what a sentence tells by itself."""
    hits = reading.hits
    found: set[PrivateClass] = set(labelled(reading.bare_digits, hits))
    if not reading.lettered:
        found.update(numbers(reading.digits))
    if by_form(reading.text) or told(reading.words, hits):
        found.add("secret")
    if health.RULES.met(hits):
        found.add("health")
    if confidence.RULES.met(hits):
        found.add("confidence")
    return frozenset(found) if found else _NOTHING


def _announced(reading: Reading) -> frozenset[PrivateClass]:
    """Return what a sentence asks for or announces: the next may be a bare number."""
    found: set[PrivateClass] = set(labels(reading.hits))
    if names_secret(reading.hits):
        found.add("secret")
    return frozenset(found) if found and _asks(reading) else _NOTHING


def _asks(reading: Reading) -> bool:
    return (
        len(reading.words) <= _BARE_WORDS
        or _ASKS.search(f" {reading.folded} {' '.join(reading.words)} ") is not None
    )


def _bare_number(reading: Reading, announced: frozenset[PrivateClass]) -> frozenset[PrivateClass]:
    """Return the announced classes that this sentence fills with a number."""
    if not announced or len(reading.words) > _BARE_WORDS * 2:
        return _NOTHING
    digits = len(_DIGIT.findall(reading.bare_digits))
    only = digits > 0 and _only_digits(reading)
    return frozenset(label for label in announced if only or digits >= _LEAST_DIGITS[label])


def _bare_word(reading: Reading, announced: frozenset[PrivateClass]) -> frozenset[PrivateClass]:
    """Return that this sentence is the secret asked for: a word or two, or what follows "it is"."""
    if "secret" not in announced or len(reading.words) > _BARE_WORDS or "?" in reading.text:
        return _NOTHING
    words = [word for word in reading.words if word not in _FILLERS]
    most = _BARE_WORDS if _IS.intersection(reading.words[:_OPENING]) else _BARE_NAMES
    if 0 < len(words) <= most and _NO_VALUE.isdisjoint(words):
        return frozenset({"secret"})
    return _NOTHING


def _only_digits(reading: Reading) -> bool:
    if reading.lettered:
        return False
    digits = reading.digits.strip(" .,;:!?¿¡\n\t-")
    return bool(digits) and all(not character.isalpha() for character in digits)


def _across(pieces: list[_Piece]) -> frozenset[PrivateClass]:
    """Return the numbers that only the sentences together hold."""
    readings = [piece.reading for piece in pieces]
    if not any(not each.lettered and _DIGIT.search(each.digits) for each in readings):
        return _NOTHING
    if any(_may_join(left, right) for left, right in pairwise(readings)):
        joined = " ".join(each.folded.rstrip(_ENDS) for each in readings)
        return frozenset(numbers(in_digits(put_together(folded(joined)))))
    # Nothing is read anew that reads the same among the others.
    return frozenset(numbers(" ".join(_among_digits(each).rstrip(_ENDS) for each in readings)))


def _may_join(left: Reading, right: Reading) -> bool:
    """Return whether words of two sentences may be one, set apart, or one number, spelled out."""
    last, first = left.words[-1:], right.words[:1]
    return goes_on(right.folded) or (bool(last and first) and len(last[0]) == len(first[0]) == 1)


def _among_digits(reading: Reading) -> str:
    if reading.lettered or reading.digits is not reading.folded:
        return reading.digits
    return in_digits(reading.folded, among_digits=True)
