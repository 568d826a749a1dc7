"""Fuzzes the parsers of what models answer, for as many minutes of CPU as it is told.

    python -m tests.brain.fuzz_reply 60              an hour, both brains
    python -m tests.brain.fuzz_reply 10 --seed 7     others than by default, the same each time

Streams are made from JSON that resembles what services write, with each value of it now and then
replaced by another, then with bytes changed, lost and repeated, and cut anywhere. What must hold:
nothing but a `BrainError` is raised, each fragment is what the rest of the house relies on, no
error tells a secret that was in the stream, and the way in which it was cut changes nothing.
Prints how many were tried; a failure ends it with the stream, minimised by Hypothesis.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Callable
from typing import Final, Literal, get_args

import orjson
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from robi.brain import gemini_reply, openai_errors, openai_reply
from robi.brain.base import Fragment
from robi.brain.openai_features import Feature, refused
from robi.brain.sse import SseOverflow, SseParser
from robi.brain.wire import Reading
from robi.errors import BrainError
from robi.protocol.messages import TokenUsage

Brain = Literal["gemini", "openai"]
BRAINS: Final[tuple[Brain, ...]] = get_args(Brain)
Stream = tuple[bytes, tuple[int, ...]]
"""A body, and where it is cut."""

_EXAMPLES: Final = 2000
"""Tried between two looks at the clock."""

_FEATURES: Final = frozenset(get_args(Feature))

# ── what is fed ───────────────────────────────────────────────────────────────────────────

_NAMES: Final = (
    "candidates", "content", "parts", "text", "thought", "functionCall", "name", "args", "id",
    "thoughtSignature", "finishReason", "usageMetadata", "promptTokenCount",
    "candidatesTokenCount", "promptFeedback", "blockReason", "error", "code", "status", "message",
    "details", "reason", "retryDelay", "seconds", "nanos", "choices", "delta", "role", "refusal",
    "tool_calls", "index", "function", "arguments", "function_call", "finish_reason", "usage",
    "prompt_tokens", "completion_tokens", "object", "type", "reasoning_content", "param", "detail",
)  # fmt: skip
_WORDS: Final = (
    "", "a", "¡Hola! 🤖", "<think>", "</think>", "AIzaSecret", "sk-secret", "STOP", "SAFETY",
    "MAX_TOKENS", "stop", "length", "tool_calls", "content_filter", "{", "{}", '{"a":1}', "[]",
    "34.4s", "35", "1e9s", "API_KEY_INVALID", "insufficient_quota", "model_not_found",
    "FINISH_REASON_UNSPECIFIED", "\u2028", "\x00", "ñ" * 50,
)  # fmt: skip

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.integers(-1, 600),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(_WORDS),
    st.text(max_size=5),
)
_anything = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)


_ABSENT: Final = object()


def _mostly(usual: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """`usual`, but now and then something else, or nothing."""
    return st.integers(0, 19).flatmap(
        lambda lot: usual if lot > 1 else _anything if lot else st.just(_ABSENT)
    )


def _several(**values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """An object with these fields, of which now and then one is another or none."""
    whole = st.fixed_dictionaries({name: _mostly(value) for name, value in values.items()})
    return whole.map(
        lambda fields: {name: value for name, value in fields.items() if value is not _ABSENT}
    )


_words = st.sampled_from(_WORDS)
_finishes = st.sampled_from([None, None, "STOP", "stop", "SAFETY", "length", "tool_calls", "new"])
_counts = st.integers(0, 9000)
_error = _several(
    code=st.sampled_from([400, 401, 404, 429, 500, 503, "invalid_api_key"]),
    status=_words,
    type=_words,
    message=_words,
    param=_words,
    details=st.lists(
        _several(
            reason=_words, retryDelay=_words | _several(seconds=_words | _counts, nanos=_counts)
        ),
        max_size=2,
    ),
)
_gemini = _several(
    candidates=st.lists(
        _several(
            content=_several(
                parts=st.lists(
                    _several(
                        text=_words,
                        thought=st.booleans(),
                        functionCall=_several(name=_words, args=_anything, id=_words),
                        thoughtSignature=_words,
                    ),
                    max_size=3,
                )
            ),
            finishReason=_finishes,
        ),
        max_size=2,
    ),
    usageMetadata=_several(promptTokenCount=_counts, candidatesTokenCount=_counts),
    promptFeedback=st.none() | _several(blockReason=_words),
)
_call = _several(
    index=st.integers(-1, 2),
    id=_words,
    function=_several(name=_words, arguments=_words | _anything),
)
_openai = _several(
    choices=st.lists(
        _several(
            delta=_several(
                content=_words | st.lists(_several(type=st.just("text"), text=_words), max_size=2),
                tool_calls=st.lists(_call, max_size=3),
                function_call=_several(name=_words, arguments=_words),
                refusal=_words,
                reasoning_content=_words,
            ),
            finish_reason=_finishes,
        ),
        max_size=2,
    ),
    usage=_several(prompt_tokens=_counts, completion_tokens=_counts),
)


@st.composite
def streams(draw: st.DrawFn, brain: Brain) -> Stream:
    """Draw a body as the service may write it, or may not, and where it is cut."""
    usual = _gemini if brain == "gemini" else _openai
    chunk = st.integers(0, 11).flatmap(
        lambda lot: usual if lot > 1 else _several(error=_error) if lot else _anything
    )
    end = draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    body = bytearray(draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf", b": ping\n\n"])))
    for one in draw(st.lists(chunk, min_size=1, max_size=5)):
        pretty = draw(st.booleans())
        text = orjson.dumps(one, option=orjson.OPT_INDENT_2 if pretty else 0)
        mark = draw(st.sampled_from([b"data: ", b"data: ", b"data:", b"", b"error: "]))
        # A data line ends with its line: what is pretty must be on one, or have no mark.
        body += (mark + text.replace(b"\n", b" ") if mark else text.replace(b"\n", end)) + end + end
    if brain == "openai" or draw(st.integers(0, 9)) == 0:
        body += draw(st.sampled_from([b"data: [DONE]", b"data: [DONE]\n\n", b""]))
    for _ in range(draw(st.integers(1, 3)) if draw(st.integers(0, 3)) == 0 else 0):
        at = draw(st.integers(0, len(body)))
        to = draw(st.integers(at, min(len(body), at + 20)))
        body[at:to] = draw(st.binary(max_size=4)) + bytes(body[at:to]) * draw(st.integers(0, 2))
    cuts = draw(st.lists(st.integers(0, len(body)), max_size=12))
    return bytes(body), tuple(sorted(cuts))


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Draw the body of an error."""
    text = orjson.dumps(draw(st.one_of(_several(error=_error), _error, _anything)))
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 3)) == 0 else text


# ── what must hold ────────────────────────────────────────────────────────────────────────


def answered(brain: Brain, body: bytes, cuts: tuple[int, ...]) -> tuple[object, ...]:
    """Read a stream cut at `cuts`; return what came of it, fragments joined and error."""
    parser, answer = SseParser(), _answer(brain)
    fragments: list[Fragment] = []
    failure = None
    try:
        for start, stop in itertools.pairwise([0, *cuts, len(body)]):
            for payload in parser.feed(body[start:stop]):
                fragments += answer.take(payload)
        for payload in parser.close():
            fragments += answer.take(payload)
        last = answer.end()
        fragments += [last] if last else []
    except (BrainError, SseOverflow) as error:
        failure = f"{type(error).__name__} {error}"
        _check_secret(failure)
    _check_counts(answer.usage)
    for fragment in fragments:
        _check(fragment)
    calls = [call for fragment in fragments for call in fragment.calls]
    return "".join(fragment.text for fragment in fragments), calls, failure, answer.usage


def error_of(brain: Brain, body: bytes) -> str:
    """Return all that is told of a response whose status is an error."""
    told = ""
    for status in (302, 400, 401, 404, 429, 500, 503):
        headers = {"retry-after": body[:12].decode("latin-1")}
        http_error = (gemini_reply if brain == "gemini" else openai_errors).http_error
        error = http_error(status, headers, body)
        if not isinstance(error, BrainError) or (error.retry_after or 0) < 0:
            msg = f"{error!r} for {status}"
            raise TypeError(msg)
        refused(status, openai_errors.message_in(body), _FEATURES)
        told += f"{error} {error.details} {getattr(error, 'advice', '')}"
    return told


def _answer(brain: Brain) -> Reading:
    if brain == "gemini":
        return gemini_reply.Answer(offered=True)
    return openai_reply.Answer(offered=True)


def _check(fragment: Fragment) -> None:
    """Raise unless a fragment is one that the rest of the house can rely on."""
    fragment.text.encode()  # no half of a surrogate pair
    if not all(call.name and call.call_id for call in fragment.calls):
        msg = f"no fragment: {fragment!r}"
        raise TypeError(msg)


def _check_counts(usage: TokenUsage) -> None:
    """Raise unless counts are ones that can be added up and kept."""
    counts = (usage.input_tokens, usage.output_tokens)
    if not all(type(count) is int and 0 <= count < 2**32 for count in counts):
        msg = f"no counts: {usage!r}"
        raise TypeError(msg)


def _check_secret(told: str) -> None:
    if "secret" in told.lower():
        raise ValueError(told)


# ── for hours ─────────────────────────────────────────────────────────────────────────────


def main(arguments: list[str] | None = None) -> int:
    """Fuzz for so many minutes of CPU; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    cases, number = 0, options.seed
    while time.process_time() < 60 * options.minutes:
        for brain in BRAINS:
            for hunt in (_streams_hunted(brain), _bodies_hunted(brain)):
                seed(number)(hunt)()
                number, cases = number + 1, cases + _EXAMPLES
        spent = time.process_time() / 60
        print(f"{cases} cases, {spent:.1f} min of CPU", flush=True)  # noqa: T201
    print("nothing found")  # noqa: T201
    return 0


_hunt = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def _streams_hunted(brain: Brain) -> Callable[[], None]:
    @_hunt
    @given(stream=streams(brain))
    def hunt(stream: Stream) -> None:
        body, cuts = stream
        if answered(brain, body, cuts) != answered(brain, body, ()):
            msg = f"{brain}: {body!r} cut at {cuts}"
            raise AssertionError(msg)

    return hunt


def _bodies_hunted(brain: Brain) -> Callable[[], None]:
    @_hunt
    @given(body=bodies())
    def hunt(body: bytes) -> None:
        _check_secret(error_of(brain, body))

    return hunt


if __name__ == "__main__":
    sys.exit(main())
