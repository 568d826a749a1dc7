"""Ask whether a package of uv.lock has a known vulnerability: `python -m tools.audit`.

Part of `./dev check`. It asks PyPI (the JSON of each release has what the Python Packaging
Advisory Database knows of it) once a day for each uv.lock, within ten seconds in all. Whoever has
no network, or a mirror without that JSON, is told that nobody was asked, and nothing fails: an
audit that stops work on a train would soon be taken out. pip-audit asks the same, and would be
twenty packages more to trust.

A vulnerability that a newer release mends fails; one that none mends yet is only told, for there
is nothing that one could do but leave the package.
"""

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import trio
from attrs import asdict, frozen

ROOT: Final = Path(__file__).resolve().parent.parent
PYPI: Final = "https://pypi.org"
WITHIN_S: Final = 10
_AT_ONCE: Final = 16


@frozen(order=True)
class Package:
    """A release of uv.lock."""

    name: str
    version: str


@frozen(order=True)
class Vulnerability:
    """What is known of a release; `mended_in` are the releases that mend it."""

    name: str
    version: str
    id: str
    mended_in: tuple[str, ...]

    def __str__(self) -> str:
        """Say what to do about it."""
        what = f"{self.name} {self.version}: {self.id}"
        if self.mended_in:
            return f"{what}, mended in {', '.join(self.mended_in)}: uv lock -P {self.name}"
        return f"{what}, which no release mends yet"


class NotAskedError(Exception):
    """PyPI could not be asked; the message says why."""


def packages(lock: str) -> list[Package]:
    """Return the releases of a uv.lock that come from an index."""
    listed = tomllib.loads(lock)["package"]
    return sorted(Package(p["name"], p["version"]) for p in listed if "registry" in p["source"])


def known(package: Package, release: dict[str, Any]) -> list[Vulnerability]:
    """Return what PyPI's JSON of a release tells; what was withdrawn is none."""
    return [
        Vulnerability(package.name, package.version, told["id"], tuple(told["fixed_in"]))
        for told in release["vulnerabilities"]
        if not told.get("withdrawn")
    ]


async def ask(index: str, wanted: Sequence[Package]) -> list[Vulnerability]:
    """Ask `index` about each package.

    Raises:
        NotAskedError: it cannot be reached, or does not know in time.
    """
    found: list[Vulnerability] = []
    places = trio.CapacityLimiter(_AT_ONCE)

    async def ask_one(client: httpx.AsyncClient, package: Package) -> None:
        async with places:
            answer = await client.get(f"/pypi/{package.name}/{package.version}/json")
        answer.raise_for_status()
        found.extend(known(package, answer.json()))

    with trio.move_on_after(WITHIN_S) as patience:
        try:
            async with (
                httpx.AsyncClient(base_url=index, timeout=WITHIN_S) as client,
                trio.open_nursery() as nursery,
            ):
                for package in wanted:
                    nursery.start_soon(ask_one, client, package)
        except* httpx.HTTPStatusError as refused:
            first = refused.exceptions[0]
            status = first.response.status_code if isinstance(first, httpx.HTTPStatusError) else ""
            msg = f"{index} has no such JSON ({status})"
            raise NotAskedError(msg) from None
        except* (httpx.HTTPError, ValueError, KeyError):
            msg = "no network"
            raise NotAskedError(msg) from None
    if patience.cancelled_caught:
        msg = f"no answer within {WITHIN_S} s"
        raise NotAskedError(msg)
    return sorted(found)


def audit(lock: str, kept: Path, index: str, today: str) -> list[Vulnerability]:
    """Return what is known of the packages of `lock`; asked once a day, and kept in `kept`.

    Raises:
        NotAskedError: there is nothing of today, and `index` could not be asked.
    """
    asked = {"day": today, "lock": hashlib.sha256(lock.encode()).hexdigest(), "index": index}
    if kept.is_file():
        last = orjson.loads(kept.read_bytes())
        if last["asked"] == asked:
            return [
                Vulnerability(**{**v, "mended_in": tuple(v["mended_in"])}) for v in last["found"]
            ]
    found = trio.run(partial(ask, index, packages(lock)))
    kept.write_bytes(orjson.dumps({"asked": asked, "found": [asdict(one) for one in found]}))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what is known; return 1 if a newer release would mend something."""
    parser = argparse.ArgumentParser(prog="python -m tools.audit", description="See tools/audit.py")
    parser.add_argument("--lock", type=Path, default=ROOT / "uv.lock")
    parser.add_argument("--kept", type=Path, default=Path(sys.prefix) / "audit.json")
    parser.add_argument("--index", default=PYPI, help="PyPI, or a mirror with its JSON")
    options = parser.parse_args(arguments)
    today = datetime.now(UTC).date().isoformat()
    try:
        found = audit(options.lock.read_text("utf-8"), options.kept, options.index, today)
    except NotAskedError as reason:
        print(f"not asked: {reason}")
        return 0
    for one in found:
        print(one)
    return int(any(one.mended_in for one in found))


if __name__ == "__main__":
    sys.exit(main())
