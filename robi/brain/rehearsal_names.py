"""Whether a person says their own name, and which it is: for the rehearsal.

Owns the hard part of it: "soy feliz" and "I'm tired" tell no name, "soy Ana" and "I'm Sam" do, and
after the robot has asked, so does "ana", unless it means something else ("baila"). Where in doubt
there is no name: a robot that asks again is better than one that calls a person Tired for ever.
"""

import re
from typing import Final

from robi.brain.rehearsal_words import COMMON_WORDS, Topic, topic_of
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
_ORDER: Final = re.compile(r"\w*[áéíóú]\w+(?:me|nos|melo|selo)")
_TRADE: Final = re.compile(r"\w{2,}(?:[aeiou]dora?|ista|[oó]log[oa]|[aeií]ente|ing|ician|eer)", _I)
"""What people are rather than are called: programador, dentista, bióloga, dependiente, working."""
_SO_CALLED: Final = """
    amador bautista eudora heliodora irving isadora isidora pandora salvador salvadora sterling
    teodora theodora vicente
"""
_NAMES_ALL_THE_SAME: Final = frozenset(_SO_CALLED.split())
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
    `asked`. A bare name counts only when it was asked for, is all that was said, is no question,
    and has no other meaning that the rehearsal knows.
    """
    told = [_as_name(match["name"], certain=True) for match in _TELLS.finditer(text)]
    told += [
        _as_name(match["name"], certain=False)
        for match in _IS.finditer(text)
        if asked or match["name"][0].isupper()
    ]
    name = next((name for name in told if name is not None), None)
    if name is not None or not asked:
        return name
    bare = _BARE.fullmatch(text.strip())
    if bare is None or "?" in text or topic_of(bare["name"]) is not Topic.OTHER:
        return None
    if any(_is_no_name(word) for word in bare["name"].split()):
        return None
    return clean_name(bare["name"].title() if bare["name"].islower() else bare["name"])


def _is_no_name(word: str) -> bool:
    """Whether it is a word of every day, an order ("cuéntame") or a trade."""
    lower = word.lower()
    if lower in _IN_DOUBT or _ORDER.fullmatch(lower):
        return True
    return lower not in _NAMES_ALL_THE_SAME and _TRADE.fullmatch(lower) is not None


def _as_name(found: str, *, certain: bool) -> str | None:
    """Take from `found` the words that are the name: the first, and capitals that follow.

    Unless it is `certain` that a name is told, the first must not be any other word.
    """
    first, *rest = found.split()
    if first.lower() in _NOT_NAMES or first[-2:].lower() in {"'s", "\u2019s"}:
        return None
    if not certain and _is_no_name(first):
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
_NO_ANSWERS: Final = """
    abre actor actriz adivina alguna algún amable anda aprende apágate arquitecta arquitecto ask
    asleep atleta away ayuda ayúdame aún bailarina bailarín baile bailes bailo basta batería
    bathroom beautiful bello bilingual blind bombera bombero bonita bonito boring bot brave busca
    buscando calla calma camarera camarero camera canción canta cantante careful carpintera
    carpintero casa casada casado cat chef chica chico chiste cielo cierra claramente clever coche
    cocina color colour come comida computer conductora confused conozco contigo continue cool corre
    correct correcto count cuenta cuidado curiosa curioso curious cuál cállate cámara dad daddy dale
    dancer dancing deaf debes depende desconocida desconocido dice diferente divertida divertido
    divorced dj dog dormir drive driver duda dude duerme déjalo déjame dímelo easy eh ellos
    embarazada enfadada enfadado enferma enfermo ensaya entra eras error escribe escritor escritora
    escucha espera esposa esposo estoy everybody everyone exacto excelente explain extranjera
    extranjero falsa falso famous farmacéutica farmacéutico fast fea feo follow forget fotógrafa
    fotógrafo free friend fuera fun funny furious fácil game gato genial gente give goodbye
    goodnight got grande grandma grandpa grow guapa guapo guard guay guess haber habla haha halt
    hambre hard heavy hecho help hermana hermano hmm honest hum hurry idea idiot idiota importa
    importante incorrecto inside interesante interesting invisible ir jaja jajaja joke juega jugar
    jump keep kid king lawyer lazy learn leave lejos lenta lento let lie lista listen listo loca
    loco lol lonely loud mamá man many married mechanic mecánica mecánico menor mentira militar
    mirar mom more mover mucho mueve music mute mía mío música neither nerviosa nervioso nervous
    next nice ninguna ninguno ningún nope normal nothing number nunca obvious oh okey one oops
    outside oye paciente painter palabra papá pardon parte party pasa patata peluquera peluquero
    perdida perdido perdón perfect perfecta perfecto periodista perro person pilot piloto pintor
    pintora pobre poet poeta police policía poor pregnant pregunta preguntas primera primero prisa
    private programmer pronto proud prueba queen queso question quieres quieta quieto recuerda
    repeat repite responde rica rico rude run rápida rápido salta saltar salud secret secreta
    secreto segura seguro señor señora shame shut shy silence silencio silly simple sing single sir
    sit sleep sleepy slow smart soldado soltera soltero some song soon speak special spin stand
    start starving stay stop strange strong stupid suerte sueño super surprised sweet sé tal talk
    tampoco tarde teach terrible test testing then thing think toca todavía todo todos tonta tonto
    tough tourist trabaja traductor traductora tranquila tranquilo trans tuya tuyo ugly uh um
    unemployed unhappy upset us user usuario vacaciones vamos ven vendedor ver verdad vergüenza vete
    veterinaria veterinario viuda viudo volver vosotros wait waiter waitress wake walk wanna wants
    watch weak weird welcome wet whatever wife woman wonderful wow write writer wrong yeah yep zero
    ágil única único
"""
_NOT_NAMES: Final = frozenset(_COMMON.split())
"""Never a name, however it is told."""
_IN_DOUBT: Final = _NOT_NAMES | COMMON_WORDS | frozenset(_NO_ANSWERS.split())
"""No name where it is not certain that a name is told: Mía is one, and so is a common word."""
