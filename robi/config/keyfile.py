"""The key of development: made when there is none, kept in a file, found again.

Owns `DATA_DIR/api_key`, readable by its owner only. In production a key is given, never made.
"""

import os
import secrets
import stat
import tempfile
from pathlib import Path

from attrs import frozen

from robi.config import check, folder
from robi.config.errors import SettingsError
from robi.config.parse import Secret
from robi.config.settings import Settings


@frozen
class Key:
    """The key robots need.

    `path` is where it is kept, if in a file; `made` says that it is new and should be shown.
    """

    secret: Secret
    path: Path | None = None
    made: bool = False


def path_of(settings: Settings) -> Path:
    """Return where the key of development is kept."""
    return settings.data_dir / "api_key"


def find(settings: Settings) -> Key | None:
    """Return the key that was given or is kept; None if there is neither.

    Raises:
        SettingsError: the file cannot be read, is empty, or is open to others; or where it would be
            is no folder.
    """
    folder.check(settings.data_dir)
    if settings.api_key is not None:
        return Key(settings.api_key)
    path = path_of(settings)
    if settings.production:
        return None
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        kept = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read ({type(error).__name__}): delete it, and a new key is made"
        raise SettingsError(msg) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        msg = f"{path} is open to others: chmod 600 it, or delete it, and a new key is made"
        raise SettingsError(msg)
    if not kept:
        msg = f"{path} is empty: delete it, and a new key is made"
        raise SettingsError(msg)
    return Key(Secret(kept), path)


def find_or_make(settings: Settings) -> Key:
    """Return the key that was given or is kept; in development make one if there is neither.

    Raises:
        SettingsError: production without `API_KEY`, or the file cannot be read or written.
    """
    found = find(settings)
    if found is not None:
        return found
    if settings.production:
        raise SettingsError(check.NO_KEY)
    path = path_of(settings)
    key = Secret(secrets.token_urlsafe(24))
    try:
        folder.make(path.parent)
        _create(path, key.reveal() + "\n")
    except FileExistsError:
        # Another start was quicker: its key counts.
        return find_or_make(settings)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}): set API_KEY, or DATA_DIR elsewhere"
        raise SettingsError(msg) from error
    return Key(key, path, made=True)


def _create(path: Path, content: str) -> None:
    """Create `path` with mode 0600, whole or not at all; FileExistsError if it is there.

    tempfile opens with O_EXCL and 0600; the link gives the name to a file that is complete.
    """
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".api_key-") as made:
        made.write(content)
        made.flush()
        os.link(made.name, path)
