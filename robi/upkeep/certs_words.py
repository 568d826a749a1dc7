"""A certificate in words, for `robi certs show`: as lines for a person, and plain for machines."""

from collections.abc import Iterator
from datetime import datetime

from robi.config.certificate import State, days_left, state
from robi.upkeep.certs import Certificate, Fingerprint


def lines(certificate: Certificate, now: float) -> Iterator[str]:
    """Yield it for a terminal, as it is at `now` (Unix seconds)."""
    self_signed = " (self-signed)" if certificate.self_signed else ""
    yield f"Subject     {certificate.subject}"
    yield f"Issuer      {certificate.issuer}{self_signed}"
    yield f"Names       {', '.join(certificate.names) or 'none'}"
    yield f"Valid from  {day(certificate.not_before)}"
    yield f"Valid until {day(certificate.not_after)}, {_left(certificate, now)}"
    yield "SHA-256 of the certificate"
    yield from _forms(certificate.whole)
    yield "SHA-256 of its public key (SubjectPublicKeyInfo), the pin; a renewal keeps it"
    yield from _forms(certificate.public_key)
    yield f"  OkHttp    {certificate.public_key.pin}"


def plain(certificate: Certificate, now: float) -> dict[str, object]:
    """Return it as values that become JSON, as it is at `now` (Unix seconds)."""
    ends = certificate.not_after.timestamp()
    whole, public_key = certificate.whole, certificate.public_key
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "self_signed": certificate.self_signed,
        "names": certificate.names,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "days_left": days_left(ends, now),
        "state": state(ends, now),
        "sha256": {"hex": whole.hex, "base64": whole.base64},
        "public_key_sha256": {
            "hex": public_key.hex,
            "base64": public_key.base64,
            "pin": public_key.pin,
        },
    }


def day(moment: datetime) -> str:
    """Write a time as a person reads it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _forms(fingerprint: Fingerprint) -> Iterator[str]:
    yield f"  hex       {fingerprint.hex}"
    yield f"  base64    {fingerprint.base64}"


def _left(certificate: Certificate, now: float) -> str:
    ends = certificate.not_after.timestamp()
    left = days_left(ends, now)
    how: dict[State, str] = {
        "valid": f"{left} days more",
        "expiring": f"{left} days more: renew it (robi certs make)",
        "expired": "which is over: renew it (robi certs make)",
    }
    return how[state(ends, now)]
