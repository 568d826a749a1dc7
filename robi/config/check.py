"""What is wrong with settings that can be read: what production lacks, what deserves a look.

Owns those judgements and their words. `robi check` prints them all; only a missing `API_KEY`
keeps a production server from starting (`keyfile`).
"""

import difflib
from pathlib import Path

from robi.config.settings import Settings, explanations, read_dotenv

WEAK_KEY_CHARACTERS = 24
"""A key with fewer is called weak: 24 characters of base64 are 144 bits."""


def missing_for_production(settings: Settings) -> tuple[str, ...]:
    """Say what production lacks, a line each; empty if nothing."""
    found = []
    if settings.api_key is None:
        found.append("API_KEY is not set: production does not start without it")
    elif len(settings.api_key.reveal()) < WEAK_KEY_CHARACTERS:
        found.append(
            f"API_KEY is weak: take {WEAK_KEY_CHARACTERS} characters or more, "
            "as `openssl rand -base64 24` prints them"
        )
    if settings.gemini_api_key is None:
        found.append("GEMINI_API_KEY is not set: robots would hear only a rehearsal")
    return tuple(found)


def advice(settings: Settings) -> tuple[str, ...]:
    """Say what works and still deserves a second look, a line each."""
    found = []
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104 - named here to warn of it
        found.append(
            f"HOST {settings.host} takes unencrypted links from the whole network; "
            "let robots come in by Caddy (deploy/)"
        )
    if settings.production and settings.google_gemini_base_url.startswith("http:"):
        found.append("GOOGLE_GEMINI_BASE_URL sends keys and words unencrypted: use https")
    if settings.max_unauthenticated_per_address > settings.max_unauthenticated:
        found.append("MAX_UNAUTHENTICATED_PER_ADDRESS has no effect above MAX_UNAUTHENTICATED")
    return tuple(found)


def likely_typos(dotenv_path: Path = Path(".env")) -> tuple[str, ...]:
    """Name the variables in `.env` that are none of ours but look like one, a line each."""
    ours = [name.upper() for name in explanations()]
    found = []
    for name in read_dotenv(dotenv_path):
        close = difflib.get_close_matches(name.upper(), ours, n=1, cutoff=0.8)
        if close and name not in ours:
            found.append(f"{name} in {dotenv_path} is no setting; did you mean {close[0]}?")
    return tuple(found)
