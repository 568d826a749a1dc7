"""What the tests of certificates stand on: one key for all, and certificates that end at will."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@cache
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    not_after: datetime, subject: str = "robi", issuer: str | None = None
) -> x509.Certificate:
    """Make a certificate without names."""

    def name(words: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])

    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer or subject))
        .public_key(key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_after - timedelta(days=1))
        .not_valid_after(not_after)
        .sign(key(), hashes.SHA256())
    )


def pem(not_after: datetime, subject: str = "robi", issuer: str | None = None) -> bytes:
    """Make it, and write it as PEM."""
    made = certificate(not_after, subject, issuer)
    return made.public_bytes(serialization.Encoding.PEM)
