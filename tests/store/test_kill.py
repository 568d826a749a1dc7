"""What was acknowledged outlives `kill -9`: what is kept, and what is gone (architecture.md)."""

import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from itertools import islice
from pathlib import Path

from robi.store.sqlite import SqliteStore
from tests.store.acknowledging_writer import mark

WRITER = Path(__file__).with_name("acknowledging_writer.py")
ROOT = Path(__file__).parents[2]
KILLED_AFTER = [1, 2, 3, 4, 5, 6, 7, 8, 11, 17] * 4
"""Acknowledgements after which each of the writers is killed, in the middle of what is next."""


def told_by_one_killed(path: Path, life: str, lines: int) -> list[list[str]]:
    command = [sys.executable, "-m", "tests.store.acknowledging_writer", str(path), life]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
        assert writer.stdout is not None
        acknowledged = (line for line in writer.stdout if "_" in line and "database" not in line)
        told = list(islice(acknowledged, lines))
        writer.kill()
        told += list(acknowledged)
    # A line without its end was not said to the end.
    return [line.split() for line in told if line.endswith("\n")]


def test_writers_killed_forty_times_lose_nothing_kept_and_keep_nothing_erased(path: Path) -> None:
    told: dict[str, set[str]] = defaultdict(set)
    for life, lines in enumerate(KILLED_AFTER):
        said = told_by_one_killed(path, f"life{life}", lines)
        assert len(said) >= lines, life
        for word, person_id in said:
            told[word].add(person_id)
    assert len(told["erased"]) >= 20

    store = SqliteStore(path)
    store.open()
    there = {person.person_id for person in store.people()}
    assert told["kept"] - told["erasing"] <= there
    assert not told["erased"] & there
    for person_id in told["kept"] - told["erasing"]:
        (found,) = store.relevant(person_id, (mark(person_id),), 1.0, 5)
        assert found.memory.memory_id == f"m-{person_id}"
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [p for p in told["erased"] if mark(p).encode() in left or p.encode() in left] == []
    store.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.execute("INSERT INTO memory_words (memory_words) VALUES ('integrity-check')")
