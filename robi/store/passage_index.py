"""The full-text index over passages: an FTS5 table `passage_words` beside `passages`.

Owns what is put into it, and its SQL. A row has the `id` of its passage, and in two columns the
roots of its headings and of its words (`robi.store.roots`). The passages of a text have ids that
follow each other, so that a search in one text is one in a range. It is kept by hand, as the roots
are made in Python, where no trigger can be.

The tokenizer only divides at spaces and ASCII marks: it takes whatever is not ASCII for a letter,
and so finds what its twin in RAM finds, folded by the same hand.

Beside it stands the vocabulary, for what is misspelt: the roots that there are, read out of the
index (`passage_terms`, FTS5's own view of it) into `passage_vocabulary` whenever that is
compressed. The view counts the entries of every root that it passes, which is too long for a
search.
"""

import json
from typing import Any

from attrs import frozen
from sqlite_utils import Database

from robi.store import fts, passages, roots, spelling

NAME = "passage_words"


@frozen
class Scope:
    """Where is searched: the `known` passages with `id`s from `first` to `last`."""

    first: int
    last: int
    known: int


def create(db: Database) -> None:
    """Make the index, empty."""
    db.execute(
        "CREATE VIRTUAL TABLE passage_words USING fts5 (headings, words, tokenize = 'ascii')"
    )
    db.execute("CREATE VIRTUAL TABLE passage_terms USING fts5vocab (passage_words, 'row')")
    db.execute("CREATE TABLE passage_vocabulary (root TEXT PRIMARY KEY) WITHOUT ROWID")


def put(db: Database, number: int, heading: tuple[str, ...], words: str) -> None:
    """Put in the passage with this `id`; it must not be there."""
    told = roots.of_heading(heading), roots.of_passage(words)
    db.execute(
        "INSERT INTO passage_words (rowid, headings, words) VALUES (?, ?, ?)", (number, *told)
    )


def take_out(db: Database, first: int, last: int) -> None:
    """Take out the passages with these `id`s, if they are there."""
    db.execute("DELETE FROM passage_words WHERE rowid BETWEEN ? AND ?", (first, last))


def compress(db: Database) -> None:
    """Make it one piece: faster to search, and without what was taken out; and its vocabulary."""
    fts.compress(db, NAME)
    db.execute("DELETE FROM passage_vocabulary")
    db.execute("INSERT INTO passage_vocabulary SELECT term FROM passage_terms")


def is_sound(db: Database) -> bool:
    """Return whether the index fits what was put into it. Raises what SQLite raises of the disk."""
    return db["passage_vocabulary"].exists() and fts.is_sound(db, NAME)


def make_anew(db: Database) -> None:
    """Make the index from the passages, whatever it was."""
    for table in ("passage_vocabulary", "passage_terms", NAME):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    create(db)
    rows = db.execute("SELECT id, heading, words FROM passages").fetchall()
    for number, heading, words in rows:
        put(db, number, tuple(json.loads(heading)), words)
    compress(db)


# ── searching ─────────────────────────────────────────────────────────────────────────────

_COUNT = (
    "(SELECT count(*) FROM passage_words WHERE passage_words MATCH ? AND rowid BETWEEN ? AND ?)"
)
_ENTRIES = (
    "(SELECT json_group_array(rowid) FROM (SELECT rowid FROM passage_words"
    " WHERE passage_words MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?))"
)
_NEAR = (
    "SELECT root FROM passage_vocabulary"
    " WHERE root >= ? AND root < ? AND length(root) BETWEEN ? AND ?"
)
_ROOTS = (
    "SELECT rowid, headings, words FROM passage_words"
    " WHERE rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid"
)


def search(
    db: Database, words: tuple[str, ...], scope: Scope, limit: int
) -> list[tuple[int, float]]:
    """Return the `id`s of the passages that are evidence with their scores, the best first.

    All roots are searched for in one statement: each step of a statement lets go of the
    interpreter, and on a busy server it takes long to have it again.
    """
    question = passages.asked(words)
    if not question.question or not scope.known:
        return []
    span = scope.first, scope.last
    having: dict[str, int] = _each(db, _COUNT, question.roots, *span)
    if unknown := passages.unknown(question, having):
        near = {each: spelling.near(each, _like(db, each)) for each in unknown}
        if meant := tuple({word for words in near.values() for word in words}):
            having |= _each(db, _COUNT, meant, *span)
            question = passages.mended(question, near, having)
            having = {each: having[each] for each in question.roots}
    looked_at = passages.looked_at(question, having)
    if not looked_at:
        return []
    found: dict[str, str] = _each(db, _ENTRIES, looked_at, *span, passages.LOOKED_AT)
    entries = {each: json.loads(numbers) for each, numbers in found.items()}
    weight = passages.weights(question, having, scope.known)
    candidates = json.dumps(passages.candidates(question, entries, weight))
    read = db.execute(_ROOTS, (candidates,)).fetchall()
    return passages.ranked(weight, read, limit)


def _like(db: Database, root: str) -> list[str]:
    """Return the words of the vocabulary that begin like a misspelt one and are about as long."""
    lengths = spelling.lengths(root)
    return [
        word
        for first in spelling.initials(root)
        for (word,) in db.execute(_NEAR, (first, chr(ord(first) + 1), *lengths))
    ]


def _each(db: Database, asked: str, wanted: tuple[str, ...], *values: int) -> dict[str, Any]:
    """Ask the same of each root, in one statement; return the answers by root."""
    sql = "SELECT " + ", ".join([asked] * len(wanted))
    given = [value for each in wanted for value in (f'"{each}"', *values)]
    return dict(zip(wanted, db.execute(sql, given).fetchone(), strict=True))
