"""What is kept and where: room on the disk, the database, its backups, the certificate.

Owns how much room is little. Whether a database is sound, `robi.store.files` knows.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from robi.config import Settings
from robi.config import certificate as certificates
from robi.errors import ConfigurationError
from robi.store import files
from robi.store.migrations import MIGRATIONS
from robi.upkeep import copies
from robi.upkeep.certs import read_file
from robi.upkeep.findings import Finding, advised, good, size, wrong

MB: Final = 1_000_000
_FULL: Final = 100 * MB
"""With less the next evening may be the last: a log, a picture, the copy of a small database."""

_FEW_FILES: Final = 1_000
_OLD_BACKUP_H: Final = 48
"""A nightly one is a day old at most; one night may go wrong."""


def disk(settings: Settings) -> Iterator[Finding]:
    """Look at the room where data, media and the log are, each disk once."""
    needed: dict[int, tuple[Path, int]] = {}
    places = [(settings.data_dir, _for_the_database(settings))]
    places.append((settings.media_dir, _for_media(settings)))
    if settings.log_file is not None:
        places.append((settings.log_file.parent, 0))
    for place, amount in places:
        there = next(each for each in (place, *place.absolute().parents) if each.exists())
        path, before = needed.get(there.stat().st_dev, (there, 0))
        needed[there.stat().st_dev] = (path, before + amount)
    for path, amount in needed.values():
        yield _disk(path, amount + _FULL)


def _disk(path: Path, wanted: int) -> Finding:
    there = os.statvfs(path)
    free = there.f_bavail * there.f_frsize
    found = f"{size(free)} free at {path}; {size(wanted)} may be wanted"
    room = "make room: backups, logs, a smaller MEDIA_BUDGET_MB"
    if there.f_flag & os.ST_RDONLY:
        return wrong("disk", f"{path} is mounted read-only", "look at dmesg, and mount it again")
    if there.f_files and there.f_favail < _FEW_FILES:
        return wrong("disk", f"no more than {there.f_favail} files fit at {path}", "remove some")
    if free < _FULL:
        return wrong("disk", found, room)
    return good("disk", found) if free >= wanted else advised("disk", found, room)


def _for_the_database(settings: Settings) -> int:
    """Twice its size: forgetting writes it anew (docs/decisions/0009-forgetting.md)."""
    try:
        path = copies.database(settings)
    except ConfigurationError:
        return 0
    return 2 * path.stat().st_size if path.exists() else 0


def _for_media(settings: Settings) -> int:
    """What the budget leaves beyond what is there."""
    try:
        taken = sum(each.stat().st_size for each in settings.media_dir.iterdir())
    except FileNotFoundError:  # no folder yet, or a file that the janitor has removed meanwhile
        taken = 0
    return max(0, settings.media_budget_mb * 1024 * 1024 - taken)


def database(settings: Settings) -> Iterator[Finding]:
    """Read the whole database: some seconds for a gigabyte, or as long as its disk takes."""
    try:
        path = copies.database(settings)
    except ConfigurationError as error:
        yield advised("database", error.details or "", "set DATABASE_URL, unless that is meant")
        return
    if not path.exists() or not path.stat().st_size:
        if (backup := copies.of_lost_database(settings)) is not None:
            yield wrong("database", f"{path} is gone", f"robi restore {backup}")
        else:
            yield good("database", "none yet; the first start makes it")
        return
    try:
        schema = files.verified(path)
    except ConfigurationError as error:
        newer = "newer" in (error.details or "")
        do = "run the newer version" if newer else "stop the server, robi restore the newest backup"
        yield wrong("database", f"{path}: {error.details}", do)
    except sqlite3.OperationalError as error:
        do = "look at the disk, and at who has it open"
        yield wrong("database", f"{path} does not answer ({error.sqlite_errorname})", do)
    else:
        found = f"{path} is sound, {size(path.stat().st_size)}, schema {schema}"
        if schema < MIGRATIONS[-1].number:
            known = MIGRATIONS[-1].number
            found = f"{found}; the next start brings it to {known}"
            yield advised("database", found, "robi upgrade-check tries that on a copy")
        else:
            yield good("database", found)


def backups(settings: Settings, now: float) -> Iterator[Finding]:
    """Look at the newest backup, if there is something to back up."""
    try:
        path = copies.database(settings)
    except ConfigurationError:
        return
    if not path.exists():
        return
    do = "robi backup --keep 14, every night: docs/operating.md, Backups"
    found = copies.found(settings)
    if not found:
        yield advised("backup", f"none in {settings.data_dir / copies.FOLDER}", do)
        return
    newest = found[-1]
    hours = (now - newest.stat().st_mtime) / 3600
    told = f"{newest}, {hours:.0f} hours old"
    if not copies.is_sound(newest):
        yield wrong("backup", f"{newest} is damaged, or newer than this version", "robi backup")
    elif hours > _OLD_BACKUP_H:
        yield advised("backup", told, do)
    else:
        yield good("backup", f"{told}, sound")


def certificate(settings: Settings, now: float) -> Iterator[Finding]:
    """Look at the certificate that is watched."""
    path = certificates.path_of(settings)
    if path is None:
        yield good("certificate", "none of one's own; that of the server in front is its affair")
        return
    try:
        watched = certificates.watched(path)
        names = read_file(path).names
    except certificates.CertificateUnusable as error:
        yield wrong("certificate", error.details or "", "robi certs make, or mend TLS_CERT_FILE")
        return
    left = watched.days_left(now)
    renew = "robi certs make, then reload Caddy"
    match watched.state(now):
        case "expired":
            yield wrong("certificate", f"{path} has ended", renew)
        case "expiring":
            yield advised("certificate", f"{path} ends in {left} days", renew)
        case "valid":
            yield good("certificate", f"{path}, valid for {left} days more")
    lacking = [name for name in settings.server_ip if name not in names]
    if lacking:
        found = f"{path} does not name {', '.join(lacking)} of SERVER_IP: phones refuse it there"
        yield wrong("certificate", found, renew)
