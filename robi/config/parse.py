"""How the words of a variable become a value: strict, with a range, and never echoing a secret.

Owns the parsers that `settings` names. Each takes the text of a variable and
returns its value, or raises ValueError with the end of a sentence that begins with the
variable's name. What was given is quoted, except where it could be a secret. It is one list.
"""

import hmac
import math
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from attrs import field, frozen

_INTEGER = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_NAME = 253
_NO_SCHEME = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]+)?(?:/.*)?")


@frozen
class Secret:
    """A key that shows itself only to who asks for it by name."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """Return the key itself, to be sent or hashed, never logged."""
        return self._value

    def matches(self, candidate: str) -> bool:
        """Compare in constant time, so that an answer's delay tells nothing of the key."""
        return hmac.compare_digest(
            self._value.encode(errors="surrogatepass"), candidate.encode(errors="surrogatepass")
        )


@frozen
class Parser:
    """A way to read a variable, and the words that say what it takes (for the table)."""

    takes: str
    read: Callable[[str], object]


def text(longest: int = 500) -> Parser:
    """Take one line of text."""

    def read(given: str) -> str:
        if len(given) > longest:
            msg = f"is longer than {longest} characters"
            raise ValueError(msg)
        if not given.isprintable():
            msg = "holds characters that cannot be printed"
            raise ValueError(msg)
        return given

    return Parser("text", read)


def secret() -> Parser:
    """Take a key: printable ASCII without blanks, since it travels in an HTTP header."""

    def read(given: str) -> Secret:
        if not (given.isascii() and given.isprintable() and " " not in given):
            msg = "holds blanks or characters that no HTTP header can carry"
            raise ValueError(msg)
        return Secret(given)

    return Parser("secret", read)


def whole(low: int, high: int) -> Parser:
    """Take a whole number from `low` to `high`."""

    def read(given: str) -> int:
        if not _INTEGER.fullmatch(given) or not low <= int(given) <= high:
            msg = f"must be a whole number from {low} to {high}, not {_quoted(given)}"
            raise ValueError(msg)
        return int(given)

    return Parser(f"{low} … {high}", read)


def number(low: float, high: float) -> Parser:
    """Take a number from `low` to `high`, with a point for the decimals."""

    def read(given: str) -> float:
        value = float(given) if _DECIMAL.fullmatch(given) else math.nan
        if not low <= value <= high:
            msg = f"must be a number from {low:g} to {high:g}, not {_quoted(given)}"
            raise ValueError(msg)
        return value

    return Parser(f"{low:g} … {high:g}", read)


def choice(*names: str) -> Parser:
    """Take one of `names`, in whatever case."""
    by_name = {name.lower(): name for name in names}

    def read(given: str) -> str:
        try:
            return by_name[given.lower()]
        except KeyError:
            expected = " or ".join(names)
            msg = f"must be {expected}, not {_quoted(given)}"
            raise ValueError(msg) from None

    return Parser(" · ".join(names), read)


def choices(*names: str) -> Parser:
    """Take some of `names`, divided by commas, each once and in the order given."""
    one = choice(*names)

    def read(given: str) -> tuple[str, ...]:
        chosen = tuple(str(one.read(item.strip())) for item in given.split(",") if item.strip())
        if not chosen:
            msg = f"must name at least one of {', '.join(names)}"
            raise ValueError(msg)
        if len(set(chosen)) < len(chosen):
            msg = f"holds one name twice: {_quoted(given)}"
            raise ValueError(msg)
        return chosen

    return Parser(", ".join(names), read)


def path() -> Parser:
    """Take a path, `~` for the home folder; relative ones start at the working directory."""
    return Parser("path", _path)


def _path(given: str) -> Path:
    if "\0" in given:
        msg = "holds a null character"
        raise ValueError(msg)
    try:
        return Path(given).expanduser()
    except RuntimeError:
        msg = "begins with a home folder that does not exist"
        raise ValueError(msg) from None


@frozen
class TextFile:
    """A text that somebody wrote into a file, as it was when it was read."""

    path: Path
    text: str = field(repr=False)


def text_file(longest: int) -> Parser:
    """Take the path of a file of UTF-8 text, at most `longest` characters and not empty."""

    def read(given: str) -> TextFile:
        place = _path(given)
        if place.exists() and not place.is_file():  # a pipe would be waited for
            msg = f"must name a file, and {_quoted(given)} is none"
            raise ValueError(msg)
        try:
            with place.open(encoding="utf-8-sig") as file:
                content = file.read(longest + 1).strip()
        except UnicodeDecodeError:
            msg = f"must name a text in UTF-8, and {_quoted(given)} is none"
            raise ValueError(msg) from None
        except OSError as error:
            msg = f"must name a text, and {_quoted(given)} cannot be read: {error.strerror}"
            raise ValueError(msg) from None
        if not 0 < len(content) <= longest:
            msg = f"must name a text of 1 to {longest} characters, and {_quoted(given)} is not"
            raise ValueError(msg)
        return TextFile(place, content)

    return Parser("path", read)


def url(*schemes: str) -> Parser:
    """Take a URL of one of `schemes`; a closing slash is left out. It may hold a password."""

    def read(given: str) -> str:
        expected = " or ".join(f"{scheme}://" for scheme in schemes)
        try:
            parts = urlsplit(given)
            complete = bool(parts.path if "sqlite" in schemes else parts.hostname)
            plain = "sqlite" in schemes or not (parts.query or parts.fragment)
            _ = parts.port  # raises where it is no number
        except ValueError:
            msg = f"must be a URL that begins with {expected}"
            raise ValueError(msg) from None
        if parts.scheme not in schemes or not complete:
            msg = f"must be a URL that begins with {expected}"
            raise ValueError(msg)
        if not plain:
            msg = "must be a URL without a question mark or a hash: a path is put after it"
            raise ValueError(msg)
        return given.rstrip("/")

    return Parser("URL", read)


def origin(given: str) -> str:
    """Return a web origin (RFC 6454) as browsers write it: scheme, host and perhaps port.

    The slash that an address bar puts behind it is left out.

    Raises:
        ValueError: it is none.
    """
    if _NO_SCHEME.fullmatch(given):
        problem = f"holds {_quoted(given)}, which lacks http:// or https:// before it"
        raise ValueError(problem)
    problem = (
        f"holds {_quoted(given)}, which is no origin such as https://robi.example: "
        "nothing but the scheme, the host and perhaps the port"
    )
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise ValueError(problem) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError(problem)
    if (
        set(parts.hostname) & set(",*")
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
    ):
        raise ValueError(problem)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # Browsers leave the scheme's own port out.
    usual = port in (None, {"http": 80, "https": 443}[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if usual else f":{port}")


def origins() -> Parser:
    """Take web origins, divided by commas."""

    def read(given: str) -> tuple[str, ...]:
        return tuple(origin(item.strip()) for item in given.split(",") if item.strip())

    return Parser("origins", read)


def origin_of(url: str) -> str:
    """Return the origin of a page. Raises ValueError where it has none."""
    parts = urlsplit(url)
    return origin(f"{parts.scheme}://{parts.netloc}")


def page() -> Parser:
    """Take the URL of a page that browsers open."""
    address = url("https", "http")

    def read(given: str) -> object:
        origin_of(given)
        return address.read(given)

    return Parser("URL", read)


def host(given: str) -> str:
    """Return an IP address as it is written by rule, or the name of a host (RFC 1123), lower case.

    Raises:
        ValueError: it is neither.
    """
    try:
        # A zone (fe80::1%eth0) is a matter of one machine, and no certificate can name it.
        return str(ip_address(given.strip("[]").replace("%", " ")))
    except ValueError:
        name = given.lower()
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        msg = f"holds {_quoted(given)}, which is no IP address and no name of a host"
        raise ValueError(msg)
    return name


def hosts() -> Parser:
    """Take addresses and names of hosts, divided by commas; the same one twice counts once."""

    def read(given: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(host(item.strip()) for item in given.split(",") if item.strip()))

    return Parser("addresses", read)


def networks() -> Parser:
    """Take addresses and networks (192.168.1.0/24), divided by commas; or `none`.

    Not all there are: whoever is believed by everybody believes everybody.
    """

    def one(given: str) -> str:
        try:
            network = ip_network(given, strict=False)
        except ValueError:
            msg = f"holds {_quoted(given)}, which is no address and no network"
            raise ValueError(msg) from None
        if network.prefixlen == 0:
            msg = f"holds {_quoted(given)}, which is everybody"
            raise ValueError(msg)
        return str(network)

    def read(given: str) -> tuple[str, ...]:
        items = [item.strip() for item in given.split(",") if item.strip()]
        return () if items == ["none"] else tuple(dict.fromkeys(map(one, items)))

    return Parser("networks", read)


def _quoted(given: str) -> str:
    """Quote what was given, shortened: enough to see the mistake."""
    longest = 40
    return repr(given if len(given) <= longest else given[:longest] + "…")
