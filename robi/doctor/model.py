"""The way to the model: proxies, the network, the clock, and on request a real question.

Owns how far a clock may be off. What keeps us from a model, and what to do then, the brains say
themselves.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import attrs
import httpx
import trio
from attrs import frozen

import robi
from robi.brain.base import BrainRequest
from robi.brain.failures import BrainRefused
from robi.brain.reach import check_proxies, connecting, may_need_proxy
from robi.brain.wire import checked_url
from robi.config import Settings
from robi.config.settings import BrainName
from robi.errors import BrainError, ProxyUnusable
from robi.making import make_brain
from robi.speech.scene import Said, Scene
from robi.upkeep.findings import Finding, advised, good, wrong

_WITHIN_S: Final = 5.0
_CALL_WITHIN_S: Final = 30.0
_NEAR_S: Final = 5.0
"""A `Date` is cut to the second, and an answer may be a second or two on its way."""
_FAR_S: Final = 60.0
_SET: Final = "let the system set it: timedatectl set-ntp true"
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_URL: Final[dict[BrainName, tuple[str, Callable[[Settings], str]]]] = {
    "gemini": ("GOOGLE_GEMINI_BASE_URL", lambda settings: settings.google_gemini_base_url),
    "openai": ("OPENAI_BASE_URL", lambda settings: settings.openai_base_url),
}
"""Where each brain asks, by the setting that says so."""


def proxies(settings: Settings) -> Iterator[Finding]:
    """Look at the proxies that the environment names."""
    try:
        check_proxies()
    except ProxyUnusable as error:
        yield wrong("proxy", error.details or "", "name another, or unset it; NO_PROXY=* uses none")
        return
    for name, url in _urls(settings):
        if may_need_proxy(url):
            yield good(
                "proxy", f"{name} is asked by the proxy of the environment, save for NO_PROXY"
            )


def _urls(settings: Settings) -> Iterator[tuple[BrainName, httpx.URL]]:
    for name in settings.brains:
        if name in _URL:
            yield name, checked_url(_URL[name][1](settings))


def clock_and_reach(settings: Settings, now: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Call each model's host without a key; what it says of the time is compared with ours."""
    if settings.brains == ("rehearsal",):
        do = "set GEMINI_API_KEY, or BRAIN"
        yield advised("model", "none: robots hear only a rehearsal", do)
    dates = []
    for name, url in _urls(settings):
        try:
            with connecting(url, _URL[name][0]):
                answer = _ask(url, now)
        except (BrainError, httpx.HTTPError) as error:
            do = getattr(error, "advice", None) or f"look at the network, and at {_URL[name][0]}"
            yield wrong("model", f"{name} is not reached: {_reason(error)}", do)
            if not isinstance(error, BrainRefused):
                continue
            # Certificates seem to have ended, or not to have begun, where a clock is wrong.
            with contextlib.suppress(httpx.HTTPError):
                dates.append(_ask(url, now, verify=False))
        else:
            yield good("model", f"{name} is reached at {url.host}; --call asks it a question")
            dates.append(answer)
    yield next((_clock(each) for each in dates if each.theirs is not None), _clock_alone(now()))


@frozen
class _Date:
    """What a host says of the time, with half of the second that it has cut off; and ours."""

    host: str
    theirs: float | None
    ours: float


def _ask(url: httpx.URL, now: Callable[[], float], *, verify: bool = True) -> _Date:
    """Ask for the time; nothing is told, so that `verify` may be left."""
    with httpx.Client(timeout=_WITHIN_S, verify=verify) as client:
        began = now()
        answer = client.get(url)
        ended = now()
    theirs = None
    if url.host not in _HERE:
        with contextlib.suppress(ValueError):  # none, or not readable
            theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp() + 0.5
    return _Date(url.host, theirs, (began + ended) / 2)


def _clock(date: _Date) -> Finding:
    off = date.ours - (date.theirs or 0.0)
    if abs(off) <= _NEAR_S:
        return good("clock", f"agrees with {date.host}")
    found = f"{abs(off):,.0f} s {'ahead of' if off > 0 else 'behind'} {date.host}"
    if abs(off) <= _FAR_S:
        return advised("clock", found, _SET)
    return wrong("clock", f"{found}: timers ring then, and certificates may seem ended", _SET)


def _clock_alone(at: float) -> Finding:
    """Say what can be said without anybody to ask: no time is before this program was installed."""
    if at < Path(robi.__file__).stat().st_mtime:
        return wrong("clock", f"it is not {time.ctime(at)}: this program is newer than that", _SET)
    do = "look whether it is right: date"
    return advised("clock", f"it says {time.ctime(at)}, and nobody could be asked", do)


def call(settings: Settings) -> Iterator[Finding]:
    """Ask each model a question, as a robot would."""
    for name in settings.brains:
        if name in _URL:
            yield trio.run(_called, attrs.evolve(settings, brain=(name,)), name)


async def _called(settings: Settings, name: BrainName) -> Finding:
    brain = make_brain(settings)
    request = BrainRequest(
        "Answer with one word.",
        (),
        Said("person", "Hola"),
        Scene(settings.robot_language, settings.robot_name),
        settings.gemini_max_output_tokens,
        0.0,
    )
    began = trio.current_time()
    try:
        with trio.fail_after(_CALL_WITHIN_S):
            async with brain.stream(request) as answer:
                await anext(answer)
                took = trio.current_time() - began
    except BrainError as error:
        do = getattr(error, "advice", None) or "try again; look at the status of the service"
        return wrong("call", f"{name}, {brain.model}: {_reason(error)}", do)
    except trio.TooSlowError:
        found = f"{name}, {brain.model}: no word within {_CALL_WITHIN_S:.0f} s"
        return wrong("call", found, "try again; a model at home may still be loading")
    finally:
        await brain.aclose()
    return good("call", f"{name}, {brain.model}: the first words came after {took:.1f} s")


def _reason(error: BrainError | httpx.HTTPError) -> str:
    """Say it without a URL, which may hold a key."""
    told = error.details if isinstance(error, BrainError) else None
    return told or type(error).__name__
