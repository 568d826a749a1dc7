"""What was asked for on the command line, and what the environment adds to it.

Owns where the key and the address come from: the command line, then the environment, then `.env`,
then what `./dev serve` keeps under the data folder. Reads files, opens no connection. It is one
file, for it is one list of options.
"""

import argparse
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NoReturn
from urllib.parse import urlsplit, urlunsplit

from attrs import field, frozen
from dotenv.parser import parse_stream

from robi.errors import Language
from robi.protocol.dialects import Dialect
from robi.protocol.messages import UNKNOWN_PERSON, Purpose

StepKind = Literal["say", "audio", "image", "video"]

_PATH = "/ws/interact"
_ANY_ADDRESS: Mapping[str, str] = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, never bound
_DEFAULT_TIMEOUT_S = 60.0

_NO_FILE = "there is no file {}"

_EPILOG = """\
Without --say, --audio, --image or --video you talk by typing, or each line of standard input is
an utterance.

./dev chat run, load, soak and report play scenarios: each has its own --help.

exit codes: 0 all was answered · 1 no server, no answer in time or the link lost · 2 wrong use ·
3 the key was refused · 4 an answer ended in an error · 5 the order of protocol.md §3 was broken ·
130 Ctrl-C in the middle of an answer
"""


@frozen
class Address:
    """Where a server is: `host` without brackets, `resource` with its query."""

    url: str
    host: str
    port: int
    resource: str
    secure: bool

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read a ws:// or wss:// URL; ValueError if it is neither.

        Without a scheme it is ws://, without a path it is that of robots.
        """
        msg = f"not a ws:// or wss:// address: {url!r}"
        parts = urlsplit(url if "://" in url else f"ws://{url}")
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(msg) from None
        if parts.scheme not in ("ws", "wss") or not host:
            raise ValueError(msg)
        parts = parts._replace(path=parts.path.rstrip("/") or _PATH)
        secure = parts.scheme == "wss"
        resource = parts.path + (f"?{parts.query}" if parts.query else "")
        return cls(
            urlunsplit(parts),
            host,
            port or (443 if secure else 80),
            resource,
            secure,
        )


@frozen
class Step:
    """One utterance of a script: what is said, or the file that is played or shown."""

    kind: StepKind
    value: str = field(repr=False)


@frozen(kw_only=True)
class Options:
    """All that the command line decides; `api_key` None when none was found anywhere."""

    address: Address
    api_key: str | None = field(repr=False)
    person_id: str
    dialect: Dialect
    device_id: str | None
    session_id: str | None
    last_seq: int | None
    language: Language
    json: bool
    timeout: float
    realtime: bool
    purpose: Purpose
    text: str | None = field(repr=False)
    photo: Path | None
    clip: Path | None
    cafile: Path | None
    insecure: bool
    script: tuple[Step, ...]

    def tls(self) -> ssl.SSLContext | None:
        """Return how to trust a wss:// server, None for ws://; OSError if `cafile` is no good."""
        if not self.address.secure:
            return None
        context = ssl.create_default_context(cafile=self.cafile)
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class _Parser(argparse.ArgumentParser):
    """One that says what is wrong in a line; the whole usage is longer than a small terminal."""

    def error(self, message: str) -> NoReturn:
        """Leave with 2."""
        self.exit(2, f"{self.prog}: {message}\n({self.prog} --help shows what there is)\n")


class _Steps(argparse.Action):
    """Collect --say, --audio, --image and --video in the order in which they were written."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        kind = (option_string or "").removeprefix("--")
        if kind == "say" and not str(values).strip():
            parser.error(f"argument {option_string}: nothing to say")
        if kind != "say" and not Path(str(values)).is_file():
            parser.error(f"argument {option_string}: {_NO_FILE.format(values)}")
        namespace.script = [*namespace.script, (kind, str(values))]


def parse(argv: Sequence[str], environ: Mapping[str, str], root: Path) -> Options:
    """Read the command line; wrong use leaves with exit code 2, as argparse does.

    Args:
        argv: without the name of the command.
        environ: the environment; wins over `.env`.
        root: the checkout, where `.env` and the data folder are.
    """
    parser = _parser()
    if not all(map(_is_utf8, argv)):
        parser.error("an argument is not UTF-8")
    asked = parser.parse_args(argv)
    try:
        address, api_key = find_server(asked.url, asked.key, environ, root)
    except ValueError as error:
        parser.error(str(error))
    if asked.last_seq is not None and asked.session is None:
        parser.error("--last-seq needs --session")
    by_person = asked.person is not None
    return Options(
        address=address,
        api_key=api_key,
        person_id=asked.person or asked.user or UNKNOWN_PERSON,
        dialect=Dialect.PERSON if by_person else Dialect.USER,
        device_id=asked.device,
        session_id=asked.session,
        last_seq=asked.last_seq,
        language=asked.lang or _language(environ),
        json=asked.json,
        timeout=asked.timeout,
        realtime=asked.realtime,
        purpose=asked.purpose,
        text=asked.text,
        photo=asked.photo,
        clip=asked.clip,
        cafile=asked.cafile,
        insecure=asked.insecure,
        script=tuple(Step(kind, value) for kind, value in asked.script),
    )


def find_server(
    url: str | None, key: str | None, environ: Mapping[str, str], root: Path
) -> tuple[Address, str | None]:
    """Return where the server is and the key for it, by what was said or what is known here.

    Raises:
        ValueError: `url`, the environment or `.env` name no server.
    """
    known = _surroundings(environ, root)
    address = Address.parse(url or _default_url(known, environ))
    return address, key or known.get("API_KEY") or _kept_key(known, root)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="./dev chat",
        description="A robot in the terminal: talk to Robi by typing, with sound or with pictures.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(script=[])
    say = parser.add_argument_group("what to say (in this order; else you type)")
    say.add_argument("--say", metavar="TEXT", action=_Steps, help="a typed utterance")
    say.add_argument("--audio", metavar="FILE", action=_Steps, help="a spoken one, in 4 KiB frames")
    say.add_argument("--image", metavar="FILE", action=_Steps, help="a picture")
    say.add_argument("--video", metavar="FILE", action=_Steps, help="a short film")
    say.add_argument("--text", help="what is said along with --image or --video")
    say.add_argument("--purpose", choices=("context", "registration"), default="context",
                     help="what --image is for (default: context)")  # fmt: skip
    say.add_argument("--realtime", action="store_true", help="send --audio as fast as one speaks")
    say.add_argument("--photo", metavar="FILE", type=_file, help="shown when Robi asks for a photo")
    say.add_argument("--clip", metavar="FILE", type=_file, help="shown when Robi asks for a video")

    who = parser.add_argument_group("who is there")
    person = who.add_mutually_exclusive_group()
    person.add_argument("--user", metavar="ID", help="who stands in front of the robot")
    person.add_argument("--person", metavar="ID", help="the same, in the dialect of persons")
    who.add_argument("--device", metavar="ID", help="the device of this robot (default: none)")
    who.add_argument("--session", metavar="ID", help="go on with this session")
    who.add_argument("--last-seq", metavar="N", type=int, help="…after this message")

    where = parser.add_argument_group("where Robi is")
    where.add_argument("--url", help=f"default: ws://$HOST:$PORT{_PATH}, else 127.0.0.1:8000")
    where.add_argument("--key", help="default: $API_KEY, .env, data/api_key")
    where.add_argument("--cafile", metavar="FILE", type=_file, help="whom to trust for wss://")
    where.add_argument("--insecure", action="store_true", help="trust any certificate")
    where.add_argument("--timeout", metavar="S", type=_seconds, default=_DEFAULT_TIMEOUT_S,
                       help="longest wait for a link or an answer (default: 60)")  # fmt: skip

    shown = parser.add_argument_group("what is shown")
    shown.add_argument("--json", action="store_true", help="one JSON object a line, for machines")
    shown.add_argument("--lang", choices=("es", "en"), help="language of this tool's own words")
    return parser


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(_NO_FILE.format(text))
    return path


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError
    return seconds


def _is_utf8(argument: str) -> bool:
    """Whether `argument` was UTF-8; other bytes come from the system as lone surrogates."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _surroundings(environ: Mapping[str, str], root: Path) -> Mapping[str, str]:
    """The environment over `.env`; what is set to nothing counts as not set.

    A line of `.env` that cannot be read is the server's to complain of. ValueError if all of it
    cannot.
    """
    path = root / ".env"
    written: dict[str, str | None] = {}
    if path.is_file():
        try:
            with path.open(encoding="utf-8") as stream:
                written = {b.key: b.value for b in parse_stream(stream) if b.key is not None}
        except (OSError, UnicodeDecodeError) as error:
            msg = f".env cannot be read ({type(error).__name__})"
            raise ValueError(msg) from error
    set_to_something = {name: value for name, value in environ.items() if value}
    return {n: value for n, value in {**written, **set_to_something}.items() if value}


def _default_url(known: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Where the server of these settings listens; ValueError if PORT is no number."""
    host, port = known.get("HOST", ""), known.get("PORT", "8000")
    if not (port.isascii() and port.isdigit()):
        source = "the environment" if environ.get("PORT") else ".env"
        msg = f"PORT in {source} must be a number, not {port!r}"
        raise ValueError(msg)
    return f"ws://{_ANY_ADDRESS.get(host, host)}:{port}{_PATH}"


def _kept_key(known: Mapping[str, str], root: Path) -> str | None:
    """The key that `./dev serve` made; a relative `DATA_DIR` is relative to the checkout."""
    try:
        return (root / known.get("DATA_DIR", "data") / "api_key").read_text("utf-8").strip() or None
    except OSError:
        return None


def _language(environ: Mapping[str, str]) -> Language:
    spoken = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "es" if spoken.startswith("es") else "en"
