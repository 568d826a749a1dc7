"""What is kept of a key: everything but the key.

Owns the row, how a key is made, and the digest by which it is known again. A key is 256 random
bits, shown once. Its SHA-256 is what is kept: who reads the database learns no key from it, and a
slow hash (scrypt, Argon2) would add nothing, for it only makes guessing dear, and nobody guesses
256 bits. It would cost something: a tenth of a second of the processor for whatever a stranger
sends.
"""

import hashlib
import secrets
from typing import Final, Literal, get_args

from attrs import field, frozen

KeyRole = Literal["robot", "operator", "reader"]
"""What a key is for: `robot` for phones, `operator` for everything, `reader` for a page's chat."""

KEY_ROLES: Final[tuple[KeyRole, ...]] = get_args(KeyRole)

KEY_PREFIX: Final = "robi_"
"""What a key begins with, so that who finds one, or a program that looks for secrets, knows it."""

_BYTES: Final = 32


def new_key() -> str:
    """Return a key that nobody has: 48 characters that fit into a header and a URL."""
    return KEY_PREFIX + secrets.token_urlsafe(_BYTES)


def new_key_id() -> str:
    """Return a name for a key that may be seen: in lists and in the log."""
    return f"key_{secrets.token_hex(4)}"


def key_digest(key: str) -> str:
    """Return that by which a key is known again."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@frozen
class KeyRow:
    """A key of one device, page or person. Times are Unix seconds, UTC.

    Args:
        name: whose it is, in the words of whoever made it.
        device_id: the only device that may use it; None for any.
        last_used_at: to the minute; None if it never was.
        origins: of a reader's, the pages that may use it.
        daily_tokens: of a reader's, what it may take of the model in a day; None for no bound.
    """

    key_id: str
    digest: str = field(repr=False)
    name: str
    role: KeyRole
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None
    last_used_at: float | None = None
    device_id: str | None = None
    origins: tuple[str, ...] = ()
    daily_tokens: int | None = None

    def is_expired(self, now: float) -> bool:
        """Return whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    def is_good(self, now: float) -> bool:
        """Return whether it opens anything."""
        return self.revoked_at is None and not self.is_expired(now)
