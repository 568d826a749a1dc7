"""The network security configuration of an Android app."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from robi.config import Settings
from robi.upkeep import certs, certs_making
from robi.upkeep.certs_android import configuration
from tests.certificates import NOW


@pytest.fixture
def certificate(tmp_path: Path) -> certs.Certificate:
    names = ("192.168.1.20", "robi.local")
    return certs_making.make(Settings(data_dir=tmp_path), names, 825, NOW).certificate


def test_configuration_trusts_that_certificate_and_its_pin_for_its_addresses(
    certificate: certs.Certificate,
) -> None:
    root = ET.fromstring(configuration(certificate).encode())  # noqa: S314 - our own
    assert root.tag == "network-security-config"
    (domains,) = root
    assert domains.attrib == {"cleartextTrafficPermitted": "false"}
    assert [
        (domain.text, domain.get("includeSubdomains")) for domain in domains.findall("domain")
    ] == [("192.168.1.20", "false"), ("robi.local", "false")]
    assert [a.get("src") for a in domains.findall("trust-anchors/certificates")] == ["@raw/robi"]
    pins = domains.findall("pin-set/pin")
    assert [(pin.get("digest"), pin.text) for pin in pins] == [
        ("SHA-256", certificate.public_key.base64)
    ]


def test_pins_expire_on_the_day_on_which_the_certificate_does(
    certificate: certs.Certificate,
) -> None:
    root = ET.fromstring(configuration(certificate).encode())  # noqa: S314 - our own
    pins = root.find("domain-config/pin-set")
    assert pins is not None
    assert date.fromisoformat(pins.attrib["expiration"]) == certificate.not_after.date()
