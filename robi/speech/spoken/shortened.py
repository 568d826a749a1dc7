"""Abbreviations and Roman numerals, read out.

Owns the tables of both, and when a row of Roman letters is a number: after the name of a king or a
pope, a century, a part of a work, or between an article and a noun. `I`, `vi`, `MIX`, `CD` and the
sizes of clothes are words.
"""

# ruff: noqa: E501, RUF001, SIM905 - tables of words; the signs meant are the ones written

import re
from collections.abc import Mapping
from typing import Final, Literal

from robi.errors import Language
from robi.speech.spoken.genders import form_before
from robi.speech.spoken.numerals import cardinal, ordinal
from robi.speech.spoken.units import UNITS

_SPANISH: Final[Mapping[str, str]] = {
    "sr": "señor", "sra": "señora", "srta": "señorita", "sres": "señores", "sras": "señoras",
    "dr": "doctor", "dra": "doctora", "dres": "doctores", "dña": "doña", "ud": "usted",
    "uds": "ustedes", "vd": "usted", "vds": "ustedes", "etc": "etcétera", "pág": "página",
    "pag": "página", "págs": "páginas", "núm": "número", "núms": "números", "tel": "teléfono",
    "tfno": "teléfono", "teléf": "teléfono", "tlf": "teléfono", "av": "avenida",
    "avda": "avenida", "pza": "plaza", "plza": "plaza", "prof": "profesor", "profa": "profesora",
    "vol": "volumen", "cap": "capítulo", "art": "artículo", "aprox": "aproximadamente",
    "máx": "máximo", "mín": "mínimo", "fig": "figura", "ej": "ejemplo", "sto": "santo",
    "sta": "santa", "gral": "general", "ing": "ingeniero", "lic": "licenciado",
    "arq": "arquitecto", "dto": "descuento", "dcha": "derecha", "izq": "izquierda",
    "izda": "izquierda", "cía": "compañía", "admón": "administración", "vs": "versus",
    "apdo": "apartado", "depto": "departamento", "dpto": "departamento", "ctra": "carretera",
    "cda": "cucharada", "cdas": "cucharadas", "cdta": "cucharadita", "cdtas": "cucharaditas",
    "cdita": "cucharadita", "cditas": "cucharaditas", "urb": "urbanización", "gob": "gobierno", "pte": "presidente", "excmo": "excelentísimo",
}  # fmt: skip
_ENGLISH: Final[Mapping[str, str]] = {
    "mr": "Mister", "mrs": "Missus", "ms": "Miz", "dr": "Doctor", "drs": "Doctors",
    "prof": "Professor", "vs": "versus", "etc": "et cetera", "approx": "approximately",
    "jr": "Junior", "sr": "Senior", "inc": "Incorporated", "ltd": "Limited", "ave": "Avenue",
    "blvd": "Boulevard", "rd": "Road", "apt": "Apartment", "dept": "Department", "est": "estimated",
    "vol": "volume", "fig": "figure", "gen": "General", "sgt": "Sergeant", "capt": "Captain",
    "lt": "Lieutenant", "gov": "Governor", "sen": "Senator", "rev": "Reverend",
    "cf": "compare", "tel": "telephone",
    "ext": "extension", "jan": "January", "feb": "February", "aug": "August", "sept": "September",
    "oct": "October", "nov": "November", "dec": "December",
    "mt": "Mount", "ch": "chapter", "ex": "exercise", "rm": "Room",
}  # fmt: skip
_PHRASES: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {
        r"EE\.?\s?UU\.?|E\.\s?U\.\s?A?\.?": "Estados Unidos", r"JJ\.?\s?OO\.": "Juegos Olímpicos",
        r"RR\.?\s?HH\.": "recursos humanos", r"FF\.?\s?AA\.": "Fuerzas Armadas",
        r"CC\.?\s?AA\.": "comunidades autónomas", r"p\.\s?ej\.": "por ejemplo",
        r"e\.\s?g\.": "por ejemplo", r"i\.\s?e\.": "es decir", r"a\.\s?[Cc]\.": "antes de Cristo",
        r"d\.\s?[Cc]\.": "después de Cristo", r"P\.\s?D\.": "posdata", r"[cC]/(?=[A-ZÁÉÍÓÚ])": "calle ", r"[cC]/(?=\s[A-ZÁÉÍÓÚ])": "calle",
        r"n\.?[ºo°]\.?(?=\s?\d)|N\.?[º°]\.?(?=\s?\d)|nro\.(?=\s?\d)": "número",
        r"U\.\s?E\.": "Unión Europea", r"D\.(?=\s[A-ZÁÉÍÓÚ][a-záéíóú])": "don",
        r"p\.(?=\s?\d)": "página", r"pp\.(?=\s?\d)": "páginas", r"s\.(?=\s[IVXL]+\b)": "siglo",
        r"ss\.(?=\s[IVXL]+\b)": "siglos", r"[eE]j\.(?=\s?\d)": "ejercicio",
        r"y/o": "y o", r"s/n": "sin número", r"D\.\s?ª": "doña", r"M\.\s?ª": "María",
    },
    "en": {
        r"e\.\s?g\.,?": "for example", r"i\.\s?e\.,?": "that is", r"a\.k\.a\.": "also known as",
        r"U\.S\.A\.?": "U S A", r"U\.S\.?": "U S", r"U\.K\.?": "U K", r"U\.N\.?": "U N",
        r"D\.C\.": "D C", r"B\.C\.(?:E\.)?": "before Christ", r"A\.D\.": "anno Domini",
        r"P\.S\.": "postscript", r"Ph\.D\.?": "P H D", r"No\.(?=\s?\d)": "number",
        r"pp\.(?=\s?\d)": "pages", r"p\.(?=\s?\d)": "page", r"w/o\b": "without",
        r"w/(?=\s)": "with", r"and/or": "and or",
    },
}  # fmt: skip
_NUMBERED: Final = frozenset(
    "fig vol cap art apt ch ex rm ext est jan feb aug sept oct nov dec tel".split()
)
"""Also words, or their ends: abbreviations only beside a number."""
_COMMON: Final = frozenset("mr mrs ms dr dra sr sra srta prof jr etc vs".split())
"""Understood in the other language too."""
_MEASURES: Final = frozenset(
    "tbsp tsp oz lb lbs hr hrs sec secs yr yrs ft kg km cm ml gr min mins h l in".split()
)
"""Units that may have a full stop: what follows tells whether it ends the sentence too."""
_STEMS: Final = frozenset(_SPANISH) | frozenset(_ENGLISH) | _MEASURES
_SHORT: Final = re.compile(
    r"(?:EE|UU|JJ|OO|RR|HH|FF|AA|CC|p|pp|ss|ej|e|g|i|a|d|s|n|c|C|D|No|St|N|P|U|E|m|nro|Ph)\.\Z"
)
"""Words with a full stop that may be a part of a phrase; a capital may begin a name."""
_DOTTED: Final = re.compile(r"(?<!\w)[^\W\d_]{2,6}\.(?!\w)")

_PATTERNS: Final = {
    language: [
        (re.compile(rf"(?<![\w.])(?:{pattern})(?!\w)"), said) for pattern, said in rows.items()
    ]
    for language, rows in _PHRASES.items()
}
_STREET: Final = re.compile(r"(?:[A-Z]\w*|\d(?:st|nd|rd|th))\s+\Z")
_SENTENCE: Final = frozenset(
    "I It It's He She We They You The This That There A An In On At And But My Your If So When".split()
)
"""What a sentence begins with, and no saint is called."""
_NUMBER_BEFORE: Final = re.compile(r"\d\s?\Z")
_SAINT: Final = re.compile(r"\bSt\.(?!\w)(?=(\s+[A-Z][\w'’]*)?)")
_ENDS: Final = re.compile(r"\s*\Z|\s+[A-ZÁÉÍÓÚÑ¿¡]")

_KINGS: Final = frozenset("""
    Felipe Alfonso Carlos Fernando Isabel Juan Pablo Pío Benedicto León Luis Enrique Jorge Eduardo
    Guillermo Ricardo Ramiro Sancho Pedro Jaime Francisco Napoleón Nicolás Catalina Alejandro Iván
    Gregorio Clemente Inocencio Urbano Sixto Julio Adriano Ramsés Tutmosis Ptolomeo Darío Jerjes
    Gustavo Federico María Carlomagno Leopoldo Alberto Balduino Manuel Humberto Haroldo Margarita
    Cristián Calixto Celestino Bonifacio Esteban Martín Bermudo Ordoño Teobaldo Maximiliano Otón
    Louis Henry Charles George Edward William Richard James John Paul Pius Benedict Leo Francis
    Philip Ferdinand Elizabeth Mary Catherine Nicholas Alexander Peter Gregory Clement Innocent
    Urban Napoleon Frederick Wilhelm Ramses Ptolemy Darius Xerxes Gustav Christian Haakon Olaf
    Leopold Albert Baudouin Victor Umberto Harald Margrethe Ivan Otto Julius Adrian Malcolm Robert
    Elisabeth Isabella Alfonso
""".split())  # fmt: skip
_QUEENS: Final = frozenset("Isabel Elizabeth Elisabeth Catalina Catherine Mary María Margarita Margrethe Isabella".split())  # fmt: skip
_ROMAN: Final = re.compile(
    r"\b(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\w/'’-])"
)
_ROMAN_RANGE: Final = re.compile(r"(?<![\w-])([IVXLC]+)\s?[-–]\s?(?=[IVXLC]+(?![\w/'’-]))")
_NAME: Final = re.compile(r"([^\W\d_]+)\s+\Z")
_CENTURY: Final = re.compile(
    r"\b(?:siglos?|ss?\.)\s+(?:[IVXLC]+,?\s+(?:y|e|o|u|a|al|-|–)\s+(?:el\s+)?)?\Z"
)
_PART: Final = re.compile(
    r"(?i:\b(?:cap[ií]tulo|tomo|volumen|acto|parte|fase|tipo|t[ií]tulo|libro|escena|nivel|grado|anexo|"
    r"chapter|volume|part|act|phase|type|book|scene|level|war|grade|appendix|section)s?)"
    r"\s+(?:[IVXLC]+\s+(?:y|e|o|u|a|al|and|or|to)\s+)?\Z"
)
_PART_ONE: Final = re.compile(
    r"\b(?:[Cc]ap[ií]tulo|[Tt]omo|[Vv]olumen|[Aa]cto|[Pp]arte|[Ff]ase|[Tt]ipo|[Tt][ií]tulo|[Ll]ibro|"
    r"[Ee]scena|[Nn]ivel|[Aa]nexo|Chapter|Volume|Part|Act|Phase|Type|Book|Scene|Appendix|Section|War)\s+\Z"
)
"""Before `I`: English says I after these words, but not if they are written as a title."""
_ARTICLE: Final = re.compile(r"(?i:\b(?:el|la|del|al|los|las|un|una|su|nuestra?|este|esta))\s+\Z")
_NOUN: Final = re.compile(r"\s+([^\W\d_]+)")
_FIRST_CARDINAL: Final = 11
_SMALL: Final = re.compile(r"[IVX]{2,}\Z")

Reading = Literal["king", "century", "part", "noun"]


def is_abbreviation(word: str) -> bool:
    """Whether a word that ends with a full stop is one that is read otherwise."""
    stem = word.strip("¿¡(«“\"'‘»”)").rstrip(":")
    if not stem.endswith("."):
        return False
    return stem[:-1].lower() in _STEMS or _SHORT.match(stem) is not None


_OTHER_BEGINNINGS: Final = frozenset(
    """
    https www ftp wss mailto eeuu eua nro w c p pp pá n s ss i u
    mon tues wed thurs fri sat sun lun mar mié jue vie sáb dom
    """.split()
)
_BEGINNINGS: Final = frozenset(
    word[:end] for word in _STEMS | _OTHER_BEGINNINGS for end in range(1, len(word) + 1)
)
_CAPITALS: Final = re.compile(r"[A-Z]{1,3}\Z")


def may_begin(word: str) -> bool:
    """Whether `word`, which may go on, can still become something that is read otherwise.

    If a word can, all its beginnings can.
    """
    return word.lower() in _BEGINNINGS or _CAPITALS.match(word) is not None


def expand(text: str, language: Language, before: str) -> str:
    """Return `text` with its abbreviations as words. One that ends the sentence leaves its stop."""
    if "." not in text and "/" not in text and "EE" not in text and "º" not in text:
        return text
    for pattern, said in _PATTERNS[language]:
        text = pattern.sub(lambda found, said=said: _with_stop(found, said), text)  # type: ignore[misc]
    if language == "en":
        text = _SAINT.sub(lambda found: _saint(found, before), text)
    own, others = (_SPANISH, _ENGLISH) if language == "es" else (_ENGLISH, _SPANISH)

    def whole(found: re.Match[str]) -> str:
        stem = found[0][:-1].lower()
        if stem in UNITS[language] and _NUMBER_BEFORE.search(text[: found.start()]):
            return found[0]  # 500 ms.
        said = own.get(stem) or (others.get(stem) if stem in _COMMON else None)
        if said is None or (stem in _NUMBERED and not _beside_number(found)):
            return found[0]
        if found[0][0].isupper() and not found.string[: found.start()].strip("¿¡(«“\"'‘"):
            said = said if language == "es" else said[0].upper() + said[1:]
        return _with_stop(found, said)

    return _DOTTED.sub(whole, text)


def _saint(found: re.Match[str], before: str) -> str:
    """Read St. after a name as a street, unless another name follows."""
    earlier = before + found.string[: found.start()]
    name = (found[1] or "").strip().replace("’", "'")
    if _STREET.search(earlier) and (not name or name in _SENTENCE):
        return "Street" + ("." if _ENDS.match(found.string, found.end()) else "")
    return "Saint"


def _beside_number(found: re.Match[str]) -> bool:
    after = re.compile(r"\s?(?:\d|[IVX]+\b)").match(found.string, found.end())
    return after is not None or _NUMBER_BEFORE.search(found.string[: found.start()]) is not None


def _with_stop(found: re.Match[str], said: str) -> str:
    """Return `said`, with the full stop of what it stands for if that ended a sentence too."""
    if (
        found[0].endswith(".")
        and said.lower() not in _TITLES
        and _ENDS.match(found.string, found.end())
    ):
        return said + "."
    return said


_TITLES: Final = frozenset({
    "señor", "señora", "señorita", "señores", "señoras", "doctor", "doctora", "doctores", "doña",
    "don", "profesor", "profesora", "santo", "santa", "general", "ingeniero", "licenciado",
    "arquitecto", "avenida", "plaza", "número", "página", "páginas", "por ejemplo", "es decir",
    "for example", "that is", "versus", "mister", "missus", "miz", "doctors", "professor", "ave",
    "sergeant", "captain", "lieutenant", "governor", "senator", "reverend",
    "mount", "january", "february", "august", "september", "october", "november", "december",
    "number", "page", "pages", "figure", "chapter", "exercise", "room", "ejercicio", "siglos", "volume", "telephone", "extension", "compare", "u s", "u k",
    "u n", "also known as", "usted", "ustedes", "excelentísimo", "carretera",
    "urbanización", "figura", "capítulo", "volumen", "artículo", "teléfono", "calle ", "siglo",
})  # fmt: skip
"""After these a capital begins no sentence."""


def _reading(  # noqa: PLR0911 (one line a reading)
    numeral: str, before: str, after: str
) -> Reading | None:
    if _CENTURY.search(before):
        return "century"
    name = _NAME.search(before)
    if name is not None and name[1] in _KINGS:
        return "king"
    if numeral in {"I", "L", "C"}:
        return "part" if numeral == "I" and _PART_ONE.search(before) else None
    if _PART.search(before):
        return "part"
    if _ARTICLE.search(before) and _NOUN.match(after) and re.match(r"[IVX]+\Z", numeral):
        return "noun"
    if name is not None and name[1][0].isupper() and len(name[1]) > 1 and _SMALL.match(numeral):
        return "part"
    return None


def is_numeral(word: str, before: str) -> bool:
    """Whether `word` is a Roman numeral by what stands before it."""
    return _reading(word, before, "") is not None


def numerals(text: str, language: Language, before: str) -> str:
    """Return `text` with its Roman numerals as words."""

    if "-" in text or "–" in text:
        text = _ROMAN_RANGE.sub(lambda found: _range(found, language, before), text)

    def spoken(found: re.Match[str]) -> str:
        roman = found[0]
        earlier = before + text[: found.start()]
        reading = _reading(roman, earlier, text[found.end() :]) if roman else None
        if reading is None:
            return roman
        value = _value(roman)
        if reading == "part" or (
            language == "es" and value >= _FIRST_CARDINAL and reading != "noun"
        ):
            return cardinal(value, language)
        if reading == "noun":
            if language == "en":
                return cardinal(value, language)
            noun = _NOUN.match(text, found.end())
            return ordinal(value, language, form_before(noun[1] if noun else ""))
        name = _NAME.search(earlier)
        if language == "en":
            return f"the {ordinal(value, language).title()}"
        queen = reading == "king" and name is not None and name[1] in _QUEENS
        return ordinal(value, language, "feminine" if queen else "alone")

    return _ROMAN.sub(spoken, text)


def _range(found: re.Match[str], language: Language, before: str) -> str:
    if _reading(found[1], before + found.string[: found.start()], "") is None:
        return found[0]
    return found[1] + {"es": " a ", "en": " to "}[language]


def _value(roman: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in roman]
    return sum(
        -value if any(later > value for later in values[at + 1 : at + 2]) else value
        for at, value in enumerate(values)
    )
