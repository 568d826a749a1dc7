"""What of an answer is for the server alone."""

from random import Random

import pytest

from robi.protocol.messages import TextChunk
from robi.speech.answer import Answer


def answered(written: str) -> Answer:
    answer = Answer("r1", None, None, Random(0))
    messages = [*answer.feed(written), *answer.close()]
    said = [message.text for message in messages if isinstance(message, TextChunk)]
    assert "".join(said) == answer.text
    return answer


@pytest.mark.parametrize(
    ("written", "consent"),
    [
        ("[emotion:happy] Hecho. [forget:that]", "forget_that"),
        ("Hecho. [forget:all][forget:that]", "forget_all"),
        ("Vale. [incognito:on]", "incognito"),
        ("Vale. [incognito:off]", "resume"),
        ("Vale.", None),
    ],
)
def test_wish_that_was_heard_is_kept_and_the_first_counts(
    written: str, consent: str | None
) -> None:
    assert answered(written).consent == consent


def test_wish_that_was_heard_is_not_spoken() -> None:
    assert answered("Hecho. [forget:that]").text == "Hecho."
