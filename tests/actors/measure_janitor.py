"""Measure what docs/decisions/0011-media.md says of a look, and of keeping a file; not a test.

    .venv/bin/python tests/actors/measure_janitor.py [FILES]

Files and database are real, in a folder made for the purpose.
"""

import sys
import time
from math import inf
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import trio

from robi.actors.janitor import JanitorActor
from robi.actors.janitor_mail import JanitorAddress, JanitorMessage, Keep
from robi.actors.mailbox import Mailbox
from robi.actors.retention import DAY_S, Retention
from robi.actors.store import StoreActor
from robi.actors.store_mail import StoreAddress, StoreMessage
from robi.files.folder import FolderFiles
from robi.store.base import AddMedia, MediaRow, Person, SavePerson, SaveSession, SessionRow
from robi.store.sqlite import SqliteStore

RULES = Retention(DAY_S, DAY_S, budget=1 << 40, logs_s=DAY_S)
KEPT = 200
SOUND = bytes(50_000)


def say(what: str, seconds: float) -> None:
    """Print one figure."""
    sys.stdout.write(f"{what:<52}{seconds * 1e3:8.1f} ms\n")


def fill(files: FolderFiles, store: SqliteStore, count: int) -> None:
    """Make so many files with their rows."""
    now = time.time()
    store.open()
    store.write([SavePerson(Person("user_a", "A", now))])
    store.write([SaveSession(SessionRow("s1", "d1", "user_a", now, now))])
    rows = []
    for number in range(count):
        name = f"media_{number:032x}.ogg"
        files.write(name, b".")
        row = MediaRow(name, "user_a", "s1", "r1", "audio", "audio/ogg", 1, now, now + DAY_S)
        rows.append(AddMedia(row))
    store.write(rows)
    store.close()


async def measure(folder: Path, count: int) -> None:
    """Take a look, then keep some sounds one after the other."""
    files, path = FolderFiles(folder / "media"), folder / "robi.db"
    fill(files, SqliteStore(path), count)
    of_store: Mailbox[StoreMessage] = Mailbox("store", 10_000)
    store = StoreAddress(of_store)
    mailbox: Mailbox[JanitorMessage] = Mailbox("janitor", 256)
    address = JanitorAddress(mailbox)
    actor = JanitorActor(store, files, RULES)
    async with trio.open_nursery() as nursery:
        made = StoreActor(lambda: SqliteStore(path), store.reads)
        nursery.start_soon(made.run, of_store, lambda: None)
        await trio.sleep(0.5)
        begun, cpu = time.perf_counter(), time.process_time()
        await actor._sweeper.look(RULES)
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
        say(f"a look at {count} files", took)
        say("    of it CPU", cpu)
        nursery.start_soon(actor.run, mailbox, lambda: None)
        waits = []
        for number in range(KEPT):
            keep = Keep("user_a", "s1", f"k{number}", "audio", "audio/ogg", SOUND, time.time())
            begun = time.perf_counter()
            await address.keep(keep, within=inf)
            waits.append(time.perf_counter() - begun)
        say(f"keeping {len(SOUND)} bytes, one file after the other", median(waits))
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        trio.run(measure, Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
