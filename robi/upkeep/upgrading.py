"""Whether this version of the server can take over a database: tried out on a copy of it.

Owns what is asked before an upgrade: is the database sound and not newer than this program, which
migrations await it, do they work on what is in it, is there room, is there a backup of today. A
server of the version before may run meanwhile; nothing of its files is changed.
"""

import shutil
from pathlib import Path

from attrs import frozen

from robi.config import Settings
from robi.errors import ConfigurationError
from robi.store.migrations import MIGRATIONS
from robi.store.upgrade import Upgrade, try_upgrade
from robi.upkeep import copies
from robi.upkeep.findings import Finding, advised, good, plain, size, wrong

FRESH_S = 86_400
"""How old the newest backup may be, where the tables are about to be changed."""

_ROOM_FOR_LOG = 1_000_000
"""Bytes for the database's log and what else is written meanwhile, beside the copies."""


@frozen
class Check:
    """What was found; `upgrade` is what was tried, if it came to that."""

    findings: tuple[Finding, ...]
    upgrade: Upgrade | None = None

    def plain(self) -> dict[str, object]:
        """Return it for machines."""
        told = plain(self.findings) | {"known_schema": MIGRATIONS[-1].number}
        if self.upgrade is not None:
            steps = [{"name": name, "seconds": seconds} for name, seconds in self.upgrade.steps]
            told |= {"schema": self.upgrade.schema, "steps": steps, "bytes": self.upgrade.size}
        return told


def check(settings: Settings, now: float) -> Check:
    """Try the upgrade of the database at `now` (Unix seconds).

    Raises:
        ConfigurationError: there is no database in a file.
        DatabaseError: it does not answer, or could not be copied.
    """
    path = copies.database(settings)
    if not path.is_file():
        message = "there is no database yet"
        raise ConfigurationError(message)
    there, free = _size(path), shutil.disk_usage(path.parent).free
    if free < there + _ROOM_FOR_LOG:  # else the copy itself would fill the disk of a live server
        return Check((_no_room(there + _ROOM_FOR_LOG, free),))
    try:
        upgrade = try_upgrade(path)
    except ConfigurationError as error:
        return Check((_refused(error.details or ""),))
    found = [_steps(upgrade)]
    if upgrade.steps:
        # The copy that the server makes before (robi.db.schema-N.bak), and the steps' own log.
        needed = there + max(there, upgrade.size) + _ROOM_FOR_LOG
        room = good("space", f"{size(needed)} needed, {size(free)} free")
        found.append(room if free >= needed else _no_room(needed, free))
    found.append(_backup(settings, now, needed=bool(upgrade.steps)))
    return Check(tuple(found), upgrade)


def _size(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)


def _no_room(needed: int, free: int) -> Finding:
    found = f"{size(needed)} needed, {size(free)} free"
    return wrong("space", found, "make room: backups, logs, a smaller MEDIA_BUDGET_MB")


def _refused(details: str) -> Finding:
    if "newer" in details:
        do = "run the newer version, or restore a backup that was made before it: robi restore FILE"
    else:
        do = "stop the server, and restore the newest backup: robi restore FILE"
    return wrong("database", details, do)


def _steps(upgrade: Upgrade) -> Finding:
    if not upgrade.steps:
        return good("database", f"sound, schema {upgrade.schema}; nothing is to be changed")
    took = sum(seconds for _, seconds in upgrade.steps)
    names = ", ".join(name for name, _ in upgrade.steps)
    newest = upgrade.schema + len(upgrade.steps)
    found = f"schema {upgrade.schema} becomes {newest} ({names}); on a copy it took {took:.1f} s"
    return good("database", f"{found}, and the copy is sound")


def _backup(settings: Settings, now: float, *, needed: bool) -> Finding:
    newest = next(filter(copies.is_sound, reversed(copies.found(settings))), None)
    judge = wrong if needed else advised
    if newest is None:
        return judge("backup", "there is none that is sound", "robi backup")
    hours = (now - newest.stat().st_mtime) / 3600
    found = f"{newest}, sound, {hours:.0f} hours old"
    if now - newest.stat().st_mtime > FRESH_S:
        return judge("backup", found, "robi backup")
    return good("backup", found)
