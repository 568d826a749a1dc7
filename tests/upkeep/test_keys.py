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
        ("x", "--role", "reader", "--origin", "https://a.b/page"),
        ("x", "--role", "reader", "--origin", "https://a.b,https://c.d"),
        ("x", "--role", "reader", "--origin", "*"),
        ("x", "--role", "reader", "--origin", "https://a.b", "--daily-tokens", "-1"),
    ],
)
def test_key_that_makes_no_sense_is_not_made(
    empty_house: House, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as refused:
        empty_house.robi("keys", "add", *arguments)
    assert refused.value.code == 2
    assert not empty_house.path.exists()


def test_origin_without_a_scheme_is_refused_with_what_it_lacks(
    empty_house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        empty_house.robi("keys", "add", "x", "--role", "reader", "--origin", "localhost:3000")
    assert "'localhost:3000', which lacks http:// or https:// before it" in capsys.readouterr().err


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
        "origins": [],
        "daily_tokens": None,
    }


# ── keys of pages ─────────────────────────────────────────────────────────────────────────

PAGE = ("keys", "add", "book", "--role", "reader")


def test_reader_s_key_is_bound_to_its_pages_and_to_a_day_s_tokens(house: House) -> None:
    done = house.robi(*PAGE, "--origin", "https://Docs.Example.org:443", "--origin", "http://[::1]")
    (row,) = kept(house)
    assert (row.role, row.daily_tokens) == ("reader", 200_000)
    assert row.origins == ("https://docs.example.org", "http://[::1]")
    assert "on https://docs.example.org http://[::1], 200,000 tokens a day" in done.err


@pytest.mark.parametrize(("given", "kept_as", "said"), [("0", None, "no bound"), ("7", 7, "7 tok")])
def test_reader_s_key_takes_what_was_said(
    house: House, given: str, kept_as: int | None, said: str
) -> None:
    house.robi(*PAGE, "--origin", "https://a.b", "--daily-tokens", given)
    assert kept(house)[0].daily_tokens == kept_as
    assert f"https://a.b, {said}" in house.robi("keys", "list").out
    (told,) = orjson.loads(house.robi("keys", "list", "--json").out)
    assert (told["origins"], told["daily_tokens"]) == (["https://a.b"], kept_as)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--role", "reader"), "add --origin https://docs.example.org"),
        (("--origin", "https://a.b"), "for keys of the role reader"),
        (("--role", "operator", "--daily-tokens", "5"), "for keys of the role reader"),
    ],
)
def test_key_that_is_not_bound_as_its_role_is_refused(
    empty_house: House, arguments: tuple[str, ...], said: str
) -> None:
    done = empty_house.robi("keys", "add", "x", *arguments)
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert not empty_house.path.exists()


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
