"""Secrets: passwords, PINs, codes of doors and alarms, keys of programs.

Owns the nouns of secrets and what may be said of them without telling them ("my password is too
long"). Weak nouns, such as "clave" and "code", count beside what they open only.
"""

import bisect
import re
from collections.abc import Iterator
from typing import Final

from robi.people.privacy.reading import Reading
from robi.people.privacy.terms import Terms, word_set

_FORMS: Final = re.compile(
    r"""
      \b(?:sk|pk|rk)[-_][A-Za-z0-9_\-]{16,}  | \bAIza[\w\-]{30,}     | \bgh[pousr]_\w{16,}
    | \bgithub_pat_\w{16,} | \bglpat-[\w\-]{16,} | \bxox[abeprs]-[\w\-]{10,}
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b          | \bhf_\w{20,}          | \bya29\.[\w\-]{20,}
    | \beyJ[\w\-]{8,}\.[\w\-]{8,}            | -----BEGIN[^-]{0,40}PRIVATE[ ]KEY
    | \bBearer[ ][\w.\-+/=]{16,}             | ://[^\s/:@]{1,64}:[^\s/@]{1,64}@
    | [?&;](?:access_)?(?:token|key|apikey|api_key|secret|password|pwd|pass|sig)=[^\s&]{6,}
    """,
    re.VERBOSE,
)
_LONG_TOKEN: Final = re.compile(r"(?<![\w/.+\-])[A-Za-z0-9+/_\-]{20,}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")
_CHANGES: Final = re.compile(r"[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z]")
_LEAST_CHANGES: Final = 6
"""Changes between small letters, capitals and digits in a long token that is no word."""

_OPENED: Final = (
    r"(?:wi ?fi|internet|router|banco|bank|tarjeta|card|movil|telefono|phone|cel|celular"
    r"|ordenador|compu"
    r"|computadora|computer|laptop|portatil|pc|tablet|ipad|correo|e ?mail|mail|gmail|hotmail"
    r"|alarmas?|alarm"
    r"|puerta|door|portal|gate|garaje|garage|cochera|caja|safe|candado|padlock|lock|locker|taquilla"
    r"|cerradura|casa|house|home|edificio|building|trastero|cuenta|account|netflix|instagram"
    r"|facebook"
    r"|tiktok|spotify|amazon|whatsapp|acceso|access|entrada|entry|entrar|seguridad|security"
    r"|desbloqueo"
    r"|unlock|desbloquear|verificacion|verification|sms|maleta|suitcase|bici|bike|oficina|office"
    r"|patinete|tele|tv|roblox|minecraft|fortnite|steam|icloud|google|apple|paypal|bizum|cajero|atm"
    r"|firma|hacienda|shed|vault|buzon|red|disney|hbo|zoom|colegio|school|server|servidor"
    r"|crypto|wallet)"
)
_STRONG: Final = (
    r"(?:contrasen[aiy]\w*|contra sena|passwords?|pass words?|pass codes?|passwd|pwd|passcodes?"
    r"|passphrases?|puk|cvv2?"
    r"|cvc|credenciales|api ?keys?|clave (?:secreta|privada|personal)|(?:secret|private) "
    r"key|numero secreto"
    r"|codigo (?:secreto|pin)|secret (?:code|number|word)|pin ?codes?|pin number|clave "
    r"(?:del?|de la) (?:\w*banking|cajero|celu)|palabra secreta"
    r"|frase semilla|seed phrase|recovery (?:code|phrase|key)|patron de desbloqueo|unlock pattern"
    rf"|contra (?:del?|de la) {_OPENED})"
)
_WEAK: Final = (
    r"(?:claves?|codigos?|codes?|combinacion|combination|tokens?|key|numeritos|numero|number)"
)
_HARMLESS: Final = (
    r"(?: postal| de barras?| penal| civil| morse| de descuento| promocional| de "
    r"conducta| qr| fuente"
    r"| abierto| genetico| de vestimenta| de sol| de fa| de telefono| de casa| de la casa| de movil"
    r"| de pedido| del? vuelo| of the house| de cuenta| de tarjeta| de la tarjeta| de "
    r"la cuenta| de mi cuenta| de mi tarjeta)"
)
_NOUN: Final = re.compile(
    rf" (?:(?P<strong>{_STRONG})"
    r"|(?P<pin>pines|pins?)"
    r"|(?P<mine>(?:mi|tu|su|nuestr[ao]|vuestr[ao]|my|your|our|his|her|their) (?:clave|code"
    r"|codigo)(?= (?:es|is|era|was|:|=|sera) ))"
    rf"|(?<! postal)(?<! zip)(?<! dress)(?<! source)(?<! area)(?<! morse)(?<! "
    rf"promo)(?<! palabra)(?<! un)(?P<weak>{_WEAK})(?!{_HARMLESS})(?= (?:\w+ ){{0,4}}?{_OPENED} "
    rf")"
    rf"|(?P<before>{_OPENED} (?:\w+ )?(?:clave|code|codigo|combination|key)))(?= )"
)
_NAMES: Final = Terms(
    "contrasen* contra passw* passc* passp* pass passwd pwd puk cvv cvv2 cvc "
    "credenciales api* clave*"
    " codigo* code codes secret* private semilla seed recovery patron pattern pin pins "
    "pines pincode* combina*"
    " token* key keys llave* numero number numeritos cifras digits palabra"
)
_COPULA: Final = re.compile(
    r" (?:es|son|era|eran|sera|seria|sigue siendo|is|are|was|were|will be|its|it s|[:=]+"
    r"|pone|dice|says|va a ser|pon|a|por|to|con|with|as|como|ahora es|unlocks with)(?= "
    r")"
)
_WEAK_COPULA: Final = frozenset({"a", "por", "to", "con", "with", "pon", "as", "como"})
_CHANGED: Final = re.compile(
    r" (?:cambi\w+|chang\w+|puse|pus[oe]\w*|puesto|set|reset|pon|actualiz\w+|updated?|entr\w+"
    r"|log\w*|enter\w*) "
)
_FILLERS: Final = re.compile(
    r"^(?: (?:el|la|los|las|the|que|esta|este|esto|this|this one|pues|eh|um|uh|como|toda?"
    r"|todo|siguiente|following))* "
)
_DESCRIBING: Final = word_set(
    "muy demasiado mas menos bastante tan poco larga largo corta corto segura seguro seguras "
    "inseguras insegura dificil dificiles facil faciles secreta secreto secretas incorrecta "
    "incorrecto correcta correcto nueva nuevo vieja viejo misma mismo mismas importante "
    "importantes buena bueno buenas mala malo malas complicada complicado debil debiles "
    "fuerte fuertes mia mio tuya tuyo suya que de del algo lo necesaria necesario obligatoria "
    "obligatorio privada privado personal personales invalida invalido distinta distinto "
    "diferente diferentes igual para cosa unos unas confidencial temporal requerida imposible "
    "mejor peor siempre bonito bonita no nunca tampoco otra otro todo todas todos seguridad "
    "favor divertido divertida chulo fun cool too very so really pretty quite long short "
    "secure safe strong weak hard easy difficult secret wrong incorrect correct right new old "
    "same important good bad great complicated mine yours not never something required needed "
    "private invalid expired different equal for one ones always better worse stupid silly "
    "ridiculous annoying boring supposed being been what where why how which case there "
    "stored saved written hidden under in on at your everyone everything someone me him them "
    "us quien cual donde cuando como porque si ser estar gone lost forgotten caducada vacia "
    "asi"
)
_ARTICLES: Final = frozenset({"un", "una", "a", "an"})
_WHAT_IT_IS: Final = word_set(
    "palabra secreto secret lio mess rollo cosa thing word words combinacion tonteria joke "
    "pesadilla nightmare pain desastre string frase serie numero number bit little must poco "
    "problema problem buena mala good bad dato tipo forma way kind set sequence"
)
_SEVERAL: Final = 3
"""Words behind a colon that are a value, whatever the first of them."""
_TELLS_PIN: Final = re.compile(
    r" (?:es|is|:|=|era|was) (?:el |la |the )?(?:mi|my|ano|year|fecha|cumple\w*|dia|matricula"
    r"|date|birth\w*|mes) "
)
_NUMERIC: Final = re.compile(
    r"(?<![\w])(?:\d[ \-.,]{0,2}){2}\d|\b(?=[a-z_]+\d|\d+[a-z_])(?!\d+(?:st|nd|rd|th|am"
    r"|pm|h|g|mb|gb|k|m|cm|s)\b)\w{4,}"
)
_NEAR: Final = 100
"""Characters between a noun and a number that belong together, when nobody set a full stop."""
_MANY_WORDS: Final = 30

_LOCK: Final = Terms(
    "alarma* alarm* puerta* door* portal gate* caja safe candado* padlock* lock* "
    "unlock* taquilla movil telefono"
    " phone celular tablet ipad garaje garage cochera cerradura edificio building "
    "trastero wifi portatil"
    " porton verja reja casa house laptop ordenador maleta buzon entrar casa office oficina tele"
)
_OPENS: Final = re.compile(
    r" (?:(?:se )?(?:abr\w+|desbloque\w+|desactiv\w+|quita\w*|apaga\w*)|marca\w*|pulsa\w*"
    r"|tecle\w*|pressing|candado|padlock|toca\w*|para entrar|mete"
    r"|(?:un)?lock(?:s|ed)?|opens?|opening|disarms?|turn(?:s|ed)? (?:it )?off|get in|punch\w*"
    r"|typ(?:e|ing)|dial|press"
    r"|alarm is|alarma es|code|codigo|enter|key in|let yourself in) "
)
_LONG_NUMBER: Final = re.compile(r"(?<![\w+])(?:\d[ \-.,]{0,2}){3,7}\d(?!\w)(?![ \-.]?\d)")
_HIDDEN_KEY: Final = re.compile(
    r" (?:llaves?|(?:spare |house |(?:our |my |the )?(?:front |back )?door |the |our |my "
    r")keys?) (?:\w+ ){0,8}"
    r"(?:felpudo|alfombrilla|maceta|macetero|escond\w+|buzon|contador|ladrillo|piedra|hidden|hide|"
    r"doormat|mat|flower ?pot|plant pot|(?:under|behind) (?:a|the) (?:\w+ )?(?:rock|stone"
    r"|brick|pot|gnome)|gnome) "
)
_USED_AS: Final = re.compile(
    r" (?:uso|usa|usamos|utilizo|puse|puso|pon|pongo|puesto|use|uses|using|set) "
    r"(?P<value>(?:\w+ ){1,4})"
    r"(?:de|como|as|for) (?:\w+ ){0,2}(?:contrasen\w+|clave|password|pin|passcode|codigo) "
)
_DIGITS_BEHIND_CARD: Final = re.compile(
    r" (?:detras|dorso|reverso|atras|back|caduca|expires|expiry|caducidad|vence) "
)
_LOGIN: Final = re.compile(
    r" (?:usuario|user|user ?name|login|cuenta) .{1,60}? (?:contrasen\w+|password|clave"
    r"|pass) (?!y |and |es |is )\w+ $"
)
_CARD: Final = re.compile(r" (?:tarjeta|card|visa|mastercard) ")


def by_form(text: str) -> bool:
    """Return whether the text holds a key of some program, which shows by its form alone."""
    if _FORMS.search(text):
        return True
    for found in _LONG_TOKEN.finditer(text):
        token = found[0]
        if _HEX.fullmatch(token) and not token.isdigit():
            return True
        changes = sum(1 for _ in _CHANGES.finditer(token))
        if changes >= _LEAST_CHANGES and re.search("[a-z]", token) and re.search("[A-Z]", token):
            return True
    return False


def names_secret(reading: Reading) -> bool:
    """Return whether the text speaks of a password, a PIN or a code, told or not."""
    return _NAMES.among(reading.vocabulary) and _NOUN.search(reading.flat) is not None


def told(reading: Reading) -> bool:
    """Return whether the text tells a secret."""
    if by_form(reading.text):
        return True
    words = reading.vocabulary
    if (
        _LOCK.among(words)
        and _OPENS.search(reading.flat)
        and _LONG_NUMBER.search(reading.bare_digits)
    ):
        return True
    if not _NAMES.among(words):
        flat = reading.flat
        return bool(_CARD.search(flat) and _DIGITS_BEHIND_CARD.search(flat) and _numeric(reading))
    if _HIDDEN_KEY.search(reading.flat) or _used_as(reading.flat) or _LOGIN.search(reading.flat):
        return True
    return any(_told_of(reading, noun) for noun in _NOUN.finditer(reading.flat)) or _near(reading)


def _used_as(flat: str) -> bool:
    return any(
        _DESCRIBING.isdisjoint(found["value"].split()) and "huella" not in found["value"]
        for found in _USED_AS.finditer(flat)
    )


def _told_of(reading: Reading, noun: re.Match[str]) -> bool:
    """Return whether what follows the noun is its value, and not what it is like."""
    rest = reading.flat[noun.end() : noun.end() + 160]
    if noun["pin"]:
        return _TELLS_PIN.search(rest) is not None
    changed = _CHANGED.search(reading.flat[max(0, noun.start() - 60) : noun.end() + 30]) is not None
    weak = bool(noun["weak"] or noun["mine"] or noun["before"])
    return any(
        (":" in copula[0] and len(rest[copula.end() :].split()) >= _SEVERAL)
        or _is_value(rest[copula.end() :], weak=weak or copula[0].strip() in _WEAK_COPULA)
        for copula in _COPULA.finditer(rest)
        if changed or copula[0].strip() not in _WEAK_COPULA
    )


def _is_value(rest: str, *, weak: bool) -> bool:
    said = _FILLERS.sub(" ", rest).split()
    if said and said[0] in _ARTICLES:
        said = said[1:]
        if said and said[0] in _WHAT_IT_IS:
            return False
    if not said or said[0] in _DESCRIBING or said[0] in {"contrasena", "password", "wifi"}:
        return False
    article = rest.split(maxsplit=1)[0] in {
        "la",
        "el",
        "los",
        "las",
        "the",
        "this",
        "mi",
        "my",
        "su",
    }
    return not (
        weak and (article or said[0].endswith(("ar", "er", "ir", "ing")) or said[0] in _OPINIONS)
    )


_OPINIONS: Final = word_set("mi my su the amor paciencia love patience sleep rest")


def _numeric(reading: Reading) -> bool:
    return _NUMERIC.search(reading.bare_digits) is not None


def _near(reading: Reading) -> bool:
    """Return whether something like a password stands beside the noun, however it is put."""
    digits = reading.bare_digits
    if not _NUMERIC.search(digits):
        return False
    flat = Reading(digits)
    near = _NEAR if len(flat.words) > _MANY_WORDS else len(flat.flat)
    numbers = [found.start() for found in _NUMERIC.finditer(flat.flat)]
    nouns = [found.start() for found in _NOUN.finditer(flat.flat)]
    return any(abs(numbers[at] - noun) <= near for noun in nouns for at in _closest(numbers, noun))


def _closest(places: list[int], to: int) -> Iterator[int]:
    """Yield the index of the last place before and the first after."""
    at = bisect.bisect(places, to)
    if at > 0:
        yield at - 1
    if at < len(places):
        yield at
