"""E-mail and web addresses as they are dictated.

Owns what of a web address is said: its host, without `www`. The path is for machines.
"""

# ruff: noqa: E501 - tables of words; the signs meant are the ones written

import re
from typing import Final

from robi.errors import Language
from robi.speech.spoken.numerals import cardinal, digits

_TOP: Final = (
    "com|es|org|net|edu|gov|gob|info|io|dev|app|ai|tv|me|eu|uk|us|mx|ar|cl|co|pe|fr|de|it|pt|br|cat|"
    "gal|eus|ca|au|nz|ie|ch|be|nl|se|no|biz|online|shop|blog|wiki|gg|fm|ly"
)
_MAIL: Final = re.compile(r"(?:mailto:)?([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_WEB: Final = re.compile(
    r"(?:https?|ftp|wss?)://(?:[^\s/@]*@)?(?:www\.)?([\w.-]+\w)(?::\d+)?(?:[/?#][^\s<>»”\"]*[\w/=&#-]|[/?#])?"
    r"|\bwww\.([\w.-]+\w)(?:/[^\s<>»”\"]*[\w/=&-]|/)?"
    rf"|(?<![\w@.])((?:[A-Za-z][\w-]*\.)+(?:{_TOP}))(?![\w@-])(?:/[^\s<>»”\"]*[\w/=&-]|/)?"
)
_FILE: Final = re.compile(r"(?<=[^\W\d_]{2})\.(?=[a-z][a-z0-9]{0,4}\b)(?!es\b|de\b|el\b|la\b|en\b)")
_PART: Final = re.compile(r"\d+|[^\W\d]+|.", re.DOTALL)
_SIGNS: Final[dict[Language, dict[str, str]]] = {
    "es": {".": "punto", "@": "arroba", "_": "guion bajo", "-": "guion", "+": "más"},
    "en": {".": "dot", "@": "at", "_": "underscore", "-": "dash", "+": "plus"},
}
_MOST_CARDINAL: Final = 4


def addresses(text: str, language: Language | None) -> str:
    """Return `text` with its addresses dictated; in other languages web addresses are cut to hosts."""
    if "." not in text:
        return text
    text = _MAIL.sub(lambda found: _dictated(found[1], language), text)
    text = _WEB.sub(lambda found: _dictated(found[1] or found[2] or found[3], language), text)
    if language is None:
        return text
    return _FILE.sub({"es": " punto ", "en": " dot "}[language], text)


def _dictated(address: str, language: Language | None) -> str:
    if language is None:
        return address
    signs = _SIGNS[language]
    said = []
    for part in _PART.findall(address.replace("_", "\0").replace("\0", " _ ")):
        if part.isspace():
            continue
        if part.isdecimal():
            short = len(part) <= _MOST_CARDINAL and not part.startswith("0")
            said.append(cardinal(int(part), language) if short else digits(part, language))
        else:
            said.append(signs.get(part, part))
    return " ".join(said)
