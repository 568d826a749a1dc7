"""Measure what readers of a textbook are told, from the question to the citation.

    .venv/bin/python -m tests.texts.measure_flow

The book and its questions are those of `measure_reading`; those about a selection are asked too.
Each is asked of a session of its own, with the library, the store's actor and the turn of a reader
as in the server, and with a model in its place:

    rehearsal   the stand-in of a server without a key.
    own words   the same, asked in the words of the book that answer: what it can do at best.
    faithful    quotes the words that answer, if they stand in what it was given, else declines.
    inventing   answers everything, at length, with quotations that stand nowhere or with none.

Every citation that is told is looked for in the chapter's file, or in the selection, by a way of
its own: nothing of `robi.speech.evidence`. Every third question was held out while it was chosen
what the rehearsal takes for evidence.
"""

import re
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from random import Random
from typing import Any, Literal

import structlog
import trio
from attrs import evolve, field, frozen

from robi.actors.ask import ask
from robi.actors.library import EVERY_TEXT, Library
from robi.actors.mail import Attach, FromReader
from robi.actors.mailbox import Mailbox
from robi.actors.reader import ReaderPorts, settling
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.actors.turn import About, Utterance
from robi.brain.base import BrainRequest, Fragment
from robi.brain.rehearsal import RehearsalBrain
from robi.store.ram import RamStore
from robi.texts.base import Read
from robi.texts.reading import read
from tests.actors.bench import Bench, Robot
from tests.texts.measure_reading import BOOK, HELD_OUT, chapters, one_line

Kind = Literal["answered", "holds", "lacks", "absent"]
KINDS: tuple[Kind, ...] = ("answered", "holds", "lacks", "absent")
"""The book answers; the selection does; it does not; the book does not."""

Outcome = Literal["passage", "chapter", "elsewhere", "uncited", "declined"]
OUTCOMES: tuple[Outcome, ...] = ("passage", "chapter", "elsewhere", "uncited", "declined")
"""Where the citations are: one of them in the passage that answers, or in its chapter; all of them
where no answer is; none, and the words are shown all the same; none, and it says that it declines.
"""

WITHIN_S = 60
"""Of one answer."""


@frozen
class Question:
    """A labelled question; `words` are those of the chapter, or of the selection, that answer."""

    kind: Kind
    asked: str
    chapter: str = ""
    words: str = ""
    selection: str | None = field(default=None, repr=False)
    held_out: bool = False


@frozen
class Answer:
    """What the reader of a question was told."""

    question: Question
    text: str = field(repr=False)
    citations: tuple[Mapping[str, Any], ...] = field(repr=False)
    declined: bool = False

    @property
    def outcome(self) -> Outcome:
        """Where it comes from."""
        if self.declined:
            return "declined"
        if not self.citations:
            return "uncited"
        if self.question.kind in {"lacks", "absent"}:
            return "elsewhere"
        if self.question.selection is not None or any(map(self._is_right, self.citations)):
            return "passage"
        chapter = self.question.chapter
        return "chapter" if any(c["text_id"] == chapter for c in self.citations) else "elsewhere"

    def _is_right(self, citation: Mapping[str, Any]) -> bool:
        """Return whether it is of the passage that answers: that has the label and the quote."""
        return citation["text_id"] == self.question.chapter and any(
            one_line(self.question.words) in one_line(passage)
            and bare(citation["quote"]) in bare(passage)
            for passage in passages()[self.question.chapter]
        )

    def faults(self) -> list[str]:
        """Return what is told that is not so: of citations, and of marks without one."""
        faults: list[str] = []
        for citation in self.citations:
            if self.question.selection is not None:
                said = self.question.selection
            else:
                said = chapters()[citation["text_id"]]
            faults += [
                f"stands nowhere: {words}"
                for words in (citation["quote"], *citation["heading"])
                if not bare(words) or bare(words) not in bare(said)
            ]
        numbers = {citation["number"] for citation in self.citations}
        if numbers != {int(mark) for mark in re.findall(r"\[(\d+)\]", self.text)}:
            faults.append(f"marks are not those of the citations: {self.text}")
        return faults


def bare(text: str) -> str:
    """Return the letters and digits of a text, without accents: all that has to be the same."""
    apart = unicodedata.normalize("NFKD", text.replace("*", ""))
    return "".join(char for char in apart.lower() if char.isalnum())


def passages() -> Mapping[str, Sequence[str]]:
    """Return the words of the passages of each chapter."""
    if not _PASSAGES:
        for name, said in chapters().items():
            cuts = read(said.encode(), "markdown", f"{name}.md").cuts
            _PASSAGES[name] = [cut.words for cut in cuts]
    return _PASSAGES


_PASSAGES: dict[str, Sequence[str]] = {}


def questions() -> tuple[Question, ...]:
    """Return all questions, every third of each kind of the file marked as held out."""
    told: list[Question] = []
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted(BOOK.glob("questions-*"))]
    for key in ("answered", "selection", "absent"):
        for number, each in enumerate(each for labels in files for each in labels.get(key, ())):
            kind: Kind = "holds" if each.get("holds") else "lacks"
            if key != "selection":
                kind = "answered" if key == "answered" else "absent"
            told.append(
                Question(
                    kind,
                    each["question"],
                    each.get("chapter", ""),
                    each.get("words", ""),
                    each.get("selection"),
                    number % HELD_OUT == HELD_OUT - 1,
                )
            )
    return tuple(told)


def in_own_words(asked: Sequence[Question]) -> tuple[Question, ...]:
    """Return the questions that are answered, asked in the words that answer them."""
    return tuple(evolve(each, asked=f"¿{each.words}?") for each in asked if each.words)


# ── the models ────────────────────────────────────────────────────────────────────────────

Writes = Callable[[BrainRequest], str]


@frozen
class Scripted:
    """A model that writes what a function of its request gives, a word at a time."""

    writes: Writes
    model: str = "scripted"

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        yield _a_word_at_a_time(self.writes(request))

    async def generate(self, request: BrainRequest) -> Fragment:
        await trio.lowlevel.checkpoint()
        return Fragment(self.writes(request))

    async def aclose(self) -> None:
        """Nothing to close."""


async def _a_word_at_a_time(written: str) -> AsyncIterator[Fragment]:
    for word in re.findall(r"\S+\s*", written):
        await trio.lowlevel.checkpoint()
        yield Fragment(word)


def faithful(asked: Sequence[Question]) -> Writes:
    """Return a model that knows the labels, and quotes only from what it was given."""
    labels = {each.asked: each for each in asked}

    def writes(request: BrainRequest) -> str:
        question, reading = labels[request.utterance.text], request.scene.reading
        assert reading is not None
        for number, passage in enumerate(reading.passages, 1):
            if question.words and one_line(question.words) in one_line(passage.words):
                return f'[emotion:happy] Esto dice. [cite:{number} "{question.words}"]'
        if reading.selected:
            return "[emotion:neutral][none:evidence] Eso no está en lo seleccionado."
        return "[emotion:neutral][none:evidence]"

    return writes


def inventing(request: BrainRequest) -> str:
    """Answer with what the question says, and words of the passages in another order."""
    reading = request.scene.reading
    assert reading is not None
    parts = ["[emotion:excited] ¡Claro que lo sé, y con todo detalle! [1]"]
    for number, passage in enumerate(reading.passages, 1):
        words = re.findall(r"\w+", passage.words)
        backwards = " ".join(reversed(words[:12]))
        other = " ".join([*words[:4], "jamás", *words[4:8]])
        parts += [
            f"Lo descubrió Aurelio Pamplinas en 1{number}47, de madrugada.",
            f'[cite:{number} "{backwards}"] {request.utterance.text.strip("¿?")}: así fue, y con',
            f'grandes aplausos. [cite:{number} "{other}"] [cite:99 "Aurelio Pamplinas en 1847"]',
        ]
    return " ".join([*parts, "Nadie lo ha puesto en duda, y menos que nadie yo."])


def rehearsal() -> RehearsalBrain:
    """Return the rehearsal, in no need of a pause."""
    return RehearsalBrain(Random(1), pace_s=0)


# ── the flow ──────────────────────────────────────────────────────────────────────────────


async def answers(asked: Sequence[Question], brain: Any) -> list[Answer]:
    """Return what the reader of each question is told, if that is the model."""
    mailbox: Mailbox[StoreMessage] = Mailbox("store", 10_000)
    address = StoreAddress(mailbox)
    library = Library(address, _read, lambda: 1.0)
    async with trio.open_nursery() as nursery:
        store = StoreActor(RamStore, address.reads, pace=0)
        await nursery.start(_living, store, mailbox)
        for name, said in chapters().items():
            await library.add(said.encode(), "markdown", text_id=name)
        reader = ReaderPorts(partial(settling, address), library.search, "Robi")
        told = [await _answer(each, brain, reader, mailbox) for each in asked]
        nursery.cancel_scope.cancel()
    return told


async def _read(data: bytes, kind: str | None, name: str) -> Read:
    await trio.lowlevel.checkpoint()
    return read(data, kind, name)


async def _living(
    store: StoreActor, mailbox: Mailbox[StoreMessage], *, task_status: trio.TaskStatus[None]
) -> None:
    await store.run(mailbox, task_status.started)


async def _answer(
    question: Question, brain: Any, reader: ReaderPorts, rows: Mailbox[StoreMessage]
) -> Answer:
    """Ask one question of a session of its own."""
    with trio.fail_after(WITHIN_S):
        async with trio.open_nursery() as nursery:
            bench = Bench(nursery, brain=brain, rows=rows, reader=reader)
            bench.start()
            robot = Robot(bench.mailbox, await ask(bench.mailbox, Attach(None), timeout=1))
            about = About(question.selection, None if question.selection else EVERY_TEXT)
            utterance = Utterance("q1", "text", question.asked, about=about)
            await bench.mailbox.put(FromReader(robot.attachment, utterance, "reader:key_1"))
            messages = await robot.hears_turn()
            nursery.cancel_scope.cancel()
    (meta,) = [each for each in messages if each["type"] == "response_meta"]
    text = "".join(each["text"] for each in messages if each["type"] == "text_chunk")
    assert text == meta["response_text"]
    return Answer(question, text, tuple(meta["citations"]), meta.get("declined", False))


def outcomes(told: Sequence[Answer], kind: Kind, *, held_out: bool | None = None) -> Counter[str]:
    """Return how many answers to questions of a kind had which outcome."""
    return Counter(
        each.outcome
        for each in told
        if each.question.kind == kind and held_out in {None, each.question.held_out}
    )


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("warning"))
    asked = questions()
    runs: dict[str, tuple[Sequence[Question], Any]] = {
        "rehearsal": (asked, rehearsal()),
        "own words": (in_own_words(asked), rehearsal()),
        "faithful": (asked, Scripted(faithful(asked))),
        "inventing": (asked, Scripted(inventing)),
    }
    head = "".join(f"{name:>14}" for name in OUTCOMES)
    sys.stdout.write(f"{'':24}{head}   (chosen by + held out)\n")
    for name, (some, brain) in runs.items():
        told = trio.run(answers, some, brain)
        for kind in KINDS:
            chosen, held_out = (outcomes(told, kind, held_out=out) for out in (False, True))
            if not chosen:
                continue
            counts = (f"{chosen[each]} + {held_out[each]}" for each in OUTCOMES)
            sys.stdout.write(f"{name:14}{kind:10}" + "".join(f"{c:>14}" for c in counts) + "\n")
        cited = sum(len(each.citations) for each in told)
        faults = [fault for each in told for fault in each.faults()]
        sys.stdout.write(f"{name:14}{cited} citations, {len(faults)} faults\n")
        sys.stdout.writelines(f"    {fault}\n" for fault in faults)


if __name__ == "__main__":
    main()
