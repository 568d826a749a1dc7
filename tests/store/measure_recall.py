"""Measure what one recall costs on a big house: run it with a folder for its database.

    .venv/bin/python -m tests.store.measure_recall FOLDER

Four people with 10,000 memories each, of words that are as unequally common as those of a language
(Zipf's law), so that some stand in thousands of memories. Each recall is the person, what is
pinned, what is relevant and what weighs, as `LoadRemembered` reads it. Prints
milliseconds; not a test.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from pathlib import Path

from robi.actors.store_mail import LoadRemembered
from robi.store.base import AddMemory, ErasePerson, Memory, Person, SavePerson, Write
from robi.store.sqlite import SqliteStore

PEOPLE = 4
MEMORIES = 10_000
VOCABULARY = 20_000
ROUNDS = 300
NOW = 1_000_000.0

LOTS = random.Random(4)
SYLLABLES = [c + v for c in "bcdfglmnprstv" for v in "aeiou"]
WORDS = list(
    dict.fromkeys(
        "".join(LOTS.choices(SYLLABLES, k=LOTS.randint(2, 4))) for _ in range(2 * VOCABULARY)
    )
)[:VOCABULARY]
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))


def some_words(count: int) -> list[str]:
    return LOTS.choices(WORDS, cum_weights=WEIGHTS, k=count)


def memories_of(person: str) -> list[AddMemory]:
    return [
        AddMemory(
            Memory(
                f"{person}-{number}",
                person,
                "fact",
                " ".join(some_words(LOTS.randint(4, 14))),
                10 if number % 500 == 0 else LOTS.randint(4, 9),
                float(number),
                valid_until=NOW - 1 if number % 10 == 0 else None,
            )
        )
        for number in range(MEMORIES)
    ]


def milliseconds(call: Callable[[], object]) -> tuple[float, float]:
    """Return how long a call took, and how much of it was CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def show(what: str, taken: list[tuple[float, float]]) -> None:
    wall, cpu = ([each[kind] for each in taken] for kind in (0, 1))
    late = sorted(wall)[int(len(wall) * 0.99)]
    sys.stdout.write(
        f"{what:44} wall median {statistics.median(wall):7.2f}  p99 {late:7.2f}"
        f"   CPU median {statistics.median(cpu):7.2f}\n"
    )


def main() -> None:
    store = SqliteStore(Path(sys.argv[1]) / "recall.db")
    store.open()
    people = [f"user_{number}" for number in range(PEOPLE)]
    for person in people:
        writes: list[Write] = [SavePerson(Person(person, person, 0.0)), *memories_of(person)]
        show("10,000 memories written", [milliseconds(partial(store.write, writes))])

    def recalls(words: Callable[[], list[str]]) -> list[tuple[float, float]]:
        loads = [
            LoadRemembered(people[0], tuple(words()), NOW, limit=20, least=5) for _ in range(ROUNDS)
        ]
        return [milliseconds(partial(load.read, store)) for load in loads]

    show("an utterance of 8 words", recalls(lambda: some_words(8)))
    show("the 8 commonest words", recalls(lambda: WORDS[:8]))
    show("the commonest word", recalls(lambda: WORDS[:1]))
    show("60 words, half of them common", recalls(lambda: WORDS[:30] + some_words(30)))
    show("8 words that nobody said", recalls(lambda: [f"qq{n}zz" for n in range(8)]))
    show(
        "a person with 10,000 memories erased",
        [milliseconds(partial(store.erase, ErasePerson(people[1], NOW)))],
    )
    store.close()


if __name__ == "__main__":
    main()
