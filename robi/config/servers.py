"""The setting that names servers of tools: URLs and commands, divided by commas, or JSON.

Owns how `MCP_SERVERS` is written. Headers and environments may hold keys, so that none of it is
ever shown.

    https://tools.example/mcp, uvx mcp-server-time
    {"time": "uvx mcp-server-time",
     "home": {"url": "https://tools.example/mcp", "headers": {"Authorization": "Bearer …"}},
     "files": {"command": ["npx", "-y", "@scope/files", "/srv"], "env": {"TOKEN": "…"}}}
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from robi.config.parse import Parser

MOST: Final = 16
"""Servers that may be named."""

_LONGEST_NAME: Final = 20
_ODD: Final = re.compile(r"[^A-Za-z0-9-]+")
_LAUNCHERS: Final = frozenset(
    {"npx", "uvx", "uv", "run", "node", "deno", "bun", "python", "python3", "docker"}
)
_URL: Final = re.compile(r"https?://", re.IGNORECASE)
_OTHER_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@frozen
class NamedServer:
    """A server of tools: behind a `url`, or a `command` to be run."""

    name: str
    url: str = field(default="", repr=False)
    command: tuple[str, ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False, hash=False)
    env: Mapping[str, str] = field(factory=dict, repr=False, hash=False)


def servers() -> Parser:
    """Take servers of tools; see the module."""
    return Parser("servers", _read)


def _read(given: str) -> tuple[NamedServer, ...]:
    given = given.strip()
    if given[:1] in {"{", "["}:
        found = _from_json(given)
    else:
        found = [_server("", item.strip()) for item in given.split(",") if item.strip()]
    if len(found) > MOST:
        raise ValueError(f"names more than {MOST} servers")
    taken: set[str] = set()
    for server in found:
        if server.name in taken:
            raise ValueError(f"names two servers {server.name!r}: name them in JSON")
        taken.add(server.name)
    return tuple(found)


def _from_json(given: str) -> list[NamedServer]:
    try:
        written = json.loads(given)
    except ValueError:
        raise ValueError("begins like JSON, and is none") from None
    if isinstance(written, list):
        return [_server("", each) for each in written]
    return [_server(name, each) for name, each in written.items()]


def _server(name: str, written: object) -> NamedServer:
    """Return the server of one entry; its value is not quoted, for it may hold a key."""
    match written:
        case str() if _URL.match(written):
            return NamedServer(_name(name or _host(written)), _checked(written))
        case str() if _OTHER_URL.match(written):
            raise ValueError("holds a URL that begins neither with http:// nor with https://")
        case str() if written.strip():
            try:
                command = shlex.split(written)
            except ValueError:
                raise ValueError("holds a command whose quotes do not close") from None
            return NamedServer(_name(name or _program(command)), command=tuple(command))
        case {"url": str(url), **rest} if not rest.keys() - {"headers"} and _URL.match(url):
            headers = _strings(rest.get("headers", {}), "headers")
            return NamedServer(_name(name or _host(url)), _checked(url), headers=headers)
        case {"command": [str(), *_] as command, **rest} if not rest.keys() - {"env"}:
            env = _strings(rest.get("env", {}), "env")
            words = _words(command)
            return NamedServer(_name(name or _program(words)), command=words, env=env)
        case _:
            raise ValueError(
                "must hold URLs, commands, or objects with `url` and `headers`, "
                "or with `command` (a list) and `env`"
            )


def _checked(url: str) -> str:
    if not _host(url):
        raise ValueError("holds a URL without a host")
    return url


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _name(written: str) -> str:
    name = _ODD.sub("-", written).strip("-")[:_LONGEST_NAME]
    if not name:
        raise ValueError("holds a server without a name: name it in JSON")
    return name


def _program(command: Sequence[str]) -> str:
    """Return what a command is called: its first word that is no launcher and no option."""
    names = (PurePath(word).stem for word in command if not word.startswith("-"))
    return next((name for name in names if name not in _LAUNCHERS), "")


def _words(command: Sequence[object]) -> tuple[str, ...]:
    if not all(isinstance(word, str) for word in command):
        raise ValueError("holds a command with something that is no string")
    return tuple(map(str, command))


def _strings(written: object, what: str) -> Mapping[str, str]:
    if not isinstance(written, dict) or not all(isinstance(v, str) for v in written.values()):
        raise ValueError(f"holds {what} that are no strings by name")
    return written
