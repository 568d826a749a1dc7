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

from robi.config import Settings, folder, keyfile
from robi.errors import ConfigurationError, DatabaseError, UserNotFound
from robi.files.base import Removal
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
    "media_files_left": "of these files that go as soon as their disk lets go",
    "sessions": "sessions that no longer know whose they were",
    "events": "events",
    "backups": "copies of the whole database",
    "reminders": "timers and reminders",
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
        ServerRefused: it is not reached, is that of another folder, or does not do it.
    """
    _check_is_ours(settings)
    key = keyfile.find(settings)
    url = local_url(settings, f"/api/users/{quote(person_id, safe='')}")
    answer = _ask(
        settings, "DELETE", url, {} if key is None else {"X-API-Key": key.secret.reveal()}
    )
    if answer.status_code == UserNotFound.http_status:
        raise UserNotFound("the server knows nobody by that id")
    if not answer.is_success:
        message = f"{url} answers {answer.status_code}{_reason(answer.content)}"
        raise ServerRefused(message)
    return Forgotten(_counts(answer.content))


def _ask(
    settings: Settings, method: str, url: str, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """Return what is answered. Raises ServerRefused if nothing is."""
    try:
        # The environment's proxies are for the model, not for a server of our own.
        return httpx.request(method, url, headers=headers, timeout=ANSWER_WITHIN, trust_env=False)
    except httpx.TransportError as error:
        message = (
            f"a server works in {settings.data_dir} and does not answer at {url}"
            f" ({type(error).__name__}): has it another HOST or PORT?"
        )
        raise ServerRefused(message) from error


def _check_is_ours(settings: Settings) -> None:
    """Make sure of who answers: one of a copied folder has the same key, and knows the same people.

    Raises:
        ServerRefused: it is not the server of this folder, or nobody knows.
    """
    url = local_url(settings, "/api/health")
    told = _word(_ask(settings, "GET", url).content, "instance")
    if told is None or told != folder.instance(settings.data_dir):
        message = (
            f"a server works in {settings.data_dir}, and it is not the one that answers at {url}:"
            " has it another HOST or PORT?"
        )
        raise ServerRefused(message)


def _reason(body: bytes) -> str:
    """Return the name of an error of ours, if the answer holds one."""
    name = _word(body, "error_code")
    return "" if name is None else f" ({name})"


def _word(body: bytes, name: str) -> str | None:
    """Return what an answer says by that name, if it says anything."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    word = told.get(name) if isinstance(told, dict) else None
    return word if isinstance(word, str) else None


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
    return Forgotten(_as_counts(receipt, removal), removal.left)


def _as_counts(receipt: Receipt, removal: Removal) -> dict[str, int]:
    counts = attrs.asdict(receipt, filter=attrs.filters.exclude("files"))
    counts |= {"media_files": removal.count, "media_files_left": len(removal.left)}
    return {place: counts.get(place, 0) for place in PLACES}


# ── the copies ────────────────────────────────────────────────────────────────────────────


def drop_copies(settings: Settings) -> int:
    """Remove every copy under `DATA_DIR/backups`, which hold everyone; return how many."""
    found = copies.found(settings)
    for copy in found:
        copy.unlink(missing_ok=True)
    return len(found)
