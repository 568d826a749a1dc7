"""The port of the model: what a turn asks, and what comes back as it is thought.

Owns the shapes that every brain takes and gives; no network, no prompt. A brain is asked for a
stream inside `async with`: leaving the block, by whatever way, closes the upstream call before
the block is left (findings.md, *Gemini under trio*).
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol, cast

from attrs import AttrsInstance, field, frozen

from robi.errors import BrainUnavailable
from robi.protocol.messages import TokenUsage
from robi.speech.scene import Media, Said, Scene

__all__ = [
    "Brain", "BrainRequest", "Fragment", "Media", "Purpose", "QuestionForgotten", "Said", "Scene",
    "Stocked", "ToolCall", "ToolResult", "ToolRound", "ToolSpec", "stock_of", "total",
]  # fmt: skip


class QuestionForgotten(BrainUnavailable):
    """What the question is about was forgotten while it waited: it is put to nobody any more."""


Purpose = Literal["talk", "summary", "extraction", "classification"]


@frozen
class ToolSpec:
    """A function that the model may call: `parameters` is the JSON Schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, object]


@frozen
class ToolCall:
    """What the model wants to have called.

    `call_id` is unlike that of any other call of the same answer. `echo` is what the provider
    wants back with the result, untouched: Gemini's `thoughtSignature`. `unreadable` says why what
    the model wrote is no call that can be carried out, in words for the model: what came of it.
    """

    call_id: str
    name: str
    arguments: Mapping[str, object] = field(repr=False)
    echo: Mapping[str, object] = field(factory=dict, repr=False)
    unreadable: str | None = None


@frozen
class ToolResult:
    """What came of a call: JSON, or words."""

    call: ToolCall
    content: str = field(repr=False)


@frozen
class ToolRound:
    """One answer of the model that held calls: what it said before them, and what came of them."""

    text: str = field(repr=False)
    results: tuple[ToolResult, ...]


@frozen
class BrainRequest:
    """One question to the model.

    `system` is the rendered instruction; `history` is oldest first and ends before `utterance`.
    `purpose` says what the answer is for: to a model the instruction says it, to what stands in
    for one this does. `answers` is a JSON Schema that the answer has to fit, for `generate` alone;
    the answer is then JSON, which its reader checks all the same. `asker` is the session it is for,
    so that no robot waits behind the many questions of another. `payer` is on whose count it goes
    what the question takes, where that is not the count of its purpose. `spent` is told what that
    is, as the service counts it: each time what came on top, of every attempt at it, also of one
    that fails or is cut short. `still` is called before each attempt, and raises a BrainError if it
    may be put no more: what it is about was forgotten while it waited.
    """

    system: str = field(repr=False)
    history: tuple[Said, ...]
    utterance: Said
    scene: Scene
    max_output_tokens: int
    temperature: float
    purpose: Purpose = "talk"
    answers: Mapping[str, object] | None = field(default=None, repr=False)
    tools: tuple[ToolSpec, ...] = ()
    rounds: tuple[ToolRound, ...] = ()
    asker: str = ""
    payer: str = ""
    spent: Callable[[TokenUsage], None] = field(default=lambda _usage: None, eq=False, repr=False)
    still: Callable[[], None] = field(default=lambda: None, eq=False, repr=False)


@frozen
class Fragment:
    """What came with one chunk of the model's stream: words, calls, or both.

    Calls come when they are whole. `short`: the answer has ended, before the model was done with
    it: at its limit of tokens, or stopped by a judge. `waited_s`: on the first fragment, how long
    the question stood in line for a place.
    """

    text: str = field(default="", repr=False)
    calls: tuple[ToolCall, ...] = ()
    short: bool = False
    waited_s: float = 0.0


class Stocked(Protocol):
    """Fragments of which several may have come at once."""

    @property
    def over(self) -> bool:
        """Whether nothing more has to be waited for: what follows, if anything, is there."""

    def next_nowait(self) -> Fragment | None:
        """Return the next if it is there, None if it has to be waited for."""


def stock_of(fragments: object) -> Stocked | None:
    """Return `fragments` if they are `Stocked`.

    By one method, since typing's own check looks at all of a protocol each time: 15 µs.
    """
    return cast("Stocked", fragments) if hasattr(fragments, "next_nowait") else None


class Brain(Protocol):
    """A model that can be asked. Raises only `robi.errors.BrainError` and its kin."""

    @property
    def model(self) -> str:
        """The name shown in health and logs."""

    def stream(self, request: BrainRequest) -> AbstractAsyncContextManager[AsyncIterator[Fragment]]:
        """Ask; fragments come as the model writes them, one for each chunk of its stream.

        Raises:
            BrainUnavailable, BrainRateLimited, BrainTimeout, BrainBlocked: see `robi.errors`.
        """

    async def generate(self, request: BrainRequest) -> Fragment:
        """Ask for a whole answer at once (summaries, extraction). Raises as `stream` does."""

    async def aclose(self) -> None:
        """Close connections to the model."""


class MeasuredBrain(Brain, Protocol):
    """A brain that counts what it is asked."""

    def statistics(self) -> AttrsInstance:
        """Return the counts as they are now."""


def total(usages: Iterable[TokenUsage]) -> TokenUsage:
    """Return the sum of some counts."""
    total_in = total_out = 0
    for usage in usages:
        total_in += usage.input_tokens
        total_out += usage.output_tokens
    return TokenUsage(total_in, total_out)
