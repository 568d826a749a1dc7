"""Why a model's service cannot be reached: what httpx raises, and the proxies in between.

Owns which error of ours a failed connection becomes, with advice for the operator, and which hosts
are asked without the proxy that the environment names. Of a URL nothing is told but host and port:
the rest may hold a key.
"""

import socket
import ssl
from contextlib import AbstractContextManager
from typing import Final
from urllib.request import getproxies

import httpx

from robi.brain.failures import BrainRefused, BrainUnreachable
from robi.errors import BrainError, BrainUnavailable, ProxyUnusable

NOT_BY_PROXY: Final = {"all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None}
"""A model on this machine is asked without the proxy that the environment names for all others."""

_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_UNTRUSTED: Final = (
    "the certificate of the model's server is not one that this machine trusts: mend it (its name, "
    "its dates), or name the file of its authority in SSL_CERT_FILE"
)
_NO_TLS: Final = "the model's server does not speak TLS: its URL may have to begin with http://"
_NOBODY: Final = "nobody listens there: is the model's server running? {setting} holds its address"
_UNKNOWN: Final = "no such host is known: is {setting} right, and is this machine on the network?"
_NO_WAY: Final = (
    "no way leads there: is that machine on, is {setting} right, is a firewall or a proxy between?"
)
_PORTS: Final = {"http": 80, "https": 443}
_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"})
"""What OpenSSL says of an answer that is none; the second from 3.2 on."""


def check_proxies() -> None:
    """Look at the proxies that the environment names, before a client is made.

    Raises:
        ProxyUnusable: one is of a kind that httpx cannot use.
    """
    if not getproxies():  # a client costs 30 ms and 2.5 MiB, for certificates that none will show
        return
    try:
        httpx.AsyncClient()
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        msg = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names a proxy that is neither http nor https"
        raise ProxyUnusable(msg) from error


def may_need_proxy(url: httpx.URL) -> bool:
    """Tell whether the environment names a proxy for what `url` is.

    It may be excepted in NO_PROXY: of that httpx knows the rules.
    """
    return url.host not in _HERE and not getproxies().keys().isdisjoint({url.scheme, "all"})


class transport_errors(AbstractContextManager[None]):  # noqa: N801 (a block's head, read as one)
    """Turns what httpx raises into ours. Written out: it stands on the way of every question."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, httpx.HTTPError):
            raise unavailable(error) from error


def unavailable(error: httpx.HTTPError) -> BrainUnavailable:
    """Return what `error` is to us. Its text may hold a URL: only its kind is told."""
    return BrainUnavailable(type(error).__name__)


class connecting(AbstractContextManager[None]):  # noqa: N801 (as above)
    """Turns what keeps us from connecting to `url` into ours; `setting` is where it comes from."""

    def __init__(self, url: httpx.URL, setting: str) -> None:
        """Know where we go."""
        self._url = url
        self._setting = setting

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            raise _not_connected(error, _address(self._url), self._setting) from error


def _not_connected(
    error: httpx.ConnectError | httpx.ConnectTimeout, address: str, setting: str
) -> BrainError:
    """Say what kept us from connecting, and what to do about it."""
    if isinstance(error, httpx.ConnectTimeout):
        advice = _NO_WAY.format(setting=setting)
        return BrainUnreachable("ConnectTimeout", address=address, advice=advice)
    cause = _os_error(error)
    details = f"ConnectError, {type(cause).__name__}"
    match cause:
        case ssl.SSLCertVerificationError():
            return BrainRefused(details, advice=_UNTRUSTED)
        case ssl.SSLError() if cause.reason in _NOT_TLS:
            return BrainRefused(details, advice=_NO_TLS)
        case ConnectionRefusedError():
            advice = _NOBODY
        case socket.gaierror():
            advice = _UNKNOWN
        case OSError() if not isinstance(cause, ssl.SSLError):
            advice = _NO_WAY
        case _:
            return BrainUnavailable(details)
    return BrainUnreachable(details, address=address, advice=advice.format(setting=setting))


def _address(url: httpx.URL) -> str:
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{host}:{url.port or _PORTS.get(url.scheme, '?')}"


def _os_error(error: BaseException) -> BaseException:
    """Return what the system said, which httpx has wrapped; of several addresses, of the first."""
    below = error.__cause__ or error.__context__
    if isinstance(error, BaseExceptionGroup):
        return _os_error(error.exceptions[0])
    if below is None or (isinstance(error, OSError) and error.__cause__ is None):
        return error
    return _os_error(below)
