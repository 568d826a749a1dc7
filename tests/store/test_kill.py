"""What was acknowledged outlives `kill -9` (architecture.md, When something fails)."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

from robi.store.sqlite import SqliteStore

WRITER = Path(__file__).with_name("acknowledging_writer.py")
KILLED_AFTER = (1, 2, 3, 5, 17, 40, 90, 150)
"""Acknowledged rows after which each of the writers is killed, in the middle of the next ones."""


def acknowledged_by_one_killed(path: Path, name: str, rows: int) -> list[str]:
    command = [sys.executable, str(WRITER), str(path), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = list(islice(writer.stdout, rows + 1))
        writer.kill()
        lines += list(writer.stdout)
    # Its log comes the same way; a line without its end was not said to the end.
    return [line.strip() for line in lines if line.startswith("user_") and line.endswith("\n")]


def test_writer_killed_many_times_loses_nothing_acknowledged(path: Path) -> None:
    acknowledged: set[str] = set()
    for turn, rows in enumerate(KILLED_AFTER):
        told = acknowledged_by_one_killed(path, f"life{turn}", rows)
        assert len(told) >= rows, turn
        acknowledged.update(told)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store = SqliteStore(path)
    store.open()
    kept = {person.person_id for person in store.people()}
    store.close()
    assert acknowledged <= kept
