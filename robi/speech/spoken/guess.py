"""Which language an answer is in, by the words that only one language has.

Owns the lists of these words. No text is held back for a guess: it is made when something must be
read (a number, a sign), from what was said until then; until something speaks against it, the
language that the turn began in stands. `None` is any other language, whose numbers we leave alone.
"""

# ruff: noqa: E501, RUF001, SIM905 - tables of words; the signs meant are the ones written

import re
from typing import Final

from robi.errors import Language

WINDOW: Final = 240
"""Characters of an answer that a guess looks back on: two or three sentences."""

_WORD: Final = re.compile(r"(?<![\w@./\\-])[^\W\d_]+(?:['’][^\W\d_]+)?(?![\w@]|[./]\w)")
"""Words, but no part of an address, a unit or a command of LaTeX."""
_FOREIGN: Final = re.compile(r"[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff\U00020000-\U0003ffff]")

_SPANISH: Final = """
    el la los las un una unos unas lo de del al y o que qué en es son está están estoy soy eres
    somos fue era hay con por para pero más muy sí también como cómo cuando cuándo donde dónde
    porque si ya yo tú él ella ellos usted nosotros mi tu su mis tus sus te se nos le les esto eso
    esta este estas estos ese esa hola gracias bien bueno buenos buenas tengo tienes tiene tenemos
    hace hacer puedo puedes quiero quieres vale adiós años año días día hoy mañana ayer siglo entre
    hasta desde sobre ni aquí ahí allí nada todo todos toda cada gente casa euros grados horas hora
    minutos semanas meses veces personas cuesta cuestan son faltan quedan mide pesa total unos
    suma igual precio temperatura teléfono calle número correo lunes martes miércoles jueves
    viernes sábado domingo enero febrero abril mayo junio julio agosto septiembre octubre noviembre
    diciembre
""".split()  # fmt: skip
_ENGLISH: Final = """
    the an and of to in is are was were it its it's i'm i've i'll you you're he she we they this that these
    those there here what when where who how why with for from at on by but not don't can can't
    will would my your his her our their yes hello hi hey thanks thank please good have has had do
    does did be been so if or as about just now today tomorrow yesterday people years year days
    day hours hour minutes weeks months times degrees only costs cost call let's that's january
    february april june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday century around nearly almost between until since
""".split()  # fmt: skip
_OTHER: Final = """
    et les des est je vous nous dans pour c'est à au aux du sur il une avec pas ne qui sont il y'a
    der das und ist ich nicht ein eine mit auf den dem von wir sie für auch sind
    il che è di sono per gli della non con questo anche ho
    não você é um uma com em isso muito obrigado obrigada são do da dos uns mas também está ao
    els amb és això molt som
""".split()  # fmt: skip

_SCORES: Final[dict[str, tuple[int, int, int]]] = {}
for _index, _words in enumerate((_SPANISH, _ENGLISH, _OTHER)):
    for _word in _words:
        _now = list(_SCORES.get(_word, (0, 0, 0)))
        _now[_index] = 1
        _SCORES[_word] = (_now[0], _now[1], _now[2])


def guess(text: str, hint: Language | None) -> Language | None:
    """Return the language of `text`; `hint`, where nothing else speaks louder."""
    spanish, english, other = (0.5 if hint == "es" else 0), (0.5 if hint == "en" else 0), 0.0
    for word in _WORD.findall(text):
        score = _SCORES.get(word.lower())
        if score is not None:
            spanish += score[0]
            english += score[1]
            other += score[2]
    other += len(_FOREIGN.findall(text)) / 2
    if hint is None:
        other += 0.5
    most = max(spanish, english, other)
    if {"es": spanish, "en": english, None: other}[hint] == most:
        return hint
    return "es" if spanish == most else "en" if english == most else None


def as_language(name: str) -> Language | None:
    """Return one of the two languages that are read, None for all others."""
    return "es" if name == "es" else "en" if name == "en" else None


def language_of(text: str, hint: Language) -> str:
    """Return the language of what a person said, in which an answer is expected: es, en, other."""
    return guess(text[:WINDOW], hint) or "other"
