"""Who has to leave the lobby when it is full."""

import pytest

from robi.web.lobby import Lobby, is_this_machine


def test_lobby_with_room_sends_nobody_away() -> None:
    lobby: Lobby[int] = Lobby(2, 2)
    assert [lobby.enter(1, "a"), lobby.enter(2, "b")] == [None, None]


def test_lobby_full_sends_away_who_has_waited_longest() -> None:
    lobby: Lobby[int] = Lobby(2, 2)
    assert [lobby.enter(n, str(n)) for n in range(4)] == [None, None, 0, 1]
    assert len(lobby) == 2


def test_lobby_full_of_one_address_sends_away_its_own() -> None:
    lobby: Lobby[int] = Lobby(10, 2)
    lobby.enter(0, "b")
    assert [lobby.enter(n, "a") for n in range(1, 5)] == [None, None, 1, 2]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.8.8"])
def test_lobby_does_not_count_guests_of_this_machine_by_address(address: str) -> None:
    lobby: Lobby[int] = Lobby(10, 2)
    assert [lobby.enter(n, address) for n in range(10)] == [None] * 10


def test_guest_who_has_left_makes_room() -> None:
    lobby: Lobby[int] = Lobby(1, 1)
    lobby.enter(1, "a")
    lobby.leave(1)
    lobby.leave(1)
    assert (lobby.enter(2, "a"), len(lobby)) == (None, 1)


@pytest.mark.parametrize("address", ["192.0.2.1", "", "not an address", "fe80::1%eth0"])
def test_other_addresses_are_not_of_this_machine(address: str) -> None:
    assert not is_this_machine(address)
