"""Measure how well passages are found for questions about a textbook, without a model.

    .venv/bin/python -m tests.texts.measure_reading

The book is `textbook/`: a text a chapter, asked as a whole. Of its questions (`questions-*.toml`)
some are *answered* by it and some *absent* from it; those about a selection are not searched for.
They are asked as people ask: in other words than the book's, some misspelt, some in English. Every
third was held out while what is mended and what is evidence was chosen (`robi.store.passages`).
Prints figures, how far down the passage is that was not found, how many are found with a letter
wrong in each word that the book has, or asked of the right chapter alone, what was missed, and the
CPU that a search takes.
"""

import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from attrs import evolve, field, frozen

from robi.people.words import all_words, fold
from robi.store import roots
from robi.store.base import AddText, FoundPassage, PassageRow, Store, TextRow
from robi.store.sqlite import SqliteStore
from robi.texts.reading import read

BOOK = Path(__file__).parent / "textbook"
LIMIT = 5
"""Passages that reach a prompt."""

PAGE = 1_800
"""Characters of a printed page."""

FURTHEST = 20
"""Passages among which is looked for the right one, to see what a better order could find."""

MISSPELT = 6
"""Letters of words that are misspelt on purpose."""

HELD_OUT = 3
"""Of how many questions one was held out."""


@frozen
class Question:
    """A question, and which passage answers it: that of `chapter` in which `words` stand."""

    words: str
    chapter: str = ""
    quote: str = ""
    held_out: bool = False

    def is_answered_by(self, passage: FoundPassage) -> bool:
        """Return whether that is the passage."""
        return passage.row.text_id == self.chapter and one_line(self.quote) in one_line(
            passage.row.words
        )


def one_line(text: str) -> str:
    """Return a text folded and with one space between words, as labels are compared."""
    return " ".join(fold(text).split())


@frozen
class Set:
    """What came of the questions of one kind."""

    questions: tuple[Question, ...] = field(repr=False)
    first: int = 0
    among: int = 0
    nothing: int = 0
    missed: tuple[tuple[Question, tuple[FoundPassage, ...]], ...] = field(default=(), repr=False)
    """Of what is answered, where the passage is not among those found; of what is absent, where
    something is."""


def chapters() -> dict[str, str]:
    """Return the chapters of the book by the stems of their names."""
    return {path.stem: path.read_text("utf-8") for path in sorted(BOOK.glob("*.md"))}


def loaded(store: Store) -> None:
    """Put the book into a store."""
    for name, said in chapters().items():
        text = read(said.encode(), "markdown", f"{name}.md")
        store.write(
            [
                AddText(
                    TextRow(
                        name, text.title, text.kind, len(said), "", len(text.cuts),
                        text.characters, 1.0,
                    ),
                    tuple(
                        PassageRow(name, at, cut.heading, cut.anchor, cut.place, cut.words)
                        for at, cut in enumerate(text.cuts)
                    ),
                )
            ]
        )  # fmt: skip


def questions(kind: str) -> tuple[Question, ...]:
    """Return the questions of a kind, every third marked as held out."""
    told = (
        each
        for path in sorted(BOOK.glob("questions-*.toml"))
        for each in tomllib.loads(path.read_text("utf-8")).get(kind, ())
    )
    return tuple(
        Question(
            each["question"],
            each.get("chapter", ""),
            each.get("words", ""),
            held_out=number % HELD_OUT == HELD_OUT - 1,
        )
        for number, each in enumerate(told)
    )


def answered(store: Store, asked: Iterable[Question]) -> Set:
    """Return what came of questions that the book answers."""
    asked = tuple(asked)
    first = among = nothing = 0
    missed = []
    for question in asked:
        found = store.passages_like(None, (question.words,), LIMIT)
        right = [question.is_answered_by(each) for each in found]
        first += right[:1] == [True]
        among += any(right)
        nothing += not found
        if not any(right):
            missed.append((question, found))
    return Set(asked, first, among, nothing, tuple(missed))


def absent(store: Store, asked: Iterable[Question]) -> Set:
    """Return what came of questions that the book does not answer."""
    asked = tuple(asked)
    found = [(each, store.passages_like(None, (each.words,), LIMIT)) for each in asked]
    missed = tuple((question, passages) for question, passages in found if passages)
    return Set(asked, nothing=len(asked) - len(missed), missed=missed)


def ranks(store: Store, asked: Iterable[Question], *, in_chapter: bool = False) -> list[int]:
    """Return at which place the passage comes for each question, 0 where it does not."""
    places = []
    for question in asked:
        text_id = question.chapter if in_chapter else None
        found = store.passages_like(text_id, (question.words,), FURTHEST)
        right = [question.is_answered_by(each) for each in found]
        places.append(right.index(True) + 1 if any(right) else 0)
    return places


def misspelt(asked: Iterable[Question], mistakes: int, seed: int) -> tuple[Question, ...]:
    """Return the questions with so many letters wrong in each telling word that the book has."""
    chance = random.Random(seed)
    there = {roots.root(word) for said in chapters().values() for word in all_words(said)}

    def wrong(word: str) -> str:
        (bare, *_) = all_words(word) or [""]
        its_root = roots.root(bare) if bare else ""
        if (
            len(bare) < MISSPELT
            or its_root not in there
            or roots.of_question(bare) != {its_root: 1}
        ):
            return word
        for _ in range(mistakes):
            bare = _with_mistake(bare, chance)
        return bare

    return tuple(
        evolve(each, words=" ".join(wrong(word) for word in each.words.split())) for each in asked
    )


def _with_mistake(word: str, chance: random.Random) -> str:
    """Return a word with a letter more, less, wrong, or exchanged; its first letter stays."""
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    other = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return before + chance.choice(
        (after, other + letter + after, other + after, after[0] + letter + after[1:])
    )


def both_ways(
    store: Store, ask: Callable[[Store, Iterable[Question]], Set], asked: Sequence[Question]
) -> tuple[Set, Set]:
    """Return what came of the questions by which the threshold was chosen, and of the others."""
    return (
        ask(store, [each for each in asked if not each.held_out]),
        ask(store, [each for each in asked if each.held_out]),
    )


# ── what is shown ─────────────────────────────────────────────────────────────────────────


def _show(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def _show_sets(kind: str, sets: tuple[Set, Set]) -> None:
    for name, each in zip(("chosen by", "held out"), sets, strict=True):
        _show(
            f"{kind:10} {name:10} {len(each.questions):4} asked {each.first:4} first"
            f" {each.among:4} among {LIMIT} {each.nothing:4} nothing found"
        )


def _show_ranks(what: str, places: Sequence[int]) -> None:
    among = (1, 3, LIMIT, 10, FURTHEST)
    told = (f"{sum(0 < place <= most for place in places)} among {most}" for most in among)
    _show(f"{what}: of {len(places)} the passage is " + ", ".join(told))


def _show_misspelt(store: Store, asked: Sequence[Question], times: int) -> None:
    for mistakes in (1, 2):
        came = [answered(store, misspelt(asked, mistakes, seed)) for seed in range(times)]
        _show(
            f"misspelt, {mistakes} a word: {len(asked) * times} asked"
            f" {sum(each.first for each in came)} first {sum(each.among for each in came)} among"
            f" {LIMIT} {sum(each.nothing for each in came)} nothing found"
        )


def _show_missed(kind: str, sets: tuple[Set, Set]) -> None:
    _show(f"\nmissed: {kind}")
    for question, found in (each for one in sets for each in one.missed):
        best = found[0] if found else None
        instead = f"{best.row.text_id} / {' > '.join(best.row.heading)}" if best else "nothing"
        _show(f"  {question.words}\n      {question.chapter or '(absent)'} → {instead}")


def _show_cost(store: Store, asked: Sequence[Question], what: str) -> None:
    taken = []
    for question in asked:
        began = time.thread_time()
        store.passages_like(None, (question.words,), LIMIT)
        taken.append((time.thread_time() - began) * 1000)
    taken.sort()
    _show(
        f"{what}: CPU of a search, median {taken[len(taken) // 2]:.2f} ms,"
        f" at most {taken[-1]:.2f} ms"
    )


def _many_times(store: Store, times: int) -> int:
    """Put in copies of every chapter; return how many passages there are."""
    for name, said in chapters().items():
        cuts = read(said.encode(), "markdown", f"{name}.md").cuts
        for copy in range(times):
            text_id = f"{name}--{copy}"
            store.write(
                [
                    AddText(
                        TextRow(text_id, name, "markdown", 0, "", len(cuts), 0, 1.0),
                        tuple(
                            PassageRow(text_id, at, cut.heading, cut.anchor, cut.place, cut.words)
                            for at, cut in enumerate(cuts)
                        ),
                    )
                ]
            )
    return sum(text.passages for text in store.texts())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "reading.db")
        store.open()
        loaded(store)
        passages = sum(text.passages for text in store.texts())
        characters = sum(map(len, chapters().values()))
        _show(
            f"{store.texts_count()} chapters, {characters:,} characters,"
            f" {characters / PAGE:.0f} pages, {passages} passages\n"
        )
        asked = {kind: questions(kind) for kind in ("answered", "absent")}
        sets = {
            "answered": both_ways(store, answered, asked["answered"]),
            "absent": both_ways(store, absent, asked["absent"]),
        }
        for kind, each in sets.items():
            _show_sets(kind, each)
        _show()
        _show_ranks("asked of all chapters", ranks(store, asked["answered"]))
        _show_ranks("asked of its chapter", ranks(store, asked["answered"], in_chapter=True))
        _show_misspelt(store, asked["answered"], 5)
        for kind, each in sets.items():
            _show_missed(kind, each)
        _show()
        everything = [each for some in asked.values() for each in some]
        _show_cost(store, everything, f"{passages} passages")
        _show_cost(store, everything, f"{_many_times(store, 5_000 // passages)} passages")
        store.close()


if __name__ == "__main__":
    main()
