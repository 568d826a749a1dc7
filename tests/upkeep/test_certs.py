"""Certificates: what is made, what a renewal keeps, and that a client with TLS takes them."""

import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from robi.config import Settings
from robi.config.certificate import CertificateUnusable, watched
from robi.upkeep import certs, certs_making
from robi.upkeep.certs_making import Made
from tests.certificates import NOW, pem

NAMES = ("127.0.0.1", "::1", "robi.local")


@frozen
class House:
    """A folder of data in which certificates are made."""

    settings: Settings

    def make(
        self, *names: str, days: int = 825, now: datetime = NOW, new_key: bool = False
    ) -> Made:
        return certs_making.make(self.settings, names, days, now, new_key=new_key)

    @property
    def path(self) -> Path:
        return certs_making.paths(self.settings)[0]

    @property
    def key_path(self) -> Path:
        return certs_making.paths(self.settings)[1]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(Settings(data_dir=tmp_path / "data"))


@contextmanager
def answering(made: Made) -> Iterator[int]:
    """Serve TLS with it on loopback, one handshake at a time; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.path, made.key_path)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            plain, _ = listener.accept()
            with plain:
                plain.settimeout(20)
                if not plain.recv(1, socket.MSG_PEEK):
                    return
                try:
                    context.wrap_socket(plain, server_side=True).close()
                except OSError:
                    continue  # a client that does not like it goes away, and is asked about that

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        listener.close()


def shake_hands(port: int, anchor: bytes, name: str) -> None:
    """Come as a client that trusts `anchor` only and wants `name`."""
    context = ssl.create_default_context(cadata=anchor.decode("ascii"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python does of itself from 3.13 on
    with (
        socket.create_connection(("127.0.0.1", port), 20) as plain,
        context.wrap_socket(plain, server_hostname=name) as encrypted,
    ):
        assert encrypted.getpeercert()


@pytest.mark.parametrize("name", ["127.0.0.1", "::1", "robi.local", "localhost"])
def test_client_that_trusts_the_certificate_takes_it_for_each_of_its_names(
    house: House, name: str
) -> None:
    made = house.make(*NAMES, now=datetime.now(UTC))
    with answering(made) as port:
        shake_hands(port, made.path.read_bytes(), name)


def test_client_refuses_the_certificate_for_another_name(house: House) -> None:
    made = house.make(*NAMES, now=datetime.now(UTC))
    with answering(made) as port, pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(port, made.path.read_bytes(), "127.0.0.2")


def test_certificate_is_a_leaf_of_p256_for_servers_and_no_authority(house: House) -> None:
    made = x509.load_pem_x509_certificate(house.make(*NAMES).path.read_bytes())
    key, extensions = made.public_key(), made.extensions
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign is False
    uses = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.SERVER_AUTH]
    made.verify_directly_issued_by(made)


def test_certificate_lasts_its_days_in_all_and_began_before_a_slow_clock(house: House) -> None:
    certificate = house.make(*NAMES, days=825).certificate
    assert certificate.not_before == NOW - timedelta(hours=1)
    assert certificate.not_after - certificate.not_before == timedelta(days=825)
    assert watched(house.path).not_after == certificate.not_after.timestamp()


def test_key_is_for_its_owner_only_and_the_certificate_for_all(house: House) -> None:
    house.make(*NAMES)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (house.path, house.key_path, house.path.parent, house.path.parent.parent)
    }
    assert modes == {"robi.pem": 0o644, "robi.key": 0o600, "certs": 0o700, "data": 0o700}
    assert {path.name for path in house.path.parent.iterdir()} == {"robi.pem", "robi.key"}


def test_renewal_keeps_key_subject_and_names_and_ends_later(house: House) -> None:
    before = house.make("robi.local", "192.168.1.20").certificate
    renewed = house.make("192.168.1.21", now=NOW + timedelta(days=400))
    after = renewed.certificate
    assert (renewed.renewed, renewed.new_key) == (True, False)
    assert after.public_key == before.public_key
    assert after.whole != before.whole
    assert after.subject == before.subject
    assert set(after.names) == {"robi.local", "192.168.1.20", "192.168.1.21", "localhost"}
    assert after.not_after - before.not_after == timedelta(days=400)


def test_new_key_changes_the_pin(house: House) -> None:
    before = house.make(*NAMES).certificate
    made = house.make(new_key=True)
    assert (made.new_key, made.renewed) == (True, False)
    assert made.certificate.public_key != before.public_key
    assert made.certificate.names == before.names


def test_certificate_that_was_deleted_is_made_again_with_the_same_pin(house: House) -> None:
    before = house.make("old.local").certificate
    house.path.unlink()
    made = house.make("new.local")
    assert made.certificate.public_key == before.public_key
    assert made.certificate.addresses == ("new.local",)


@pytest.mark.parametrize(
    ("file", "words"), [("robi.key", "--new-key makes another"), ("robi.pem", "delete it")]
)
def test_damaged_file_is_not_written_over_and_says_what_to_do(
    house: House, file: str, words: str
) -> None:
    house.make(*NAMES)
    damaged = house.path.parent / file
    damaged.write_bytes(b"-----BEGIN NOTHING-----")
    with pytest.raises(CertificateUnusable) as caught:
        house.make(*NAMES)
    assert words in str(caught.value.details)
    assert damaged.read_bytes() == b"-----BEGIN NOTHING-----"


def test_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(CertificateUnusable, match="data"):
        House(Settings(data_dir=tmp_path / "data")).make(*NAMES)


def test_certificate_of_a_running_server_is_read_whether_trusted_or_not(house: House) -> None:
    made = house.make(*NAMES)
    with answering(made) as port:
        assert certs.read_live("127.0.0.1", port) == made.certificate


def test_server_that_speaks_no_tls_shows_no_certificate() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def hang_up() -> None:
            listener.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(CertificateUnusable) as caught:
            certs.read_live("127.0.0.1", port)
        thread.join()
    assert f"127.0.0.1 port {port} shows no certificate" in str(caught.value.details)


def test_certificate_that_another_signed_is_not_self_signed(tmp_path: Path) -> None:
    path = tmp_path / "leaf.pem"
    path.write_bytes(pem(NOW, "robi.example", "an authority"))
    certificate = certs.read_file(path)
    assert (certificate.self_signed, certificate.names) == (False, ())


def test_key_is_no_certificate(house: House) -> None:
    house.make(*NAMES)
    with pytest.raises(CertificateUnusable):
        certs.read_file(house.key_path)
