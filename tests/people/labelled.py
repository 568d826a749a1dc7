"""The labelled sentences on which the privacy gate is measured, and how it does."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from robi.people.privacy import classes

FILE = Path(__file__).parent / "sentences.txt"
HARMLESS = "harmless"
KINDS = ("secret", "card", "bank", "identity", "health", "confidence")


@frozen
class Sentence:
    """What someone said, what it holds, and whether rules can tell."""

    label: str
    model_only: bool
    before: str
    text: str

    @property
    def private(self) -> bool:
        return self.label != HARMLESS

    @property
    def found(self) -> frozenset[str]:
        return frozenset(classes(self.text, self.before))

    @property
    def right(self) -> bool:
        return self.label in self.found if self.private else not self.found


def sentences(file: Path = FILE) -> Iterator[Sentence]:
    """Yield the sentences of a file, in order."""
    label, model_only = "", False
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            label, _, mark = line.strip("[]").partition(" ")
            model_only = mark == "model_only"
        elif line and not line.startswith("#"):
            before, _, text = line.rpartition(" >> ")
            yield Sentence(label, model_only, before, text)


def wrong(among: Iterable[Sentence]) -> list[Sentence]:
    """Return the sentences that the gate takes for something else."""
    return [sentence for sentence in among if not sentence.right]
