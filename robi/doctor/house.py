"""Settings, and who may read and write what.

Owns what is wrong with rights: a server that may not write, a file that a command of another user
has left, a key that others may read.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from robi.config import Settings, SettingsError, certificate, check, folder, keyfile
from robi.errors import ConfigurationError
from robi.upkeep import copies
from robi.upkeep.findings import Finding, advised, good, wrong

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_EVERYONE: Final = stat.S_IRWXO
_MOST_NAMED: Final = 3


def unusable(error: SettingsError) -> Iterator[Finding]:
    """Tell what is wrong with settings that cannot be read; nothing else can be looked at then."""
    for problem in error.problems:
        yield wrong("settings", problem, "mend it in .env, or in the environment: robi settings")


def settings(settings: Settings) -> Iterator[Finding]:
    """Look at what the server was told."""
    stops = [*check.missing_packages(settings)]
    try:
        keyfile.find(settings)
        faults = check.faults_of_dotenv()
    except SettingsError as error:
        stops += error.problems
        faults = ()
    if settings.production:
        stops += [m for m in check.missing_for_production(settings) if m == check.NO_KEY]
    for problem in stops:
        yield wrong("settings", problem, "mend it in .env, or in the environment: robi settings")
    doubts = (*faults, *check.advice(settings))
    for doubt in doubts:
        yield advised("settings", doubt, "look at it again: robi settings")
    if not stops and not doubts:
        yield good("settings", f"good for {settings.environment}")


def shut_out(settings: Settings) -> Iterator[Finding]:
    """Name the folders into which whoever looks may not: then what is in them cannot be told."""
    for path, name in _folders(settings).items():
        try:
            next(path.iterdir(), None)
        except PermissionError:
            do = "look as the user of the server: sudo -u robi …"
            yield wrong("rights", f"{name}: you may not look into {path}", do)
        except OSError:  # it is not there, or is no folder, which is told below
            continue


def _folders(settings: Settings) -> dict[Path, str]:
    return {settings.data_dir: "DATA_DIR", settings.media_dir: "MEDIA_DIR"}


def rights(settings: Settings) -> Iterator[Finding]:
    """Look at who may read and write what is kept."""
    found = [*_writable(settings), *_of_others(settings), *_open_to_others(settings)]
    if os.geteuid() == 0:
        found.append(
            advised(
                "rights",
                "you are root, who may do anything: whether the server may was not seen",
                "run the server, and this, as a user of its own",
            )
        )
    yield from found or [good("rights", f"{settings.data_dir} is the server's own")]


def _writable(settings: Settings) -> Iterator[Finding]:
    for path, name in _folders(settings).items():
        there = next(each for each in (path, *path.absolute().parents) if each.exists())
        if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
            do = f"chown it to whom the server runs as, or set {name} elsewhere"
            yield wrong("rights", f"{name}: {there} cannot be written", do)
    log_file = settings.log_file
    if log_file is None:
        return
    written = log_file if log_file.exists() else log_file.parent
    if not os.access(written, os.W_OK):
        yield wrong("rights", f"LOG_FILE: {written} cannot be written", "chown it, or set another")
    elif not os.access(log_file.parent, os.W_OK):
        found = f"LOG_FILE cannot be renamed at the end of a day: {log_file.parent} is not writable"
        yield advised("rights", found, "give it a folder of its own")


def _kept(settings: Settings) -> Iterator[Path]:
    """Yield the files that are there and private."""
    try:
        database = copies.database(settings)
    except ConfigurationError:
        beside: list[Path] = []
    else:
        beside = [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
    lock = settings.data_dir / folder.LOCK
    certs = settings.data_dir / certificate.FOLDER / "robi.key"
    for path in (*beside, lock, keyfile.path_of(settings), certs, *copies.found(settings)):
        if _is_there(path):
            yield path


def _is_there(path: Path) -> bool:
    """Tell whether it can be seen: not in a folder of another user, of which is told."""
    try:
        return path.exists()
    except PermissionError:
        return False


def _of_others(settings: Settings) -> Iterator[Finding]:
    """Name what a command of another user has left, which the server then cannot write."""
    if not settings.data_dir.exists():
        return
    owner = settings.data_dir.stat().st_uid
    below = [settings.data_dir / name for name in (copies.FOLDER, certificate.FOLDER)]
    folders = [path for path in (*below, settings.media_dir) if _is_there(path)]
    strange = [path for path in (*folders, *_kept(settings)) if path.stat().st_uid != owner]
    if strange:
        found = f"{_named(strange)}: of another user than {settings.data_dir}"
        yield wrong(
            "rights", found, f"chown -R --reference={settings.data_dir} {settings.data_dir}"
        )


def _open_to_others(settings: Settings) -> Iterator[Finding]:
    loose = [path for path in _kept(settings) if path.stat().st_mode & _OTHERS]
    if loose:
        do = "chmod 600 " + " ".join(map(str, loose))
        yield wrong("rights", f"{_named(loose)}: others may read what is private", do)
    dotenv = Path(".env")
    if dotenv.exists() and dotenv.stat().st_mode & _EVERYONE:
        yield advised("rights", ".env may hold keys, and everyone may read it", "chmod 600 .env")


def _named(paths: list[Path]) -> str:
    names = ", ".join(map(str, paths[:_MOST_NAMED]))
    return f"{names} and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else names
