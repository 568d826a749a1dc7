"""Whether a person says their own name, and which it is: for the rehearsal.

Owns the hard part of it: "soy feliz" and "I'm tired" tell no name, "soy Ana" and "I'm Sam" do, and
after the robot has asked, so does "ana". Where in doubt there is no name: a robot that asks again
is better than one that calls a person Tired.
"""

import re
from typing import Final

from robi.speech.names import clean_name

_I: Final = re.IGNORECASE
_LETTERS: Final = r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*"
_NAME: Final = rf"(?P<name>{_LETTERS}(?:\s+{_LETTERS})*)"
_TELLS: Final = re.compile(
    rf"(?<!no )\b(?:me llamo|mi nombre es|ll[aá]mame|puedes llamarme|my name is|my name['\u2019]s"
    rf"|call me)\s+{_NAME}",
    _I,
)
_IS: Final = re.compile(rf"(?<!no )\b(?:soy|i am|i['\u2019]m|this is)\s+{_NAME}", _I)
_BARE: Final = re.compile(
    rf"\W*(?:(?:hola|hello|hi|es|pues|yo|sí|yes|it's)\W+)?"
    rf"(?P<name>{_LETTERS}(?:\s+{_LETTERS}){{0,2}})\W*",
    _I,
)
_PARTICLES: Final = frozenset({"de", "del", "la", "las", "los", "van", "von", "da"})
_ASKS: Final = re.compile(
    r"\bte llamas\b|\btu nombre\b|\byour name\b|\b(?:should|may) i call you\b", _I
)


def asks_name(said: str) -> bool:
    """Tell whether these words of the robot ask the person for a name."""
    return _ASKS.search(said) is not None


def name_in(text: str, *, asked: bool) -> str | None:
    """Return the name that the person gives as their own, or None.

    "Me llamo" and "my name is" always tell one. "Soy" and "I'm" do if what follows is not in the
    list below and begins with a capital, which a transcript may lack: then the robot must have
    `asked`. A bare name counts only when it was asked for, and is all that was said.
    """
    found = [match["name"] for match in _TELLS.finditer(text)]
    found += [match["name"] for match in _IS.finditer(text) if asked or match["name"][0].isupper()]
    name = next((name for name in map(_as_name, found) if name is not None), None)
    if name is not None or not asked:
        return name
    bare = _BARE.fullmatch(text.strip())
    if bare is None or any(word in _NOT_NAMES for word in bare["name"].lower().split()):
        return None
    return clean_name(bare["name"].title() if bare["name"].islower() else bare["name"])


def _as_name(found: str) -> str | None:
    """Take from `found` the words that are the name: the first, and capitals that follow."""
    first, *rest = found.split()
    if first.lower() in _NOT_NAMES or first[-2:].lower() in {"'s", "\u2019s"}:
        return None
    kept = [first if first[0].isupper() else first.capitalize()]
    particles: list[str] = []
    for word in rest:
        if word in _PARTICLES:
            particles.append(word)
        elif word[0].isupper() and word.lower() not in _NOT_NAMES:
            kept += [*particles, word]
            particles = []
        else:
            break
    return clean_name(" ".join(kept))


_COMMON: Final = """
    a abogada abogado adiós afraid again ahora alegre algo alguien all allergic almost alone also
    alta alto always alérgica alérgico american amiga amigo an and angry aquí are argentina
    argentino artista así at australian back bad baja bajo bastante because being bien bored british
    buena bueno busy but called canadian cansada cansado capaz claro cocinera cocinero cold
    colombiana colombiano como contenta contento cuándo cómo de del demasiado do doctor doctora does
    doing done dónde el ella enfermera enfermero engineer english español española estudiante
    excited fan feeling feliz fine for french from german getting glad going good gracias great
    happy having he hello her here hey hi hija hijo his hola hombre home hot how hoy human humana
    humano hungry i if ill in ingeniera ingeniero inglesa inglés irish is it italian joven jubilada
    jubilado just kind la las late later learning libre living lo look looking los lost luego madre
    maestra maestro mal mala malo maybe mayor mañana me menos mexican mexicana mexicano mira mujer
    muy my más médica médico músico nada nadie named never new niña niño no nobody nosotros not now
    nueva nuevo nurse o of ok okay old on only or otra otro our padre panadera panadero perdona
    persona playing please porque pretty profesor profesora pues que quien quite quizá qué ready
    really retired right robot rubia rubio sad scared she short si sick so sola solo someone sorry
    spanish still student sure sí talking tall también tampoco tan teacher thank thanks that the
    their there they thinking thirsty this tired to today tomorrow too triste trying tu tímida
    tímido tú un una uno vale vegan vegana vegano vegetarian vegetariana vegetariano very vieja
    viejo warm we well what when where who why with working y ya yes yo you young your zurda zurdo
    él
"""
_NOT_NAMES: Final = frozenset(_COMMON.split())
