"""Why a model's service cannot be reached: what httpx raises, and the proxies in between.

Owns which error of ours a failed connection becomes, with advice where time does not mend it, and
which hosts are asked without the proxy that the environment names.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from robi.brain.failures import BrainRefused
from robi.errors import BrainError, BrainUnavailable, ProxyUnusable

NOT_BY_PROXY: Final = {"all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None}
"""A model on this machine is asked without the proxy that the environment names for all others."""

_UNTRUSTED: Final = (
    "the certificate of the model's server is not one that this machine trusts: mend it (its name, "
    "its dates), or name the file of its authority in SSL_CERT_FILE"
)
_NO_TLS: Final = "the model's server does not speak TLS: its URL may have to begin with http://"
_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"})
"""What OpenSSL says of an answer that is none; the second from 3.2 on."""


def check_proxies() -> None:
    """Look at the proxies that the environment names, before a client is made.

    Raises:
        ProxyUnusable: one is of a kind that httpx cannot use.
    """
    try:
        httpx.AsyncClient()
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        msg = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names a proxy that is neither http nor https"
        raise ProxyUnusable(msg) from error


@contextmanager
def transport_errors() -> Iterator[None]:
    """Turn what httpx raises into ours. Its text may hold a URL: only its kind is told."""
    try:
        yield
    except httpx.ConnectError as error:
        raise _not_connected(error) from error
    except httpx.HTTPError as error:
        raise BrainUnavailable(type(error).__name__) from error


def _not_connected(error: httpx.ConnectError) -> BrainError:
    """Say what kept us from connecting, and what to do where time does not mend it."""
    cause = _os_error(error)
    details = f"ConnectError, {type(cause).__name__}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return BrainRefused(details, advice=_UNTRUSTED)
    if isinstance(cause, ssl.SSLError) and cause.reason in _NOT_TLS:
        return BrainRefused(details, advice=_NO_TLS)
    return BrainUnavailable(details)


def _os_error(error: BaseException) -> BaseException:
    """Return what the system said, which httpx has wrapped; of several addresses, of the first."""
    below = error.__cause__ or error.__context__
    if isinstance(error, BaseExceptionGroup):
        return _os_error(error.exceptions[0])
    if below is None or (isinstance(error, OSError) and error.__cause__ is None):
        return error
    return _os_error(below)
