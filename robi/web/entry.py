"""The entry: who may come in, by WebSocket and by HTTP alike.

Owns the order of it. Wrong keys are counted by the address that showed them; an address with too
many is told how long to wait (1004 with `retry_after`). Meanwhile it is heard still with a key that
cannot be guessed, for a house has one address: a guest who guesses must not lock its robots out.
"""

import structlog
import trio
from attrs import define, field

from robi.actors.keyring import ROBOTS, Keyring, KeyRole, Pass
from robi.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyMissing,
    ApiKeyRevoked,
    AuthError,
    KeyNotFit,
    RateLimitExceeded,
)
from robi.web.attempts import Attempts

log = structlog.get_logger()


@define(eq=False)
class Entry:
    """Lets in who has a good key."""

    _keyring: Keyring
    _attempts: Attempts = field(factory=Attempts)

    def check(self, key: str | None, address: str, roles: frozenset[KeyRole]) -> Pass:
        """Return what the key opens, to one who has it at that address.

        Raises:
            ApiKeyMissing, ApiKeyInvalid, ApiKeyExpired: it is no good key.
            KeyNotFit: it is for none of `roles`.
            RateLimitExceeded: too many wrong keys came from there; this one was not looked at.
            ServerBusy: the keys are not known yet.
        """
        if not key:
            raise ApiKeyMissing
        shown = self._recognise(key, address)
        if shown.role not in roles:
            raise KeyNotFit(f"a key of the role {shown.role} does not open this")
        return shown

    def check_robot(self, key: str | None, device_id: str | None, address: str) -> Pass:
        """Return what the key opens, to a robot that says it is that device.

        Raises as `check`; KeyNotFit also for a key that is another device's.
        """
        shown = self.check(key, address, ROBOTS)
        if shown.device_id is not None and shown.device_id != device_id:
            raise KeyNotFit("the key is for another device")
        return shown

    def trouble_with(self, shown: Pass) -> AuthError | None:
        """Return why whoever came in with that must leave now: the key was revoked, or expired."""
        return self._keyring.trouble_with(shown)

    def _recognise(self, key: str, address: str) -> Pass:
        now = trio.current_time()
        wait = self._attempts.wait_s(address, now)
        try:
            return self._keyring.recognise(key, heard=not wait)
        except (ApiKeyExpired, ApiKeyRevoked):
            raise  # whoever has it did not guess it
        except ApiKeyInvalid:
            if wait:
                details = "too many wrong keys from this address"
                raise RateLimitExceeded(details, retry_after=wait) from None
            self._attempts.failed(address, now)
            if self._attempts.wait_s(address, now):
                log.warning("wrong_keys_slowed", address=address)
            raise
