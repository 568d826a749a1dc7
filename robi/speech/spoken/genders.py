"""Whether a Spanish noun is masculine or feminine, as far as a number before it must know.

Owns the endings and the exceptions among everyday words. What is no noun (`de`, `y`, a verb that
often follows a number) leaves the number alone.
"""

# ruff: noqa: E501, SIM905 - tables of words; the signs meant are the ones written

import re
from typing import Final

from robi.speech.spoken.numerals import Form

_NO_NOUN: Final = frozenset("""
    a al ante aún aunque bajo casi como con contra cuando cual cuya cuyo de del desde donde durante
    e el ella ellas ellos en entonces entre era eran eres es esa ese eso esta está están este esto
    fue fueron ha han hasta hay hoy la las le les lo los luego mas más me menos mi mientras muy
    ni no nos o os para pero por porque pues que qué quien se según ser será si sí sin sino sobre
    solo son su sus también tan te tiene tienen todo tras tu u un una uno va vale veces y ya yo
    aproximadamente exactamente ahora aquí allí así nunca siempre coma punto por más menos entre
    fuera dentro arriba abajo cerca lejos igual elevado dividido mayor menor grados después antes mañana ayer tarde
""".split()) - {"veces", "grados"}  # fmt: skip
_FEMININE: Final = frozenset("""
    mano manos foto fotos moto motos radio radios noche noches tarde tardes clase clases calle
    calles llave llaves nube nubes leche carne sangre flor flores mujer mujeres piel pieles sal red
    redes pared paredes ley leyes luz luces cruz cruces voz voces parte partes serie series especie
    especies base bases frase frases fase fases imagen imágenes crisis tesis mente muerte muertes
    suerte fuente fuentes gente nieve torre torres vez veces sede sedes madre madres superficie
    superficies tribu tribus nave naves clave claves labor labores hambre raíz raíces nariz narices
    orden órdenes joven actriz actrices señal señales cárcel cárceles catedral catedrales miel
    sílaba web webs app apps pizza pizzas
""".split())  # fmt: skip
_MASCULINE: Final = frozenset("""
    día días mapa mapas planeta planetas problema problemas programa programas sistema sistemas tema
    temas idioma idiomas clima climas poema poemas sofá sofás cometa cometas fantasma fantasmas
    drama dramas dilema dilemas esquema esquemas síntoma síntomas aroma aromas diploma diplomas
    diagrama diagramas gramas kilogramas telegrama telegramas panda pandas gorila gorilas puma pumas
    pijama pijamas yoga papa guardia astronauta astronautas atleta atletas artista artistas
    camarada tranvía tranvías aula-no koala koalas cura curas sándwich átomos enigma enigmas lema
    lemas teorema teoremas carisma trauma traumas dogma dogmas pirata piratas
""".split())  # fmt: skip
_STRESSED_A: Final = frozenset("agua águila alma arma hacha aula área hada ave ancla ala ama asa hambre".split())  # fmt: skip
"""Feminine, but `un` stands before their singular."""
_FEMININE_END: Final = re.compile(
    r"(?:as?|ción|sión|ciones|siones|gión|giones|dad(?:es)?|tad(?:es)?|tud(?:es)?|umbres?|eces|ices)\Z"
)


def form_before(word: str) -> Form:
    """Return the form of a number before `word`, in any case; alone, if that is no noun."""
    noun = word.lower()
    if not noun or noun in _NO_NOUN:
        return "alone"
    if noun in _MASCULINE or noun in _STRESSED_A:
        return "masculine"
    if noun in _FEMININE or _FEMININE_END.search(noun):
        return "feminine"
    return "masculine"
