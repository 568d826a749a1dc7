"""Which error a status becomes, and what may be tried after it."""

from itertools import permutations

import pytest

from robi.brain.failures import (
    MENDED_BY_PEOPLE,
    BrainRefused,
    CircuitOpen,
    EmptyAnswer,
    by_status,
    likeliest_to_pass,
    worth_asking_another,
    worth_retrying,
)
from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    FilmNotTaken,
    Language,
    MediaTooLarge,
    PictureNotTaken,
    ServerBusy,
    SoundNotTaken,
)
from robi.speech.scene import Media


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, BrainRefused),
        (400, BrainRefused),
        (404, BrainRefused),
        (408, BrainUnavailable),
        (413, BrainRefused),
        (425, BrainUnavailable),
        (429, BrainRateLimited),
        (500, BrainUnavailable),
        (529, BrainUnavailable),
    ],
)
def test_status_becomes_an_error(status: int, kind: type[BrainError]) -> None:
    error = by_status(status, "why", 3)
    assert (type(error), error.details) == (kind, "why")


SOUND, PHOTO = Media("audio/wav", b""), Media("image/png", b"")


@pytest.mark.parametrize(
    ("status", "media", "advice", "kind"),
    [
        (413, (PHOTO,), None, MediaTooLarge),
        (400, (SOUND,), None, SoundNotTaken),
        (415, (SOUND, PHOTO), None, PictureNotTaken),
        (422, (SOUND, PHOTO, Media("video/mp4", b"")), None, FilmNotTaken),
        (400, (SOUND,), "another key", BrainRefused),
        (401, (SOUND,), None, BrainRefused),
        (503, (SOUND,), None, BrainUnavailable),
        (400, (), None, BrainRefused),
    ],
)
def test_status_of_a_question_with_media_is_about_them_unless_it_is_known_better(
    status: int, media: tuple[Media, ...], advice: str | None, kind: type[BrainError]
) -> None:
    assert type(by_status(status, "why", advice=advice, media=media)) is kind


SHORTLY = BrainRateLimited("later", retry_after=7)
OPEN = CircuitOpen("open", retry_after=3, refused=False)
OPEN_LONGER = CircuitOpen("open", retry_after=30, refused=False)
NO_KEY = BrainRefused("HTTP 401", advice="another key")
LEFT_ALONE = CircuitOpen("open", retry_after=300, refused=True)
EMPTY = EmptyAnswer("MAX_TOKENS", spent=True)


@pytest.mark.parametrize(
    "best_first",
    [
        [BrainUnavailable("HTTP 503"), SHORTLY, OPEN, NO_KEY, SoundNotTaken()],
        [OPEN, OPEN_LONGER, LEFT_ALONE, MediaTooLarge()],
        [EMPTY, OPEN, NO_KEY],
        [BrainRateLimited(retry_after=3), SHORTLY, OPEN],
        [NO_KEY, SoundNotTaken()],
    ],
)
def test_likeliest_to_pass_is_found_in_any_order(best_first: list[BrainError]) -> None:
    for failures in permutations(best_first):
        assert likeliest_to_pass(failures) is best_first[0]


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
        (MediaTooLarge(), False, True),
        (EMPTY, False, True),
        (EmptyAnswer("STOP", spent=False), True, True),
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
