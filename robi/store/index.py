"""The full-text index over memories: an FTS5 table `memory_words` beside `memories`.

Owns what is put into it. A row has the `id` of its memory, and every stem of the content
(`relevance.indexed`) led by a key of the person: one token is `key + stem`. So a search reads one
person's postings and nobody else's, however many others there are, and can find nothing of theirs.

Only what is current is in it: a memory that is superseded is taken out. It is kept by hand, as the
stems are made in Python, where no trigger can be.
"""

import json

from sqlite_utils import Database

from robi.store import fts
from robi.store.erasures import digest
from robi.store.relevance import indexed

NAME = "memory_words"

_KEY_LENGTH = 12
"""48 bits: what two people would have to share by chance; the rows are asked for the person too."""


def token(person_id: str, stem: str) -> str:
    """Return how a stem of that person stands in the index."""
    return digest(person_id)[:_KEY_LENGTH] + stem


def create(db: Database) -> None:
    """Make the index, empty."""
    db.execute(
        "CREATE VIRTUAL TABLE memory_words"
        " USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2')"
    )


def put(db: Database, number: int, person_id: str, content: str) -> None:
    """Put in the memory with this `id`; it must not be there."""
    key = digest(person_id)[:_KEY_LENGTH]
    words = " ".join(key + stem for stem in indexed(content))
    db.execute("INSERT INTO memory_words (rowid, words) VALUES (?, ?)", (number, words))


def take_out(db: Database, numbers: list[int]) -> None:
    """Take out the memories with these `id`s, if they are there."""
    which = json.dumps(numbers)
    db.execute("DELETE FROM memory_words WHERE rowid IN (SELECT value FROM json_each(?))", (which,))


def compress(db: Database) -> None:
    """Make it one piece: until then, what was taken out is still in older pieces."""
    fts.compress(db, NAME)


def is_sound(db: Database) -> bool:
    """Return whether the index fits what was put into it. Raises what SQLite raises of the disk."""
    return fts.is_sound(db, NAME)


def make_anew(db: Database) -> None:
    """Make the index from the memories, whatever it was."""
    db.execute("DROP TABLE memory_words")
    create(db)
    put_all(db)


def put_all(db: Database) -> None:
    """Put in every current memory; the index must be empty."""
    rows = db.execute("SELECT id, user_id, content FROM memories WHERE superseded_by IS NULL")
    for number, person_id, content in rows.fetchall():
        put(db, number, person_id, content)
