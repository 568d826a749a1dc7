"""Numbers that are no secret, whatever stands beside them: dates, times, prices, measures,
telephone numbers, numbers of houses, orders and flights."""

import re
from typing import Final

_MONTH: Final = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)"
)
_UNIT: Final = (
    r"(?:€|%|eur\b|euros?|dolar(?:es)?|dollars?|bucks|pesos|pesetas|libras|pounds|soles|por ciento"
    r"|percent|km|kilometr\w+|metros|meters|metres|miles|millas|kg|kilos?|gramos|grams|litros"
    r"|caracteres"
    r"|characters|digitos|digits|cifras|letras|letters|numeros|numbers|veces|times|dias?"
    r"|days?|anos?"
    r"|years?|meses|months?|semanas?|weeks?|minut\w+|segundos|seconds?|horas?|hours?|personas"
    r"|people"
    r"|puntos|points|paginas|pages|seguidores|followers|habitantes|grados|degrees|mil\b"
    r"|millones|million)"
)
_NEVER: Final = re.compile(
    rf"""
  \b(?:                                # once for all of them: most places begin no word
      \d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d\d)\b(?![-/.\d])         # dates
    | \d{{1,2}}[ ](?:de[ ])?{_MONTH}(?:[ ](?:del?[ ])?\d{{4}})?
    | {_MONTH}[ ]\d{{1,2}}(?:[a-z]{{2}})?(?:,?[ ]\d{{4}})?
    | (?:en|in|since|desde|del?|ano|year|hasta|until|by|para|before
        |after)[ ](?:el[ ])?(?:ano[ ])?(?:19|20)\d\d\b(?![ .\-]?\d)
    | \d{{1,2}}:\d\d\b                                              # times
    | \d[\d.,]{{0,15}}[ ]?{_UNIT}                                     # prices and measures
    | (?:isbn|pedido|order|vuelo|flight|tracking)\b[^\d]{{0,16}}\+?\d[\d \-.]{{0,20}}
    | (?:llam\w+|telefono|tel|tfno|phone|call|ring
        |whatsapp)\b[^\d]{{0,16}}\+?\d(?:[ \-.]{{0,2}}\d){{6,14}}(?!\d)
    | (?:calle|avenida|avda|plaza|street|avenue|road|piso|planta|bus
        |linea|autobus|habitacion|room|capitulo|chapter|pagina|page)\b[^\d]{{0,16}}\d+
    )
  | [$€£][ ]?\d[\d.,]{{0,15}}
    """,
    re.VERBOSE,
)


_DIGIT: Final = re.compile(r"\d")
_NUMBER: Final = re.compile(r"\d[\d.,]*")
_FARTHEST: Final = 26
"""Characters before its first digit that one of them begins at most, `llam\\w+` excepted, of which
`\\w+` may be longer: they are of one word."""


def measures_out(digits: str) -> str:
    """Return the text with `#` for the numbers that are no secret, whatever stands beside them."""
    first = _DIGIT.search(digits)
    if first is None:
        return digits
    begin = max(0, first.start() - _FARTHEST)
    while begin and (digits[begin - 1].isalnum() or digits[begin - 1] == "_"):
        begin -= 1
    return digits[:begin] + _NEVER.sub(
        lambda found: f"{_NUMBER.sub('#', found[0])} ", digits[begin:]
    )
