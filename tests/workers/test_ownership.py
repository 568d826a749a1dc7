"""To which process a robot belongs: whatever it says of itself, always to the same."""

from collections import Counter
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from robi.protocol.messages import Auth
from robi.workers.ownership import Belonging, mint, owner

WORKERS = st.integers(1, 64)
NAMES = st.text(min_size=1, max_size=40)


def belonging(here: int, workers: int, devices: dict[str, str | None]) -> Belonging:
    async def device_of(session_id: str) -> str | None:
        return devices.get(session_id)

    return Belonging(here, workers, device_of)


async def where(rule: Belonging, device_id: str | None, session_id: str | None) -> int:
    return await rule.of(Auth("k", device_id=device_id, session_id=session_id))


@given(NAMES, WORKERS)
def test_owner_is_the_same_each_time_and_one_of_them(key: str, workers: int) -> None:
    assert owner(key, workers) == owner(key, workers)
    assert 0 <= owner(key, workers) < workers


def test_devices_are_spread_evenly() -> None:
    shares = Counter(owner(f"phone-{n}", 8) for n in range(8_000))
    assert len(shares) == 8
    assert max(shares.values()) < 1.15 * min(shares.values())


@given(st.integers(0, 63), WORKERS)
def test_minted_id_belongs_where_it_was_minted(here: int, workers: int) -> None:
    numbers = count()
    minted = mint(lambda: f"s{next(numbers)}", here % workers, workers)
    assert owner(minted, workers) == here % workers


@given(NAMES, WORKERS, st.integers(0, 63), st.booleans())
async def test_device_and_session_of_it_meet_whoever_accepts_and_whatever_is_stored(
    device_id: str, workers: int, accepts: int, stored: bool
) -> None:
    """By its device, by both, by the session alone; from the first moment and after a restart."""
    home = owner(device_id, workers)
    numbers = count()
    session_id = mint(lambda: f"s{next(numbers)}", home, workers)
    rule = belonging(accepts % workers, workers, {session_id: device_id} if stored else {})
    forms = [(device_id, None), (device_id, session_id), (None, session_id)]
    assert {await where(rule, *form) for form in forms} == {home}
    assert rule.other_of(Auth("k", device_id=device_id, session_id=session_id)) is None


@given(NAMES, NAMES, WORKERS)
async def test_session_kept_from_another_count_of_processes_goes_with_its_device(
    device_id: str, session_id: str, workers: int
) -> None:
    rule = belonging(0, workers, {session_id: device_id})
    forms = [(device_id, None), (device_id, session_id), (None, session_id)]
    assert {await where(rule, *form) for form in forms} == {owner(device_id, workers)}


@given(NAMES, WORKERS, st.integers(0, 63))
async def test_session_without_a_device_stays_where_it_is(
    session_id: str, workers: int, accepts: int
) -> None:
    rule = belonging(accepts % workers, workers, {session_id: None})
    assert await where(rule, None, session_id) == owner(session_id, workers)
    assert await where(rule, "", session_id) == owner(session_id, workers)
    assert await where(rule, None, None) == accepts % workers


@given(NAMES, NAMES, WORKERS)
async def test_device_that_names_a_session_of_elsewhere_has_it_let_go_of_there(
    device_id: str, session_id: str, workers: int
) -> None:
    rule = belonging(0, workers, {})
    there = rule.other_of(Auth("k", device_id=device_id, session_id=session_id))
    assert await where(rule, device_id, session_id) == owner(device_id, workers)
    assert there in {None, owner(session_id, workers)}
    assert (there is None) == (owner(session_id, workers) == owner(device_id, workers))
