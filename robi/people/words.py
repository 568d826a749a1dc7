"""Words as they are compared: without accents, case and the words that say nothing.

Owns the stop words of Spanish and English. What a memory says and what a person says meet here: a
store indexes and searches by the same folding (SQLite's `unicode61 remove_diacritics 2`).
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

SHORTEST_STEM: Final = 3
"""Letters that a stem has at least: shorter ones begin too many other words."""

_WORD: Final = re.compile(r"[^\W_]+")
_TEA: Final = re.compile(r"\bt(?:é\b|e\u0301)", re.IGNORECASE)
"""What Spaniards drink is but for its accent the commonest of pronouns."""


def listed(words: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(words.split())


_SPANISH: Final = listed("""
a al algo algun alguna algunas alguno algunos ante antes aqui asi aun aunque bajo bien cada como
con contra cual cuales cuando cuanto cuanta cuantos cuantas de del desde despues donde durante
e el ella ellas ello ellos en entonces entre era eran eres es esa esas ese eso esos esta estaba
estabas estamos estan estar estas este esto estos estoy estuve fue fueron fui ha habia han has
hasta hay he hemos hoy la las le les lo los mas me mi mia mias mientras mio mios mis mucha muchas
mucho muchos muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro
otros para pero poco por porque pues que quien quienes se sea segun ser si sido siempre sin sino
sobre sois somos son soy su sus suya suyas suyo suyos tal tambien tampoco tan tanto te todo todos
toda todas tu tus tuya tuyo un una unas uno unos usted ustedes va vale vosotros voy y ya yo
""")
_ENGLISH: Final = listed("""
a about after again all also am an and any are aren as at be because been before being both but by
can cannot could couldn d did didn do does doesn doing don down each for from had hadn has hasn
have haven having he her here hers herself him himself his how i if in into is isn it its itself
just ll m me more most my myself no nor not now of off on once only or other our ours out over own
re really s same she should shouldn so some such t than that the their theirs them then there
these they this those through to too under until up us ve very was wasn we were weren what when
where which while who whom why will with won would wouldn you your yours yourself
""")
# What a question about memories is made of; the memories themselves do not say it.
_ASKING: Final = listed("""
acuerdas recuerdas recuerda acordarte sabes sabias dime cuentame oye robi remember recall know
tell hey please favor
""")
STOP_WORDS: Final = _SPANISH | _ENGLISH | _ASKING

# What of a memory is its grammar: the person said it otherwise ("vivo en Lugo", "vive en Lugo").
_GRAMMAR: Final = listed("""
gusta gustan gustaba encanta encantan adora adoro odia odio prefiere prefiero quiere quiero vive
vivo vivia mudado mudo llama llaman llamo llamada trabaja trabajo tiene tengo cumple cumplo dice
digo dijo cuenta juega juego nombre like likes liked love loves loved hate hates enjoy enjoys
prefer prefers want wants live lives lived moved works work named called call name says said told
plays play turns
""")


def fold(text: str) -> str:
    """Return `text` in lower case, without accents; what is equal folded reads the same."""
    if text.isascii():
        return text.lower()
    # Twice, for taking letters apart may uncover capitals, and lower case may be composed.
    return _bare(_bare(text).casefold())


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if not unicodedata.combining(char))


def all_words(text: str) -> list[str]:
    """Return every word and number of `text`, folded, in order."""
    return _WORD.findall(fold(text))


def terms(text: str) -> tuple[str, ...]:
    """Return the words that say something: folded, each once, in order.

    Numbers stay, of one digit too ("tiene 2 hijos"); single letters go. May well be empty.
    """
    words = all_words(text)
    if "te" in words and _TEA.search(text):
        return tuple(dict.fromkeys(w for w in words if _says_something(w) or w == "te"))
    return tuple(dict.fromkeys(word for word in words if _says_something(word)))


def gist(text: str) -> tuple[str, ...]:
    """Return the terms without the verbs that change with who speaks, or all if none is left.

    "Vive en Lugo" and "vivo en Lugo" have one gist; it finds where a memory came from.
    """
    said = terms(text)
    return tuple(term for term in said if term not in _GRAMMAR) or said


def stem(term: str) -> str:
    """Return the beginning of `term` that its singular and its plural share.

    It is a prefix, so that an index finds both by it: "colores", "coche", "stories", "boxes".
    """
    kept = term
    for ending in ("s", "e", "iy"):
        if len(kept) > SHORTEST_STEM and kept[-1] in ending and not kept.endswith("ss"):
            kept = kept[:-1]
    return kept


def stems(said: Iterable[str]) -> frozenset[str]:
    """Return the stems of some terms."""
    return frozenset(map(stem, said))


class Gists:
    """What some memories say, to find it in other texts.

    A text says it if it has every word of the gist, in singular or plural. A memory without any
    word of its own is found nowhere. Owns a table from one word of each gist, since thousands of
    memories may be sought in thousands of rows.
    """

    def __init__(self, contents: Iterable[str]) -> None:
        self._by_word: dict[str, list[frozenset[str]]] = {}
        for content in contents:
            if wanted := stems(gist(content)):
                self._by_word.setdefault(max(wanted, key=len), []).append(wanted)

    def are_in(self, text: str) -> bool:
        """Return whether the text says what any of the memories says."""
        said = stems(terms(text))
        return any(wanted <= said for word in said for wanted in self._by_word.get(word, ()))


def _says_something(word: str) -> bool:
    return word not in STOP_WORDS and (len(word) > 1 or word.isdecimal())
