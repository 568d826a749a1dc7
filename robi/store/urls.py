"""From `DATABASE_URL` to a store: `sqlite:///data/robi.db`, `sqlite:////abs/robi.db`, `memory:`.

Owns the form of the URL. Nothing is opened here.
"""

from collections.abc import Callable
from pathlib import Path

from robi.errors import ConfigurationError
from robi.store.base import Store
from robi.store.ram import RamStore
from robi.store.sqlite import SqliteStore

_SQLITE = "sqlite:///"
_MEMORY = "memory:"


def store_maker(url: str) -> Callable[[], Store]:
    """Return what makes the store for each life of the actor above it, unopened.

    A life with SQLite gets connections of its own: those of the last may still be in the hands of
    a thread that hangs. What is kept in RAM is one and the same for all of them.

    Raises:
        ConfigurationError: not a URL of ours. It is not repeated, since it may hold a path.
    """
    path = sqlite_path(url)
    if path is None:
        kept = RamStore()
        return lambda: kept
    return lambda: SqliteStore(path)


def sqlite_path(url: str) -> Path | None:
    """Return the file of a store; None for one that is in RAM.

    Raises:
        ConfigurationError: not a URL of ours. It is not repeated, since it may hold a path.
    """
    if url == _MEMORY:
        return None
    name = url.removeprefix(_SQLITE)
    if name == url or not name.strip("/") or name.startswith(":"):
        message = "DATABASE_URL: neither sqlite:///file, sqlite:////absolute/file nor memory:"
        raise ConfigurationError(message)
    return Path(name)


def open_store(url: str) -> Store:
    """Return the store at `url`, opened: for a command of the shell, which is no actor.

    Raises:
        ConfigurationError, DatabaseError, DiskFull: as `Store.open`, or not a URL of ours.
    """
    store = store_maker(url)()
    store.open()
    return store
