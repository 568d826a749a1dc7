"""What an Android app needs in order to trust the certificate: its network security configuration.

Owns the words of `res/xml/network_security_config.xml`. For the addresses of the certificate the
app trusts that certificate and no authority of the phone, asks for the pin of its public key, and
speaks nothing unencrypted. The two say the same thing twice on purpose: the anchor makes Android
accept a certificate that nobody else signed, and the pin is what OkHttp's `CertificatePinner` and
the person who compares by eye know it by.

Once the pins have expired Android no longer looks at them; the anchor stays. So a late renewal
locks nobody out, and lets nobody else in.
"""

from xml.sax.saxutils import escape

from robi.upkeep.certs import Certificate

ANCHOR = "robi"
"""The anchor's name: `res/raw/robi.pem`, which is `@raw/robi`."""


def configuration(certificate: Certificate) -> str:
    """Return the file whole; `certificate` is self-signed and has addresses."""
    domains = "\n".join(
        f'        <domain includeSubdomains="false">{escape(name)}</domain>'
        for name in certificate.addresses
    )
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<!--
    res/xml/network_security_config.xml, made by `robi certs show`.
    Beside it goes the certificate itself: res/raw/{ANCHOR}.pem.
    In AndroidManifest.xml:
    <application android:networkSecurityConfig="@xml/network_security_config" …>
-->
<network-security-config>
    <domain-config cleartextTrafficPermitted="false">
{domains}
        <trust-anchors>
            <certificates src="@raw/{ANCHOR}" />
        </trust-anchors>
        <pin-set expiration="{certificate.not_after:%Y-%m-%d}">
            <pin digest="SHA-256">{certificate.public_key.base64}</pin>
        </pin-set>
    </domain-config>
</network-security-config>
"""
