"""The keyring: what each key opens, for how long, and when it was used last."""

from collections.abc import Iterable

import pytest
from attrs import define, evolve, field

from robi.actors.keyring import ApiKey, Keyring, Pass
from robi.errors import ApiKeyExpired, ApiKeyInvalid, ApiKeyRevoked, RobiError, ServerBusy
from robi.store.base import KeyRow, UseKey, key_digest
from robi.store.keys import new_key

ANA = new_key()
ROW = KeyRow("key_1", key_digest(ANA), "ana", "robot", 100.0)


@define
class Wall:
    """A clock on the wall, turned by hand."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@define(eq=False)
class Ring:
    """A keyring, and its clock."""

    wall: Wall = field(factory=Wall)
    guessable: bool = False
    keyring: Keyring = field(init=False)

    @keyring.default
    def _make(self) -> Keyring:
        return Keyring(ApiKey("api key".__eq__, self.guessable), self.wall)

    def with_keys(self, *rows: KeyRow) -> "Ring":
        self.keyring.learn(rows)
        return self

    def refusal(self, key: str) -> type[RobiError]:
        with pytest.raises(RobiError) as refused:
            self.keyring.recognise(key)
        return refused.type


def uses(keyring: Keyring) -> Iterable[tuple[str, float]]:
    return [(use.key_id, use.at) for use in keyring.uses()]


def test_key_of_the_store_opens_what_its_row_says() -> None:
    ring = Ring().with_keys(
        evolve(ROW, role="reader", device_id="d", origins=("https://a.b",), daily_tokens=7)
    )
    assert ring.keyring.recognise(ANA) == Pass("reader", "key_1", "d", ("https://a.b",), 7)


def test_origins_are_those_of_the_keys_that_are_good_now() -> None:
    a, b, c = "https://a.example", "https://b.example", "https://c.example"
    ring = Ring().with_keys(
        evolve(ROW, origins=(a, b)),
        evolve(ROW, key_id="key_2", digest="2", origins=(b, c), expires_at=2_000.0),
        evolve(ROW, key_id="key_3", digest="3", origins=("https://gone",), revoked_at=5.0),
    )
    assert ring.keyring.origins() == {a, b, c}
    ring.wall.now = 2_000.0
    assert ring.keyring.origins() == {a, b}


def test_key_of_the_settings_opens_everything() -> None:
    assert Ring().with_keys().keyring.recognise("api key") == Pass("operator")


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "robi_", ANA[:-1], ANA + "x", ANA.upper(), ROW.digest],
    ids=["none", "short", "bare", "cut", "longer", "upper", "digest"],  # the key is a new one a run
)
def test_key_of_nobody_opens_nothing(wrong: str) -> None:
    assert Ring().with_keys(ROW).refusal(wrong) is ApiKeyInvalid


def test_key_that_was_revoked_opens_nothing() -> None:
    assert Ring().with_keys(evolve(ROW, revoked_at=5.0)).refusal(ANA) is ApiKeyRevoked


def test_key_opens_until_its_last_second_and_then_says_why_not() -> None:
    ring = Ring().with_keys(evolve(ROW, expires_at=2_000.0))
    ring.wall.now = 1_999.9
    assert ring.keyring.recognise(ANA).key_id == "key_1"
    ring.wall.now = 2_000.0
    assert ring.refusal(ANA) is ApiKeyExpired


def test_key_is_not_called_wrong_before_the_store_has_told_of_its_keys() -> None:
    ring = Ring()
    assert ring.refusal(ANA) is ServerBusy
    assert ring.refusal("a guess") is ApiKeyInvalid
    assert ring.with_keys().refusal(ANA) is ApiKeyInvalid


@pytest.mark.parametrize("guessable", [True, False])
def test_key_that_can_be_guessed_is_not_looked_at_while_nobody_is_heard(guessable: bool) -> None:
    ring = Ring(guessable=guessable).with_keys(ROW)
    assert ring.keyring.recognise(ANA, heard=False) == Pass("robot", "key_1")
    if guessable:
        with pytest.raises(ApiKeyInvalid):
            ring.keyring.recognise("api key", heard=False)
    else:
        assert ring.keyring.recognise("api key", heard=False) == Pass("operator")


# ── who is in ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("later", "trouble"),
    [
        ((ROW,), None),
        ((evolve(ROW, name="renamed"),), None),
        ((evolve(ROW, revoked_at=999.0),), ApiKeyRevoked),
        ((evolve(ROW, expires_at=1_000.0),), ApiKeyExpired),
        ((), ApiKeyInvalid),
    ],
    ids=["as it was", "renamed", "revoked", "expired", "gone"],
)
def test_whoever_is_in_must_leave_once_the_key_opens_nothing(
    later: tuple[KeyRow, ...], trouble: type[RobiError] | None
) -> None:
    ring = Ring().with_keys(ROW)
    shown = ring.keyring.recognise(ANA)
    found = ring.with_keys(*later).keyring.trouble_with(shown)
    assert (None if found is None else type(found)) is trouble


def test_whoever_is_in_by_the_key_of_the_settings_stays() -> None:
    ring = Ring().with_keys()
    assert ring.keyring.trouble_with(ring.keyring.recognise("api key")) is None


# ── last uses ─────────────────────────────────────────────────────────────────────────────


def test_use_is_told_once_a_minute() -> None:
    ring = Ring().with_keys(ROW)
    told: list[float] = []
    for second in range(0, 200, 10):
        ring.wall.now = 1_000.0 + second
        ring.keyring.recognise(ANA)
        for use in list(ring.keyring.uses()):
            ring.keyring.told(use)
            told.append(use.at)
    assert told == [1_000.0, 1_060.0, 1_120.0, 1_180.0]


def test_use_that_could_not_be_told_is_told_later() -> None:
    ring = Ring().with_keys(ROW)
    ring.keyring.recognise(ANA)
    assert uses(ring.keyring) == uses(ring.keyring) == [("key_1", 1_000.0)]


def test_use_that_another_process_has_told_just_now_is_not_told_again() -> None:
    ring = Ring().with_keys(ROW)
    ring.keyring.recognise(ANA)
    assert uses(ring.with_keys(evolve(ROW, last_used_at=990.0)).keyring) == []


def test_link_that_stays_open_is_a_use() -> None:
    ring = Ring().with_keys(ROW)
    shown = ring.keyring.recognise(ANA)
    ring.keyring.told(UseKey("key_1", 1_000.0))
    ring.wall.now = 5_000.0
    ring.keyring.trouble_with(shown)
    assert uses(ring.keyring) == [("key_1", 5_000.0)]


def test_use_of_a_key_that_is_gone_is_forgotten() -> None:
    ring = Ring().with_keys(ROW)
    ring.keyring.recognise(ANA)
    assert uses(ring.with_keys().keyring) == []
