"""How the privacy gate does on the labelled sentences. Run by hand:

python -m tests.people.measure_privacy [file]
"""

# ruff: noqa: T201 - talks to a person in a terminal
import sys
import time
from pathlib import Path

from robi.people.privacy import classes
from tests.people.labelled import FILE, KINDS, sentences

EVERYDAY = (
    "Esta mañana hemos ido al mercado con los niños y hemos comprado tomates, pan y un poco de "
    "queso para la merienda, y luego mi hermana nos ha contado que en la playa hacía mucho viento "
    "y que por la tarde quieren jugar al parchís en casa de la abuela, que hace unas croquetas muy "
    "ricas y nos espera a todos con chocolate"
)
TOUCHING = (
    "Mañana a las siete y cuarto tenemos partido y mi padre dice que la puerta del garaje no abre, "
    "que el código de la receta lleva 200 gramos y que mi hermana, que está cansada, no quiere que "
    "le digas a nadie que ha perdido 3 a 1 al parchís con el número 12 y la tarjeta roja"
)
RUNS = 300


def took(text: str) -> float:
    """Return the least milliseconds of CPU that the gate takes for a text."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        classes(text)
        best = min(best, time.process_time() - start)
    return best * 1e3


def main() -> None:
    """Print recall and precision of each class, false alarms, times, and all that went wrong."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    every = list(sentences(file))
    ruled = [sentence for sentence in every if not sentence.model_only]
    harmless = [sentence for sentence in ruled if not sentence.private]
    print("class          said  recall  precision  (model_only: found of)")
    for kind in KINDS:
        said = [sentence for sentence in ruled if sentence.label == kind]
        mistaken = sum(kind in sentence.found for sentence in harmless)
        hit = sum(sentence.right for sentence in said)
        beyond = [s for s in every if s.model_only and s.label == kind]
        met = sum(s.right for s in beyond)
        print(
            f"{kind:12} {len(said):6}  {hit / max(len(said), 1):6.1%}"
            f"  {hit / max(hit + mistaken, 1):9.1%}    {met} of {len(beyond)}"
        )
    private = [sentence for sentence in ruled if sentence.private]
    leaks = sum(not sentence.found for sentence in private)
    alarms = [sentence for sentence in harmless if sentence.found]
    print(
        f"private {len(private)}: {leaks} with no class at all ({leaks / max(len(private), 1):.1%})"
    )
    share = len(alarms) / max(len(harmless), 1)
    print(f"harmless {len(harmless)}: {len(alarms)} false alarms ({share:.1%})")
    print(f"everyday, {len(EVERYDAY)} characters: {took(EVERYDAY):.3f} ms of CPU")
    print(f"touching many rules, {len(TOUCHING)} characters: {took(TOUCHING):.3f} ms of CPU")
    for sentence in ruled:
        if not sentence.right:
            found = ", ".join(sorted(sentence.found)) or "-"
            print(f"  {sentence.label}, found {found}: {sentence.before} >> {sentence.text}")


if __name__ == "__main__":
    main()
