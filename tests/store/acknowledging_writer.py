"""A process that writes and erases, and says what is kept and what is gone: to be killed.

Run by `test_kill` with the path of the database and a name for its rows. Each line is a word and
the id of a person; the name, a memory and what was said hold the word `mark` of the id.
"""

import sys
from itertools import count
from pathlib import Path

from robi.store.base import (
    AddMemory,
    AppendHistory,
    ErasePerson,
    HistoryRow,
    Memory,
    Person,
    SavePerson,
    SaveSession,
    SessionRow,
)
from robi.store.sqlite import SqliteStore

EVERY = 4
"""Every fourth person is erased again."""


def mark(person_id: str) -> str:
    return "mark" + person_id.replace("_", "") + "q"


def tell(word: str, person_id: str) -> None:
    sys.stdout.write(f"{word} {person_id}\n")
    sys.stdout.flush()


def main(path: str, life: str) -> None:
    store = SqliteStore(Path(path))
    store.open()
    for number in count():
        person_id = f"user_{life}_{number}x"
        word = mark(person_id)
        store.write(
            [
                SavePerson(Person(person_id, word + "x" * 200, float(number))),
                AddMemory(Memory(f"m-{person_id}", person_id, "fact", f"likes {word}", 5, 1.0)),
                SaveSession(SessionRow(life, None, person_id, 1.0, 1.0)),
                AppendHistory(HistoryRow(life, number, person_id, "person", word, 1.0)),
            ]
        )
        tell("kept", person_id)
        if number % EVERY == EVERY - 1:
            tell("erasing", person_id)
            store.erase(ErasePerson(person_id, 1.0))
            tell("erased", person_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
