"""Keys for robots, operators and pages: made, listed, revoked; the server may run.

Owns what `robi keys` does. It writes to the database itself, in a transaction of its own beside the
server's: a running server looks for changes twice a second (`robi.actors.keys`), and one that does
not answer, or listens elsewhere, keeps nobody from revoking a key.
"""

from attrs import field, frozen

from robi.config import Settings
from robi.errors import ConfigurationError
from robi.store import questions
from robi.store.keys import KeyRole, KeyRow, key_digest, new_key, new_key_id
from robi.store.statements import apply
from robi.store.writes import AddKey, RevokeKey
from robi.upkeep import copies
from robi.upkeep.exporting import reading
from robi.upkeep.writing import make_database, writing

DAY_S = 86_400.0

DAILY_TOKENS = 200_000
"""What a reader's key may take of the model in a day: some fifty questions about a text."""


class KeyRefused(ConfigurationError):
    """Such a key cannot be made, or there is none to revoke."""


@frozen
class Made:
    """A new key, and what is kept of it."""

    key: str = field(repr=False)
    row: KeyRow


@frozen
class Revoked:
    """A key that opens nothing; `before` says that it opened nothing already."""

    row: KeyRow
    before: bool


def keys(settings: Settings) -> tuple[KeyRow, ...]:
    """Return every key, oldest first; none if there is no database yet.

    Raises:
        ConfigurationError, DatabaseError: as `reading`.
    """
    path = copies.database(settings)
    if not path.is_file():
        return ()
    with reading(path) as db:
        return questions.keys(db)


def add(  # noqa: PLR0913 (what a key is made of)
    settings: Settings,
    name: str,
    role: KeyRole,
    *,
    now: float,
    days: int | None,
    device: str | None,
    origins: tuple[str, ...] = (),
    daily_tokens: int | None = None,
) -> Made:
    """Make a key, and the database if there is none.

    A reader's key stands in a page that all can read: so it is bound to the pages of `origins`, and
    takes `daily_tokens` of the model in a day at most, unless said otherwise `DAILY_TOKENS`; 0: no
    bound.

    Raises:
        KeyRefused: a key of that name is good already; a reader without origins, or another with.
        ConfigurationError, DatabaseError: the database cannot be written.
    """
    if role == "reader" and not origins:
        message = "a reader's key is bound to its pages: add --origin https://docs.example.org"
        raise KeyRefused(message)
    if role != "reader" and (origins or daily_tokens is not None):
        message = "--origin and --daily-tokens are for keys of the role reader"
        raise KeyRefused(message)
    if role == "reader":
        daily_tokens = DAILY_TOKENS if daily_tokens is None else daily_tokens or None
    key = new_key()
    expires_at = None if days is None else now + days * DAY_S
    row = KeyRow(
        new_key_id(),
        key_digest(key),
        name,
        role,
        now,
        expires_at=expires_at,
        device_id=device,
        origins=tuple(dict.fromkeys(origins)),
        daily_tokens=daily_tokens,
    )
    path = copies.database(settings)
    if not path.is_file():
        make_database(settings)
    with writing(path) as db:
        for other in _named(questions.keys(db), name):
            if other.is_good(now):
                message = f"there is a key {other.name} ({other.key_id}): revoke it first"
                raise KeyRefused(message)
        apply(db, AddKey(row))
    return Made(key, row)


def revoke(settings: Settings, which: str, *, now: float) -> Revoked:
    """Let a key, named by its id or its name, open nothing from now on.

    Of several that had the name it is the newest: no two of them are good at once.

    Raises:
        KeyRefused: there is none.
        ConfigurationError, DatabaseError: the database cannot be written.
    """
    path = copies.database(settings)
    if not path.is_file():
        message = "there are no keys yet"
        raise KeyRefused(message)
    with writing(path) as db:
        known = questions.keys(db)
        found = [row for row in known if row.key_id == which] or _named(known, which)
        if not found:
            message = f"there is no key {which}; robi keys list shows them all"
            raise KeyRefused(message)
        row = found[-1]
        if row.revoked_at is not None:
            return Revoked(row, before=True)
        apply(db, RevokeKey(row.key_id, now))
    return Revoked(row, before=False)


def _named(rows: tuple[KeyRow, ...], name: str) -> list[KeyRow]:
    return [row for row in rows if row.name.casefold() == name.casefold()]
