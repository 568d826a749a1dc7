"""The certificate of the server: made, and renewed. For `robi certs make`.

Owns `DATA_DIR/certs`: `robi.key` (for its owner only) and `robi.pem`. What is made is one
self-signed certificate that every kind of client takes for the addresses in it:

* P-256 and SHA-256, which Android has since 4.4 and testssl.sh has nothing against;
* every address as a subject alternative name, of IP addresses as such: no client has looked at the
  common name for years, and that of ours is for people;
* a leaf and no authority (`CA:FALSE`). Who trusts it trusts these addresses and nothing else;
  whoever stole the key of an authority could be any bank to these phones;
* 825 days, the most that Apple's systems take.

A renewal keeps key and subject. So a pin of the public key lives on, and Android, which knows an
anchor by these two (`TrustManagerImpl` of Conscrypt), goes on trusting: an app that was built with
the certificate of before need not be built again. Whoever compares the whole certificate must be
given the new one: OpenSSL, and so Python and Node, and the Java of a desktop.
"""

import os
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from attrs import frozen
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from robi.config import Settings, folder
from robi.config.certificate import FOLDER, NAME, CertificateUnusable
from robi.upkeep.certs import LOCAL, Certificate, load, names_of, read

KEY_NAME: Final = "robi.key"

_SLACK: Final = timedelta(hours=1)
"""So far into the past it begins: the clock of a phone may be slow."""

_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644


@frozen
class Made:
    """What came of making: the certificate, where, and whether its key is a new one."""

    certificate: Certificate
    path: Path
    key_path: Path
    new_key: bool
    renewed: bool


def paths(settings: Settings) -> tuple[Path, Path]:
    """Return where our certificate and its key are, or would be."""
    place = settings.data_dir / FOLDER
    return place / NAME, place / KEY_NAME


def make(
    settings: Settings, names: tuple[str, ...], days: int, now: datetime, *, new_key: bool = False
) -> Made:
    """Make a certificate for `names` (parsed, as `robi.config.parse.host` gives them), or renew it.

    A renewal has the names of before too. It keeps the key unless `new_key` asks for another.

    Raises:
        CertificateUnusable: what is there cannot be read, or nothing can be written.
    """
    path, key_path = paths(settings)
    before = _read_ours(path)
    key = None if new_key else _read_key(key_path)
    made_key = key is None
    if key is None:
        key = ec.generate_private_key(ec.SECP256R1())
    kept = () if before is None else names_of(before)
    every = tuple(dict.fromkeys((*names, *kept, LOCAL)))
    renews = before is not None and not made_key
    subject = before.subject if before is not None and renews else _subject(every[0])
    pem = _signed(key, subject, every, now - _SLACK, timedelta(days=days))
    try:
        folder.make(settings.data_dir)
        folder.make(path.parent)
        # The key first: if that is all that is done, the next `make` has what it needs.
        if made_key:
            _put(key_path, _pem_of(key), _PRIVATE)
        _put(path, pem, _PUBLIC)
    except OSError as error:
        msg = f"{path.parent} cannot be written: {error.strerror}"
        raise CertificateUnusable(msg) from error
    return Made(read(pem, str(path)), path, key_path, made_key, renews)


def _read_ours(path: Path) -> x509.Certificate | None:
    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({type(error).__name__}): delete it, and it is made anew"
        raise CertificateUnusable(msg) from error


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        msg = f"{path} cannot be read ({type(error).__name__}): --new-key makes another"
        raise CertificateUnusable(msg) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = f"{path} is no key of an elliptic curve: --new-key makes one"
        raise CertificateUnusable(msg)
    return key


def _subject(name: str) -> x509.Name:
    """Name it for people; an attribute has room for 64 characters (RFC 5280, appendix A.1)."""
    room = 64
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Robi"),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:room]),
        ]
    )


def _signed(
    key: ec.EllipticCurvePrivateKey,
    subject: x509.Name,
    names: tuple[str, ...],
    begins: datetime,
    lasts: timedelta,
) -> bytes:
    public = key.public_key()
    uses = dict.fromkeys(_USES, False) | {"digital_signature": True}
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectAlternativeName(list(map(_general, names))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


_USES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _put(path: Path, content: bytes, mode: int) -> None:
    """Put a file in its place whole or not at all; nobody can look at it before it has its mode."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            os.fchmod(file.fileno(), mode)  # whatever the umask
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
