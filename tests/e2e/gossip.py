"""A model that repeats all it hears, and a house whose people come and go: to catch what leaks.

Every utterance has a word of its own (a *marker*), and the book of `Owners` knows whose it is. The
model puts it wherever words can get to: into its answer, memories, names, summaries, what it
extracts. So what one person said would show in the prompt of another if it could get there at all.
"""

import json
import random
import re
from collections.abc import Iterable

from attrs import define, evolve, field, frozen

from tools.gemini_stub import Reply, Script

MARKER = re.compile(r"zq\d+x")
AT_HOME = 8
"""People who come again; who is met after them moves in when one of them is forgotten."""

_LINE = re.compile(r'^\{"(\d+)": (".*")\}$', re.MULTILINE)


def markers(text: str) -> list[str]:
    return MARKER.findall(text.lower())


@define
class Owners:
    """Whose each marker is: of a person, or of one encounter of one robot with a stranger."""

    _owners: dict[str, str] = field(factory=dict)
    _forgotten: set[str] = field(factory=set)

    def new(self, owner: str) -> str:
        marker = f"zq{len(self._owners)}x"
        self._owners[marker] = owner
        return marker

    def is_now(self, stranger: str, person: str) -> None:
        """That stranger got a name: what the stranger said is the person's."""
        self._owners = {m: person if o == stranger else o for m, o in self._owners.items()}

    def forget(self, owner: str) -> None:
        self._forgotten |= {m for m, o in self._owners.items() if o == owner}

    def of(self, found: Iterable[str]) -> set[str]:
        return {self._owners[marker] for marker in found}

    def forgotten(self, found: Iterable[str]) -> set[str]:
        return self._forgotten & set(found)


@define
class Gossip(Script):
    """Answers with all markers that it was asked with."""

    def choose(self, words: str, schema: dict[str, object] | None = None) -> Reply:
        if schema is None:
            return Reply(text=_spoken(words))
        if "memories" not in json.dumps(schema):
            return super().choose(words, schema)
        found = [
            {
                "turn": int(number),
                "quote": json.loads(said),
                "kind": "fact",
                "content": f"Habla mucho de {' '.join(markers(said))}",
                "subject": "",
                "slot": "",
                "importance": 8,
            }
            for number, said in _LINE.findall(words)
            if _every(4, said)
        ]
        return Reply(text=json.dumps({"private": [], "memories": found}), structured=True)


def _spoken(words: str) -> str:
    said = " ".join(markers(words))
    name = re.search(r"me llamo (\w+)", words)
    told = f"[person_name:{name[1]}]" if name else ""
    noted = f"[memory:fact:Le interesa {said}]" if _every(5, said) else ""
    return f"[emotion:happy]Me hablas de {said}. {noted}{told}"


def _every(nth: int, said: str) -> bool:
    """Choose some of what is said: robots here talk fifty times as fast as people, and a memory
    that lags behind tells nobody anything."""
    found = markers(said)
    return bool(found) and int(found[0][2:-1]) % nth == 0


@frozen
class Spot:
    """Who is before one robot, as the server must see it."""

    robot: str
    encounter: int = 0
    person_id: str | None = None

    @property
    def owner(self) -> str:
        return self.person_id or f"{self.robot}/{self.encounter}"

    def after(self, person_id: str | None) -> "Spot":
        """A stranger stays the same until a known person came in between."""
        if person_id is None and self.person_id is not None:
            return evolve(self, person_id=None, encounter=self.encounter + 1)
        return evolve(self, person_id=person_id)


def arrival(rng: random.Random, people: list[str]) -> tuple[dict[str, object], str | None]:
    """Return the fields of an `interaction_start`, and whom they name for sure."""
    if not people or rng.random() < 0.25:
        return {"user_id": "unknown", "face_recognized": False}, None
    person_id = rng.choice(people[:AT_HOME])
    confidence = round(rng.uniform(0.4, 1.0), 3)
    fields = {"user_id": person_id, "face_recognized": True, "face_confidence": confidence}
    return fields, person_id if confidence >= 0.70 else None
