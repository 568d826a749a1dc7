"""Which error a refusal of the model's service becomes, and which is worth a second try.

Owns a distinction that the catalogue of errors does not make, because no client needs it: a
service that is down may be up in a moment, a service that refuses us will refuse us again.
"""

from http import HTTPStatus

from robi.errors import (
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainUnavailable,
    InputError,
    MediaTooLarge,
    ServerBusy,
)

_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


class BrainRefused(BrainUnavailable):
    """The service understood and said no: a wrong key, an unknown model, a request it rejects.

    To a client this is `BrainUnavailable`; to the gate it says that asking again is in vain.
    `advice` tells the operator what to do about one that every question would meet.
    """

    def __init__(self, details: str | None = None, *, advice: str | None = None) -> None:
        super().__init__(details)
        self.advice = advice


class CircuitOpen(BrainUnavailable):
    """The service has failed so often that it is left alone for a while: nobody was asked."""


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
