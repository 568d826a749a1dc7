"""Which error a refusal of the model's service becomes, and which is worth a second try.

Owns a distinction that the catalogue of errors does not make, because no client needs it: a
service that is down may be up in a moment, a service that refuses us will refuse us again.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainUnavailable,
    InputError,
    Language,
    MediaTooLarge,
    ServerBusy,
)

MENDED_BY_PEOPLE: Final[Mapping[Language, str]] = {
    "es": "Ahora mismo no puedo pensar. Solo lo arregla quien me cuida: avísale, por favor.",
    "en": "I cannot think right now. Only whoever looks after me can mend it: please tell them.",
}
"""What is said of a failure that time does not mend, in place of *try again in a moment*."""

_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


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
    status: int, details: str, retry_after: int | None = None, advice: str | None = None
) -> BrainError:
    """Make the error for an HTTP status other than 200; `details` and `advice` are for the log."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return BrainRateLimited(details, retry_after=retry_after)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return MediaTooLarge(details)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        return BrainUnavailable(details, retry_after=retry_after)
    return BrainRefused(details, advice=advice)


def worth_retrying(error: BrainError) -> bool:
    """Tell whether the same question may fare better in a moment."""
    hopeless = BrainRefused | CircuitOpen | BrainBlocked | ServerBusy | InputError
    return not isinstance(error, hopeless)


def worth_asking_another(error: BrainError) -> bool:
    """Tell whether another model may answer what this one did not.

    Not what was blocked: a second model is no way around the first one's judgement. Not what is too
    large, which it is for each. But what this one cannot hear or see, another may.
    """
    return not isinstance(error, BrainBlocked | MediaTooLarge)
