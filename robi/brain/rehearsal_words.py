"""What the rehearsal understands: plain patterns over what a person wrote, Spanish and English.

Owns the topics and how they are told. Pure, and no more than it takes to show a conversation:
what no pattern knows is `Topic.OTHER`, and the rehearsal says honestly that it did not understand.
"""

import re
from enum import Enum, auto
from typing import Final

from robi.brain.rehearsal_body import gestures_in
from robi.errors import Language

_I: Final = re.IGNORECASE


class Topic(Enum):
    """What an utterance is about, as far as the rehearsal can tell."""

    FORGET_NAME = auto()
    NAME = auto()
    FILM = auto()
    LOOK = auto()
    RECALL = auto()
    AFFECTION = auto()
    DISLIKE = auto()
    LIKE = auto()
    BODY = auto()
    FEELING = auto()
    TIME = auto()
    DATE = auto()
    HELP = auto()
    REHEARSING = auto()
    MACHINE = auto()
    HEARING = auto()
    TONGUES = auto()
    WHO = auto()
    THANKS = auto()
    BYE = auto()
    HELLO = auto()
    ASSENT = auto()
    REFUSAL = auto()
    OTHER = auto()


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), _I)


_DISLIKES: Final = _any(
    r"\bno me (?:gustan?|encantan?)\b", r"\bodio\b", r"\bi (?:don't|do not) (?:like|love|enjoy)\b",
    r"\bi hate\b",
)  # fmt: skip
_EARLY: Final = {
    Topic.FORGET_NAME: _any(
        r"(?<!\bno )(?<!\bno te )(?<!\bnunca )\b(?:olvid|borr|elimin)(?:a|ar|es)(?:te)?"
        r"(?: de| lo de| que)*(?: mi nombre| c[oó]mo me llamo| me llamo)\b(?! y\b)",
        r"(?<!n['\u2019]t )(?<!\bnot )(?<!\bnever )(?<!\bdid you )(?<!\bi )"
        r"\b(?:forget|delete|erase|remove)"
        r"(?: about| that| what)?(?: my name| i(?:['\u2019]m| am) called)\b(?! and\b)",
    ),
    Topic.NAME: _any(
        r"\bc[oó]mo me llamo\b", r"\bmi nombre\b.*\?", r"\b(?:sabes|dime) qui[eé]n soy\b",
        r"^\W*qui[eé]n soy(?: yo)?\W*$",
        r"\bme conoces\b", r"\bdo you know me\b", r"\bwho (?:am i|i am)\b",
        r"\b(?:what(?:'s| is|\u2019s)|know|remember|say) my name\b",
    ),
    Topic.FILM: _any(
        r"\bgr[aá]ba(?:me|r|lo)?\b", r"\b(?:haz|toma)\w* (?:un )?v[ií]deo",
        r"\b(?:record|film) (?:a|this|me|it|us)\b", r"\b(?:take|make|shoot) a (?:video|film)\b",
    ),
    Topic.LOOK: _any(
        r"\bmira (?:esto|eso|aqu[ií]|el|la|lo|mi|este|esta|un|una|c[oó]mo|por|qu[eé])\b",
        r"^\W*mira(?:lo|la)?\W*$", r"\bm[ií]rame\b", r"\bqu[eé] ves\b", r"\bme ves\b",
        r"\bpuedes ver\b", r"\b(?:haz|toma|saca)\w* (?:una )?foto", r"\bqu[eé] es esto\b",
        r"\blook at\b", r"\b(?:have|take) a look\b", r"^\W*look\W*$",
        r"\bwhat (?:do|can) you see\b", r"\bcan you see\b", r"\bwhat is this\b",
        r"\btake (?:a|my) (?:photo|picture)\b",
    ),
    Topic.RECALL: _any(
        r"\bqu[eé] (?:cosas )?(?:es lo que )?(?:m[aá]s )?me (?:gusta|encanta)",
        r"\bqu[eé] (?:recuerdas|sabes) (?:de|sobre) m[ií]\b", r"\bte acuerdas\b", r"\brecuerdas\b",
        r"\bwhat (?:do |did )?i (?:\w+ )?(?:like|love)\b", r"\bdo you (?:remember|recall)\b",
        r"\bwhat do you (?:remember|recall|know about me)\b",
    ),
    Topic.AFFECTION: _any(
        r"\bte (?:quiero|amo)\b", r"\bme gustas\b", r"\bi (?:love|like) you\b"
    ),
    Topic.DISLIKE: _DISLIKES,
}  # fmt: skip
_LATE: Final = {
    Topic.FEELING: _any(
        r"\b(?:c[oó]mo|qu[eé] tal) (?:est[aá]s|te sientes|te encuentras|andas|vas)\b",
        r"\bqu[eé] tal\W*$", r"\best[aá]s (?:cansad[oa]|bien)\b", r"\bbater[ií]a\b",
        r"\bhow(?: are|'re) you\b", r"\bhow do you feel\b", r"\bhow(?: is|'s) it going\b",
        r"\bare you (?:tired|ok|okay|well|all right)\b", r"\bbattery\b",
    ),
    Topic.TIME: _any(r"\bqu[eé] hora\b", r"\bwhat time\b", r"\bwhat(?:'s| is) the time\b"),
    Topic.DATE: _any(
        r"\bqu[eé] d[ií]a (?:es|estamos)\b", r"\ba qu[eé] (?:d[ií]a )?estamos\b",
        r"\bqu[eé] fecha\b", r"\b(?:what|which) day\b.*\b(?:is|today)\b",
        r"\b(?:today['\u2019]s|the) date\b",
    ),
    Topic.HELP: _any(
        r"\bqu[eé] (?:m[aá]s )?(?:sabes|puedes) (?:hacer|decir)\b", r"^\W*ayuda(?:me)?\W*$",
        r"^\W*ay[uú]dame\W*$", r"\bqu[eé] (?:te )?puedo (?:preguntar|pedir|decir|hacer)",
        r"\bwhat (?:else )?can (?:you do|i (?:ask|say|do))\b", r"^\W*help(?: me)?\W*$",
        r"\bhow does this work\b", r"\bc[oó]mo funciona(?:s)?\b",
    ),
    Topic.REHEARSING: _any(
        r"\bensay(?:o|as|ando|ar)\b", r"\brehears(?:e|al|ing)\b", r"\bno (?:me )?entiendes\b",
        r"\b(?:don['\u2019]?t|do not|can['\u2019]?t) (?:you )?understand\b",
        r"\bsin (?:un )?modelo\b", r"\bwithout a model\b",
        r"\b(?:qu[eé] modelo|what model|which model|chat ?gpt|gemini)\b",
    ),
    Topic.MACHINE: _any(
        r"\beres (?:de verdad|real|un[ao]? (?:robot|m[aá]quina|ia|humano|persona|inteligencia))",
        r"\beres (?:humano|inteligente|una? ?i\.?a\.?)\b", r"\btienes (?:sentimientos|cerebro)\b",
        r"\bare you (?:real|human|alive|intelligent)\b",
        r"\bare you an? (?:robot|machine|ai|a\.i|human|person|bot)\b",
        r"\bqui[eé]n te (?:ha )?(?:hecho|hizo|cre[oóa]|creado|program)", r"\bde d[oó]nde eres\b",
        r"\bwho (?:made|built|created|programmed) you\b", r"\bwhere (?:are you|do you come) from\b",
        r"\bcu[aá]ntos a[nñ]os tienes\b", r"\bqu[eé] edad tienes\b", r"\bhow old are you\b",
    ),
    Topic.HEARING: _any(
        r"\bme (?:oyes|escuchas)\b", r"\bpuedes (?:o[ií]r|escuchar)",
        r"\b(?:can|do) you (?:hear|listen)\b",
    ),
    Topic.TONGUES: _any(
        r"\b(?:hablas|sabes|entiendes) (?:ingl[eé]s|espa[nñ]ol|castellano)\b",
        r"\bqu[eé] idiomas\b",
        r"\b(?:do|can) you (?:speak|understand|know) (?:spanish|english)\b",
        r"\b(?:what|which|how many) languages\b",
    ),
    Topic.WHO: _any(
        r"\bqui[eé]n eres\b", r"\bqu[eé] eres\b", r"\bc[oó]mo te llamas\b", r"\btu nombre\b",
        r"\bwho are you\b", r"\bwhat are you\W*$", r"\byour name\b",
    ),
    Topic.THANKS: _any(r"\bgracias\b", r"\bthank(?:s| you)\b"),
    Topic.BYE: _any(
        r"\badi[oó]s\b", r"\bhasta (?:luego|ma[nñ]ana|pronto|otra|la vista)\b", r"\bchao\b",
        r"\bbuenas noches\b", r"\bgood ?bye\b", r"\bbye\b", r"\bsee you\b", r"\bgood night\b",
    ),
    Topic.HELLO: _any(
        r"\bhola\b", r"\bbuen(?:os|as) (?:d[ií]as|tardes)\b", r"^\W*buenas\W*$", r"\bsaludos\b",
        r"\bhello\b", r"\bhi\b", r"\bhey\b", r"\bgood (?:morning|afternoon|evening)\b",
    ),
    Topic.ASSENT: _any(
        r"^\W*(?:s[ií]|vale|ok(?:ay)?|de acuerdo|claro|bien|genial|perfecto|yes|yeah|sure|all right"
        r"|great|good|nice|cool|wow)(?: (?:robi|claro|please|por favor))?\W*$",
    ),
    Topic.REFUSAL: _any(r"^\W*(?:no|nada|nope|nothing|no thanks|d[eé]jalo|never ?mind)\W*$"),
}  # fmt: skip

_LIKES: Final = re.compile(
    r"\b(?:me (?:gustan?|encantan?|apasionan?)|adoro"
    r"|i (?:really |also |just )*(?:like|love|enjoy|adore))\s+"
    r"(?:mucho |much[ií]simo |m[aá]s )?(?P<what>[^.,;:!?¡¿\[\]\n]+)",
    _I,
)
_ENDS: Final = re.compile(
    r"\s+(?:pero|aunque|porque|y (?:a )?t[uú]|mucho|but|because|and you|very much|a lot|so much"
    r"|y (?:me|no|mi|soy|vivo|tengo|trabajo)|and (?:i|my|i['\u2019]\w+))\b",
    _I,
)
_MAX_WHAT: Final = 80


def topic_of(text: str) -> Topic:
    """Return what `text` is about: the first that fits, the particular before the usual."""
    for topic, pattern in _EARLY.items():
        if pattern.search(text):
            return topic
    if like_in(text) is not None:
        return Topic.LIKE
    if any(True for _ in gestures_in(text)):
        return Topic.BODY
    return next((topic for topic, pattern in _LATE.items() if pattern.search(text)), Topic.OTHER)


def like_in(text: str) -> str | None:
    """Return what the person likes, in their own words ("el té", "to dance"), or None."""
    match = like_told(text)
    return None if match is None else ended(match["what"]) or None


def like_told(text: str) -> re.Match[str] | None:
    """Return where the person tells that they like something (`what`), if they do."""
    if text.rstrip().endswith("?") or _DISLIKES.search(text):
        return None
    return _LIKES.search(text)


def ended(what: str) -> str:
    """Return the beginning of `what`, up to where the person goes on to something else."""
    return _ENDS.split(what, maxsplit=1)[0].strip()[:_MAX_WHAT].rstrip()


def asks_tastes(text: str) -> bool:
    """Tell whether a question is about what someone likes."""
    return re.search(r"\b(?:gust|encant)an?\b|\b(?:like|love)\b", text, _I) is not None


def language_of(text: str, default: Language) -> Language:
    """Return the language that `text` is written in; `default` where its words do not tell."""
    if re.search(r"[¿¡ñ]", text):
        return "es"
    words = re.findall(r"[^\W\d_]+(?:'[a-z]+)?", text.lower())
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if spanish == english:
        return default
    return "es" if spanish > english else "en"


_TELL_SPANISH: Final = """
    acuerdo adelante adiós ahora apaga atrás avanza avísame ayuda azul baila bien borra buenas
    buenos como con cumpleaños cuándo cuánta cuántas cuánto cuántos cuéntame cómo de del derecha
    despiértame dime dónde el en enciende eres es eso esto estoy está estás foto gato gira gracias
    guardes gusta gustan hacer haz hola hora hoy izquierda la las llamo lo los luz mal mañana mi
    mira muy más nombre o odio olvida olvídame para perro por puedes que quien quiero quién qué
    raíz recuerda recuerdas recuerdes recuérdame rojo sabes saluda se si soy su sí te tengo trabajo
    tu un una verde vivo vídeo y
"""
_TELL_ENGLISH: Final = """
    about am an and are at back birthday blue bye can cat could dance did do does dog don't evening
    everything feel for forget forward go good green half hate have he hello hey hi how i i'm in is
    it keep know left light lights like live look love morning move my name night now of on or
    photo picture please really red remember remind right set she take tell thank thanks that the
    this time timer times to today turn video wake wave what what's when where who why with work
    yes you your
"""
_SPANISH: Final = frozenset(_TELL_SPANISH.split())
_ENGLISH: Final = frozenset(_TELL_ENGLISH.split())
COMMON_WORDS: Final = _SPANISH | _ENGLISH
"""Words that tell a language: none of them is a name."""
