"""The commands `robi certs make`, `show` and `qr`.

Owns their arguments and what is said of what was done. The work is done in `certs_making`, `certs`,
`certs_android` and `certs_qr`, imported when it is needed: `robi tree` must not wait for
cryptography.
"""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from robi.config import Settings, keyfile
from robi.config.certificate import CertificateUnusable, path_of, watched
from robi.config.parse import host
from robi.shell import UNUSABLE, WRONG, complain, say

if TYPE_CHECKING:
    from robi.upkeep.certs import Certificate

PUBLIC_PORT = 9393
"""Where robots reach the server in front (deploy/Caddyfile)."""

MOST_DAYS = 7_300
APPLE_DAYS = 825
"""Apple's systems take no certificate that lasts longer (support.apple.com/103769)."""

_PRIVATE = 0o600


class _Unusable(Exception):
    """What was said on the command line cannot be used; its words say why."""


def add_to(commands: Any) -> None:
    """Add `certs` to the parser of all (what `add_subparsers` returns)."""
    about = "the certificate of the server: make it, show its pins, put it into a QR code"
    certs = commands.add_parser("certs", help=about, description=about)
    verbs = certs.add_subparsers(required=True, metavar="what")

    def add(name: str, command: Callable[[argparse.Namespace], int], about: str) -> Any:
        parser = verbs.add_parser(name, help=about, description=about)
        parser.set_defaults(command=_in_words(command))
        return parser

    make = add("make", _make, "make a self-signed certificate, or renew it with the same key")
    make.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="an address or name of this server, beside those of SERVER_IP; may be repeated",
    )
    make.add_argument(
        "--days", type=int, default=APPLE_DAYS, metavar="N", help=f"how long ({APPLE_DAYS})"
    )
    make.add_argument("--new-key", action="store_true", help="with another key: pins change")
    make.add_argument(
        "--if-expiring", action="store_true", help="only if it ends within 30 days, or is not there"
    )

    show = add("show", _show, "show a certificate: names, end, and the pins that apps want")
    show.add_argument("server", nargs="?", metavar="HOST:PORT", help="ask a running server for it")
    show.add_argument("--json", action="store_true", help="for machines")
    show.add_argument(
        "--android", action="store_true", help="as network_security_config.xml of an Android app"
    )

    qr = add("qr", _qr, "show a QR code for the app: address, key and pin")
    qr.add_argument("--address", metavar="HOST[:PORT]", help="instead of SERVER_IP, port 9393")
    qr.add_argument("--key-file", metavar="FILE", help="with the key in it; -: standard input")
    qr.add_argument("--no-key", action="store_true", help="without a key; the app asks for it")
    qr.add_argument("--no-pin", action="store_true", help="for a certificate that phones trust")
    qr.add_argument("--svg", type=Path, metavar="FILE", help="a new file, for you alone")
    for command in (show, qr):
        command.add_argument("--file", type=Path, metavar="FILE", help="another certificate")


def _in_words(command: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Let a command that cannot be done say so in a line, and nothing but that."""

    def run(arguments: argparse.Namespace) -> int:
        try:
            return command(arguments)
        except _Unusable as error:
            complain(str(error))
            return UNUSABLE
        except CertificateUnusable as error:
            complain(f"{error.details}.")
            return WRONG

    return run


# ── make ──────────────────────────────────────────────────────────────────────────────────


def _make(arguments: argparse.Namespace) -> int:
    from robi.upkeep import certs_making, certs_words  # noqa: PLC0415 - as said above

    if not 1 <= arguments.days <= MOST_DAYS:
        msg = f"--days is 1 to {MOST_DAYS}."
        raise _Unusable(msg)
    settings = Settings.load()
    path, _ = certs_making.paths(settings)
    now = datetime.now(UTC)
    if arguments.if_expiring and path.exists():
        left = watched(path)
        if left.state(now.timestamp()) == "valid":
            say(f"{path} is valid for {left.days_left(now.timestamp())} days more; nothing done.")
            return 0
    names = (*settings.server_ip, *map(_host, arguments.name))
    if not names and not path.exists():
        msg = (
            "Under which address do robots reach this server? Set SERVER_IP, or say it: "
            "robi certs make --name 192.168.1.20 (hostname -I shows it)."
        )
        raise _Unusable(msg)
    made = certs_making.make(settings, names, arguments.days, now, new_key=arguments.new_key)
    certificate = made.certificate
    say(
        f"{'Renewed' if made.renewed else 'Made'} {made.path} for {', '.join(certificate.names)}.",
        f"It is valid until {certs_words.day(certificate.not_after)}.",
        f"Its key is in {made.key_path}, readable by its owner only.",
        f"Pin of its public key: {certificate.public_key.pin}",
        "Installed as a service, Caddy takes it by itself; else say",
        "  caddy reload --force --config /etc/caddy/Caddyfile",
    )
    if made.new_key and arguments.new_key:
        complain("The key is another: apps that have the pin of before want the new one.")
    if arguments.days > APPLE_DAYS:
        complain(f"iPhones and Macs take no certificate of more than {APPLE_DAYS} days.")
    if settings.tls_cert_file not in (None, made.path):
        complain(f"TLS_CERT_FILE names another, and that is watched: {settings.tls_cert_file}")
    return 0


# ── show ──────────────────────────────────────────────────────────────────────────────────


def _show(arguments: argparse.Namespace) -> int:
    from robi.upkeep import certs_words  # noqa: PLC0415 - as said above

    if arguments.server is not None and arguments.file is not None:
        msg = "HOST:PORT or --file, not both."
        raise _Unusable(msg)
    if arguments.json and arguments.android:
        msg = "--json or --android, not both."
        raise _Unusable(msg)
    certificate, now = _wanted(arguments), datetime.now(UTC).timestamp()
    if arguments.android:
        return _show_android(certificate)
    if arguments.json:
        say(orjson.dumps(certs_words.plain(certificate, now)).decode())
        return 0
    say(*certs_words.lines(certificate, now))
    return 0


def _show_android(certificate: "Certificate") -> int:
    from robi.upkeep import certs_android  # noqa: PLC0415 - as said above

    if not certificate.self_signed:
        msg = f"it is signed by {certificate.issuer}: give an app that one (--file) as its anchor"
        raise CertificateUnusable(msg)
    if not certificate.addresses:
        msg = "it names no address by which robots come, so it is no domain's"
        raise CertificateUnusable(msg)
    sys.stdout.write(certs_android.configuration(certificate))
    sys.stdout.flush()
    complain(
        "This is res/xml/network_security_config.xml of the app; "
        f"the certificate goes to res/raw/{certs_android.ANCHOR}.pem."
    )
    return 0


# ── qr ────────────────────────────────────────────────────────────────────────────────────


def _qr(arguments: argparse.Namespace) -> int:
    from robi.upkeep import certs_qr  # noqa: PLC0415 - as said above

    if arguments.no_pin and arguments.file is not None:
        msg = "--no-pin or --file, not both."
        raise _Unusable(msg)
    if arguments.no_key and arguments.key_file is not None:
        msg = "--no-key or --key-file, not both."
        raise _Unusable(msg)
    settings = Settings.load()
    certificate = None if arguments.no_pin else _ours_or(arguments.file, settings)
    names = () if certificate is None else certificate.addresses
    address = arguments.address or next((_bracketed(name) for name in settings.server_ip), None)
    if address is None and names:
        address = _bracketed(names[0])
    if address is None:
        msg = "Where do robots reach this server? Set SERVER_IP, or say --address HOST[:PORT]."
        raise _Unusable(msg)
    name, port = _host_and_port(address, PUBLIC_PORT)
    invitation = certs_qr.Invitation(
        f"{_bracketed(name)}:{port}",
        None if certificate is None else certificate.public_key,
        None if arguments.no_key else _key(arguments.key_file, settings),
    )
    if certificate is not None and certificate.self_signed and names and name not in names:
        complain(f"The certificate is not for {name}, but for {', '.join(names)}.")
    if arguments.svg is not None:
        _write_svg(arguments.svg, certs_qr.svg(invitation.uri))
    else:
        say(*certs_qr.half_blocks(invitation.uri, coloured=sys.stdout.isatty()))
    if invitation.key is not None:
        complain("It holds a key: whoever takes a picture of it can be a robot of yours.")
    return 0


def _key(file: str | None, settings: Settings) -> str:
    if file is None:
        key = keyfile.find(settings)
        if key is None:
            msg = "There is no key: set API_KEY, or say --key-file FILE or --no-key."
            raise _Unusable(msg)
        return key.secret.reveal()
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file} cannot be read ({type(error).__name__})."
        raise _Unusable(msg) from None
    if len(text.split()) != 1:
        msg = f"{'Standard input' if file == '-' else file} holds no key, or more than a key."
        raise _Unusable(msg)
    return text.strip()


def _write_svg(path: Path, content: bytes) -> None:
    try:
        with open(path, "xb", opener=_privately) as file:
            file.write(content)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        raise CertificateUnusable(msg) from error
    say(f"Written to {path}, readable by you alone.")


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE)


# ── shared ────────────────────────────────────────────────────────────────────────────────


def _wanted(arguments: argparse.Namespace) -> "Certificate":
    from robi.upkeep import certs  # noqa: PLC0415 - as said above

    if arguments.server is not None:
        return certs.read_live(*_host_and_port(arguments.server, PUBLIC_PORT))
    return _ours_or(arguments.file, Settings.load())


def _ours_or(file: Path | None, settings: Settings) -> "Certificate":
    from robi.upkeep import certs, certs_making  # noqa: PLC0415 - as said above

    path = file or path_of(settings)
    if path is None:
        msg = f"there is no {certs_making.paths(settings)[0]}: make it with robi certs make"
        raise CertificateUnusable(msg)
    return certs.read_file(path)


def _host(given: str) -> str:
    try:
        return host(given)
    except ValueError as error:
        msg = f"--name {error}."
        raise _Unusable(msg) from None


def _host_and_port(given: str, usual: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{given}")
        return host(parts.hostname or ""), parts.port or usual
    except ValueError:
        msg = f"{given!r} is no address such as 192.168.1.20:{usual} or [fd00::1]:{usual}."
        raise _Unusable(msg) from None


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name
