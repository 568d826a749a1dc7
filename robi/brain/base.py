"""The port of the model: what a turn asks, and what comes back as it is thought.

Owns the shapes that every brain takes and gives; no network, no prompt. A brain is asked for a
stream inside `async with`: leaving the block, by whatever way, closes the upstream call before
the block is left (findings.md, *Gemini under trio*).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from attrs import AttrsInstance, field, frozen

from robi.protocol.messages import TokenUsage
from robi.speech.scene import Media, Said, Scene

__all__ = ["Brain", "BrainRequest", "Fragment", "Media", "Purpose", "Said", "Scene"]

Purpose = Literal["talk", "summary", "extraction", "classification"]


@frozen
class BrainRequest:
    """One question to the model.

    `system` is the rendered instruction; `history` is oldest first and ends before `utterance`.
    `purpose` says what the answer is for: to a model the instruction says it, to what stands in
    for one this does. `answers` is a JSON Schema that the answer has to fit, for `generate` alone;
    the answer is then JSON, which its reader checks all the same.
    """

    system: str = field(repr=False)
    history: tuple[Said, ...]
    utterance: Said
    scene: Scene
    max_output_tokens: int
    temperature: float
    purpose: Purpose = "talk"
    answers: Mapping[str, object] | None = field(default=None, repr=False)


@frozen
class Fragment:
    """What came with one chunk of the model's stream: words, counts, or both."""

    text: str = field(default="", repr=False)
    usage: TokenUsage | None = None


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
