"""What is erased is in no file beside the database either: a search over their bytes."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from robi.errors import DatabaseError
from robi.store.base import (
    AddMemory,
    AmendHistory,
    AppendHistory,
    CompactHistory,
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Erasure,
    HistoryRow,
    Memory,
    Person,
    Receipt,
    SavePerson,
    SaveSession,
    SessionRow,
    Write,
)
from robi.store.files import back_up, backup_path
from robi.store.sqlite import SqliteStore
from tests.store.rows import in_every_table

ANA, LUIS = "user_zorana", "user_luis"


@pytest.fixture
def sqlite(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path, busy_timeout=0.0)
    store.open()
    yield store
    store.close()


def left(path: Path, *words: str) -> list[tuple[str, str]]:
    """Return the files beside the database that hold one of the words, and which."""
    return [
        (file.name, word)
        for file in path.parent.iterdir()
        for word in words
        if word.lower().encode() in file.read_bytes().lower()
    ]


WORDS = (
    "memoryñandú",
    "saidñandú",
    "heardñandú",
    "oldñandú",
    "summaryñandú",
    "againñandú",
    "ñandú.jpg",
)
OF_THE_PERSON = ("Nameñandú", "prefñandú", "faceñandú", "emotionñandú", "evñandú", ANA)


@pytest.mark.parametrize(
    ("erasure", "gone"),
    [
        (ErasePerson(ANA, 1.0), ("ñandú", "nandu", ANA)),
        (
            EraseEverythingRemembered(ANA),
            (*WORDS, "memorynandu", "evñandú", "laterñandú", "prefñandú"),
        ),
        (EraseMemory(ANA, ("idñandú",)), (*(set(WORDS) - {"oldñandú"}), "memorynandu")),
        (EraseTurns(ANA, "s1", ("r0", "r1")), (*WORDS, "memorynandu")),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, tuple) else "",
)
def test_words_of_what_is_erased_are_in_no_file(
    sqlite: SqliteStore, path: Path, erasure: Erasure, gone: tuple[str, ...]
) -> None:
    hers, his = in_every_table(ANA, "ñandú", "s1"), in_every_table(LUIS, "colibrí", "s2")
    sqlite.write([*hers, *his])
    back_up(path, backup_path(path, 1))
    assert {word for _, word in left(path, *WORDS, *OF_THE_PERSON)} == {*WORDS, *OF_THE_PERSON}
    receipt = sqlite.erase(erasure)
    assert receipt.backups == 1
    assert left(path, *gone) == []
    assert path.with_name(path.name + "-wal").stat().st_size == 0
    assert [word for _, word in left(path, "memorycolibri", "saidcolibrí")] != []


@pytest.mark.parametrize("seed", range(3))
def test_words_that_were_moved_about_before_are_in_no_file(
    sqlite: SqliteStore, path: Path, seed: int
) -> None:
    """Rows that change in length move between pages; `secure_delete` alone leaves them there."""
    lots = random.Random(seed)

    def text(person_id: str) -> str:
        word = "secreto" if person_id == ANA else "publico"
        return " ".join([f"{word}{lots.getrandbits(40):x}"] * lots.choice([1, 2, 5, 30, 200]))

    people, talks = (ANA, LUIS), {ANA: "s1", LUIS: "s2"}
    sqlite.write([SavePerson(Person(each, each, 1.0)) for each in people])
    sqlite.write([SaveSession(SessionRow(talk, None, None, 1.0, 1.0)) for talk in talks.values()])
    writes: list[Write] = []
    for number in range(800):
        one = lots.choice(people)
        memory = Memory(f"m{number}", one, "fact", text(one), 5, 1.0, request_id=text(one))
        row = HistoryRow(talks[one], number, one, "person", text(one), 1.0)
        writes += [AddMemory(memory), AppendHistory(row)]
        for each in people:
            writes.append(AmendHistory(talks[each], lots.randrange(number + 1), text(each)))
        if number % 50 == 49:
            summary = HistoryRow(talks[one], number, one, "robot", text(one), 1.0, compacted=True)
            writes.append(CompactHistory(number - 40, summary))
        if number % 5 == 4:
            sqlite.write(writes)
            writes.clear()
    assert left(path, "secreto") != []
    receipt = sqlite.erase(ErasePerson(ANA, 1.0))
    assert left(path, "secreto", ANA) == []
    assert sqlite.memories_count(LUIS) == 800 - receipt.memories


def test_log_that_another_reads_is_emptied_when_that_one_has_left(
    sqlite: SqliteStore, path: Path
) -> None:
    """And the receipt of the second try tells of what the first has removed."""
    sqlite.write(in_every_table(ANA, "ñandú", "s1"))
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("BEGIN")
        shell.execute("SELECT count(*) FROM users").fetchone()
        with pytest.raises(DatabaseError, match="SQLITE_BUSY"):
            sqlite.erase(ErasePerson(ANA, 1.0))
        assert left(path, "ñandú") != []
    receipt = sqlite.erase(ErasePerson(ANA, 1.0))
    assert (receipt.people, receipt.files) == (1, ("ñandú.jpg",))
    assert left(path, "ñandú", ANA) == []
    assert sqlite.erase(ErasePerson(ANA, 1.0)) == Receipt()


def test_copies_that_were_made_by_themselves_are_removed_and_others_left(
    sqlite: SqliteStore, path: Path
) -> None:
    own = ("schema-1.bak", "schema-1.bak.part", "aside-2026-01-01T00-00-00Z", "part")
    for name in own:
        path.with_name(f"{path.name}.{name}").touch()
    beside = path.with_name(f"{path.name}.aside-2026-01-01T00-00-00Z-wal")
    made = path.with_name("mine.db")
    for file in (beside, made):
        file.touch()
    assert sqlite.erase(ErasePerson(ANA, 1.0)).backups == len(own)
    assert {file.name for file in path.parent.iterdir()} == {
        path.name,
        f"{path.name}-wal",
        f"{path.name}-shm",
        made.name,
    }


def test_copy_that_cannot_be_removed_withholds_the_receipt(sqlite: SqliteStore, path: Path) -> None:
    sqlite.write([SavePerson(Person(ANA, "Ana", 1.0))])
    stuck = backup_path(path, 1)
    stuck.mkdir()
    with pytest.raises(DatabaseError, match="copy"):
        sqlite.erase(ErasePerson(ANA, 1.0))
    stuck.rmdir()
    assert sqlite.erase(ErasePerson(ANA, 1.0)) == Receipt(people=1)


def test_erasure_that_was_cut_short_is_finished_at_the_start(path: Path) -> None:
    class Killed(SqliteStore):
        def _write_anew(self) -> None:
            raise KeyboardInterrupt

    first = Killed(path)
    first.open()
    first.write([*in_every_table(ANA, "ñandú", "s1"), *in_every_table(LUIS, "colibrí", "s2")])
    with pytest.raises(KeyboardInterrupt):
        first.erase(ErasePerson(ANA, 1.0))
    assert left(path, "ñandú") != []
    second = SqliteStore(path)
    second.open()
    assert left(path, "ñandú", ANA) == []
    assert [person.person_id for person in second.people()] == [LUIS]
    second.close()
    first.close()


def test_log_that_a_crash_has_left_is_emptied_at_the_start(path: Path) -> None:
    first = SqliteStore(path)
    first.open()
    first.write([SavePerson(Person(ANA, "Ana", 1.0))])
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    second = SqliteStore(path)
    second.open()
    assert path.with_name(path.name + "-wal").stat().st_size == 0
    second.close()
    first.close()
