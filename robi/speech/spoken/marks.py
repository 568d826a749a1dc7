"""Markdown, HTML, LaTeX and emoji, taken out of a phrase.

Owns what of them is words: the text of a link, the description of a picture, what is between tags
and in code stay; targets, tags, the language of a block of code and the marks themselves go. In
formulas commands become signs that `symbols` reads.
"""

# ruff: noqa: RUF001 - tables of words; the signs meant are the ones written

import html
import re
from collections.abc import Mapping
from typing import Final

from robi.speech.spoken.letters import LOOSE
from robi.speech.spoken.units import UNITS

_PICTURES: Final = (
    "\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u203c\u2049\u2139\u24c2"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
)
"""Emoji of today and of tomorrow, arrows, boxes and dingbats."""
_EMOJI: Final = re.compile(
    f"(?:[0-9#*]\ufe0f?\u20e3|[{_PICTURES}\u20e3\ufe0e\ufe0f]"
    "[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*)+"
)
_UNIT: Final = "|".join(sorted({re.escape(unit) for table in UNITS.values() for unit in table}))
_COUNTED: Final = (
    rf"(?:{_UNIT}|(?i:(?!gracias|thanks|(?:[ln]os|las|us|is|this|yes)\b)[^\W\d_]+s)"
    r"|people|children|mil|million|thousand)(?!\w)"
)
_EMOTICON: Final = re.compile(
    rf"(?<!\S)(?:[:;=]['’]?-?[)(DPp|]|<3(?![,.]\d|\s*(?:[\d€$£¥%‰°º]|{_COUNTED})))(?=[\s.,!?]|\Z)"
)
"""`<3` is a heart, but less than three before what can be counted: a unit, a plural, a number."""
_ARROW: Final = re.compile(r"\s*(?:[-=]+>|<[-=]+|[→⇒➜➔⟶➡]\ufe0f?)\s*(?=\S)")
_LOOSE: Final = re.compile(LOOSE)

_RULE: Final = re.compile(r"(?:[\s|:+*_=~—–-]*[|*_=~—–-]){2}[\s|:+*_=~—–-]*\Z")
_FENCE: Final = re.compile(r"\s*(?:`{3,}|~{3,})[\w+#.-]*\s*\Z")
_LINE_MARK: Final = re.compile(
    r"\s*(?:>+\s*|[-*+•‣◦▪·●○■□➢✓✔►▶→➜➔]\ufe0f?(?:\s+|\Z)(?:\[[ xX]\](?:\s+|\Z))?|#{1,6}(?:\s+|\Z)"
    r"|\[[ xX]\]\s+)"
)
_NUMBERED: Final = re.compile(r"(\d{1,3})[.)](?=\s|\Z)(?:\s+\[[ xX]\])?")
_DEFINITION: Final = re.compile(r"\s*\[[^\]]+\]:\s+\S+\s*\Z")

_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_BREAK: Final = re.compile(r"<(?:br|/?p|/?li|/?ul|/?ol|/?div|/?tr|/?td|/?th|hr)\b[^<>]*>")
_TAG: Final = re.compile(r"</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>")
_AUTOLINK: Final = re.compile(r"<((?:https?://|mailto:)?[^\s<>]+[@./][^\s<>]+)>")
_ENTITY: Final = re.compile(r"&(?:#\d{1,6}|#x[\da-fA-F]{1,5}|[a-zA-Z]{2,8});")

_TARGET: Final = r"\((?:[^()]|\([^()]*\))*\)"
_IMAGE: Final = re.compile(rf"!\[([^\]]*)\]{_TARGET}")
_LINK: Final = re.compile(rf"\[([^\]]*)\](?:{_TARGET}|\[[^\]]*\])")
_LOOSE_TARGET: Final = re.compile(r"\]\((?:[^()\s]|\([^()]*\))*\)")
_CUT_LINK: Final = re.compile(r"\[([^\]]*)\]\([^()\s]*\Z")
_FOOTNOTE: Final = re.compile(r"\[\^[^\]]*\]:?|\[\d{1,3}\]")

_FORMULA: Final = re.compile(
    r"\$\$(.+?)\$\$|(?<![\w$])\$((?=[^\d\s$.,][^\s$]{0,11}\$|[^$]*[=+*/\\^_<>])[^$]*?[^\s$])\$(?!\d)"
    r"|\\\((.+?)\\\)|\\\[(.+?)\\\]",
    re.DOTALL,
)
_FRACTION: Final = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT: Final = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_WRAPPED: Final = re.compile(
    r"\\(?:text|mathrm|mathbf|mathit|operatorname|boxed|vec|bar|hat)\s*\{([^{}]*)\}"
)
_POWER: Final = re.compile(r"\^\{([^{}]*)\}")
_INDEX: Final = re.compile(r"_\{([^{}]*)\}|(?<=\w)_(\w)(?!\w)")
_COMMAND: Final = re.compile(r"\\([a-zA-Z]+)\s?")
_ESCAPED: Final = re.compile(r"\\([^\w\s])")
_SIGNS: Final[Mapping[str, str]] = {
    "times": " × ", "cdot": " × ", "div": " ÷ ", "pm": " ± ", "leq": " ≤ ", "le": " ≤ ",
    "geq": " ≥ ", "ge": " ≥ ", "neq": " ≠ ", "ne": " ≠ ", "approx": " ≈ ", "lt": " < ",
    "gt": " > ", "infty": "∞", "to": " ", "rightarrow": " ", "left": "", "right": "", "quad": " ",
    "circ": "°", "sqrt": "√", "ldots": "…", "dots": "…", "begin": "", "end": "", "displaystyle": "",
    "pi": "π ", "percent": "%",
}  # fmt: skip

_MULTIPLIED: Final = re.compile(r"(?<=[\d)])(\s?)\*(\s?)(?=[\d(])")
_STARS: Final = re.compile(r"\*+")
_UNDERSCORES: Final = re.compile(r"(?<=[^\W_])_+(?=[^\W_])|_+")
_ADDRESS: Final = re.compile(r"\w@|://")
_STRUCK: Final = re.compile(r"~~+|`+|(?<!\d)==(?=\S)|(?<=\S)==(?![\d=])|\|\|")
_APPROXIMATELY: Final = re.compile(r"~\s?(?=[\d€$£])")
_HEADING_END: Final = re.compile(r"(?:\s+|\A)#+\s*\Z")
_ROW: Final = re.compile(r"\s*\|\s*")
_DOTS: Final = re.compile(r"(?:\.{2,}|…)(?:[.…]|\s(?=\.\s?\.))*")
_DASHES: Final = re.compile(r"(?<!-)--+(?!-)(?!>)")


def unmarked(phrase: str, *, begins_line: bool, ends_line: bool) -> str:
    """Return `phrase` without marks. A phrase of words alone comes back as it is."""
    text = phrase
    if begins_line:
        if ends_line and (_RULE.match(text) or _FENCE.match(text) or _DEFINITION.match(text)):
            return ""
        text = _without_line_marks(text)
    elif ends_line:
        text = _HEADING_END.sub("", text)
    if "<" in text or "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        text = _TAG.sub("", _BREAK.sub(" ", _AUTOLINK.sub(r"\1", _COMMENT.sub("", text))))
    if "[" in text or "](" in text:
        text = _CUT_LINK.sub(r"\1", text)
        text = _LOOSE_TARGET.sub("", _FOOTNOTE.sub("", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))))
    if "\\" in text or "$" in text:
        text = _FORMULA.sub(lambda found: _formula(next(filter(None, found.groups()))), text)
        text = _commands(text) if "\\" in text else text
    text = _EMOTICON.sub("", text)
    text = _ARROW.sub(_arrow, text)
    text = _EMOJI.sub(_space_for, text)
    text = _LOOSE.sub("", text)
    text = _MULTIPLIED.sub(r"\1×\2", text)
    text = _without_pairs(text)
    if "|" in text:
        text = _row(text, begins_line=begins_line, ends_line=ends_line)
    text = _DOTS.sub("…", text.replace("](", "] ("))  # what else was taken out left that
    text = _DASHES.sub("—", text)
    if "-" * 3 in text:
        text = re.sub("-{3,}", "—", text)
    return text if text == phrase else _tidy(text, phrase)


def _without_line_marks(text: str) -> str:
    while (mark := _LINE_MARK.match(text)) is not None and mark.end():
        text = text[mark.end() :]
    return _HEADING_END.sub(
        "", _NUMBERED.sub(r"\1.", text, count=1) if _NUMBERED.match(text) else text
    )


def _formula(inside: str) -> str:
    """Return the inside of a formula with signs only."""
    text = _INDEX.sub(lambda found: f" {found[1] or found[2]}", _commands(inside))
    return re.sub(r"(?<=\d)(?=[a-zA-Z])|(?<=[a-z])(?=\()", " ", text.replace("&", " "))


def _commands(text: str) -> str:
    for _ in range(3):  # fractions within fractions, not deeper
        text = _WRAPPED.sub(r"\1", _ROOT.sub(r"√ \1", _FRACTION.sub(r"\1 ÷ \2", text)))
    text = _POWER.sub(r"^\1", text)
    text = _COMMAND.sub(lambda found: _SIGNS.get(found[1], f" {found[1]} "), text)
    return _ESCAPED.sub(
        lambda found: "" if found[1] in "*_`~#|[](){},;:!>+-." else found[1], text
    ).replace("\\", " ")


def _arrow(found: re.Match[str]) -> str:
    before = found.string[: found.start()]
    return ", " if not before or before[-1].isalnum() else " "


def _space_for(found: re.Match[str]) -> str:
    """Keep apart what an emoji stood between."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return (
        " "
        if before and not before.isspace() and (after.isalnum() or after in "¿¡(«“") and after
        else ""
    )


def _without_pairs(text: str) -> str:
    text = _APPROXIMATELY.sub("≈", text)
    text = _STRUCK.sub("", text)
    if "*" in text:
        text = _STARS.sub("", text)
    if "_" in text and _ADDRESS.search(text) is None:
        text = _UNDERSCORES.sub(lambda found: " " if _between(found) else "", text)
    return text


def _between(found: re.Match[str]) -> bool:
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return before.isalnum() and after.isalnum()


def _row(text: str, *, begins_line: bool, ends_line: bool) -> str:
    if begins_line:
        text = re.sub(r"\A\s*\|\s*", "", text)
    if ends_line:
        text = re.sub(r"\s*\|\s*\Z", "", text)
    return _ROW.sub(", ", text)


def _tidy(text: str, phrase: str) -> str:
    """Close the gaps that what was taken out has left."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r"(?<=[¿¡(«“]) +", "", re.sub(r"\s+(?=[,;:!?…)»”]|\.(?![^\W\d_]))", "", text))
    return re.sub(r"\(\s*\)", "", text) if "()" not in phrase else text
