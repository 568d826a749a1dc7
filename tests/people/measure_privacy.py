"""How the privacy gate does on the labelled sentences. Run by hand:

python -m tests.people.measure_privacy [file]
"""

# ruff: noqa: T201 - talks to a person in a terminal
import sys
from pathlib import Path

from tests.people.labelled import FILE, KINDS, sentences


def main() -> None:
    """Print recall and precision of each class, false alarms, and all that went wrong."""
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
    for sentence in ruled:
        if not sentence.right:
            found = ", ".join(sorted(sentence.found)) or "-"
            print(f"  {sentence.label}, found {found}: {sentence.before} >> {sentence.text}")


if __name__ == "__main__":
    main()
