"""Numbers that are private because of the word beside them: "my passport is …", "cuenta: …".

Owns those words. Dates, prices and the like never count (`measures.py`).
"""

import re
from collections.abc import Iterator
from typing import Final

from robi.people.privacy.classes import PrivateClass
from robi.people.privacy.numbers import runs
from robi.people.privacy.reading import Reading
from robi.people.privacy.terms import Terms

_LABELS: Final = {
    "identity": re.compile(
        r" (?:dni|nie|nif|niss|nuss|naf|curp|rfc|cpf|rut|cuit|cuil|cedula|pasaportes?|passports?"
        r"|ssn"
        r"|nino|nir|national insurance|social security|seguridad social|tarjeta "
        r"sanitaria|nhs number"
        r"|documento(?: nacional)?(?: de)? identidad|(?:mi|su|numero de|my) documento"
        r"|carnet?(?: de (?:identidad|conducir))?|licencia de conducir|driv(?:ers?|ing) licen[cs]e"
        r"|id (?:card|number)|identity (?:card|number)|identification|identificacion"
        r"|codice fiscale|contribuinte|(?:numero|no?) de afiliacion|my licen[cs]e|medicare"
        r"|numero de identidad) "
    ),
    "card": re.compile(r" (?:tarjetas?|cards?|visa|master ?card|amex|american express) "),
    "bank": re.compile(
        r" (?:iban|ccc|cbu|clabe|numero de (?:la |mi |su )?cuenta|cuenta (?:bancaria|corriente"
        r"|del banco|de ahorros?)"
        r"|sort code|acc(?:oun)?ts? (?:number|no|num)|number of (?:my|the) account|bank "
        r"account|checking account"
        r"|savings account|routing number|(?:mi|su) cuenta (?:es|:)|my account is|cuenta "
        r"(?:en el|del) \w+ es) "
    ),
}  # fmt: skip
_BESIDE: Final = Terms(
    "dni nie nif niss nuss naf curp rfc cpf rut cuit cuil cedula pasaporte* passport* "
    "ssn nino nir national"
    " social seguridad tarjeta* nhs documento* identidad carne* licencia licen* id identity"
    " identifica* codice contribuinte afiliacion medicare card cards visa master* amex "
    "american iban"
    " ccc cbu clabe cuenta* sort account* acct* routing"
)
_DIGIT: Final = re.compile(r"\d")
_LEAST: Final = {"identity": 6, "card": 12, "bank": 6}
_MOST: Final = {"identity": 14, "card": 22, "bank": 34}
_PART_OF_CARD: Final = re.compile(
    r" (?:terminad\w+|termina|acaba\w*|ultim[oa]s|empieza|ends|ending|last|starts|primer[oa]s"
    r"|first) [^\d]{0,60}\d"
)
_WITH_LETTERS: Final = re.compile(
    r"\b[a-z]{1,3}[ \-]?\d{5,9}\b|\b(?=[a-z]{0,7}\d)(?=(?:[a-z]*\d){4})[a-z\d]{8,18}\b"
)


def labels(reading: Reading) -> Iterator[PrivateClass]:
    """Yield the class of each label: what this sentence is about, number or not."""
    if _BESIDE.among(reading.vocabulary):
        if _LABELS["identity"].search(reading.flat):
            yield "identity"
        if _LABELS["card"].search(reading.flat):
            yield "card"
        if _LABELS["bank"].search(reading.flat):
            yield "bank"


def labelled(reading: Reading) -> Iterator[PrivateClass]:
    """Yield the class of each number that stands beside its label."""
    digits = reading.bare_digits
    if not _DIGIT.search(digits):
        return
    for label in labels(reading):
        counts = [sum(map(len, groups)) for groups in runs(digits)]
        if (
            any(_LEAST[label] <= count <= _MOST[label] for count in counts)
            or (label == "identity" and _WITH_LETTERS.search(digits))
            or (label == "card" and _PART_OF_CARD.search(f" {digits}"))
        ):
            yield label
