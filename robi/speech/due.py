"""What it is time for, in words: the turn that nobody asked for.

Owns the sentences with which a timer or reminder is told when no model does, so that none is lost
to a model that is gone. It says whose and what for to nobody but their own.
"""

from collections.abc import Mapping
from types import MappingProxyType

from robi.errors import Language
from robi.speech.scene import Scene

IT_IS_TIME: Mapping[Language, str] = MappingProxyType(
    {"es": "(Es la hora. Nadie ha dicho nada.)", "en": "(It is time. Nobody has said anything.)"}
)

_DUE: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "es": {
            "timer": "Ha terminado un temporizador: {label}.",
            "reminder": "Me pediste que te recordara esto: {label}.",
            "unnamed_timer": "Ha terminado un temporizador.",
            "unnamed_reminder": "Me pediste que te avisara a esta hora.",
            "another": "Ha sonado un temporizador.",
            "late": "Perdona, no pude decírtelo a tiempo.",
        },
        "en": {
            "timer": "A timer is over: {label}.",
            "reminder": "You asked me to remind you of this: {label}.",
            "unnamed_timer": "A timer is over.",
            "unnamed_reminder": "You asked me to let you know at this time.",
            "another": "A timer rang.",
            "late": "Sorry, I could not tell you in time.",
        },
    }
)


def due_in_words(scene: Scene, language: Language) -> str:
    """Return what is due, as the robot says it when no model does."""
    words, said = _DUE[language], []
    if any(due.late and due.theirs for due in scene.due):
        said.append(words["late"])
    for due in scene.due:
        key = "another" if not due.theirs else due.kind if due.label else f"unnamed_{due.kind}"
        said.append(words[key].replace("{label}", due.label))
    return " ".join(dict.fromkeys(said))
