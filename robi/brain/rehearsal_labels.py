"""What a timer or reminder is for, in the person's own words: for the rehearsal.

Owns what is left of "recuérdame mañana a las nueve que llame a mamá" once the order and the time
are taken out, and the one turn that Spanish needs so that the robot can say it back: "que llame"
is about the person to whom it is said, "llamar" is about nobody. Where that takes more than a
small rule ("que tengo cita") the words stay as they are, with their "que".
"""

import re
from collections.abc import Sequence
from typing import Final

_I: Final = re.IGNORECASE
_POLITE: Final = re.compile(r"[\s,]*\b(?:por favor|please|gracias|thanks|thank you)\b", _I)
_EDGES: Final = " \t\n.,;:!?¡¿"
_LEAD: Final = re.compile(r"\A(?:de|para|to|of|about|for|that) (?!que\b)", _I)
_OBLIGED: Final = re.compile(
    r"(?:de )?(?:que|that) (?:tengo que|tenemos que|debo|hay que|i have to|i need to|i must"
    r"|i should|we have to|we need to) ",
    _I,
)
_CLAUSE: Final = re.compile(
    r"(?:(?:de|a|para) )?(?P<clause>que (?P<no>no )?(?:(?P<who>me|le|les|lo) )?"
    r"(?P<verb>[^\W\d_]+)(?P<rest>.*))",
    _I | re.DOTALL,
)
_TIMER_LABEL: Final = re.compile(
    r"\b(?:para|for|called|named|llamado|que se llame)\s+"
    r"(?P<label>(?!m[ií]\b|me\b|for\b|para\b).+?)(?:\s+(?:de|for|of))?\Z",
    _I | re.DOTALL,
)
_KIND_OF_TIMER: Final = re.compile(
    r"\ba (?P<label>(?!new\b|short\b|quick\b|kitchen\b)[^\W\d_]+) timer\b", _I
)
_REGULAR: Final = """
    abrir acabar ahorrar alimentar apagar aparcar aprender apuntar arreglar asistir avisar ayudar
    bajar barrer beber buscar cambiar cancelar cargar cenar cocinar comer comprar congelar
    contestar correr cortar coser dejar desayunar descansar descongelar duchar echar entregar
    entrenar escribir escuchar estirar estudiar felicitar fichar firmar ganar grabar guardar hablar
    imprimir ingresar invitar lavar leer levantar limpiar llamar llenar llevar madrugar mandar
    marcar meter mirar montar olvidar ordenar organizar pagar parar pasar pasear peinar planchar
    practicar preguntar prender preparar quedar quitar rellenar reparar repasar reservar respirar
    revisar sacar subir terminar tirar tocar tomar trabajar vender vigilar visitar
"""
_IRREGULAR: Final = """
    acueste:acostar cierre:cerrar coja:coger cuelgue:colgar cueza:cocer dé:dar despierte:despertar
    devuelva:devolver diga:decir duerma:dormir empiece:empezar encienda:encender
    envíe:enviar esté:estar friegue:fregar haga:hacer mueva:mover pida:pedir piense:pensar
    ponga:poner pruebe:probar recoja:recoger recuerde:recordar renueve:renovar riegue:regar
    salga:salir siente:sentar tenga:tener tienda:tender traiga:traer vacíe:vaciar vaya:ir vea:ver
    venga:venir vista:vestir vuelva:volver
"""


def _subjunctive(infinitive: str) -> str:
    """Return the first and third person of a regular verb: llame, saque, pague, organice, coma."""
    for ending, subjunctive in (("car", "que"), ("gar", "gue"), ("zar", "ce"), ("ar", "e")):
        if infinitive.endswith(ending):
            return infinitive.removesuffix(ending) + subjunctive
    return infinitive[:-2] + "a"


_INFINITIVES: Final = {_subjunctive(infinitive): infinitive for infinitive in _REGULAR.split()} | {
    subjunctive: infinitive
    for subjunctive, _, infinitive in (pair.partition(":") for pair in _IRREGULAR.split())
}
"""Of the verbs of every day: "que vence el plazo" and "que viene la abuela" look like them."""


def reminder_label(text: str, places: Sequence[tuple[int, int]]) -> str:
    """Return what to remind of: `text` without `places`, where the time is said."""
    said = _without(text, places)
    if found := _OBLIGED.match(said):
        return said[found.end() :]
    if found := _CLAUSE.fullmatch(said):
        infinitive = _INFINITIVES.get(found["verb"].lower())
        if infinitive is None:
            return found["clause"]
        return f"{found['no'] or ''}{infinitive}{(found['who'] or '').lower()}{found['rest']}"
    return _LEAD.sub("", said)


def timer_label(text: str, places: Sequence[tuple[int, int]]) -> str:
    """Return what a timer is for: "the pasta" of "set a timer for the pasta"."""
    said = _without(text, places)
    found = _TIMER_LABEL.search(said) or _KIND_OF_TIMER.search(said)
    return found["label"].strip(_EDGES) if found else ""


def _without(text: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    said = _POLITE.sub("", text)
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(said.split())).strip(_EDGES)
