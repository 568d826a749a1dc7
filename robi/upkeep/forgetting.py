"""Forgetting a person from the shell: asked of the server that runs, or done at once if none does.

Owns the way of asking, and what makes up the receipt. Only one of the two may write at a time, so
whoever erases directly holds the lock of the folder (`robi.config.folder`).
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote

import attrs
import httpx
import orjson
from attrs import frozen

from robi.config import Settings, keyfile
from robi.errors import ConfigurationError, DatabaseError, UserNotFound
from robi.files.folder import FolderFiles
from robi.shell import local_url
from robi.store.base import ErasePerson, Receipt, Store
from robi.store.urls import open_store
from robi.upkeep import copies

PLACES: Final[Mapping[str, str]] = {
    "people": "the person",
    "faces": "faces",
    "memories": "memories",
    "history": "messages of conversations",
    "summaries": "summaries of conversations",
    "interactions": "notes on turns",
    "media": "entries of pictures, films and sound",
    "media_files": "files of pictures, films and sound",
    "sessions": "sessions that no longer know whose they were",
    "events": "events",
    "backups": "copies of the whole database",
    "queued": "things heard and not yet written down",
}
"""Every place of a receipt, in its order, and what a person is told that it is."""

ANSWER_WITHIN = 30.0
"""Seconds that a server has: what waits to be written goes before."""


@frozen
class Forgotten:
    """How much was removed from each of `PLACES`; `left` are files that could not be removed."""

    counts: dict[str, int]
    left: frozenset[str] = frozenset()


class ServerRefused(DatabaseError):
    """The running server did not do it; `details` says why."""


# ── by the server ─────────────────────────────────────────────────────────────────────────


def ask_server(settings: Settings, person_id: str) -> Forgotten:
    """Have the running server forget that person; return its receipt.

    Raises:
        UserNotFound: it knows nobody by that id.
        ServerRefused: it is not reached, or does not do it.
    """
    key = keyfile.find(settings)
    url = local_url(settings, f"/api/users/{quote(person_id, safe='')}")
    headers = {} if key is None else {"X-API-Key": key.secret.reveal()}
    try:
        # The environment's proxies are for the model, not for a server of our own.
        answer = httpx.delete(url, headers=headers, timeout=ANSWER_WITHIN, trust_env=False)
    except httpx.TransportError as error:
        message = (
            f"a server works in {settings.data_dir} and does not answer at {url}"
            f" ({type(error).__name__}): has it another HOST or PORT?"
        )
        raise ServerRefused(message) from error
    if answer.status_code == UserNotFound.http_status:
        raise UserNotFound("the server knows nobody by that id")
    if not answer.is_success:
        message = f"{url} answers {answer.status_code}{_reason(answer.content)}"
        raise ServerRefused(message)
    return Forgotten(_counts(answer.content))


def _reason(body: bytes) -> str:
    """Return the name of an error of ours, if the answer holds one."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    name = told.get("error_code") if isinstance(told, dict) else None
    return f" ({name})" if isinstance(name, str) else ""


def _counts(body: bytes) -> dict[str, int]:
    """Return a receipt as the server gives it, with the places that this command knows."""
    try:
        told = orjson.loads(body)
        return {place: int(told.get(place, 0)) for place in PLACES}
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        message = "the server answers something that is no receipt"
        raise ServerRefused(message) from error


# ── without one ───────────────────────────────────────────────────────────────────────────


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Open the store, to erase from it; the caller holds the lock of the folder.

    Raises:
        ConfigurationError, DatabaseError, DiskFull: it cannot be opened, or is not there.
    """
    if not copies.database(settings).is_file():
        message = "there is no database yet"
        raise ConfigurationError(message)
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


def erase(settings: Settings, store: Store, person_id: str) -> Forgotten:
    """Remove that person from the opened `store`, and their files.

    Raises:
        DatabaseError, DiskFull: the database does not answer; asked again, it goes on from there.
    """
    receipt = store.erase(ErasePerson(person_id, time.time()))
    removal = FolderFiles(settings.media_dir).remove(receipt.files)
    return Forgotten(_as_counts(receipt, removal.count), removal.left)


def _as_counts(receipt: Receipt, media_files: int) -> dict[str, int]:
    counts = attrs.asdict(receipt, filter=attrs.filters.exclude("files"))
    return {place: {**counts, "media_files": media_files}.get(place, 0) for place in PLACES}


# ── the copies ────────────────────────────────────────────────────────────────────────────


def drop_copies(settings: Settings) -> int:
    """Remove every copy under `DATA_DIR/backups`, which hold everyone; return how many."""
    found = copies.found(settings)
    for copy in found:
        copy.unlink(missing_ok=True)
    return len(found)
