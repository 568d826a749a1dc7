"""What it costs to check a reader's answer: `python -m tests.speech.measure_read`.

Each line is one answer of 16 * 1024 characters, in fragments of 16, and the milliseconds of
processor that it took with its passages, the best of three; the issue allows 50. Not a test: a
machine that has other work is slower.
"""

# ruff: noqa: T201 - talks to a person in a terminal
from collections.abc import Iterator
from random import Random
from time import process_time

from robi.speech.read_answer import ReadAnswer
from robi.speech.reading import Passage, Reading

CHARS = 16 * 1024
FRAGMENT = 16
WORDS = "La fotosíntesis produce oxígeno en hojas verdes cerca del río número uno. "


def passages(words: str) -> Reading:
    return Reading(tuple(Passage("t", "T", (), "", "", (words * 600)[:1200]) for _ in range(5)))


READINGS = {
    "five passages": passages(WORDS),
    "of short sentences": passages("Oso pez uva. "),
    "a selection": Reading((Passage("", "", (), "", "", (WORDS * 200)[:8000]),), selected=True),
    "of short words": Reading((Passage("", "", (), "", "", "a " * 4000),), selected=True),
}
ANSWERS = {
    "plain words": WORDS,
    "citations that stand there": 'X. [cite:1 "produce oxígeno en hojas"] ',
    "citations that do not": 'X. [cite:1 "produce oxígeno en hojos"] ',
    "short citations": '[cite:1 "a a"]',
    "long citations": '[cite:1 "' + "a " * 180 + 'b"]',
    "short sentences": "Oso pez uva. ",
    "brackets": "[",
    "brackets in quotes": '[cite:1 "' + "[" * 300,
    "ends of brackets in quotes": '[cite:1 "' + "]" * 300,
    "numbers in brackets": "[1",
    "backticks": "`",
    "backticks apart": "` ",
    "backticks of all lengths": "".join("`" * (1 + n % 7) + "x" for n in range(50)),
    "fences": "```\n",
    "backslashes": "\\",
    "new lines": "\n",
    "ends of sentences": ".*)",
    "initials": "A. ",
    "numbers of centuries": "siglo V. ",
    "numbers divided": "1 500,",
    "numbers joined": "1.",
}


def answers() -> Iterator[tuple[str, str, Reading]]:
    for kind, words in ANSWERS.items():
        for of, reading in READINGS.items():
            yield f"{kind}, {of}", (words * CHARS)[:CHARS], reading
    for of, reading in READINGS.items():
        yield f"one long sentence, {of}", " ".join(f"oso{n}" for n in range(CHARS // 7)), reading


def cost_ms(written: str, reading: Reading) -> float:
    began = process_time()
    answer = ReadAnswer("r1", Random(0), "es")
    answer.rest_on(reading)
    for start in range(0, len(written), FRAGMENT):
        answer.feed(written[start : start + FRAGMENT])
    answer.close()
    return (process_time() - began) * 1000


def main() -> None:
    costs = [
        (min(cost_ms(written, reading) for _ in range(3)), name)
        for name, written, reading in answers()
    ]
    for cost, name in sorted(costs, reverse=True):
        print(f"{cost:6.1f} ms  {name}")


if __name__ == "__main__":
    main()
