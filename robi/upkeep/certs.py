"""A certificate and what is to be known of it: names, dates, and the pins by which it is known.

Owns reading one, from a file or from a running server, and the forms in which programs want its
SHA-256. Two are of interest: that of the whole certificate, which each renewal changes, and that of
its SubjectPublicKeyInfo (RFC 7469 §2.4), which is what apps pin.
"""

import hashlib
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from attrs import frozen
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization

from robi.config.certificate import CertificateUnusable

LOCAL: Final = "localhost"
"""A name that every certificate of ours has: `robi doctor` comes by it."""


LIVE_WITHIN_S: Final = 5.0


@frozen
class Fingerprint:
    """A SHA-256, in the forms in which programs want it."""

    digest: bytes

    @property
    def hex(self) -> str:
        """Return it as openssl and keytool print it."""
        return self.digest.hex(":").upper()

    @property
    def base64(self) -> str:
        """Return it as `<pin>` of Android wants it."""
        return b64encode(self.digest).decode("ascii")

    @property
    def pin(self) -> str:
        """Return it as OkHttp's `CertificatePinner` wants it."""
        return f"sha256/{self.base64}"


@frozen
class Certificate:
    """What is to be known of a certificate. Names are in the order in which it has them."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    whole: Fingerprint
    public_key: Fingerprint
    pem: str

    @property
    def self_signed(self) -> bool:
        """Whether it vouches for itself."""
        return self.subject == self.issuer

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the names by which others come."""
        return tuple(name for name in self.names if name != LOCAL)


def read_file(path: Path) -> Certificate:
    """Read the first certificate of a file, as PEM or DER.

    Raises:
        CertificateUnusable: it cannot be read, or is none.
    """
    try:
        return read(path.read_bytes(), str(path))
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise CertificateUnusable(msg) from error


def read_live(host: str, port: int, server_name: str | None = None) -> Certificate:
    """Read the certificate with which a server answers, whether it is to be trusted or not.

    Args:
        host: where to ask.
        port: likewise.
        server_name: what to ask for (SNI), if that is another name; none is said for an address.

    Raises:
        CertificateUnusable: nobody answers there, or not with TLS.
    """
    look = ssl.create_default_context()
    look.check_hostname = False  # it is looked at, and told no secret
    look.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), LIVE_WITHIN_S) as plain,
            look.wrap_socket(plain, server_hostname=server_name or host) as encrypted,
        ):
            der = encrypted.getpeercert(binary_form=True)
    except OSError as error:  # ssl.SSLError is one, and so are time-outs
        reason = getattr(error, "reason", None) or error.strerror or "no answer"
        msg = f"{host} port {port} shows no certificate: {reason}"
        raise CertificateUnusable(msg) from error
    return read(der or b"", f"{host} port {port}")


def read(data: bytes, where: str) -> Certificate:
    """Read a certificate, PEM or DER; `where` is for the error.

    Raises:
        CertificateUnusable: it is none.
    """
    try:
        found = load(data)
        names = names_of(found)
    except (ValueError, UnsupportedAlgorithm) as error:
        msg = f"{where} is no certificate that can be read"
        raise CertificateUnusable(msg) from error
    public_key = found.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Certificate(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        names=names,
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        whole=Fingerprint(found.fingerprint(hashes.SHA256())),
        public_key=Fingerprint(hashlib.sha256(public_key).digest()),
        pem=found.public_bytes(serialization.Encoding.PEM).decode("ascii"),
    )


def load(data: bytes) -> x509.Certificate:
    """Parse a certificate, PEM or DER; ValueError if it is none."""
    if b"-----BEGIN" in data:
        return x509.load_pem_x509_certificate(data)
    return x509.load_der_x509_certificate(data)


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return its subject alternative names, as far as they are names and addresses of hosts."""
    with suppress(x509.ExtensionNotFound):
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return tuple(
            str(name.value)
            for name in extension.value
            if isinstance(name, x509.DNSName | x509.IPAddress)
        )
    return ()
