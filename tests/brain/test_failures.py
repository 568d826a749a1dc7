"""Which error a status becomes, and what may be tried after it."""

import pytest

from robi.brain.failures import (
    MENDED_BY_PEOPLE,
    BrainRefused,
    CircuitOpen,
    by_status,
    worth_asking_another,
    worth_retrying,
)
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    Language,
    MediaTooLarge,
    ServerBusy,
    SoundNotTaken,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, BrainRefused),
        (400, BrainRefused),
        (404, BrainRefused),
        (408, BrainUnavailable),
        (413, MediaTooLarge),
        (425, BrainUnavailable),
        (429, BrainRateLimited),
        (500, BrainUnavailable),
        (529, BrainUnavailable),
    ],
)
def test_status_becomes_an_error(status: int, kind: type[BrainError]) -> None:
    error = by_status(status, "why", 3)
    assert (type(error), error.details) == (kind, "why")


@pytest.mark.parametrize(
    ("error", "again", "another"),
    [
        (BrainUnavailable(), True, True),
        (BrainRateLimited(), True, True),
        (BrainTimeout(), True, True),
        (BrainRefused(), False, True),
        (SoundNotTaken(), False, True),
        (ServerBusy(), False, True),
        (BrainBlocked(), False, False),
        (MediaTooLarge(), False, False),
    ],
)
def test_failure_is_worth_asking_again_or_another(
    error: BrainError, again: bool, another: bool
) -> None:
    assert (worth_retrying(error), worth_asking_another(error)) == (again, another)


@pytest.mark.parametrize(
    ("error", "lasting"),
    [
        (BrainRefused("why"), False),
        (BrainRefused("why", advice="another key"), True),
        (CircuitOpen("why", retry_after=3, refused=False), False),
        (CircuitOpen("why", retry_after=300, refused=True), True),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_failure_that_time_does_not_mend_is_not_told_as_one_that_it_does(
    error: BrainError, language: Language, lasting: bool
) -> None:
    words = MENDED_BY_PEOPLE if lasting else BrainUnavailable.spoken
    assert error.message(language) == words[language]
