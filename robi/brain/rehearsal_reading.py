"""What the rehearsal reads out to a reader: what a text itself says of the question.

Owns the choice of the sentences, by the words that they share with the question. It understands
neither, and says so; what it quotes stands in the text, and it cites it as a model would. Where no
sentence has to do with the question it tells that there is no evidence, as a model would.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from attrs import field, frozen

from robi.brain.rehearsal_memories import quoted
from robi.brain.rehearsal_written import Reply
from robi.errors import Language
from robi.speech.evidence import content, sentences
from robi.speech.names import plain
from robi.speech.reading import Reading

MOST_READ: Final = 2
"""Sentences of a text in one answer."""
LEAST_SHARE: Final = 0.4
"""Of the words of a question that say something, so many have to stand in a sentence, or in the
headings above it."""
_MOST_CHARS: Final = 400
_MOST_CITED: Final = 20
"""Words of a citation."""

_WANTED: Final = {
    "read_translate": re.compile(r"\btrad[uú](?:c|zc)\w*|\btranslat\w*", re.IGNORECASE),
    "read_summarise": re.compile(r"\bres[uú]m\w*|\bsummar\w*|\bin short\b", re.IGNORECASE),
    "read_explain": re.compile(
        r"\bexpl[ií](?:c|qu)\w*|\bexplain\w*|\bsignifica\w*|\bquiere decir\b"
        r"|\bwhat does\b.*\bmean\b|\baclara\w*|\bclarify\b",
        re.IGNORECASE,
    ),
}
"""What may be wanted of a selection as a whole."""

NO_EVIDENCE: Final = "[none:evidence]"


@frozen
class _Sentence:
    """A sentence of a passage; `number` is the passage's, from 1."""

    number: int
    text: str = field(repr=False)
    roots: frozenset[str] = field(repr=False)


def read_out(reading: Reading, asked: str, line: Callable[[str], str], language: Language) -> Reply:
    """Return what is read out to who asked `asked`. `line` gives a sentence for an occasion."""
    if not reading.wanted:
        return Reply("neutral", line("read_anything"))
    found = list(_sentences(reading))
    wanted = next((name for name, sign in _WANTED.items() if sign.search(asked)), None)
    if reading.selected and wanted is not None:
        return _reply(line(wanted), found[:MOST_READ], language)
    best = _best(found, content(asked))
    return _reply(line("read_selected" if reading.selected else "read_found"), best, language)


def _reply(opening: str, told: list[_Sentence], language: Language) -> Reply:
    if not told:
        return Reply("neutral", NO_EVIDENCE)
    parts = [f"{_shown(each.text, language)} {_cite(each)}" for each in told]
    return Reply("curious", " ".join([opening, *parts]))


def _sentences(reading: Reading) -> Iterator[_Sentence]:
    for number, passage in enumerate(reading.passages, 1):
        above = content(" ".join(passage.heading))
        for text in sentences(passage.words):
            if roots := content(text):
                yield _Sentence(number, text, roots | above)


def _best(found: list[_Sentence], asked: frozenset[str]) -> list[_Sentence]:
    """Return the one or two sentences that share most with the question, in their order."""
    if not asked:  # "and then?": the best passage was found by what was said before
        return found[:1]
    shared = {n: len(each.roots & asked) for n, each in enumerate(found)}
    most = max(shared.values(), default=0)
    if most < max(1, LEAST_SHARE * len(asked)):
        return []
    ranked = sorted((n for n, count in shared.items() if count == most))
    return [found[n] for n in ranked[:MOST_READ]]


def _shown(sentence: str, language: Language) -> str:
    words = plain(sentence)
    if len(words) > _MOST_CHARS:
        words = words[:_MOST_CHARS].rsplit(" ", 1)[0] + "…"
    return quoted(words, language)


def _cite(sentence: _Sentence) -> str:
    words = re.sub(r"[\[\]\"“”«»]", "", plain(sentence.text)).split()[:_MOST_CITED]
    return f'[cite:{sentence.number} "{" ".join(words)}"]'
