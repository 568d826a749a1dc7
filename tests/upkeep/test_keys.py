"""Keys at the terminal: made, shown once, listed, revoked; with a server and without."""

import sqlite3
from contextlib import closing

import orjson
import pytest

from robi.config import folder
from robi.store.base import KeyRow, UseKey, key_digest
from robi.store.sqlite import SqliteStore
from tests.upkeep.conftest import House


def kept(house: House) -> tuple[KeyRow, ...]:
    store = SqliteStore(house.path)
    store.open()
    rows = store.keys()
    store.close()
    return rows


def test_key_alone_is_said_and_only_its_digest_kept(empty_house: House) -> None:
    done = empty_house.robi("keys", "add", "Ana's phone")
    key = done.out.strip()
    assert (done.code, done.out, key[:5], len(key)) == (0, f"{key}\n", "robi_", 48)
    (row,) = kept(empty_house)
    assert (row.name, row.role, row.digest) == ("Ana's phone", "robot", key_digest(key))
    assert (row.expires_at, row.device_id, row.last_used_at) == (None, None, None)
    assert key.encode() not in empty_house.path.read_bytes()
    assert key not in done.err
    assert row.key_id in done.err


def test_key_has_the_role_the_days_and_the_device_that_were_asked_for(house: House) -> None:
    done = house.robi("keys", "add", "x", "--role", "operator", "--days", "2", "--device", "d1")
    (row,) = kept(house)
    assert (row.role, row.device_id) == ("operator", "d1")
    assert row.expires_at == row.created_at + 2 * 86_400
    assert "by the device d1 only" in done.err


def test_two_keys_are_never_the_same(empty_house: House) -> None:
    keys = {empty_house.robi("keys", "add", name).out for name in ("a", "b")}
    assert len(keys) == 2
    assert len({row.key_id for row in kept(empty_house)}) == 2


def test_key_is_made_and_revoked_while_a_server_works_in_the_folder(house: House) -> None:
    with folder.locked(house.settings.data_dir):
        assert house.robi("keys", "add", "ana").code == 0
        assert house.robi("keys", "revoke", "ana").code == 0
    assert kept(house)[0].revoked_at is not None


def test_name_is_given_to_one_good_key_at_a_time(empty_house: House) -> None:
    empty_house.robi("keys", "add", "Ana")
    refused = empty_house.robi("keys", "add", "ana")
    assert (refused.code, refused.out) == (1, "")
    assert "there is a key Ana" in refused.err
    empty_house.robi("keys", "revoke", "ANA")
    assert empty_house.robi("keys", "add", "ana").code == 0
    assert empty_house.robi("keys", "revoke", "ana").code == 0
    assert all(row.revoked_at for row in kept(empty_house))


@pytest.mark.parametrize(
    "arguments",
    [
        ("",),
        (" ",),
        ("a\nb",),
        ("x" * 61,),
        ("x", "--days", "0"),
        ("x", "--days", "3651"),
        ("x", "--days", "soon"),
        ("x", "--role", "root"),
        ("x", "--device", ""),
    ],
)
def test_key_that_makes_no_sense_is_not_made(
    empty_house: House, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as refused:
        empty_house.robi("keys", "add", *arguments)
    assert refused.value.code == 2
    assert not empty_house.path.exists()


def test_key_is_revoked_by_its_id_too(house: House) -> None:
    house.robi("keys", "add", "a")
    house.robi("keys", "add", "b")
    row = kept(house)[1]
    done = house.robi("keys", "revoke", row.key_id)
    assert (done.code, row.name in done.out) == (0, True)
    assert [each.revoked_at is None for each in kept(house)] == [True, False]


def test_key_is_revoked_once(house: House) -> None:
    house.robi("keys", "add", "a")
    house.robi("keys", "revoke", "a")
    before = kept(house)
    again = house.robi("keys", "revoke", "a")
    assert (again.code, again.out, kept(house)) == (0, "", before)
    assert "revoked already" in again.err


def test_key_of_nobody_cannot_be_revoked(house: House) -> None:
    done = house.robi("keys", "revoke", "nobody")
    assert (done.code, done.out) == (1, "")
    assert "there is no key nobody" in done.err


def test_nothing_is_made_to_revoke_or_list_where_there_is_nothing(empty_house: House) -> None:
    assert empty_house.robi("keys", "revoke", "a").code == 1
    assert empty_house.robi("keys", "list").code == 0
    assert not empty_house.path.exists()


def test_list_says_whose_what_for_when_used_and_until_when(house: House) -> None:
    for name, arguments in (("ana", ("--days", "30")), ("luis", ()), ("lost", ())):
        house.robi("keys", "add", name, *arguments)
    house.robi("keys", "revoke", "lost")
    store = SqliteStore(house.path)
    store.open()
    store.write([UseKey(store.keys()[0].key_id, 1_700_000_000.0)])
    store.close()
    done = house.robi("keys", "list")
    head, ana, luis = done.out.splitlines()
    assert head.split() == ["NAME", "ROLE", "ID", "DEVICE", "LAST", "USED"]
    assert "2023-11-1" in ana
    assert "until 2" in ana
    assert luis.split()[0::4] == ["luis", "never"]
    assert "1 revoked" in done.err
    assert "lost" in house.robi("keys", "list", "--all").out


def test_list_for_machines_has_all_but_the_digest(house: House) -> None:
    house.robi("keys", "add", "ana", "--days", "1")
    (told,) = orjson.loads(house.robi("keys", "list", "--json").out)
    (row,) = kept(house)
    assert told.pop("good") is True
    assert told == {
        "key_id": row.key_id,
        "name": "ana",
        "role": "robot",
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": None,
        "last_used_at": None,
        "device_id": None,
    }


def test_key_is_not_put_into_a_new_database_where_one_was_lost(house: House) -> None:
    house.robi("backup")
    for file in house.path.parent.glob("robi.db*"):
        file.unlink()
    done = house.robi("keys", "add", "ana")
    assert (done.code, done.out) == (1, "")
    assert f"robi restore {house.backups[0]}" in done.err
    assert not house.path.exists()


def test_database_of_before_is_left_to_the_server(house: House) -> None:
    with closing(sqlite3.connect(house.path)) as old:
        old.execute("PRAGMA user_version = 2")
    done = house.robi("keys", "add", "ana")
    assert (done.code, done.out) == (1, "")
    assert "start the server once" in done.err
