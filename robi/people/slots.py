"""What there is only one of: where somebody lives, how old they are, whether they like chess.

Owns the slots, and reads them off a sentence as models and people write them, in Spanish and in
English, in the third person and in the first. The new takes the place of the old in its slot
(`robi.people.reconciliation`). What is read is one table, so this is one file.

A wrong slot loses something and a missing one loses nothing: a sentence that is not sure to fill
one fills none. The names of an only mother share a slot; those of daughters, friends and dogs have
one each, since there may be several.
"""

import re
from collections.abc import Callable
from typing import Final

from attrs import frozen

from robi.people.words import all_words, listed, stem

MAX_SLOT: Final = 60

_LOOKED_AT: Final = 400
"""Characters that are looked at: a memory has at most 300, and a slot far fewer."""

_MAX_NAME: Final = 2
"""Words of a name that stands before a verb."""

_MAX_OBJECT: Final = 6
"""Words of something liked; more are a story."""


@frozen
class Filled:
    """A slot and what fills it, as sets of stems; `negated` if that is what is not so any more."""

    subject: str
    slot: str
    value: frozenset[str]
    negated: bool = False


# ── whom it is about ──────────────────────────────────────────────────────────────────────

# Of these one has one; English, so that both languages meet.
_ONLY: Final = {
    "madre": "mother", "mama": "mother", "mum": "mother", "mom": "mother", "mother": "mother",
    "padre": "father", "papa": "father", "dad": "father", "father": "father",
    "marido": "husband", "esposo": "husband", "husband": "husband",
    "mujer": "wife", "esposa": "wife", "wife": "wife",
    "pareja": "partner", "partner": "partner", "novio": "boyfriend", "boyfriend": "boyfriend",
    "novia": "girlfriend", "girlfriend": "girlfriend",
    "jefe": "boss", "jefa": "boss", "boss": "boss",
}  # fmt: skip
_SEVERAL: Final = {
    "hija": "daughter", "daughter": "daughter", "hijo": "son", "son": "son",
    "hermana": "sister", "sister": "sister", "hermano": "brother", "brother": "brother",
    "abuela": "grandmother", "grandmother": "grandmother", "grandma": "grandmother",
    "abuelo": "grandfather", "grandfather": "grandfather", "grandpa": "grandfather",
    "nieta": "granddaughter", "granddaughter": "granddaughter",
    "nieto": "grandson", "grandson": "grandson", "tia": "aunt", "aunt": "aunt",
    "tio": "uncle", "uncle": "uncle", "prima": "cousin", "primo": "cousin", "cousin": "cousin",
    "sobrina": "niece", "niece": "niece", "sobrino": "nephew", "nephew": "nephew",
    "amiga": "friend", "amigo": "friend", "friend": "friend", "vecina": "neighbour",
    "vecino": "neighbour", "neighbour": "neighbour", "neighbor": "neighbour",
    "perro": "dog", "perra": "dog", "dog": "dog", "gato": "cat", "gata": "cat", "cat": "cat",
    "bebe": "baby", "baby": "baby", "profesor": "teacher", "profesora": "teacher",
    "teacher": "teacher", "mascota": "pet", "pet": "pet",
}  # fmt: skip
_RELATIONS: Final = {**_ONLY, **_SEVERAL}
_WHOSE: Final = frozenset(["su", "mi", "nuestro", "nuestra", "his", "her", "their", "my", "our"])
_HAVING: Final = re.compile(r"(?:tiene|tengo) una?|(?:has|have) an?|i have an?")
_ONESELF: Final = listed("la el the a persona usuario usuaria user person ella he she they yo i")
_ADVERBS: Final = listed("""
s ahora actualmente ya hoy ayer antes tambien siempre todavia aun ahi now currently today
yesterday also still always really just recently finally
""")


def normal_subject(text: str) -> str:
    """Return whom a model says that a memory is about, as `slot_of` would say it."""
    words = [word for word in all_words(text[:_LOOKED_AT]) if word not in _WHOSE and word != "s"]
    if all(word in _ONESELF for word in words):
        return ""
    return " ".join(_RELATIONS.get(word, word) for word in words)[:MAX_SLOT].rstrip()


def _subject(words: list[str], capital: list[bool], name: str) -> str | None:
    """Return whom the words before the verb are about; None if that is not sure."""
    named = [(w, c) for w, c in zip(words, capital, strict=True) if w not in _ADVERBS]
    if named and named[0][0] == "a":  # "a Eva le gusta…"
        named.pop(0)
    words = [word for word, _ in named]
    if all(word in _ONESELF for word in words):
        return ""
    having = _HAVING.match(" ".join(words))
    if having is not None and words[-1] == "que":  # "tiene una hija que se llama…"
        named.pop()
    start = having.group().count(" ") + 1 if having is not None else int(words[0] in _WHOSE)
    if start:
        return _relation(named[start:])
    if len(words) > _MAX_NAME or not all(is_capital for _, is_capital in named):
        return None
    called = " ".join(words)
    return "" if called in {name, name.partition(" ")[0]} else called


def _relation(named: list[tuple[str, bool]]) -> str | None:
    """Return whose mother, which daughter: "mother", "daughter eva"."""
    if not named or not all(capital for _, capital in named[1:]):
        return None
    word, *called = [word for word, _ in named]
    return " ".join([_RELATIONS[word], *called]) if word in _RELATIONS else None


# ── what fills which slot ─────────────────────────────────────────────────────────────────

_NO_PLACE: Final = (
    r"(?!(?:una?|an?|casa|home|su|mi|his|her|their|my|the|el (?:centro|campo|pueblo)"
    r"|la (?:calle|avenida|playa|montana|ciudad))\b)"
)
_TENS: Final = (
    "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte treinta "
    "cuarenta cincuenta sesenta setenta ochenta noventa cien uno un dos tres cuatro cinco seis "
    r"siete ocho nueve veinti\w+ one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty "
    "seventy eighty ninety"
).replace(" ", "|")
_AGE: Final = rf"(?P<value>\d{{1,3}}|(?:{_TENS})(?: (?:y )?(?:{_TENS}))?)"
_NOT: Final = r"(?P<not>(?:ya )?no )?"
_NEVER: Final = r"(?P<not>no longer |does not |doesn t |do not |don t |never )?"
_LIKING: Final = r"(?:gustan?|encantan?|apasionan?|entusiasman?|chiflan?|agradan?|mola|molan)"
_DISLIKING: Final = r"(?:disgustan?|repugnan?|horrorizan?|desagradan?)"
_VERY: Final = r"(?:(?:mucho|muchisimo|bastante|nada|tanto|mas|really|so) )?"
_THING: Final = r"(?P<thing>\w+(?: \w+)?)"
_BEST: Final = r"(?:favorit|preferid)[oa]s?"
_DIET: Final = r"(?P<value>vegetarian|vegan|omnivor|pescetarian|pescatarian|flexitarian)"


def _patterns(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


_SLOTS: Final[dict[str, tuple[re.Pattern[str], ...]]] = {
    "home": _patterns(
        rf"{_NOT}(?:vive|vivo|reside|resido) (?:ahora |actualmente )?en {_NO_PLACE}(?P<value>.+)",
        rf"(?P<not>)(?:se (?:ha mudado|mudo)|me (?:he mudado|mude)) a {_NO_PLACE}(?P<value>.+)",
        rf"{_NEVER}(?:lives?|resides?) (?:now )?in {_NO_PLACE}(?P<value>.+)",
        rf"(?P<not>)(?:is|am|m|s) (?:now )?living in {_NO_PLACE}(?P<value>.+)",
        rf"(?P<not>)(?:has |have |ve |s )?(?:just |recently )?moved to {_NO_PLACE}(?P<value>.+)",
    ),
    "work": _patterns(
        rf"{_NOT}trabaj[ao] (?:ahora )?(?:de|como) (?:una? )?(?P<value>.+)",
        rf"{_NEVER}works? (?:now )?as (?:an? )?(?P<value>.+)",
        r"(?P<not>)(?:esta|estoy|is|am|m|se ha|me he|has|have) "
        r"(?P<value>jubilad[oa]|retired|en (?:el )?paro|unemployed|desemplead[oa])",
    ),
    "workplace": _patterns(
        rf"{_NOT}trabaj[ao] (?:ahora )?(?:en|para) (?!casa|remoto|una? )(?P<value>.+)",
        rf"{_NEVER}works? (?:now )?(?:at|for|in) (?!home|an? )(?P<value>.+)",
    ),
    "age": _patterns(
        rf"(?P<not>)(?:tiene|tengo|ha cumplido|he cumplido|cumplio) (?:ya )?{_AGE} anos(?! de )",
        rf"(?P<not>)(?:is|am|m|turned) (?:now )?{_AGE}(?:$| years old| now$)",
    ),
    "birthday": _patterns(
        r"(?P<not>)(?:su |mi )?cumpleanos es (?:el )?(?P<value>.+)",
        r"(?P<not>)cumpl[eo] (?:los )?anos (?:el )?(?P<value>.+)",
        r"(?P<not>)(?:nacio|naci) el (?P<value>.+)",
        r"(?P<not>)(?:his |her |their |my )?birthday is (?:on )?(?:the )?(?P<value>.+)",
        r"(?P<not>)was born on (?:the )?(?P<value>.+)",
    ),
    "diet": _patterns(
        rf"{_NOT}(?:es|soy|se ha hecho|me he hecho|se ha vuelto) {_DIET}",
        rf"(?P<not>)(?:is|am|m|became|has become) (?:now )?(?:an? )?{_DIET}",
        rf"(?P<not>is no longer|am no longer|is not|isn t|am not|m not) (?:an? )?{_DIET}",
    ),
    "like": _patterns(
        rf"{_NOT}(?:le|me) (?P<verb>{_LIKING}|{_DISLIKING}) {_VERY}(?P<value>.+)",
        rf"{_NOT}(?P<verb>odi[ao]|detest[ao]|ador[ao]|soport[ao]|aguant[ao]"
        rf"|disfrut[ao] (?:de|con)) {_VERY}(?P<value>.+)",
        rf"{_NOT}(?P<verb>(?:es|soy) (?:muy )?fan) de(?P<value> .+)",
        rf"(?P<not>antes) (?:le|me) (?P<verb>gustaban?|encantaban?) {_VERY}(?P<value>.+)",
        rf"{_NEVER}(?:really |also |now |still )?"
        rf"(?P<verb>likes?|loves?|enjoys?|adores?|hates?|dislikes?|detests?) {_VERY}(?P<value>.+)",
        r"(?P<not>used to) (?P<verb>like|love|enjoy) (?P<value>.+)",
        r"(?P<not>can t|cannot) (?P<verb>stand) (?P<value>.+)",
        r"(?P<not>(?:is no longer|isn t|is not|m not|am not) )?(?:(?:is|m|am) )?"
        r"(?P<verb>a (?:big )?fan) of (?P<value>.+)",
    ),
    "favourite": _patterns(
        rf"(?P<not>)(?:su |mi |el |la ){_THING} {_BEST}(?: de (?P<whose>\w+(?: \w+)?))? (?:es|son) "
        r"(?P<value>.+)",
        rf"(?P<not>)(?:his |her |their |my )?favou?rite {_THING} (?:is|are) (?P<value>.+)",
    ),
    "name": _patterns(
        r"(?P<not>)(?:se llaman?|me llamo|llamad[oa]) (?P<value>.+)",
        r"(?P<not>)(?:(?:is|s|was|am|m) )?(?:called|named) (?P<value>.+)",
        r"(?P<not>)(?:(?:su|mi) )?nombre es (?P<value>.+)",
        r"(?P<not>)(?:(?:his|her|their|my) )?name (?:is|s) (?P<value>.+)",
    ),
}  # fmt: skip
# The other way round: "blue is her favourite colour".
_FAVOURITE_LAST: Final = _patterns(
    rf"(?P<value>.{{1,80}}) (?:es|son) (?:su|mi) {_THING} {_BEST}$",
    rf"(?P<value>.{{1,80}}) (?:is|are) (?:his|her|their|my) favou?rite {_THING}$",
)
_BAD: Final = re.compile(rf"{_DISLIKING}|odi[ao]|detest[ao]|hates?|dislikes?|detests?")
_REST: Final = re.compile(
    r" (?:porque|pero|aunque|cuando|desde|sobre todo|especialmente|because|but|although|when|since"
    r"|especially|anymore|any more|a lot|very much|so much|too much|too|mucho|muchisimo|nada"
    r"|tambien|ahora|now)\b.*"
)
_PLAYING: Final = re.compile(r"(?:jugar (?:al?|con)|playing|to play|to|play) ")
_LITTLE: Final = listed("el la los las un una unos unas the a an al lo his her")
_COMPARING: Final = frozenset(["que", "than", "more", "mas"])
_THINGS: Final = {
    "color": "colour", "comida": "food", "plato": "dish", "pelicula": "film", "movie": "film",
    "libro": "book", "cancion": "song", "juego": "game", "numero": "number", "equipo": "team",
    "deporte": "sport", "musica": "music", "fruta": "fruit", "postre": "dessert", "dia": "day",
    "serie": "series", "bebida": "drink", "estacion": "season",
}  # fmt: skip
_SAME_SLOT: Final = {
    "residence": "home", "city": "home", "address": "home", "lives": "home", "casa": "home",
    "ciudad": "home", "domicilio": "home", "location": "home", "job": "work", "trabajo": "work",
    "profession": "work", "profesion": "work", "occupation": "work", "edad": "age",
    "cumpleanos": "birthday", "nombre": "name", "likes": "like", "dislike": "like",
    "dislikes": "like", "gusto": "like", "favorite": "favourite", "favorito": "favourite",
    "favorita": "favourite", "dieta": "diet", "escuela": "school", "colegio": "school",
    "pareja": "partner", "spouse": "partner",
}  # fmt: skip
_PLAIN: Final = frozenset(
    ["home", "work", "workplace", "school", "age", "birthday", "diet", "name", "partner"]
)
_OF_THINGS: Final = frozenset(["like", "favourite", "name"])


def slot_of(content: str, name: str = "") -> tuple[str, str] | None:
    """Return whom a sentence is about ("" for the person) and the slot that it fills; or None.

    Args:
        content: one sentence.
        name: what the person is called, so that "Ana lives in Lugo" is about the person herself.
    """
    found = filled(content, name)
    return None if found is None else (found.subject, found.slot)


def normal_slot(text: str) -> str | None:
    """Return the slot that a model means; None if it is none of which there is only one."""
    head, _, thing = text[:_LOOKED_AT].partition(":")
    words = [_SAME_SLOT.get(word, word) for word in all_words(head.replace("_", " "))]
    if not thing and len(words) > 1 and words[0] in _OF_THINGS:
        words, thing = words[:1], " ".join(words[1:])
    if len(words) != 1:
        return None
    slot, object_words = words[0], _object(all_words(thing.replace("_", " ")))
    if object_words and slot in _OF_THINGS:
        return _keyed(slot, object_words)
    return slot if slot in _PLAIN and not object_words else None


def filled(content: str, name: str = "") -> Filled | None:
    """Return the slot that a sentence fills and with what; see `slot_of`."""
    content = content[:_LOOKED_AT]
    words = all_words(content)
    capital = _capitals(words, content.split())
    sentence = " ".join(words)
    person = " ".join(all_words(name))
    for pattern in _FAVOURITE_LAST:
        if (match := pattern.match(sentence)) is not None:
            return _favourite("", match)
    offset = 0
    for place, word in enumerate(words[:_MAX_OBJECT]):
        for slot, patterns in _SLOTS.items():
            match = next(filter(None, (p.match(sentence, offset) for p in patterns)), None)
            if match is not None:
                subject = _subject(words[:place], capital[:place], person)
                if subject is None or (slot != "name" and subject in _SEVERAL.values()):
                    return None  # of two daughters each has a home
                return _MAKERS.get(slot, _plain(slot))(subject, match)
        offset += len(word) + 1
    return None


def _capitals(words: list[str], written: list[str]) -> list[bool]:
    """Return of each word whether it was written with a capital."""
    capitals = {part for text in written if text[:1].isupper() for part in all_words(text)}
    return [word in capitals for word in words]


# ── from a match to what fills ────────────────────────────────────────────────────────────

_Maker = Callable[[str, re.Match[str]], Filled | None]


def _plain(slot: str) -> _Maker:
    def make(subject: str, match: re.Match[str]) -> Filled | None:
        value = _object(_REST.sub("", match["value"]).split())
        return Filled(subject, slot, frozenset(value), bool(match["not"])) if value else None

    return make


def _like(subject: str, match: re.Match[str]) -> Filled | None:
    value = _PLAYING.sub("", _REST.sub("", match["value"]).strip(), count=1).split()
    thing = _object(value)
    if not 0 < len(thing) <= _MAX_OBJECT or not _COMPARING.isdisjoint(value):
        return None
    negated = bool(match["not"]) != bool(_BAD.fullmatch(match["verb"]))
    return Filled(subject, _keyed("like", thing), frozenset(thing), negated)


def _favourite(subject: str, match: re.Match[str]) -> Filled | None:
    thing = _object(match["thing"].split())
    value = _object(_REST.sub("", match["value"]).split())
    whose = match.groupdict().get("whose")
    if whose:
        subject = normal_subject(whose)
    return (
        Filled(subject, _keyed("favourite", thing), frozenset(value)) if thing and value else None
    )


def _name(subject: str, match: re.Match[str]) -> Filled | None:
    value = re.split(r" (?:y|que|and|who|which|tiene|has|es|is)\b", match["value"], maxsplit=1)[0]
    name = value.split()
    if not 0 < len(name) <= _MAX_OBJECT:
        return None
    only = not subject or subject in _ONLY.values()
    slot = "name" if only else _keyed("name", name)
    return Filled(subject, slot, frozenset(name))


_MAKERS: Final[dict[str, _Maker]] = {"like": _like, "favourite": _favourite, "name": _name}


def _object(words: list[str]) -> list[str]:
    """Return the stems of a thing: "the cats" and "cat" are the same."""
    return [_whole_stem(_THINGS.get(word, word)) for word in words if word not in _LITTLE]


def _whole_stem(word: str) -> str:
    """Return a stem that has itself for a stem, so that a slot is the same read twice."""
    while (shorter := stem(word)) != word:
        word = shorter
    return _THINGS.get(word, word)


def _keyed(slot: str, thing: list[str]) -> str:
    return f"{slot}:{' '.join(thing)}"[:MAX_SLOT].rstrip()
