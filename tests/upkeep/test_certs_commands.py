"""`robi certs`: what a person types, and what is said."""

import io
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from robi.shell import UNUSABLE, WRONG
from robi.upkeep import certs_qr
from tests.certificates import pem
from tests.upkeep.conftest import House

ADDRESS = "192.168.1.20"
KEY = "k" * 24


@pytest.fixture
def home(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Nothing is there yet; the server has two addresses and a key."""
    monkeypatch.setenv("SERVER_IP", f"{ADDRESS}, robi.local")
    monkeypatch.setenv("API_KEY", KEY)
    return empty_house


@pytest.fixture
def invitations(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, list[str]]]:
    """Note what is put into QR codes."""
    noted: list[dict[str, list[str]]] = []

    def half_blocks(text: str, *, coloured: bool) -> list[str]:
        noted.append(parse_qs(urlsplit(text).query))
        return [f"code, coloured: {coloured}"]

    monkeypatch.setattr(certs_qr, "half_blocks", half_blocks)
    return noted


def pem_path(home: House) -> Path:
    return home.settings.data_dir / "certs" / "robi.pem"


def shown(home: House, *arguments: str) -> dict[str, object]:
    told: dict[str, object] = orjson.loads(home.robi("certs", "show", "--json", *arguments).out)
    return told


# ── make ──────────────────────────────────────────────────────────────────────────────────


def test_make_is_for_the_addresses_of_the_server_and_further_names(home: House) -> None:
    done = home.robi("certs", "make", "--name", "Robi.Example")
    assert done.code == 0
    assert f"for {ADDRESS}, robi.local, robi.example, localhost." in done.out
    assert shown(home)["names"] == [ADDRESS, "robi.local", "robi.example", "localhost"]


def test_make_again_keeps_the_pin_and_says_renewed(home: House) -> None:
    home.robi("certs", "make")
    pin = shown(home)["public_key_sha256"]
    done = home.robi("certs", "make", "--days", "90")
    assert done.out.startswith("Renewed ")
    assert shown(home)["public_key_sha256"] == pin
    assert shown(home)["days_left"] == 89


def test_make_with_a_new_key_warns_of_the_apps_that_have_the_pin(home: House) -> None:
    home.robi("certs", "make")
    assert "want the new one" in home.robi("certs", "make", "--new-key").err


def test_make_if_expiring_leaves_one_that_is_valid_alone(home: House) -> None:
    home.robi("certs", "make", "--if-expiring")
    before = pem_path(home).read_bytes()
    done = home.robi("certs", "make", "--if-expiring")
    assert (done.code, pem_path(home).read_bytes()) == (0, before)
    assert "824 days more; nothing done" in done.out


def test_make_if_expiring_renews_one_that_ends_within_a_month(home: House) -> None:
    home.robi("certs", "make", "--days", "29")
    assert home.robi("certs", "make", "--if-expiring").out.startswith("Renewed ")


def test_make_without_any_address_asks_for_one(empty_house: House) -> None:
    done = empty_house.robi("certs", "make")
    assert done.code == UNUSABLE
    assert "SERVER_IP" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--days", "0"], "--days is 1 to"),
        (["--name", "not a name"], "--name holds 'not a name'"),
        (["--name", "300.1.2.3"], "--name holds '300.1.2.3'"),
        (["--name", "*.example"], "--name holds '*.example'"),
    ],
)
def test_make_with_what_cannot_be_says_so_and_makes_nothing(
    home: House, arguments: list[str], words: str
) -> None:
    done = home.robi("certs", "make", *arguments)
    assert (done.code, pem_path(home).exists()) == (UNUSABLE, False)
    assert words in done.err


def test_make_for_longer_than_apple_takes_says_so(home: House) -> None:
    done = home.robi("certs", "make", "--days", "826")
    assert done.code == 0
    assert "825 days" in done.err


def test_make_beside_another_that_is_watched_says_so(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLS_CERT_FILE", "/srv/other.pem")
    assert "TLS_CERT_FILE names another" in home.robi("certs", "make").err


# ── show ──────────────────────────────────────────────────────────────────────────────────


def test_show_has_names_end_and_both_pins_in_each_form(home: House) -> None:
    home.robi("certs", "make")
    told, text = shown(home), home.robi("certs", "show").out
    assert f"Names       {ADDRESS}, robi.local, localhost" in text
    assert "824 days more\n" in text
    for hashes in (told["sha256"], told["public_key_sha256"]):
        assert isinstance(hashes, dict)
        assert all(form in text for form in hashes.values())


@pytest.mark.parametrize(("days", "words"), [(3, "2 days more: renew it"), (-3, "which is over")])
def test_show_of_one_that_is_near_its_end_says_what_to_do(
    home: House, tmp_path: Path, days: int, words: str
) -> None:
    path = tmp_path / "other.pem"
    path.write_bytes(pem(datetime.now(UTC) + timedelta(days=days)))
    assert words in home.robi("certs", "show", "--file", str(path)).out


def test_show_without_a_certificate_says_how_to_make_one(home: House) -> None:
    done = home.robi("certs", "show")
    assert (done.code, done.out) == (WRONG, "")
    assert "make it with robi certs make" in done.err


def test_show_for_android_prints_the_file_alone_and_says_beside_where_it_goes(home: House) -> None:
    home.robi("certs", "make")
    done = home.robi("certs", "show", "--android")
    assert done.out.startswith("<?xml")
    assert done.out.endswith("</network-security-config>\n")
    assert "res/raw/robi.pem" in done.err


@pytest.mark.parametrize(
    ("issuer", "words"), [("an authority", "signed by CN=an authority"), (None, "no address")]
)
def test_show_for_android_of_what_can_be_no_anchor_says_why(
    home: House, tmp_path: Path, issuer: str | None, words: str
) -> None:
    path = tmp_path / "other.pem"
    path.write_bytes(pem(datetime.now(UTC), "robi", issuer))
    done = home.robi("certs", "show", "--android", "--file", str(path))
    assert (done.code, done.out) == (WRONG, "")
    assert words in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "localhost:1", "--file", "x"],
        ["show", "--json", "--android"],
        ["show", "not an address"],
        ["show", "localhost:70000"],
        ["qr", "--no-pin", "--file", "x"],
        ["qr", "--no-key", "--key-file", "x"],
        ["qr", "--address", "a b"],
        ["qr", "--key-file", "/nowhere"],
    ],
)
def test_arguments_that_cannot_be_used_say_so(home: House, arguments: list[str]) -> None:
    home.robi("certs", "make")
    done = home.robi("certs", *arguments)
    assert (done.code, done.out) == (UNUSABLE, "")
    assert len(done.err.splitlines()) == 1


# ── qr ────────────────────────────────────────────────────────────────────────────────────


def test_qr_holds_address_key_and_pin_and_warns_of_the_key(
    home: House, invitations: list[dict[str, list[str]]]
) -> None:
    home.robi("certs", "make")
    done = home.robi("certs", "qr")
    (given,) = invitations
    assert (given["host"], given["key"]) == ([f"{ADDRESS}:9393"], [KEY])
    assert len(given["pin"][0]) == 43
    assert (done.code, done.out) == (0, "code, coloured: False\n")
    assert "It holds a key" in done.err
    assert KEY not in done.out + done.err


def test_qr_takes_a_key_of_a_device_from_standard_input(
    home: House, invitations: list[dict[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    home.robi("certs", "make")
    monkeypatch.setattr("sys.stdin", io.StringIO("a-key-of-a-device\n"))
    assert home.robi("certs", "qr", "--key-file", "-").code == 0
    assert invitations[0]["key"] == ["a-key-of-a-device"]


def test_qr_for_a_public_domain_needs_no_certificate_and_can_go_without_key(
    home: House, invitations: list[dict[str, list[str]]]
) -> None:
    arguments = ("--no-pin", "--no-key", "--address", "robi.example:443")
    done = home.robi("certs", "qr", *arguments)
    assert (done.code, done.err) == (0, "")
    assert invitations == [{"v": ["1"], "host": ["robi.example:443"]}]


def test_qr_for_an_address_that_is_not_in_the_certificate_says_so(
    home: House, invitations: list[dict[str, list[str]]]
) -> None:
    home.robi("certs", "make")
    done = home.robi("certs", "qr", "--address", "[fd00::1]")
    assert invitations[0]["host"] == ["[fd00::1]:9393"]
    assert "not for fd00::1, but for" in done.err


def test_qr_as_svg_is_a_new_file_for_its_owner_only(home: House, tmp_path: Path) -> None:
    home.robi("certs", "make")
    path = tmp_path / "robi.svg"
    assert home.robi("certs", "qr", "--svg", str(path)).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"<?xml")
    again = home.robi("certs", "qr", "--svg", str(path))
    assert (again.code, "File exists" in again.err) == (WRONG, True)


def test_qr_without_an_address_or_a_key_asks_for_them(
    empty_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "SERVER_IP" in empty_house.robi("certs", "qr", "--no-pin").err
    monkeypatch.setenv("SERVER_IP", ADDRESS)
    assert "API_KEY" in empty_house.robi("certs", "qr", "--no-pin").err


def test_server_and_other_commands_do_without_cryptography() -> None:
    program = "import sys, robi.cli, robi.tree; print({'cryptography', 'segno'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"set()\n"


# ── check ─────────────────────────────────────────────────────────────────────────────────


def test_check_advises_to_renew_what_ends_soon(home: House) -> None:
    home.robi("certs", "make")
    assert "certificate" not in home.robi("check").out
    home.robi("certs", "make", "--days", "10")
    assert f"The certificate {pem_path(home)} ends in 9 days" in home.robi("check").out
    pem_path(home).write_bytes(pem(datetime.now(UTC) - timedelta(days=1)))
    assert f"The certificate {pem_path(home)} has ended" in home.robi("check").out
    pem_path(home).write_bytes(b"")
    assert f"The certificate {pem_path(home)} holds no certificate" in home.robi("check").out
