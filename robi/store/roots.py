"""The roots by which words of texts and of questions meet, and what of a question tells little.

Owns the endings and the lists of words, of Spanish and English. It is no grammar: endings that
words of one family differ by are taken off, and how children spell is forgiven where two letters
sound alike (`b` and `v`, a mute `h`). What is wrong by it costs little, as a question has several
words; what is missed may be all of the question.

Whoever changes what a text's roots are has to index again what is there, in a migration.
"""

import re
from functools import lru_cache
from typing import Final

from robi.people.words import STOP_WORDS, all_words, listed

LIGHT: Final = 0.3
"""How much less a word tells that is in every other sentence of a language, however few passages of
a text have it."""

SENTENCE: Final = " . "
"""What stands between the roots of two sentences."""

_SHORTEST: Final = 3
"""Letters that a root has at least."""

_KNOWN: Final = 8_192
"""Words of which the root is kept at hand: a book has hundreds of thousands, and few different."""

# What a question is made of beside its subject; texts have these words too, and they tell nothing.
_ASKING: Final = listed("""
explica explicame explicar explicas explicarme define definir describe describir significa
significan ejemplo ejemplos llama llaman puede pueden puedes podria podrias debe deben hace hacen
hacer ocurre ocurren pasa pasan sucede tipo tipos forma formas parte partes cosa cosas vez veces
dice dicen texto libro capitulo pregunta respuesta mejor gracias hola existe existen tiene tienen
sirve sirven utiliza usa usan llamado llamada llamados llamadas cuales xq pq tb
explain define describe mean means example examples happen happens kind kinds type types called
thing things text book chapter question answer better thanks hello used use
""")
_STOPPED: Final = STOP_WORDS | _ASKING

# The commonest verbs, nouns and adverbs: in a small text some are rare by chance.
_LIGHT: Final = listed("""
dar da dan dio daba dado decir dijo dicho ir iba ver ve visto saber sabe saben sabia poder puedo
pudo podia querer quiere llegar llega llegan llego pasar paso deber poner pone ponen puso puesto
parecer parece quedar queda quedan quedo creer cree hablar habla llevar lleva llevan llevo dejar
deja dejan dejo seguir sigue sigo siguen siguio encontrar encuentra encontro venir viene vienen vino
pensar piensa salir sale salen salio salieron volver vuelve vuelven volvio tomar toma conocer conoce
vivir vive viven sentir siente tratar trata mirar mira contar cuenta cuento empezar empieza esperar
espera buscar busca entrar entra trabajar trabajo escribir perder pierde producir produce entender
entiende pedir pide recibir recibe recordar recuerda terminar termina permitir permite aparecer
aparece conseguir consigue comenzar comienza sacar saca necesitar necesita mantener mantiene
resultar resulta caer cae cambiar cambia cambiado presentar presenta crear crea abrir abre
considerar considera acabar acaba convertir convierte ganar gana traer trae morir muere murio
aceptar realizar realiza suponer comprender lograr logra tocar toca estudiar descubrir descubrio
levantar intentar usar utilizar gustar jugar andar valer haber tener ser estar bajar baja subir sube
mover mueve montar meter metido tardar tarda durar dura echar haya hubo hubiera tengo hacia hizo
tiempo ano anos dia dias manera modo hombre hombres mujer mujeres persona personas gente vida mundo
lugar sitio punto momento hora horas medio lado nombre numero grupo mano caso hecho rato verdad
razon historia idea final principio primero primera primeros primeras primer segundo ultimo ultima
dos tres cuatro cinco diez mil grande gran grandes pequeno mayor menor peor nuevo nueva viejo bueno
buena malo mal mismo misma propio solo sola largo corto alto bajo cierto ciertos posible general
especial unico nadie alguien ningun ninguno ninguna cualquier cualquiera todavia ahora luego siempre
nunca casi dentro fuera encima debajo cerca lejos delante detras alrededor junto juntos atras ademas
pronto tarde temprano apenas demasiado bastante tantos tantas tanta aquel aquella aquellos aquellas
aquello
time year day way man world life hand part place case point number people person first last new good
great old big small long right go goes went come came take took get got give gave make made see saw
think look find found ask work seem feel try leave left call keep let begin show hear play run move
live believe bring write sit stand lose pay meet happened two three many much
""")

# Endings that words of one family differ by, in the singular; a word loses the longest it has.
_ENDINGS: Final = listed("""
amiento imiento acion icion ucion cion sion adora ador idor ante ancia encia idad able ible ista
ismo ico ica etico etica itico itica esis isis oso osa ivo iva mente ando iendo yendo ado ada ido
ida aron ieron aban aba ian ia arse erse irse aria eria iria ara era aran eran amo emo imo izar iza
izan ar er ir an en a e o ation ing ed ly ment
""")
_LONGEST_ENDING: Final = max(map(len, _ENDINGS))
_PLURAL: Final = re.compile("[dlnrj]es$")
_MUTE: Final = re.compile("(?<!c)h")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?;])\s+|\n+")


@lru_cache(maxsize=_KNOWN)
def root(word: str) -> str:
    """Return what a folded word shares with those of its family, as far as endings tell.

    "volcanes" and "volcánico" have one, "fotosíntesis" and "fotosintético" too.
    """
    word, ending = _divided(_singular(word), _SHORTEST)
    if ending in {"ico", "ica"}:  # of "volcán", which has lost an ending too
        word, _ = _divided(word, _SHORTEST + 1)
    if len(word) > _SHORTEST and word[-1] in "aeo":
        word = word[:-1]
    if word.endswith("z"):
        word = word[:-1] + "c"
    return _MUTE.sub("", word).replace("v", "b") or word


def _divided(word: str, shortest: int) -> tuple[str, str]:
    """Return the word without its longest ending, and that; at least so many letters are left."""
    for length in range(min(_LONGEST_ENDING, len(word) - _SHORTEST), 0, -1):
        kept, ending = word[:-length], word[-length:]
        if ending in _ENDINGS and len(kept) >= (shortest if length > 1 else _SHORTEST):
            return kept, ending
    return word, ""


def _singular(word: str) -> str:
    if len(word) <= _SHORTEST or not word.endswith("s") or word.endswith(("sis", "ss")):
        return word
    if word.endswith("ces"):
        return f"{word[:-3]}z"
    return word[:-2] if _PLURAL.search(word) else word[:-1]


def of_heading(heading: tuple[str, ...]) -> str:
    """Return the roots of the headings above a passage, divided by spaces."""
    return " ".join(_roots(" ".join(heading)))


def of_passage(words: str) -> str:
    """Return the roots of a passage, divided by spaces, its sentences by `SENTENCE`."""
    sentences = (" ".join(_roots(each)) for each in _SENTENCE_END.split(words))
    return SENTENCE.join(filter(None, sentences))


def _roots(text: str) -> list[str]:
    return [root(word) for word in all_words(text) if word not in STOP_WORDS]


def of_question(text: str) -> dict[str, float]:
    """Return the roots of a question's own words, and how much each tells: 1, or `LIGHT`."""
    told: dict[str, float] = {}
    for word in all_words(text):
        if word not in _STOPPED and (len(word) > 1 or word.isdecimal()):
            tells = LIGHT if word in _LIGHT else 1.0
            told[root(word)] = max(tells, told.get(root(word), 0.0))
    return told
