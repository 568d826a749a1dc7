"""The entry: who may come in, and how soon whoever guesses is heard again."""

import pytest
import trio
from attrs import evolve
from structlog.testing import capture_logs
from trio.testing import MockClock

from robi.actors.keyring import OPERATORS, ROBOTS, ApiKey, Keyring, KeyRole
from robi.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyMissing,
    ApiKeyRevoked,
    KeyNotFit,
    RateLimitExceeded,
)
from robi.store.base import KeyRow, key_digest
from robi.store.keys import new_key
from robi.web.attempts import Attempts
from robi.web.entry import Entry

ANA, OLD = new_key(), new_key()
ROW = KeyRow("key_1", key_digest(ANA), "ana", "robot", 100.0)
HERE, THERE = "192.0.2.7", "192.0.2.8"


def entry(*rows: KeyRow, guessable: bool = True) -> Entry:
    keyring = Keyring(ApiKey("api key".__eq__, guessable), lambda: 1_000.0)
    old = KeyRow("key_2", key_digest(OLD), "old", "robot", 1.0, expires_at=2.0)
    keyring.learn(rows or (ROW, old))
    return Entry(keyring, Attempts(free=3, every_s=20.0))


async def guess(door: Entry, times: int = 3, address: str = HERE) -> None:
    await trio.lowlevel.checkpoint()
    for number in range(times):
        with pytest.raises(ApiKeyInvalid):
            door.check(f"guess {number}", address, ROBOTS)


@pytest.mark.parametrize("nothing", [None, ""])
async def test_no_key_is_missing_and_no_guess(nothing: str | None) -> None:
    door = entry()
    for _ in range(10):
        with pytest.raises(ApiKeyMissing):
            door.check(nothing, HERE, ROBOTS)
    await guess(door)


@pytest.mark.parametrize(
    ("role", "roles", "fits"),
    [
        ("robot", ROBOTS, True),
        ("robot", OPERATORS, False),
        ("operator", ROBOTS, True),
        ("operator", OPERATORS, True),
        ("reader", ROBOTS, False),
        ("reader", OPERATORS, False),
    ],
)
async def test_key_opens_what_its_role_opens(
    role: KeyRole, roles: frozenset[KeyRole], fits: bool
) -> None:
    door = entry(evolve(ROW, role=role))
    if fits:
        assert door.check(ANA, HERE, roles).role == role
        return
    for _ in range(10):  # nor is it a guess
        with pytest.raises(KeyNotFit):
            door.check(ANA, HERE, roles)


async def test_key_of_a_device_is_good_for_that_device_alone() -> None:
    door = entry(evolve(ROW, device_id="d"))
    assert door.check_robot(ANA, "d", HERE).device_id == "d"
    for other in ("e", "D", "", None):
        with pytest.raises(KeyNotFit):
            door.check_robot(ANA, other, HERE)


async def test_key_of_no_device_is_good_for_any() -> None:
    assert [entry().check_robot(ANA, d, HERE).key_id for d in ("d", None)] == ["key_1"] * 2


async def test_address_with_too_many_wrong_keys_is_told_how_long_to_wait(
    mock_clock: MockClock,
) -> None:
    door = entry()
    with capture_logs() as log:
        await guess(door)
        for seconds, wait in [(0, 20), (5, 15), (14, 1)]:
            mock_clock.jump(seconds)
            with pytest.raises(RateLimitExceeded) as slowed:
                door.check("guess", HERE, ROBOTS)
            assert slowed.value.retry_after == wait
        mock_clock.jump(1)
        await guess(door, 1)
    assert [(e["event"], e["address"]) for e in log] == [("wrong_keys_slowed", HERE)] * 2


async def test_right_guess_of_who_is_slowed_is_not_told_from_a_wrong_one() -> None:
    door = entry()
    await guess(door)
    with pytest.raises(RateLimitExceeded):
        door.check("api key", HERE, ROBOTS)
    assert door.check("api key", THERE, ROBOTS).role == "operator"


async def test_good_keys_come_in_from_an_address_of_which_somebody_guesses() -> None:
    door = entry(guessable=False)
    await guess(door)
    assert door.check(ANA, HERE, ROBOTS).key_id == "key_1"
    assert door.check("api key", HERE, ROBOTS).role == "operator"
    with pytest.raises(RateLimitExceeded):
        door.check("guess", HERE, ROBOTS)


async def test_good_key_that_can_be_guessed_waits_no_longer_than_for_one_guess(
    mock_clock: MockClock,
) -> None:
    door = entry()
    await guess(door)
    with pytest.raises(RateLimitExceeded) as slowed:
        door.check("api key", HERE, ROBOTS)
    mock_clock.jump(slowed.value.retry_after or 0)
    assert door.check("api key", HERE, ROBOTS).role == "operator"


async def test_key_that_has_expired_is_told_so_however_often_and_is_no_guess() -> None:
    door = entry()
    for _ in range(10):
        with pytest.raises(ApiKeyExpired):
            door.check(OLD, HERE, ROBOTS)
    await guess(door)
    with pytest.raises(ApiKeyExpired):
        door.check(OLD, HERE, ROBOTS)


async def test_key_that_was_revoked_is_told_so_however_often_and_is_no_guess() -> None:
    """Its phone goes on trying; the other robots of the house must not wait for that."""
    door = entry(evolve(ROW, revoked_at=500.0))
    for _ in range(10):
        with pytest.raises(ApiKeyRevoked):
            door.check(ANA, HERE, ROBOTS)
    assert door.check("api key", HERE, ROBOTS).role == "operator"
