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
_LATIN: Final = "\u0370"
"""Before it come all letters of Spanish and English, and nothing that `_FOREIGN` looks for."""
_JOINTS: Final = (
    "(?:and|the|of|in|to|an?|for|with|from|on|at|by|or|de|del|la|las|los|el|y|e|en|un|una|con|por)"
)
_QUOTED: Final = re.compile(
    r"«[^«»]{1,120}»|“[^“”]{1,120}”|(?<!\w)\"[^\"]{1,120}\"(?!\w)"
    rf"|\b(?!I\b)[A-Z][\w'’]*(?:\s(?:{_JOINTS}\s){{0,3}}(?!I\b)[A-Z][\w'’]*)+"
)
"""What is quoted, and names of several words: `Harry Potter and the Goblet of Fire`."""
_NEAR: Final = 3
"""How much more what is read says itself than what stands before: `636 páginas`."""

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
    et est je vous nous dans c'est à au aux du il avec pas ne qui sont y'a j'ai cette ces mais très
    être été deux oui bonjour merci
    der das und ist ich nicht ein eine auf dem wir sie für auch sind wie haben wird oder aber noch
    è sono gli della non questo anche perché più
    não você é uma isso muito obrigado obrigada são uns ao também
    els amb és això molt som
""".split()  # fmt: skip
"""No word that Spanish or English has too (`dos`, `sur`, `da`; `pour`, `den`): one would be enough."""

_LANGUAGES: Final[tuple[Language | None, ...]] = ("es", "en", None)
_SCORES: Final[dict[str, int]] = {}
for _index, _words in enumerate((_SPANISH, _ENGLISH, _OTHER)):
    _SCORES.update(dict.fromkeys(_words, _index))


def guess(before: str, phrase: str, hint: Language | None) -> Language | None:
    """Return the language of `phrase`, which is to be read, by its words and those before it.

    `hint` stands where nothing else speaks louder; a title or a quotation in another language
    does not.
    """
    language = _loudest(before, phrase, hint)
    if language == hint:
        return hint
    return _loudest(_QUOTED.sub("", before), phrase, hint)


def _loudest(before: str, phrase: str, hint: Language | None) -> Language | None:
    scores = [0.0, 0.0, 0.0]
    text = before + phrase
    for part, weight in ((text, 1), (phrase, _NEAR - 1)):
        for word in _WORD.findall(part.lower().replace("’", "'")):
            index = _SCORES.get(word)
            if index is not None:
                scores[index] += weight
    if not text.isascii() and max(text) >= _LATIN:
        scores[2] += len(_FOREIGN.findall(text)) / 2
    expected = 2 if hint is None else _LANGUAGES.index(hint)
    scores[expected] += 0.5
    most = max(scores)
    return hint if scores[expected] == most else _LANGUAGES[scores.index(most)]


def as_language(name: str) -> Language | None:
    """Return one of the two languages that are read, None for all others."""
    return "es" if name == "es" else "en" if name == "en" else None


def language_of(text: str, hint: Language) -> str:
    """Return the language of what a person said, in which an answer is expected: es, en, other."""
    return guess(text[:WINDOW], "", hint) or "other"
