"""Which error a refusal of the model's service becomes, and which is worth a second try.

Owns a distinction that the catalogue of errors does not make, because no client needs it: a
service that is down may be up in a moment, a service that refuses us will refuse us again.
"""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainUnavailable,
    FilmNotTaken,
    InputError,
    Language,
    MediaNotTaken,
    MediaTooLarge,
    PictureNotTaken,
    ServerBusy,
    SoundNotTaken,
)
from robi.speech.scene import Media

MENDED_BY_PEOPLE: Final[Mapping[Language, str]] = {
    "es": "Ahora mismo no puedo pensar. Solo lo arregla quien me cuida: avísale, por favor.",
    "en": "I cannot think right now. Only whoever looks after me can mend it: please tell them.",
}
"""What is said of a failure that time does not mend, in place of *try again in a moment*."""

_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
_NOT_UNDERSTOOD = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
_NOT_TAKEN: Final[Mapping[str, type[MediaNotTaken]]] = {
    "video": FilmNotTaken,
    "image": PictureNotTaken,
    "audio": SoundNotTaken,
}
"""By kind, what fewer models take first."""


class BrainRefused(BrainUnavailable):
    """The service understood and said no: a wrong key, an unknown model, a request it rejects.

    To a client this is `BrainUnavailable`; to the gate it says that asking again is in vain.
    `advice` tells the operator what to do about one that every question would meet.
    """

    def __init__(self, details: str | None = None, *, advice: str | None = None) -> None:
        super().__init__(details)
        self.advice = advice

    def message(self, language: Language) -> str:
        """Return the words a robot may say: others where every question would meet the same."""
        return super().message(language) if self.advice is None else MENDED_BY_PEOPLE[language]


class BrainUnreachable(BrainUnavailable):
    """There is no way to the service: it does not run, or its address is another.

    Time may mend that, so that it is asked again; `advice` tells the operator where to look, and
    `address` is the host and port that were tried.
    """

    def __init__(self, details: str, *, address: str, advice: str) -> None:
        super().__init__(details)
        self.address = address
        self.advice = advice


class ContextTooShort(BrainRefused):
    """The question is longer than the model can hold.

    Shorter ones it answers: so it is no reason to leave the service alone.
    """


class EmptyAnswer(BrainUnavailable):
    """The service answered, without a word.

    `spent`: since the model used up its tokens before it came to one, as it will again.
    """

    def __init__(self, details: str, *, spent: bool) -> None:
        super().__init__(details)
        self.spent = spent


class CircuitOpen(BrainUnavailable):
    """The service has failed so often that it is left alone for a while: nobody was asked.

    `refused`: because it refuses us, which time does not mend.
    """

    def __init__(self, details: str, *, retry_after: int, refused: bool) -> None:
        super().__init__(details, retry_after=retry_after)
        self.refused = refused

    def message(self, language: Language) -> str:
        """Return the words a robot may say, as `BrainRefused` does."""
        return MENDED_BY_PEOPLE[language] if self.refused else super().message(language)


def by_status(
    status: int,
    details: str,
    retry_after: int | None = None,
    advice: str | None = None,
    media: Sequence[Media] = (),
) -> BrainError:
    """Make the error for an HTTP status other than 200.

    Args:
        details: for the log, as is `advice`, without which nobody knows what was wrong.
        media: what the person showed or said with the question, which is then likely to be it.
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return BrainRateLimited(details, retry_after=retry_after)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and media:
        return MediaTooLarge(details)
    if status in _NOT_UNDERSTOOD and media and advice is None:
        return not_taken(media)(details)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        return BrainUnavailable(details, retry_after=retry_after)
    return BrainRefused(details, advice=advice)


def not_taken(media: Iterable[Media]) -> type[MediaNotTaken]:
    """Return the error that says that a model did not take `media`, of which there is some."""
    kinds = {one.kind for one in media}
    return next(error for kind, error in _NOT_TAKEN.items() if kind in kinds)


def worth_retrying(error: BrainError) -> bool:
    """Tell whether the same question may fare better in a moment."""
    if isinstance(error, EmptyAnswer):
        return not error.spent
    hopeless = BrainRefused | CircuitOpen | BrainBlocked | ServerBusy | InputError
    return not isinstance(error, hopeless)


def worth_asking_another(error: BrainError) -> bool:
    """Tell whether another model may answer what this one did not.

    Not what was blocked: a second model is no way around the first one's judgement. But what this
    one cannot hear or see, or finds too large, another may.
    """
    return not isinstance(error, BrainBlocked)


def likeliest_to_pass(failures: Iterable[BrainError]) -> BrainError:
    """Return the one of several brains' failures that holds out most hope, the soonest first.

    It is what can truly be said of them all: as long as one of them may answer in a moment, neither
    is it for people to mend, nor for the person to do without sound.
    """
    return min(failures, key=_hopelessness)


def _hopelessness(error: BrainError) -> tuple[int, int]:
    soon = error.retry_after or 0
    if worth_retrying(error):
        return 0, soon
    if isinstance(error, EmptyAnswer) or (isinstance(error, CircuitOpen) and not error.refused):
        return 1, soon
    return (3 if isinstance(error, InputError) else 2), soon
