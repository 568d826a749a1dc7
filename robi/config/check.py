"""What is wrong with settings that can be read: what production lacks, what deserves a look.

Owns those judgements and their words. `robi check` prints them all, `robi serve` logs as warnings
what does not keep it from starting. In production a missing `API_KEY` does (`keyfile`).
"""

import difflib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from robi.config import certificate, dotenv
from robi.config.settings import Settings, explanations

WEAK_KEY_CHARACTERS = 24
"""A key with fewer is called weak: 24 characters of base64 are 144 bits."""

_NEAR = 0.6
"""How alike, of 1, two names must be for one to be meant by the other."""

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

NO_KEY = "API_KEY is not set: production does not start without it"

OTEL_PACKAGES = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")
NO_OTEL = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the packages for it are not installed: "
    ".venv/bin/python -m uv sync --frozen --inexact --no-dev --extra otel"
)


def missing_for_production(settings: Settings) -> tuple[str, ...]:
    """Say what production lacks, a line each; empty if nothing. Only `NO_KEY` stops a server."""
    found = []
    if settings.api_key is None:
        found.append(NO_KEY)
    elif len(settings.api_key.reveal()) < WEAK_KEY_CHARACTERS:
        found.append(
            f"API_KEY is weak: take {WEAK_KEY_CHARACTERS} characters or more, "
            "as `openssl rand -base64 24` prints them"
        )
    if settings.brains[0] == "rehearsal":
        found.append("GEMINI_API_KEY or BRAIN is not set: robots hear only a rehearsal")
    return tuple(found)


def missing_packages(settings: Settings) -> tuple[str, ...]:
    """Say what would have to be installed for these settings, a line each."""
    if settings.otel_exporter_otlp_endpoint is None or _installed(*OTEL_PACKAGES):
        return ()
    return (NO_OTEL,)


def _installed(*modules: str) -> bool:
    try:
        return all(find_spec(module) is not None for module in modules)
    except ModuleNotFoundError:  # a package above one of them
        return False


def advice(settings: Settings) -> tuple[str, ...]:
    """Say what works and still deserves a second look, a line each."""
    found = []
    if settings.production:
        found += [line for line in missing_for_production(settings) if line != NO_KEY]
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104 - named here to warn of it
        found.append(
            f"HOST {settings.host} takes unencrypted links from the whole network; "
            "let robots come in by Caddy (deploy/)"
        )
    if settings.production and settings.google_gemini_base_url.startswith("http:"):
        found.append("GOOGLE_GEMINI_BASE_URL sends keys and words unencrypted: use https")
    if settings.daily_budget and not (settings.price_input or settings.price_output):
        found.append("DAILY_BUDGET has no effect without PRICE_INPUT and PRICE_OUTPUT")
    if settings.production and "openai" in settings.brains and _unencrypted(settings):
        found.append("OPENAI_BASE_URL sends keys and words unencrypted: use https")
    found += _idle_models(settings)
    found += _odd_placeholders(settings)
    if "rehearsal" in settings.brains[:-1]:
        found.append("BRAIN: what follows rehearsal is never asked, for that always answers")
    if settings.max_unauthenticated_per_address > settings.max_unauthenticated:
        found.append("MAX_UNAUTHENTICATED_PER_ADDRESS has no effect above MAX_UNAUTHENTICATED")
    return tuple(found)


def advice_of_files(settings: Settings, now: float) -> tuple[str, ...]:
    """Say what is wrong in `.env`, and of the certificate at `now` (Unix seconds), a line each.

    Raises:
        SettingsError: `.env` cannot be read.
    """
    return (*faults_of_dotenv(), *_trouble_of_certificate(settings, now))


def _trouble_of_certificate(settings: Settings, now: float) -> Iterator[str]:
    path = certificate.path_of(settings)
    if path is None:
        return
    try:
        found = certificate.watched(path)
    except certificate.CertificateUnusable as error:
        yield f"The certificate {error.details}"
        return
    left = found.days_left(now)
    match found.state(now):
        case "expired":
            yield f"The certificate {path} has ended: renew it (robi certs make), reload Caddy"
        case "expiring":
            yield f"The certificate {path} ends in {left} days: robi certs make, reload Caddy"
        case "valid":
            pass


def advice_for_readers(settings: Settings) -> Iterator[str]:
    """Say what keeps pages from asking for their readers (POST /chat), a line each."""
    if settings.brains[0] == "rehearsal":
        yield "GEMINI_API_KEY or BRAIN is not set: readers are answered by a rehearsal"
    page = settings.frontend_url
    if page is None:
        if settings.production and not settings.allowed_origins:
            yield "FRONTEND_URL is not set: only the pages may ask that a reader's key names"
    elif settings.production:
        url = urlsplit(page)
        if url.hostname in _THIS_MACHINE:
            yield f"FRONTEND_URL {page} is a page of this machine: readers elsewhere have another"
        elif url.scheme == "http":
            yield f"FRONTEND_URL {page} sends keys and words unencrypted: use https"


def _idle_models(settings: Settings) -> Iterator[str]:
    """Name what was set of a model that is never asked."""
    if "openai" not in settings.brains:
        for name, value in (
            ("OPENAI_MODEL", settings.openai_model),
            ("OPENAI_API_KEY", settings.openai_api_key),
        ):
            if value is not None:
                yield f"{name} has no effect without BRAIN=openai"
    if "gemini" not in settings.brains and settings.gemini_model != Settings().gemini_model:
        lacking = "gemini in BRAIN" if settings.brain else "GEMINI_API_KEY"
        yield f"GEMINI_MODEL has no effect without {lacking}"


def _odd_placeholders(settings: Settings) -> Iterator[str]:
    """Name what in the persona may be meant to be replaced, and is not."""
    text = "" if settings.persona_file is None else settings.persona_file.text
    for word in Template(text).get_identifiers():
        if word != "robot_name":
            yield f"PERSONA_FILE: ${word} stays as it is; only $robot_name is replaced"


def _unencrypted(settings: Settings) -> bool:
    """Tell whether what goes to OPENAI_BASE_URL leaves this machine for all to read."""
    url = urlsplit(settings.openai_base_url)
    return url.scheme == "http" and url.hostname not in _THIS_MACHINE


def faults_of_dotenv(path: Path = Path(".env")) -> tuple[str, ...]:
    """Name the lines of `.env` that cannot be read and the names that are no setting, a line each.

    Raises:
        SettingsError: the file cannot be read.
    """
    ours = [name.upper() for name in explanations()]
    written = dotenv.read(path)
    found = [f"{path} line {number} cannot be read" for number in written.unreadable]
    for name in written.values:
        if name not in ours:
            close = difflib.get_close_matches(name.upper(), ours, n=1, cutoff=_NEAR)
            meant = f"; did you mean {close[0]}?" if close else ""
            found.append(f"{name} in {path} is no setting{meant}")
    return tuple(found)
