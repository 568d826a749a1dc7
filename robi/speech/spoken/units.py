"""What is counted and measured: the words for units and currencies.

Owns the tables. Each row is what is written, then the Spanish word, its plural and whether it is
feminine, then the English word and its plural.
"""

# ruff: noqa: E501 - tables of words; the signs meant are the ones written

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from robi.errors import Language


@frozen
class Unit:
    """A unit or a currency in words."""

    es: tuple[str, str]
    en: tuple[str, str]
    feminine: bool = False
    cents: Mapping[Language, tuple[str, str]] | None = None

    def word(self, language: Language, *, one: bool) -> str:
        """Return its name, in the singular or the plural."""
        return (self.es if language == "es" else self.en)[0 if one else 1]


def _unit(row: str) -> Unit:
    es, es_plural, en, en_plural = (part.strip() for part in row.lstrip("♀").split("|"))
    return Unit((es, es_plural), (en, en_plural), row.startswith("♀"))


_UNITS: Final = {
    "km": "kilómetro|kilómetros|kilometre|kilometres", "m": "metro|metros|metre|metres",
    "dm": "decímetro|decímetros|decimetre|decimetres",
    "cm": "centímetro|centímetros|centimetre|centimetres",
    "mm": "milímetro|milímetros|millimetre|millimetres", "µm": "micra|micras|micron|microns",
    "nm": "nanómetro|nanómetros|nanometre|nanometres",
    "kg": "kilo|kilos|kilo|kilos", "g": "gramo|gramos|gram|grams", "gr": "gramo|gramos|gram|grams",
    "mg": "miligramo|miligramos|milligram|milligrams", "µg": "microgramo|microgramos|microgram|micrograms",
    "l": "litro|litros|litre|litres", "dl": "decilitro|decilitros|decilitre|decilitres",
    "cl": "centilitro|centilitros|centilitre|centilitres",
    "ml": "mililitro|mililitros|millilitre|millilitres",
    "ha": "♀hectárea|hectáreas|hectare|hectares",
    "km²": "kilómetro cuadrado|kilómetros cuadrados|square kilometre|square kilometres",
    "m²": "metro cuadrado|metros cuadrados|square metre|square metres",
    "cm²": "centímetro cuadrado|centímetros cuadrados|square centimetre|square centimetres",
    "mm²": "milímetro cuadrado|milímetros cuadrados|square millimetre|square millimetres",
    "m³": "metro cúbico|metros cúbicos|cubic metre|cubic metres",
    "cm³": "centímetro cúbico|centímetros cúbicos|cubic centimetre|cubic centimetres",
    "km³": "kilómetro cúbico|kilómetros cúbicos|cubic kilometre|cubic kilometres",
    "ft²": "pie cuadrado|pies cuadrados|square foot|square feet",
    "h": "♀hora|horas|hour|hours", "min": "minuto|minutos|minute|minutes",
    "s": "segundo|segundos|second|seconds", "ms": "milisegundo|milisegundos|millisecond|milliseconds",
    "kB": "kilobyte|kilobytes|kilobyte|kilobytes",
    "MB": "megabyte|megabytes|megabyte|megabytes", "GB": "gigabyte|gigabytes|gigabyte|gigabytes",
    "TB": "terabyte|terabytes|terabyte|terabytes", "PB": "petabyte|petabytes|petabyte|petabytes",
    "Mb": "megabit|megabits|megabit|megabits", "Gb": "gigabit|gigabits|gigabit|gigabits",
    "W": "vatio|vatios|watt|watts", "kW": "kilovatio|kilovatios|kilowatt|kilowatts",
    "MW": "megavatio|megavatios|megawatt|megawatts",
    "kWh": "kilovatio hora|kilovatios hora|kilowatt hour|kilowatt hours",
    "Wh": "vatio hora|vatios hora|watt hour|watt hours", "V": "voltio|voltios|volt|volts",
    "mAh": "miliamperio hora|miliamperios hora|milliamp hour|milliamp hours",
    "mA": "miliamperio|miliamperios|milliamp|milliamps", "Ω": "ohmio|ohmios|ohm|ohms",
    "Hz": "hercio|hercios|hertz|hertz", "kHz": "kilohercio|kilohercios|kilohertz|kilohertz",
    "MHz": "megahercio|megahercios|megahertz|megahertz",
    "GHz": "gigahercio|gigahercios|gigahertz|gigahertz",
    "N": "newton|newtons|newton|newtons", "J": "julio|julios|joule|joules",
    "kJ": "kilojulio|kilojulios|kilojoule|kilojoules", "cal": "♀caloría|calorías|calorie|calories",
    "kcal": "♀kilocaloría|kilocalorías|kilocalorie|kilocalories",
    "Pa": "pascal|pascales|pascal|pascals", "hPa": "hectopascal|hectopascales|hectopascal|hectopascals",
    "bar": "bar|bares|bar|bars", "dB": "decibelio|decibelios|decibel|decibels",
    "px": "píxel|píxeles|pixel|pixels", "MP": "megapíxel|megapíxeles|megapixel|megapixels",
    "rpm": "♀revolución por minuto|revoluciones por minuto|revolution per minute|revolutions per minute",
    "fps": "fotograma por segundo|fotogramas por segundo|frame per second|frames per second",
    "mph": "♀milla por hora|millas por hora|mile per hour|miles per hour",
    "bpm": "♀pulsación por minuto|pulsaciones por minuto|beat per minute|beats per minute",
    "kph": "kilómetro por hora|kilómetros por hora|kilometre per hour|kilometres per hour",
    "Mbps": "megabit por segundo|megabits por segundo|megabit per second|megabits per second",
    "Gbps": "gigabit por segundo|gigabits por segundo|gigabit per second|gigabits per second",
    "kn": "nudo|nudos|knot|knots",
    "N·m": "newton metro|newtons metro|newton metre|newton metres",
}  # fmt: skip
_ENGLISH_UNITS: Final = {
    "inch": "♀pulgada|pulgadas|inch|inches",
    "ft-lb": "libra pie|libras pie|foot-pound|foot-pounds",
    "ft": "pie|pies|foot|feet", "lb": "♀libra|libras|pound|pounds", "lbs": "♀libra|libras|pound|pounds",
    "oz": "♀onza|onzas|ounce|ounces", "mi": "♀milla|millas|mile|miles", "yd": "♀yarda|yardas|yard|yards",
    "sec": "segundo|segundos|second|seconds", "hr": "♀hora|horas|hour|hours",
    "hrs": "♀hora|horas|hour|hours", "mins": "minuto|minutos|minute|minutes",
    "secs": "segundo|segundos|second|seconds", "gal": "galón|galones|gallon|gallons",
    "yr": "año|años|year|years", "yrs": "año|años|year|years", "tsp": "♀cucharadita|cucharaditas|teaspoon|teaspoons",
    "tbsp": "♀cucharada|cucharadas|tablespoon|tablespoons",
}  # fmt: skip
_SPANISH_UNITS: Final = {
    "pulg": "♀pulgada|pulgadas|inch|inches",
    "lb": "♀libra|libras|pound|pounds", "oz": "♀onza|onzas|ounce|ounces",
    "seg": "segundo|segundos|second|seconds", "kms": "kilómetro|kilómetros|kilometre|kilometres",
    "hs": "♀hora|horas|hour|hours", "hrs": "♀hora|horas|hour|hours", "grs": "gramo|gramos|gram|grams",
    "cda": "♀cucharada|cucharadas|tablespoon|tablespoons", "cdas": "♀cucharada|cucharadas|tablespoon|tablespoons",
    "cdta": "♀cucharadita|cucharaditas|teaspoon|teaspoons", "cdtas": "♀cucharadita|cucharaditas|teaspoon|teaspoons",
    "kgs": "kilo|kilos|kilo|kilos", "mins": "minuto|minutos|minute|minutes",
}  # fmt: skip
_ALSO: Final = {
    "m2": "m²", "m3": "m³", "km2": "km²", "cm2": "cm²", "cm3": "cm³", "mm2": "mm²", "km3": "km³",
    "ft2": "ft²", "L": "l", "mL": "ml", "cL": "cl", "dL": "dl", "Kg": "kg", "KG": "kg", "Km": "km",
    "KM": "km", "KB": "kB", "Kb": "kB", "Nm": "N·m", "RPM": "rpm", "gb": "GB", "mb": "MB", "Mhz": "MHz", "Ghz": "GHz",
    "kwh": "kWh", "KWh": "kWh", "kw": "kW", "KW": "kW", "μm": "µm", "μg": "µg", "kmh": "kph",
    "Kcal": "kcal", "db": "dB", "Min": "min", "H": "h",
}  # fmt: skip


def _table(language: Language) -> dict[str, Unit]:
    rows = {written: _unit(row) for written, row in _UNITS.items()}
    own = _SPANISH_UNITS if language == "es" else _ENGLISH_UNITS
    rows |= {written: _unit(row) for written, row in own.items()}
    return rows | {also: rows[written] for also, written in _ALSO.items()}


UNITS: Final[Mapping[Language, Mapping[str, Unit]]] = {"es": _table("es"), "en": _table("en")}

_CENTS: Final[Mapping[Language, tuple[str, str]]] = {
    "es": ("céntimo", "céntimos"), "en": ("cent", "cents"),
}  # fmt: skip
_CENTAVOS: Final[Mapping[Language, tuple[str, str]]] = {
    "es": ("centavo", "centavos"), "en": ("cent", "cents"),
}  # fmt: skip
_PENCE: Final[Mapping[Language, tuple[str, str]]] = {
    "es": ("penique", "peniques"), "en": ("penny", "pence"),
}  # fmt: skip


def _money(row: str, cents: Mapping[Language, tuple[str, str]] | None = None) -> Unit:
    unit = _unit(row)
    return Unit(unit.es, unit.en, unit.feminine, cents)


_EURO: Final = _money("euro|euros|euro|euros", _CENTS)
_DOLLAR: Final = _money("dólar|dólares|dollar|dollars", _CENTAVOS)
_POUND: Final = _money("♀libra|libras|pound|pounds", _PENCE)
_YEN: Final = _money("yen|yenes|yen|yen")
_MEXICAN: Final = _money("peso mexicano|pesos mexicanos|Mexican peso|Mexican pesos", _CENTAVOS)

MONEY: Final[Mapping[str, Unit]] = {
    "€": _EURO, "EUR": _EURO, "$": _DOLLAR, "US$": _DOLLAR, "USD": _DOLLAR, "U$S": _DOLLAR,
    "£": _POUND, "GBP": _POUND, "¥": _YEN, "JPY": _YEN, "MX$": _MEXICAN, "MXN": _MEXICAN,
    "ARS": _money("peso argentino|pesos argentinos|Argentine peso|Argentine pesos", _CENTAVOS),
    "COP": _money("peso colombiano|pesos colombianos|Colombian peso|Colombian pesos", _CENTAVOS),
    "CLP": _money("peso chileno|pesos chilenos|Chilean peso|Chilean pesos"),
    "PEN": _money("sol|soles|sol|soles"), "BRL": _money("real|reales|real|reais"),
    "R$": _money("real|reales|real|reais"), "CHF": _money("franco suizo|francos suizos|Swiss franc|Swiss francs"),
    "CAD": _money("dólar canadiense|dólares canadienses|Canadian dollar|Canadian dollars"),
    "AUD": _money("dólar australiano|dólares australianos|Australian dollar|Australian dollars"),
    "CNY": _money("yuan|yuanes|yuan|yuan"), "INR": _money("♀rupia|rupias|rupee|rupees"),
    "₹": _money("♀rupia|rupias|rupee|rupees"), "₽": _money("rublo|rublos|rouble|roubles"),
    "₩": _money("won|wones|won|won"), "₿": _money("bitcoin|bitcoins|bitcoin|bitcoins"),
    "BTC": _money("bitcoin|bitcoins|bitcoin|bitcoins"),
    "¢": _money("centavo|centavos|cent|cents"),
}  # fmt: skip
