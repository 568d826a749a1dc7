"""Wrong keys: counted by the address, given back by the second."""

import pytest

from robi.web.attempts import KEPT, Attempts, house_of

HERE = "192.0.2.7"


def shown(attempts: Attempts, address: str, *, until: int) -> int:
    """Show wrong keys as fast as is let, from second 0 until then; return how many were heard."""
    heard = 0
    for now in range(until):
        for _ in range(3):
            if not attempts.wait_s(address, float(now)):
                attempts.failed(address, float(now))
                heard += 1
    return heard


def test_address_has_some_wrong_keys_free_and_then_waits() -> None:
    attempts = Attempts(free=3, every_s=20.0)
    for _ in range(3):
        assert attempts.wait_s(HERE, 0.0) == 0
        attempts.failed(HERE, 0.0)
    assert [attempts.wait_s(HERE, now) for now in (0.0, 5.5, 19.9, 20.0)] == [20, 15, 1, 0]


def test_guesses_in_an_hour_are_few_however_eager_they_are() -> None:
    assert shown(Attempts(free=10, every_s=15.0), HERE, until=3_600) == 10 + 3_600 // 15 - 1


def test_address_that_was_quiet_for_long_has_all_again() -> None:
    attempts = Attempts(free=3, every_s=20.0)
    for _ in range(3):
        attempts.failed(HERE, 0.0)
    for _ in range(3):
        assert attempts.wait_s(HERE, 60.0) == 0
        attempts.failed(HERE, 60.0)
    assert attempts.wait_s(HERE, 60.0) == 20


def test_other_addresses_do_not_wait() -> None:
    attempts = Attempts(free=1)
    attempts.failed(HERE, 0.0)
    assert attempts.wait_s(HERE, 0.0) > 0
    assert attempts.wait_s("192.0.2.8", 0.0) == 0


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", "unknown"),
    ],
)
def test_house_is_counted_as_one_address(address: str, house: str) -> None:
    assert house_of(address) == house


def test_addresses_without_end_are_forgotten_but_for_the_newest() -> None:
    attempts = Attempts(free=1)
    attempts.failed(HERE, 0.0)
    for number in range(KEPT):
        attempts.failed(f"10.0.{number // 256}.{number % 256}", 1.0)
    assert len(attempts) == KEPT
    assert attempts.wait_s(HERE, 1.0) == 0
    assert attempts.wait_s("10.0.0.0", 1.0) > 0
