"""How texts are named: their ids, by what they are known again, and their addresses on a site.

Owns the rules by which Docusaurus makes an address of the path of a Markdown file: without suffix
and numbers that only sort, a folder's own page under the name of the folder, unless the text itself
says where it is. Any other file it copies as it is, and as it is called.
"""

import hashlib
import posixpath
import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote, urljoin

from robi.errors import InvalidRequestFormat
from robi.texts.base import MAX_TITLE
from robi.texts.document import one_line
from robi.texts.kinds import SUFFIXES

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LONGEST_ID: Final = 64
_LONGEST_URL: Final = 2_000
_URL: Final = re.compile(r"https?://[^\s/?#\x00-\x20]+(?:[/?#][^\s\x00-\x20]*)?")
_SUFFIX: Final = re.compile(r"\.[a-z]{2,8}$", re.IGNORECASE)
_SORTED_BY: Final = re.compile(r"\d+\s*[-_.]+\s*(?=[^\d\s._-])")
"""`01-` in `01-rocas`; `2026-11-21` and `1.4.2` are names."""
_OWN_PAGE: Final = {"index", "readme"}


def digest(data: bytes) -> str:
    """Return by what the bytes of a text are known again."""
    return hashlib.sha256(data).hexdigest()


def checked_id(text_id: str) -> str:
    """Return the id of a text as it is kept: `/` becomes `--`. Raises InvalidRequestFormat."""
    made = text_id.replace("/", "--")
    if not _ID.fullmatch(made):
        message = "text_id: 1 to 64 small letters, digits, - and _, the first no mark"
        raise InvalidRequestFormat(message)
    return made


def checked_title(title: str) -> str:
    """Return a title as it is kept. Raises InvalidRequestFormat."""
    made = one_line(title)
    if not 0 < len(made) <= MAX_TITLE:
        message = f"title: 1 to {MAX_TITLE} characters"
        raise InvalidRequestFormat(message)
    return made


def checked_url(url: str) -> str:
    """Return the address of a page. Raises InvalidRequestFormat.

    It becomes a link on a page: nothing but http and https may be behind it.
    """
    if len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        message = f"url: http:// or https://, at most {_LONGEST_URL:,} characters, no spaces"
        raise InvalidRequestFormat(message)
    return url


def made_id(name: str, title: str) -> str:
    """Return an id for a text that was given none: of its name, else its title, else a digest.

    Two that are named alike get the same, and the second replaces the first: so a new edition is
    loaded.
    """
    for words in (_SUFFIX.sub("", name.replace("\\", "/")), title):
        plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
        parts = (re.sub(r"[^a-z0-9_]+", "-", part).strip("-_") for part in plain.split("/"))
        if slug := "--".join(filter(None, parts)):
            if len(slug) <= _LONGEST_ID:
                return slug
            # What distinguishes a long path is as often at its end.
            return f"{slug[: _LONGEST_ID - 9].rstrip('-_')}-{digest(slug.encode())[:8]}"
    return digest(f"{name}\n{title}".encode())[:16]


def page_url(base: str, path: str, slug: str | None, name: str | None) -> str:
    """Return the address at which Docusaurus serves a file, or the page that it makes of it.

    Args:
        base: of the folder that the path is in, such as `https://site/docs/`.
        path: of the file, with `/`.
        slug: what the text says of its address, `name` of the last part of it.
    """
    site = base if base.endswith("/") else f"{base}/"
    if SUFFIXES.get(PurePosixPath(path).suffix.lower()) != "markdown":
        return urljoin(site, _quoted(path))
    *folders, file = PurePosixPath(path).parts
    stem = PurePosixPath(file).stem
    plain = [_unsorted(folder) for folder in folders]
    last = name or _unsorted(stem)
    of_folder = {*_OWN_PAGE, *(folder.casefold() for folder in plain[-1:])}
    if slug and slug.startswith("/"):
        where = slug
    elif slug:
        where = posixpath.normpath(posixpath.join("/", *plain, slug))
    elif name is None and _unsorted(stem).casefold() in of_folder:
        where = posixpath.join("/", *plain, "") if plain else "/"
    else:
        where = posixpath.join("/", *plain, last)
    return urljoin(site, _quoted(where.lstrip("/")))


def _quoted(path: str) -> str:
    return quote(path, safe="/-_.~!$&'()*+,;=@")


def _unsorted(name: str) -> str:
    return _SORTED_BY.sub("", name, count=1) if _SORTED_BY.match(name) else name
