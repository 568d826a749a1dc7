"""Numbers that are private because of the word beside them: "my passport is …", "cuenta: …".

Owns those words. Dates, prices and the like never count (`measures.py`).
"""

import re
from collections.abc import Iterator
from typing import Final

from robi.people.privacy.classes import PrivateClass
from robi.people.privacy.lexicon import Hits
from robi.people.privacy.numbers import runs
from robi.people.privacy.rules import Rule, Rules

TABLES: Final = {
    "identity": """
        dni dnis nie nif niss nuss naf curp rfc cpf rut run cuit cuil cedula cedulas pasaporte*
        passport* ssn nino nir ine ife dui nss imss seguro_social nit
        national_insurance|id|identity social_security|insurance my|his|her|your_social
        seguridad_social tarjeta_sanitaria tarjeta_de_residencia nhs
        documento_nacional|de|identidad mi|su|tu|my_documento|document numero_de|del_documento
        permiso_de_residencia|conducir|trabajo residence_permit|card green_card work_permit
        carne carnet carnets licencia_de_conducir|manejar|conduccion
        drivers|driving|driver_licence|license|licenses|permit id_card|number|no
        identity_card|number|document identification identificacion codice_fiscale contribuinte
        numero|no_de_afiliacion|identidad|identificacion|colegiado my|his|her_licence|license
        medicare medicaid credencial_de_elector|para credencial_del_ine clave_de_elector
        tax_id|number voter_id|card birth_certificate libro_de_familia visa_de_trabajo ni_number
        student_id numero_fiscal tarjeta_de_extranjero|identidad cartao_cidadao military_id""",
    "card": """
        tarjeta tarjetas card cards visa mastercard master_card amex american_express maestro
        diners revolut""",
    "bank": """
        iban transferencia* transfer* ccc cbu clabe cvu numero_de_cuenta
        numero_de_la|mi|su|tu_cuenta cuenta_bancaria|corriente|del|de|en|rut|vista|nomina|donde
        |ahorro|ahorros|es|termina|acaba|santander|bbva sort_code
        account|acct|acc|accounts_number*|no|finishes|finish|num|ends|ending|is
        number|num_of|for_my|the|her|his_account bank|checking|savings|current|joint_account
        routing_number swift bic bank_details datos_bancarios cuenta_sueldo|conjunta
        mi|su|tu_cuenta my|her|his|their|our_account
        depositame|depositar|ingresame|transfiereme_a|en""",
    "alias": "alias",
    "document_word": "documento document",
    "account_word": "cuenta account cuentas accounts",
    "part": """
        terminad* termina terminan acaba acaban acabad* ultim* empieza empiezan finish*
        terminacion ending_in final_en comienza primer* ends end ending last starts start first
        begins final""",
}  # fmt: skip
CLASSES: Final[tuple[PrivateClass, ...]] = ("identity", "card", "bank")
_ACCOUNT: Final = Rules(Rule("account_word ~6 long_number"))
_DOCUMENT: Final = Rules(Rule("document_word ~5 long_number"))
_PARTS: Final = {
    label: Rules(
        Rule(f"{label} ~7 part ~6 digits"),
        Rule(f"part ~6 {label} ~4 digits"),
        Rule(f"{label} ~4 digits ~6 part"),
        Rule(f"part ~5 digits ~5 {label}"),
    )
    for label in CLASSES
}
_ALIAS: Final = Rules(Rule("alias ~2 bank ~2 is"), Rule("bank ~2 alias ~2 is"))
_MIXED: Final = Rule("identity ~4 mixed")
_LEAST: Final = {"identity": 6, "card": 12, "bank": 6}
_MOST: Final = {"identity": 14, "card": 22, "bank": 34}
_DIGIT: Final = re.compile(r"\d")
_WITH_LETTERS: Final = re.compile(
    r"\b[a-z]{1,3}[ \-]?\d{5,9}\b|\b(?=[a-z]{0,7}\d)(?=(?:[a-z]*\d){4})[a-z\d]{8,18}\b"
)


def labels(hits: Hits) -> Iterator[PrivateClass]:
    """Yield the class of each label: what this sentence is about, number or not."""
    for label in CLASSES:
        if label in hits:
            yield label


def labelled(digits: str, hits: Hits) -> Iterator[PrivateClass]:
    """Yield the class of each number that stands beside its label."""
    if _ALIAS.met(hits) or _ACCOUNT.met(hits):
        yield "bank"
    if not _DIGIT.search(digits):
        return
    if _DOCUMENT.met(hits):
        yield "identity"
    for label in labels(hits):
        counts = [sum(map(len, groups)) for groups in runs(digits)]
        if (
            any(_LEAST[label] <= count <= _MOST[label] for count in counts)
            or (label == "identity" and (_WITH_LETTERS.search(digits) or _MIXED.met(hits)))
            or _PARTS[label].met(hits)
        ):
            yield label
