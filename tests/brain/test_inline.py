"""How much media goes to a model with one question."""

from collections.abc import Callable

import pytest

from robi.brain.base import BrainRequest
from robi.brain.gemini import GeminiBrain
from robi.brain.inline import MAX_INLINE_BYTES, check_size
from robi.errors import MediaTooLarge
from robi.speech.scene import Media, Said

Ask = Callable[..., BrainRequest]


def media(size: int) -> tuple[Media, ...]:
    return (Media("image/png", bytes(size)),)


def test_media_of_20_mb_in_all_are_taken(ask: Ask) -> None:
    history = (Said("person", "mira", media(1000)),)
    check_size(ask("mira", media=media(MAX_INLINE_BYTES - 1000), history=history))


def test_media_of_a_byte_more_in_all_are_too_large(ask: Ask) -> None:
    history = (Said("person", "mira", media(1000)),)
    with pytest.raises(MediaTooLarge) as caught:
        check_size(ask("mira", media=media(MAX_INLINE_BYTES - 999), history=history))
    assert (caught.value.code, caught.value.http_status) == (2003, 413)
    assert str(MAX_INLINE_BYTES) in str(caught.value.details)


async def test_gemini_is_not_asked_beyond_the_limit(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robi.brain.inline.MAX_INLINE_BYTES", 10)
    brain = GeminiBrain("key", "http://x", "m")
    with pytest.raises(MediaTooLarge):
        await brain.generate(ask("mira", media=media(11)))
    await brain.aclose()
