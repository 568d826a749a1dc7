"""What a reader's question tells, and what it wants: for the rehearsal.

Owns how much each word of a question tells of what is asked, and whether a number or a name is
wanted. Words are compared by their roots (`robi.speech.evidence.content`), spelt as they sound, so
that "crystal" and "cristal" are one, and "inbentó" and "inventó". Nothing is understood here.
"""

import re
from collections.abc import Sequence
from math import log
from typing import Final, Literal

from attrs import field, frozen

from robi.brain.rehearsal_figures import NUMBER, fold
from robi.speech.evidence import content

Wanted = Literal["number", "name", "meaning"]
"""What an answer has to hold."""

_ROOT: Final = 5
"""Letters of a root that are compared: words of two languages differ in their endings."""
_LONGEST: Final = 8
"""Letters from which on a word tells no more for being longer; a number tells as much."""
_COMMON: Final = 0.3
"""How much less a word tells that is in every other sentence of a language."""

_WORD: Final = re.compile(r"[^\W_]+")
_SPELT: Final = (
    ("ph", "f"), ("th", "t"), ("ch", "c"), ("h", ""), ("y", "i"), ("v", "b"), ("k", "c"),
    ("qu", "c"), ("z", "c"),
)  # fmt: skip
_TWICE: Final = re.compile(r"([a-z])\1")

_NUMBER_WANTED: Final = re.compile(
    r"\bcuant[oa]s?\b|\bcuando\b|\b(?:que|cual(?: es)?) (?:el )?(?:ano|edad|fecha|siglo|velocidad|"
    r"temperatura|distancia)\b|\bhow (?:many|much|long|old|far|fast|tall|high|deep|big|often)\b"
    r"|\bwhen\b|\bwhat (?:year|age|date|speed|temperature|distance)\b"
)
_NAME_WANTED: Final = re.compile(
    r"\bquien(?:es)?\b|\bcomo se llama\w*|\bwho(?:m|se)?\b"
    r"|\bwhat (?:is|was|were) .* (?:called|name)"
)
_NUMBER_THERE: Final = re.compile(rf"\d|{NUMBER}|\b(?:mitad|doble|triple|half|twice)\b")
_MEANING_WANTED: Final = re.compile(
    r"\bque (?:es|son|era|eran|significan?|quiere decir)\b|\bwhat (?:is|are|was|were)\b"
    r"|\bwhat does\b.*\bmean\b|\b(?:define|definicion|definition)\b"
)
_MEANING_THERE: Final = re.compile(
    r"\b(?:es|son|era|eran|llama\w*|significan?|consisten?|is|are|was|were|called|means?)\b"
)
_ONE: Final = re.compile(r"\b(?:uno|una|un|one|a)\b")
"""What is a number seldom, and an article often."""
_NAME_THERE: Final = re.compile(r"(?<=[\w,;:)] )[A-ZÁÉÍÓÚÑÜ]\w*[a-záéíóúñü]")
"""A capital that does not begin a sentence."""


def roots(text: str) -> frozenset[str]:
    """Return what is compared of the words of `text` that say something."""
    return frozenset(map(_spelt, content(text)))


def _spelt(root: str) -> str:
    if root.isdecimal():
        return root
    for letters, sound in _SPELT:
        root = root.replace(letters, sound)
    return _TWICE.sub(r"\1", root)[:_ROOT] or root


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What a question is made of beside its subject.
_ASKING: Final = _listed("""
explica explicar explicame explicarme define definir describe describir significa ejemplo
ejemplos llama llaman llame llamen llamaba llamado puede pueden puedo puedes debe deben hace hacen
hacer hara haran ocurre pasa sucede suceder tipo tipos forma parte cosa vez veces dice dicen texto
libro capitulo pregunta respuesta existe tiene tienen tenemos tengo sirve resume resumen traduce
habla hablame quisiera gustaria xq
explain define describe mean means example happen happens happened kind type called thing text
book chapter question answer use used summarise translate
""")
# The commonest words: any text on anything has them.
_USUAL: Final = _listed("""
gana gano dar dio da ir iba ver ve visto sabe saber llega llego pone poner puso queda quedan lleva
llevo llevaron deja dejo dejar sigue sigo encuentra encontro viene vino piensa sale salio salen
vuelve vuelven volvio toma vive vivir siente mira mirar cuenta empieza espera busca entra trabaja
trabajo escribe pierde produce pide recibe recuerda termina permite aparece consigue comienza saca
necesita cae cambia cambio cambiado presenta crea abre acaba convierte trae muere murio conoce
descubrio estudia toca sube baja mueve tarda dura tiempo ano anos dia dias manera modo hombre
mujer persona personas gente vida mundo lugar sitio punto momento hora horas medio lado nombre
numero grupo mano caso rato verdad historia final principio primero primera primer ultima ultimo
dos tres cuatro cinco diez cien mil grande gran pequeno mayor menor nuevo viejo bueno buena malo
mejor peor largo corto alto bajo cierto general unico nadie alguien ninguno cualquiera ahora luego
nunca casi dentro fuera encima debajo cerca lejos delante detras junto pronto tarde demasiado
bastante aquel aquella aquello aquellos
time year day way man men woman world life hand place case point number people person first last
new good great old big small right left go went come came take took taken get got give gave make
made see saw look find found work worked feel try call keep kept begin show hear run move live
lived bring stay lose meet two three many much long fast
""")


@frozen
class Asked:
    """A question: the roots of its words, those that tell of its subject, and what it wants."""

    roots: frozenset[str] = field(repr=False)
    telling: frozenset[str] = field(repr=False)
    wants: Wanted | None = None

    def weights(self, places: Sequence[frozenset[str]]) -> dict[str, float]:
        """Return how much each root tells, of places that have these roots: all of them make 1.

        More tells what few of them have, and what is long.
        """
        told = {}
        for root in sorted(self.roots):  # sums come out the same
            having = sum(root in place for place in places)
            rare = log(1 + (len(places) - having + 0.5) / (having + 0.5))
            length = _LONGEST if root.isdecimal() else len(root)
            told[root] = rare * length * (1.0 if root in self.telling else _COMMON)
        whole = sum(told.values())
        return {root: tells / whole for root, tells in told.items()}


def asked(question: str, before: str = "") -> Asked:
    """Return what a question tells and wants.

    One that has but common words ("¿Y cuánto tiempo tarda?") is asked together with the one
    `before`.
    """
    said = _words(question)
    if not _telling(said):
        said += _words(before)
    return Asked(roots(" ".join(said)), _telling(said), _wanted(fold(question)))


def _words(question: str) -> list[str]:
    """Return the words beside those of asking, in their order: "28 800" is one number."""
    return [word for word in _WORD.findall(fold(question)) if word not in _ASKING]


def _telling(words: list[str]) -> frozenset[str]:
    return roots(" ".join(word for word in words if word not in _USUAL))


def _wanted(folded: str) -> Wanted | None:
    if _NUMBER_WANTED.search(folded):
        return "number"
    if _NAME_WANTED.search(folded):
        return "name"
    return "meaning" if _MEANING_WANTED.search(folded) else None


def holds(sentence: str, wanted: Wanted | None) -> bool:
    """Return whether there is in a sentence what is wanted."""
    match wanted:
        case "number":
            return _NUMBER_THERE.search(_ONE.sub("", fold(sentence))) is not None
        case "meaning":
            return _MEANING_THERE.search(fold(sentence)) is not None
        case "name":
            return _NAME_THERE.search(sentence) is not None
        case None:
            return False
